using BondDhcp.Tests.Beds.Qemu;
using BondDhcp.Tests.Beds.Scenarios;
using Xunit;
using Xunit.Abstractions;
using static BondDhcp.Tests.Bonds.BondAssert;

namespace BondDhcp.Tests.Wireless;

/// <summary>Parts of a bond on Wi-Fi are stopped and started by hand, and everything is taken down.</summary>
[Collection(WirelessCollection.Name)]
public sealed class WirelessComponentTests(WirelessMachine machine, ITestOutputHelper output)
{
    private static readonly BedScenario s_components = new("wificomp", """
        wireless pw0
        ap_up
        serve dnsmasq
        supervised 'primary = "w0"'
        client
        bound
        announced
        ask() { bonddhcp "$@"; echo "$* $?"; }
        note rc ask stop supplicant@w1
        note supplicant bonddhcp status
        note rc ask start supplicant@w1
        verified
        note rc ask stop slave@w1
        note slave bonddhcp status
        note rc ask start slave@w1
        verified
        note rc ask restart dhcp4@bond0
        bound
        note rc ask stop master@bond0
        note master bonddhcp status
        note rc ask start master@bond0
        bound
        note rc ask restart supplicant@w1
        verified
        announced
        bonddhcp timeline --json > "$dir/timeline.json"
        mark stop
        note rc ask stop
        note left supplicant_pid
        note left eval 'find "$control" "$dir/runtime" -type s 2> /dev/null'
        note left ip -o link show bond0
        note left ip -4 -o address show scope global
        note left ip route show
        wait "$client"
        """);

    public static IReadOnlyList<BedScenario> Scenarios => [s_components];

    [QemuFact(DisplayName = "v4 supplicant, slave, client and master of a bond on Wi-Fi are stopped, started and restarted, each alone")]
    public void Components_StopAndStart()
    {
        BedEvidence seen = machine[s_components, output];
        string[] answers = seen.Said("rc").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(9, answers.Length);
        Assert.All(answers, answer => Assert.EndsWith(" 0", answer, StringComparison.Ordinal));
        Assert.Contains("supplicant@w1            stopped: stopped by command", seen.Said("supplicant"), StringComparison.Ordinal);
        Assert.Contains("dhcp4      bound", seen.Said("supplicant"), StringComparison.Ordinal);
        Assert.Contains("slave@w1                 stopped: stopped by command", seen.Said("slave"), StringComparison.Ordinal);
        Assert.Contains("supplicant@w1            running", seen.Said("slave"), StringComparison.Ordinal);
        Assert.Contains("dhcp4@bond0              stopped: stopped with master@bond0", seen.Said("master"), StringComparison.Ordinal);
    }

    [QemuFact(DisplayName = "v4 stop of everything: the DHCPRELEASE goes out over Wi-Fi, then the supplicant ends; nothing is left")]
    public void Stop_ReleasesBeforeTheSupplicantEnds()
    {
        BedEvidence seen = machine[s_components, output];
        PortFrame release = Assert.Single(Sent(seen, "RELEASE", "stop"));
        Assert.Equal(("pw1", MacB), (release.Port, release.Frame.SourceMac));
        Assert.Equal("Device \"bond0\" does not exist.", seen.Said("left").Trim());
    }
}
