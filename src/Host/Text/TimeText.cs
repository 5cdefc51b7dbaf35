using System.Globalization;
using BondDhcp.Net;

namespace BondDhcp.Host.Text;

/// <summary>Points in time and spans of it as text.</summary>
internal static class TimeText
{
    /// <summary>A century. More is a slip of the hand, and beyond what the clocks count in.</summary>
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(36500);

    /// <summary>RFC 3339 in UTC with milliseconds: <c>2026-01-31T12:00:00.000Z</c>.</summary>
    public static string Rfc3339(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>An instant as wall clock time, given when boot was; null for never, and for what the calendar has no date for.</summary>
    public static string? Rfc3339(Instant at, DateTimeOffset boot) =>
        at.IsNever || at - Instant.Zero > DateTimeOffset.MaxValue - boot ? null : Rfc3339(boot + (at - Instant.Zero));

    /// <summary>Reads <c>90</c>, <c>90s</c>, <c>10m</c>, <c>2h</c>, <c>1d</c> or <c>500ms</c>.</summary>
    public static bool TryParseDuration(string text, out TimeSpan duration)
    {
        duration = default;
        int digits = 0;
        while (digits < text.Length && char.IsAsciiDigit(text[digits])) digits++;
        if (!uint.TryParse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out uint count)) return false;
        double? seconds = text[digits..] switch
        {
            "ms" => 0.001,
            "" or "s" => 1,
            "m" => 60,
            "h" => 3600,
            "d" => 86400,
            _ => null,
        };
        if (seconds is null || count * seconds.Value > s_longest.TotalSeconds) return false;
        duration = TimeSpan.FromSeconds(count * seconds.Value);
        return true;
    }

    /// <summary>A span as people say it: <c>59s</c>, <c>12m 05s</c>, <c>3h 07m</c>, <c>2d 4h</c>.</summary>
    public static string Duration(TimeSpan span)
    {
        long seconds = Math.Max(0, (long)Math.Round(span.TotalSeconds));
        return seconds switch
        {
            < 60 => FormattableString.Invariant($"{seconds}s"),
            < 3600 => FormattableString.Invariant($"{seconds / 60}m {seconds % 60:00}s"),
            < 86400 => FormattableString.Invariant($"{seconds / 3600}h {seconds / 60 % 60:00}m"),
            _ => FormattableString.Invariant($"{seconds / 86400}d {seconds / 3600 % 24}h"),
        };
    }
}
