using System.Globalization;
using BondDhcp.Tests.Beds.Scenarios;
using BondDhcp.Tests.Beds.Uml;
using BondDhcp.Tests.Bonds;

namespace BondDhcp.Bench;

/// <summary>How long a failover of a real bond is felt.</summary>
internal static class BondBench
{
    public static async Task<Table> RunAsync()
    {
        IReadOnlyDictionary<string, BedEvidence> seen = await UmlMachine.RunAsync(FailoverSilence.Scenarios);
        Table table = new(
            "Failover of a real bond", "server", "the driver notices after, ms", "longest silence at the failover, ms", "and back, ms", "same address", "addresses and routes taken away");
        table.Note("User-mode Linux, active-backup, miimon 100, updelay 1500, fail_over_mac active; ping of the gateway ten times a second, so that 100 ms is no silence. Target: at most 500 ms beyond the driver's own time. All five run at once on one slow processor.");
        foreach ((string word, string name) in FailoverSilence.Servers)
        {
            BedEvidence one = seen[FailoverSilence.Of(word).Name];
            if (one.Failure is { } failure) throw new InvalidOperationException($"{name}: {failure}\n{one}");
            bool same = one.Lease("before").GetProperty("address").GetString() == one.Lease("end").GetProperty("address").GetString();
            table.Row(
                name, Text(FailoverSilence.Detection(one)), Text(PingSilence.Longest(one, "failover")), Text(PingSilence.Longest(one, "failback")),
                same ? "yes" : "NO", FailoverSilence.Deletions(one).ToString(CultureInfo.InvariantCulture));
        }
        return table;
    }

    private static string Text(TimeSpan time) => time.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture);
}
