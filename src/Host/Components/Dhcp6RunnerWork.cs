using BondDhcp.Dhcp.Client;
using BondDhcp.Host.Configuration;
using BondDhcp.Host.Runner;
using BondDhcp.Host.Status;

namespace BondDhcp.Host.Components;

/// <summary>A runner of DHCPv6 as a component. Its identity needs no hardware address: there is one from the start.</summary>
/// <param name="configuration">The configuration.</param>
/// <param name="makeOptions">Joins configuration and identity.</param>
/// <param name="make">Makes a runner, and what ends its being attended to.</param>
/// <param name="settle">Calls what it is given when nobody is being told any more that the lease is gone.</param>
internal sealed class Dhcp6RunnerWork(
    InterfaceConfiguration configuration, Func<InterfaceConfiguration, Dhcp6RunnerOptions> makeOptions,
    Func<Dhcp6RunnerOptions, (Dhcp6Runner Runner, Action End)> make, Action<Action> settle) : Dhcp6Work
{
    private readonly (Dhcp6Runner Runner, Action End) _made = make(makeOptions(configuration));

    private Dhcp6Runner Runner => _made.Runner;

    /// <inheritdoc/>
    public override string State => Runner.Client.StateName is var name && name is "stopped" or "waiting" ? name : "running";

    /// <inheritdoc/>
    public override string? Why => Runner.Fault ?? Runner.Client.Why;

    /// <inheritdoc/>
    public override Dhcp6Snapshot Client => new(
        Runner.Client.StateName, Runner.Lease, Runner.Reply,
        Runner.Options.Dhcp6.ClientIdentifier, Runner.Options.Dhcp6.Iaid);

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, long>> Drops => Runner.Drops.Seen;

    /// <inheritdoc/>
    public override void Start() => Runner.Start();

    /// <inheritdoc/>
    public override void Stop(bool takeDown, Action done) => Runner.Stop(takeDown, takeDown ? () => settle(done) : done);

    /// <inheritdoc/>
    public override void Reconfigure(InterfaceConfiguration owner) => Runner.Reconfigure(makeOptions(owner));

    /// <inheritdoc/>
    public override void Execute(DhcpCommand command, Action<bool, string?> done) => Runner.Command(command, done);

    /// <inheritdoc/>
    public override void Dispose()
    {
        _made.End();
        Runner.Dispose();
    }
}
