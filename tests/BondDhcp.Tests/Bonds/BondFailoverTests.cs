using System.Text.Json;
using BondDhcp.Tests.Beds.Scenarios;
using BondDhcp.Tests.Beds.Uml;
using Xunit;
using Xunit.Abstractions;
using static BondDhcp.Tests.Bonds.BondAssert;

namespace BondDhcp.Tests.Bonds;

/// <summary>A bound client on a real bond whose slaves come and go.</summary>
[Collection(BondCollection.Name)]
public sealed class BondFailoverTests(BondMachine machine, ITestOutputHelper output)
{
    private static readonly BedScenario s_failover = new("failover", """
        network
        make_bond
        serve dnsmasq
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

    private static readonly BedScenario s_recovery = new("recovery", """
        network
        make_bond num_grat_arp 1
        serve dnsmasq
        client
        bound
        announced
        lease before
        mark lost
        unplug pw0
        unplug pw1
        expect 'carrier=false'
        pause 0.5
        mark recovered
        plug pw1
        verified
        announced
        """);

    private static readonly BedScenario s_sameMac = new("samemac", """
        network
        make_bond fail_over_mac none
        serve dnsmasq
        client
        bound
        announced
        lease before
        mark failover
        unplug pw0
        verified
        announced
        """);

    private static readonly BedScenario s_sameSlave = new("sameslave", """
        network pw1
        make_bond
        serve dnsmasq
        client
        bound
        announced
        lease before
        mark lost
        unplug pw0
        expect 'carrier=false'
        plug pw0
        verified
        announced
        """);

    private static readonly BedScenario s_byChaddr = new("bychaddr", """
        network
        make_bond
        serve udhcpd
        client
        bound
        announced
        lease before
        mark first
        unplug pw0
        verified
        announced
        mark failback
        plug pw0
        verified
        announced
        mark second
        unplug pw0
        verified
        """);

    public static IReadOnlyList<BedScenario> Scenarios => [s_failover, s_recovery, s_sameMac, s_sameSlave, s_byChaddr];

    [UmlFact(DisplayName = "AM-7 v4 the active slave of a real bond fails: same address, never away, announced twice from the new MAC, verified")]
    public void Failover_OfARealBond_KeepsTheAddress()
    {
        BedEvidence seen = machine[s_failover, output];
        DateTime changed = FailedOver(seen, "failover", "w0", carrier: false, MacB);
        AnnouncedTwice(seen, "failover", MacB, "pw1");
        DateTime announced = seen.Frames.First(f => seen.IsIn("failover", f.Frame.At) && f.Frame.Arp is { IsAnnouncement: true }).Frame.At;
        Assert.InRange(announced - changed, -Slack, TimeSpan.FromMilliseconds(50) + Slack);
        VerifiedOnce(seen, "failover", MacB, "pw1");
        Assert.Equal("w1", seen.Timeline("activeSlave", "failover")[0].GetProperty("slave").GetString());
        SameLease(seen.Lease("before"), seen.Lease("failover"));
        KeptTheAddress(seen);
    }

    [UmlFact(DisplayName = "AB-5 v4 the primary of a real bond returns: one event, then as AM-7")]
    public void Failback_ToThePrimary_IsAFailoverToo()
    {
        BedEvidence seen = machine[s_failover, output];
        FailedOver(seen, "failback", "w0", carrier: true, MacA);
        Assert.Equal("w0", Assert.Single(seen.Timeline("activeSlave", "failback")).GetProperty("slave").GetString());
        Assert.Single(seen.Timeline("hardwareAddress", "failback"));
        AnnouncedTwice(seen, "failback", MacA, "pw0");
        VerifiedOnce(seen, "failback", MacA, "pw0");
        SameLease(seen.Lease("failover"), seen.Lease("end"));
        KeptTheAddress(seen);
    }

    [UmlFact(DisplayName = "AM-8 v4 both slaves lost, then the other one back, where the kernel announces nothing: our announcement is on the wire")]
    public void Recovery_OnTheOtherSlave_IsAnnounced()
    {
        BedEvidence seen = machine[s_recovery, output];
        AnnouncedTwice(seen, "recovered", MacB, "pw1");
        // Every one on the wire is ours: the bond sends none with num_grat_arp 1 after a total loss.
        Assert.Equal(
            seen.Timeline("announced", "recovered").Count,
            seen.Frames.Count(f => f.Frame.At >= seen.At("recovered") && f.Frame.Arp is { IsAnnouncement: true }));
        VerifiedOnce(seen, "recovered", MacB, "pw1");
        SameLease(seen.Lease("before"), seen.Lease("end"));
        KeptTheAddress(seen);
    }

    [UmlFact(DisplayName = "AM-19 v4 fail_over_mac=none: the MAC stays, the active slave changes, verification runs")]
    public void Failover_WithTheSameMac_IsVerified()
    {
        BedEvidence seen = machine[s_sameMac, output];
        Assert.Empty(seen.Timeline("hardwareAddress", "failover"));
        Assert.Equal("w1", seen.Timeline("activeSlave", "failover")[0].GetProperty("slave").GetString());
        AnnouncedTwice(seen, "failover", MacA, "pw1");
        VerifiedOnce(seen, "failover", MacA, "pw1");
        SameLease(seen.Lease("before"), seen.Lease("end"));
        KeptTheAddress(seen);
    }

    [UmlFact(DisplayName = "AM-20 v4 carrier lost and regained on the same slave: address kept, verified once")]
    public void Carrier_LostAndRegained_IsVerifiedOnce()
    {
        BedEvidence seen = machine[s_sameSlave, output];
        VerifiedOnce(seen, "lost", MacA, "pw0");
        AnnouncedTwice(seen, "lost", MacA, "pw0");
        SameLease(seen.Lease("before"), seen.Lease("end"));
        KeptTheAddress(seen);
    }

    [UmlFact(DisplayName = "AM-9 v4 real bond, udhcpd: refused under the new MAC, granted under the lease's; asked that way first the next time")]
    public void Failover_WithAServerThatKnowsByChaddr_KeepsTheAddress()
    {
        BedEvidence seen = machine[s_byChaddr, output];
        // The same request twice, both from the new MAC: N with it as chaddr, S with the lease's.
        IReadOnlyList<PortFrame> first = Sent(seen, "REQUEST", "first");
        Assert.Equal([MacB, MacA], first.Select(f => f.Frame.Dhcp!.Chaddr));
        IReadOnlyList<PortFrame> second = Sent(seen, "REQUEST", "second");
        Assert.Equal(MacA, Assert.Single(second).Frame.Dhcp!.Chaddr);
        Assert.All([.. first, .. second], f => Assert.Equal(("pw1", MacB), (f.Port, f.Frame.SourceMac)));
        Assert.Single(seen.Timeline("refused"));
        JsonElement lease = seen.Lease("end");
        Assert.Equal((true, MacA), (lease.GetProperty("keyedByChaddr").GetBoolean(), lease.GetProperty("chaddr").GetString()));
        SameLease(seen.Lease("before"), lease);
        KeptTheAddress(seen);
    }
}
