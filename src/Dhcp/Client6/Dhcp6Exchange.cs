using BondDhcp.Dhcp.Identity;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Client6;

/// <summary>How a kind of message is repeated (RFC 9915 section 15).</summary>
/// <param name="InitialTimeout">IRT.</param>
/// <param name="MaxTimeout">MRT; zero for no limit.</param>
/// <param name="MaxCount">MRC: transmissions after which the exchange fails; 0 for no limit.</param>
/// <param name="MaxDuration">MRD: time from the first transmission after which it fails; zero for no limit.</param>
public readonly record struct Dhcp6Schedule(TimeSpan InitialTimeout, TimeSpan MaxTimeout, int MaxCount, TimeSpan MaxDuration);

/// <summary>One exchange: a message that is repeated under one transaction id until it is answered or has failed.</summary>
public sealed record Dhcp6Exchange
{
    /// <summary>The message.</summary>
    public required Dhcp6MessageType Type { get; init; }

    /// <summary>Its transaction id, 1 to 0xffffff.</summary>
    public required uint Xid { get; init; }

    /// <summary>How it is repeated.</summary>
    public required Dhcp6Schedule Schedule { get; init; }

    /// <summary>The server it is for; null for any.</summary>
    public Duid? Server { get; init; }

    /// <summary>Transmissions so far.</summary>
    public int Sent { get; init; }

    /// <summary>The first transmission; option 8 counts from here.</summary>
    public Instant StartedAt { get; init; }

    /// <summary>RT: the present timeout.</summary>
    public TimeSpan Timeout { get; init; }

    /// <summary>When the present timeout, or the delay before the first transmission, is over.</summary>
    public required Instant SendAt { get; init; }

    /// <summary>When it has failed whatever was sent: MRD, T2, the end of the leases.</summary>
    public Instant EndsAt { get; init; } = Instant.Never;

    /// <summary>It asks for what a reload wants besides, or in another length; with its answer that has been asked.</summary>
    public bool AsksAnew { get; init; }

    /// <summary>An answer to it has extended the IA_NA. It is repeated for the rest alone: another server may not know this part.</summary>
    public bool AddressesExtended { get; init; }

    /// <summary>The same of the IA_PD.</summary>
    public bool PrefixesExtended { get; init; }

    /// <summary>It was answered in part.</summary>
    public bool IsPartlyAnswered => AddressesExtended || PrefixesExtended;

    /// <summary>Something was sent that can be answered.</summary>
    public bool IsUnderWay => Sent > 0;

    /// <summary>When there is something to do.</summary>
    public Instant NextAt => Instant.Min(SendAt, EndsAt);

    /// <summary>True when it has failed: all transmissions made and the last timeout over, or its time over.</summary>
    public bool IsOver(Instant now) => EndsAt <= now || (Schedule.MaxCount > 0 && Sent >= Schedule.MaxCount && SendAt <= now);

    /// <summary>Option 8 of a transmission now, hundredths of a second, saturating.</summary>
    public ushort ElapsedAt(Instant now) =>
        Sent == 0 ? (ushort)0 : (ushort)Math.Min((now - StartedAt).Ticks / (TimeSpan.TicksPerMillisecond * 10), ushort.MaxValue);

    /// <summary>After a transmission: the next timeout runs.</summary>
    /// <param name="now">When.</param>
    /// <param name="entropy">One draw: RAND.</param>
    public Dhcp6Exchange Transmitted(Instant now, EntropySource entropy)
    {
        TimeSpan timeout = Dhcp6Timing.NextTimeout(this, entropy);
        bool first = Sent == 0;
        return this with
        {
            Sent = Sent + 1,
            StartedAt = first ? now : StartedAt,
            Timeout = timeout,
            SendAt = now + timeout,
            EndsAt = first && Schedule.MaxDuration > TimeSpan.Zero ? Instant.Min(EndsAt, now + Schedule.MaxDuration) : EndsAt,
        };
    }
}
