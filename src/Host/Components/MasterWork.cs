using BondDhcp.Bond.Plan;
using BondDhcp.Host.Configuration;
using BondDhcp.Host.Loop;
using BondDhcp.Host.Masters;

namespace BondDhcp.Host.Components;

/// <summary><c>master@bond0</c>: the runner of its plan.</summary>
/// <param name="loop">The loop it lives in.</param>
/// <param name="runner">The runner; disposed here.</param>
/// <param name="isWanted">True for a slave whose component is started.</param>
/// <param name="gone">Is told at the end that nobody should look for it any more.</param>
internal sealed class MasterWork(EventLoop loop, MasterRunner runner, Func<string, bool> isWanted, Action gone) : ComponentWork
{
    private readonly PlanOutcome _outcome = new(loop);

    /// <inheritdoc/>
    public override string State => runner.State;

    /// <inheritdoc/>
    public override string? Why => runner.Why.Length > 0 ? runner.Why : null;

    /// <inheritdoc/>
    public override void Start()
    {
        TellWanted(runner.Settings);
        runner.Start();
    }

    /// <inheritdoc/>
    public override void TryAgain() => runner.Reconfigure(runner.Settings);

    /// <inheritdoc/>
    public override void WhenSettled(Action settled) => _outcome.Await(runner, settled);

    /// <inheritdoc/>
    public override void Stop(bool takeDown, Action done)
    {
        if (takeDown) runner.Stop(done);
        else done();
    }

    /// <inheritdoc/>
    public override void Reconfigure(InterfaceConfiguration owner)
    {
        if (owner.Master is not { } settings) return;
        TellWanted(settings);
        runner.Reconfigure(settings);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        gone();
        _outcome.Dispose();
        runner.Dispose();
    }

    // Each slave is a component of its own; one that is stopped, or not started yet, is not wanted.
    private void TellWanted(MasterSettings settings)
    {
        foreach (SlaveSettings slave in settings.Slaves) runner.SetSlaveWanted(slave.Name, isWanted(slave.Name));
    }
}
