using BondDhcp.Host.Loop;
using BondDhcp.Host.Masters;
using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Components;

/// <summary>Tells those who wait when a master's plan has done what it can about what was asked of it a moment ago.</summary>
internal sealed class PlanOutcome : IDisposable
{
    // A driver is loaded in less. Whoever starts a master whose plan is stuck learns of it from status.
    private static readonly TimeSpan s_longestWait = TimeSpan.FromSeconds(2);

    private readonly Queue<Action> _waiting = new();
    private readonly LoopDeadline _giveUp;
    private MasterRunner? _watched;

    /// <summary>Nobody waits.</summary>
    /// <param name="loop">The loop it lives in.</param>
    public PlanOutcome(EventLoop loop) => _giveUp = loop.AddDeadline(Answer);

    /// <summary>Tells <paramref name="settled"/> once, after the next turn of the plan.</summary>
    public void Await(MasterRunner runner, Action settled)
    {
        _waiting.Enqueue(settled);
        _giveUp.At = BoottimeClock.Now + s_longestWait;
        runner.Wake();
        if (_watched is not null) return;
        _watched = runner;
        runner.Changed += Look;
    }

    /// <summary>Who still waits is told.</summary>
    public void Dispose()
    {
        Answer();
        _giveUp.Dispose();
    }

    private void Look()
    {
        if (_watched is { Plan.Pending: null }) Answer();
    }

    private void Answer()
    {
        _giveUp.At = Instant.Never;
        if (_watched is { } watched) watched.Changed -= Look;
        _watched = null;
        // One that asks again is told after another turn.
        for (int left = _waiting.Count; left > 0; left--) _waiting.Dequeue()();
    }
}
