using System.Runtime.InteropServices;
using BondDhcp.Net.Linux;
using BondDhcp.Net.Linux.Interop;

namespace BondDhcp.Dhcp.Linux;

/// <summary>How a read or a write ended. What an interface does while one looks away is a value, not an exception.</summary>
public enum SocketOutcome
{
    /// <summary>A packet was read, or handed to the kernel (which does not mean that it reached the wire).</summary>
    Done,
    /// <summary>Nothing to read, or no room to write now.</summary>
    Empty,
    /// <summary>ENETDOWN: the interface is down; the socket works again by itself when it comes up.</summary>
    LinkDown,
    /// <summary>ENXIO, ENODEV: the interface left this namespace; the socket is of no more use.</summary>
    LinkGone,
    /// <summary>The packet was refused: no route, a firewall, no buffers, too long. As good as lost on the way.</summary>
    Refused,
}

/// <summary>How a read or a write ended.</summary>
/// <param name="Outcome">The kind.</param>
/// <param name="Length">Octets read or written; 0 unless <see cref="SocketOutcome.Done"/>.</param>
/// <param name="Errno">errno(3) where it failed, else 0.</param>
public readonly record struct SocketResult(SocketOutcome Outcome, int Length, int Errno)
{
    /// <summary>Not sent: the interface's hardware address is not the one that the message was to go from. In the kernel's words for a source that is not there.</summary>
    public static readonly SocketResult OtherHardwareAddress = new(SocketOutcome.Refused, 0, KernelNumbers.EADDRNOTAVAIL);

    /// <summary>Takes the result of the call just made on this thread.</summary>
    /// <exception cref="LinuxException">It failed in a way that nothing outside this process explains.</exception>
    public static SocketResult Of(long result, string call)
    {
        if (result >= 0) return new SocketResult(SocketOutcome.Done, (int)result, 0);
        int error = Marshal.GetLastPInvokeError();
        SocketOutcome outcome = error switch
        {
            KernelNumbers.EAGAIN or KernelNumbers.EINTR => SocketOutcome.Empty,
            KernelNumbers.ENETDOWN => SocketOutcome.LinkDown,
            KernelNumbers.ENXIO or KernelNumbers.ENODEV => SocketOutcome.LinkGone,
            KernelNumbers.ENOBUFS or KernelNumbers.EMSGSIZE or KernelNumbers.ENETUNREACH or KernelNumbers.EHOSTUNREACH
                or KernelNumbers.EPERM or KernelNumbers.EACCES or KernelNumbers.EADDRNOTAVAIL
                or KernelNumbers.ECONNREFUSED or KernelNumbers.EIO => SocketOutcome.Refused,
            _ => throw new LinuxException(call, error),
        };
        return new SocketResult(outcome, 0, error);
    }

    /// <summary>The kernel's words for <see cref="Errno"/>.</summary>
    public string Words => Marshal.GetPInvokeErrorMessage(Errno);
}
