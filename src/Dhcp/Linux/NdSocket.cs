using BondDhcp.Dhcp.Nd;
using BondDhcp.Net.Linux;
using BondDhcp.Net.Linux.Interop;

namespace BondDhcp.Dhcp.Linux;

/// <summary>
/// Sends Neighbour Discovery packets on interfaces; receives none, the kernel does that. A packet socket, because what is
/// told here must not depend on routes, on an address's state or on firewalls for outgoing IP; and the kernel writes the
/// Ethernet source address at the moment it sends.
/// </summary>
public sealed class NdSocket : IDisposable
{
    private readonly FileDescriptor _socket;

    private NdSocket(FileDescriptor socket) => _socket = socket;

    /// <summary>Opens a socket, which serves every interface.</summary>
    /// <exception cref="LinuxException">No permission (CAP_NET_RAW), or no descriptors left.</exception>
    public static NdSocket Open() => new(LinkSocket.OpenForSending());

    /// <summary>Sends a packet.</summary>
    public SocketResult Send(int interfaceIndex, in NdPacket packet)
    {
        Span<byte> octets = stackalloc byte[NdPacket.MaxLength];
        int length = packet.Write(octets);
        return LinkSocket.Send(_socket, interfaceIndex, KernelNumbers.ETH_P_IPV6, octets[..length], packet.DestinationMac);
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();
}
