using System.Collections.Immutable;
using BondDhcp.Dhcp.Client6;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using BondDhcp.Tests.Simulation;

namespace BondDhcp.Tests.Simulation6;

/// <summary>
/// A DHCPv6 client with two slaves, networks with servers, and a kernel that looks for duplicates: events in order of
/// time, everything drawn from one seed. A server answers to the path that announced itself last, as neighbour caches do.
/// </summary>
internal sealed class Simulated6Link
{
    private readonly EntropySource _entropy;
    private readonly Client6Invariants _invariants = new();
    private readonly PriorityQueue<Action, (long Ticks, int Order)> _events = new();
    private readonly List<Dhcp6Effect> _effects = [];
    private readonly IReadOnlyList<Model6Server> _servers;
    private readonly Transcript6? _log;
    private int _order;
    private int _path = 2;
    private int _announcedPath = 2;

    public Simulated6Link(int seed, Func<Dhcp6Settings, Dhcp6Settings> configure, Transcript6? log, params IReadOnlyList<Model6Server> servers)
    {
        Random = new Random(seed);
        _entropy = ScriptedEntropy.Seeded(seed + 1);
        _servers = servers;
        _log = log;
        Network = servers[0].Network;
        Client = Dhcp6Client.Create(configure(new Dhcp6Settings { ClientIdentifier = Fixture6.Client, Iaid = Fixture6.Iaid }));
    }

    public Dhcp6Client Client { get; private set; }

    public Instant Now { get; private set; } = Instant.FromSeconds(10);

    public Weather Weather { get; set; } = Weather.Fine;

    /// <summary>The network that the path leads into.</summary>
    public int Network { get; private set; }

    /// <summary>Every address is another host's with this probability.</summary>
    public double Duplicates { get; set; }

    public bool LinkUp { get; private set; } = true;

    public ImmutableHashSet<Ipv6Prefix> Configured => _invariants.Configured;

    /// <summary>What was configured, in order of change.</summary>
    public List<ImmutableHashSet<Ipv6Prefix>> History { get; } = [];

    public Random Random { get; }

    public void Start() => Step(new Dhcp6Input.Start(Dhcp6Memory.Empty, Present: false, Usable: true, Fixture6.LinkLocal));

    /// <summary>Something happens this many seconds from now.</summary>
    public void In(double seconds, Action what) => _events.Enqueue(what, ((Now + TimeSpan.FromSeconds(seconds)).Ticks, _order++));

    /// <summary>The other slave takes over, perhaps into another network.</summary>
    public void FailOver(PathClass known, int? network = null)
    {
        _path = _path == 2 ? 3 : 2;
        Network = network ?? Network;
        // The kernel's event comes a little later; a deadline may fall in between.
        In(Random.NextDouble() * 0.02, () => Step(new Dhcp6Input.PathChanged(known, "activeSlave")));
    }

    public void CutLink()
    {
        LinkUp = false;
        Step(new Dhcp6Input.LinkUnusable("carrier lost"));
    }

    public void RestoreLink()
    {
        LinkUp = true;
        Step(new Dhcp6Input.LinkUsable(PathClass.Unknown));
    }

    /// <summary>The bond is set down and up: its link-local address is made anew after a while, everything else is flushed.</summary>
    public void RestartInterface()
    {
        Step(new Dhcp6Input.LinkLocalGone());
        Ipv6Address next = Random.Next(2) == 0 ? Fixture6.LinkLocal : Fixture6.LinkLocal2;
        In(1 + Random.NextDouble(), () => Step(new Dhcp6Input.LinkLocalReady(next)));
    }

    /// <summary>The machine sleeps: the network goes on without it, deadlines are late.</summary>
    public void Suspend(double seconds)
    {
        Instant end = Now + TimeSpan.FromSeconds(seconds);
        while (_events.TryPeek(out Action? what, out (long Ticks, int Order) next) && next.Ticks <= end.Ticks) _events.Dequeue();
        Now = end;
        Step(new Dhcp6Input.Resumed());
        if (Client.LinkLocal is null) Step(new Dhcp6Input.LinkLocalReady(Fixture6.LinkLocal));
        foreach (Ipv6Address tentative in Client.Tentative) Step(new Dhcp6Input.AddressReady(tentative));
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
                Step(Dhcp6Input.DeadlineReached.Instance);
            }
            else
            {
                Now = end;
                return;
            }
        }
    }

    private void Step(Dhcp6Input input)
    {
        Dhcp6Client before = Client;
        _effects.Clear();
        Client = Client.Step(input, Surroundings, Now, _entropy, _effects);
        CarryOut(input, before, _log is null ? "" : Transcript6.Describe(input));
    }

    private Dhcp6Surroundings Surroundings => new() { PathIndex = _path };

    private void Deliver(Reply6Message reply, int network, int path)
    {
        if (!LinkUp || network != Network || path != _path || Client.LinkLocal is not { } linkLocal) return;
        if (Dhcp6MessageView.TryParse(reply.ToOctets(), out Dhcp6MessageView view) != Dhcp6DropReason.None) return;
        Dhcp6Client before = Client;
        _effects.Clear();
        Client = Client.Receive(view, new Dhcp6Reception(Fixture6.ServerAddress, linkLocal), Surroundings, Now, _entropy, _effects, out Dhcp6DropReason dropped);
        CarryOut(null, before, _log is null ? "" : $"receive {Dhcp6MessageName.Of(reply.Type)} xid #{_log.NumberOf(reply.Xid)} {dropped}");
    }

    private void CarryOut(Dhcp6Input? input, Dhcp6Client before, string what)
    {
        ImmutableHashSet<Ipv6Prefix> had = Configured;
        _log?.Add(Now, what, Client, _effects);
        _invariants.Check(input, before, Client, _effects, Surroundings, Now);
        if (!had.SetEquals(Configured)) History.Add(Configured);
        foreach (Dhcp6Effect effect in _effects.ToArray())
        {
            if (effect is Dhcp6Effect.Announce) _announcedPath = _path;
            else if (effect is Dhcp6Effect.Transmit transmit) Transmit(transmit.Message);
        }
        foreach (Ipv6Address tentative in Client.Tentative.Except(before.Tentative)) LookForDuplicates(tentative);
    }

    private void LookForDuplicates(Ipv6Address address)
    {
        Dhcp6Input found = Chance(Duplicates) ? new Dhcp6Input.AddressDuplicate(address) : new Dhcp6Input.AddressReady(address);
        In(1 + Random.NextDouble(), () => Step(found));
    }

    private void Transmit(Dhcp6Transmission message)
    {
        if (!LinkUp) return;
        int network = Network;
        foreach (Model6Server server in _servers)
        {
            if (server.Network != network) continue;
            for (int copies = Chance(Weather.Duplication) ? 2 : 1; copies > 0; copies--)
                if (!Chance(Weather.RequestLoss)) In(Latency, () => Reply(server, message));
        }
    }

    private void Reply(Model6Server server, Dhcp6Transmission message)
    {
        if (server.Answer(message) is not { } reply) return;
        int path = _announcedPath;
        for (int copies = Chance(Weather.Duplication) ? 2 : 1; copies > 0; copies--)
            if (!Chance(Weather.ReplyLoss)) In(Latency, () => Deliver(reply, server.Network, path));
    }

    private double Latency => 0.0002 + Random.NextDouble() * Weather.MaxLatency;

    private bool Chance(double probability) => Random.NextDouble() < probability;
}
