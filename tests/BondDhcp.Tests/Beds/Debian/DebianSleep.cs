using System.Globalization;

namespace BondDhcp.Tests.Beds.Debian;

/// <summary>A sleep of the machine, by its own clocks.</summary>
/// <param name="Boottime">By how much CLOCK_BOOTTIME went on.</param>
/// <param name="Monotonic">By how much CLOCK_MONOTONIC did, which stands still in it.</param>
/// <param name="AwakeAt">The wall clock when programs ran again.</param>
public sealed record DebianSleep(TimeSpan Boottime, TimeSpan Monotonic, DateTimeOffset AwakeAt)
{
    /// <summary>How long it was.</summary>
    public TimeSpan Duration => Boottime - Monotonic;

    /// <summary>Reads the clocks before and after: nanoseconds of the one, seconds of the other and of the wall clock.</summary>
    public static DebianSleep Read(string clocks)
    {
        decimal[] read = [.. clocks.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(one => decimal.Parse(one, CultureInfo.InvariantCulture))];
        return read.Length == 6
            ? new(TimeSpan.FromSeconds((double)(read[4] - read[1])), TimeSpan.FromSeconds((double)((read[3] - read[0]) / 1_000_000_000)), DateTimeOffset.UnixEpoch.AddSeconds((double)read[5]))
            : throw new BedException($"not the clocks of a sleep: {clocks}");
    }
}
