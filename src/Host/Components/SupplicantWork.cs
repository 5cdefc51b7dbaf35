using BondDhcp.Host.Configuration;
using BondDhcp.Host.Supplicants;

namespace BondDhcp.Host.Components;

/// <summary><c>supplicant@wlp2s0</c>: its runner.</summary>
/// <param name="runner">The runner; disposed here.</param>
/// <param name="gone">Is told at the end that nobody should look for it any more.</param>
internal sealed class SupplicantWork(SupplicantRunner runner, Action gone) : ComponentWork
{
    /// <inheritdoc/>
    public override string State => runner.State;

    /// <inheritdoc/>
    public override string? Why => runner.Why;

    /// <inheritdoc/>
    public override void Start() => runner.Start();

    /// <inheritdoc/>
    public override void Stop(bool takeDown, Action done)
    {
        if (takeDown) runner.Stop(done);
        else done();
    }

    /// <inheritdoc/>
    public override void Reconfigure(InterfaceConfiguration owner)
    {
        if (owner.Supplicant is { } settings) runner.Reconfigure(settings);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        gone();
        runner.Dispose();
    }
}
