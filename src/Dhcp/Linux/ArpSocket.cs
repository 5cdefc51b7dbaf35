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
    private ArpWatch _watch = ArpWatch.None;
    private bool _listens;

    private ArpSocket(FileDescriptor socket, int interfaceIndex)
    {
        _socket = socket;
        _interfaceIndex = interfaceIndex;
    }

    /// <summary>For epoll; -1 once disposed.</summary>
    public int Descriptor => _socket.Number;

    /// <summary>
    /// Opens a socket on an interface; null when there is none with that index (any more). One that wants nothing yet hears nothing
    /// at all, and only learns when it begins to that its interface is not there.
    /// </summary>
    /// <exception cref="LinuxException">No permission (CAP_NET_RAW), or no descriptors left.</exception>
    public static ArpSocket? Open(int interfaceIndex, ArpWatch watch)
    {
        var socket = new ArpSocket(LinkSocket.OpenForSending(), interfaceIndex);
        try
        {
            if (socket.TrySet(watch)) return socket;
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
    /// Which packets are wanted. What waits in the socket from before a change is judged by the new value when it is
    /// read, so that nothing wanted is lost and nothing else is seen. On an interface that is gone it has no effect.
    /// </summary>
    public ArpWatch Watch
    {
        get => _watch;
        set => TrySet(value);
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

    private bool TrySet(ArpWatch watch)
    {
        if (watch == _watch) return true;
        ReadOnlySpan<SockFilter> filter = ArpFilter.Build(watch);
        if (_listens) LinkSocket.Attach(_socket, filter);
        else if (LinkSocket.TryListen(_socket, _interfaceIndex, KernelNumbers.ETH_P_ARP, filter)) _listens = true;
        else return false;
        _watch = watch;
        return true;
    }
}
