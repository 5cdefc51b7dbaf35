using System.Text.Json;
using BondDhcp.Tests.Beds.Scenarios;
using BondDhcp.Tests.Beds.Uml;
using Xunit;
using Xunit.Abstractions;
using static BondDhcp.Tests.Bonds.BondAssert;
using static BondDhcp.Tests.Bonds.SupervisorAssert;

namespace BondDhcp.Tests.Bonds;

/// <summary>The program makes, adopts, changes and keeps a bond on the kernel's own driver.</summary>
[Collection(MasterCollection.Name)]
public sealed class MasterTests(MasterMachine machine, ITestOutputHelper output)
{
    private static readonly BedScenario s_made = new("made", """
        network
        details
        serve dnsmasq
        config <<TOML
        [interface.bond0]
        slaves = ["w0", "w1"]
        primary = "w0"
        updelay = 250
        addresses = ["10.9.9.2/24"]
        conflict-detection = "off"
        dhcp4 = true
        dns = false
        TOML
        ip link set w0 up
        ip address add 10.1.1.1/24 dev w1
        ip address add 2001:db8::1/64 dev w1
        mark start
        client
        bound
        announced
        status made
        links made
        lease before
        mark failover
        unplug pw0
        verified
        announced
        status failover
        driver failover
        mark failback
        plug pw0
        verified
        status failback
        driver failback
        finish
        """);

    private static readonly BedScenario s_adopted = new("adopted", """
        network
        serve dnsmasq
        make_bond
        config <<TOML
        [interface.bond0]
        slaves = ["w0", "w1"]
        primary = "w0"
        dhcp4 = true
        dns = false
        TOML
        mark run
        client
        bound
        status run
        mark stop
        finish
        links end
        """);

    private static readonly BedScenario s_differs = new("differs", """
        network
        serve dnsmasq
        make_bond miimon 0 fail_over_mac none resend_igmp 3
        config <<TOML
        [interface.bond0]
        slaves = ["w0", "w1"]
        primary = "w0"
        resend_igmp = 2
        dhcp4 = true
        dns = false
        TOML
        mark run
        client
        bound
        bonddhcp start master@bond0 || fail "start: $?"
        status run
        links run
        bonddhcp status > $dir/status.txt
        mark stop
        finish
        links end
        """);

    private static readonly BedScenario s_empty = new("empty", """
        network
        serve dnsmasq
        ip link add bond0 type bond mode balance-rr
        ip link set bond0 up
        config <<TOML
        [interface.bond0]
        slaves = ["w0", "w1"]
        primary = "w0"
        dhcp4 = true
        dns = false
        TOML
        client
        bound
        links run
        finish
        links end
        """);

    private static readonly BedScenario s_contested = new("contested", """
        network
        serve dnsmasq
        config <<TOML
        [interface.bond0]
        slaves = ["w0", "w1"]
        enforce = true
        dhcp4 = true
        dns = false
        TOML
        client
        bound
        ls /proc/$client/fd > $dir/fds-before.txt
        for time in 1 2 3; do
            mark deleted$time
            ip link delete bond0
            until_true member w1
            pause 1.1
        done
        until_true component dhcp4@bond0 running
        ip link delete bond0
        until_true component master@bond0 failed
        status failed
        ls /proc/$client/fd > $dir/fds-after.txt
        bonddhcp start master@bond0 || fail "start: $?"
        until_true member w1
        until_true component dhcp4@bond0 running
        status again
        ls /proc/$client/fd > $dir/fds-again.txt
        finish
        """);

    private static readonly BedScenario s_modes = new("modes", """
        network
        config <<TOML
        [interface.bond0]
        slaves = ["w0", "w1"]
        mode = "balance-rr"
        packets_per_slave = 3
        dhcp4 = true
        dns = false
        [interface.bond1]
        kind = "bond"
        mode = "802.3ad"
        lacp_rate = "fast"
        ad_actor_sys_prio = 100
        [interface.bond2]
        kind = "bond"
        primary = "u0"
        slaves = ["u0"]
        num_grat_arp = 5
        addresses = ["10.3.3.3/24"]
        TOML
        serve dnsmasq
        client
        bound
        links made
        status made
        finish
        """);

    public static IReadOnlyList<BedScenario> Scenarios => [s_made, s_adopted, s_differs, s_empty, s_contested, s_modes];

    [UmlFact(DisplayName = "AB-1 AB-12 no bond0: one request makes it with all of its options, and it reads back as requested")]
    public void Bond_NotThere_IsMadeWithItsOptions()
    {
        BedEvidence seen = machine[s_made, output];
        string first = seen.TextOf("details.txt").First(line => line.Contains(": bond0: ", StringComparison.Ordinal));
        foreach (string option in (ReadOnlySpan<string>)["bond mode active-backup miimon 100 updelay 200 ", " fail_over_mac active ", " num_grat_arp 2 "])
            Assert.Contains(option, first, StringComparison.Ordinal);
        foreach ((string option, string value) in (ReadOnlySpan<(string, string)>)[("mode", "active-backup"), ("miimon", "100"), ("updelay", "200"), ("fail_over_mac", "active"), ("primary", "w0")])
            Assert.Equal(value, Option(seen, "made", option));
        Assert.Contains(Warnings(seen), message => message.Contains("updelay 250 is 200 in effect", StringComparison.Ordinal));
        AllRun(seen, "made");
        NoFault(seen);
    }

    [UmlFact(DisplayName = "AB-3 AB-17 slaves that are up and have addresses: set down, each address removed and named, enslaved, up again")]
    public void Slaves_InUse_AreTakenCleanly()
    {
        BedEvidence seen = machine[s_made, output];
        Assert.Equal(["10.1.1.1/24", "2001:db8::1/64"], seen.Timeline("addressRemoved").Where(e => Field(e, "slave") == "w1").Select(e => Field(e, "address")));
        DateTime removed = seen.Events.First(e => e.Deleted && e.Text.Contains(" inet 10.1.1.1/24 ", StringComparison.Ordinal)).At;
        Assert.True(removed <= seen.Events.First(e => e.Text.Contains(": w1@", StringComparison.Ordinal) && e.Text.Contains(" master bond0 ", StringComparison.Ordinal)).At);
        Assert.DoesNotContain(Warnings(seen), message => message.Contains("enslaving", StringComparison.Ordinal));
        foreach (string slave in (ReadOnlySpan<string>)["w0", "w1"])
        {
            Assert.Equal("bond0", MasterOf(seen, "made", slave));
            Assert.True(IsUp(seen, "made", slave));
        }
    }

    [UmlFact(DisplayName = "AB-14 AB-15 AM-7 v4 failover of a bond of our own: kept, and status has the slave before, why, how long, and what the driver says of each slave")]
    public void Failover_IsInStatus()
    {
        BedEvidence seen = machine[s_made, output];
        FailedOver(seen, "failover", "w0", carrier: false, MacB);
        VerifiedOnce(seen, "failover", MacB, "pw1");
        JsonElement failovers = Interface(seen, "failover").GetProperty("failovers");
        Assert.Equal((1, "w0", "w0 has no link"), (failovers.GetProperty("count").GetInt32(), Field(failovers, "previousSlave"), Field(failovers, "reason")));
        Assert.InRange(failovers.GetProperty("withoutLinkSeconds").GetDouble(), 0, FailoverTime.TotalSeconds);
        Assert.Equal(2, Interface(seen, "failback").GetProperty("failovers").GetProperty("count").GetInt32());
        foreach (string moment in (ReadOnlySpan<string>)["failover", "failback"])
        {
            string? slave = null;
            foreach (string line in seen.TextOf($"driver-{moment}.txt"))
            {
                string value = line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
                if (line.StartsWith("Currently Active Slave:", StringComparison.Ordinal)) Assert.Equal(value, Field(Interface(seen, moment), "activeSlave"));
                else if (line.StartsWith("Slave Interface:", StringComparison.Ordinal)) slave = value;
                else if (slave is not null && line.StartsWith("MII Status:", StringComparison.Ordinal)) Assert.Equal(value, Field(Slave(seen, moment, slave), "miiStatus"));
            }
            Assert.NotNull(slave);
        }
        AllRun(seen, "failback");
    }

    [UmlFact(DisplayName = "AB-5 AT-7 v4 the primary returns within miimon and updelay; a stop then leaves nothing, and the slaves as they were")]
    public void Stop_AfterEverything_LeavesNothing()
    {
        BedEvidence seen = machine[s_made, output];
        DateTime carrier = seen.Events.First(e => e.At >= seen.At("failback") && e.Text.Contains(": w0@", StringComparison.Ordinal) && !e.Text.Contains("NO-CARRIER", StringComparison.Ordinal)).At;
        DateTime back = BedEvidence.TimeOf(Assert.Single(seen.Timeline("activeSlave", "failback"), e => Field(e, "slave") == "w0"));
        Assert.InRange(back - carrier, -Slack, TimeSpan.FromMilliseconds(100 + 200 + 100) + Slack);
        LeftOnly(seen, "w0", "w1");
        Assert.True(WasLeftUp(seen, "w0"));
        Assert.False(WasLeftUp(seen, "w1"));
        Assert.Single(Sent(seen, "RELEASE"));
    }

    [UmlFact(DisplayName = "AB-2 a bond0 that matches is adopted untouched, and stays with its slaves: we did not make it")]
    public void Bond_AsWanted_IsAdoptedUntouched()
    {
        BedEvidence seen = machine[s_adopted, output];
        NothingWentDown(seen, "run", "stop");
        AllRun(seen, "run");
        Assert.All(["w0", "w1"], slave => Assert.Equal("bond0", MasterOf(seen, "end", slave)));
        Assert.True(IsUp(seen, "end", "bond0"));
        Assert.DoesNotContain(seen.Events, e => e.At >= seen.At("run") && e.Deleted && e.Text.Contains("link/ether", StringComparison.Ordinal));
    }

    [UmlFact(DisplayName = "AB-2 AB-4 AB-8 a bond0 with slaves that differs: miimon 0 and others corrected live, what needs an empty bond named as 'requires rebuild' and not tried")]
    public void Bond_ThatDiffers_IsChangedAsFarAsItCanBe()
    {
        BedEvidence seen = machine[s_differs, output];
        NothingWentDown(seen, "run", "stop");
        Assert.Equal(("100", "2", "none"), (Option(seen, "run", "miimon"), Option(seen, "run", "resend_igmp"), Option(seen, "run", "fail_over_mac")));
        string why = Component(seen, "run", "master@bond0");
        Assert.StartsWith("running: requires rebuild: fail_over_mac is none and should be active", why, StringComparison.Ordinal);
        Assert.Contains("only while the bond has no slaves", why, StringComparison.Ordinal);
        Assert.Contains(seen.TextOf("status.txt"), line => line.Contains("requires rebuild: fail_over_mac", StringComparison.Ordinal));
        Assert.Single(Warnings(seen), message => message.StartsWith("requires rebuild", StringComparison.Ordinal));
        Assert.All(["w0", "w1"], slave => Assert.Equal("bond0", MasterOf(seen, "end", slave)));
    }

    [UmlFact(DisplayName = "AB-2 the empty balance-rr bond0 that the module makes is reconfigured while it is empty, and stays at stop, without our slaves")]
    public void Bond_Empty_IsReconfigured()
    {
        BedEvidence seen = machine[s_empty, output];
        Assert.Equal(("active-backup", "active", "100"), (Option(seen, "run", "mode"), Option(seen, "run", "fail_over_mac"), Option(seen, "run", "miimon")));
        Assert.Equal(JsonValueKind.Object, seen.Link("end", "bond0").ValueKind);
        Assert.All(["w0", "w1"], slave => Assert.Null(MasterOf(seen, "end", slave)));
    }

    [UmlFact(DisplayName = "AB-16 bond0 deleted by somebody else: made again three times in a minute, then contested and failed, under enforce too; 'start' tries again; no descriptor is lost")]
    public void Bond_DeletedAgainAndAgain_IsContested()
    {
        BedEvidence seen = machine[s_contested, output];
        Assert.StartsWith("failed: contested: making bond0", Component(seen, "failed", "master@bond0"), StringComparison.Ordinal);
        Assert.Equal("waiting", Interface(seen, "failed").GetProperty("dhcp4").GetProperty("state").GetString());
        Assert.Equal(4, Warnings(seen).Count(message => message == "bond0 was deleted"));
        Assert.Single(Warnings(seen), message => message.StartsWith("contested: making bond0", StringComparison.Ordinal));
        AllRun(seen, "again");
        // Each slave that is being asked for the gateway has a socket at that moment, and so has a command that is being answered; a
        // leak of one for each of the four deletions and its sockets would be more.
        int most = seen.TextOf("fds-before.txt").Count + 4;
        Assert.InRange(seen.TextOf("fds-again.txt").Count, 0, most);
        Assert.InRange(seen.TextOf("fds-after.txt").Count, 0, most);
        NoFault(seen);
        LeftOnly(seen, "w0", "w1");
    }

    [UmlFact(DisplayName = "Other modes are passed through with their options; bonds without slaves, or with one that is not there, wait")]
    public void Bond_OfAnotherMode_HasItsOptions()
    {
        BedEvidence seen = machine[s_modes, output];
        Assert.Equal(("balance-rr", "3"), (Option(seen, "made", "mode"), Option(seen, "made", "packets_per_slave")));
        Assert.Equal(("802.3ad", "fast", "100"), (Option(seen, "made", "mode", "bond1"), Option(seen, "made", "ad_lacp_rate", "bond1"), Option(seen, "made", "ad_actor_sys_prio", "bond1")));
        Assert.Equal(("active-backup", "5"), (Option(seen, "made", "mode", "bond2"), Option(seen, "made", "num_peer_notif", "bond2")));
        Assert.Equal("running", Component(seen, "made", "dhcp4@bond0"));
        Assert.Equal("waiting: no slave", Component(seen, "made", "master@bond1"));
        Assert.Equal("waiting: no slave", Component(seen, "made", "master@bond2"));
        Assert.Equal("waiting: the interface is not there", Component(seen, "made", "slave@u0"));
        LeftOnly(seen, "w0", "w1");
    }
}
