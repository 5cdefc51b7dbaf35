using BondDhcp.Bond.Netlink;
using BondDhcp.Host.Loop;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Masters;

/// <summary>
/// Loads the bonding driver by modprobe(8), which knows its name and what the administrator configured for it. Left to
/// itself the kernel would load it with max_bonds=1, and a bond0 nobody asked for would be there.
/// </summary>
internal sealed class DriverLoading : IDisposable
{
    private static readonly string[] s_arguments = ["-q", "bonding", "max_bonds=0"];

    // errno's EIO: modprobe says no more than that it failed.
    private const int Failed = 5;

    private readonly ChildProcess _process;
    private readonly LoopWatch _watch;

    private DriverLoading(EventLoop loop, ChildProcess process, Action<RtnlResult> done)
    {
        _process = process;
        _watch = loop.Register(process.Descriptor, Readiness.Read, _ =>
        {
            if (!process.TryReap(out ExitStatus status)) return;
            Dispose();
            done(status.IsSuccess ? RtnlResult.Success : new RtnlResult(Failed, $"modprobe bonding: {status}"));
        });
    }

    /// <summary>Starts; <paramref name="done"/> is told how it ended, at once when it could not start.</summary>
    /// <param name="loop">The loop that waits for it.</param>
    /// <param name="done">Told once.</param>
    /// <param name="program">modprobe(8), or what stands for it.</param>
    public static DriverLoading? Start(EventLoop loop, Action<RtnlResult> done, string program = "modprobe")
    {
        if (ChildProcess.Start(program, s_arguments, default, out string? problem) is { } process)
            return new DriverLoading(loop, process, done);
        done(new RtnlResult(Failed, problem));
        return null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _watch.Dispose();
        _process.Dispose();
    }
}
