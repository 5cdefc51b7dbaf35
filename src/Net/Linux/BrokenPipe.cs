using BondDhcp.Net.Linux.Interop;

namespace BondDhcp.Net.Linux;

/// <summary>SIGPIPE: a reader of ours that goes away must be an error of write(2), not the end of the process.</summary>
public static class BrokenPipe
{
    /// <summary>Ignores the signal from here on; programs started later inherit that.</summary>
    /// <exception cref="LinuxException">Never on Linux.</exception>
    public static void Ignore()
    {
        const nint SigErr = -1;
        if (Libc.Signal(KernelNumbers.SIGPIPE, KernelNumbers.SIG_IGN) == SigErr) throw LinuxException.Last("signal");
    }
}
