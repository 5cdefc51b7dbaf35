using System.Buffers.Binary;
using System.Runtime.InteropServices;
using BondDhcp.Net;
using BondDhcp.Net.Linux;
using BondDhcp.Net.Linux.Interop;
using Tmds.Linux;

namespace BondDhcp.Dhcp.Linux;

/// <summary>AF_PACKET sockets (packet(7)).</summary>
internal static unsafe class LinkSocket
{
    /// <summary>
    /// Opens a socket that only sends (protocol 0 receives nothing). With SOCK_DGRAM the kernel writes the Ethernet
    /// header: the source address on the wire is the device's at that moment, also on a bond that fails over just then.
    /// </summary>
    public static FileDescriptor OpenForSending() => Create(LibC.SOCK_DGRAM);

    /// <summary>
    /// Opens a socket on one interface that never sees a packet its filter does not accept: protocol 0 receives
    /// nothing, the filter is there before the bind that sets the protocol. Null when there is no such interface.
    /// </summary>
    /// <param name="interfaceIndex">The interface.</param>
    /// <param name="etherType">What it receives.</param>
    /// <param name="whole">Frames with their Ethernet header, which the filter sees too.</param>
    /// <param name="filter">Classic BPF.</param>
    public static FileDescriptor? Open(int interfaceIndex, ushort etherType, bool whole, ReadOnlySpan<SockFilter> filter)
    {
        FileDescriptor socket = Create(whole ? LibC.SOCK_RAW : LibC.SOCK_DGRAM);
        try
        {
            if (TryListen(socket, interfaceIndex, etherType, filter)) return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
        socket.Dispose();
        return null;
    }

    /// <summary>Lets a socket that <see cref="OpenForSending"/> gave receive, too; see <see cref="Open"/>. False when there is no such interface.</summary>
    public static bool TryListen(FileDescriptor socket, int interfaceIndex, ushort etherType, ReadOnlySpan<SockFilter> filter)
    {
        Attach(socket, filter);
        SetOption(socket, KernelNumbers.SOL_PACKET, LibC.PACKET_IGNORE_OUTGOING, 1);
        SetOption(socket, KernelNumbers.SOL_PACKET, LibC.PACKET_AUXDATA, 1);
        sockaddr_ll address = AddressOf(interfaceIndex, etherType);
        SocketResult bound = SocketResult.Of(LibC.bind(socket.Number, (sockaddr*)&address, sizeof(sockaddr_ll)), "bind");
        // An interface that is down can be bound to; packets come once it is up.
        if (bound.Outcome is SocketOutcome.Done or SocketOutcome.LinkDown) return true;
        return bound.Outcome is SocketOutcome.LinkGone ? false : throw new LinuxException("bind", bound.Errno);
    }

    /// <summary>Puts a classic BPF program in the place of the one before, in one step (SO_ATTACH_FILTER).</summary>
    public static void Attach(FileDescriptor socket, ReadOnlySpan<SockFilter> filter)
    {
        fixed (SockFilter* first = filter)
        {
            var program = new SockFprog { Length = (ushort)filter.Length, Filter = first };
            if (LibC.setsockopt(socket.Number, LibC.SOL_SOCKET, KernelNumbers.SO_ATTACH_FILTER, &program, sizeof(SockFprog)) != 0)
                throw LinuxException.Last("setsockopt(SO_ATTACH_FILTER)");
        }
    }

    /// <summary>Sends a packet to a station on the link.</summary>
    public static SocketResult Send(
        FileDescriptor socket, int interfaceIndex, ushort etherType, ReadOnlySpan<byte> packet, MacAddress destination)
    {
        sockaddr_ll address = AddressOf(interfaceIndex, etherType);
        address.sll_halen = MacAddress.Length;
        destination.CopyTo(new Span<byte>(address.sll_addr, 8));
        fixed (byte* start = packet)
        {
            long result = LibC.sendto(
                socket.Number, start, packet.Length, LibC.MSG_NOSIGNAL, (sockaddr*)&address, sizeof(sockaddr_ll));
            return SocketResult.Of(result, "sendto");
        }
    }

    /// <summary>Reads one packet; what does not fit into <paramref name="buffer"/> is cut off.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="header">Takes the first octets; the result's length does not count it. Empty for none.</param>
    /// <param name="buffer">Takes the rest.</param>
    /// <param name="source">sll_pkttype and the like.</param>
    /// <param name="auxiliary">Zero where the kernel gave none.</param>
    public static SocketResult Receive(
        FileDescriptor socket, Span<byte> header, Span<byte> buffer, out sockaddr_ll source, out TpacketAuxdata auxiliary)
    {
        // One control message of struct tpacket_auxdata: 16 octets of header, 20 of data, aligned to 8.
        const int ControlLength = 40;
        long* control = stackalloc long[ControlLength / sizeof(long)];
        sockaddr_ll from = default;
        auxiliary = default;
        long result;
        fixed (byte* first = header, second = buffer)
        {
            iovec* vectors = stackalloc iovec[2];
            vectors[0] = new iovec { iov_base = first, iov_len = header.Length };
            vectors[1] = new iovec { iov_base = second, iov_len = buffer.Length };
            var message = new msghdr
            {
                msg_name = &from,
                msg_namelen = sizeof(sockaddr_ll),
                msg_iov = vectors,
                msg_iovlen = 2,
                msg_control = control,
                msg_controllen = ControlLength,
            };
            result = LibC.recvmsg(socket.Number, &message, 0);
            if (result >= 0) auxiliary = AuxiliaryOf(new ReadOnlySpan<byte>(control, (int)message.msg_controllen));
        }
        source = from;
        return SocketResult.Of(result < 0 ? result : Math.Max(0, result - header.Length), "recvmsg");
    }

    /// <summary>Sets an option whose value is an int.</summary>
    public static void SetOption(FileDescriptor socket, int level, int option, int value)
    {
        if (LibC.setsockopt(socket.Number, level, option, &value, sizeof(int)) != 0)
            throw LinuxException.Last(FormattableString.Invariant($"setsockopt({level}, {option})"));
    }

    private static FileDescriptor Create(int type) => FileDescriptor.Own(
        LibC.socket(LibC.AF_PACKET, type | LibC.SOCK_CLOEXEC | LibC.SOCK_NONBLOCK, 0), "socket");

    private static TpacketAuxdata AuxiliaryOf(ReadOnlySpan<byte> control)
    {
        if (control.Length < sizeof(cmsghdr) + sizeof(TpacketAuxdata)) return default;
        cmsghdr header = MemoryMarshal.Read<cmsghdr>(control);
        return header.cmsg_level == KernelNumbers.SOL_PACKET && header.cmsg_type == KernelNumbers.PACKET_AUXDATA
            ? MemoryMarshal.Read<TpacketAuxdata>(control[sizeof(cmsghdr)..])
            : default;
    }

    private static sockaddr_ll AddressOf(int interfaceIndex, ushort etherType) => new()
    {
        sll_family = (ushort)(int)LibC.AF_PACKET,
        sll_protocol = BinaryPrimitives.ReverseEndianness(etherType),
        sll_ifindex = interfaceIndex,
    };
}
