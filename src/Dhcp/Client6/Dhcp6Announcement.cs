using BondDhcp.Net;

namespace BondDhcp.Dhcp.Client6;

/// <summary>
/// Unsolicited neighbour advertisements still to be made after a change of the path (RFC 4861 section 7.2.6). Without the
/// first one servers and routers answer to the hardware address before.
/// </summary>
/// <param name="Remaining">How many sets.</param>
/// <param name="NextAt">The next one.</param>
/// <param name="OthersToo">As in <see cref="Dhcp6Effect.Announce"/>.</param>
public sealed record Dhcp6Announcement(int Remaining, Instant NextAt, bool OthersToo)
{
    /// <summary>Sets after one change; RFC 4861 allows MAX_NEIGHBOR_ADVERTISEMENT, 3.</summary>
    public const int Count = 2;

    /// <summary>RetransTimer (RFC 4861 section 10); also the least time between sets, however the path flaps.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
}

/// <summary>Router solicitations while nothing can be done without an advertisement (RFC 4861 section 6.3.7).</summary>
/// <param name="Sent">So far.</param>
/// <param name="NextAt">The next one, or the end of the wait for an answer to the last one.</param>
public sealed record RouterSearch(int Sent, Instant NextAt);
