using BondDhcp.Bond.Paths;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Paths;

/// <summary>The probe over networks that lose frames, change places and answer for others.</summary>
public class PathSimulationTests
{
    // Three requests, 10 s to the next round and its three requests, and as long again for the active slave to be asked
    // where another station answered.
    private const double LongestBelief = 1.5 + 10 + 1.5 + 2 + 0.001;

    [Fact(DisplayName = "AM-31 any mixture of flaps, moves, losses and failovers: never same where the gateway is not, the rate holds, and it settles")]
    public void AnyMixture_KeepsTheRules()
    {
        for (int seed = 0; seed < 600; seed++)
        {
            try
            {
                new World(seed).Run();
            }
            catch (InvalidOperationException e)
            {
                Assert.Fail($"seed {seed}: {e}");
            }
        }
    }

    private sealed class World
    {
        private static readonly MacAddress[] s_gateways =
            [Fixture.GatewayMac, MacAddress.Parse("02:00:00:00:00:91"), MacAddress.Parse("02:00:00:00:00:92"), MacAddress.Zero];

        private readonly Random _random;
        private readonly List<SlavePath> _slaves = [];
        private readonly Dictionary<int, int> _network = [];
        private readonly Dictionary<int, Instant> _answered = [];
        private readonly Dictionary<int, List<Instant>> _asked = [];
        private readonly Dictionary<int, Instant> _backupSince = [];
        private readonly Queue<PathProbeInput.ArpAnswer> _replies = [];
        private readonly List<PathProbeEffect> _effects = [];
        private PathProbe _probe;
        private Instant _now = Instant.FromSeconds(1000);
        private double _loss;
        private bool _proxy;
        private int? _select;

        public World(int seed)
        {
            _random = new Random(seed);
            _probe = PathProbe.Create(_random.Next(2) == 0);
            for (int index = 2; index < 3 + _random.Next(1, 4); index++)
            {
                _slaves.Add(new SlavePath(index, $"w{index}", true, new MacAddress(0x0200_0000_0a00 + (ulong)index), null, null, index == 2));
                _network[index] = 0;
                _asked[index] = [];
            }
        }

        public void Run()
        {
            Step(new PathProbeInput.Slaves([.. _slaves]));
            Step(new PathProbeInput.Lease(new LeaseNetwork(Fixture.Server, Fixture.GatewayMac)));
            for (int i = 0; i < 60; i++)
            {
                Disturb();
                After(Math.Pow(10, _random.NextDouble() * 4 - 2.3));
            }
            _loss = 0;
            _proxy = false;
            After(180);
            foreach (SlaveProbe slave in _probe.Slaves)
                if (!slave.Path.IsActive && slave.Class != Truth(slave.Path))
                    throw new InvalidOperationException($"{slave.Path} is {slave.Class} ({slave.Why}), not {Truth(slave.Path)}");
        }

        private PathClass Truth(SlavePath slave)
        {
            MacAddress gateway = s_gateways[_network[slave.Index]];
            if (!slave.Usable || gateway == MacAddress.Zero) return PathClass.Unknown;
            if (gateway == Fixture.GatewayMac) return PathClass.Same;
            SlavePath? active = _slaves.Find(one => one.IsActive);
            return active is { Usable: true } && s_gateways[_network[active.Index]] == gateway ? PathClass.Unknown : PathClass.Different;
        }

        private void Disturb()
        {
            int at = _random.Next(_slaves.Count);
            SlavePath slave = _slaves[at];
            switch (_random.Next(8))
            {
                case 0:
                    _loss = _random.NextDouble() * 0.5;
                    break;
                case 1:
                    _proxy = !_proxy;
                    break;
                case 2:
                    Set(at, slave with { Usable = !slave.Usable });
                    break;
                case 3: // The cable is put elsewhere.
                    Set(at, slave with { Usable = false });
                    Move(slave.Index);
                    Set(at, slave with { Usable = true });
                    break;
                case 4: // A switch behind the switch: nobody notices.
                    Move(slave.Index);
                    break;
                case 5:
                    for (int flaps = _random.Next(30); flaps > 0; flaps--)
                    {
                        Set(at, _slaves[at] with { Usable = !_slaves[at].Usable });
                        After(_random.NextDouble() * 0.1);
                    }
                    break;
                default:
                    Activate(slave.Usable ? slave.Index : 0);
                    break;
            }
        }

        private void Move(int slave)
        {
            _network[slave] = _random.Next(s_gateways.Length);
            if (_network[slave] != 0) _answered.TryAdd(slave, _now);
        }

        private void Set(int at, SlavePath slave)
        {
            _slaves[at] = slave;
            // Without a carrier whatever was answered is worth nothing.
            if (!slave.Usable) _answered.Remove(slave.Index);
            Step(new PathProbeInput.Slaves([.. _slaves]));
        }

        private void Activate(int index)
        {
            foreach (SlavePath former in _slaves)
                if (former.IsActive && former.Index != index) _backupSince[former.Index] = _now;
            for (int i = 0; i < _slaves.Count; i++) _slaves[i] = _slaves[i] with { IsActive = _slaves[i].Index == index };
            Step(new PathProbeInput.Slaves([.. _slaves]));
        }

        private void After(double seconds)
        {
            Instant end = _now + TimeSpan.FromSeconds(seconds);
            while (_probe.NextDeadline <= end)
            {
                _now = Instant.Max(_now, _probe.NextDeadline);
                Step(PathProbeInput.DeadlineReached.Instance);
            }
            _now = end;
        }

        private void Step(PathProbeInput input)
        {
            _effects.Clear();
            _probe = _probe.Step(input, _now, _effects);
            foreach (PathProbeEffect effect in _effects) CarryOut(effect);
            Check();
            // A select that the bond ignores now and then is asked for again.
            if (_select is { } index)
            {
                _select = null;
                if (_random.Next(5) != 0) Activate(index);
            }
            while (_replies.TryDequeue(out PathProbeInput.ArpAnswer? reply)) Step(reply);
        }

        private void CarryOut(PathProbeEffect effect)
        {
            switch (effect)
            {
                case PathProbeEffect.Ask ask:
                    _asked[ask.SlaveIndex].Add(_now);
                    Answer(ask);
                    break;
                case PathProbeEffect.SelectSlave select:
                    Require(_probe.PathFailover, "moved without the option");
                    Require(_answered.TryGetValue(select.SlaveIndex, out Instant at) && (_now - at).TotalSeconds <= 6.5,
                        $"moved to {select.SlaveIndex}, where the gateway was not heard");
                    _select = select.SlaveIndex;
                    break;
            }
        }

        private void Answer(PathProbeEffect.Ask ask)
        {
            MacAddress gateway = s_gateways[_network[ask.SlaveIndex]];
            if (_proxy && ask.Destination == MacAddress.Broadcast) Reply(Fixture.Stranger);
            if (gateway != MacAddress.Zero && (ask.Destination == MacAddress.Broadcast || ask.Destination == gateway)) Reply(gateway);

            void Reply(MacAddress mac)
            {
                if (_random.NextDouble() < _loss) return;
                if (mac == Fixture.GatewayMac) _answered[ask.SlaveIndex] = _now;
                _replies.Enqueue(new PathProbeInput.ArpAnswer(ask.SlaveIndex, ask.Gateway, mac));
            }
        }

        private void Check()
        {
            Require(_probe.NextDeadline > _now, "a deadline in the past");
            foreach (SlaveProbe slave in _probe.Slaves)
            {
                List<Instant> asked = _asked[slave.Path.Index];
                if (asked.Count > 1) Require(asked[^1] - asked[^2] >= PathProbeTiming.RequestGap, $"{slave.Path.Name} asked too often");
                if (slave.Class != PathClass.Same) continue;
                Require(slave.Path.Usable, $"{slave.Path.Name} is same without a carrier");
                Require(_answered.TryGetValue(slave.Path.Index, out Instant at), $"{slave.Path.Name} is same, and nobody answered there");
                // The active slave is believed as long as the bond uses it: the DHCP client looks after it.
                if (!slave.Path.IsActive && _network[slave.Path.Index] != 0)
                    Require((_now - DoubtedSince(slave.Path.Index, at)).TotalSeconds <= LongestBelief, $"{slave.Path.Name} is same for too long: {(_now - DoubtedSince(slave.Path.Index, at)).TotalSeconds} s, {slave}");
            }
            Require(_probe.AllBackupsSame == _probe.Slaves.All(slave => slave.Path.IsActive || slave.Class == PathClass.Same), "AllBackupsSame");
        }

        /// <summary>The first question that was not answered; a slave that was the active one is asked again from when it is a backup.</summary>
        private Instant DoubtedSince(int slave, Instant answered)
        {
            Instant first = _asked[slave].Find(asked => asked > answered);
            return first == default ? _now : Instant.Max(first, _backupSince.GetValueOrDefault(slave));
        }

        private static void Require(bool holds, string rule)
        {
            if (!holds) throw new InvalidOperationException(rule);
        }
    }
}
