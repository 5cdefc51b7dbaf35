using System.Text.Json;
using BondDhcp.Tests.Beds.Scenarios;
using BondDhcp.Tests.Beds.Uml;
using Xunit;
using Xunit.Abstractions;
using static BondDhcp.Tests.Bonds.BondAssert;
using static BondDhcp.Tests.Bonds.SupervisorAssert;

namespace BondDhcp.Tests.Bonds;

/// <summary>Slaves of a bond of our own that come, go, change and cannot be used.</summary>
[Collection(SlaveCollection.Name)]
public sealed class SlaveTests(SlaveMachine machine, ITestOutputHelper output)
{
    private const string MacOther = "02:00:00:00:0e:0e";
    private const string MacNew = "02:00:00:00:0f:0f";

    private static readonly BedScenario s_dormant = new("dormant", """
        network pw0
        serve dnsmasq
        config <<TOML
        [interface.bond0]
        slaves = ["w0", "w1"]
        primary = "w0"
        dhcp4 = true
        dns = false
        TOML
        ip link set w1 mode dormant
        client
        until_true active w1
        pause 2
        status held
        mark opens
        ip link set w1 mode default state up
        bound
        announced
        mark primary
        plug pw0
        verified
        mark dormant
        ip link set w1 mode dormant state dormant
        pause 0.3
        mark chosen
        ip link set bond0 type bond active_slave w1
        until_true active w0
        status end
        mark finish
        finish
        """);

    private static readonly BedScenario s_mtu = new("mtu", """
        network
        cable u0 02:00:00:00:0c:0c pu0
        cable w2 02:00:00:00:0d:0d pw2
        ip link set w0 mtu 1400
        ip link set u0 mtu 1400 up
        ip link add link u0 name u0.7 type vlan id 7
        serve dnsmasq
        config <<TOML
        [interface.bond0]
        slaves = ["w0", "w1", "w2", "u0.7"]
        primary = "w0"
        dhcp4 = true
        dns = false
        TOML
        client
        bound
        status three
        links three
        unplug pw0
        until_true eval 'active w1 || active w2'
        unplug pw1
        until_true active w2
        verified
        mark finish
        finish
        links end
        """);

    private static readonly BedScenario s_plugged = new("plugged", """
        make_network
        watch br0
        serve dnsmasq
        config <<TOML
        [interface.bond0]
        slaves = ["w0", "w1"]
        primary = "w0"
        dhcp4 = true
        dns = false
        TOML
        client
        until_true component master@bond0 waiting
        status none
        links none
        mark first
        cable w1 $B pw1
        bound
        announced
        lease before
        mark second
        cable w0 $A pw0
        verified
        active w0 || fail "not w0"
        mark away
        ip link delete w0
        verified
        mark other
        cable w0 02:00:00:00:0e:0e pw0
        verified
        active w0 || fail "not w0"
        lease other
        mark last
        ip link delete w1
        ip link delete w0
        until_true component master@bond0 waiting
        pause 1
        status last
        links last
        mark back
        cable w1 $B pw1
        verified
        status back
        mark finish
        finish
        """);

    private static readonly BedScenario s_renamed = new("renamed", """
        network
        serve dnsmasq
        config <<TOML
        [interface.bond0]
        slaves = ["w0", "u1"]
        primary = "w0"
        dhcp4 = true
        dns = false
        TOML
        client
        bound
        mark right
        ip link set w1 down name u1
        expect 'slaveAdded slave=u1'
        mark wrong
        ip link set w0 down
        ip link set w0 name u0
        until_true lone u0
        verified
        status wrong
        mark back
        ip link set u0 down name w0
        until_true active w0
        verified
        links back
        mark finish
        finish
        """);

    private static readonly BedScenario s_taken = new("taken", """
        network
        serve dnsmasq
        config <<TOML
        [interface.bond0]
        slaves = ["w0", "w1"]
        primary = "w0"
        dhcp4 = true
        dns = false
        TOML
        client
        bound
        announced
        ip link add bond1 type bond mode active-backup miimon 100
        mark taken
        ip link set w0 down master bond1
        verified
        status taken
        mark back
        ip link delete bond1
        until_true active w0
        verified
        mark second
        printf '[interface.bond1]\nslaves = ["w1"]\nenforce = true\n' > $dir/second.toml
        "$BINARY" --config $dir/second.toml --state-dir $dir/state2 --runtime-dir $dir/runtime2 run > $dir/second.txt 2>&1 && fail "a second daemon has w1 too"
        status second
        mark finish
        finish
        links end
        """);

    private static readonly BedScenario s_newMac = new("newmac", """
        network
        serve dnsmasq
        config <<TOML
        [interface.bond0]
        slaves = ["w0", "w1"]
        primary = "w0"
        dhcp4 = true
        dns = false
        TOML
        client
        bound
        announced
        lease before
        mark other
        ip link set w0 address 02:00:00:00:0f:0f
        verified
        announced
        links other
        lease changed
        mark finish
        finish
        """);

    private static readonly BedScenario s_flapping = new("flapping", """
        network
        serve dnsmasq
        config <<TOML
        [interface.bond0]
        slaves = ["w0", "w1"]
        primary = "w0"
        dhcp4 = true
        dns = false
        TOML
        client
        bound
        announced
        lease before
        mark flap
        for time in {1..12}; do
            unplug pw0; pause 0.15
            plug pw0; pause 0.15
        done
        mark quiet
        until_true active w0
        verified
        pause 1
        status end
        mark finish
        finish
        """);

    public static IReadOnlyList<BedScenario> Scenarios => [s_dormant, s_mtu, s_plugged, s_renamed, s_taken, s_newMac, s_flapping];

    [UmlFact(DisplayName = "AB-6 the slave in use is dormant: no frame of the client leaves until it opens")]
    public void Dormant_SlaveInUse_HoldsEveryFrame()
    {
        BedEvidence seen = machine[s_dormant, output];
        Assert.DoesNotContain(seen.Frames, f => f.Frame.At < seen.At("opens") && (f.Frame.Dhcp is not null || f.Frame.Arp is not null));
        Assert.Equal("waiting: w1: operational state dormant", Component(seen, "held", "dhcp4@bond0"));
        Assert.False(Slave(seen, "held", "w1").GetProperty("usable").GetBoolean());
        DateTime opened = seen.Events.First(e => e.At >= seen.At("opens") && e.Text.Contains(": w1@", StringComparison.Ordinal) && e.Text.Contains(" state UP ", StringComparison.Ordinal)).At;
        Assert.InRange(Sent(seen, "DISCOVER")[0].Frame.At - opened, -Slack, Slack);
    }

    [UmlFact(DisplayName = "AB-7 the bond is given a dormant slave while another can be used: that one is chosen within 200 ms")]
    public void Dormant_ChosenByOthers_IsLeft()
    {
        BedEvidence seen = machine[s_dormant, output];
        JsonElement[] changes = [.. seen.Timeline("activeSlave", "chosen")];
        Assert.Equal(["w1", "w0"], changes.Take(2).Select(e => Field(e, "slave")));
        Assert.InRange(BedEvidence.TimeOf(changes[1]) - BedEvidence.TimeOf(changes[0]), TimeSpan.Zero, TimeSpan.FromMilliseconds(200) + Slack);
        Assert.Equal("w1 cannot be used: operational state dormant", Field(changes[1], "why"));
        Assert.Equal("w0", Field(Interface(seen, "end"), "activeSlave"));
    }

    [UmlFact(DisplayName = "AB-13 a slave with MTU 1400 gets the bond's 1500, which is told, and its own back at the end; one that refuses it is named, and three others carry on")]
    public void Mtu_OfASlave_BecomesTheBonds()
    {
        BedEvidence seen = machine[s_mtu, output];
        Assert.Contains(seen.Timeline("mtuChanged"), e => Field(e, "slave") == "w0" && e.GetProperty("old").GetInt32() == 1400 && e.GetProperty("new").GetInt32() == 1500);
        Assert.Equal((1500, 1400), (seen.Link("three", "w0").GetProperty("mtu").GetInt32(), seen.Link("end", "w0").GetProperty("mtu").GetInt32()));
        Assert.StartsWith("waiting: enslaving u0.7: ", Component(seen, "three", "slave@u0.7"), StringComparison.Ordinal);
        Assert.All(["w0", "w1", "w2"], slave => Assert.Equal("bond0", MasterOf(seen, "three", slave)));
        Assert.Null(MasterOf(seen, "three", "u0.7"));
        KeptTheAddressUntil(seen, "finish");
        LeftOnly(seen, "w0", "w1", "w2", "u0", "u0.7");
    }

    [UmlFact(DisplayName = "AB-10 AH-1 AH-2 AH-11 B no slave, one plugged in, the primary later, pulled out, replaced by one with another MAC, all gone, one back: enslaved within a second, one lease and identity throughout")]
    public void Slaves_PluggedInAndOut_AreFollowed()
    {
        BedEvidence seen = machine[s_plugged, output];
        Assert.Equal("waiting: no slave", Component(seen, "none", "master@bond0"));
        Assert.Equal("waiting: no slave", Component(seen, "last", "master@bond0"));
        Assert.DoesNotContain(Field(seen.Link("last", "bond0"), "address"), (string[])[MacA, MacB, MacOther]);
        Assert.DoesNotContain(Sent(seen), f => f.Frame.At < seen.At("first") || seen.IsIn("last", f.Frame.At));
        foreach ((string phase, string slave) in (ReadOnlySpan<(string, string)>)[("first", "w1"), ("second", "w0"), ("other", "w0"), ("back", "w1")])
        {
            DateTime there = seen.Events.First(e => e.At >= seen.At(phase) && !e.Deleted && e.Text.Contains($": {slave}@", StringComparison.Ordinal)).At;
            JsonElement added = Assert.Single(seen.Timeline("slaveAdded", phase));
            Assert.Equal(slave, Field(added, "slave"));
            Assert.InRange(BedEvidence.TimeOf(added) - there, -Slack, TimeSpan.FromSeconds(1) + Slack);
        }
        Assert.Equal("w0", Field(seen.Timeline("activeSlave", "second")[0], "slave"));
        Assert.Equal("w1", Field(seen.Timeline("activeSlave", "away")[0], "slave"));
        Assert.Equal(MacOther, Field(seen.Timeline("hardwareAddress", "other")[^1], "new"));
        SameLease(seen.Lease("before"), seen.Lease("other"));
        Assert.Single(Sent(seen).Select(f => f.Frame.Dhcp!.ClientId).Distinct());
        Assert.Single(seen.Timeline("leaseBound").Select(e => Field(e, "address")).Distinct());
        NoFault(seen);
        LeftOnly(seen, "w1");
    }

    [UmlFact(DisplayName = "AH-3 B a device renamed to a configured name is enslaved; one renamed away leaves, and is the primary again when it is renamed back")]
    public void Slave_Renamed_IsMatchedByItsNewName()
    {
        BedEvidence seen = machine[s_renamed, output];
        Assert.Equal("u1", Field(Assert.Single(seen.Timeline("slaveAdded", "right")), "slave"));
        JsonElement removed = Assert.Single(seen.Timeline("slaveRemoved", "wrong"));
        Assert.Equal(("u0", "released"), (Field(removed, "slave"), Field(removed, "why")));
        Assert.Equal("waiting: the interface is not there", Component(seen, "wrong", "slave@w0"));
        Assert.Equal(("w0", "w0"), (Option(seen, "back", "primary"), Option(seen, "back", "active_slave")));
        Assert.Equal("bond0", MasterOf(seen, "back", "u1"));
        KeptTheAddressUntil(seen, "finish");
        LeftOnly(seen, "w0", "u1");
    }

    [UmlFact(DisplayName = "AH-8 B a slave that another bond takes is dropped, named, not taken back; it comes back as the primary when that bond is gone; a second daemon cannot have it")]
    public void Slave_TakenByAnotherBond_ComesBackLater()
    {
        BedEvidence seen = machine[s_taken, output];
        JsonElement removed = Assert.Single(seen.Timeline("slaveRemoved", "taken"));
        Assert.Equal(("w0", "it belongs to bond1 now", "external"), (Field(removed, "slave"), Field(removed, "why"), Field(removed, "actor")));
        Assert.Equal("waiting: it belongs to bond1", Component(seen, "taken", "slave@w0"));
        Assert.Equal("w1", Field(Interface(seen, "taken"), "activeSlave"));
        Assert.Equal("w0", Field(Assert.Single(seen.Timeline("slaveAdded", "back")), "slave"));
        Assert.Contains(seen.TextOf("second.txt"), line => line.Contains("has w1", StringComparison.Ordinal));
        AllRun(seen, "second");
        KeptTheAddressUntil(seen, "finish");
        LeftOnly(seen, "w0", "w1");
    }

    [UmlFact(DisplayName = "AM-18 B the hardware address of the slave in use changes: the bond has it within a second, then as after a failover")]
    public void HardwareAddress_OfTheSlaveInUse_BecomesTheBonds()
    {
        BedEvidence seen = machine[s_newMac, output];
        DateTime changed = seen.Events.First(e => e.At >= seen.At("other") && e.Text.Contains(": w0@", StringComparison.Ordinal) && e.Text.Contains(MacNew, StringComparison.Ordinal)).At;
        DateTime followed = seen.Events.First(e => e.At >= seen.At("other") && e.Text.Contains(": bond0: ", StringComparison.Ordinal) && e.Text.Contains($"link/ether {MacNew}", StringComparison.Ordinal)).At;
        Assert.InRange(followed - changed, -Slack, TimeSpan.FromSeconds(1) + Slack);
        Assert.Equal(MacNew, Field(seen.Link("other", "bond0"), "address"));
        Assert.Contains(seen.Frames, f => f.Port == "pw0" && f.Frame.Arp is { IsAnnouncement: true } arp && arp.SenderMac == MacNew);
        SameLease(seen.Lease("before"), seen.Lease("changed"));
        KeptTheAddressUntil(seen, "finish");
        LeftOnly(seen, "w0", "w1");
    }

    [UmlFact(DisplayName = "AH-9 B the carrier of the primary flaps: at most one verification a second, the address stays, and the last state is the right one")]
    public void Carrier_Flapping_EndsInTheRightState()
    {
        BedEvidence seen = machine[s_flapping, output];
        DateTime[] verified = [.. seen.Timeline("state").Where(e => Field(e, "to") == "verifying").Select(BedEvidence.TimeOf)];
        foreach ((DateTime one, DateTime next) in verified.Zip(verified.Skip(1))) Assert.True(next - one > TimeSpan.FromSeconds(0.9), $"verified at {one:O} and {next:O}");
        Assert.DoesNotContain(Warnings(seen), message => message.StartsWith("contested", StringComparison.Ordinal));
        AllRun(seen, "end");
        Assert.Equal("w0", Field(Interface(seen, "end"), "activeSlave"));
        KeptTheAddressUntil(seen, "finish");
        LeftOnly(seen, "w0", "w1");
    }
}
