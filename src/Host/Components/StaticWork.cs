using BondDhcp.Bond.Links;
using BondDhcp.Host.Configuration;
using BondDhcp.Host.Paths;
using BondDhcp.Host.Runner;
using BondDhcp.Host.Statics;
using BondDhcp.Net;

namespace BondDhcp.Host.Components;

/// <summary><c>static@bond0</c>: its runner, and the path it is told of.</summary>
internal sealed class StaticWork : ComponentWork
{
    private readonly StaticRunner _runner;
    private readonly NetworkState _network;
    private readonly PathGate _gate;
    private readonly Func<InterfaceConfiguration, StaticSettings> _settingsOf;
    private readonly Action<Action> _settle;
    private readonly Action _gone;
    private PathView? _path;
    private MacAddress? _mac;

    /// <summary>Not started.</summary>
    /// <param name="runner">The runner; disposed here.</param>
    /// <param name="network">Links.</param>
    /// <param name="gate">What carries the interface.</param>
    /// <param name="settingsOf">Makes settings of a section.</param>
    /// <param name="settle">Calls what it is given when nobody is being told any more that the name servers are gone.</param>
    /// <param name="gone">Is told at the end that nobody should look for it any more.</param>
    public StaticWork(
        StaticRunner runner, NetworkState network, PathGate gate, Func<InterfaceConfiguration, StaticSettings> settingsOf, Action<Action> settle,
        Action gone)
    {
        _settingsOf = settingsOf;
        _runner = runner;
        _network = network;
        _gate = gate;
        _settle = settle;
        _gone = gone;
        network.Changed += Follow;
        gate.Changed += FollowPath;
    }

    /// <inheritdoc/>
    public override string State => _runner.Snapshot.State switch
    {
        StaticState.Running => "running",
        StaticState.Waiting => "waiting",
        StaticState.Failed => "failed",
        _ => "stopped",
    };

    /// <inheritdoc/>
    public override string? Why => _runner.Snapshot.Why;

    /// <inheritdoc/>
    public override void Start()
    {
        // Before: the first probe must not go into a path that is not open yet.
        FollowPath();
        _runner.Start();
    }

    /// <inheritdoc/>
    public override void Stop(bool takeDown, Action done)
    {
        if (takeDown) _runner.Stop(_runner.IsOffering ? () => _settle(done) : done);
        else done();
    }

    /// <inheritdoc/>
    public override string? LeftOver => _runner.LeftOver;

    /// <inheritdoc/>
    public override void Reconfigure(InterfaceConfiguration owner) => _runner.Reconfigure(_settingsOf(owner));

    /// <inheritdoc/>
    public override void Dispose()
    {
        _network.Changed -= Follow;
        _gate.Changed -= FollowPath;
        _gone();
        _runner.Dispose();
    }

    private void Follow(IReadOnlyList<LinkEvent> events) => FollowPath();

    private void FollowPath()
    {
        if (!_network.Table.TryFind(_runner.Settings.Name, out Link? link)) return;
        PathView view = _gate.Look(link);
        PathView? before = _path;
        MacAddress? macBefore = _mac;
        (_path, _mac) = (view, link.Mac);
        string? change = before is not { } old || !old.Usable ? null
            : old.Device != view.Device ? "activeSlave"
            : old.Attachment != view.Attachment ? "roam"
            : macBefore != link.Mac ? "hardwareAddress"
            : null;
        if (before?.Usable != view.Usable || before?.Why != view.Why || change is not null) _runner.NotePath(view.Usable, view.Why, change);
    }
}
