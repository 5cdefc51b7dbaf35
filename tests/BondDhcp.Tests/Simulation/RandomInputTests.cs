using System.Collections.Immutable;
using BondDhcp.Dhcp.Arp;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using BondDhcp.Tests.Wire;
using Xunit;

namespace BondDhcp.Tests.Simulation;

public class RandomInputTests
{
    // Most sequences are short, which reaches every corner soon; one in 25 is long, for what needs a history.
    private static int StepsOf(int seed) => seed % 25 == 0 ? 150 : 18;

    [Fact(DisplayName = "AX-11 the invariants hold over 100000 random sequences of inputs")]
    public void Client_UnderRandomInputs_KeepsItsInvariants() => RunAll(anonymous: false);

    [Fact(DisplayName = "D13 anonymity: over random sequences of inputs no message has an octet of another identity, nor an option that RFC 7844 does not list")]
    public void AnonymousClient_UnderRandomInputs_TellsOfNoOtherIdentity() => RunAll(anonymous: true);

    private static void RunAll(bool anonymous)
    {
        int failing = int.MaxValue;
        Parallel.For(Fuzzing.Seed, Fuzzing.Seed + Fuzzing.Iterations, (seed, loop) =>
        {
            if (Record.Exception(() => new RandomRun(seed, log: null, anonymous).Go(StepsOf(seed))) is null) return;
            InterlockedMin(ref failing, seed);
            loop.Break();
        });
        if (failing == int.MaxValue) return;
        // Once more, with a log of what led to it.
        var log = new Transcript();
        Exception? error = Record.Exception(() => new RandomRun(failing, log, anonymous).Go(StepsOf(failing)));
        Assert.Fail($"seed {failing}: {error}\n{log}");
    }

    private static void InterlockedMin(ref int lowest, int value)
    {
        for (int seen = lowest; value < seen; seen = lowest)
            if (Interlocked.CompareExchange(ref lowest, value, seen) == seen) return;
    }

    /// <summary>One client, and one seed's worth of everything that can happen to it.</summary>
    private sealed class RandomRun
    {
        private static readonly MacAddress[] Macs = [Fixture.A, Fixture.B, Fixture.Stranger];
        private static readonly Ipv4Address[] Servers = [Fixture.Server, Fixture.Server2, Ipv4Address.Parse("192.0.2.3")];
        private static readonly Ipv4Address[] Addresses = [Fixture.L, Fixture.L2, Ipv4Address.Parse("198.51.100.7")];
        private static readonly uint[] Leases = [1, 2, 10, 60, 3600, 0x8000_0000, uint.MaxValue];
        private static readonly double[] Spans = [0, 0.001, 0.05, 0.2, 1, 5, 30, 600, 4000];

        private readonly Random _random;
        private readonly ScriptedEntropy _entropy;
        private readonly ClientInvariants _invariants = new();
        private readonly List<Dhcp4Effect> _effects = [];
        private readonly List<(uint Xid, MacAddress Chaddr)> _sent = [];
        private readonly Transcript? _log;
        private Dhcp4Client _client;
        private Dhcp4Surroundings _surroundings;
        private Instant _now = Instant.FromSeconds(100);

        private readonly AnonymityCheck? _anonymity;

        public RandomRun(int seed, Transcript? log, bool anonymous)
        {
            _log = log;
            _anonymity = anonymous ? new AnonymityCheck() : null;
            _random = new Random(seed);
            _entropy = ScriptedEntropy.Seeded(seed);
            _client = Dhcp4Client.Create(new Dhcp4Settings
            {
                ClientIdentifier = Fixture.ClientIdentifier,
                ConflictDetection = (ConflictDetection)_random.Next(4),
                Defend = (AddressDefence)_random.Next(3),
                Chaddr = (ChaddrPolicy)_random.Next(3),
                Broadcast = (BroadcastPolicy)_random.Next(3),
                OfferWait = TimeSpan.FromMilliseconds(_random.Next(2) * 700),
                DetectNetworkAttachment = Chance(0.8),
                RapidCommit = Chance(0.3),
                Ipv6Only = Chance(0.2),
                Anonymous = anonymous,
            });
            _surroundings = new Dhcp4Surroundings { Mac = Fixture.A, HostMacs = [Fixture.A, Fixture.B], PathIndex = 2 };
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
            Step(new Dhcp4Input.Stop(Chance(0.5)));
            Wait();
            for (int i = 0; i < 4; i++) Disturb();
        }

        private void Begin()
        {
            Dhcp4Memory memory = Chance(0.5) ? Dhcp4Memory.Empty : Fixture.Memory([.. Enumerable.Range(0, _random.Next(1, 4)).Select(_ => StoredLease())]);
            bool present = !memory.Leases.IsEmpty && Chance(0.5);
            if (present) _invariants.Configured = memory.Leases[0].Address;
            Step(new Dhcp4Input.Start(memory, present, Chance(0.8)));
        }

        private Dhcp4Lease StoredLease()
        {
            Dhcp4Lease lease = SomeLease();
            if (_anonymity is null) return lease;
            // Of this identity, of another one, or of the time before the profile was switched on.
            return lease with
            {
                Ack = Fixture.Ack(0x1234, lease.Chaddr, address: AnonymityCheck.AddressOf(lease.Chaddr)).ToReply(),
                ClientIdentifier = Chance(0.8) ? Dhcp4ClientIdentifier.FromMac(lease.Chaddr) : Fixture.ClientIdentifier,
            };
        }

        private Dhcp4Lease SomeLease() => Fixture.Lease(obtainedAt: 100 - Pick(Spans), chaddr: Pick(Macs)) with
        {
            KeyedByChaddr = Chance(0.3),
            RenewWithLeaseChaddr = Chance(0.3),
            ExpiryUnknown = Chance(0.1),
            GatewayMac = Chance(0.5) ? Fixture.GatewayMac : null,
        };

        /// <summary>A reply, most often to something that was sent.</summary>
        private void Answer()
        {
            (uint xid, MacAddress chaddr) = _sent.Count > 0 && Chance(0.95) ? _sent[^(1 + _random.Next(Math.Min(3, _sent.Count)))] : (7u, Fixture.A);
            if (Chance(0.05)) chaddr = Pick(Macs);
            var type = (Dhcp4MessageType)Pick([2, 5, 6, 5, 2]);
            var reply = new ReplyMessage(type, xid, chaddr, Pick(Servers));
            if (type != Dhcp4MessageType.Nak)
            {
                reply.Yiaddr = _anonymity is not null ? AnonymityCheck.AddressOf(chaddr) : Chance(0.7) ? Fixture.L : Pick(Addresses);
                reply.Seconds(51, Pick(Leases)).Address(1, Ipv4Address.Parse("255.255.255.0")).Address(3, Fixture.Server);
                if (Chance(0.1)) reply.Seconds(58, (uint)_random.Next(4000)).Seconds(59, (uint)_random.Next(4000));
                if (Chance(0.1)) reply.Seconds(108, Pick([0u, 1800u, uint.MaxValue]));
                if (Chance(0.3)) reply.Option(80);
            }
            Receive(reply);
        }

        private void Wait()
        {
            Instant to = Chance(0.6) ? _client.NextDeadline : _now + TimeSpan.FromSeconds(Pick(Spans));
            if (to.IsNever || to - _now > TimeSpan.FromDays(40_000)) return;
            // Now and then the machine sleeps over its deadlines.
            if (Chance(0.1)) to += TimeSpan.FromSeconds(Pick(Spans));
            _now = Instant.Max(_now, to);
            Step(Dhcp4Input.DeadlineReached.Instance);
        }

        private void Disturb()
        {
            switch (_random.Next(11))
            {
                case 0:
                    _surroundings = _surroundings with { Mac = Pick([Fixture.A, Fixture.B]) };
                    break;
                case 1 or 2:
                    MacAddress mac = Pick([Fixture.A, Fixture.B]);
                    ImmutableArray<MacAddress> host = Chance(0.8) ? [Fixture.A, Fixture.B] : [mac];
                    _surroundings = _surroundings with { Mac = mac, HostMacs = host, PathIndex = mac == Fixture.A ? 2 : 3, AuthenticatedByEap = Chance(0.1) };
                    Step(new Dhcp4Input.PathChanged((PathClass)_random.Next(3), Chance(0.5) ? "roam" : "hardwareAddress", Chance(0.3) ? Fixture.GatewayMac : null));
                    break;
                case 3:
                    Step(new Dhcp4Input.LinkUnusable("carrier"));
                    break;
                case 4 or 5:
                    Step(new Dhcp4Input.LinkUsable((PathClass)_random.Next(3)));
                    break;
                case 6:
                    Step(new Dhcp4Input.ArpReceived(new ArpPacket(ArpPacket.Reply, Chance(0.7) ? Fixture.GatewayMac : Fixture.Stranger, Fixture.Server, _surroundings.Mac, Fixture.L)));
                    break;
                case 7:
                    Step(new Dhcp4Input.ArpReceived(Chance(0.5)
                        ? ArpPacket.Probe(Pick(Macs), Pick(Addresses))
                        : new ArpPacket((ushort)_random.Next(1, 3), Pick(Macs), Pick(Addresses), MacAddress.Zero, Pick(Addresses))));
                    break;
                case 8:
                    Step(new Dhcp4Input.Command((DhcpCommand)_random.Next(4)));
                    break;
                case 9:
                    Step(Pick<Dhcp4Input>([new Dhcp4Input.Resumed(), new Dhcp4Input.Retransmitted(Pick(Macs))]));
                    break;
                default:
                    Step(Pick<Dhcp4Input>([new Dhcp4Input.AddressRemoved(), new Dhcp4Input.ConfigurationFailed("refused")]));
                    break;
            }
        }

        private void Step(Dhcp4Input input)
        {
            Dhcp4Client before = _client;
            _effects.Clear();
            _client = _client.Step(input, _surroundings, _now, _entropy, _effects);
            Settle(input, before, _log is null ? "" : Transcript.Describe(input));
        }

        private void Receive(ReplyMessage reply)
        {
            if (Dhcp4MessageView.TryParse(reply.ToOctets(), out Dhcp4MessageView view) != Dhcp4DropReason.None) return;
            Dhcp4Client before = _client;
            _effects.Clear();
            var reception = new Dhcp4Reception(0, Fixture.GatewayMac, false, 0);
            _client = _client.Receive(view, reception, _surroundings, _now, _entropy, _effects, out Dhcp4DropReason dropped);
            Settle(null, before, _log is null ? "" : $"reply {reply.Xid:x8} {dropped}");
        }

        private void Settle(Dhcp4Input? input, Dhcp4Client before, string what)
        {
            _log?.Add(_now, what, _client, _effects);
            foreach (Dhcp4Effect effect in _effects)
            {
                if (effect is Dhcp4Effect.Transmit { Message: var message }) _sent.Add((message.Xid, message.Chaddr ?? _surroundings.Mac));
            }
            _invariants.Check(input, before, _client, _effects, _surroundings, _now);
            _anonymity?.Check(input, before, _client, _effects, _surroundings.Mac);
        }

        private bool Chance(double probability) => _random.NextDouble() < probability;

        private T Pick<T>(T[] from) => from[_random.Next(from.Length)];
    }
}
