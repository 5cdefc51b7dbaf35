using System.Globalization;

namespace BondDhcp.Dhcp.Capture;

/// <summary>When a frame was captured, to the nanosecond.</summary>
/// <param name="UnixNanoseconds">Since 1970-01-01 UTC; reaches to the year 2262.</param>
public readonly record struct CaptureTime(long UnixNanoseconds) : IComparable<CaptureTime>
{
    private const long NanosecondsPerSecond = 1_000_000_000;
    private const long NanosecondsPerMicrosecond = 1000;

    /// <summary>Of whole seconds and a fraction; what a file claims beyond the year 2262 becomes that year.</summary>
    public static CaptureTime FromParts(ulong seconds, ulong nanoseconds)
    {
        UInt128 total = (UInt128)seconds * NanosecondsPerSecond + nanoseconds;
        return new CaptureTime(total > long.MaxValue ? long.MaxValue : (long)total);
    }

    /// <inheritdoc/>
    public int CompareTo(CaptureTime other) => UnixNanoseconds.CompareTo(other.UnixNanoseconds);

    /// <summary>RFC 3339, UTC: with microseconds, and with nanoseconds where there are any.</summary>
    public override string ToString()
    {
        (long seconds, long fraction) = Math.DivRem(UnixNanoseconds, NanosecondsPerSecond);
        if (fraction < 0)
        {
            seconds--;
            fraction += NanosecondsPerSecond;
        }
        DateTime date = DateTime.UnixEpoch.AddSeconds(seconds);
        string digits = fraction % NanosecondsPerMicrosecond == 0
            ? (fraction / NanosecondsPerMicrosecond).ToString("D6", CultureInfo.InvariantCulture)
            : fraction.ToString("D9", CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture, $"{date:yyyy-MM-ddTHH:mm:ss}.{digits}Z");
    }
}
