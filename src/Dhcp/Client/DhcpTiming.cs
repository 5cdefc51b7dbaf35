namespace BondDhcp.Dhcp.Client;

/// <summary>The numbers that both families' clients have in common.</summary>
public static class DhcpTiming
{
    /// <summary>After an address was declined (RFC 2131 section 3.1 (5)).</summary>
    public static readonly TimeSpan DeclineDelay = TimeSpan.FromSeconds(10);

    /// <summary>RATE_LIMIT_INTERVAL: between attempts once <see cref="MaxConflicts"/> is reached (RFC 5227 section 1.1).</summary>
    public static readonly TimeSpan ConflictRateLimit = TimeSpan.FromSeconds(60);

    /// <summary>MAX_CONFLICTS (RFC 5227 section 1.1).</summary>
    public const int MaxConflicts = 10;

    /// <summary>The longest wait after repeated refusals.</summary>
    public static readonly TimeSpan MaxRefusalDelay = TimeSpan.FromSeconds(60);

    /// <summary>Carrier back within this time is judged as a failover is.</summary>
    public static readonly TimeSpan ShortOutage = TimeSpan.FromSeconds(5);

    /// <summary>What somebody else removes is put back once in this time.</summary>
    public static readonly TimeSpan RestoreInterval = TimeSpan.FromSeconds(10);

    /// <summary>How often it is put back.</summary>
    public const int MaxRestores = 3;

    /// <summary>
    /// What was put back and is gone again within this time is put back once more at its end: by then a program that removes
    /// all it finds, until it finds nothing, has ended.
    /// </summary>
    public static readonly TimeSpan FlushDelay = TimeSpan.FromSeconds(0.5);

    /// <summary>0 s after the first refusal in a row, then 1, 2, 4 ... 60 s.</summary>
    public static TimeSpan DelayAfterRefusals(int refusals) =>
        refusals <= 1
            ? TimeSpan.Zero
            : TimeSpan.FromSeconds(Math.Min(1L << Math.Min(refusals - 2, 30), (long)MaxRefusalDelay.TotalSeconds));

    /// <summary>Before the next attempt after this many conflicts in a row.</summary>
    public static TimeSpan DelayAfterConflicts(int conflicts) => conflicts >= MaxConflicts ? ConflictRateLimit : DeclineDelay;
}
