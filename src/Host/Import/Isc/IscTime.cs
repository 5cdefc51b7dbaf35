using System.Globalization;

namespace BondDhcp.Host.Import.Isc;

/// <summary>
/// Points in time as ISC's lease files have them (dhclient.leases(5)): <c>4 2026/11/26 10:57:01</c> in UTC,
/// <c>epoch 1795690621</c>, or <c>never</c>.
/// </summary>
internal static class IscTime
{
    /// <summary>Reads the tokens from <paramref name="at"/> on; null for what is none. <see cref="DateTimeOffset.MaxValue"/> is never.</summary>
    public static DateTimeOffset? Read(IscStatement statement, int at)
    {
        string first = statement.Word(at);
        if (first == "never") return DateTimeOffset.MaxValue;
        if (first == "epoch")
        {
            return long.TryParse(statement.Word(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out long seconds) ? OfEpoch(seconds) : null;
        }
        // The first word is the day of the week, and says nothing new.
        string text = $"{statement.Word(at + 1)} {statement.Word(at + 2)}";
        string[] formats = ["yyyy/M/d H:m:s", "yyyy/M/d"];
        return DateTimeOffset.TryParseExact(
            text.Trim(), formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset time)
            ? time : null;
    }

    /// <summary>Seconds since 1970; null for what the calendar has no date for.</summary>
    public static DateTimeOffset? OfEpoch(long seconds) =>
        seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds() && seconds >= 0 ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;
}
