using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Client6;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;

namespace BondDhcp.Tests.Simulation6;

/// <summary>A packet that left.</summary>
internal sealed record PathPacket(Instant At, int Path, bool IsIpv6, bool IsDhcp);

/// <summary>The clients of both families on one bond whose servers are dead: everything they send counts for the path it takes.</summary>
internal sealed class SharedPath
{
    private readonly EntropySource _entropy;
    private readonly List<Dhcp4Effect> _effects4 = [];
    private readonly List<Dhcp6Effect> _effects6 = [];
    private int _path = 2;

    public SharedPath(int seed)
    {
        Random = new Random(seed);
        _entropy = ScriptedEntropy.Seeded(seed + 1);
        Client4 = Dhcp4Client.Create(new Dhcp4Settings { ClientIdentifier = Fixture.ClientIdentifier });
        Client6 = Dhcp6Client.Create(new Dhcp6Settings { ClientIdentifier = Fixture6.Client, Iaid = Fixture6.Iaid });
    }

    public Random Random { get; }

    public Dhcp4Client Client4 { get; private set; }

    public Dhcp6Client Client6 { get; private set; }

    public Instant Now { get; private set; } = Instant.FromSeconds(10);

    public List<PathPacket> Sent { get; } = [];

    public void Start4(Dhcp4Memory? memory = null) =>
        Step(new Dhcp4Input.Start(memory ?? Dhcp4Memory.Empty, AddressPresent: memory is not null, Usable: true));

    public void Start6(Dhcp6Memory? memory = null) =>
        Step(new Dhcp6Input.Start(memory ?? Dhcp6Memory.Empty, Present: memory is not null, Usable: true, Fixture6.LinkLocal));

    /// <summary>Both are told; which is told first is chance.</summary>
    public void FailOver(bool move = true)
    {
        if (move) _path = _path == 2 ? 3 : 2;
        bool first = Random.Next(2) == 0;
        if (first) Step(new Dhcp4Input.PathChanged(PathClass.Unknown, "hardwareAddress"));
        Step(new Dhcp6Input.PathChanged(PathClass.Unknown, "hardwareAddress"));
        if (!first) Step(new Dhcp4Input.PathChanged(PathClass.Unknown, "hardwareAddress"));
    }

    public void Step(Dhcp4Input input)
    {
        _effects4.Clear();
        MacAddress mac = _path == 2 ? Fixture.A : Fixture.B;
        var surroundings = new Dhcp4Surroundings { Mac = mac, HostMacs = [Fixture.A, Fixture.B], PathIndex = _path, OtherSenders = [Client6.Budget] };
        Client4 = Client4.Step(input, surroundings, Now, _entropy, _effects4);
        foreach (Dhcp4Effect effect in _effects4)
            if (effect is Dhcp4Effect.Transmit or Dhcp4Effect.TransmitArp) Sent.Add(new PathPacket(Now, _path, false, effect is Dhcp4Effect.Transmit));
    }

    public void Step(Dhcp6Input input)
    {
        _effects6.Clear();
        var surroundings = new Dhcp6Surroundings { PathIndex = _path, OtherSenders = [Client4.Budget], OtherAddresses = [Fixture6.L2, Fixture6.L3] };
        Client6 = Client6.Step(input, surroundings, Now, _entropy, _effects6);
        foreach (Dhcp6Effect effect in _effects6)
        {
            int packets = effect switch { Dhcp6Effect.Announce announce => announce.Addresses.Length, Dhcp6Effect.Transmit or Dhcp6Effect.SolicitRouters => 1, _ => 0 };
            for (; packets > 0; packets--) Sent.Add(new PathPacket(Now, _path, true, effect is Dhcp6Effect.Transmit));
        }
        // What was configured is found free at once.
        foreach (Ipv6Address tentative in Client6.Tentative) Step(new Dhcp6Input.AddressReady(tentative));
    }

    public void Run(double seconds)
    {
        Instant end = Now + TimeSpan.FromSeconds(seconds);
        while (Instant.Min(Client4.NextDeadline, Client6.NextDeadline) is var next && next <= end)
        {
            Now = Instant.Max(Now, next);
            if (Client4.NextDeadline <= Now) Step(Dhcp4Input.DeadlineReached.Instance);
            if (Client6.NextDeadline <= Now) Step(Dhcp6Input.DeadlineReached.Instance);
        }
        Now = end;
    }

    /// <summary>The most that left on one path in any interval of this length.</summary>
    public int Most(bool dhcp, double seconds)
    {
        int most = 0;
        foreach (IGrouping<int, PathPacket> path in Sent.Where(packet => packet.IsDhcp == dhcp).GroupBy(packet => packet.Path))
        {
            Instant[] at = [.. path.Select(packet => packet.At)];
            for (int from = 0, to = 0; to < at.Length; to++)
            {
                while (at[to] - at[from] >= TimeSpan.FromSeconds(seconds)) from++;
                most = Math.Max(most, to - from + 1);
            }
        }
        return most;
    }
}
