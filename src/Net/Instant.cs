namespace BondDhcp.Net;

/// <summary>
/// A point in time on CLOCK_BOOTTIME, in ticks of 100 ns since boot; time spent suspended counts.
/// The machines take it as an argument and never read a clock.
/// </summary>
/// <param name="Ticks">100 ns ticks since boot; never negative.</param>
public readonly record struct Instant(long Ticks) : IComparable<Instant>
{
    /// <summary>Later than every real instant: a deadline that does not come.</summary>
    public static readonly Instant Never = new(long.MaxValue);

    /// <summary>Boot itself.</summary>
    public static readonly Instant Zero = new(0);

    /// <summary>True for <see cref="Never"/>.</summary>
    public bool IsNever => Ticks == long.MaxValue;

    /// <summary>The instant this many seconds after boot.</summary>
    public static Instant FromSeconds(double seconds) => new((long)(seconds * TimeSpan.TicksPerSecond));

    /// <summary>Seconds since boot.</summary>
    public double Seconds => (double)Ticks / TimeSpan.TicksPerSecond;

    /// <summary>Saturates at <see cref="Never"/>, so that an infinite lease needs no special case.</summary>
    public static Instant operator +(Instant instant, TimeSpan delay) =>
        instant.IsNever || delay == TimeSpan.MaxValue || instant.Ticks > long.MaxValue - Math.Max(0, delay.Ticks)
            ? Never
            : new Instant(instant.Ticks + delay.Ticks);

    /// <summary>The instant this much earlier; <see cref="Never"/> stays.</summary>
    public static Instant operator -(Instant instant, TimeSpan delay) =>
        instant.IsNever ? Never : new Instant(instant.Ticks - delay.Ticks);

    /// <summary>The span from <paramref name="right"/> to <paramref name="left"/>; MaxValue up to <see cref="Never"/>.</summary>
    public static TimeSpan operator -(Instant left, Instant right) =>
        left.IsNever ? TimeSpan.MaxValue : new TimeSpan(left.Ticks - right.Ticks);

    /// <inheritdoc cref="CompareTo"/>
    public static bool operator <(Instant left, Instant right) => left.Ticks < right.Ticks;

    /// <inheritdoc cref="CompareTo"/>
    public static bool operator >(Instant left, Instant right) => left.Ticks > right.Ticks;

    /// <inheritdoc cref="CompareTo"/>
    public static bool operator <=(Instant left, Instant right) => left.Ticks <= right.Ticks;

    /// <inheritdoc cref="CompareTo"/>
    public static bool operator >=(Instant left, Instant right) => left.Ticks >= right.Ticks;

    /// <summary>The earlier of the two.</summary>
    public static Instant Min(Instant left, Instant right) => left < right ? left : right;

    /// <summary>The later of the two.</summary>
    public static Instant Max(Instant left, Instant right) => left > right ? left : right;

    /// <inheritdoc/>
    public int CompareTo(Instant other) => Ticks.CompareTo(other.Ticks);

    /// <inheritdoc/>
    public override string ToString() => IsNever ? "never" : FormattableString.Invariant($"{Seconds:F6}s");
}
