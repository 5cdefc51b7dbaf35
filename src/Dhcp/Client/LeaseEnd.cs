namespace BondDhcp.Dhcp.Client;

/// <summary>Why a lease ended without being replaced.</summary>
public enum LeaseEnd
{
    /// <summary>Its time ran out.</summary>
    Expired,
    /// <summary>Given back with DHCPRELEASE, or RELEASE.</summary>
    Released,
    /// <summary>The server refused it.</summary>
    Refused,
    /// <summary>Another host uses the address.</summary>
    Conflict,
    /// <summary>The interface is certainly in another network.</summary>
    OtherNetwork,
    /// <summary>The interface is gone, and the address with it.</summary>
    InterfaceGone,
    /// <summary>The network prefers IPv6 only (RFC 8925).</summary>
    Ipv6Only,
    /// <summary>
    /// The anonymity profile: the hardware address is another, or the network may be, and nothing of the old one goes there
    /// (RFC 7844 sections 3.2, 3.3 and 4.5).
    /// </summary>
    Anonymity,
    /// <summary>Removed by somebody else again and again, or refused by the kernel.</summary>
    Lost,
}

/// <summary>The words that stand in the journal.</summary>
internal static class LeaseEndName
{
    internal static string Of(LeaseEnd end) => end switch
    {
        LeaseEnd.Expired => "expired",
        LeaseEnd.Released => "released",
        LeaseEnd.Refused => "refused",
        LeaseEnd.Conflict => "conflict",
        LeaseEnd.OtherNetwork => "otherNetwork",
        LeaseEnd.InterfaceGone => "interfaceGone",
        LeaseEnd.Ipv6Only => "ipv6Only",
        LeaseEnd.Anonymity => "anonymity",
        _ => "lost",
    };

    /// <summary>The event that tells of it.</summary>
    internal static string EventOf(LeaseEnd end) => end switch
    {
        LeaseEnd.Expired => "leaseExpired",
        LeaseEnd.Released => "leaseReleased",
        _ => "leaseLost",
    };
}
