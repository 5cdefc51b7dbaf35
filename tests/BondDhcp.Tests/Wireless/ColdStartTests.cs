using System.Globalization;
using BondDhcp.Tests.Beds.Qemu;
using BondDhcp.Tests.Beds.Scenarios;
using Xunit;
using Xunit.Abstractions;

namespace BondDhcp.Tests.Wireless;

/// <summary>The cold start on Wi-Fi beside systemd-networkd, in one boot.</summary>
[Collection(WirelessCollection.Name)]
public sealed class ColdStartTests(WirelessMachine machine, ITestOutputHelper output)
{
    private const int Rounds = 2;

    private static readonly BedScenario[] s_own = [.. Enumerable.Range(1, Rounds).Select(round => ColdStartRace.Of(ColdStartRace.Own, round))];
    private static readonly BedScenario[] s_networkd = [.. Enumerable.Range(1, Rounds).Select(round => ColdStartRace.Of(ColdStartRace.Networkd, round))];

    public static IReadOnlyList<BedScenario> Scenarios => [.. s_own, .. s_networkd];

    [QemuFact(DisplayName = "Cold start on Wi-Fi, cable out: from the bond's carrier to the address no slower than systemd-networkd, every frame from the current MAC")]
    public void ColdStart_IsNoSlowerThanNetworkd()
    {
        TimeSpan own = Best(s_own), networkd = Best(s_networkd);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"bonddhcp {own.TotalMilliseconds:0} ms, systemd-networkd {networkd.TotalMilliseconds:0} ms"));
        // One question, which is answered: the first goes out when it can be heard, and nothing waits for the second. The table of
        // measurements has the medians.
        Assert.Contains(s_own, scenario => machine[scenario, output].Frames.Count(f => f.Frame.Dhcp is { Message: "DISCOVER" }) == 1);
        Assert.True(own <= networkd + (2 * machine[s_own[0], output].Slack), $"bonddhcp {own}, systemd-networkd {networkd}");
        Assert.All(s_own, scenario => Assert.True(ColdStartRace.OnlyFromTheRadio(machine[scenario, output])));
    }

    private TimeSpan Best(IEnumerable<BedScenario> scenarios) =>
        scenarios.Select(scenario => ColdStartRace.Time(machine[scenario, output]) ?? TimeSpan.MaxValue / 2).Min();
}
