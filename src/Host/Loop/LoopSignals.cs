using System.Runtime.InteropServices;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Loop;

/// <summary>A signal that a daemon is told something by.</summary>
public enum DaemonSignal
{
    /// <summary>SIGHUP: read the configuration again.</summary>
    Reload,
    /// <summary>SIGTERM: end. A second one, of this or <see cref="Interrupt"/>, ends the process at once, without the loop.</summary>
    Terminate,
    /// <summary>SIGINT: as <see cref="Terminate"/>.</summary>
    Interrupt,
    /// <summary>SIGUSR2: end and leave everything as it is, for the next one to take over.</summary>
    HandOver,
}

/// <summary>
/// Signals, delivered on the loop's thread. signalfd(2) is no choice: it needs the signals blocked in every thread, and
/// the runtime has threads before the first line of this program runs.
/// </summary>
public sealed class LoopSignals : IDisposable
{
    // PosixSignal has names for the portable ones; raw numbers are taken as they are.
    private const PosixSignal SigUsr2 = (PosixSignal)12;

    private readonly PosixSignalRegistration[] _registrations;
    private int _terminations;

    /// <summary>Tells <paramref name="received"/> of each signal, in the loop. SIGPIPE is ignored from here on.</summary>
    public LoopSignals(EventLoop loop, Action<DaemonSignal> received)
    {
        BrokenPipe.Ignore();
        _registrations =
        [
            Register(PosixSignal.SIGHUP, DaemonSignal.Reload),
            Register(PosixSignal.SIGTERM, DaemonSignal.Terminate),
            Register(PosixSignal.SIGINT, DaemonSignal.Interrupt),
            Register(SigUsr2, DaemonSignal.HandOver),
        ];

        PosixSignalRegistration Register(PosixSignal number, DaemonSignal signal) =>
            PosixSignalRegistration.Create(number, context =>
            {
                context.Cancel = !IsRepeated(signal);
                if (context.Cancel) loop.Post(() => received(signal));
            });
    }

    // Who asks twice does not want to wait for whatever the loop waits for: a log that nobody reads, a disk, the kernel.
    // The signal has its default effect then.
    private bool IsRepeated(DaemonSignal signal) =>
        signal is DaemonSignal.Terminate or DaemonSignal.Interrupt && Interlocked.Increment(ref _terminations) > 1;

    /// <summary>The signals have their default effect again.</summary>
    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations) registration.Dispose();
    }
}
