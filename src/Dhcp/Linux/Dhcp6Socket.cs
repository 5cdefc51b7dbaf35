using System.Buffers.Binary;
using System.Runtime.InteropServices;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using BondDhcp.Net.Linux;
using BondDhcp.Net.Linux.Interop;
using Tmds.Linux;

namespace BondDhcp.Dhcp.Linux;

/// <summary>
/// UDP port 546 of one link-local address of one interface (RFC 9915 section 7.2). It joins no group, and bound to the
/// link-local address it hears neither what is sent to a group nor what comes from beyond a router. When the address
/// goes, another socket is needed.
/// </summary>
public sealed unsafe class Dhcp6Socket : IDisposable
{
    /// <summary>Where a client listens and sends from.</summary>
    public const ushort ClientPort = 546;

    /// <summary>Where servers and relay agents listen.</summary>
    public const ushort ServerPort = 547;

    // Two control messages: struct in6_pktinfo and an int, each with its header and aligned to 8.
    private const int ControlLength = 64;

    private readonly FileDescriptor _socket;
    private readonly int _interfaceIndex;

    private Dhcp6Socket(FileDescriptor socket, int interfaceIndex, Ipv6Address local)
    {
        _socket = socket;
        _interfaceIndex = interfaceIndex;
        Local = local;
    }

    /// <summary>For epoll; -1 once disposed.</summary>
    public int Descriptor => _socket.Number;

    /// <summary>The link-local address it is bound to.</summary>
    public Ipv6Address Local { get; }

    /// <summary>
    /// Opens a socket; null, with the reason, when the interface (ENODEV) or the address is gone or tentative again
    /// (EADDRNOTAVAIL), another program keeps the port to itself (EADDRINUSE), the kernel has no IPv6 (EAFNOSUPPORT), or
    /// there is no permission (EACCES: CAP_NET_BIND_SERVICE). Bound to a link-local address the socket is bound to its
    /// interface too, whatever that is named.
    /// </summary>
    /// <param name="interfaceIndex">ifindex.</param>
    /// <param name="local">A link-local address of it that is not tentative.</param>
    /// <param name="errno">errno(3), or 0.</param>
    /// <exception cref="LinuxException">No descriptors left.</exception>
    public static Dhcp6Socket? Open(int interfaceIndex, Ipv6Address local, out int errno)
    {
        errno = 0;
        int number = LibC.socket(LibC.AF_INET6, LibC.SOCK_DGRAM | LibC.SOCK_CLOEXEC | LibC.SOCK_NONBLOCK, 0);
        if (number < 0 && Marshal.GetLastPInvokeError() == KernelNumbers.EAFNOSUPPORT)
        {
            errno = KernelNumbers.EAFNOSUPPORT;
            return null;
        }
        var socket = FileDescriptor.Own(number, "socket");
        try
        {
            SetOptions(socket);
            errno = Bind(socket, interfaceIndex, local);
            if (errno == 0) return new Dhcp6Socket(socket, interfaceIndex, local);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
        socket.Dispose();
        return null;
    }

    /// <summary>
    /// Sends a message to All_DHCP_Relay_Agents_and_Servers on the interface. The kernel does it from a link-local address
    /// that is gone by now, too: it is for the caller to open another socket.
    /// </summary>
    public SocketResult Send(ReadOnlySpan<byte> message)
    {
        sockaddr_in6 address = AddressOf(Ipv6Address.AllDhcpRelayAgentsAndServers, ServerPort, _interfaceIndex);
        fixed (byte* start = message)
        {
            long result = LibC.sendto(
                _socket.Number, start, message.Length, LibC.MSG_NOSIGNAL, (sockaddr*)&address, sizeof(sockaddr_in6));
            return SocketResult.Of(result, "sendto");
        }
    }

    /// <summary>Reads one message; call until the outcome is not <see cref="SocketOutcome.Done"/>.</summary>
    /// <param name="buffer">Takes it; what does not fit is cut off, and <see cref="Dhcp6Reception.Truncated"/> says so.</param>
    /// <param name="reception">How it came.</param>
    public SocketResult Receive(Span<byte> buffer, out Dhcp6Reception reception)
    {
        long* control = stackalloc long[ControlLength / sizeof(long)];
        sockaddr_in6 source = default;
        reception = default;
        fixed (byte* start = buffer)
        {
            var vector = new iovec { iov_base = start, iov_len = buffer.Length };
            var message = new msghdr
            {
                msg_name = &source,
                msg_namelen = sizeof(sockaddr_in6),
                msg_iov = &vector,
                msg_iovlen = 1,
                msg_control = control,
                msg_controllen = ControlLength,
            };
            SocketResult result = SocketResult.Of(LibC.recvmsg(_socket.Number, &message, 0), "recvmsg");
            if (result.Outcome != SocketOutcome.Done) return result;
            Ipv6Address from = Ipv6Address.FromBytes(new ReadOnlySpan<byte>(&source.sin6_addr, Ipv6Address.Length));
            reception = Describe(from, new ReadOnlySpan<byte>(control, (int)message.msg_controllen));
            if ((message.msg_flags & LibC.MSG_TRUNC) != 0) reception = reception with { Truncated = true };
            return result;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private static void SetOptions(FileDescriptor socket)
    {
        LinkSocket.SetOption(socket, LibC.SOL_SOCKET, LibC.SO_REUSEADDR, 1);
        LinkSocket.SetOption(socket, LibC.IPPROTO_IPV6, LibC.IPV6_V6ONLY, 1);
        LinkSocket.SetOption(socket, LibC.IPPROTO_IPV6, LibC.IPV6_MULTICAST_LOOP, 0);
        LinkSocket.SetOption(socket, LibC.IPPROTO_IPV6, LibC.IPV6_TCLASS, UdpSocket.TypeOfService);
        LinkSocket.SetOption(socket, LibC.IPPROTO_IPV6, LibC.IPV6_RECVPKTINFO, 1);
        LinkSocket.SetOption(socket, LibC.IPPROTO_IPV6, LibC.IPV6_RECVHOPLIMIT, 1);
    }

    private static int Bind(FileDescriptor socket, int interfaceIndex, Ipv6Address local)
    {
        sockaddr_in6 address = AddressOf(local, ClientPort, interfaceIndex);
        if (LibC.bind(socket.Number, (sockaddr*)&address, sizeof(sockaddr_in6)) == 0) return 0;
        int error = Marshal.GetLastPInvokeError();
        return error is KernelNumbers.EADDRNOTAVAIL or KernelNumbers.EADDRINUSE or KernelNumbers.ENODEV or KernelNumbers.EACCES
            ? error
            : throw new LinuxException("bind", error);
    }

    // Without its destination a message is nobody's: an address that is no multicast one would be a guess.
    private static Dhcp6Reception Describe(Ipv6Address source, ReadOnlySpan<byte> control)
    {
        Ipv6Address destination = Ipv6Address.AllDhcpRelayAgentsAndServers;
        int hopLimit = -1;
        while (control.Length >= sizeof(cmsghdr))
        {
            cmsghdr header = MemoryMarshal.Read<cmsghdr>(control);
            long length = (uint)header.cmsg_len;
            if (length < sizeof(cmsghdr) || length > control.Length) break;
            ReadOnlySpan<byte> data = control[sizeof(cmsghdr)..(int)length];
            if (header.cmsg_level == LibC.IPPROTO_IPV6)
            {
                if (header.cmsg_type == LibC.IPV6_PKTINFO && data.Length >= Ipv6Address.Length) destination = Ipv6Address.FromBytes(data);
                else if (header.cmsg_type == KernelNumbers.IPV6_HOPLIMIT && data.Length >= sizeof(int)) hopLimit = MemoryMarshal.Read<int>(data);
            }
            int next = (int)length + 7 & ~7;
            control = next < control.Length ? control[next..] : default;
        }
        return new Dhcp6Reception(source, destination, hopLimit);
    }

    private static sockaddr_in6 AddressOf(Ipv6Address host, ushort port, int scope)
    {
        var address = new sockaddr_in6
        {
            sin6_family = LibC.AF_INET6,
            sin6_port = BinaryPrimitives.ReverseEndianness(port),
            sin6_scope_id = (uint)scope,
        };
        host.CopyTo(new Span<byte>(&address.sin6_addr, Ipv6Address.Length));
        return address;
    }
}
