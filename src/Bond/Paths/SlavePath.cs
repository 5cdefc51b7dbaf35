using BondDhcp.Net;

namespace BondDhcp.Bond.Paths;

/// <summary>A slave of the bond, as far as it matters which network it reaches.</summary>
/// <param name="Index">ifindex: the slave's identity.</param>
/// <param name="Name">Shown.</param>
/// <param name="Usable">It can carry a frame: carrier, operational state and authorisation are there.</param>
/// <param name="Mac">Its own hardware address at present; null where it has none of six octets.</param>
/// <param name="Ssid">The wireless network it is associated with; null for a wired slave.</param>
/// <param name="EapIdentity">Who it was authorised as by 802.1X; null without.</param>
/// <param name="IsActive">The bond uses it.</param>
public sealed record SlavePath(
    int Index, string Name, bool Usable, MacAddress? Mac, string? Ssid, string? EapIdentity, bool IsActive)
{
    /// <summary>The bond is to use it whenever it can: its primary, with <c>primary_reselect always</c>.</summary>
    public bool IsPrimary { get; init; }
}

/// <summary>The network that the lease in force belongs to.</summary>
/// <param name="Gateway">Next hop of its default route.</param>
/// <param name="GatewayMac">The gateway's hardware address; null until it is learnt, and nothing is concluded before that.</param>
/// <param name="Ssid">Of the path the lease was obtained on; null for a wired one.</param>
/// <param name="EapIdentity">Of the path the lease was obtained on; null without 802.1X.</param>
public sealed record LeaseNetwork(Ipv4Address Gateway, MacAddress? GatewayMac, string? Ssid = null, string? EapIdentity = null);
