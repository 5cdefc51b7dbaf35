using BondDhcp.Tests.Beds.Qemu;
using BondDhcp.Tests.Beds.Scenarios;
using Xunit;
using Xunit.Abstractions;
using static BondDhcp.Tests.Bonds.BondAssert;

namespace BondDhcp.Tests.Wireless;

/// <summary>A network card is pulled out of the machine, and put back.</summary>
[Collection(WirelessCollection.Name)]
public sealed class HotPlugTests(WirelessMachine machine, ITestOutputHelper output)
{
    private static readonly BedScenario s_pulled = new("pulled", """
        cards
        make_bond
        serve dnsmasq
        client
        bound
        announced
        lease before
        mark pulled
        unplug_nic w0
        verified
        announced
        lease pulled
        mark back
        plug_nic w0 pw0 $A
        ip link set w0 master bond0
        ip link set bond0 type bond primary w0
        verified
        announced
        """);

    public static IReadOnlyList<BedScenario> Scenarios => [s_pulled];

    [QemuFact(DisplayName = "AH-2 v4 the active card is pulled out and put back: a failover each time, the address stays")]
    public void ActiveCard_PulledAndPutBack_KeepsTheAddress()
    {
        BedEvidence seen = machine[s_pulled, output];
        Assert.Contains(seen.Events, e => e.Deleted && e.At >= seen.At("pulled") && e.Text.Contains(": w0: ", StringComparison.Ordinal));
        AnnouncedTwice(seen, "pulled", MacB, "pw1");
        VerifiedOnce(seen, "pulled", MacB, "pw1");
        SameLease(seen.Lease("before"), seen.Lease("pulled"));
        AnnouncedTwice(seen, "back", MacA, "pw0");
        VerifiedOnce(seen, "back", MacA, "pw0");
        SameLease(seen.Lease("pulled"), seen.Lease("end"));
        KeptTheAddress(seen);
    }
}
