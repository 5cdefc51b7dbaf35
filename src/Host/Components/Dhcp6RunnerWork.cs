using BondDhcp.Bond.Links;
using BondDhcp.Dhcp.Client;
using BondDhcp.Host.Coexistence;
using BondDhcp.Host.Configuration;
using BondDhcp.Host.Runner;
using BondDhcp.Host.Status;

namespace BondDhcp.Host.Components;

/// <summary>A runner of DHCPv6 as a component. Its identity needs no hardware address: there is one from the start.</summary>
/// <param name="configuration">The configuration.</param>
/// <param name="makeOptions">Joins configuration and identity.</param>
/// <param name="make">Makes a runner, and what ends its being attended to.</param>
/// <param name="gate">Keeps it from an interface that another program configures; disposed here.</param>
/// <param name="settle">Calls what it is given when nobody is being told any more that the lease is gone.</param>
internal sealed class Dhcp6RunnerWork(
    InterfaceConfiguration configuration, Func<InterfaceConfiguration, Dhcp6RunnerOptions> makeOptions,
    Func<Dhcp6RunnerOptions, (Dhcp6Runner Runner, Action End)> make, RivalGate gate, Action<Action> settle) : Dhcp6Work
{
    private readonly (Dhcp6Runner Runner, Action End) _made = make(makeOptions(configuration));

    private Dhcp6Runner Runner => _made.Runner;

    /// <inheritdoc/>
    public override string State => gate.IsClosed ? "waiting" : Runner.Client.StateName is var name && name is "stopped" or "waiting" ? name : "running";

    /// <inheritdoc/>
    public override string? Why => gate.Why ?? Runner.Fault ?? Runner.ClientWhy;

    /// <inheritdoc/>
    public override Dhcp6Snapshot Client => new(
        gate.IsClosed ? "waiting" : Runner.Client.StateName, Runner.Lease, Runner.Reply,
        Runner.Client.ClientIdentifier, Runner.Client.Iaid)
    {
        Information = Runner.Client.Lease is null ? Runner.Client.Information : null,
    };

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, long>> Drops => Runner.Drops.Seen;

    /// <inheritdoc/>
    public override CountersSnapshot? Counters => new(
        Runner.Counters, [.. Drops],
        Runner.Counters.Servers.CountOthers(Runner.Client.Configuration is { } reply ? reply.ServerIdentifier.Octets : []));

    /// <inheritdoc/>
    public override IReadOnlyList<Rival> Rivals => gate.Rivals;

    /// <inheritdoc/>
    public override void Start()
    {
        GuardedClient client = new(() => Runner.Client.Lease is not null || Runner.Client.Information is not null, IsOursOn);
        // Nothing is given back at a pause: there is no lease.
        if (gate.MayBegin(client, Runner.Start, () => Runner.Stop(release: false, static () => { }))) Runner.Start();
    }

    private bool IsOursOn(Link link) => Runner.Options.OpenRecord?.Invoke(link.Index).Read(out _) is { IsEmpty: false };

    /// <inheritdoc/>
    public override void Stop(bool takeDown, Action done)
    {
        gate.End();
        Runner.Stop(takeDown, takeDown ? () => settle(done) : done);
    }

    /// <inheritdoc/>
    public override void Reconfigure(InterfaceConfiguration owner) => Runner.Reconfigure(makeOptions(owner));

    /// <inheritdoc/>
    public override void Note(InterfaceConfiguration owner) => Runner.Note(owner);

    /// <inheritdoc/>
    public override void Execute(DhcpCommand command, Action<bool, string?> done)
    {
        if (gate.IsClosed) done(false, Why);
        else Runner.Command(command, done);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        gate.Dispose();
        _made.End();
        Runner.Dispose();
    }
}
