using BondDhcp.Net;

namespace BondDhcp.Dhcp.Wire;

/// <summary>How a message came.</summary>
/// <param name="Source">Where it says it came from.</param>
/// <param name="Destination">What it was sent to.</param>
/// <param name="HopLimit">As received; -1 where the kernel did not say.</param>
/// <param name="Truncated">It was longer than the room there was.</param>
public readonly record struct Dhcp6Reception(Ipv6Address Source, Ipv6Address Destination, int HopLimit = -1, bool Truncated = false)
{
    /// <summary>
    /// A client takes what was sent to it alone (RFC 9915 section 16), from an address that a server or relay agent can
    /// have. A message that lost its end would be found out anyway, but this names it.
    /// </summary>
    public Dhcp6DropReason Screen() =>
        Destination.IsMulticast ? Dhcp6DropReason.Multicast
        : !Source.IsLinkLocal && !Source.IsUsableUnicast ? Dhcp6DropReason.Source
        : Truncated ? Dhcp6DropReason.Length
        : Dhcp6DropReason.None;
}
