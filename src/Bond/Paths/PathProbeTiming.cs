using BondDhcp.Net;

namespace BondDhcp.Bond.Paths;

/// <summary>Every number of the probe's schedule.</summary>
public static class PathProbeTiming
{
    /// <summary>Requests in a round, when nobody answers the first ones: one lost frame says nothing.</summary>
    public const int RoundRequests = 3;

    /// <summary>
    /// Between two requests on one slave, whatever asks for them. Two in a second, the bonding driver's two and the DHCP
    /// client's four together are the cap of 8 (switches shut a port down at 15).
    /// </summary>
    public static readonly TimeSpan RequestGap = TimeSpan.FromMilliseconds(500);

    /// <summary>From one answered round to the next.</summary>
    public static readonly TimeSpan RoundInterval = TimeSpan.FromSeconds(30);

    /// <summary>To the next round after one without an answer: a switch port that began to forward late, or a frame lost three times.</summary>
    public static readonly TimeSpan SilentRetry = TimeSpan.FromSeconds(10);

    /// <summary>Silent rounds that are followed after <see cref="SilentRetry"/>; a network without the gateway is then asked no more often than any other.</summary>
    public const int QuickRetries = 4;

    /// <summary>Silent rounds after which an answer of before counts no more.</summary>
    public const int ForgottenAfterRounds = 2;

    /// <summary>Unanswered requests on the active slave after which its gateway counts as silent.</summary>
    public const int WatchMisses = 3;

    /// <summary>
    /// How long the last of them is waited for. The gateway may fall silent just after an answer: 500 ms to the next
    /// request, 1 s to the third and this make 1.8 s, and the bond has to be moved within 2.
    /// </summary>
    public static readonly TimeSpan LastAnswerWait = TimeSpan.FromMilliseconds(300);

    /// <summary>Between rounds on the backups while the active slave's gateway is silent.</summary>
    public static readonly TimeSpan SearchInterval = TimeSpan.FromSeconds(5);

    /// <summary>How old an answer on a backup may be for the bond to be moved there: until the round after it is over.</summary>
    public static readonly TimeSpan FreshAnswer = SearchInterval + RequestGap * RoundRequests;

    /// <summary>A slave that was left because its gateway was silent is not gone back to before this.</summary>
    public static readonly TimeSpan HoldDown = TimeSpan.FromSeconds(30);

    /// <summary>Answered rounds in a row, <see cref="SilentRetry"/> apart, after which a primary that was left is gone back to: a repair that lasts.</summary>
    public const int ReturnRounds = 3;

    /// <summary>When a slave that was to become active has not, the request is made again.</summary>
    public static readonly TimeSpan SelectRetry = TimeSpan.FromSeconds(2);

    internal static Instant NotBefore(Instant now, Instant? askedAt) =>
        askedAt is { } last ? Instant.Max(now, last + RequestGap) : now;
}
