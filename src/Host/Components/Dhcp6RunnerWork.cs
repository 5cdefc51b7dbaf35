using BondDhcp.Dhcp.Client;
using BondDhcp.Host.Configuration;
using BondDhcp.Host.Runner;
using BondDhcp.Host.Status;

namespace BondDhcp.Host.Components;

/// <summary>A runner of DHCPv6 as a component. Its identity needs no hardware address: there is one from the start.</summary>
/// <param name="configuration">The configuration.</param>
/// <param name="makeOptions">Joins configuration and identity.</param>
/// <param name="make">Makes a runner, and what ends its being attended to.</param>
internal sealed class Dhcp6RunnerWork(
    InterfaceConfiguration configuration, Func<InterfaceConfiguration, Dhcp6RunnerOptions> makeOptions,
    Func<Dhcp6RunnerOptions, Dhcp6Runner> make) : Dhcp6Work
{
    private readonly Dhcp6Runner _runner = make(makeOptions(configuration));

    /// <inheritdoc/>
    public override string State => _runner.Client.StateName is var name && name is "stopped" or "waiting" ? name : "running";

    /// <inheritdoc/>
    public override string? Why => _runner.Fault ?? _runner.Client.Why;

    /// <inheritdoc/>
    public override Dhcp6Snapshot Client => new(
        _runner.Client.StateName, _runner.Client.Lease, _runner.Client.Configuration,
        _runner.Options.Dhcp6.ClientIdentifier, _runner.Options.Dhcp6.Iaid);

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, long>> Drops => _runner.Drops.Seen;

    /// <inheritdoc/>
    public override void Start() => _runner.Start();

    /// <inheritdoc/>
    public override void Stop(bool takeDown, Action done) => _runner.Stop(takeDown, done);

    /// <inheritdoc/>
    public override void Reconfigure(InterfaceConfiguration owner) => _runner.Reconfigure(makeOptions(owner));

    /// <inheritdoc/>
    public override void Execute(DhcpCommand command, Action<bool, string?> done) => _runner.Command(command, done);

    /// <inheritdoc/>
    public override void Dispose() => _runner.Dispose();
}
