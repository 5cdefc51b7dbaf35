using BondDhcp.Tests.Beds.Qemu;
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

    [QemuFact(DisplayName = "Cold start with the cable out: a lease over Wi-Fi once it is authorised, every frame from the radio's MAC")]
    public void Start_WithoutTheCable_HasALeaseOverWifi()
    {
        BedEvidence seen = machine[s_cold, output];
        Assert.NotEmpty(Sent(seen));
        Assert.All(seen.Frames, f => Assert.Equal(("pw1", MacB), (f.Port, f.Frame.SourceMac)));
        Assert.All(seen.Frames, f => Assert.True(f.Frame.At >= seen.At("air")));
        Assert.All(Sent(seen), f => Assert.Equal(MacB, f.Frame.Dhcp!.Chaddr));
        // Associated, the radio has a carrier; authorised, it is no longer dormant: IF_OPER_UP.
        DateTime authorised = seen.Events.First(e => e.At >= seen.At("air") && e.Text.Contains(": w1: ", StringComparison.Ordinal)
            && e.Text.Contains(",LOWER_UP> ", StringComparison.Ordinal) && e.Text.Contains(" state UP ", StringComparison.Ordinal)).At;
        Assert.InRange(BedEvidence.TimeOf(Assert.Single(seen.Timeline("leaseBound"))) - authorised, TimeSpan.Zero, TimeSpan.FromSeconds(6) + Slack);
        Assert.Equal("bound", seen.Lease("end").GetProperty("state").GetString());
    }

    [QemuFact(DisplayName = "The cable of a bound bond is pulled, with Wi-Fi authorised, and put back: a failover each way, the address stays")]
    public void Failover_ToWifiAndBack_KeepsTheAddress()
    {
        BedEvidence seen = machine[s_failover, output];
        FailedOver(seen, "failover", "w0", carrier: false, MacB);
        AnnouncedTwice(seen, "failover", MacB, "pw1");
        VerifiedOnce(seen, "failover", MacB, "pw1");
        SameLease(seen.Lease("before"), seen.Lease("failover"));
        FailedOver(seen, "failback", "w0", carrier: true, MacA);
        AnnouncedTwice(seen, "failback", MacA, "pw0");
        VerifiedOnce(seen, "failback", MacA, "pw0");
        SameLease(seen.Lease("failover"), seen.Lease("end"));
        // An access point passes nothing else from this station.
        Assert.All(seen.Frames.Where(f => f.Port == "pw1"), f => Assert.Equal(MacB, f.Frame.SourceMac));
        KeptTheAddress(seen);
    }
}
