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
    /// <summary>Stands for a tag whose identifier the kernel did not tell: 4095 is reserved (IEEE 802.1Q).</summary>
    public const ushort UnknownVlan = 0xfff;

    private const int EthernetHeader = 14;
    private const byte OtherHost = 3;
    private const int VlanIdMask = 0xfff;

    private readonly FileDescriptor _receiver;
    private readonly FileDescriptor _sender;
    private readonly HardwareAddressReader _hardwareAddress;
    private readonly int _interfaceIndex;

    private PacketSocket(FileDescriptor receiver, FileDescriptor sender, HardwareAddressReader hardwareAddress, int interfaceIndex)
    {
        _receiver = receiver;
        _sender = sender;
        _hardwareAddress = hardwareAddress;
        _interfaceIndex = interfaceIndex;
    }

    // IPv4, UDP to port 68, not a fragment, BOOTREPLY, magic cookie, with any length of IP header. No xid and no chaddr
    // in it: both change while packets are on their way. Every check is repeated on the packet itself.
    private static readonly SockFilter[] s_filter =
    [
        new(0x30, 0, 0, EthernetHeader + 9),    //  0 ldb  [9]              protocol
        new(0x15, 0, 9, 17),                    //  1 jeq  UDP              else 11
        new(0x28, 0, 0, EthernetHeader + 6),    //  2 ldh  [6]              flags and fragment offset
        new(0x45, 7, 0, 0x3fff),                //  3 jset MF or offset     then 11
        new(0xb1, 0, 0, EthernetHeader),        //  4 ldxb 4*([0]&0xf)      X = length of the IP header
        new(0x48, 0, 0, EthernetHeader + 2),    //  5 ldh  [x+2]            destination port
        new(0x15, 0, 4, 68),                    //  6 jeq  68               else 11
        new(0x50, 0, 0, EthernetHeader + 8),    //  7 ldb  [x+8]            op
        new(0x15, 0, 2, 2),                     //  8 jeq  BOOTREPLY        else 11
        new(0x40, 0, 0, EthernetHeader + 244),  //  9 ld   [x+244]          magic cookie
        new(0x15, 1, 0, 0x6382_5363),           // 10 jeq  99.130.83.99     then 12
        new(0x06, 0, 0, 0),                     // 11 drop
        new(0x06, 0, 0, 0x40000),               // 12 accept, whole
    ];

    /// <summary>For epoll; -1 once disposed.</summary>
    public int Descriptor => _receiver.Number;

    /// <summary>Opens a socket on an interface; null when there is none with that index (any more).</summary>
    /// <param name="interfaceIndex">ifindex.</param>
    /// <param name="hardwareAddress">Asked for the interface's address where a frame's kind depends on it; not disposed here.</param>
    /// <exception cref="LinuxException">No permission (CAP_NET_RAW), or no descriptors left.</exception>
    public static PacketSocket? Open(int interfaceIndex, HardwareAddressReader hardwareAddress)
    {
        if (LinkSocket.Open(interfaceIndex, KernelNumbers.ETH_P_IP, whole: true, s_filter) is not { } receiver) return null;
        try
        {
            return new PacketSocket(receiver, LinkSocket.OpenForSending(), hardwareAddress, interfaceIndex);
        }
        catch
        {
            receiver.Dispose();
            throw;
        }
    }

    /// <summary>Sends an IPv4 packet, header included, to a station on the link.</summary>
    public SocketResult Send(ReadOnlySpan<byte> packet, MacAddress destination) =>
        LinkSocket.Send(_sender, _interfaceIndex, KernelNumbers.ETH_P_IP, packet, destination);

    /// <summary>
    /// Reads one packet from its IPv4 header on; 65536 octets hold any. Call until the outcome is not
    /// <see cref="SocketOutcome.Done"/>.
    /// </summary>
    public SocketResult Receive(Span<byte> buffer, out Dhcp4Reception reception)
    {
        Span<byte> header = stackalloc byte[EthernetHeader];
        SocketResult result = LinkSocket.Receive(_receiver, header, buffer, out sockaddr_ll source, out TpacketAuxdata auxiliary);
        const uint Trusted = KernelNumbers.TP_STATUS_CSUMNOTREADY | KernelNumbers.TP_STATUS_CSUM_VALID;
        reception = result.Outcome != SocketOutcome.Done ? default : new Dhcp4Reception(
            source.sll_pkttype,
            MacAddress.FromBytes(header[MacAddress.Length..]),
            (auxiliary.Status & Trusted) != 0,
            VlanOf(source.sll_pkttype, MacAddress.FromBytes(header), auxiliary));
        return result;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _receiver.Dispose();
        _sender.Dispose();
    }

    // A frame of a VLAN that nobody here has a device for comes up as one "for another host" with its tag taken away.
    // Truly for another host is one for a unicast address that is not ours, as for the one before a failover.
    private ushort VlanOf(byte packetType, MacAddress destination, in TpacketAuxdata auxiliary)
    {
        if ((auxiliary.Status & KernelNumbers.TP_STATUS_VLAN_VALID) != 0) return (ushort)(auxiliary.VlanTci & VlanIdMask);
        if (packetType != OtherHost) return 0;
        bool ours = !destination.IsUnicast
            || (_hardwareAddress.TryRead(_interfaceIndex, out MacAddress own) && own == destination);
        return ours ? UnknownVlan : (ushort)0;
    }
}
