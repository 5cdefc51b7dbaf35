using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Machine;

public class Ipv6OnlyTests
{
    [Theory(DisplayName = "A4-61 option 108: no REQUEST, DISCOVER after its time, at least 300 s")]
    [InlineData(0, 300)]
    [InlineData(1800, 1800)]
    public void Offer_WithIpv6OnlyWait_IsWaitedFor(uint seconds, double wait)
    {
        MachineBench bench = Capable().Start();
        bench.Take(Fixture.Offer(bench.Last.Xid, Fixture.A).Seconds(108, seconds)).Forget().Run(wait - 0.001);
        Assert.Equal("v6only", bench.State);
        Assert.Empty(bench.Sent);
        bench.Run(wait + 0.001);
        Assert.Equal(Dhcp4MessageType.Discover, Assert.Single(bench.Sent).Message.Type);
    }

    [Fact(DisplayName = "A4-61 option 108 = FFFFFFFF: never by timer; a link event ends the wait")]
    public void Offer_WithEndlessIpv6OnlyWait_EndsWithTheLink()
    {
        MachineBench bench = Capable().Start();
        bench.Take(Fixture.Offer(bench.Last.Xid, Fixture.A).Seconds(108, uint.MaxValue)).Forget().Run(1e8);
        Assert.Empty(bench.Sent);
        bench.Step(new Dhcp4Input.LinkUnusable("carrier")).After(1).Step(new Dhcp4Input.LinkUsable(PathClass.Unknown));
        Assert.Equal(Dhcp4MessageType.Discover, Assert.Single(bench.Sent).Message.Type);
    }

    [Fact(DisplayName = "A4-62 OFFER of 0.0.0.0 with 108: ignored when not capable, taken when capable")]
    public void Offer_WithoutAddress_IsOnlyForTheCapable()
    {
        MachineBench bench = new MachineBench().Start();
        Assert.Equal(Dhcp4DropReason.NoAddress, bench.Receive(Fixture.Offer(bench.Last.Xid, Fixture.A, address: Ipv4Address.Any).Seconds(108, 1800)));
        Assert.Equal("selecting", bench.State);
        bench.Take(Fixture.Offer(bench.Last.Xid, Fixture.A).Seconds(108, 1800));
        Assert.Equal("requesting", bench.State);

        bench = Capable().Start();
        bench.Take(Fixture.Offer(bench.Last.Xid, Fixture.A, address: Ipv4Address.Any).Seconds(108, 1800));
        Assert.Equal("v6only", bench.State);
    }

    [Fact]
    public void Offer_WithoutAddress_BesideALease_IsNoCandidate()
    {
        MachineBench bench = Capable().Bind().FailOver(Fixture.B).After(20);
        bench.Forget().After(60);
        SentMessage discover = bench.Sent.Last(sent => sent.Message.Type == Dhcp4MessageType.Discover);
        Assert.Equal(
            Dhcp4DropReason.NoAddress, bench.Receive(Fixture.Offer(discover.Xid, Fixture.B, address: Ipv4Address.Any).Seconds(108, 1800)));
        Assert.Equal(Fixture.L, bench.Configured);
    }

    private static MachineBench Capable() => new(settings => settings with { Ipv6Only = true });
}
