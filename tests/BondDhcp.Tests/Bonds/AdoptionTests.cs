using BondDhcp.Tests.Beds.Scenarios;
using BondDhcp.Tests.Beds.Uml;
using Xunit;
using Xunit.Abstractions;
using static BondDhcp.Tests.Bonds.BondAssert;
using static BondDhcp.Tests.Bonds.SupervisorAssert;

namespace BondDhcp.Tests.Bonds;

/// <summary>A daemon that ends leaves everything as it is, or nothing; the next one goes on.</summary>
[Collection(ComponentCollection.Name)]
public sealed class AdoptionTests(ComponentMachine machine, ITestOutputHelper output)
{
    private static readonly BedScenario s_runs = new("runs", """
        network
        serve dnsmasq
        config <<TOML
        [interface.bond0]
        slaves = ["w0", "w1"]
        primary = "w0"
        addresses = ["10.9.9.2/24"]
        routes = ["10.8.0.0/16 via 10.9.9.1"]
        conflict-detection = "off"
        dhcp4 = true
        dns = false
        TOML
        ip link set w1 up
        client
        bound
        addresses first
        lease before
        chapter 1
        mark killed
        kill -KILL $client
        again
        verified
        status killed
        chapter 2
        mark handover
        kill -USR2 $client
        again
        verified
        status handover
        chapter 3
        mark term
        kill -TERM $client
        until_true ended
        mark ended
        again
        verified
        status term
        addresses last
        mark stop
        finish
        links end
        """);

    private static readonly BedScenario s_released = new("released", """
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
        release-on-stop = true
        TOML
        ip link set w1 up mtu 1450
        client
        bound
        chapter 1
        mark handover
        kill -USR2 $client
        again
        verified
        chapter 2
        mark term
        kill -TERM $client
        until_true ended
        strays
        links end
        """);

    private static readonly BedScenario s_static = new("static", """
        network
        config <<TOML
        [interface.bond0]
        slaves = ["w0", "w1"]
        primary = "w0"
        addresses = ["192.0.2.60/24"]
        conflict-detection = "off"
        TOML
        client
        until_true eval 'ip -o address show bond0 | grep -q 192.0.2.60'
        announced
        mark failover
        unplug pw0
        until_true active w1
        announced
        pause 0.5
        finish
        """);

    private static readonly BedScenario s_before = new("before", """
        network
        config <<TOML
        [interface.bond0]
        slaves = ["w0", "w1"]
        primary = "w0"
        addresses = ["192.0.2.60/24"]
        TOML
        client
        until_true eval 'ip -o address show bond0 | grep -q 192.0.2.60'
        announced
        mark failover
        unplug pw0
        until_true active w1
        announced
        pause 0.5
        finish
        """);

    public static IReadOnlyList<BedScenario> Scenarios => [s_runs, s_released, s_static, s_before];

    [UmlFact(DisplayName = "AT-2 AT-3 AT-7 B kill -9, SIGUSR2, SIGTERM with a lease, static addresses and slaves: all stays, the next run adopts it as ours, and a stop at last removes it")]
    public void NextRun_AdoptsWhatIsThere()
    {
        BedEvidence seen = machine[s_runs, output];
        NothingWentDown(seen, "killed", "stop");
        foreach (string moment in (ReadOnlySpan<string>)["killed", "handover", "term"])
        {
            AllRun(seen, moment);
            Assert.Equal(
                ["10.9.9.2/24 static", $"{seen.Lease("before").GetProperty("address").GetString()} dhcp4"],
                Interface(seen, moment).GetProperty("addresses").EnumerateArray().Where(one => !one.GetProperty("address").GetString()!.Contains(':', StringComparison.Ordinal))
                    .Select(one => $"{one.GetProperty("address").GetString()} {one.GetProperty("origin").GetString()}").Order());
        }
        Assert.Equal(3, seen.Timeline("adopted").Count(e => e.GetProperty("ours").GetBoolean()));
        Assert.DoesNotContain(Sent(seen, "RELEASE"), f => f.Frame.At < seen.At("stop"));
        Assert.Equal(seen.TextOf("addresses-first.txt").Where(line => !line.Contains(" inet", StringComparison.Ordinal)), seen.TextOf("addresses-last.txt").Where(line => !line.Contains(" inet", StringComparison.Ordinal)));
        LeftOnly(seen, "w0", "w1");
        Assert.True(WasLeftUp(seen, "w1"));
        Assert.False(WasLeftUp(seen, "w0"));
        NoFault(seen);
    }

    [UmlFact(DisplayName = "AT-7 B release-on-stop: SIGUSR2 keeps everything, SIGTERM takes down what is ours, also what an earlier run made; slaves are as before")]
    public void Term_WithReleaseOnStop_TakesEverythingDown()
    {
        BedEvidence seen = machine[s_released, output];
        NothingWentDown(seen, "handover", "term");
        Assert.Single(Sent(seen, "RELEASE"));
        LeftOnly(seen, "w0", "w1");
        Assert.Equal((true, false), (IsUp(seen, "end", "w1"), IsUp(seen, "end", "w0")));
        Assert.Equal(1450, seen.Link("end", "w1").GetProperty("mtu").GetInt32());
    }

    [UmlFact(DisplayName = "AS-3 B static addresses alone: a failover is announced twice, and no DHCP message is sent")]
    public void Failover_OfAStaticAddress_IsAnnounced()
    {
        BedEvidence seen = machine[s_static, output];
        AnnouncedStatic(seen);
        Assert.DoesNotContain(seen.Frames, f => f.Frame.Arp is { IsProbe: true });
        LeftOnly(seen, "w0", "w1");
    }

    [UmlFact(DisplayName = "AS-1 AS-3 B a static address is probed three times before it is used; after a failover it is announced and not probed again")]
    public void StaticAddress_IsProbedFirst()
    {
        BedEvidence seen = machine[s_before, output];
        AnnouncedStatic(seen);
        Assert.Equal(3, seen.Frames.Count(f => f.Frame.At < seen.At("failover") && f.Frame.Arp is { IsProbe: true, TargetIp: "192.0.2.60" }));
        Assert.DoesNotContain(seen.Frames, f => seen.IsIn("failover", f.Frame.At) && f.Frame.Arp is { IsProbe: true, TargetIp: "192.0.2.60" });
        LeftOnly(seen, "w0", "w1");
    }

    private static void AnnouncedStatic(BedEvidence seen)
    {
        FailedOver(seen, "failover", "w0", carrier: false, MacB);
        DateTime[] announced = [.. seen.Frames.Where(f => f.Port == "pw1" && seen.IsIn("failover", f.Frame.At) && f.Frame.SourceMac == MacB
            && f.Frame.Arp is { IsAnnouncement: true, SenderIp: "192.0.2.60" }).Select(f => f.Frame.At)];
        Assert.True(announced.Length >= 2, $"{announced.Length} announcements");
        Assert.InRange(announced[^1] - announced[0], TimeSpan.FromSeconds(1.9), TimeSpan.FromSeconds(2) + (2 * Slack));
        Assert.Empty(Sent(seen));
    }
}
