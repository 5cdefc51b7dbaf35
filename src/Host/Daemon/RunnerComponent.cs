using System.Collections.Immutable;
using BondDhcp.Bond.Links;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Host.Configuration;
using BondDhcp.Host.Runner;
using BondDhcp.Host.Status;

namespace BondDhcp.Host.Daemon;

/// <summary>A runner as a component; made when its identity is complete, which may have to wait for the interface.</summary>
/// <param name="configuration">The configuration.</param>
/// <param name="network">What the kernel says.</param>
/// <param name="tryMakeOptions">Null while the identity is incomplete.</param>
/// <param name="make">Makes a runner.</param>
internal sealed class RunnerComponent(
    InterfaceConfiguration configuration, NetworkState network,
    Func<InterfaceConfiguration, InterfaceRunnerOptions?> tryMakeOptions, Func<InterfaceRunnerOptions, InterfaceRunner> make) : IDhcp4Component
{
    private InterfaceConfiguration _configuration = configuration;
    private InterfaceRunner? _runner;
    private bool _waiting;

    /// <inheritdoc/>
    public string? Why => _runner is null
        ? "the interface, whose hardware address is to be the client-id, is not there yet"
        : _runner.Fault ?? _runner.Client.Why;

    /// <inheritdoc/>
    public void Start()
    {
        if (tryMakeOptions(_configuration) is { } options)
        {
            _runner = make(options);
            _runner.Start();
            return;
        }
        _waiting = true;
        network.Changed += Retry;
    }

    /// <inheritdoc/>
    public void Stop(bool release, Action done)
    {
        StopWaiting();
        if (_runner is null) done();
        else _runner.Stop(release, done);
    }

    /// <inheritdoc/>
    public void Reconfigure(InterfaceConfiguration configuration)
    {
        _configuration = configuration;
        if (_runner is not null && tryMakeOptions(configuration) is { } options) _runner.Reconfigure(options);
    }

    /// <inheritdoc/>
    public void Execute(Dhcp4Command command, Action<bool, string?> done)
    {
        if (_runner is null) done(false, Why);
        else _runner.Command(command, done);
    }

    /// <inheritdoc/>
    public InterfaceSnapshot Snapshot()
    {
        if (_runner is null)
            return InterfaceView.Of(network, _configuration.Name, null) with { Dhcp4 = new Dhcp4Snapshot("waiting", null, [], null) };
        Dhcp4Client client = _runner.Client;
        ImmutableArray<byte> clientIdentifier = _runner.Options.Dhcp4.ClientIdentifier;
        uint? iaid = Dhcp4ClientIdentifier.TryGetDuid(clientIdentifier.AsSpan(), out Iaid value, out _) ? value.Value : null;
        InterfaceSnapshot seen = InterfaceView.Of(network, _configuration.Name, client.Lease);
        return seen with
        {
            Mac = _runner.Mac ?? seen.Mac,
            Dhcp4 = new Dhcp4Snapshot(client.StateName, client.Lease, clientIdentifier, iaid),
            Drops = [.. _runner.Drops.Seen],
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        StopWaiting();
        _runner?.Dispose();
    }

    private void Retry(IReadOnlyList<LinkEvent> events)
    {
        if (tryMakeOptions(_configuration) is null) return;
        StopWaiting();
        Start();
    }

    private void StopWaiting()
    {
        if (_waiting) network.Changed -= Retry;
        _waiting = false;
    }
}
