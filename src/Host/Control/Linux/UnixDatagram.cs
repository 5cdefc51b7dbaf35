using System.Runtime.InteropServices;
using BondDhcp.Net.Linux;
using BondDhcp.Net.Linux.Interop;
using Tmds.Linux;

namespace BondDhcp.Host.Control.Linux;

/// <summary>
/// Single datagrams to sockets of the unix(7) domain, as the service manager and the system's journal take them: sent and
/// forgotten, and never waited for.
/// </summary>
internal static unsafe class UnixDatagram
{
    /// <summary>SCM_RIGHTS with one descriptor: a header, the number, and what rounds it up to eight octets.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct RightsMessage
    {
        public cmsghdr Header;
        public int Descriptor;
        public int Padding;
    }

    /// <summary>
    /// Sends one datagram; 0 when it was handed over, else the error: EAGAIN where nobody reads, EMSGSIZE where it is too
    /// long. The descriptor given goes with it and stays the caller's, too.
    /// </summary>
    /// <param name="name">A path, or an abstract name that begins with <c>@</c>.</param>
    /// <param name="data">At least one octet, unless a descriptor goes with it.</param>
    /// <param name="attached">null for none.</param>
    public static int Send(string name, ReadOnlySpan<byte> data, FileDescriptor? attached = null)
    {
        using FileDescriptor socket = Open();
        return Send(socket, name, data, attached);
    }

    /// <summary>A socket to send from, for who must be able to when no descriptor is left.</summary>
    /// <exception cref="LinuxException">None is left now.</exception>
    public static FileDescriptor Open()
    {
        int type = LibC.SOCK_DGRAM | LibC.SOCK_CLOEXEC | LibC.SOCK_NONBLOCK;
        return FileDescriptor.Own(LibC.socket(LibC.AF_UNIX, type, 0), "socket");
    }

    /// <summary>Sends one datagram from a socket of <see cref="Open"/>; else the same.</summary>
    /// <exception cref="IOException">A name that no socket can have.</exception>
    public static int Send(FileDescriptor socket, string name, ReadOnlySpan<byte> data, FileDescriptor? attached)
    {
        sockaddr_un address = UnixSocket.AddressOf(name, out int length);
        RightsMessage rights = default;
        fixed (byte* start = data)
        {
            iovec part = new() { iov_base = start, iov_len = data.Length };
            msghdr message = default;
            message.msg_name = &address;
            message.msg_namelen = length;
            message.msg_iov = &part;
            message.msg_iovlen = 1;
            if (attached is not null)
            {
                rights.Header.cmsg_level = LibC.SOL_SOCKET;
                rights.Header.cmsg_type = KernelNumbers.SCM_RIGHTS;
                rights.Header.cmsg_len = sizeof(cmsghdr) + sizeof(int);
                rights.Descriptor = attached.Number;
                message.msg_control = &rights;
                message.msg_controllen = sizeof(RightsMessage);
            }
            long sent;
            do sent = (long)LibC.sendmsg(socket.Number, &message, LibC.MSG_NOSIGNAL);
            while (sent < 0 && Marshal.GetLastPInvokeError() == KernelNumbers.EINTR);
            return sent < 0 ? Marshal.GetLastPInvokeError() : 0;
        }
    }
}
