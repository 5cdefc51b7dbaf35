using System.Text.Json;
using BondDhcp.Tests.Beds.Scenarios;
using BondDhcp.Tests.Beds.Uml;
using Xunit;
using Xunit.Abstractions;
using static BondDhcp.Tests.Bonds.BondAssert;

namespace BondDhcp.Tests.Bonds;

/// <summary>The first lease on a real bond, while it changes; and a client that comes back to a bond that changed.</summary>
[Collection(BondCollection.Name)]
public sealed class BondStartTests(BondMachine machine, ITestOutputHelper output)
{
    private static readonly BedScenario s_discovering = new("discovering", """
        network
        make_bond
        serve dnsmasq
        kill -STOP $server
        client
        until_true sent pw0
        mark failover
        unplug pw0
        kill -CONT $server # what it offers now goes to MAC A
        bound
        """);

    private static readonly BedScenario s_cold = new("cold", """
        network pw0 pw1
        make_bond
        serve dnsmasq
        client
        expect 'to=waiting'
        pause 3
        mark carrier
        plug pw1
        bound
        announced
        """);

    private static readonly BedScenario s_killed = new("killed", """
        network
        make_bond
        serve dnsmasq
        client
        bound
        announced
        lease before
        kill -KILL $client
        unplug pw0
        until_true eval 'ip link show bond0 | grep -q $B'
        mark restart
        client
        verified
        announced
        """);

    public static IReadOnlyList<BedScenario> Scenarios => [s_discovering, s_cold, s_killed];

    [UmlFact(DisplayName = "AM-26 v4 DHCPDISCOVER sent on w0, failover before the answer: bound on w1 within 6 s, no restart")]
    public void Failover_AfterDiscover_IsBoundSoon()
    {
        BedEvidence seen = machine[s_discovering, output];
        DateTime changed = FailedOver(seen, "failover", "w0", carrier: false, MacB);
        Assert.Contains(Sent(seen, "DISCOVER"), f => f.Port == "pw0" && f.Frame.SourceMac == MacA && f.Frame.At < changed);
        JsonElement bound = Assert.Single(seen.Timeline("leaseBound"));
        Assert.InRange(BedEvidence.TimeOf(bound) - changed, TimeSpan.Zero, TimeSpan.FromSeconds(6));
        Assert.Equal(MacB, bound.GetProperty("chaddr").GetString());
        Assert.All(Sent(seen, "REQUEST"), f => Assert.Equal(("pw1", MacB, MacB), (f.Port, f.Frame.SourceMac, f.Frame.Dhcp!.Chaddr)));
        Assert.Single(seen.Timeline("state"), e => e.GetProperty("from").GetString() == "stopped");
    }

    [UmlFact(DisplayName = "Cold start with the primary dead, the other slave 3 s later: DHCPDISCOVER at once, a lease soon, every frame from the MAC of that moment")]
    public void Start_OnTheWrongSlave_HasALeaseSoon()
    {
        BedEvidence seen = machine[s_cold, output];
        // The bond showed the dead primary's MAC, and nothing was sent from it.
        Assert.Equal(MacA, seen.Timeline("interface")[0].GetProperty("mac").GetString());
        Assert.All(seen.Frames, f => Assert.Equal(("pw1", MacB), (f.Port, f.Frame.SourceMac)));
        Assert.All(Sent(seen), f => Assert.Equal(MacB, f.Frame.Dhcp!.Chaddr));
        Assert.NotEmpty(Sent(seen));
        DateTime changed = FailedOver(seen, "carrier", "w1", carrier: true, MacB);
        Assert.InRange(Sent(seen)[0].Frame.At - changed, -Slack, TimeSpan.FromMilliseconds(100) + Slack);
        // As a switch may, the bridge loses what comes in the second after its port's carrier: then it is the next DHCPDISCOVER.
        Assert.InRange(BedEvidence.TimeOf(Assert.Single(seen.Timeline("leaseBound"))) - changed, -Slack, TimeSpan.FromSeconds(6) + Slack);
    }

    [UmlFact(DisplayName = "kill -9, the other slave active at the restart: same address, never away, verified from the new MAC")]
    public void Restart_WithTheOtherSlaveActive_KeepsTheAddress()
    {
        BedEvidence seen = machine[s_killed, output];
        Assert.Equal(MacB, seen.Timeline("interface")[0].GetProperty("mac").GetString());
        VerifiedOnce(seen, "restart", MacB, "pw1");
        AnnouncedTwice(seen, "restart", MacB, "pw1");
        SameLease(seen.Lease("before"), seen.Lease("end"));
        KeptTheAddress(seen);
    }
}
