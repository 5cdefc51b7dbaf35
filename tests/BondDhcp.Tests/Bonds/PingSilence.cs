using System.Globalization;
using System.Text.RegularExpressions;
using BondDhcp.Tests.Beds.Scenarios;

namespace BondDhcp.Tests.Bonds;

/// <summary>How long nothing came back from the gateway, by a ping ten times a second.</summary>
public static partial class PingSilence
{
    /// <summary>Between two pings: that long is no silence.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest time between two answers of which the later one came in a phase; never, when none came.</summary>
    public static TimeSpan Longest(BedEvidence seen, string phase)
    {
        DateTime[] answers = [.. Answer().Matches(seen.Said("ping")).Select(match => DateTime.UnixEpoch.AddSeconds(double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)))];
        TimeSpan longest = TimeSpan.Zero;
        bool any = false;
        for (int i = 1; i < answers.Length; i++)
        {
            if (!seen.IsIn(phase, answers[i])) continue;
            any = true;
            if (answers[i] - answers[i - 1] > longest) longest = answers[i] - answers[i - 1];
        }
        return any ? longest : TimeSpan.MaxValue;
    }

    // iputils: [1764110425.123456] 64 bytes from 192.0.2.254: icmp_seq=1 ttl=64 time=0.1 ms
    [GeneratedRegex(@"^\[(\d+\.\d+)\] \d+ bytes from", RegexOptions.Multiline)]
    private static partial Regex Answer();
}
