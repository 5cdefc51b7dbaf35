using System.Text.Json;
using BondDhcp.Tests.Beds.Scenarios;
using BondDhcp.Tests.Beds.Uml;
using Xunit;
using Xunit.Abstractions;
using static BondDhcp.Tests.Bonds.BondAssert;
using static BondDhcp.Tests.Bonds.SupervisorAssert;

namespace BondDhcp.Tests.Bonds;

/// <summary>Somebody else changes a bond that the program made: it is named and followed, and fought with <c>enforce</c>.</summary>
[Collection(MasterCollection.Name)]
public sealed class OutsideChangeTests(MasterMachine machine, ITestOutputHelper output)
{
    private static readonly BedScenario s_external = new("external", """
        network
        serve dnsmasq
        config <<TOML
        [interface.bond0]
        slaves = ["w0", "w1"]
        primary = "w0"
        primary_reselect = "always"
        dhcp4 = true
        dns = false
        TOML
        client
        bound
        announced
        mark active
        ip link set bond0 type bond active_slave w1
        verified
        active w1 || fail fought
        mark option
        ip link set bond0 type bond resend_igmp 7 primary_reselect failure
        expect 'option=(resend_igmp|primary_reselect)'
        expect 'option=(resend_igmp|primary_reselect)'
        mark out
        ip link set w0 nomaster
        expect ' slaveRemoved slave=w0'
        pause 1.5
        lone w0 || fail fought
        status out
        mark enforced
        sed -i 's/^dhcp4/enforce = true\ndhcp4/' $dir/bonddhcp.toml
        bonddhcp reload || fail "reload: $?"
        until_true member w0
        until_true option primary_reselect always
        until_true active w0
        pause 1
        mark fought
        ip link set bond0 type bond active_slave w1
        until_true active w0
        ip link set w1 nomaster
        until_true member w1
        ip link set bond0 type bond miimon 333
        until_true option miimon 100
        status end
        finish
        """);

    // The driver changes the mode only of a bond without slaves that is down.
    private static readonly BedScenario s_mode = new("mode", """
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
        mark changed
        for slave in w0 w1; do ip link set $slave nomaster; done
        ip link set bond0 down
        ip link set bond0 type bond mode balance-xor
        pause 1
        status changed
        bonddhcp reload || fail "reload: $?"
        pause 1
        option mode balance-xor || fail fought
        lone w0 || fail fought
        mark enforced
        sed -i 's/^dhcp4/enforce = true\ndhcp4/' $dir/bonddhcp.toml
        bonddhcp reload || fail "reload: $?"
        until_true option mode active-backup
        until_true member w0
        until_true member w1
        until_true active w0
        verified
        status end
        links end
        finish
        """);

    public static IReadOnlyList<BedScenario> Scenarios => [s_external, s_mode];

    [UmlFact(DisplayName = "AB-11 somebody else changes the slave in use, options, slaves: named as external and followed; fought with enforce = true")]
    public void OutsideChange_IsFollowed_UnlessEnforced()
    {
        BedEvidence seen = machine[s_external, output];
        Assert.Equal("w1", Field(Assert.Single(ByOthers(seen, "activeSlave", "active")), "slave"));
        VerifiedOnce(seen, "active", MacB, "pw1");
        Assert.Equal(["primary_reselect", "resend_igmp"], ByOthers(seen, "optionChanged", "option").Select(e => Field(e, "option")).Order());
        Assert.Equal("w0", Field(Assert.Single(ByOthers(seen, "slaveRemoved", "out")), "slave"));
        Assert.Contains("somebody else took it out", Field(Slave(seen, "out", "w0"), "why"), StringComparison.Ordinal);
        Assert.Contains(seen.Timeline("activeSlave", "fought"), e => Field(e, "slave") == "w0" && Field(e, "why") == "somebody else changed it");
        Assert.Equal("w1", Field(Assert.Single(ByOthers(seen, "slaveRemoved", "fought")), "slave"));
        Assert.Contains(ByOthers(seen, "optionChanged", "fought"), e => Field(e, "option") == "miimon" && Field(e, "new") == "333");
        AllRun(seen, "end");
        LeftOnly(seen, "w0", "w1");
    }

    [UmlFact(DisplayName = "AB-11 somebody else changes the mode: named as external and followed, over a reload too; fought with enforce = true, and the lease is had again")]
    public void OutsideChangeOfTheMode_IsFollowed_UnlessEnforced()
    {
        BedEvidence seen = machine[s_mode, output];
        JsonElement changed = Assert.Single(ByOthers(seen, "optionChanged", "enforced"), e => Field(e, "option") == "mode");
        Assert.Equal(("active-backup", "balance-xor"), (Field(changed, "old"), Field(changed, "new")));
        Assert.Equal(["w0", "w1"], ByOthers(seen, "slaveRemoved", "changed").Select(e => Field(e, "slave")).Order());
        Assert.StartsWith("waiting", Component(seen, "changed", "master@bond0"), StringComparison.Ordinal);
        Assert.Equal("active-backup", Option(seen, "end", "mode"));
        AllRun(seen, "end");
        NoFault(seen);
        LeftOnly(seen, "w0", "w1");
    }
}
