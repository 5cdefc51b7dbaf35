using BondDhcp.Dhcp.Linux;
using BondDhcp.Net;

namespace BondDhcp.Host.Runner;

/// <summary>What sending a DHCP message takes of an interface: its sockets, or a test's stand-in for them.</summary>
internal abstract class TransmitPort
{
    /// <summary>The interface's hardware address at this moment; false when the interface is gone.</summary>
    public abstract bool TryReadMac(out MacAddress mac);

    /// <summary>Sends an IPv4 packet, header included, to every station on the link.</summary>
    public abstract SocketResult Broadcast(ReadOnlySpan<byte> packet);

    /// <summary>Sends a UDP payload from a configured address to a server, by the kernel's routing on this interface.</summary>
    public abstract SocketResult Unicast(ReadOnlySpan<byte> payload, Ipv4Address source, Ipv4Address destination);
}
