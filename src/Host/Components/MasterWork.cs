using BondDhcp.Bond.Plan;
using BondDhcp.Host.Configuration;
using BondDhcp.Host.Masters;

namespace BondDhcp.Host.Components;

/// <summary><c>master@bond0</c>: the runner of its plan.</summary>
/// <param name="runner">The runner; disposed here.</param>
/// <param name="isWanted">Whether the component of a slave of this name runs.</param>
/// <param name="gone">Is told at the end that nobody should look for it any more.</param>
internal sealed class MasterWork(MasterRunner runner, Func<string, bool> isWanted, Action gone) : ComponentWork
{
    /// <inheritdoc/>
    public override string State => runner.State;

    /// <inheritdoc/>
    public override string? Why => runner.Why.Length > 0 ? runner.Why : null;

    /// <inheritdoc/>
    public override void Start()
    {
        // Each slave is a component of its own, and says itself that it is wanted; one that is stopped says nothing.
        foreach (SlaveSettings slave in runner.Settings.Slaves) runner.SetSlaveWanted(slave.Name, isWanted(slave.Name));
        runner.Start();
    }

    /// <inheritdoc/>
    public override void Retry() => runner.Retry();

    /// <inheritdoc/>
    public override void Settle(Action done) => runner.WhenSettled(done);

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
        MasterSettings before = runner.Settings;
        runner.Reconfigure(settings);
        foreach (SlaveSettings slave in settings.Slaves)
            if (before.FindSlave(slave.Name) is null) runner.SetSlaveWanted(slave.Name, isWanted(slave.Name));
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        gone();
        runner.Dispose();
    }
}
