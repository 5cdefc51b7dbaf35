using BondDhcp.Dhcp.Arp;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;

namespace BondDhcp.Tests.Simulation;

/// <summary>How bad a simulated network is. Probabilities are per frame and direction.</summary>
internal sealed record Weather
{
    public double RequestLoss { get; init; }

    public double ReplyLoss { get; init; }

    public double Duplication { get; init; }

    /// <summary>Frames take 0.2 ms to this; different ones overtake each other.</summary>
    public double MaxLatency { get; init; } = 0.02;

    public static readonly Weather Fine = new();
}

/// <summary>
/// A client with two slaves, a gateway, servers and a network between them: events in order of time, everything drawn
/// from one seed. A reply that is unicast to a hardware address which is not the present one is lost, as on a real
/// device.
/// </summary>
internal sealed class SimulatedLink
{
    private readonly Random _random;
    private readonly EntropySource _entropy;
    private readonly ClientInvariants _invariants = new();
    private readonly PriorityQueue<Action, (long Ticks, int Order)> _events = new();
    private readonly List<Dhcp4Effect> _effects = [];
    private readonly IReadOnlyList<ModelServer> _servers;
    private readonly Transcript? _log;
    private int _order;
    private MacAddress _announced;

    public SimulatedLink(int seed, Func<Dhcp4Settings, Dhcp4Settings> configure, Transcript? log, params IReadOnlyList<ModelServer> servers)
    {
        _random = new Random(seed);
        _entropy = ScriptedEntropy.Seeded(seed + 1);
        _servers = servers;
        _log = log;
        Client = Dhcp4Client.Create(configure(new Dhcp4Settings { ClientIdentifier = Fixture.ClientIdentifier }));
        Surroundings = new Dhcp4Surroundings { Mac = Fixture.A, HostMacs = [Fixture.A, Fixture.B], PathIndex = 2 };
    }

    public Dhcp4Client Client { get; private set; }

    public Dhcp4Surroundings Surroundings { get; private set; }

    public Instant Now { get; private set; } = Instant.FromSeconds(10);

    public Weather Weather { get; set; } = Weather.Fine;

    public bool GatewaySilent { get; set; }

    public bool LinkUp { get; private set; } = true;

    public Ipv4Address? Configured => _invariants.Configured;

    /// <summary>Every address that was configured, in order, and null for every moment without one.</summary>
    public List<Ipv4Address?> History { get; } = [];

    public int LeasesWronglyKeyed { get; private set; }

    public Random Random => _random;

    public void Start() => Step(new Dhcp4Input.Start(Dhcp4Memory.Empty, AddressPresent: false, Usable: true));

    /// <summary>Something happens this many seconds from now.</summary>
    public void In(double seconds, Action what) => _events.Enqueue(what, ((Now + TimeSpan.FromSeconds(seconds)).Ticks, _order++));

    public void FailOver(PathClass network)
    {
        MacAddress mac = Surroundings.Mac == Fixture.A ? Fixture.B : Fixture.A;
        Surroundings = Surroundings with { Mac = mac, PathIndex = mac == Fixture.A ? 2 : 3 };
        // The kernel's event comes a little later; a deadline may fall in between.
        In(_random.NextDouble() * 0.02, () => Step(new Dhcp4Input.PathChanged(network, "hardwareAddress")));
    }

    public void CutLink()
    {
        LinkUp = false;
        Step(new Dhcp4Input.LinkUnusable("carrier lost"));
    }

    public void RestoreLink()
    {
        LinkUp = true;
        Step(new Dhcp4Input.LinkUsable(PathClass.Unknown));
    }

    /// <summary>The machine sleeps: the network goes on without it, deadlines are late.</summary>
    public void Suspend(double seconds)
    {
        Instant end = Now + TimeSpan.FromSeconds(seconds);
        while (_events.TryPeek(out _, out (long Ticks, int Order) next) && next.Ticks <= end.Ticks) _events.Dequeue();
        Now = end;
        Step(new Dhcp4Input.Resumed());
    }

    public void Run(double seconds)
    {
        Instant end = Now + TimeSpan.FromSeconds(seconds);
        while (true)
        {
            Instant deadline = Client.NextDeadline;
            bool hasEvent = _events.TryPeek(out Action? what, out (long Ticks, int Order) at);
            if (hasEvent && at.Ticks <= end.Ticks && at.Ticks <= deadline.Ticks)
            {
                _events.Dequeue();
                Now = Instant.Max(Now, new Instant(at.Ticks));
                what!();
            }
            else if (deadline <= end)
            {
                Now = Instant.Max(Now, deadline);
                Step(Dhcp4Input.DeadlineReached.Instance);
            }
            else
            {
                Now = end;
                return;
            }
        }
    }

    private void Step(Dhcp4Input input)
    {
        Dhcp4Client before = Client;
        _effects.Clear();
        Client = Client.Step(input, Surroundings, Now, _entropy, _effects);
        CarryOut(input, before, _log is null ? "" : Transcript.Describe(input));
    }

    private void Deliver(ReplyMessage reply, bool broadcast, MacAddress destination)
    {
        if (!LinkUp || (!broadcast && destination != Surroundings.Mac)) return;
        if (Dhcp4MessageView.TryParse(reply.ToOctets(), out Dhcp4MessageView view) != Dhcp4DropReason.None) return;
        Dhcp4Client before = Client;
        _effects.Clear();
        var reception = new Dhcp4Reception((byte)(broadcast ? 1 : 0), Fixture.GatewayMac, false, 0);
        Client = Client.Receive(view, reception, Surroundings, Now, _entropy, _effects, out Dhcp4DropReason dropped);
        CarryOut(null, before, _log is null ? "" : $"receive {_log.Describe(reply.ToReply())} {dropped}");
    }

    private void CarryOut(Dhcp4Input? input, Dhcp4Client before, string what)
    {
        _log?.Add(Now, what, Client, _effects);
        _invariants.Check(input, before, Client, _effects, Surroundings, Now);
        Note(_invariants.Configured);
        if (Client.Lease is { KeyedByChaddr: true } && _servers.All(server => server.Kind == ServerKind.ClientIdentifier)) LeasesWronglyKeyed++;
        foreach (Dhcp4Effect effect in _effects.ToArray())
        {
            if (effect is Dhcp4Effect.Transmit { Message: var message }) Transmit(message, message.Chaddr ?? Surroundings.Mac);
            else if (effect is Dhcp4Effect.TransmitArp arp) Transmit(arp.Packet);
        }
    }

    private void Note(Ipv4Address? address)
    {
        if (History.Count == 0 ? address is not null : History[^1] != address) History.Add(address);
    }

    private void Transmit(Dhcp4Transmission message, MacAddress chaddr)
    {
        if (!LinkUp) return;
        foreach (ModelServer server in _servers)
        {
            for (int copies = Chance(Weather.Duplication) ? 2 : 1; copies > 0; copies--)
            {
                if (Chance(Weather.RequestLoss)) continue;
                In(Latency, () => Reply(server, message, chaddr));
            }
        }
    }

    private void Reply(ModelServer server, Dhcp4Transmission message, MacAddress chaddr)
    {
        if (server.Answer(message, chaddr, Now) is not { } reply) return;
        // A renewal is answered to whoever the server's ARP cache has for the address; BusyBox always uses chaddr.
        bool broadcast = message.Broadcast && (message.Ciaddr.IsAny || server.Kind == ServerKind.Udhcpd);
        MacAddress destination = message.Ciaddr.IsAny || server.Kind == ServerKind.Udhcpd ? chaddr : _announced;
        for (int copies = Chance(Weather.Duplication) ? 2 : 1; copies > 0; copies--)
            if (!Chance(Weather.ReplyLoss)) In(Latency, () => Deliver(reply, broadcast, destination));
    }

    private void Transmit(ArpPacket packet)
    {
        if (!LinkUp || Chance(Weather.RequestLoss)) return;
        MacAddress sender = packet.SenderHardware;
        In(Latency, () =>
        {
            if (packet.SenderAddress == Configured) _announced = sender;
            if (packet.TargetAddress != Fixture.Server || GatewaySilent || Chance(Weather.ReplyLoss)) return;
            var reply = new ArpPacket(ArpPacket.Reply, Fixture.GatewayMac, Fixture.Server, sender, packet.SenderAddress);
            In(Latency, () =>
            {
                if (LinkUp && sender == Surroundings.Mac) Step(new Dhcp4Input.ArpReceived(reply));
            });
        });
    }

    private double Latency => 0.0002 + _random.NextDouble() * Weather.MaxLatency;

    private bool Chance(double probability) => _random.NextDouble() < probability;
}
