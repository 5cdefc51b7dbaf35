using System.Runtime.InteropServices;
using BondDhcp.Net.Linux.Interop;

namespace BondDhcp.Net.Linux;

/// <summary>pidfd_open(2): a descriptor that becomes readable when the process ends, whoever its parent is.</summary>
public static class ProcessDescriptor
{
    /// <summary>The descriptor; null when no such process is there (any more).</summary>
    /// <exception cref="LinuxException">The kernel is older than 5.3, or no descriptor is free.</exception>
    public static FileDescriptor? Open(int pid)
    {
        int result = Libc.PidfdOpen(pid, 0);
        return result < 0 && Marshal.GetLastPInvokeError() == KernelNumbers.ESRCH
            ? null
            : FileDescriptor.Own(result, "pidfd_open");
    }
}
