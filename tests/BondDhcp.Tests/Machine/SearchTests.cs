using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Machine;

/// <summary>What is said of a search in which servers answer and are not listened to, and a search that a reload concerns.</summary>
public sealed class SearchTests
{
    [Fact]
    public void Why_WithAServerThatIsExcluded_NamesWhatExcludesIt()
    {
        MachineBench bench = new MachineBench(settings => settings with { RejectServers = [Fixture.Server] }).Start();
        Assert.Null(bench.Client.Why);
        Assert.Equal(Dhcp4DropReason.ServerNotAllowed, bench.Receive(Fixture.Offer(bench.Last.Xid, Fixture.A)));
        Assert.Equal($"server {Fixture.Server} answered, but reject-server excludes it", bench.Client.Why);
        Assert.Equal($"server {Fixture.Server} answered, but reject-server excludes it; the next DHCPDISCOVER in 4 s", bench.Client.WhyAt(bench.Now));
        // One that is listened to is asked: of the other nothing is to be said.
        bench.Take(Fixture.Offer(bench.Last.Xid, Fixture.A, Fixture.Server2));
        Assert.Null(bench.Client.Why);
        bench.After(20);
        Assert.Equal($"server {Fixture.Server2} does not answer", bench.Client.Why);

        bench = new MachineBench(settings => settings with { RequireServers = [Fixture.Server2] }).Start();
        bench.Receive(Fixture.Offer(bench.Last.Xid, Fixture.A));
        Assert.Equal($"server {Fixture.Server} answered, but require-server does not name it", bench.Client.Why);
    }

    [Fact]
    public void Why_WithOffersThatLackAnOption_NamesIt()
    {
        MachineBench bench = new MachineBench(settings => settings with { RequireOptions = [1, 66, 67] }).Start();
        Assert.Equal(Dhcp4DropReason.MissingOption, bench.Receive(Fixture.Offer(bench.Last.Xid, Fixture.A).Text(67, "boot")));
        Assert.Equal($"server {Fixture.Server} answered without option tftp-server-name, which 'require' wants", bench.Client.Why);
    }

    [Fact]
    public void Why_WhileARenewalIsIgnored_SaysSoInTheExchangeAlone()
    {
        MachineBench bench = new MachineBench().Bind();
        bench.Forget().Step(new Dhcp4Input.Command(DhcpCommand.Renew));
        bench.Step(Dhcp4Input.SearchAnew.Instance);
        Assert.Single(bench.Sent); // Nobody was ignored: the renewal goes on.
        bench = new MachineBench(settings => settings with { RejectServers = [Fixture.Server2] }).Bind();
        bench.Forget().Run(1801);
        Assert.Equal("renewing", bench.State);
        bench.Receive(Fixture.Ack(bench.Last.Xid, Fixture.A, Fixture.Server2));
        Assert.Equal($"server {Fixture.Server2} answered, but reject-server excludes it; the lease is in force until it ends", bench.Client.Why);
        // What ignored it may be mended: it is asked again.
        bench.Forget().Step(Dhcp4Input.SearchAnew.Instance);
        Assert.Equal((Dhcp4MessageType.Request, null), (Assert.Single(bench.Sent).Message.Type, bench.Client.Why));
    }

    [Fact]
    public void SearchAnew_BetweenTwoDiscovers_AsksAtOnceAsAnotherTransaction()
    {
        MachineBench bench = new MachineBench().Start().After(50);
        Assert.Matches("^no DHCP server answers; the next DHCPDISCOVER in [0-9]+ s$", bench.Client.WhyAt(bench.Now));
        uint xid = bench.Last.Xid;
        bench.Forget().Step(Dhcp4Input.SearchAnew.Instance);
        SentMessage sent = Assert.Single(bench.Sent);
        Assert.Equal((Dhcp4MessageType.Discover, (ushort)50), (sent.Message.Type, sent.Message.Secs));
        Assert.NotEqual(xid, sent.Xid);
        bench.After(4.5);
        Close.To([50, 54], bench.Times);
    }

    [Fact]
    public void SearchAnew_AgainAndAgain_StaysWithinTheCaps()
    {
        MachineBench bench = new MachineBench().Start();
        for (int i = 0; i < 400; i++) bench.Step(Dhcp4Input.SearchAnew.Instance).After(0.1);
        Assert.InRange(bench.Sent.Count, 2, TransmitBudget.DhcpPerMinute - TransmitBudget.KeptPerMinute);
    }

    [Fact]
    public void SearchAnew_WithNothingToSearch_ChangesNothing()
    {
        MachineBench stopped = new MachineBench().Step(Dhcp4Input.SearchAnew.Instance).After(100);
        Assert.Empty(stopped.Sent);
        MachineBench waiting = new MachineBench().Start(usable: false).Step(Dhcp4Input.SearchAnew.Instance).After(100);
        Assert.Empty(waiting.Sent);
        MachineBench bound = new MachineBench().Bind().Forget().Step(Dhcp4Input.SearchAnew.Instance).After(100);
        Assert.Empty(bound.Sent);
    }
}
