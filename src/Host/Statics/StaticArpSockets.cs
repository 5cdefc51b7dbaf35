using BondDhcp.Dhcp.Arp;
using BondDhcp.Dhcp.Linux;
using BondDhcp.Host.Loop;
using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Statics;

/// <summary>
/// One ARP socket for each IPv4 address: what is said about others wakes nobody. They belong to one interface index.
/// </summary>
/// <param name="loop">Where they are waited for.</param>
/// <param name="received">Is told of each packet.</param>
internal sealed class StaticArpSockets(EventLoop loop, Action<ArpPacket> received) : IDisposable
{
    // So many packets in one turn; a flood leaves the rest of the loop its turn too.
    private const int MaxPacketsPerTurn = 64;

    private readonly Dictionary<Ipv4Address, (ArpSocket Socket, LoopWatch Watch)> _open = [];
    private int _interfaceIndex;

    /// <summary>Watches exactly these addresses on an interface; 0 for none.</summary>
    public void Watch(int interfaceIndex, IReadOnlyCollection<Ipv4Address> addresses)
    {
        if (interfaceIndex != _interfaceIndex) Dispose();
        _interfaceIndex = interfaceIndex;
        if (interfaceIndex == 0) return;
        foreach (Ipv4Address gone in _open.Keys.Except(addresses).ToArray()) Close(gone);
        foreach (Ipv4Address address in addresses)
            if (!_open.ContainsKey(address)) Open(address);
    }

    /// <summary>Sends a packet to every station.</summary>
    public SocketResult Send(ArpPacket packet)
    {
        // A probe's sender address is none; its target is the address that is asked about.
        Ipv4Address about = packet.IsProbe ? packet.TargetAddress : packet.SenderAddress;
        return _open.TryGetValue(about, out (ArpSocket Socket, LoopWatch Watch) entry)
            ? entry.Socket.Send(packet, MacAddress.Broadcast)
            : new SocketResult(SocketOutcome.LinkGone, 0, 0);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Ipv4Address address in _open.Keys.ToArray()) Close(address);
        _interfaceIndex = 0;
    }

    private void Open(Ipv4Address address)
    {
        // Gone already: netlink will tell.
        if (ArpSocket.Open(_interfaceIndex, new ArpWatch(address, null)) is not { } socket) return;
        _open[address] = (socket, loop.Register(socket.Descriptor, Readiness.Read, _ => Receive(socket)));
    }

    private void Close(Ipv4Address address)
    {
        if (!_open.Remove(address, out (ArpSocket Socket, LoopWatch Watch) entry)) return;
        entry.Watch.Dispose();
        entry.Socket.Dispose();
    }

    private void Receive(ArpSocket socket)
    {
        // What a packet decides may close the socket.
        for (int i = 0; i < MaxPacketsPerTurn && socket.Descriptor >= 0; i++)
        {
            if (socket.Receive(out ArpPacket packet).Outcome != SocketOutcome.Done) return;
            received(packet);
        }
    }
}
