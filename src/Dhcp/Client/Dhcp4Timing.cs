using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Client;

/// <summary>Every number of the client's schedules, and the arithmetic on lease times.</summary>
public static class Dhcp4Timing
{
    /// <summary>The first retransmission delay and the last (RFC 2131 section 4.1): 4, 8, 16, 32, 64 s, each +-1 s.</summary>
    public const int FirstBackoffSeconds = 4;

    /// <inheritdoc cref="FirstBackoffSeconds"/>
    public const int LastBackoffSeconds = 64;

    /// <summary>The least gap between renewals (RFC 2131 section 4.4.5).</summary>
    public static readonly TimeSpan LeastExtensionGap = TimeSpan.FromSeconds(60);

    /// <summary>DEFEND_INTERVAL (RFC 5227 section 1.1).</summary>
    public static readonly TimeSpan DefendInterval = TimeSpan.FromSeconds(10);

    /// <summary>MIN_V6ONLY_WAIT (RFC 8925 section 3.4).</summary>
    public const uint MinV6OnlyWaitSeconds = 300;

    /// <summary>Silence to a verification, +-<see cref="VerificationBudgetJitter"/>.</summary>
    public static readonly TimeSpan VerificationBudget = TimeSpan.FromSeconds(12);

    /// <inheritdoc cref="VerificationBudget"/>
    public static readonly TimeSpan VerificationBudgetJitter = TimeSpan.FromSeconds(2);

    /// <summary>Silence to a verification where the gateway has answered.</summary>
    public static readonly TimeSpan VerificationBudgetWithGateway = TimeSpan.FromSeconds(4);

    /// <summary>Between the forms of a verification.</summary>
    public static readonly TimeSpan VerificationSpacing = TimeSpan.FromSeconds(1);

    /// <summary>The same with less than <see cref="VerificationBudget"/> of lease left.</summary>
    public static readonly TimeSpan VerificationSpacingShort = TimeSpan.FromMilliseconds(300);

    /// <summary>How often each form is sent.</summary>
    public const int VerificationRepeats = 2;

    /// <summary>How long a refused form waits for the other one's answer.</summary>
    public static readonly TimeSpan RefusalHold = TimeSpan.FromSeconds(2);

    /// <summary>The second transmission of the other form after a refusal.</summary>
    public static readonly TimeSpan RefusalRepeat = TimeSpan.FromMilliseconds(500);

    /// <summary>How long the address stays after DHCPRELEASE was handed to the kernel: one ARP round trip and some.</summary>
    public static readonly TimeSpan ReleaseLinger = TimeSpan.FromMilliseconds(50);

    /// <summary>The gap before transmission <paramref name="sent"/> + 1, jitter included.</summary>
    /// <param name="sent">Transmissions so far, at least 1.</param>
    /// <param name="entropy">One draw.</param>
    public static TimeSpan Backoff(int sent, EntropySource entropy)
    {
        int seconds = Math.Min(FirstBackoffSeconds << Math.Clamp(sent - 1, 0, 10), LastBackoffSeconds);
        return TimeSpan.FromSeconds(seconds + entropy.NextJitter());
    }

    /// <summary>The next renewal or rebinding: half of what is left until <paramref name="end"/>, at least 60 s; Never when that is past it.</summary>
    public static Instant NextExtension(Instant now, Instant end)
    {
        if (end.IsNever) return now + LeastExtensionGap;
        TimeSpan half = new((end - now).Ticks / 2);
        Instant next = now + (half > LeastExtensionGap ? half : LeastExtensionGap);
        return next < end ? next : Instant.Never;
    }

    /// <summary>
    /// T1, T2 and the end of a lease (RFC 2131 section 4.4.5). The server's T1 and T2 are taken where 0 &lt; T1 &lt; T2 &lt; lease;
    /// otherwise each invalid one is 0.5 or 0.875 of the lease, and both where they are then out of order.
    /// </summary>
    public static (Instant RenewAt, Instant RebindAt, Instant ExpiresAt) LeaseTimes(Dhcp4Reply ack, Instant start, EntropySource entropy)
    {
        if (ack.LeaseSeconds == uint.MaxValue) return (Instant.Never, Instant.Never, Instant.Never);
        double lease = ack.LeaseSeconds;
        double defaultT1 = lease * 0.5;
        double defaultT2 = lease * 0.875;
        double t2 = ack.RebindingSeconds is { } rebinding && rebinding > 0 && rebinding < lease ? rebinding : defaultT2;
        double t1 = ack.RenewalSeconds is { } renewal && renewal > 0 && renewal < lease ? renewal : defaultT1;
        if (t1 >= t2) (t1, t2) = (defaultT1, defaultT2);

        // The "random fuzz" of section 4.4.5, kept small enough that a tiny lease keeps its order.
        double fuzz = Math.Min(1.0, (t2 - t1) / 8);
        t1 += entropy.NextJitter() * fuzz;
        t2 += entropy.NextJitter() * Math.Min(fuzz, (lease - t2) / 2);
        return (start + TimeSpan.FromSeconds(t1), start + TimeSpan.FromSeconds(t2), start + TimeSpan.FromSeconds(lease));
    }

    /// <summary>secs: whole seconds since <paramref name="from"/>, saturating.</summary>
    public static ushort Secs(Instant from, Instant now) => (ushort)Math.Clamp((now - from).Ticks / TimeSpan.TicksPerSecond, 0, ushort.MaxValue);
}
