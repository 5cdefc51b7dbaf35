using System.Text.Json;
using BondDhcp.Tests.Beds.Scenarios;
using BondDhcp.Tests.Beds.Uml;
using Xunit;
using Xunit.Abstractions;
using static BondDhcp.Tests.Bonds.BondAssert;
using static BondDhcp.Tests.Bonds.SupervisorAssert;

namespace BondDhcp.Tests.Bonds;

/// <summary>Components of a bond of our own are started, stopped, restarted, changed, and survive it all.</summary>
[Collection(ComponentCollection.Name)]
public sealed class ComponentScenarioTests(ComponentMachine machine, ITestOutputHelper output)
{
    private static readonly BedScenario s_each = new("each", """
        network
        serve dnsmasq
        config <<TOML
        [interface.bond0]
        slaves = ["w0", "w1"]
        primary = "w0"
        addresses = ["10.9.9.2/24"]
        conflict-detection = "off"
        dhcp4 = true
        dns = false
        TOML
        ip link set w1 up
        client
        bound
        mark slave
        bonddhcp stop slave@w1 || fail "stop slave@w1: $?"
        lone w1 || fail "w1 did not leave"
        bonddhcp reload || fail "reload: $?"
        lone w1 || fail "w1 came back at the reload"
        bonddhcp start slave@w1 || fail "start slave@w1: $?"
        until_true member w1
        mark static
        bonddhcp stop static@bond0 || fail "stop static@bond0: $?"
        addresses static
        bonddhcp start static@bond0 || fail "start static@bond0: $?"
        mark dhcp4
        bonddhcp restart dhcp4@bond0 || fail "restart dhcp4@bond0: $?"
        status dhcp4
        mark master
        bonddhcp stop master@bond0 || fail "stop master@bond0: $?"
        links stopped
        status stopped
        bonddhcp start master@bond0 || fail "start master@bond0: $?"
        until_true member w0
        until_true member w1
        until_true component dhcp4@bond0 running
        bonddhcp wait-online bond0 --timeout 15 || fail "wait-online: $?"
        status started
        finish
        """);

    private static readonly BedScenario s_reload = new("reload", """
        network
        cable w2 02:00:00:00:0c:0c pw2
        serve dnsmasq
        config <<TOML
        [interface.bond0]
        slaves = ["w0", "w1"]
        primary = "w0"
        resend_igmp = 5
        updelay = 200
        dhcp4 = true
        dns = false
        TOML
        client
        bound
        announced
        lease before
        mark reload
        config <<TOML
        [interface.bond0]
        slaves = ["w0", "w2"]
        miimon = 50
        dhcp4 = true
        dns = false
        TOML
        bonddhcp reload || fail "reload: $?"
        until_true lone w1
        until_true member w2
        until_true option updelay 0
        status reload
        links reload
        mark wrong
        echo 'miimon = "often"' >> $dir/bonddhcp.toml
        bonddhcp reload && fail "a wrong configuration was taken"
        lease kept
        finish
        """);

    private static readonly BedScenario s_bridge = new("bridge", """
        network
        serve dnsmasq
        config <<TOML
        [interface.bond0]
        slaves = ["w0", "w1"]
        primary = "w0"
        [interface.br0]
        slaves = ["bond0"]
        dhcp4 = true
        dns = false
        TOML
        client
        bound
        announced
        links bound
        mark failover
        unplug pw0
        until_true active w1
        verified
        announced
        status failover
        mark restart
        bonddhcp restart master@bond0 || fail "restart master@bond0: $?"
        until_true member w1
        until_true member bond0 br0
        bonddhcp wait-online br0 --timeout 15 || fail "wait-online: $?"
        finish
        """);

    private static readonly BedScenario s_vlan = new("vlan", """
        network
        ip -n $net address delete 192.0.2.1/24 dev br0
        ip -n $net link add link br0 name br0.5 type vlan id 5
        ip -n $net address add 192.0.2.1/24 dev br0.5
        ip -n $net link set br0.5 up
        serve dnsmasq br0.5
        config <<TOML
        [interface.bond0]
        slaves = ["w0", "w1"]
        primary = "w0"
        [interface."bond0.5"]
        dhcp4 = true
        dns = false
        TOML
        client
        until_true member w1
        ip link add link bond0 name bond0.5 type vlan id 5
        bound
        announced
        mark failover
        unplug pw0
        until_true active w1
        verified
        status failover
        finish
        links end
        """);

    public static IReadOnlyList<BedScenario> Scenarios => [s_each, s_reload, s_bridge, s_vlan];

    [UmlFact(DisplayName = "Each component of a bond stopped and started: what it gave goes and comes back, the others stay, a stopped one stays out over a reload, and 'start' returns when it is there")]
    public void Component_StoppedAndStarted_IsThereAgain()
    {
        BedEvidence seen = machine[s_each, output];
        string[] lines = [.. seen.TextOf("addresses-static.txt")];
        Assert.DoesNotContain(lines, line => line.Contains("10.9.9.2", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains(" inet 192.0.2.", StringComparison.Ordinal));
        AllRun(seen, "dhcp4");
        Assert.DoesNotContain(seen.Events, e => seen.IsIn("dhcp4", e.At) && e.Text.Contains("link/ether", StringComparison.Ordinal) && !e.Text.Contains("UP", StringComparison.Ordinal));
        Assert.NotEmpty(Sent(seen, "RELEASE", "dhcp4"));
        Assert.Equal(JsonValueKind.Undefined, seen.Link("stopped", "bond0").ValueKind);
        Assert.Equal((true, false), (IsUp(seen, "stopped", "w1"), IsUp(seen, "stopped", "w0")));
        Assert.Equal("stopped: stopped by command", Component(seen, "stopped", "master@bond0"));
        Assert.All(["slave@w0", "slave@w1", "static@bond0", "dhcp4@bond0"], name => Assert.Equal("stopped: stopped with master@bond0", Component(seen, "stopped", name)));
        AllRun(seen, "started");
        NoFault(seen);
        LeftOnly(seen, "w0", "w1");
    }

    [UmlFact(DisplayName = "A reload adds a slave and removes one, changes options live, and gives those no longer configured the driver's values; the lease stays; a wrong one changes nothing")]
    public void Reload_ChangesTheBondLive()
    {
        BedEvidence seen = machine[s_reload, output];
        Assert.Equal(("bond0", "bond0", null), (MasterOf(seen, "reload", "w0"), MasterOf(seen, "reload", "w2"), MasterOf(seen, "reload", "w1")));
        Assert.Equal(("50", "0", "1"), (Option(seen, "reload", "miimon"), Option(seen, "reload", "updelay"), Option(seen, "reload", "resend_igmp")));
        Assert.False(seen.Link("reload", "bond0").GetProperty("linkinfo").GetProperty("info_data").TryGetProperty("primary", out _));
        AllRun(seen, "reload");
        SameLease(seen.Lease("before"), seen.Lease("kept"));
        LeftOnly(seen, "w0", "w1", "w2");
    }

    [UmlFact(DisplayName = "A bridge, by its name, over a bond without addresses: DHCP on the bridge follows the bond's failover; the bond restarted is its port again")]
    public void Bridge_OverABond_FollowsItsFailover()
    {
        BedEvidence seen = machine[s_bridge, output];
        Assert.Equal("bridge", Field(seen.Link("bound", "br0").GetProperty("linkinfo"), "info_kind"));
        Assert.Equal(("br0", "bond0"), (MasterOf(seen, "bound", "bond0"), MasterOf(seen, "bound", "w1")));
        Assert.NotEmpty(Sent(seen, "REQUEST", "failover"));
        Assert.All(Sent(seen, phase: "failover"), f => Assert.Equal("pw1", f.Port));
        Assert.Single(seen.Timeline("leaseBound").Select(e => Field(e, "address")).Distinct());
        AllRun(seen, "failover");
        LeftOnly(seen, "w0", "w1");
    }

    [UmlFact(DisplayName = "A VLAN that others make above our bond: DHCP on it starts when it is there and follows the bond's failover; it is not ours to delete")]
    public void Vlan_OverABond_FollowsItsFailover()
    {
        BedEvidence seen = machine[s_vlan, output];
        JsonElement vlan = Interface(seen, "failover", "bond0.5");
        Assert.Equal("bound", vlan.GetProperty("dhcp4").GetProperty("state").GetString());
        Assert.Equal(MacB, Field(vlan.GetProperty("dhcp4"), "chaddr"));
        Assert.NotEmpty(seen.Timeline("leaseRenewed", "failover"));
        Assert.Equal("running", Component(seen, "failover", "dhcp4@bond0.5"));
        NoFault(seen);
    }
}
