using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Client6;

/// <summary>Every number of the client's schedules (RFC 9915 section 7.6), and the arithmetic on timeouts and lease times.</summary>
public static class Dhcp6Timing
{
    /// <summary>SOL_TIMEOUT and SOL_MAX_RT; a server may change the latter.</summary>
    public static readonly Dhcp6Schedule Solicit = new(Seconds(1), Seconds(3600), 0, TimeSpan.Zero);

    /// <summary>REQ_TIMEOUT, REQ_MAX_RT and REQ_MAX_RC.</summary>
    public static readonly Dhcp6Schedule Request = new(Seconds(1), Seconds(30), 10, TimeSpan.Zero);

    /// <summary>CNF_TIMEOUT, CNF_MAX_RT and CNF_MAX_RD; for a REBIND that asks whether prefixes are still ours too.</summary>
    public static readonly Dhcp6Schedule Confirm = new(Seconds(1), Seconds(4), 0, Seconds(10));

    /// <summary>REN_TIMEOUT and REN_MAX_RT; REB_TIMEOUT and REB_MAX_RT are the same. It ends with T2, or with the leases.</summary>
    public static readonly Dhcp6Schedule Extend = new(Seconds(10), Seconds(600), 0, TimeSpan.Zero);

    /// <summary>INF_TIMEOUT and INF_MAX_RT; a server may change the latter.</summary>
    public static readonly Dhcp6Schedule InformationRequest = new(Seconds(1), Seconds(3600), 0, TimeSpan.Zero);

    /// <summary>REL_TIMEOUT and REL_MAX_RC, DEC_TIMEOUT and DEC_MAX_RC.</summary>
    public static readonly Dhcp6Schedule GiveBack = new(Seconds(1), TimeSpan.Zero, 4, TimeSpan.Zero);

    /// <summary>The one RELEASE of a client that is stopped: the machine may be going down.</summary>
    public static readonly Dhcp6Schedule GiveBackAtStop = new(Seconds(1), TimeSpan.Zero, 1, Seconds(1));

    /// <summary>SOL_MAX_DELAY, CNF_MAX_DELAY and INF_MAX_DELAY.</summary>
    public static readonly TimeSpan MaxDelay = Seconds(1);

    /// <summary>IRT_DEFAULT: configuration is asked for again after this where the server says nothing.</summary>
    public const uint RefreshDefaultSeconds = 86400;

    /// <summary>IRT_MINIMUM.</summary>
    public const uint RefreshMinimumSeconds = 600;

    /// <summary>Where T1 is left to the client it is not before this (RFC 9915 section 14.2: never at once).</summary>
    public static readonly TimeSpan LeastOwnRenewal = Seconds(10);

    /// <summary>No lease is so short that it is extended more often than this.</summary>
    public static readonly TimeSpan LeastRenewal = Seconds(1);

    /// <summary>SOLICITs without an ADVERTISE of use after which configuration alone is asked for too.</summary>
    public const int SolicitsBeforeInformation = 3;

    /// <summary>Between attempts that a change of the on-link prefixes is the cause of (RFC 9915 section 18.2.12).</summary>
    public static readonly TimeSpan PrefixChangeInterval = Seconds(30);

    /// <summary>RTR_SOLICITATION_INTERVAL (RFC 4861 section 10).</summary>
    public static readonly TimeSpan RouterSolicitationInterval = Seconds(4);

    /// <summary>MAX_RTR_SOLICITATIONS (RFC 4861 section 10).</summary>
    public const int MaxRouterSolicitations = 3;

    /// <summary>RAND is between minus this and this.</summary>
    private const double MaxRand = 0.1;

    /// <summary>
    /// RT after the next transmission: IRT, then twice the last one, at most MRT, each time with RAND. Of a SOLICIT the
    /// first one is the time in which ADVERTISEs are collected, and RAND is above 0 (RFC 9915 section 18.2.1).
    /// </summary>
    public static TimeSpan NextTimeout(Dhcp6Exchange exchange, EntropySource entropy)
    {
        Dhcp6Schedule schedule = exchange.Schedule;
        if (exchange.Sent == 0)
        {
            double rand = exchange.Type == Dhcp6MessageType.Solicit
                ? MaxRand * Math.Max(entropy.NextUnit(), 1.0 / uint.MaxValue)
                : MaxRand * entropy.NextJitter();
            TimeSpan first = schedule.InitialTimeout * (1 + rand);
            // A tick is the least that can be above IRT.
            return exchange.Type == Dhcp6MessageType.Solicit && first <= schedule.InitialTimeout ? schedule.InitialTimeout + new TimeSpan(1) : first;
        }
        TimeSpan next = exchange.Timeout * (2 + MaxRand * entropy.NextJitter());
        return schedule.MaxTimeout > TimeSpan.Zero && next > schedule.MaxTimeout
            ? schedule.MaxTimeout * (1 + MaxRand * entropy.NextJitter())
            : next;
    }

    /// <summary>Uniform between 0 and <see cref="MaxDelay"/>.</summary>
    public static TimeSpan Delay(EntropySource entropy) => MaxDelay * entropy.NextUnit();

    /// <summary>When configuration is asked for again (RFC 9915 section 21.23).</summary>
    public static Instant RefreshAt(Dhcp6Reply reply, Instant now) => reply.InformationRefreshSeconds switch
    {
        uint.MaxValue => Instant.Never,
        null => now + Seconds(RefreshDefaultSeconds),
        uint seconds => now + Seconds(Math.Max(seconds, RefreshMinimumSeconds)),
    };

    /// <summary>The end of a lifetime that began now; 0xffffffff is infinite.</summary>
    public static Instant After(Instant now, uint seconds) => seconds == uint.MaxValue ? Instant.Never : now + Seconds(seconds);

    /// <summary>
    /// T1 and T2 of an association. A server's are taken; those it leaves to the client (0) are 0.5 and 0.8 of the
    /// shortest preferred lifetime, and neither is so late that a lease would end first (RFC 9915 section 14.2).
    /// </summary>
    /// <param name="t1">As sent, seconds.</param>
    /// <param name="t2">As sent, seconds.</param>
    /// <param name="preferred">The shortest preferred lifetime left; MaxValue for an infinite one.</param>
    /// <param name="valid">The shortest valid lifetime left; MaxValue for an infinite one.</param>
    /// <param name="now">Now.</param>
    public static Dhcp6IaTimes IaTimes(uint t1, uint t2, TimeSpan preferred, TimeSpan valid, Instant now)
    {
        Instant renewAt = t1 == 0 ? now + Own(preferred, 0.5) : After(now, t1);
        Instant rebindAt = t2 == 0 ? now + Own(preferred, 0.8) : After(now, t2);
        if (t1 == 0) renewAt = Instant.Min(renewAt, rebindAt);
        if (t2 == 0) rebindAt = Instant.Max(renewAt, rebindAt);
        // A server that says "never" is taken at its word.
        if (!renewAt.IsNever) renewAt = Instant.Min(renewAt, now + Part(valid, 0.5));
        if (!rebindAt.IsNever) rebindAt = Instant.Min(rebindAt, now + Part(valid, 0.8));
        renewAt = Instant.Max(renewAt, now + LeastRenewal);
        return new Dhcp6IaTimes(renewAt, Instant.Max(renewAt, rebindAt));
    }

    private static TimeSpan Own(TimeSpan preferred, double part)
    {
        TimeSpan own = Part(preferred, part);
        return own > LeastOwnRenewal ? own : LeastOwnRenewal;
    }

    private static TimeSpan Part(TimeSpan whole, double part) => whole == TimeSpan.MaxValue ? whole : whole * part;

    private static TimeSpan Seconds(uint seconds) => TimeSpan.FromSeconds((long)seconds);
}
