using BondDhcp.Net;

namespace BondDhcp.Dhcp.Arp;

/// <summary>
/// Which ARP packets a client wants to see at present; the rim turns it into a socket filter, so that the rest of a
/// network's ARP traffic wakes nobody.
/// </summary>
/// <param name="Address">Packets whose sender address is this one, and probes for it; null for none.</param>
/// <param name="Gateway">Replies whose sender address is this one; null for none.</param>
public readonly record struct ArpWatch(Ipv4Address? Address, Ipv4Address? Gateway)
{
    /// <summary>Nothing is wanted.</summary>
    public static readonly ArpWatch None;

    /// <summary>The same decision as the socket filter's, in user space.</summary>
    public bool Wants(in ArpPacket packet) =>
        (Address is { } address && (packet.SenderAddress == address || (packet.IsProbe && packet.TargetAddress == address)))
        || (Gateway is { } gateway && packet.Operation == ArpPacket.Reply && packet.SenderAddress == gateway);
}
