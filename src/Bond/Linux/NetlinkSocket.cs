using System.Runtime.InteropServices;
using BondDhcp.Bond.Interop;
using BondDhcp.Net.Linux;
using BondDhcp.Net.Linux.Interop;
using Tmds.Linux;

namespace BondDhcp.Bond.Linux;

/// <summary>What one receive gave.</summary>
/// <param name="Length">Octets put into the buffer.</param>
/// <param name="PortId">nl_pid of the sender; 0 is the kernel.</param>
/// <param name="Truncated">The datagram was longer than the buffer.</param>
/// <param name="Errno">0, or why there is nothing: EAGAIN (no datagram, or time ran out) or ENOBUFS (datagrams were lost).</param>
internal readonly record struct NetlinkReceipt(int Length, uint PortId, bool Truncated, int Errno);

/// <summary>An rtnetlink socket: datagrams in and out, nothing else.</summary>
internal sealed unsafe class NetlinkSocket : IDisposable
{
    private readonly FileDescriptor _socket;

    private NetlinkSocket(FileDescriptor socket) => _socket = socket;

    /// <summary>For the event loop.</summary>
    public int Descriptor => _socket.Number;

    /// <summary>Our own nl_pid.</summary>
    public uint PortId
    {
        get
        {
            NetlinkSocketAddress address;
            socklen_t length = sizeof(NetlinkSocketAddress);
            if (LibC.getsockname(_socket.Number, (sockaddr*)&address, &length) != 0) throw LinuxException.Last("getsockname");
            return address.PortId;
        }
    }

    /// <summary>Opens and binds a socket.</summary>
    /// <param name="nonBlocking">Receiving waits for nothing.</param>
    /// <param name="protocol">What the kernel is asked about: routing, unless another is named.</param>
    /// <exception cref="LinuxException">The kernel has no netlink, or no descriptor is free.</exception>
    public static NetlinkSocket Open(bool nonBlocking, int protocol = Rtnl.NETLINK_ROUTE)
    {
        int type = LibC.SOCK_RAW | LibC.SOCK_CLOEXEC | (nonBlocking ? LibC.SOCK_NONBLOCK : 0);
        var socket = FileDescriptor.Own(LibC.socket(LibC.AF_NETLINK, type, protocol), "socket");
        var address = new NetlinkSocketAddress { Family = Rtnl.AF_NETLINK };
        if (LibC.bind(socket.Number, (sockaddr*)&address, sizeof(NetlinkSocketAddress)) == 0) return new NetlinkSocket(socket);
        LinuxException failure = LinuxException.Last("bind");
        socket.Dispose();
        throw failure;
    }

    /// <summary>Sets an option; false when this kernel does not know it or does not permit it.</summary>
    public bool TrySetOption<T>(int level, int option, T value) where T : unmanaged =>
        LibC.setsockopt(_socket.Number, level, option, &value, sizeof(T)) == 0;

    /// <summary>Lets only the datagrams through that the classic BPF program accepts.</summary>
    public bool TryAttach(ReadOnlySpan<SockFilter> program)
    {
        fixed (SockFilter* start = program)
        {
            var value = new SockFprog { Length = (ushort)program.Length, Filter = start };
            return LibC.setsockopt(
                _socket.Number, LibC.SOL_SOCKET, KernelNumbers.SO_ATTACH_FILTER, &value, sizeof(SockFprog)) == 0;
        }
    }

    /// <summary>Sends to the kernel; gives errno, 0 when sent.</summary>
    public int Send(ReadOnlySpan<byte> message)
    {
        var kernel = new NetlinkSocketAddress { Family = Rtnl.AF_NETLINK };
        fixed (byte* start = message)
        {
            while (true)
            {
                ssize_t sent = LibC.sendto(
                    _socket.Number, start, message.Length, 0, (sockaddr*)&kernel, sizeof(NetlinkSocketAddress));
                if ((long)sent >= 0) return 0;
                int error = Marshal.GetLastPInvokeError();
                if (error != KernelNumbers.EINTR) return error;
            }
        }
    }

    /// <summary>Receives one datagram.</summary>
    /// <exception cref="LinuxException">An error beside those of <see cref="NetlinkReceipt.Errno"/>.</exception>
    public NetlinkReceipt Receive(Span<byte> buffer)
    {
        NetlinkSocketAddress sender = default;
        fixed (byte* start = buffer)
        {
            while (true)
            {
                socklen_t length = sizeof(NetlinkSocketAddress);
                // With MSG_TRUNC the result is the datagram's length, also where that is more than the buffer's.
                long received = LibC.recvfrom(
                    _socket.Number, start, buffer.Length, LibC.MSG_TRUNC, (sockaddr*)&sender, &length);
                if (received >= 0)
                {
                    bool truncated = received > buffer.Length;
                    return new NetlinkReceipt((int)Math.Min(received, buffer.Length), sender.PortId, truncated, 0);
                }
                int error = Marshal.GetLastPInvokeError();
                if (error is KernelNumbers.EAGAIN or KernelNumbers.ENOBUFS) return new NetlinkReceipt(0, 0, false, error);
                if (error != KernelNumbers.EINTR) throw new LinuxException("recvfrom", error);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();
}
