using BondDhcp.Net;

namespace BondDhcp.Dhcp.Arp;

/// <summary>Announcements of an address still to be made (RFC 5227 section 2.3).</summary>
/// <param name="Address">The address.</param>
/// <param name="Remaining">How many.</param>
/// <param name="NextAt">The next one.</param>
public sealed record Announcement(Ipv4Address Address, int Remaining, Instant NextAt)
{
    /// <summary>ANNOUNCE_NUM.</summary>
    public const int Count = 2;

    /// <summary>ANNOUNCE_INTERVAL.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <summary>At most one set in this time, however the path flaps: switches shut ports down at 15 ARP a second.</summary>
    public static readonly TimeSpan LeastSetInterval = TimeSpan.FromSeconds(1);
}
