using BondDhcp.Tests.Beds.Qemu;
using BondDhcp.Tests.Beds.Scenarios;
using Xunit;
using Xunit.Abstractions;
using static BondDhcp.Tests.Bonds.BondAssert;

namespace BondDhcp.Tests.Wireless;

/// <summary>Network cards, which filter by MAC, and radios are pulled out of the machine and put back.</summary>
[Collection(WirelessCollection.Name)]
public sealed class HotPlugTests(WirelessMachine machine, ITestOutputHelper output)
{
    private static readonly BedScenario s_cards = new("cards", """
        cards
        serve dnsmasq
        config <<< $'[interface.bond0]\nslaves = ["w0", "w1"]\nprimary = "w0"\ndhcp4 = true\ndns = false'
        client
        bound
        note host machine ip -o link show type bond
        note driver cat /proc/modules
        announced
        lease before
        mark failover
        unplug pw0
        verified
        announced
        note gateway ping -c 3 192.0.2.254
        lease failover
        mark plugged
        plug pw0
        verified
        announced
        mark pulled
        unplug_nic w0
        verified
        announced
        mark back
        plug_nic w0 pw0 $A
        verified
        announced
        """);

    private static readonly BedScenario s_radio = new("radio", """
        wireless
        ap_up
        serve dnsmasq
        supervised 'primary = "w1"'
        client
        bound
        until_status 'COMPLETED on'
        announced
        note pids supplicant_pid
        mark pulled
        radio_out
        verified
        until_status 'slave@w1                 waiting'
        until_status 'there is no interface w1'
        note pulled bonddhcp status
        note left supplicant_pid
        mark back
        radio_in
        expect 'supplicant state=COMPLETED'
        verified
        announced
        note pids supplicant_pid
        """);

    public static IReadOnlyList<BedScenario> Scenarios => [s_cards, s_radio];

    [QemuFact(DisplayName = "AM-7 v4 a bond of cards that filter by MAC fails over: what is sent to the new MAC arrives")]
    public void Failover_OfCardsThatFilter_Works()
    {
        BedEvidence seen = machine[s_cards, output];
        Announced(seen, "failover", MacB, "pw1");
        VerifiedAtLast(seen, "failover", MacB, "pw1");
        SameLease(seen.Lease("before"), seen.Lease("failover"));
        Assert.Contains(" 0% packet loss", seen.Said("gateway"), StringComparison.Ordinal);
    }

    [QemuFact(DisplayName = "The bonding driver is loaded by the daemon, without the bond0 that the module would make by itself")]
    public void Driver_LoadedByTheDaemon_MakesNoStrayBond()
    {
        BedEvidence seen = machine[s_cards, output];
        Assert.Contains("bonding ", seen.Said("driver"), StringComparison.Ordinal);
        Assert.Equal("", seen.Said("host").Trim());
    }

    [QemuFact(DisplayName = "AH-1 AH-2 v4 the active card is pulled out and put back: a failover each time, enslaved by itself, the address stays")]
    public void ActiveCard_PulledAndPutBack_KeepsTheAddress()
    {
        BedEvidence seen = machine[s_cards, output];
        Assert.Contains(seen.Events, e => e.Deleted && e.At >= seen.At("pulled") && e.Text.Contains(": w0: ", StringComparison.Ordinal));
        VerifiedAtLast(seen, "pulled", MacB, "pw1");
        Announced(seen, "back", MacA, "pw0");
        VerifiedAtLast(seen, "back", MacA, "pw0");
        KeptTheAddress(seen);
    }

    [QemuFact(DisplayName = "AH-1 AH-2 v4 a radio goes and returns: its supplicant goes and comes with it, the cable carries meanwhile, the address stays")]
    public void Radio_GoneAndBack_KeepsTheAddress()
    {
        BedEvidence seen = machine[s_radio, output];
        Assert.Equal(2, seen.Said("pids").Split('\n', StringSplitOptions.RemoveEmptyEntries).Distinct().Count());
        Assert.Equal("", seen.Said("left").Trim());
        Assert.Contains("there is no interface w1", seen.Said("pulled"), StringComparison.Ordinal);
        VerifiedAtLast(seen, "pulled", MacA, "pw0");
        Announced(seen, "back", MacB, "pw1");
        KeptTheAddress(seen);
    }
}
