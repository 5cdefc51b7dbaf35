using System.Buffers.Binary;
using System.Text;
using BondDhcp.Net;
using BondDhcp.Net.Linux;
using BondDhcp.Net.Linux.Interop;
using Tmds.Linux;

namespace BondDhcp.Dhcp.Linux;

/// <summary>
/// UDP from the leased address, port 68, for what goes to one server: renewal and release. It is bound to the
/// interface, so that a server outside the subnet is asked through the right one of several. While it is open the
/// kernel does not answer replies with an ICMP "port unreachable". Nothing is received on it: replies are read from
/// the packet socket, which sees them all, and once each.
/// </summary>
public sealed unsafe class UdpSocket : IDisposable
{
    /// <summary>DSCP CS6, network control, as in the packets that are written by hand.</summary>
    public const int TypeOfService = 0xc0;

    private const int ClientPort = 68;

    // ret #0: a filter that drops everything.
    private static readonly SockFilter[] s_deaf = [new(0x06, 0, 0, 0)];

    private readonly FileDescriptor _socket;

    private UdpSocket(FileDescriptor socket, Ipv4Address local)
    {
        _socket = socket;
        Local = local;
    }

    /// <summary>The address it is bound to.</summary>
    public Ipv4Address Local { get; }

    /// <summary>
    /// Opens a socket; null, with the reason, when the interface is gone, another program keeps port 68 to itself, or
    /// there is no permission (CAP_NET_BIND_SERVICE). The address need not be configured yet (IP_FREEBIND).
    /// </summary>
    /// <exception cref="LinuxException">No descriptors left.</exception>
    public static UdpSocket? Open(string interfaceName, Ipv4Address local, out int errno)
    {
        errno = 0;
        var socket = FileDescriptor.Own(
            LibC.socket(LibC.AF_INET, LibC.SOCK_DGRAM | LibC.SOCK_CLOEXEC | LibC.SOCK_NONBLOCK, 0), "socket");
        try
        {
            LinkSocket.Attach(socket, s_deaf);
            LinkSocket.SetOption(socket, LibC.SOL_SOCKET, LibC.SO_REUSEADDR, 1);
            LinkSocket.SetOption(socket, LibC.SOL_SOCKET, LibC.SO_BROADCAST, 1);
            LinkSocket.SetOption(socket, LibC.IPPROTO_IP, LibC.IP_FREEBIND, 1);
            LinkSocket.SetOption(socket, LibC.IPPROTO_IP, LibC.IP_TOS, TypeOfService);
            errno = BindToDevice(socket, interfaceName);
            if (errno == 0) errno = Bind(socket, local);
            if (errno == 0) return new UdpSocket(socket, local);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
        socket.Dispose();
        return null;
    }

    /// <summary>Sends a payload to a port of a host.</summary>
    public SocketResult Send(ReadOnlySpan<byte> payload, Ipv4Address destination, ushort port)
    {
        sockaddr_in address = AddressOf(destination, port);
        fixed (byte* start = payload)
        {
            long result = LibC.sendto(
                _socket.Number, start, payload.Length, LibC.MSG_NOSIGNAL, (sockaddr*)&address, sizeof(sockaddr_in));
            return SocketResult.Of(result, "sendto");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private static int BindToDevice(FileDescriptor socket, string interfaceName)
    {
        Span<byte> name = stackalloc byte[KernelNumbers.IFNAMSIZ];
        int length = Encoding.UTF8.GetBytes(interfaceName, name);
        fixed (byte* start = name)
        {
            int result = LibC.setsockopt(socket.Number, LibC.SOL_SOCKET, KernelNumbers.SO_BINDTODEVICE, start, length);
            return ErrnoOf(result, "setsockopt(SO_BINDTODEVICE)");
        }
    }

    private static int Bind(FileDescriptor socket, Ipv4Address local)
    {
        sockaddr_in address = AddressOf(local, ClientPort);
        return ErrnoOf(LibC.bind(socket.Number, (sockaddr*)&address, sizeof(sockaddr_in)), "bind");
    }

    private static int ErrnoOf(int result, string call)
    {
        if (result == 0) return 0;
        int error = System.Runtime.InteropServices.Marshal.GetLastPInvokeError();
        return error is KernelNumbers.ENODEV or KernelNumbers.EADDRINUSE or KernelNumbers.EACCES or KernelNumbers.EPERM
            ? error
            : throw new LinuxException(call, error);
    }

    private static sockaddr_in AddressOf(Ipv4Address host, ushort port)
    {
        var address = new sockaddr_in { sin_family = LibC.AF_INET, sin_port = BinaryPrimitives.ReverseEndianness(port) };
        host.CopyTo(new Span<byte>(address.sin_addr.s_addr, Ipv4Address.Length));
        return address;
    }
}
