using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Client6;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using BondDhcp.Tests.Wire;
using Xunit;

namespace BondDhcp.Tests.Simulation6;

public class Random6InputTests
{
    // Most sequences are short, which reaches every corner soon; one in 25 is long, for what needs a history.
    private static int StepsOf(int seed) => seed % 25 == 0 ? 150 : 18;

    [Fact(DisplayName = "AX-11 DHCPv6: the invariants hold over 100000 random sequences of inputs")]
    public void Client_UnderRandomInputs_KeepsItsInvariants() => Seeds.ForAll(
        Fuzzing.Seed, Fuzzing.Iterations, (seed, log) => new RandomRun(seed, log, anonymous: false).Go(StepsOf(seed)));

    [Fact(DisplayName = "D13 anonymity, DHCPv6: over random sequences of inputs no message has an octet of another identity, nor an option that RFC 7844 does not list")]
    public void AnonymousClient_UnderRandomInputs_TellsOfNoOtherIdentity() => Seeds.ForAll(
        Fuzzing.Seed, Fuzzing.Iterations, (seed, log) => new RandomRun(seed, log, anonymous: true).Go(StepsOf(seed)));

    /// <summary>One client, and one seed's worth of everything that can happen to it.</summary>
    private sealed class RandomRun
    {
        private static readonly MacAddress[] Macs = [Fixture.A, Fixture.B, Fixture.Stranger];
        private static readonly Duid[] Servers = [Fixture6.Server, Fixture6.Server2, Fixture6.Server3];
        private static readonly Ipv6Address[] Addresses = [Fixture6.L, Fixture6.L2, Fixture6.L3, Ipv6Address.Parse("fe80::5")];
        private static readonly Ipv6Prefix[] Prefixes = [Fixture6.P, Fixture6.P2];
        private static readonly uint[] Times = [0, 0, 1, 2, 10, 60, 300, 3600, 0x8000_0000, uint.MaxValue];
        private static readonly double[] Spans = [0, 0.001, 0.05, 0.2, 1, 5, 30, 600, 4000];

        private readonly Random _random;
        private readonly ScriptedEntropy _entropy;
        private readonly Client6Invariants _invariants = new();
        private readonly List<Dhcp6Effect> _effects = [];
        private readonly List<Dhcp6Transmission> _sent = [];
        private readonly Transcript6? _log;
        private Dhcp6Client _client;
        private Dhcp6Surroundings _surroundings = new() { PathIndex = 2 };
        private Instant _now = Instant.FromSeconds(100);

        private readonly Anonymity6Check? _anonymity;

        public RandomRun(int seed, Transcript6? log, bool anonymous)
        {
            _log = log;
            _anonymity = anonymous ? new Anonymity6Check() : null;
            if (anonymous) _surroundings = _surroundings with { Mac = Fixture.A };
            _random = new Random(seed);
            _entropy = ScriptedEntropy.Seeded(seed);
            _client = Dhcp6Client.Create(new Dhcp6Settings
            {
                ClientIdentifier = Fixture6.Client,
                Iaid = Fixture6.Iaid,
                Mode = Chance(0.7) ? Dhcp6Mode.Stateful : (Dhcp6Mode)_random.Next(3),
                PrefixLengthHint = Chance(0.4) ? 56 : null,
                RapidCommit = Chance(0.3),
                DelayFirstSolicit = Chance(0.5),
                Anonymous = anonymous,
            });
        }

        public void Go(int steps)
        {
            Begin();
            for (int i = 0; i < steps; i++)
            {
                if (Chance(0.5)) Answer();
                else if (Chance(0.5)) Wait();
                else Disturb();
            }
            Step(new Dhcp6Input.Stop(Chance(0.5)));
            for (int i = 0; i < 3; i++) Wait();
            for (int i = 0; i < 4; i++) Disturb();
        }

        private void Begin()
        {
            Dhcp6Memory memory = Chance(0.5) ? Dhcp6Memory.Empty : Fixture6.Memory([.. Enumerable.Range(0, _random.Next(1, 4)).Select(_ => StoredLease())]);
            bool present = !memory.Leases.IsEmpty && Chance(0.5);
            if (present) _invariants.Configured = Machine6Bench.OnInterface(memory.Leases[0]);
            Step(new Dhcp6Input.Start(memory, present, Chance(0.8), Chance(0.8) ? Fixture6.LinkLocal : null, Chance(0.5) ? Flags() : null));
        }

        private Dhcp6Lease StoredLease()
        {
            Dhcp6Lease lease = SomeLease();
            if (_anonymity is null) return lease;
            // Of this identity, of another one, or of the time before the profile was switched on.
            MacAddress mac = Pick(Macs);
            return Fixture6.Lease(
                lease.ObtainedAt.Seconds, Anonymity6Check.AddressOf(mac), lease.Prefixes.IsEmpty ? null : Anonymity6Check.PrefixOf(mac), Anonymity6Check.ServerOf(mac)) with
            {
                ClientIdentifier = Chance(0.8) ? Duid.FromMac(mac) : Fixture6.Client,
                Iaid = Chance(0.8) ? Iaid.FromMac(mac) : Fixture6.Iaid,
            };
        }

        private Dhcp6Lease SomeLease() =>
            Fixture6.Lease(100 - Pick(Spans), Pick(Addresses), Chance(0.3) ? Pick(Prefixes) : null, Pick(Servers)) with
            {
                ExpiryUnknown = Chance(0.1),
                GatewayMac = Chance(0.5) ? Fixture.GatewayMac : null,
            };

        /// <summary>A reply, most often to something that was sent.</summary>
        private void Answer()
        {
            Dhcp6Transmission? asked = _sent.Count > 0 && Chance(0.95) ? _sent[^(1 + _random.Next(Math.Min(3, _sent.Count)))] : null;
            Dhcp6MessageType type = asked?.Type == Dhcp6MessageType.Solicit && Chance(0.9) ? Dhcp6MessageType.Advertise : Dhcp6MessageType.Reply;
            Duid server = asked?.ServerIdentifier is { } own && Chance(0.9) ? own : Pick(Servers);
            if (_anonymity is not null)
            {
                AnswerAnonymously(asked, type);
                return;
            }
            var reply = new Reply6Message(type, asked?.Xid ?? 7, Fixture6.Client, server);
            if (Chance(0.2)) reply.Status((Dhcp6StatusCode)_random.Next(8));
            if (Chance(0.8)) reply = Chance(0.15) ? reply.IaNa((Dhcp6StatusCode)_random.Next(8)) : reply.IaNa(Pick(Times), Pick(Times), [.. Leased(Addresses)]);
            if (Chance(0.5)) reply = Chance(0.15) ? reply.IaPd((Dhcp6StatusCode)_random.Next(8)) : reply.IaPd(Pick(Times), Pick(Times), [.. Leased(Prefixes)]);
            if (Chance(0.3)) reply.Option(14);
            if (Chance(0.1)) reply.Option(7, Chance(0.5) ? (byte)255 : (byte)3);
            if (Chance(0.1)) reply.Seconds(82, Pick(Times)).Seconds(83, Pick(Times)).Seconds(32, Pick(Times));
            Receive(reply);
        }

        // To whoever the question was from, by servers that this one alone knows, with what is this one's alone.
        private void AnswerAnonymously(Dhcp6Transmission? asked, Dhcp6MessageType type)
        {
            MacAddress mac = asked?.Anonymity is { } from ? Array.Find(Macs, one => Duid.FromMac(one).Equals(from.ClientIdentifier)) : _surroundings.Mac;
            Duid? client = asked?.Type == Dhcp6MessageType.InformationRequest ? null : Duid.FromMac(mac);
            var reply = new Reply6Message(type, asked?.Xid ?? 7, client, Anonymity6Check.ServerOf(mac)) { AddressIaid = Iaid.FromMac(mac), PrefixIaid = default };
            if (Chance(0.2)) reply.Status((Dhcp6StatusCode)_random.Next(8));
            uint valid = Pick(Times);
            if (Chance(0.9)) reply = Chance(0.1) ? reply.IaNa((Dhcp6StatusCode)_random.Next(8)) : reply.IaNa(Pick(Times), Pick(Times), (Anonymity6Check.AddressOf(mac), valid, valid));
            if (Chance(0.5)) reply = Chance(0.1) ? reply.IaPd((Dhcp6StatusCode)_random.Next(8)) : reply.IaPd(Pick(Times), Pick(Times), (Anonymity6Check.PrefixOf(mac), valid, valid));
            if (Chance(0.3)) reply.Option(14);
            Receive(reply);
        }

        private IEnumerable<(T Lease, uint Preferred, uint Valid)> Leased<T>(T[] from)
        {
            for (int count = Chance(0.7) ? 1 : _random.Next(3); count > 0; count--)
            {
                uint valid = Pick(Times);
                yield return (Pick(from), Chance(0.8) ? Math.Min(valid, Pick(Times)) : Pick(Times), valid);
            }
        }

        private void Wait()
        {
            Instant to = Chance(0.6) ? _client.NextDeadline : _now + TimeSpan.FromSeconds(Pick(Spans));
            if (to.IsNever || to - _now > TimeSpan.FromDays(40_000)) return;
            // Now and then the machine sleeps over its deadlines.
            if (Chance(0.1)) to += TimeSpan.FromSeconds(Pick(Spans));
            _now = Instant.Max(_now, to);
            Step(Dhcp6Input.DeadlineReached.Instance);
        }

        private void Disturb()
        {
            switch (_random.Next(14))
            {
                case 0 or 1 or 2:
                    _surroundings = new Dhcp6Surroundings { PathIndex = _random.Next(2, 4), Gateway = Chance(0.3) ? Fixture.GatewayMac : null, Mac = _surroundings.Mac };
                    if (_anonymity is not null && Chance(0.5)) _surroundings = _surroundings with { Mac = Pick(Macs) };
                    Step(new Dhcp6Input.PathChanged((PathClass)_random.Next(3), "activeSlave", Chance(0.3) ? Fixture.GatewayMac : null));
                    break;
                case 3: Step(new Dhcp6Input.LinkUnusable("carrier", Chance(0.1))); break;
                case 4 or 5: Step(new Dhcp6Input.LinkUsable((PathClass)_random.Next(3))); break;
                case 6: Step(new Dhcp6Input.LinkLocalGone()); break;
                case 7 or 8: Step(new Dhcp6Input.LinkLocalReady(Chance(0.7) ? Fixture6.LinkLocal : Fixture6.LinkLocal2)); break;
                case 9: Step(Chance(0.7) ? new Dhcp6Input.RouterAdvertised(Flags()) : Dhcp6Input.PrefixesChanged.Instance); break;
                case 10: Step(new Dhcp6Input.Command((DhcpCommand)_random.Next(4))); break;
                case 11: Step(new Dhcp6Input.Resumed()); break;
                case 12: Step(new Dhcp6Input.AddressReady(Pick(Addresses))); break;
                default:
                    Step(Pick<Dhcp6Input>([
                        new Dhcp6Input.AddressDuplicate(Pick(Addresses)), new Dhcp6Input.AddressDuplicate(Pick(Addresses)),
                        new Dhcp6Input.AddressRemoved(Pick(Addresses)), new Dhcp6Input.ConfigurationFailed("refused")]));
                    break;
            }
        }

        private RouterFlags Flags() => new(Chance(0.5), Chance(0.5));

        private void Step(Dhcp6Input input)
        {
            Dhcp6Client before = _client;
            _effects.Clear();
            _client = _client.Step(input, _surroundings, _now, _entropy, _effects);
            Settle(input, before, _log is null ? "" : Transcript6.Describe(input));
        }

        private void Receive(Reply6Message reply)
        {
            if (Dhcp6MessageView.TryParse(reply.ToOctets(), out Dhcp6MessageView view) != Dhcp6DropReason.None) return;
            Dhcp6Client before = _client;
            _effects.Clear();
            var reception = new Dhcp6Reception(Fixture6.ServerAddress, Fixture6.LinkLocal);
            _client = _client.Receive(view, reception, _surroundings, _now, _entropy, _effects, out Dhcp6DropReason dropped);
            Settle(null, before, _log is null ? "" : $"{reply.Type} #{_log.NumberOf(reply.Xid)} {dropped}");
        }

        private void Settle(Dhcp6Input? input, Dhcp6Client before, string what)
        {
            _log?.Add(_now, what, _client, _effects);
            foreach (Dhcp6Effect effect in _effects)
                if (effect is Dhcp6Effect.Transmit { Message: var message }) _sent.Add(message);
            _invariants.Check(input, before, _client, _effects, _surroundings, _now);
            _anonymity?.Check(input, before, _client, _effects, _surroundings.Mac);
        }

        private bool Chance(double probability) => _random.NextDouble() < probability;

        private T Pick<T>(T[] from) => from[_random.Next(from.Length)];
    }
}
