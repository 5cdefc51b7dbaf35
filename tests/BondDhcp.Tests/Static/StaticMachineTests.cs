using BondDhcp.Bond.Addressing;
using BondDhcp.Dhcp.Client;
using BondDhcp.Host.Statics;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Static;

public sealed class StaticMachineTests
{
    private static readonly StaticAddress s_fallback = StaticAddress.Of(Ipv4Prefix.Parse("192.168.0.2/24"));

    [Fact(DisplayName = "AS-1 (machine) three probes 1 to 2 s apart, 2 s of silence, then the address, then two announcements")]
    public void Before_InSilence_ProbesConfiguresAnnounces()
    {
        StaticBench bench = new StaticBench().Start();
        bench.For(3.9);
        Assert.Equal(3, bench.Probes.Count());
        Assert.False(bench.Has(StaticBench.Own));
        bench.For(20);
        Assert.True(bench.Has(StaticBench.Own));
        Assert.Equal([0.0, 1.0, 2.0], bench.Probes.Select(at => Math.Round(at, 3)));
        Assert.Equal([4.0, 6.0], bench.Announcements.Select(at => Math.Round(at, 3)));
    }

    [Fact(DisplayName = "AS-2 (machine) an address in use is not used, and probed again once in 60 s")]
    public void InUse_WhileProbing_WaitsAMinute()
    {
        StaticBench bench = new StaticBench().Start();
        bench.For(1);
        bench.Claim(Fixture.Stranger);
        bench.For(59.9);
        Assert.False(bench.Has(StaticBench.Own));
        int before = bench.Probes.Count();
        Report conflict = Assert.Single(bench.Told, told => told.Report.Event == "conflict").Report;
        Assert.Contains(conflict.Fields, field => field.Value.Equals(Fixture.Stranger));
        bench.For(0.2);
        Assert.Equal(before + 1, bench.Probes.Count());
        bench.For(10);
        Assert.True(bench.Has(StaticBench.Own));
    }

    [Fact]
    public void Probe_OfAnotherHostForTheSameAddress_IsAConflict_OurOwnEchoIsNot()
    {
        StaticBench bench = new StaticBench().Start();
        bench.For(0.5);
        bench.Feed(new StaticInput.ArpReceived(Dhcp.Arp.ArpPacket.Probe(Fixture.B, StaticBench.OwnAddress)));
        Assert.DoesNotContain(bench.Told, told => told.Report.Event == "conflict");
        bench.Feed(new StaticInput.ArpReceived(Dhcp.Arp.ArpPacket.Probe(Fixture.Stranger, StaticBench.OwnAddress)));
        Assert.Contains(bench.Told, told => told.Report.Event == "conflict");
    }

    [Fact(DisplayName = "AS-3 (machine) a failover: two announcements, two seconds apart, and no second set within a second")]
    public void PathChange_AnnouncesTwice()
    {
        StaticBench bench = new StaticBench().Start();
        bench.For(30);
        bench.Sent.Clear();
        bench.Mac = Fixture.B;
        bench.Feed(new StaticInput.PathChanged());
        bench.For(5);
        Assert.Equal([30.0, 32.0], bench.Announcements);
        Assert.All(bench.Sent, one => Assert.Equal(Fixture.B, one.Packet.SenderHardware));

        bench.Sent.Clear();
        for (int i = 0; i < 10; i++)
        {
            bench.Feed(new StaticInput.PathChanged());
            bench.For(0.1);
        }
        bench.For(5);
        Assert.Equal([35.0, 36.0, 38.0], bench.Announcements.Select(at => Math.Round(at, 1)));
    }

    [Fact(DisplayName = "AS-4 defend=always, conflicts each second: at most one announcement per 10 s, the address is kept")]
    public void Defend_Always_KeepsTheAddress()
    {
        StaticBench bench = new StaticBench(s => s with { Defend = AddressDefence.Always }).Start();
        bench.For(30);
        bench.Sent.Clear();
        for (int i = 0; i < 60; i++)
        {
            bench.Claim(Fixture.Stranger);
            bench.For(1);
        }
        Assert.True(bench.Has(StaticBench.Own));
        double[] sent = [.. bench.Announcements];
        Assert.Equal(6, sent.Length);
        for (int i = 1; i < sent.Length; i++) Assert.True(sent[i] - sent[i - 1] >= 10, $"{sent[i - 1]} {sent[i]}");
    }

    [Fact]
    public void Defend_Once_GivesUpAtASecondConflictWithin10Seconds()
    {
        StaticBench bench = new StaticBench().Start();
        bench.For(30);
        bench.Claim(Fixture.Stranger);
        Assert.True(bench.Has(StaticBench.Own));
        bench.For(10);
        bench.Claim(Fixture.Stranger);
        Assert.True(bench.Has(StaticBench.Own));
        bench.For(9);
        bench.Claim(Fixture.Stranger);
        Assert.False(bench.Has(StaticBench.Own));
    }

    [Fact]
    public void Defend_Never_GivesUpAtOnce()
    {
        StaticBench bench = new StaticBench(s => s with { Defend = AddressDefence.Never }).Start();
        bench.For(30);
        bench.Claim(Fixture.Stranger);
        Assert.False(bench.Has(StaticBench.Own));
    }

    [Fact]
    public void WithoutCarrier_IsConfiguredAfter5Seconds_ProbedWhenItComes_AndRemovedWhenInUse()
    {
        StaticBench bench = new StaticBench().Start(usable: false);
        bench.For(4.9);
        Assert.False(bench.Has(StaticBench.Own));
        bench.For(0.1);
        Assert.True(bench.Has(StaticBench.Own));
        bench.For(100);
        Assert.Empty(bench.Sent);
        bench.Feed(new StaticInput.Usable(true));
        bench.For(1);
        Assert.NotEmpty(bench.Probes);
        Assert.Empty(bench.Announcements);
        bench.Claim(Fixture.Stranger);
        Assert.False(bench.Has(StaticBench.Own));
    }

    [Fact]
    public void CarrierBack_UnderAnEstablishedAddress_ProbesBesideAndAnnounces()
    {
        StaticBench bench = new StaticBench().Start();
        bench.For(30);
        bench.Sent.Clear();
        bench.Feed(new StaticInput.Usable(false));
        bench.For(60);
        Assert.Empty(bench.Sent);
        bench.Feed(new StaticInput.Usable(true));
        bench.For(10);
        Assert.True(bench.Has(StaticBench.Own));
        Assert.Equal(3, bench.Probes.Count());
        Assert.Equal(2, bench.Announcements.Count());
    }

    [Theory]
    [InlineData(ConflictDetection.Off, 0, 0)]
    [InlineData(ConflictDetection.Concurrent, 0, 3)]
    [InlineData(ConflictDetection.Fast, 0.2, 3)]
    public void OtherConflictDetection_UsesTheAddressSooner(ConflictDetection chosen, double usedAt, int probes)
    {
        StaticBench bench = new StaticBench(s => s with { ConflictDetection = chosen }).Start();
        if (usedAt > 0)
        {
            bench.For(usedAt - 0.001);
            Assert.False(bench.Has(StaticBench.Own));
            bench.For(0.001);
        }
        Assert.True(bench.Has(StaticBench.Own));
        bench.For(10);
        Assert.Equal(probes, bench.Probes.Count());
        Assert.Equal(2, bench.Announcements.Count());
    }

    [Fact(DisplayName = "An address that an earlier run left is adopted: no probe, no removal")]
    public void Restart_AdoptsWhatIsThere()
    {
        StaticBench bench = new StaticBench().Leave(StaticBench.Own).Start();
        Assert.True(bench.Has(StaticBench.Own));
        bench.For(30);
        Assert.Empty(bench.Probes);
    }

    [Fact(DisplayName = "AT-5 (machine) removed by another program: put back once per 10 s, three times, then left and named")]
    public void Removal_ByOthers_IsMendedThreeTimes()
    {
        StaticBench bench = new StaticBench().Start();
        bench.For(30);
        List<double> back = [];
        for (int i = 0; i < 600; i++)
        {
            if (bench.Has(StaticBench.Own))
            {
                back.Add(bench.Elapsed);
                bench.Take(StaticBench.Own);
                if (bench.Has(StaticBench.Own)) back.Add(bench.Elapsed);
                if (bench.Has(StaticBench.Own)) bench.Take(StaticBench.Own);
            }
            bench.For(0.1);
        }
        Assert.False(bench.Has(StaticBench.Own));
        // And once more half a second after the first time.
        Assert.Equal(4, bench.Told.Count(told => told.Report.Fields.Any(field => field.Value is string text && text.EndsWith("it is put back", StringComparison.Ordinal))));
        Assert.Equal(StaticPhase.Contested, Assert.Single(bench.Machine.Addresses).Phase);
    }

    [Fact]
    public void Reconfigure_LeavesWhatStaysUntouched()
    {
        StaticAddress other = StaticAddress.Of(Ipv4Prefix.Parse("192.0.2.61/24"));
        StaticBench bench = new StaticBench().Start();
        bench.For(30);
        bench.Sent.Clear();
        bench.Feed(new StaticInput.Reconfigure(bench.Machine.Settings with { Addresses = [StaticBench.Own, other] }));
        bench.For(30);
        Assert.True(bench.Has(StaticBench.Own) && bench.Has(other));
        Assert.All(bench.Sent, one => Assert.NotEqual(StaticBench.OwnAddress, one.Packet.IsProbe ? one.Packet.TargetAddress : one.Packet.SenderAddress));
        bench.Feed(new StaticInput.Reconfigure(bench.Machine.Settings with { Addresses = [other] }));
        Assert.False(bench.Has(StaticBench.Own));
    }

    [Fact]
    public void Ipv6_IsLeftToTheKernel_AndIndependentOfIpv4()
    {
        var six = new StaticAddress(System.Net.IPAddress.Parse("2001:db8::5"), 64);
        StaticBench bench = new StaticBench(s => s with { Addresses = [six, StaticBench.Own] }).Start();
        Assert.True(bench.Has(six));
        bench.For(1);
        bench.Claim(Fixture.Stranger);
        Assert.True(bench.Has(six));
        Assert.False(bench.Has(StaticBench.Own));
    }

    [Fact]
    public void ManyAddresses_KeepTheCapOf8ArpASecond()
    {
        StaticBench bench = new StaticBench(s => s with
        {
            Addresses = [.. Enumerable.Range(10, 30).Select(i => StaticAddress.Of(Ipv4Prefix.Parse($"192.0.2.{i}/24")))],
        }).Start();
        bench.For(200);
        Assert.All(bench.Machine.Addresses, state => Assert.Equal(StaticPhase.Configured, state.Phase));
        foreach ((double at, _) in bench.Sent)
            Assert.True(bench.Sent.Count(other => other.At >= at && other.At < at + 0.999) <= 8);
    }

    [Fact(DisplayName = "AT-6 (static) after a stop nothing is due and nothing is sent")]
    public void Stop_WhileProbing_EndsEverything()
    {
        StaticBench bench = new StaticBench(s => s with { Fallback = [s_fallback] }).Start();
        bench.For(1);
        bench.Sent.Clear();
        bench.Feed(new StaticInput.Stop());
        Assert.True(bench.Machine.NextDeadline.IsNever);
        bench.Claim(Fixture.Stranger);
        bench.Feed(new StaticInput.PathChanged());
        bench.For(100);
        Assert.Empty(bench.Sent);
    }

    [Fact(DisplayName = "AS-1 on a path that flaps: the address is used after 15 s, probed beside its use, and given up when it is another's")]
    public void Flapping_WhileProbing_IsUsedAfterAll()
    {
        var bench = new StaticBench();
        bench.Start();
        for (int i = 0; i < 7; i++)
        {
            bench.For(2);
            bench.Feed(i % 2 == 0 ? new StaticInput.PathChanged() : new StaticInput.Usable(false));
            bench.Feed(new StaticInput.Usable(true));
        }
        Assert.False(bench.Has(StaticBench.Own));
        bench.For(1.1);
        Assert.True(bench.Has(StaticBench.Own));
        Assert.Empty(bench.Announcements);
        bench.Claim(Fixture.Stranger);
        Assert.False(bench.Has(StaticBench.Own));
    }

    [Fact(DisplayName = "AS-1 the machine sleeps while it is probed: three probes all the same, and the time to answer them")]
    public void Sleep_WhileProbing_IsNoTimeOfProbing()
    {
        var bench = new StaticBench();
        bench.Start();
        bench.For(0.5);
        bench.StandStill(60);
        bench.For(2.4);
        Assert.Equal([0, 60.5, 61.5], bench.Probes);
        Assert.False(bench.Has(StaticBench.Own));
        bench.For(1);
        Assert.True(bench.Has(StaticBench.Own));
        Assert.Equal([63.5], bench.Announcements);
    }

    [Fact(DisplayName = "AS-2 in use elsewhere: no loss of the carrier makes it used unprobed")]
    public void InUse_CarrierLostWhileProbingAgain_IsNotUsed()
    {
        var bench = new StaticBench();
        bench.Start();
        bench.For(1);
        bench.Claim(Fixture.Stranger);
        bench.For(60.5);
        bench.Feed(new StaticInput.Usable(false));
        bench.For(120);
        Assert.False(bench.Has(StaticBench.Own));
    }

    private static readonly StaticAddress s_ipv6 = StaticAddress.Of(Ipv6Prefix.Parse("2001:db8::5/64"));

    private static StaticInput Duplicate => new StaticInput.Applied([s_ipv6]) { Duplicate = [s_ipv6] };

    private static StaticInput Tentative => new StaticInput.Applied([s_ipv6]) { Tentative = [s_ipv6] };

    [Fact(DisplayName = "An IPv6 address that another host has is asked about again after a minute, then ever later, told each time, and never while the path is closed")]
    public void Duplicate_IsAskedAboutEverLater()
    {
        StaticBench bench = new StaticBench(settings => settings with { Addresses = [s_ipv6] }).Start();
        List<double> gaps = [];
        for (int i = 0; i < 6; i++)
        {
            double began = bench.Elapsed;
            bench.Feed(Duplicate);
            bench.Feed(Duplicate);
            bench.For(1000);
            gaps.Add(Math.Round(bench.Asked[i] - began));
            bench.Feed(Tentative);
        }
        Assert.Equal([60, 120, 240, 480, 960, 960], gaps);
        Assert.Equal(6, bench.Told.Count(told => told.Report.Event == "conflict"));
        bench.Feed(new StaticInput.Applied([s_ipv6]));
        Assert.Equal("conflictOver", bench.Told[^1].Report.Event);
        bench.For(2000);
        Assert.Equal(6, bench.Asked.Count);
        Assert.Empty(bench.Sent);

        bench.Feed(Duplicate);
        bench.Feed(new StaticInput.Usable(false));
        bench.For(2000);
        Assert.Equal(6, bench.Asked.Count);
        bench.Feed(new StaticInput.Usable(true));
        Assert.Equal(7, bench.Asked.Count);
    }

    [Fact(DisplayName = "On another path it is asked about ten seconds after it was found in use, at the earliest")]
    public void Duplicate_OnAnotherPath_IsAskedAboutSoon()
    {
        StaticBench bench = new StaticBench(settings => settings with { Addresses = [s_ipv6] }).Start();
        bench.Feed(Duplicate);
        bench.For(3);
        for (int i = 0; i < 3; i++) bench.Feed(new StaticInput.PathChanged());
        bench.For(30);
        Assert.Equal([10], bench.Asked);
    }
}
