using BondDhcp.Bond.Paths;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Paths;

public class PathProbeTests
{
    private const int W0 = ProbeBench.W0;
    private const int W1 = ProbeBench.W1;

    [Fact]
    public void Backup_KnownGatewayAnswers_IsSameAndAskedEvery30Seconds()
    {
        ProbeBench bench = new ProbeBench().GatewayOn(W0, W1).Start();
        Assert.Equal(PathClass.Same, bench.ClassOf(W1));
        Assert.Equal(Fixture.GatewayMac, bench.Probe.Find(W1)!.GatewayMac);
        bench.After(29.999);
        Assert.Equal([100], bench.Asked(W1));
        bench.After(0.001);
        Assert.Equal([100, 130], bench.Asked(W1));
        Assert.Empty(bench.Asked(W0));
        PathProbeEffect.ClassChanged changed = Assert.Single(bench.Told<PathProbeEffect.ClassChanged>());
        Assert.Equal((PathClass.Unknown, PathClass.Same), (changed.Old, changed.New));
        Assert.All(bench.Told<PathProbeEffect.Ask>(), ask => Assert.Equal((Fixture.Server, MacAddress.Broadcast), (ask.Gateway, ask.Destination)));
    }

    [Fact]
    public void Backup_NobodyAnswers_IsUnknownAndAskedThreeTimesARound()
    {
        ProbeBench bench = new ProbeBench().Start().After(60);
        Assert.Equal(PathClass.Unknown, bench.ClassOf(W1));
        Close.To([100, 100.5, 101, 111.5, 112, 112.5, 123, 123.5, 124], bench.Asked(W1)[..9]);
        bench.Forget().After(600);
        Assert.InRange(bench.Asked(W1).Length, 3 * 600 / 32, 3 * (600 / 30));
    }

    [Fact]
    public void Backup_OtherStationAnswers_IsDifferentAtTheEndOfTheRound()
    {
        ProbeBench bench = new ProbeBench().Start();
        bench.Network = ask => ask.SlaveIndex == W1 ? ProbeBench.OtherGateway : Fixture.GatewayMac;
        bench.After(1.499);
        Assert.Equal(PathClass.Unknown, bench.ClassOf(W1));
        bench.After(0.001);
        // The active slave was asked in between, and the known gateway is there.
        Assert.Equal((PathClass.Different, ProbeBench.OtherGateway), (bench.ClassOf(W1), bench.Probe.Find(W1)!.GatewayMac));
        Assert.Single(bench.Asked(W0));
        Assert.Contains("failover to w1 would change the network: another station answers for 192.0.2.1", Assert.Single(bench.Told<PathProbeEffect.Warn>()).Text);
        bench.After(300);
        Assert.Single(bench.Told<PathProbeEffect.Warn>());
    }

    [Fact]
    public void Backup_ProxyAnswersFirst_TheKnownGatewayWins()
    {
        ProbeBench bench = new ProbeBench().Start();
        bench.Answer(W1, ProbeBench.OtherGateway).Answer(W1, Fixture.GatewayMac).After(5);
        Assert.Equal(PathClass.Same, bench.ClassOf(W1));
        bench = new ProbeBench().Start();
        bench.Answer(W1, Fixture.GatewayMac).Answer(W1, ProbeBench.OtherGateway).After(5);
        Assert.Equal(PathClass.Same, bench.ClassOf(W1));
        // Two strangers are still strangers.
        bench = new ProbeBench().GatewayOn(W0).Start();
        bench.Answer(W1, ProbeBench.OtherGateway).Answer(W1, Fixture.Stranger).After(5);
        Assert.Equal((PathClass.Different, ProbeBench.OtherGateway), (bench.ClassOf(W1), bench.Probe.Find(W1)!.GatewayMac));
    }

    [Fact]
    public void Gateway_ReplacedOnEveryPath_IsUnknownNotDifferent()
    {
        ProbeBench bench = new ProbeBench { Network = _ => ProbeBench.OtherGateway }.Start().After(10);
        Assert.Equal(PathClass.Unknown, bench.ClassOf(W1));
        Assert.Contains("the gateway was replaced", Assert.Single(bench.Told<PathProbeEffect.Warn>()).Text);
        // The client learns the new one: at once the slave is of the same network.
        bench.Lease = bench.Lease with { GatewayMac = ProbeBench.OtherGateway };
        bench.Step(new PathProbeInput.Lease(bench.Lease)).After(0.5);
        Assert.Equal(PathClass.Same, bench.ClassOf(W1));
    }

    [Fact]
    public void Backup_OtherStationAndNoActiveSlave_IsDifferent()
    {
        ProbeBench bench = new ProbeBench { Network = _ => ProbeBench.OtherGateway };
        bench.Slaves[0] = bench.Slaves[0] with { Usable = false, IsActive = false };
        bench.Start().After(1.5);
        Assert.Equal(PathClass.Different, bench.ClassOf(W1));
        Assert.Empty(bench.Asked(W0));
    }

    [Fact]
    public void Backup_ActiveSlaveFailsWhileItIsAsked_IsDecided()
    {
        ProbeBench bench = new ProbeBench().Start();
        bench.Network = ask => ask.SlaveIndex == W1 ? ProbeBench.OtherGateway : null;
        bench.After(2);
        Assert.Equal(PathClass.Unknown, bench.ClassOf(W1));
        bench.Slaves[0] = bench.Slaves[0] with { Usable = false };
        bench.Activate(W1);
        Assert.Equal(PathClass.Different, bench.ClassOf(W1));
    }

    [Fact(DisplayName = "D2 1.8 resume: what backups answered before the suspend counts no more, and they are asked at once")]
    public void Resume_ForgetsAndAsksAtOnce()
    {
        ProbeBench bench = new ProbeBench().GatewayOn(W0, W1).Start().After(10);
        Assert.True(bench.Probe.AllBackupsSame);
        bench.GatewayOn().Step(new PathProbeInput.Resumed());
        Assert.Equal(PathClass.Unknown, bench.ClassOf(W1));
        // The kernel announces the address at no failover until it is known again.
        Assert.False(bench.Probe.AllBackupsSame);
        Assert.Equal([100, 110], bench.Asked(W1));
        bench.GatewayOn(W0, W1).After(0.5);
        Assert.Equal(PathClass.Same, bench.ClassOf(W1));
        Assert.True(bench.Probe.AllBackupsSame);
        // From there on at the usual interval.
        bench.After(30);
        Assert.Equal([100, 110, 110.5, 140.5], bench.Asked(W1));
    }

    [Fact]
    public void Same_OneSilentRound_StaysAndTwoForget()
    {
        ProbeBench bench = new ProbeBench().GatewayOn(W1).Start();
        bench.GatewayOn().After(31.5 + 10);
        Assert.Equal(PathClass.Same, bench.ClassOf(W1));
        bench.After(1.499);
        Assert.Equal(PathClass.Same, bench.ClassOf(W1));
        bench.After(0.001);
        Assert.Equal(PathClass.Unknown, bench.ClassOf(W1));
        // An answer in between would have kept it.
        bench = new ProbeBench().GatewayOn(W1).Start();
        bench.GatewayOn().After(35).GatewayOn(W1).After(10).GatewayOn().After(30);
        Assert.Equal(PathClass.Same, bench.ClassOf(W1));
    }

    [Fact]
    public void Same_SlaveUnusableForAMoment_StartsAnew()
    {
        ProbeBench bench = new ProbeBench().GatewayOn(W1).Start().After(10);
        bench.GatewayOn().Set(W1, slave => slave with { Usable = false });
        Assert.Equal(PathClass.Unknown, bench.ClassOf(W1));
        bench.Forget().After(60);
        Assert.Empty(bench.Asked(W1));
        bench.Set(W1, slave => slave with { Usable = true });
        Assert.Equal([170], bench.Asked(W1));
        Assert.Equal(PathClass.Unknown, bench.ClassOf(W1));
        bench.Answer(W1, Fixture.GatewayMac);
        Assert.Equal(PathClass.Same, bench.ClassOf(W1));
    }

    [Fact]
    public void Answer_NobodyAskedFor_IsNotBelieved()
    {
        ProbeBench bench = new ProbeBench().Start().After(1.5).Answer(W1, Fixture.GatewayMac);
        Assert.Equal(PathClass.Same, bench.ClassOf(W1)); // Late, but an answer.
        bench = new ProbeBench().Start().After(2.501).Answer(W1, Fixture.GatewayMac);
        Assert.Equal(PathClass.Unknown, bench.ClassOf(W1));
        bench.Step(new PathProbeInput.ArpAnswer(77, Fixture.Server, Fixture.GatewayMac));
        bench.After(10).Step(new PathProbeInput.ArpAnswer(W1, Fixture.Server2, Fixture.GatewayMac));
        Assert.Equal(PathClass.Unknown, bench.ClassOf(W1));
    }

    [Fact]
    public void Lease_GatewayNotKnownYet_AsksNothingAndConcludesNothing()
    {
        ProbeBench bench = new ProbeBench { Lease = new LeaseNetwork(Fixture.Server, null) }.GatewayOn(W0, W1).Start().After(100);
        Assert.Empty(bench.Told<PathProbeEffect.Ask>());
        Assert.Equal((PathClass.Unknown, PathClass.Unknown), (bench.ClassOf(W0), bench.ClassOf(W1)));
        bench.Step(new PathProbeInput.Lease(new LeaseNetwork(Fixture.Server, Fixture.GatewayMac)));
        Assert.Equal((PathClass.Same, PathClass.Same), (bench.ClassOf(W0), bench.ClassOf(W1)));
    }

    [Fact]
    public void Lease_OfAnotherGateway_StartsAnew()
    {
        ProbeBench bench = new ProbeBench().GatewayOn(W1).Start().After(1);
        bench.GatewayOn().Step(new PathProbeInput.Lease(new LeaseNetwork(Fixture.Server2, ProbeBench.OtherGateway)));
        Assert.Equal(PathClass.Unknown, bench.ClassOf(W1));
        Assert.Equal([100, 101], bench.Asked(W1));
        bench.Step(new PathProbeInput.Lease(null)).Forget().After(100);
        Assert.Empty(bench.Told<PathProbeEffect.Ask>());
    }

    [Fact]
    public void Ssid_Another_IsDifferentOnlyWhereTheGatewayIsSilent()
    {
        ProbeBench bench = new ProbeBench { Lease = new LeaseNetwork(Fixture.Server, Fixture.GatewayMac, "home") };
        bench.Slaves[1] = bench.Slaves[1] with { Ssid = "cafe" };
        bench.GatewayOn(W1).Start();
        Assert.Equal(PathClass.Same, bench.ClassOf(W1));
        bench.GatewayOn().After(100);
        Assert.Equal(PathClass.Different, bench.ClassOf(W1));
        // Roamed back: what was heard in the other network is worth nothing.
        bench.Set(W1, slave => slave with { Ssid = "home" });
        Assert.Equal(PathClass.Unknown, bench.ClassOf(W1));
        // A lease of the wired slave has no SSID to compare with.
        bench.Step(new PathProbeInput.Lease(new LeaseNetwork(Fixture.Server, Fixture.GatewayMac))).After(100);
        Assert.Equal(PathClass.Unknown, bench.ClassOf(W1));
    }

    [Theory]
    [InlineData("host/a", "host/b", PathClass.Different)]
    [InlineData("host/a", "host/a", PathClass.Same)]
    [InlineData(null, "host/b", PathClass.Same)]
    [InlineData("host/a", null, PathClass.Same)]
    public void EapIdentity_Another_IsDifferentWhoeverAnswers(string? leases, string? slaves, PathClass expected)
    {
        ProbeBench bench = new ProbeBench { Lease = new LeaseNetwork(Fixture.Server, Fixture.GatewayMac, null, leases) };
        bench.Slaves[1] = bench.Slaves[1] with { EapIdentity = slaves };
        bench.GatewayOn(W1).Start();
        Assert.Equal(expected, bench.ClassOf(W1));
        Assert.Equal(Fixture.GatewayMac, bench.Probe.Find(W1)!.GatewayMac);
    }

    [Fact]
    public void Backup_WithTheActiveSlavesAddress_IsNeverAsked()
    {
        var bench = new ProbeBench();
        bench.Slaves[1] = bench.Slaves[1] with { Mac = Fixture.A };
        bench.GatewayOn(W1).Start().After(100);
        Assert.Empty(bench.Told<PathProbeEffect.Ask>());
        Assert.Equal("not asked: it has the hardware address of another slave", bench.Probe.Find(W1)!.Why);
        bench.Set(W1, slave => slave with { Mac = Fixture.B });
        Assert.Equal(PathClass.Same, bench.ClassOf(W1));
        bench.Set(W1, slave => slave with { Mac = Fixture.A });
        Assert.Equal(PathClass.Unknown, bench.ClassOf(W1));
    }

    [Fact(DisplayName = "D17 the kernel may announce while all backups are same")]
    public void AllBackupsSame_FollowsEveryBackup()
    {
        ProbeBench bench = new ProbeBench().GatewayOn(W1);
        Assert.True(bench.Probe.AllBackupsSame);
        bench.Start();
        Assert.True(bench.Probe.AllBackupsSame);
        Assert.Equal([false, true], bench.Told<PathProbeEffect.AllBackupsSame>().Select(one => one.Value));
        bench.Set(W1, slave => slave with { Usable = false });
        Assert.False(bench.Probe.AllBackupsSame);
        bench.Slaves.RemoveAt(1);
        bench.Step(new PathProbeInput.Slaves([.. bench.Slaves]));
        Assert.True(bench.Probe.AllBackupsSame);
        Assert.Null(bench.Probe.Find(W1));
    }

    [Fact]
    public void Slave_FlappingAHundredTimesASecond_IsAskedTwiceASecond()
    {
        ProbeBench bench = new ProbeBench().GatewayOn(W1).Start();
        for (int i = 0; i < 500; i++)
        {
            bench.Set(W1, slave => slave with { Usable = false }).After(0.005);
            bench.Set(W1, slave => slave with { Usable = true }).After(0.005);
        }
        Assert.InRange(bench.Asked(W1).Length, 5, 11);
    }

    [Fact]
    public void Failover_ToASameSlave_KeepsItsClassAndAsksTheOther()
    {
        ProbeBench bench = new ProbeBench().GatewayOn(W0, W1).Start().Step(new PathProbeInput.GatewayHeard(Fixture.GatewayMac)).After(5);
        Assert.Equal(PathClass.Same, bench.ClassOf(W0));
        bench.Forget().Activate(W1);
        Assert.Equal((PathClass.Same, PathClass.Same), (bench.ClassOf(W0), bench.ClassOf(W1)));
        Assert.Equal([105], bench.Asked(W0));
        bench.After(100);
        Assert.Empty(bench.Asked(W1));
        Assert.Equal(PathClass.Same, bench.ClassOf(W1));
    }
}
