using System.Globalization;
using BondDhcp.Tests.Beds.Qemu;
using BondDhcp.Tests.Beds.Scenarios;
using BondDhcp.Tests.Bonds;
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
        // Half a second is what an emulated processor with four scenarios at once may be late by.
        Assert.True(own <= networkd + BondAssert.Slack, $"bonddhcp {own}, systemd-networkd {networkd}");
        Assert.All(s_own, scenario => Assert.True(ColdStartRace.OnlyFromTheRadio(machine[scenario, output])));
    }

    private TimeSpan Best(IEnumerable<BedScenario> scenarios) =>
        scenarios.Select(scenario => ColdStartRace.Time(machine[scenario, output]) ?? TimeSpan.MaxValue / 2).Min();
}
