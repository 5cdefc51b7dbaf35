using BondDhcp.Dhcp.Arp;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Machine;

/// <summary>A user who asks for a lease.</summary>
public sealed class AcquireTests
{
    [Fact]
    public void Acquire_BetweenTwoDiscovers_BeginsTheSearchAnew()
    {
        MachineBench bench = new MachineBench().Start().After(20);
        uint xid = bench.Last.Xid;
        bench.Forget().Step(new Dhcp4Input.Command(DhcpCommand.Acquire));
        SentMessage sent = Assert.Single(bench.Sent);
        Assert.Equal((Dhcp4MessageType.Discover, xid), (sent.Message.Type, sent.Xid));
        bench.After(12.5);
        Close.To([20, 24, 32], bench.Times);
        bench.Take(Fixture.Offer(xid, Fixture.A)).Take(Fixture.Ack(bench.Last.Xid, Fixture.A));
        Assert.Equal(new Dhcp4Effect.CommandDone(DhcpCommand.Acquire, true, null), Assert.Single(bench.Effects.OfType<Dhcp4Effect.CommandDone>()));
    }

    [Fact(DisplayName = "acquire again and again: the caps on messages hold")]
    public void Acquire_AgainAndAgain_StaysWithinTheCaps()
    {
        MachineBench bench = new MachineBench().Start();
        for (int i = 0; i < 400; i++) bench.Step(new Dhcp4Input.Command(DhcpCommand.Acquire)).After(0.1);
        Assert.InRange(bench.Sent.Count, 2, TransmitBudget.DhcpPerMinute - TransmitBudget.KeptPerMinute);
        foreach (double second in bench.Times)
            Assert.InRange(bench.Times.Count(at => at >= second && at < second + 0.999), 1, TransmitBudget.DhcpPerSecond - TransmitBudget.KeptPerSecond);
    }

    [Fact(DisplayName = "A4-12 acquire does not shorten the wait after a DHCPDECLINE")]
    public void Acquire_AfterADecline_Waits()
    {
        MachineBench bench = new MachineBench(settings => settings with { ConflictDetection = ConflictDetection.Fast }).Start();
        bench.Take(Fixture.Offer(bench.Last.Xid, Fixture.A)).Take(Fixture.Ack(bench.Last.Xid, Fixture.A));
        bench.Hear(ArpPacket.Announcement(Fixture.Stranger, Fixture.L));
        Assert.Equal("declineWait", bench.State);
        bench.Forget().Step(new Dhcp4Input.Command(DhcpCommand.Acquire)).After(9.9);
        Assert.Empty(bench.Sent);
    }

    [Fact]
    public void Acquire_AfterRefusals_Waits()
    {
        MachineBench bench = new MachineBench().Start();
        for (int i = 0; i < 3; i++)
        {
            bench.After(2).Take(Fixture.Offer(bench.Last.Xid, Fixture.A));
            bench.Take(Fixture.Nak(bench.Last.Xid, Fixture.A));
        }
        Assert.Equal("nakBackoff", bench.State);
        bench.Forget().Step(new Dhcp4Input.Command(DhcpCommand.Acquire)).After(1.9);
        Assert.Empty(bench.Sent);
        Assert.Equal(Dhcp4MessageType.Discover, Assert.Single(bench.After(0.2).Sent).Message.Type);
    }

    // Its answers still come to the search as it was: none is begun beside it.
    [Fact]
    public void Acquire_WhileOffersAreCollected_ChangesNothing()
    {
        MachineBench bench = new MachineBench(settings => settings with { OfferWait = TimeSpan.FromSeconds(1) }).Start();
        bench.Take(Fixture.Offer(bench.Last.Xid, Fixture.A)).Forget().Step(new Dhcp4Input.Command(DhcpCommand.Acquire));
        Assert.Empty(bench.Sent);
        Assert.Equal(Dhcp4MessageType.Request, Assert.Single(bench.After(1).Sent).Message.Type);
    }
}
