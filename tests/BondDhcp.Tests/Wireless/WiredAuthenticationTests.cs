using BondDhcp.Tests.Beds.Qemu;
using BondDhcp.Tests.Beds.Scenarios;
using Xunit;
using Xunit.Abstractions;
using static BondDhcp.Tests.Bonds.BondAssert;

namespace BondDhcp.Tests.Wireless;

/// <summary>802.1X on a wire below a bond.</summary>
[Collection(WirelessCollection.Name)]
public sealed class WiredAuthenticationTests(WirelessMachine machine, ITestOutputHelper output)
{
    private static readonly BedScenario s_wired = new("dot1x", """
        network
        serve dnsmasq
        port_authentication pw0 right
        wired_credentials wrong
        config <<< $'[interface.w0]\nsupplicant = "'"$supplicant_conf"$'"\nsupplicant-driver = "wired"\n[interface.bond0]\nslaves = ["w0", "w1"]\nprimary = "w0"\ndhcp4 = true\ndns = false'
        client
        bound
        until_status '802.1X'
        note refused bonddhcp status
        lease refused
        mark key
        port_authentication pw0 right # after a failure it would be deaf for a minute
        wired_credentials right
        note reload bonddhcp reload
        expect 'activeSlave slave=w0'
        verified
        announced
        note authorised bonddhcp status
        """);

    public static IReadOnlyList<BedScenario> Scenarios => [s_wired];

    [QemuFact(DisplayName = "AW-15 v4 802.1X on the wired primary of a bond: its frames pass while it is a backup; not used before it is authorised, then at once")]
    public void Wire_IsUsedOnceAuthorised()
    {
        BedEvidence seen = machine[s_wired, output];
        Assert.Contains("802.1X", seen.Said("refused"), StringComparison.Ordinal);
        Assert.Equal("bound", seen.Lease("refused").GetProperty("state").GetString());
        VerifiedAtLast(seen, "key", MacA, "pw0");
        Announced(seen, "key", MacA, "pw0");
        Assert.Contains("AP-STA-CONNECTED 02:00:00:00:0a:0a", seen.Said("ap-pw0"), StringComparison.OrdinalIgnoreCase);
        KeptTheAddress(seen);
    }
}
