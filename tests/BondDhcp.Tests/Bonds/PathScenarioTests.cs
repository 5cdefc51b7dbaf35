using System.Text.Json;
using BondDhcp.Tests.Beds.Scenarios;
using BondDhcp.Tests.Beds.Uml;
using Xunit;
using Xunit.Abstractions;
using static BondDhcp.Tests.Bonds.BondAssert;

namespace BondDhcp.Tests.Bonds;

/// <summary>Which network a slave leads into, on a bond that the daemon made.</summary>
[Collection(PathCollection.Name)]
public sealed class PathScenarioTests(PathMachine machine, ITestOutputHelper output)
{
    private static readonly BedScenario s_own = new("own", """
        network
        serve dnsmasq
        own_bond
        client
        bound
        expect 'slave=w1 network=same'
        announced
        lease before
        status before
        pinging
        pause 1
        mark failover
        unplug pw0
        verified
        announced
        lease failover
        status failover
        mark lost
        unplug pw1
        expect 'carrier=false'
        pause 0.5
        mark recovered
        plug pw1
        verified
        announced
        status end
        """);

    private static readonly BedScenario s_elsewhere = new("elsewhere", """
        two_networks
        serve dnsmasq
        elsewhere serve dnsmasq
        own_bond
        client
        bound
        expect 'slave=w1 network=different'
        announced
        status before
        lease before
        mark failover
        unplug pw0
        bound
        announced
        status failover
        lease failover
        reach failover
        mark back
        plug pw0
        bound
        announced
        reach back
        """);

    private static readonly BedScenario s_cutOff = new("cutoff", """
        network
        serve dnsmasq
        own_bond 'path-failover = true'
        client
        bound
        expect 'slave=w1 network=same'
        announced
        lease before
        status before
        pinging
        pause 1
        mark cut
        cut pw0
        expect 'pathFailover slave=w1'
        verified
        announced
        mark mended
        mend pw0
        pause 18
        expect 'pathFailover slave=w0'
        verified
        announced
        status end
        """);

    public static IReadOnlyList<BedScenario> Scenarios => [s_own, s_elsewhere, s_cutOff];

    [UmlFact(DisplayName = "AM-7 v4 the daemon's own bond, both slaves same: announced by the kernel and by us, verified, ping goes on")]
    public void Failover_ToTheSameNetwork_IsAnnouncedByBoth()
    {
        BedEvidence seen = machine[s_own, output];
        Assert.Equal(["same", "same"], Networks(seen.Status("before")));
        // The one verification is the failover's: the acquisition was enough before.
        Assert.DoesNotContain(seen.Timeline("state"), e => BedEvidence.TimeOf(e) < seen.At("failover") && e.GetProperty("to").GetString() == "verifying");
        DateTime changed = FailedOver(seen, "failover", "w0", carrier: false, MacB);
        AnnouncedTwice(seen, "failover", MacB, "pw1");
        VerifiedOnce(seen, "failover", MacB, "pw1");
        PortFrame[] announcements = [.. Announcements(seen, "failover")];
        Assert.All(announcements, f => Assert.Equal(("pw1", MacB), (f.Port, f.Frame.SourceMac)));
        int own = seen.Timeline("announced", "failover").Count;
        output.WriteLine($"announcements: {announcements.Length}, of them ours {own}");
        // num_grat_arp is 2 while the backup is same; the driver's own number of announcements differs from kernel to kernel.
        Assert.Equal(2, own);
        Assert.InRange(announcements.Length - own, 1, 2);
        Assert.InRange(announcements[0].Frame.At - changed, -Slack, TimeSpan.FromMilliseconds(50) + Slack);
        SameLease(seen.Lease("before"), seen.Lease("failover"));
        Assert.Equal("same", NetworkOf(seen.Status("failover"), "w1"));
        KeptTheAddress(seen);
    }

    [UmlFact(DisplayName = "AM-8 v4 the daemon's own bond, both slaves lost, the other one back: our announcements are on the wire, the kernel sends none")]
    public void Recovery_OfTheOwnBond_IsAnnouncedByUs()
    {
        BedEvidence seen = machine[s_own, output];
        AnnouncedTwice(seen, "recovered", MacB, "pw1");
        Assert.Equal(seen.Timeline("announced", "recovered").Count, Announcements(seen, "recovered").Count());
        VerifiedOnce(seen, "recovered", MacB, "pw1");
        KeptTheAddress(seen);
        Assert.Equal("same", NetworkOf(seen.Status("end"), "w1"));
    }

    [UmlFact(DisplayName = "AM-29 v4 failover into another LAN with the same subnet: warned of before; the address is gone before the first frame; a new lease there")]
    public void Failover_IntoAnotherNetwork_ChangesTheLease()
    {
        BedEvidence seen = machine[s_elsewhere, output];
        Assert.Equal("different", NetworkOf(seen.Status("before"), "w1"));
        Assert.Equal("same", NetworkOf(seen.Status("before"), "w0"));
        Assert.Contains(seen.Timeline("warning"), e => BedEvidence.TimeOf(e) < seen.At("failover") && e.GetProperty("message").GetString()!.StartsWith("failover to w1 would change the network", StringComparison.Ordinal));
        string former = AddressOf(seen.Lease("before"));
        // Nobody there hears of the former address: no ARP with it, no request for it.
        PortFrame[] there = [.. seen.Frames.Where(f => f.Port == "pw1")];
        Assert.NotEmpty(there);
        Assert.DoesNotContain(there, f => f.Frame.Arp is { } arp && (arp.SenderIp == former || arp.TargetIp == former));
        Assert.DoesNotContain(there, f => f.Frame.Dhcp is { } dhcp && (dhcp.RequestedAddress == former || dhcp.Ciaddr == former));
        Assert.Single(seen.Timeline("leaseLost", "failover"), e => e.GetProperty("why").GetString() == "otherNetwork");
        Assert.StartsWith("192.0.2.15", AddressOf(seen.Lease("failover")), StringComparison.Ordinal);
        Assert.Equal("same", NetworkOf(seen.Status("failover"), "w1"));
        Reached(seen, "failover");
    }

    [UmlFact(DisplayName = "AM-29 v4 and back: refused there, the first network's lease is taken by INIT-REBOOT")]
    public void Failback_FromAnotherNetwork_TakesTheStoredLease()
    {
        BedEvidence seen = machine[s_elsewhere, output];
        string other = AddressOf(seen.Lease("failover"));
        Assert.Empty(Sent(seen, "DISCOVER", "back"));
        // Neither the kernel nor we: the primary that came back was of an unknown class.
        Assert.DoesNotContain(Announcements(seen, "back"), f => f.Port == "pw0" && f.Frame.Arp!.SenderIp == other);
        Assert.Equal(AddressOf(seen.Lease("before")), Sent(seen, "REQUEST", "back")[^1].Frame.Dhcp!.RequestedAddress);
        Assert.Equal(AddressOf(seen.Lease("before")), AddressOf(seen.Lease("end")));
        Reached(seen, "back");
    }

    [UmlFact(DisplayName = "AM-30 v4 path-failover: the gateway is silent behind a carrier, the other slave within 2 s, the address kept; back not before 30 s, when it answers for good")]
    public void PathFailover_LeavesASilentSlave_AndComesBack()
    {
        BedEvidence seen = machine[s_cutOff, output];
        JsonElement left = Assert.Single(seen.Timeline("activeSlave", "cut"));
        Assert.Equal("w1", left.GetProperty("slave").GetString());
        Assert.InRange(BedEvidence.TimeOf(left) - seen.At("cut"), TimeSpan.Zero, TimeSpan.FromSeconds(2) + Slack);
        JsonElement back = Assert.Single(seen.Timeline("activeSlave", "mended"));
        Assert.Equal("w0", back.GetProperty("slave").GetString());
        Assert.InRange(BedEvidence.TimeOf(back) - BedEvidence.TimeOf(left), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(60));
        VerifiedOnce(seen, "cut", MacB, "pw1");
        VerifiedOnce(seen, "mended", MacA, "pw0");
        SameLease(seen.Lease("before"), seen.Lease("end"));
        Assert.Equal(["same", "same"], Networks(seen.Status("end")));
        KeptTheAddress(seen);
        output.WriteLine($"silence when it was cut: {PingSilence.Longest(seen, "cut")}, on the way back: {PingSilence.Longest(seen, "mended")}");
    }

    private static IEnumerable<PortFrame> Announcements(BedEvidence seen, string phase) =>
        seen.Frames.Where(f => seen.IsIn(phase, f.Frame.At) && f.Frame.Arp is { IsAnnouncement: true });

    private static string[] Networks(JsonElement status) => [.. SlavesOf(status).Select(slave => slave.GetProperty("network").GetString()!)];

    private static string NetworkOf(JsonElement status, string slave) =>
        SlavesOf(status).Single(one => one.GetProperty("name").GetString() == slave).GetProperty("network").GetString()!;

    private static JsonElement.ArrayEnumerator SlavesOf(JsonElement status) =>
        status.GetProperty("interfaces").EnumerateArray().Single(one => one.GetProperty("name").GetString() == "bond0").GetProperty("slaves").EnumerateArray();
}
