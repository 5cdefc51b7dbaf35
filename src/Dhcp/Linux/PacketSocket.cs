using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using BondDhcp.Net.Linux;
using BondDhcp.Net.Linux.Interop;
using Tmds.Linux;

namespace BondDhcp.Dhcp.Linux;

/// <summary>
/// Sends and receives DHCP as IPv4 packets on one interface, with or without an address on it. Everything that is not
/// a DHCP reply is dropped in the kernel and wakes nobody.
/// </summary>
public sealed class PacketSocket : IDisposable
{
    // A VLAN identifier is the low 12 bits of the tag (IEEE 802.1Q); 0 is a mere priority tag.
    private const int VlanIdMask = 0xfff;

    private readonly FileDescriptor _socket;
    private readonly int _interfaceIndex;

    private PacketSocket(FileDescriptor socket, int interfaceIndex)
    {
        _socket = socket;
        _interfaceIndex = interfaceIndex;
    }

    /// <summary>
    /// IPv4, UDP to port 68, not a fragment, BOOTREPLY, magic cookie, with any length of IP header. No xid and no
    /// chaddr in it: both change while packets are on their way. Every check is repeated on the packet itself.
    /// </summary>
    public static ReadOnlySpan<SockFilter> Filter => s_filter;

    private static readonly SockFilter[] s_filter =
    [
        new(0x30, 0, 0, 9),                 //  0 ldb  [9]              protocol
        new(0x15, 0, 9, 17),                //  1 jeq  UDP              else 11
        new(0x28, 0, 0, 6),                 //  2 ldh  [6]              flags and fragment offset
        new(0x45, 7, 0, 0x3fff),            //  3 jset MF or offset     then 11
        new(0xb1, 0, 0, 0),                 //  4 ldxb 4*([0]&0xf)      X = length of the IP header
        new(0x48, 0, 0, 2),                 //  5 ldh  [x+2]            destination port
        new(0x15, 0, 4, 68),                //  6 jeq  68               else 11
        new(0x50, 0, 0, 8),                 //  7 ldb  [x+8]            op
        new(0x15, 0, 2, 2),                 //  8 jeq  BOOTREPLY        else 11
        new(0x40, 0, 0, 244),               //  9 ld   [x+244]          magic cookie
        new(0x15, 1, 0, 0x6382_5363),       // 10 jeq  99.130.83.99     then 12
        new(0x06, 0, 0, 0),                 // 11 drop
        new(0x06, 0, 0, 0x40000),           // 12 accept, whole
    ];

    /// <summary>For epoll; -1 once disposed.</summary>
    public int Descriptor => _socket.Number;

    /// <summary>Opens a socket on an interface; null when there is none with that index (any more).</summary>
    /// <exception cref="LinuxException">No permission (CAP_NET_RAW), or no descriptors left.</exception>
    public static PacketSocket? Open(int interfaceIndex) =>
        LinkSocket.Open(interfaceIndex, KernelNumbers.ETH_P_IP, s_filter) is { } socket
            ? new PacketSocket(socket, interfaceIndex)
            : null;

    /// <summary>Sends an IPv4 packet, header included, to a station on the link.</summary>
    public SocketResult Send(ReadOnlySpan<byte> packet, MacAddress destination) =>
        LinkSocket.Send(_socket, _interfaceIndex, KernelNumbers.ETH_P_IP, packet, destination);

    /// <summary>
    /// Reads one packet from its IPv4 header on; 65536 octets hold any. Call until <see cref="SocketOutcome.Empty"/>.
    /// </summary>
    public SocketResult Receive(Span<byte> buffer, out Dhcp4Reception reception)
    {
        SocketResult result = LinkSocket.Receive(_socket, buffer, out sockaddr_ll source, out TpacketAuxdata auxiliary);
        const uint Trusted = KernelNumbers.TP_STATUS_CSUMNOTREADY | KernelNumbers.TP_STATUS_CSUM_VALID;
        bool tagged = (auxiliary.Status & KernelNumbers.TP_STATUS_VLAN_VALID) != 0;
        reception = new Dhcp4Reception(
            source.sll_pkttype,
            LinkSocket.SourceOf(source),
            (auxiliary.Status & Trusted) != 0,
            tagged ? (ushort)(auxiliary.VlanTci & VlanIdMask) : (ushort)0);
        return result;
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();
}
