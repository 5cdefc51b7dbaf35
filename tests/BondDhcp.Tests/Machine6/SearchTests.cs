using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Client6;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Machine6;

/// <summary>What is said of a search in which servers answer and are not listened to, and a search that a reload concerns.</summary>
public sealed class SearchTests
{
    [Fact]
    public void Why_WithAServerThatIsExcluded_NamesWhatExcludesIt()
    {
        Machine6Bench bench = new Machine6Bench(settings => settings with { RejectServers = [Fixture6.Server] }).Start();
        Assert.Null(bench.Client.Why);
        Assert.Equal(Dhcp6DropReason.ServerNotAllowed, bench.Receive(Fixture6.Advertise()));
        Assert.Equal($"server {Fixture6.Server} answered, but reject-server excludes it", bench.Client.Why);
        Assert.Equal($"server {Fixture6.Server} answered, but reject-server excludes it; the next SOLICIT in 2 s", bench.Client.WhyAt(bench.Now));
        // One that is listened to is asked: of the other nothing is to be said.
        bench.Take(Fixture6.Advertise(Fixture6.Server2));
        Assert.Null(bench.Client.Why);
        bench.After(10);
        Assert.Equal($"server {Fixture6.Server2} does not answer", bench.Client.Why);

        bench = new Machine6Bench(settings => settings with { RequireServers = [Fixture6.Server2] }).Start();
        bench.Receive(Fixture6.Advertise());
        Assert.Equal($"server {Fixture6.Server} answered, but require-server does not name it", bench.Client.Why);
    }

    [Fact]
    public void Why_WithAdvertisesThatLackAnOption_NamesIt()
    {
        Machine6Bench bench = new Machine6Bench(settings => settings with { RequireOptions = [1, 31, 41] }).Start();
        Assert.Equal(Dhcp6DropReason.MissingOption, bench.Receive(Fixture6.Advertise().Option(31, new byte[16])));
        Assert.Equal($"server {Fixture6.Server} answered without option dhcp6.{Dhcp6OptionTable.Of(41).Name}, which 'require' wants", bench.Client.Why);
    }

    [Fact]
    public void Why_WhileARenewalIsIgnored_SaysSoAndIsAskedAnew()
    {
        Machine6Bench bench = new Machine6Bench(settings => settings with { RejectServers = [Fixture6.Server2] }).Bind();
        bench.Forget().Step(new Dhcp6Input.Command(DhcpCommand.Rebind)).After(0.5);
        Assert.Equal(Dhcp6DropReason.ServerNotAllowed, bench.Receive(Fixture6.Reply(Fixture6.Server2)));
        Assert.Equal($"server {Fixture6.Server2} answered, but reject-server excludes it; the lease is in force until it ends", bench.Client.Why);
        bench.Forget().Step(Dhcp6Input.SearchAnew.Instance);
        Assert.Equal((Dhcp6MessageType.Rebind, "no server has extended the lease; it is in force until it ends"), (Assert.Single(bench.Sent).Type, bench.Client.Why));
        // Nobody was ignored: it goes on.
        bench.Step(Dhcp6Input.SearchAnew.Instance);
        Assert.Single(bench.Sent);
    }

    [Fact]
    public void SearchAnew_BetweenTwoSolicits_AsksAtOnceAsAnotherTransaction()
    {
        Machine6Bench bench = new Machine6Bench().Start().After(50);
        uint xid = bench.Last.Xid;
        bench.Forget().Step(Dhcp6Input.SearchAnew.Instance);
        Assert.Equal((Dhcp6MessageType.Solicit, (ushort)0), (Assert.Single(bench.Sent).Type, bench.Last.Message.ElapsedCentiseconds));
        Assert.NotEqual(xid, bench.Last.Xid);
        bench.Take(Fixture6.Advertise()).After(1.2).Take(Fixture6.Reply());
        Assert.Equal("bound", bench.State);
    }

    [Fact]
    public void SearchAnew_OfInformation_AsksAnew()
    {
        Machine6Bench bench = new Machine6Bench(settings => settings with { Mode = Dhcp6Mode.Stateless }).Start().After(50);
        Assert.Matches("^no DHCPv6 server answers; the next INFORMATION-REQUEST in [0-9]+ s$", bench.Client.WhyAt(bench.Now));
        bench.Forget().Step(Dhcp6Input.SearchAnew.Instance).After(1);
        Assert.Equal(Dhcp6MessageType.InformationRequest, Assert.Single(bench.Sent).Type);
    }

    [Fact]
    public void SearchAnew_AgainAndAgain_StaysWithinTheCaps()
    {
        Machine6Bench bench = new Machine6Bench().Start();
        for (int i = 0; i < 400; i++) bench.Step(Dhcp6Input.SearchAnew.Instance).After(0.1);
        Assert.InRange(bench.Sent.Count, 2, TransmitBudget.DhcpPerMinute - TransmitBudget.KeptPerMinute);
    }

    [Fact]
    public void SearchAnew_WithNothingToSearch_ChangesNothing()
    {
        Machine6Bench stopped = new Machine6Bench().Step(Dhcp6Input.SearchAnew.Instance).After(100);
        Assert.Empty(stopped.Sent);
        Machine6Bench waiting = new Machine6Bench().Start(usable: false).Step(Dhcp6Input.SearchAnew.Instance).After(100);
        Assert.Empty(waiting.Sent);
        Machine6Bench bound = new Machine6Bench().Bind().Forget().Step(Dhcp6Input.SearchAnew.Instance).After(100);
        Assert.Empty(bound.Sent);
    }

    [Fact]
    public void Duplicate_BesideAPrefix_FailsWhoeverWaitsForALease()
    {
        var bench = new Machine6Bench(settings => settings with { PrefixLengthHint = 56 }) { AddressesAreFree = false };
        bench.Start().Step(new Dhcp6Input.Command(DhcpCommand.Acquire));
        bench.Take(Fixture6.Advertise().IaPd(300, 480, (Fixture6.P, 600, 900))).After(1.2);
        bench.Take(Fixture6.Reply().IaPd(300, 480, (Fixture6.P, 600, 900))).Step(new Dhcp6Input.AddressDuplicate(Fixture6.L));
        Assert.Equal(
            new Dhcp6Effect.CommandDone(DhcpCommand.Acquire, false, $"{Fixture6.L} is in use by another host"),
            Assert.Single(bench.Effects.OfType<Dhcp6Effect.CommandDone>()));
        // A server that has none left is another matter.
        bench.Take(Fixture6.Empty()).After(10.1).Take(Fixture6.Empty().IaNa(Dhcp6StatusCode.NoAddrsAvail).IaPd(300, 480, (Fixture6.P, 600, 900)));
        Assert.Equal(("bound", "the server gave no address"), (bench.State, bench.Client.Why));
    }
}
