using BondDhcp.Host.Configuration;
using BondDhcp.Host.Loop;
using BondDhcp.Host.Masters;
using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Components;

/// <summary><c>slave@enp3s0</c>: that its master's plan wants it.</summary>
internal sealed class SlaveWork : ComponentWork
{
    // A device that will not leave is named by its master's plan; whoever stops it is not kept for ever.
    private static readonly TimeSpan s_longestLeave = TimeSpan.FromSeconds(2);

    private readonly string _name;
    private readonly Func<MasterRunner?> _master;
    private readonly HashSet<string> _wanted;
    private readonly LoopDeadline _giveUp;
    private readonly PlanOutcome _outcome;
    private MasterRunner? _watched;
    private Action? _left;

    /// <summary>Not started.</summary>
    /// <param name="loop">The loop it lives in.</param>
    /// <param name="name">The slave's interface.</param>
    /// <param name="master">The runner of its master at this moment; null while that is stopped.</param>
    /// <param name="wanted">The slaves whose components are started: what a master that begins later goes by.</param>
    public SlaveWork(EventLoop loop, string name, Func<MasterRunner?> master, HashSet<string> wanted)
    {
        _wanted = wanted;
        _outcome = new PlanOutcome(loop);
        _name = name;
        _master = master;
        _giveUp = loop.AddDeadline(Leave);
    }

    /// <inheritdoc/>
    public override string State => Find() is { IsMember: true } ? "running" : "waiting";

    /// <inheritdoc/>
    public override string? Why => _master() is not { } master ? "its master is stopped"
        : Find() is not { } view ? $"{master.Settings.Name} does not have it"
        : view.Why.Length > 0 ? view.Why
        : view.IsMember ? null : "not enslaved yet";

    /// <inheritdoc/>
    public override void Start()
    {
        _wanted.Add(_name);
        _master()?.SetSlaveWanted(_name, wanted: true);
    }

    /// <inheritdoc/>
    public override void TryAgain() => Start();

    /// <inheritdoc/>
    public override void WhenSettled(Action settled)
    {
        if (_master() is { } master) _outcome.Await(master, settled);
        else settled();
    }

    /// <inheritdoc/>
    public override void Stop(bool takeDown, Action done)
    {
        if (takeDown) _wanted.Remove(_name);
        if (!takeDown || _master() is not { } master)
        {
            done();
            return;
        }
        _left = done;
        _watched = master;
        master.Changed += Look;
        _giveUp.At = BoottimeClock.Now + s_longestLeave;
        master.SetSlaveWanted(_name, wanted: false);
        Look();
    }

    /// <inheritdoc/>
    public override void Reconfigure(InterfaceConfiguration owner)
    {
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        if (_watched is { } watched) watched.Changed -= Look;
        _watched = null;
        _outcome.Dispose();
        _giveUp.Dispose();
    }

    private SlaveView? Find() => _master()?.Slaves().FirstOrDefault(slave => slave.Name == _name);

    private void Look()
    {
        if (Find() is not { IsMember: true }) Leave();
    }

    private void Leave()
    {
        _giveUp.At = Instant.Never;
        Action? left = _left;
        _left = null;
        left?.Invoke();
    }
}
