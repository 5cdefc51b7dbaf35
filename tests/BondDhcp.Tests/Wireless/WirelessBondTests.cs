using BondDhcp.Tests.Beds.Scenarios;
using Xunit;
using Xunit.Abstractions;
using static BondDhcp.Tests.Bonds.BondAssert;

namespace BondDhcp.Tests.Wireless;

/// <summary>A bond of wire and Wi-Fi, with real WPA2 between a supplicant and an access point.</summary>
[Collection(WirelessCollection.Name)]
public sealed class WirelessBondTests(WirelessMachine machine, ITestOutputHelper output)
{
    private static readonly BedScenario s_cold = new("wificold", """
        wireless pw0
        make_bond
        serve dnsmasq
        supplicant
        client
        expect 'to=waiting'
        mark air
        ap_up
        authorised
        mark authorised
        bound
        announced
        """);

    private static readonly BedScenario s_failover = new("wififail", """
        wireless
        ap_up
        make_bond
        serve dnsmasq
        supplicant
        authorised
        client
        bound
        announced
        lease before
        mark failover
        unplug pw0
        verified
        announced
        lease failover
        mark failback
        plug pw0
        verified
        announced
        """);

    public static IReadOnlyList<BedScenario> Scenarios => [s_cold, s_failover];

    [Fact(DisplayName = "Cold start with the cable out: a lease over Wi-Fi once it is authorised, every frame from the radio's MAC")]
    public void Start_WithoutTheCable_HasALeaseOverWifi()
    {
        BedEvidence seen = machine[s_cold, output];
        Assert.All(seen.Frames, f => Assert.Equal(("pw1", MacB), (f.Port, f.Frame.SourceMac)));
        Assert.All(Sent(seen), f => Assert.Equal(MacB, f.Frame.Dhcp!.Chaddr));
    }
}
