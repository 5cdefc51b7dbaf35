using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Machine;

public class SuspendTests
{
    [Theory(DisplayName = "AP-3 resume in BOUND: before T1, past T1, past T2")]
    [InlineData(1000, "verifying", Dhcp4RequestKind.InitReboot)]
    [InlineData(2000, "renewing", Dhcp4RequestKind.Renewing)]
    [InlineData(3300, "rebinding", Dhcp4RequestKind.Rebinding)]
    public void Resume_WithTimeLeft_GoesOnWhereTheLeaseIs(double at, string state, Dhcp4RequestKind kind)
    {
        foreach (bool deadlineFirst in new[] { false, true })
        {
            MachineBench bench = new MachineBench().Bind();
            bench.Sleep(at - bench.Seconds);
            // The timer of BOOTTIME and the news of the resume come in either order.
            if (deadlineFirst) bench.Step(Dhcp4Input.DeadlineReached.Instance);
            bench.Step(new Dhcp4Input.Resumed());
            Assert.Equal(state, bench.State);
            Assert.All(bench.Sent, sent => Assert.Equal(kind, sent.Message.RequestKind));
            Assert.Equal(Fixture.L, bench.Configured);
            // The kernel's lifetimes did not count the time asleep.
            Assert.NotEmpty(bench.Effects.OfType<Dhcp4Effect.Configure>());
        }
    }

    [Fact(DisplayName = "AP-3 resume past the end: the address goes before any packet, then INIT")]
    public void Resume_PastTheEnd_RemovesTheAddressFirst()
    {
        foreach (bool deadlineFirst in new[] { false, true })
        {
            MachineBench bench = new MachineBench().Bind().Sleep(7200);
            if (deadlineFirst) bench.Step(Dhcp4Input.DeadlineReached.Instance);
            bench.Step(new Dhcp4Input.Resumed());
            Assert.Null(bench.Configured);
            Assert.IsType<Dhcp4Effect.Deconfigure>(bench.Effects.First(effect => effect is not Dhcp4Effect.Tell));
            Assert.Equal("selecting", bench.State);
            Assert.Equal(Dhcp4MessageType.Discover, bench.Last.Message.Type);
        }
    }

    [Fact]
    public void Resume_WithoutALease_StartsANewExchange()
    {
        MachineBench bench = new MachineBench().Start().Sleep(3600).Step(new Dhcp4Input.Resumed());
        Assert.Equal("selecting", bench.State);
        Assert.Equal(2, bench.Sent.Select(sent => sent.Xid).Distinct().Count());
    }

    [Fact]
    public void Resume_WithoutALink_SendsNothing()
    {
        MachineBench bench = new MachineBench().Bind().Step(new Dhcp4Input.LinkUnusable("down")).Sleep(1000).Step(new Dhcp4Input.Resumed());
        Assert.Empty(bench.Sent);
        Assert.Equal(Fixture.L, bench.Configured);
    }
}
