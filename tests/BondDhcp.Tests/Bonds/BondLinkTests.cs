using BondDhcp.Tests.Beds.Scenarios;
using BondDhcp.Tests.Beds.Uml;
using Xunit;
using Xunit.Abstractions;
using static BondDhcp.Tests.Bonds.BondAssert;

namespace BondDhcp.Tests.Bonds;

/// <summary>A real bond, or its slave, is taken away or set down by somebody else.</summary>
[Collection(BondCollection.Name)]
public sealed class BondLinkTests(BondMachine machine, ITestOutputHelper output)
{
    private static readonly BedScenario s_downUp = new("downup", """
        network
        make_bond
        serve dnsmasq
        client
        bound
        announced
        lease before
        ip link set bond0 down
        expect 'up=false'
        pause 0.5
        mark up
        ip link set bond0 up
        verified
        announced
        """);

    private static readonly BedScenario s_recreated = new("recreated", """
        network
        make_bond
        serve dnsmasq
        client
        bound
        announced
        lease before
        ip link delete bond0
        expect 'interface is gone'
        mark recreated
        make_bond
        expect 'to=bound'
        announced
        """);

    private static readonly BedScenario s_slaveGone = new("slavegone", """
        network
        make_bond
        serve dnsmasq
        client
        bound
        announced
        lease before
        mark gone
        ip link delete w0
        verified
        announced
        """);

    public static IReadOnlyList<BedScenario> Scenarios => [s_downUp, s_recreated, s_slaveGone];

    [UmlFact(DisplayName = "AH-6 v4 bond0 set down and up: address kept, routes back, DHCP resumes within 1 s, timers go on")]
    public void Bond_DownAndUp_GoesOn()
    {
        BedEvidence seen = machine[s_downUp, output];
        Assert.DoesNotContain(seen.Events, e => e.Deleted && e.IsAddress("bond0"));
        Assert.Contains(seen.Events, e => e.At >= seen.At("up") && !e.Deleted && e.Text.StartsWith("default via 192.0.2.254 dev bond0 ", StringComparison.Ordinal));
        Assert.InRange(Sent(seen, "REQUEST", "up")[0].Frame.At - seen.At("up"), TimeSpan.Zero, TimeSpan.FromSeconds(1) + Slack);
        VerifiedOnce(seen, "up", MacA, "pw0");
        SameLease(seen.Lease("before"), seen.Lease("end"));
    }

    [UmlFact(DisplayName = "AH-7 v4 bond0 deleted and made again with another index: the client goes on there with the same address")]
    public void Bond_Recreated_IsTakenAgain()
    {
        BedEvidence seen = machine[s_recreated, output];
        int[] indexes = [.. seen.Timeline("interface").Where(e => e.TryGetProperty("mac", out _)).Select(e => e.GetProperty("index").GetInt32())];
        Assert.Equal(2, indexes.Distinct().Count());
        Assert.NotEmpty(Sent(seen, "REQUEST", "recreated"));
        Assert.All(Sent(seen, phase: "recreated"), f => Assert.Equal(f.Frame.SourceMac, f.Frame.Dhcp!.Chaddr));
        SameLease(seen.Lease("before"), seen.Lease("end"));
        Assert.Contains(seen.Events, e => e.At >= seen.At("recreated") && !e.Deleted && e.IsAddress("bond0"));
    }

    [UmlFact(DisplayName = "AH-2 v4 the active slave is deleted: as AM-7")]
    public void ActiveSlave_Deleted_IsAFailover()
    {
        BedEvidence seen = machine[s_slaveGone, output];
        AnnouncedTwice(seen, "gone", MacB, "pw1");
        VerifiedOnce(seen, "gone", MacB, "pw1");
        SameLease(seen.Lease("before"), seen.Lease("end"));
        KeptTheAddress(seen);
    }
}
