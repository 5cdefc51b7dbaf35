using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Client6;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Machine6;

/// <summary>A user who asks for a lease.</summary>
public sealed class AcquireTests
{
    [Fact]
    public void Acquire_BetweenTwoSolicits_BeginsTheSearchAnew()
    {
        Machine6Bench bench = new Machine6Bench().Start().After(20);
        uint xid = bench.Last.Xid;
        bench.Forget().Step(new Dhcp6Input.Command(DhcpCommand.Acquire));
        Assert.Equal((Dhcp6MessageType.Solicit, (ushort)0), (Assert.Single(bench.Sent).Type, bench.Last.Message.ElapsedCentiseconds));
        Assert.NotEqual(xid, bench.Last.Xid);
        bench.Take(Fixture6.Advertise()).After(1.2).Take(Fixture6.Reply());
        Assert.Equal("bound", bench.State);
        Assert.Equal(new Dhcp6Effect.CommandDone(DhcpCommand.Acquire, true, null), Assert.Single(bench.Effects.OfType<Dhcp6Effect.CommandDone>()));
    }

    [Fact(DisplayName = "acquire again and again: the caps on messages hold")]
    public void Acquire_AgainAndAgain_StaysWithinTheCaps()
    {
        Machine6Bench bench = new Machine6Bench().Start();
        for (int i = 0; i < 400; i++) bench.Step(new Dhcp6Input.Command(DhcpCommand.Acquire)).After(0.1);
        Assert.InRange(bench.Sent.Count, 2, TransmitBudget.DhcpPerMinute - TransmitBudget.KeptPerMinute);
        foreach (double second in bench.Times)
            Assert.InRange(bench.Times.Count(at => at >= second && at < second + 0.999), 1, 2);
    }

    [Fact]
    public void Acquire_WhileTheFirstSolicitIsAwaited_ChangesNothing()
    {
        Machine6Bench bench = new Machine6Bench().Start().Forget().After(0.5).Step(new Dhcp6Input.Command(DhcpCommand.Acquire));
        Assert.Empty(bench.Sent);
        Assert.Equal(Dhcp6MessageType.Solicit, Assert.Single(bench.After(1).Sent).Type);
    }

    [Fact]
    public void Acquire_AfterADecline_Waits()
    {
        Machine6Bench bench = new Machine6Bench().Bind().Step(new Dhcp6Input.AddressDuplicate(Fixture6.L)).Step(new Dhcp6Input.Command(DhcpCommand.Acquire)).After(9);
        Assert.DoesNotContain(bench.Sent, sent => sent.Type == Dhcp6MessageType.Solicit);
    }

    [Fact(DisplayName = "AT-5 (v6) flushed again while it was put back: once more after half a second; status says when")]
    public void AddressRemoved_AsSoonAsItIsBack_IsPutBackOnceMoreSoon()
    {
        Machine6Bench bench = new Machine6Bench().Bind().Step(new Dhcp6Input.AddressRemoved(Fixture6.L)).Step(new Dhcp6Input.AddressRemoved(Fixture6.L));
        Assert.Single(bench.Effects.OfType<Dhcp6Effect.Configure>());
        Assert.Equal("an address of the lease was removed by another program; put back in 1 s", bench.Client.WhyAt(bench.Now));
        bench.After(0.5);
        Assert.Equal(2, bench.Effects.OfType<Dhcp6Effect.Configure>().Count());
        Assert.Null(bench.Client.WhyAt(bench.Now));
    }

    [Fact]
    public void Solicit_ThatCouldNotBeSent_BlamesNoServer()
    {
        Machine6Bench bench = new Machine6Bench().Start().After(5);
        Assert.Equal("the last message could not be sent: Network is unreachable", bench.Client.WhyAt(bench.Now, "Network is unreachable"));
        Assert.Matches("^no DHCPv6 server offers anything; the next SOLICIT in [0-9]+ s$", bench.Client.WhyAt(bench.Now));
    }
}
