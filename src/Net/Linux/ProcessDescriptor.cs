using System.Runtime.InteropServices;
using BondDhcp.Net.Linux.Interop;
using Tmds.Linux;

namespace BondDhcp.Net.Linux;

/// <summary>
/// A pidfd: names one process, also after its number has gone to another. Readable once the process has ended, whoever
/// its parent is.
/// </summary>
public sealed class ProcessDescriptor : IDisposable
{
    private readonly FileDescriptor _pidfd;

    private ProcessDescriptor(ProcessIdentity identity, FileDescriptor pidfd)
    {
        Identity = identity;
        _pidfd = pidfd;
    }

    /// <summary>The process.</summary>
    public ProcessIdentity Identity { get; }

    /// <summary>For the event loop; readable when the process has ended.</summary>
    public int Descriptor => _pidfd.Number;

    /// <summary>Of a process that need not be a child of ours; null when it does not run any more.</summary>
    /// <exception cref="LinuxException">No descriptor is left, or the kernel has no pidfd (before Linux 5.3).</exception>
    public static ProcessDescriptor? Open(ProcessIdentity identity)
    {
        int result = Libc.PidfdOpen(identity.Pid, 0);
        if (result < 0 && Marshal.GetLastPInvokeError() == KernelNumbers.ESRCH) return null;
        var pidfd = FileDescriptor.Own(result, "pidfd_open");
        // Only now the number cannot change hands any more: if it is still the same process, it is the one we hold.
        if (identity.IsAlive) return new ProcessDescriptor(identity, pidfd);
        pidfd.Dispose();
        return null;
    }

    /// <summary>
    /// To wait for the end of whoever has a number now, a process of which threads are left too; null for none, and where pidfds
    /// cannot be had: whoever only waits goes on without.
    /// </summary>
    public static ProcessDescriptor? OpenToWait(int pid) =>
        pid > 0 && Libc.PidfdOpen(pid, 0) is >= 0 and var pidfd ? new(ProcessIdentity.OfChild(pid), FileDescriptor.Own(pidfd, "pidfd_open")) : null;

    /// <summary>Of a child that has not been reaped, so that its number is still its own.</summary>
    internal static ProcessDescriptor OfChild(int pid) =>
        new(ProcessIdentity.OfChild(pid), FileDescriptor.Own(Libc.PidfdOpen(pid, 0), "pidfd_open"));

    /// <summary>SIGTERM; false when it has ended already.</summary>
    public bool Terminate() => Send(KernelNumbers.SIGTERM);

    /// <summary>SIGKILL; false when it has ended already.</summary>
    public bool Kill() => Send(KernelNumbers.SIGKILL);

    /// <summary>Waits until it has ended; false when it has not within the time.</summary>
    public unsafe bool WaitForEnd(TimeSpan patience)
    {
        pollfd wait = new() { fd = Descriptor, events = (short)LibC.POLLIN };
        return LibC.poll(&wait, 1, (int)patience.TotalMilliseconds) > 0;
    }

    /// <inheritdoc/>
    public void Dispose() => _pidfd.Dispose();

    private bool Send(int signal)
    {
        if (Libc.PidfdSendSignal(_pidfd.Number, signal) == 0) return true;
        int error = Marshal.GetLastPInvokeError();
        return error == KernelNumbers.ESRCH ? false : throw new LinuxException("pidfd_send_signal", error);
    }
}
