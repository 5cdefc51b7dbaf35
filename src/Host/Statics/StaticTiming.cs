namespace BondDhcp.Host.Statics;

/// <summary>The numbers of <see cref="StaticMachine"/>.</summary>
internal static class StaticTiming
{
    /// <summary>So long without a lease, and the fallback addresses come, or a link-local one.</summary>
    public static readonly TimeSpan FallbackDelay = TimeSpan.FromSeconds(15);

    /// <summary>
    /// So long before that, fallback addresses begin to be probed: the longest window of RFC 5227 is over when they come. A lease
    /// that comes meanwhile ends it.
    /// </summary>
    public static readonly TimeSpan FallbackProbing = TimeSpan.FromSeconds(7);

    /// <summary>
    /// So long without a carrier, and addresses are configured unprobed, to be probed when it comes. A port that was
    /// just set up negotiates for three to four seconds, and is worth waiting for.
    /// </summary>
    public static readonly TimeSpan CarrierDelay = TimeSpan.FromSeconds(5);

    /// <summary>
    /// An address whose probing is interrupted again and again, by paths and carriers that come and go, is configured
    /// after this all the same, and probed beside its use. Twice the longest window of RFC 5227 (7 s) fits.
    /// </summary>
    public static readonly TimeSpan LongestProbing = TimeSpan.FromSeconds(15);

    /// <summary>After a conflict: RATE_LIMIT_INTERVAL (RFC 5227 section 2.1.1), because there is no other address to try.</summary>
    public static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(60);

    /// <summary>
    /// An IPv6 address that was found duplicate stays unassigned (RFC 4862 section 5.4.5), and is asked about again after
    /// <see cref="RetryDelay"/>, doubled up to this each time that it is still another host's. To ask is to claim nothing: who has
    /// it answers and keeps it.
    /// </summary>
    public static readonly TimeSpan MaxDuplicateDelay = TimeSpan.FromMinutes(16);

    /// <summary>Behind another path, or another carrier, it may be free: it is asked about there, at most once in this time.</summary>
    public static readonly TimeSpan DuplicateInterval = TimeSpan.FromSeconds(10);

    /// <summary>Until the next question after so many that failed, one at least.</summary>
    public static TimeSpan DuplicateDelay(int failures)
    {
        TimeSpan delay = RetryDelay;
        for (int i = 1; i < failures && delay < MaxDuplicateDelay; i++) delay += delay;
        return delay < MaxDuplicateDelay ? delay : MaxDuplicateDelay;
    }

    /// <summary>MAX_CONFLICTS (RFC 3927 section 9): after so many link-local addresses that others had,</summary>
    public const int MaxConflicts = 10;

    /// <summary>the next one is tried after RATE_LIMIT_INTERVAL.</summary>
    public static readonly TimeSpan RateLimitInterval = TimeSpan.FromSeconds(60);

    /// <summary>DEFEND_INTERVAL (RFC 5227 section 2.4).</summary>
    public static readonly TimeSpan DefendInterval = TimeSpan.FromSeconds(10);
}
