using BondDhcp.Net.Linux.Interop;

namespace BondDhcp.Net.Linux;

/// <summary>SIGPIPE: in the daemon, a reader that goes away must be an error of write(2), not the end of the process.</summary>
public static class BrokenPipe
{
    private const nint SigErr = -1;
    private const nint SigDfl = 0;

    /// <summary>Ignores the signal from here on; programs started later inherit that.</summary>
    /// <exception cref="LinuxException">Never on Linux.</exception>
    public static void Ignore() => Set(KernelNumbers.SIG_IGN);

    /// <summary>
    /// Lets the signal end the process, as it does any program in a pipeline whose reader has seen enough. The runtime
    /// ignores it otherwise.
    /// </summary>
    /// <exception cref="LinuxException">Never on Linux.</exception>
    public static void EndProcess() => Set(SigDfl);

    private static void Set(nint disposition)
    {
        if (Libc.Signal(KernelNumbers.SIGPIPE, disposition) == SigErr) throw LinuxException.Last("signal");
    }
}
