using BondDhcp.Bond.Paths;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Paths;

public class PathFailoverTests
{
    private const int W0 = ProbeBench.W0;
    private const int W1 = ProbeBench.W1;

    [Theory(DisplayName = "AM-30 the gateway falls silent on the active slave: within 2 s the bond is moved to a backup where it answers")]
    [InlineData(0.001)]
    [InlineData(0.25)]
    [InlineData(0.499)]
    public void Active_GatewaySilent_IsLeftWithinTwoSeconds(double afterAnAnswer)
    {
        ProbeBench bench = new ProbeBench(pathFailover: true).GatewayOn(W0, W1).Start().After(20.5 + afterAnAnswer);
        double cut = bench.Seconds;
        bench.Forget().GatewayOn(W1).After(2.5);
        (Instant at, PathProbeEffect effect) = Assert.Single(bench.Effects, one => one.Effect is PathProbeEffect.SelectSlave);
        Assert.Equal(W1, ((PathProbeEffect.SelectSlave)effect).SlaveIndex);
        Assert.Equal("192.0.2.1 is silent on w0 and answers on w1", ((PathProbeEffect.SelectSlave)effect).Why);
        Assert.InRange(at.Seconds - cut, 1.3, 1.81);
    }

    [Fact]
    public void Active_TwoAnswersLost_IsKept()
    {
        ProbeBench bench = new ProbeBench(pathFailover: true).GatewayOn(W0, W1).Start().After(20.6);
        // Asked at 121, 121.5 and 122: the third is answered one tick before its time is up.
        bench.GatewayOn(W1).After(1.6999).Answer(W0, Fixture.GatewayMac);
        Assert.Equal(Instant.FromSeconds(122.2999).Seconds, bench.Seconds, 6);
        bench.GatewayOn(W0, W1).After(60);
        Assert.Empty(bench.Told<PathProbeEffect.SelectSlave>());
        Assert.Equal(PathClass.Same, bench.ClassOf(W0));
    }

    [Fact]
    public void Active_IsAskedByUnicastTwiceASecond_OnlyWithTheOptionAndABackup()
    {
        ProbeBench bench = new ProbeBench(pathFailover: true).GatewayOn(W0, W1).Start().After(10);
        Assert.Equal(20, bench.Asked(W0).Length);
        Assert.All(bench.Told<PathProbeEffect.Ask>().Where(ask => ask.SlaveIndex == W0), ask => Assert.Equal(Fixture.GatewayMac, ask.Destination));
        bench.Set(W1, slave => slave with { Usable = false }).Forget().After(10);
        Assert.Empty(bench.Told<PathProbeEffect.Ask>());
        bench.Set(W1, slave => slave with { Usable = true }).Step(new PathProbeInput.Failover(false)).Forget().After(29);
        Assert.Empty(bench.Asked(W0));
        bench.Step(new PathProbeInput.Failover(true)).After(1);
        Assert.Equal(2, bench.Asked(W0).Length);
    }

    [Fact]
    public void Gateway_DeadOnEveryPath_MovesNothing()
    {
        ProbeBench bench = new ProbeBench(pathFailover: true).GatewayOn(W0, W1).Start().After(20);
        bench.GatewayOn().After(120);
        Assert.Empty(bench.Told<PathProbeEffect.SelectSlave>());
        Assert.Equal(PathClass.Unknown, bench.ClassOf(W0));
        // It comes back on the backup alone.
        bench.GatewayOn(W1).After(7);
        Assert.Equal(W1, Assert.Single(bench.Told<PathProbeEffect.SelectSlave>().DistinctBy(one => one.SlaveIndex)).SlaveIndex);
    }

    [Fact]
    public void Backup_OfAnotherNetwork_IsNeverChosen()
    {
        ProbeBench bench = new ProbeBench(pathFailover: true) { Network = ask => ask.SlaveIndex == W0 ? Fixture.GatewayMac : ProbeBench.OtherGateway };
        bench.Start().After(20);
        Assert.Equal(PathClass.Different, bench.ClassOf(W1));
        bench.Network = ask => ask.SlaveIndex == W0 ? null : ProbeBench.OtherGateway;
        bench.After(120);
        Assert.Empty(bench.Told<PathProbeEffect.SelectSlave>());
    }

    [Fact(DisplayName = "AM-30 back not before 30 s")]
    public void Slave_Left_IsNotGoneBackToBefore30Seconds()
    {
        ProbeBench bench = new ProbeBench(pathFailover: true).GatewayOn(W0, W1).Start().After(20).GatewayOn(W1).After(2);
        double left = bench.Effects.Single(one => one.Effect is PathProbeEffect.SelectSlave).At.Seconds;
        bench.Activate(W1).Forget();
        // At once the other way round: only w0 has the gateway.
        bench.GatewayOn(W0).After(left + 30 - bench.Seconds - 0.001);
        Assert.Empty(bench.Told<PathProbeEffect.SelectSlave>());
        bench.After(7);
        Assert.Equal(W0, bench.Told<PathProbeEffect.SelectSlave>().First().SlaveIndex);
    }

    [Fact(DisplayName = "AM-30 the primary that was left answers again: back when the hold-down is over, not a tick before")]
    public void Primary_Left_IsGoneBackToAfterTheHoldDown()
    {
        ProbeBench bench = new ProbeBench(pathFailover: true).GatewayOn(W0, W1).Start().Set(W0, slave => slave with { IsPrimary = true });
        double left = Leave(bench);
        // Repaired at once: three rounds of it are over long before.
        bench.GatewayOn(W0, W1).After(left + 30 - bench.Seconds - 0.0001);
        Assert.Empty(bench.Told<PathProbeEffect.SelectSlave>());
        // The next question on the slave in use is at most half a second away.
        bench.After(0.6);
        PathProbeEffect.SelectSlave back = Assert.Single(bench.Told<PathProbeEffect.SelectSlave>());
        Assert.Equal((W0, "192.0.2.1 answers on the primary w0 again"), (back.SlaveIndex, back.Why));
        bench.Activate(W0).Forget().After(120);
        Assert.Empty(bench.Told<PathProbeEffect.SelectSlave>());
    }

    [Fact]
    public void Primary_Left_IsGoneBackToAtTheThirdAnsweredRound()
    {
        ProbeBench bench = new ProbeBench(pathFailover: true).GatewayOn(W0, W1).Start().Set(W0, slave => slave with { IsPrimary = true });
        Leave(bench);
        bench.After(100).GatewayOn(W0, W1).Forget();
        while (bench.Asked(W0).Length < 1) bench.After(0.1);
        double first = bench.Asked(W0)[0];
        bench.After(first + 20 - bench.Seconds - 0.0001);
        Assert.Empty(bench.Told<PathProbeEffect.SelectSlave>());
        bench.After(0.0002);
        Assert.Equal(W0, Assert.Single(bench.Told<PathProbeEffect.SelectSlave>()).SlaveIndex);
    }

    [Fact]
    public void Primary_ThatAnswersNowAndThen_IsNotGoneBackTo()
    {
        ProbeBench bench = new ProbeBench(pathFailover: true).GatewayOn(W0, W1).Start().Set(W0, slave => slave with { IsPrimary = true });
        Leave(bench);
        for (int i = 0; i < 10; i++)
        {
            // Two rounds of answers, then one of silence.
            bench.GatewayOn(W0, W1);
            for (int rounds = 0; rounds < 2; rounds++)
            {
                bench.Forget();
                while (bench.Asked(W0).Length == 0) bench.After(0.1);
                Assert.Empty(bench.Told<PathProbeEffect.SelectSlave>());
            }
            bench.GatewayOn(W1).Forget();
            while (bench.Asked(W0).Length < 3) bench.After(0.1);
            bench.After(0.5);
        }
        Assert.Empty(bench.Told<PathProbeEffect.SelectSlave>());
    }

    [Fact]
    public void Slave_LeftByHand_OrWithoutPrimary_IsNotGoneBackTo()
    {
        ProbeBench bench = new ProbeBench(pathFailover: true).GatewayOn(W0, W1).Start().Set(W0, slave => slave with { IsPrimary = true });
        bench.After(20).Activate(W1).After(120);
        Assert.Empty(bench.Told<PathProbeEffect.SelectSlave>());
        bench = new ProbeBench(pathFailover: true).GatewayOn(W0, W1).Start();
        Leave(bench);
        bench.GatewayOn(W0, W1).After(120);
        Assert.Empty(bench.Told<PathProbeEffect.SelectSlave>());
    }

    // The gateway falls silent on w0 and the bond follows to w1; when it was asked to.
    private static double Leave(ProbeBench bench)
    {
        bench.After(20).GatewayOn(W1).After(2);
        double left = bench.Effects.Single(one => one.Effect is PathProbeEffect.SelectSlave).At.Seconds;
        bench.Activate(W1).Forget();
        return left;
    }

    [Fact]
    public void Bond_ThatDoesNotFollow_IsAskedAgain()
    {
        ProbeBench bench = new ProbeBench(pathFailover: true).GatewayOn(W0, W1).Start().After(20).Forget().GatewayOn(W1).After(9.9);
        Instant[] asked = [.. bench.Effects.Where(one => one.Effect is PathProbeEffect.SelectSlave).Select(one => one.At)];
        Assert.InRange(asked.Length, 2, 5);
        Assert.All(asked.Skip(1).Zip(asked), pair => Assert.True(pair.First - pair.Second >= PathProbeTiming.SelectRetry));
    }
}
