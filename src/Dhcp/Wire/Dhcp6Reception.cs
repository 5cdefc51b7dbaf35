using BondDhcp.Net;

namespace BondDhcp.Dhcp.Wire;

/// <summary>What the socket says about a received message beside its octets.</summary>
/// <param name="Source">The sender.</param>
/// <param name="Destination">Where it was sent to (IPV6_PKTINFO).</param>
public readonly record struct Dhcp6Reception(Ipv6Address Source, Ipv6Address Destination)
{
    /// <summary>RFC 9915 section 16: a client takes what was sent to it alone, by an address a server or relay agent can have.</summary>
    public Dhcp6DropReason Screen() =>
        Destination.IsMulticast ? Dhcp6DropReason.Multicast
        : Source.IsLinkLocal || Source.IsUsableUnicast ? Dhcp6DropReason.None
        : Dhcp6DropReason.Source;
}
