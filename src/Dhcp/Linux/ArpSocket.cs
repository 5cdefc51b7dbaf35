using BondDhcp.Dhcp.Arp;
using BondDhcp.Net;
using BondDhcp.Net.Linux;
using BondDhcp.Net.Linux.Interop;
using Tmds.Linux;

namespace BondDhcp.Dhcp.Linux;

/// <summary>Sends ARP packets on one interface and receives those that an <see cref="ArpWatch"/> wants.</summary>
public sealed class ArpSocket : IDisposable
{
    private const byte OtherHost = 3;

    private readonly FileDescriptor _socket;
    private readonly int _interfaceIndex;
    private ArpWatch _watch;

    private ArpSocket(FileDescriptor socket, int interfaceIndex, ArpWatch watch)
    {
        _socket = socket;
        _interfaceIndex = interfaceIndex;
        _watch = watch;
    }

    /// <summary>For epoll; -1 once disposed.</summary>
    public int Descriptor => _socket.Number;

    /// <summary>Opens a socket on an interface; null when there is none with that index (any more).</summary>
    /// <exception cref="LinuxException">No permission (CAP_NET_RAW), or no descriptors left.</exception>
    public static ArpSocket? Open(int interfaceIndex, ArpWatch watch) =>
        LinkSocket.Open(interfaceIndex, KernelNumbers.ETH_P_ARP, whole: false, ArpFilter.Build(watch)) is { } socket
            ? new ArpSocket(socket, interfaceIndex, watch)
            : null;

    /// <summary>
    /// Which packets are wanted. What waits in the socket from before a change is judged by the new value when it is
    /// read, so that nothing wanted is lost and nothing else is seen.
    /// </summary>
    public ArpWatch Watch
    {
        get => _watch;
        set
        {
            if (value == _watch) return;
            LinkSocket.Attach(_socket, ArpFilter.Build(value));
            _watch = value;
        }
    }

    /// <summary>Sends a packet to a station on the link, or to all.</summary>
    public SocketResult Send(in ArpPacket packet, MacAddress destination)
    {
        Span<byte> octets = stackalloc byte[ArpPacket.Length];
        packet.Write(octets);
        return LinkSocket.Send(_socket, _interfaceIndex, KernelNumbers.ETH_P_ARP, octets, destination);
    }

    /// <summary>Reads one wanted packet; call until the outcome is not <see cref="SocketOutcome.Done"/>.</summary>
    public SocketResult Receive(out ArpPacket packet)
    {
        // Padding to the Ethernet minimum follows the packet and is cut off.
        Span<byte> octets = stackalloc byte[ArpPacket.Length];
        while (true)
        {
            SocketResult result = LinkSocket.Receive(_socket, [], octets, out sockaddr_ll source, out _);
            packet = default;
            if (result.Outcome != SocketOutcome.Done) return result;
            // "For another host" is also what a frame of a VLAN without a device comes up as.
            if (source.sll_pkttype == OtherHost) continue;
            if (ArpPacket.TryParse(octets[..result.Length], out packet) && _watch.Wants(packet)) return result;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();
}
