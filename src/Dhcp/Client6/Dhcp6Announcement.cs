using System.Collections.Immutable;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Client6;

/// <summary>
/// Unsolicited neighbour advertisements still to be made after a change of the path (RFC 4861 section 7.2.6). Without the
/// first one servers and routers answer to the hardware address before.
/// </summary>
/// <param name="Remaining">How many sets are to be begun.</param>
/// <param name="NextAt">When the next set is, or the rest of the one under way.</param>
/// <param name="OthersToo">Addresses that are not of the lease too: the network is not known to be another one.</param>
public sealed record Dhcp6Announcement(int Remaining, Instant NextAt, bool OthersToo)
{
    /// <summary>Sets after one change; RFC 4861 allows MAX_NEIGHBOR_ADVERTISEMENT, 3.</summary>
    public const int Count = 2;

    /// <summary>
    /// Addresses in a set. An interface may have any number of others; neighbours of these learn soon, those of more when
    /// they ask.
    /// </summary>
    public const int MaxAddresses = 16;

    /// <summary>RetransTimer (RFC 4861 section 10); also the least time between sets, however the path flaps.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>What the caps held back of the set under way, most important first.</summary>
    public ImmutableArray<Ipv6Address> Left { get; init; } = [];

    /// <summary>Routers are still to be asked for an advertisement.</summary>
    public bool AsksRouters { get; init; }
}

/// <summary>Router solicitations while nothing can be done without an advertisement (RFC 4861 section 6.3.7).</summary>
/// <param name="Sent">So far.</param>
/// <param name="NextAt">The next one, or the end of the wait for an answer to the last one.</param>
public sealed record RouterSearch(int Sent, Instant NextAt);
