using System.Globalization;
using BondDhcp.Tests.Beds.Qemu;
using BondDhcp.Tests.Beds.Scenarios;
using BondDhcp.Tests.Wireless;

namespace BondDhcp.Bench;

/// <summary>The start of each client on a bond whose cable is out and whose Wi-Fi is not there yet.</summary>
internal static class ColdStartBench
{
    private const int Rounds = 5;

    public static async Task<Table> RunAsync()
    {
        (string Word, string Name)[] clients = [(ColdStartRace.Own, "**bonddhcp**"), (ColdStartRace.Networkd, "systemd-networkd"), .. ColdStartRace.Others];
        IReadOnlyDictionary<string, BedEvidence> seen = await QemuMachine.RunAsync(
            [.. Enumerable.Range(1, Rounds).SelectMany(round => clients.Select(client => ColdStartRace.Of(client.Word, round)))]);
        Table table = new("Cold start on Wi-Fi", "client", "median ms", "min", "max", "rounds with an address");
        table.Note("A bond of a cable that is out and a simulated radio, in an emulated machine; the client waits, then the access point comes on the air. WPA2, dnsmasq, no conflict detection, nothing remembered; the clients take turns, four at a time, in one boot. From the bond's carrier to the kernel's RTM_NEWADDR, at most 20 s after the access point.");
        foreach ((string word, string name) in clients)
        {
            Sample sample = new();
            for (int round = 1; round <= Rounds; round++)
                if (ColdStartRace.Time(seen[ColdStartRace.Of(word, round).Name]) is { } time) sample.Add(time.TotalMilliseconds);
            table.Row(
                name, Sample.Text(sample.Median, "0"), Sample.Text(sample.Min, "0"), Sample.Text(sample.Max, "0"),
                string.Create(CultureInfo.InvariantCulture, $"{sample.Count} of {Rounds}"));
        }
        return table;
    }
}
