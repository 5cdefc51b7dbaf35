using System.Collections.Immutable;
using BondDhcp.Bond.Addressing;
using BondDhcp.Bond.Links;
using BondDhcp.Dhcp.Client;
using BondDhcp.Host.Coexistence;
using BondDhcp.Host.Configuration;
using BondDhcp.Host.Runner;
using BondDhcp.Host.Status;
using BondDhcp.Net;

namespace BondDhcp.Host.Components;

/// <summary>A runner as a component; made when its identity is complete, which may have to wait for the interface.</summary>
/// <param name="configuration">The configuration.</param>
/// <param name="network">What the kernel says.</param>
/// <param name="tryMakeOptions">Null while the identity is incomplete.</param>
/// <param name="make">Makes a runner, and what ends its being attended to.</param>
/// <param name="gate">Keeps it from an interface that another program configures; disposed here.</param>
/// <param name="settle">Calls what it is given when nobody is being told any more that the lease is gone.</param>
internal sealed class Dhcp4RunnerWork(
    InterfaceConfiguration configuration, NetworkState network,
    Func<InterfaceConfiguration, InterfaceRunnerOptions?> tryMakeOptions, Func<InterfaceRunnerOptions, (Dhcp4Runner Runner, Action End)> make,
    RivalGate gate, Action<Action> settle) : Dhcp4Work
{
    private InterfaceConfiguration _configuration = configuration;
    private Dhcp4Runner? _runner;
    private Action? _end;
    private bool _waiting;

    /// <inheritdoc/>
    public override string State => gate.IsClosed ? "waiting"
        : _runner?.ClientState is { } name ? (name is "stopped" or "waiting" ? name : "running") : "waiting";

    /// <inheritdoc/>
    public override string? Why => gate.Why ?? (_runner is null
        ? "the interface, whose hardware address is to be the client-id, is not there yet"
        : _runner.Fault ?? _runner.ClientWhy);

    /// <inheritdoc/>
    public override Dhcp4Snapshot Client
    {
        get
        {
            if (_runner is null) return new Dhcp4Snapshot("waiting", null, [], null) { IsInform = _configuration.Inform };
            ImmutableArray<byte> clientIdentifier = _runner.ClientIdentifier;
            return new Dhcp4Snapshot(gate.IsClosed ? "waiting" : _runner.ClientState, _runner.Lease, clientIdentifier, Dhcp4Snapshot.IaidOf(clientIdentifier))
            {
                IsInform = _runner.IsInform,
                RefusedRoutes = _runner.RefusedRoutes,
            };
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, long>> Drops => _runner?.Drops.Seen ?? [];

    /// <inheritdoc/>
    public override CountersSnapshot? Counters => _runner is null ? null
        : new CountersSnapshot(_runner.Counters, [.. Drops], _runner.Counters.Servers.CountOthers(OwnServer));

    /// <inheritdoc/>
    public override IReadOnlyList<Rival> Rivals => gate.Rivals;

    /// <inheritdoc/>
    public override void Start()
    {
        if (gate.MayBegin(new GuardedClient(() => _runner?.Lease is not null, IsOursOn), Begin, Pause)) Begin();
    }

    private void Begin()
    {
        if (_runner is not null)
        {
            _runner.Start();
            return;
        }
        if (tryMakeOptions(_configuration) is { } options)
        {
            (_runner, _end) = make(options);
            _runner.Start();
            return;
        }
        _waiting = true;
        network.Changed += Retry;
    }

    /// <inheritdoc/>
    public override void Stop(bool takeDown, Action done)
    {
        gate.End();
        StopWaiting();
        if (_runner is null) done();
        else _runner.Stop(takeDown, takeDown ? () => settle(done) : done);
    }

    /// <inheritdoc/>
    public override void Reconfigure(InterfaceConfiguration owner)
    {
        _configuration = owner;
        if (_runner is not null && tryMakeOptions(owner) is { } options) _runner.Reconfigure(options);
    }

    /// <inheritdoc/>
    public override void Note(InterfaceConfiguration owner)
    {
        _configuration = owner;
        _runner?.Note(owner);
    }

    /// <inheritdoc/>
    public override void Execute(DhcpCommand command, Action<bool, string?> done)
    {
        if (_runner is null || gate.IsClosed) done(false, Why);
        else _runner.Command(command, done);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        gate.Dispose();
        StopWaiting();
        _end?.Invoke();
        _end = null;
        _runner?.Dispose();
    }

    // Nothing is given back: there is no lease.
    private void Pause()
    {
        StopWaiting();
        _runner?.Stop(release: false, static () => { });
    }

    private ReadOnlySpan<byte> OwnServer
    {
        get
        {
            if (_runner?.Lease is not { } lease) return [];
            byte[] octets = new byte[Ipv4Address.Length];
            lease.ServerIdentifier.CopyTo(octets);
            return octets;
        }
    }

    private bool IsOursOn(Link link)
    {
        if (network.Table.Addresses.Any(one => one.InterfaceIndex == link.Index && one.Protocol == InterfaceAddress.OurProtocol)) return true;
        Ipv4Ownership? recorded = tryMakeOptions(_configuration)?.OpenRecord?.Invoke(link.Index).Read(out _);
        return recorded?.Addresses.Any(prefix => network.Table.FindAddress(link.Index, prefix.Address)?.Prefix == prefix) == true;
    }

    private void Retry(IReadOnlyList<LinkEvent> events)
    {
        if (tryMakeOptions(_configuration) is null) return;
        StopWaiting();
        Begin();
    }

    private void StopWaiting()
    {
        if (_waiting) network.Changed -= Retry;
        _waiting = false;
    }
}
