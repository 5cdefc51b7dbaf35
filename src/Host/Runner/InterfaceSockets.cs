using BondDhcp.Dhcp.Arp;
using BondDhcp.Dhcp.Linux;
using BondDhcp.Host.Loop;
using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Runner;

/// <summary>
/// The sockets of one interface and their places in the loop. They belong to one interface index: one that comes back
/// with another gets new ones.
/// </summary>
/// <param name="loop">Where they are waited for.</param>
/// <param name="hardwareAddress">Reads hardware addresses; not disposed here.</param>
/// <param name="packetsReady">Called when <see cref="ReceivePacket"/> has something.</param>
/// <param name="arpReady">Called when <see cref="ReceiveArp"/> has something.</param>
internal sealed class InterfaceSockets(
    EventLoop loop, HardwareAddressReader hardwareAddress, Action packetsReady, Action arpReady) : TransmitPort, IDisposable
{
    private const ushort ServerPort = 67;

    private static readonly SocketResult s_closed = new(SocketOutcome.LinkGone, 0, 0);

    private readonly Action<Readiness> _packetsReady = _ => packetsReady();
    private readonly Action<Readiness> _arpReady = _ => arpReady();
    private PacketSocket? _packet;
    private ArpSocket? _arp;
    private UdpSocket? _udp;
    private LoopWatch? _packetWatch;
    private LoopWatch? _arpWatch;
    private string _name = "";

    /// <summary>The interface; 0 while closed.</summary>
    public int InterfaceIndex { get; private set; }

    /// <summary>Which ARP packets are received.</summary>
    public ArpWatch ArpWatch
    {
        set
        {
            if (_arp is { } socket) socket.Watch = value;
        }
    }

    /// <summary>Opens them on an interface; false when it is gone already.</summary>
    public bool Open(int interfaceIndex, string name)
    {
        Close();
        _packet = PacketSocket.Open(interfaceIndex, hardwareAddress);
        _arp = ArpSocket.Open(interfaceIndex, Dhcp.Arp.ArpWatch.None);
        if (_packet is null || _arp is null)
        {
            Close();
            return false;
        }
        InterfaceIndex = interfaceIndex;
        _name = name;
        _packetWatch = loop.Register(_packet.Descriptor, Readiness.Read, _packetsReady);
        _arpWatch = loop.Register(_arp.Descriptor, Readiness.Read, _arpReady);
        return true;
    }

    /// <summary>Closes them; nothing when they are closed.</summary>
    public void Close()
    {
        InterfaceIndex = 0;
        _packetWatch?.Dispose();
        _arpWatch?.Dispose();
        _packet?.Dispose();
        _arp?.Dispose();
        _udp?.Dispose();
        _packetWatch = null;
        _arpWatch = null;
        _packet = null;
        _arp = null;
        _udp = null;
    }

    /// <inheritdoc/>
    public void Dispose() => Close();

    /// <summary>
    /// Holds port 68 of an address that is configured, and none for null: while it is held the kernel does not answer
    /// a server's unicast with an ICMP error. Gives the reason when it could not be had.
    /// </summary>
    public string? HoldUdp(Ipv4Address? local)
    {
        if (_udp?.Local == local) return null;
        // The new one first: at no moment is the port of an address in use unheld.
        UdpSocket? former = _udp;
        _udp = null;
        int errno = 0;
        if (local is { } address && InterfaceIndex != 0) _udp = UdpSocket.Open(_name, address, out errno);
        former?.Dispose();
        return errno == 0 ? null : new SocketResult(SocketOutcome.Refused, 0, errno).Words;
    }

    /// <inheritdoc/>
    public override bool TryReadMac(out MacAddress mac)
    {
        mac = default;
        return InterfaceIndex != 0 && hardwareAddress.TryRead(InterfaceIndex, out mac);
    }

    /// <inheritdoc/>
    public override SocketResult Broadcast(ReadOnlySpan<byte> packet) =>
        _packet?.Send(packet, MacAddress.Broadcast) ?? s_closed;

    /// <inheritdoc/>
    public override SocketResult Unicast(ReadOnlySpan<byte> payload, Ipv4Address source, Ipv4Address destination)
    {
        string? refused = HoldUdp(source);
        return refused is null && _udp is { } socket
            ? socket.Send(payload, destination, ServerPort)
            : s_closed with { Outcome = SocketOutcome.Refused };
    }

    /// <summary>Sends an ARP packet to a station, or to all.</summary>
    public SocketResult SendArp(in ArpPacket packet, MacAddress destination) => _arp?.Send(packet, destination) ?? s_closed;

    /// <summary>Reads one packet; <see cref="SocketOutcome.Empty"/> when there is none.</summary>
    public SocketResult ReceivePacket(Span<byte> buffer, out Dhcp.Wire.Dhcp4Reception reception)
    {
        reception = default;
        return _packet?.Receive(buffer, out reception) ?? new SocketResult(SocketOutcome.Empty, 0, 0);
    }

    /// <summary>Reads one wanted ARP packet; <see cref="SocketOutcome.Empty"/> when there is none.</summary>
    public SocketResult ReceiveArp(out ArpPacket packet)
    {
        packet = default;
        return _arp?.Receive(out packet) ?? new SocketResult(SocketOutcome.Empty, 0, 0);
    }
}
