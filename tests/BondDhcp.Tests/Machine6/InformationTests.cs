using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Client6;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Machine6;

public class InformationTests
{
    private static readonly RouterFlags Managed = new(true, true);
    private static readonly RouterFlags Other = new(false, true);
    private static readonly RouterFlags Neither = new(false, false);

    private static Machine6Bench Stateless(EntropySource? entropy = null) =>
        new(settings => settings with { Mode = Dhcp6Mode.Stateless }, entropy);

    private static Machine6Bench Auto(int? prefix = null) =>
        new(settings => settings with { Mode = Dhcp6Mode.Auto, PrefixLengthHint = prefix });

    [Fact(DisplayName = "A6-31 stateless: INFORMATION-REQUEST after 0 to 1 s, with our DUID and the options asked for; no IA, no server")]
    public void InformationRequest_First_HasWhatTheRfcWants()
    {
        foreach ((EntropySource entropy, double delay) in new (EntropySource, double)[] { (ScriptedEntropy.Min(), 0), (ScriptedEntropy.Max(), 1) })
        {
            Machine6Bench bench = Stateless(entropy).Start().Run(1.001);
            Close.To(delay, bench.Sent[0].Seconds);
            Dhcp6Transmission message = bench.Sent[0].Message;
            Assert.Equal((Dhcp6MessageType.InformationRequest, null), (message.Type, message.ServerIdentifier));
            Assert.Equal([23, 24, 56, 32, 83, 31, 41, 42, 103, 144], message.OptionRequest.AsEnumerable());
            Assert.True(message.IaNas.IsEmpty && message.IaPds.IsEmpty);
        }
    }

    [Fact]
    public void InformationRequest_Unanswered_IsRepeatedByTheTable()
    {
        Machine6Bench bench = Stateless().Start().Run(20_000);
        Close.To([1, 2, 4, 8, 16], bench.Gaps[..5]);
        Close.Within(3240, 3960, bench.Gaps[^1]);
        Assert.Equal(("informationRequesting", "no DHCPv6 server answers"), (bench.State, bench.Client.Why));
        // INF_MAX_RT of an answer that is otherwise a failure counts.
        bench = Stateless().Start().Run(1).Take(Fixture6.Empty().Status(Dhcp6StatusCode.UnspecFail).Seconds(83, 60)).Run(1000);
        Close.Within(54, 66, bench.Gaps[^1]);
    }

    [Theory(DisplayName = "A6-32 the refresh time: 300 is 600, absent is 86400, 7200 is 7200, ffffffff is never")]
    [InlineData(300u, 600)]
    [InlineData(null, 86400)]
    [InlineData(7200u, 7200)]
    [InlineData(uint.MaxValue, -1)]
    public void Information_IsAskedForAgain_AtTheRefreshTime(uint? refresh, int expected)
    {
        Machine6Bench bench = Stateless().Start().Run(1);
        Reply6Message reply = Fixture6.Empty().Dns(Fixture6.Dns);
        bench.Take(refresh is { } seconds ? reply.Seconds(32, seconds) : reply).Forget();
        Assert.Equal(("informationBound", null), (bench.State, bench.Client.Why));
        Assert.Equal(Fixture6.Dns, Assert.Single(bench.Client.Configuration!.DnsServers));
        double start = bench.Seconds;
        bench.Run(start + 200_000);
        if (expected < 0)
        {
            Assert.Empty(bench.Sent);
            return;
        }
        Close.To(start + expected + 0.5, bench.Sent[0].Seconds);
        // What is there stays until there is something newer.
        Assert.NotNull(bench.Client.Configuration);
    }

    [Fact(DisplayName = "A6-33 stateless bound, the path changes: INFORMATION-REQUEST, after the announcement")]
    public void Information_PathChanges_IsAskedForAgain()
    {
        Machine6Bench bench = Stateless().Start().Run(1).Take(Fixture6.Empty()).Forget().FailOver().After(1);
        Assert.Equal(Dhcp6MessageType.InformationRequest, Assert.Single(bench.Sent).Type);
        Assert.IsType<Dhcp6Effect.Announce>(bench.Effects[0]);
        bench.Take(Fixture6.Empty()).Forget().Step(new Dhcp6Input.LinkUnusable("no carrier")).After(10);
        Assert.Equal("informationBound", bench.State);
        bench.Step(new Dhcp6Input.LinkUsable(PathClass.Unknown)).After(1);
        Assert.Equal(Dhcp6MessageType.InformationRequest, Assert.Single(bench.Sent).Type);
        bench.Take(Fixture6.Empty()).Forget().Step(new Dhcp6Input.Resumed()).After(1);
        Assert.Equal(Dhcp6MessageType.InformationRequest, Assert.Single(bench.Sent).Type);
    }

    [Fact(DisplayName = "AM-29 for configuration alone: certainly another network: it goes before the first frame, and is asked for anew")]
    public void Information_PathOfAnotherNetwork_IsDropped()
    {
        Machine6Bench bench = Stateless().Start().Run(1).Take(Fixture6.Empty().Dns(Fixture6.Dns)).Forget();
        bench.FailOver(PathClass.Different);
        Assert.Equal(("informationRequesting", null), (bench.State, bench.Client.Configuration));
        bench.After(1).Take(Fixture6.Empty(Fixture6.Server2));
        Assert.Equal(("informationBound", Fixture6.Server2), (bench.State, bench.Client.Configuration!.ServerIdentifier));
        // Known while the link-local address is still away.
        bench.Step(new Dhcp6Input.LinkLocalGone()).FailOver(PathClass.Different);
        Assert.Equal(("waiting", null), (bench.State, bench.Client.Configuration));
        bench.Step(new Dhcp6Input.LinkLocalReady(Fixture6.LinkLocal2)).After(1);
        Assert.Equal(("informationRequesting", Dhcp6MessageType.InformationRequest), (bench.State, bench.Last.Type));
    }

    [Fact(DisplayName = "A6-34 a REPLY without our DUID, or with another's, is dropped")]
    public void Information_OfAnother_IsDropped()
    {
        Machine6Bench bench = Stateless().Start().Run(1);
        Assert.Equal(Dhcp6DropReason.ClientIdentifier, bench.Receive(new Reply6Message(Dhcp6MessageType.Reply, bench.Last.Xid, null, Fixture6.Server)));
        Assert.Equal(Dhcp6DropReason.ClientIdentifier, bench.Receive(new Reply6Message(Dhcp6MessageType.Reply, bench.Last.Xid, Fixture6.Server2, Fixture6.Server)));
        Assert.Equal("informationRequesting", bench.State);
    }

    [Fact(DisplayName = "A6-46 auto: M is stateful, O alone stateless")]
    public void Auto_FollowsTheFlags()
    {
        Assert.Equal("soliciting", Auto().Start(router: Managed).State);
        Assert.Equal("informationRequesting", Auto().Start(router: Other).State);
        Machine6Bench bench = Auto().Start(router: Neither);
        Assert.Equal(("waiting", "the router advertises no DHCPv6"), (bench.State, bench.Client.Why));
        bench.Run(100);
        Assert.Empty(bench.Sent);
        bench.Step(new Dhcp6Input.RouterAdvertised(Other));
        Assert.Equal("informationRequesting", bench.State);
        bench.After(1).Take(Fixture6.Empty().Dns(Fixture6.Dns)).Step(new Dhcp6Input.RouterAdvertised(Managed));
        Assert.Equal("soliciting", bench.State);
        // What was there is used until a lease comes.
        Assert.NotNull(bench.Client.Configuration);
    }

    [Fact(DisplayName = "A6-46 auto without an advertisement: three RS, then nothing, until one comes")]
    public void Auto_WithoutARouter_DoesNothing()
    {
        Machine6Bench bench = Auto().Start();
        Assert.Equal(("waiting", "no router has advertised itself yet"), (bench.State, bench.Client.Why));
        bench.Run(12.4);
        Assert.Equal(3, bench.Effects.OfType<Dhcp6Effect.SolicitRouters>().Count());
        bench.Run(12.6);
        Assert.Equal(("waiting", "no router advertises itself"), (bench.State, bench.Client.Why));
        Assert.Equal(Instant.Never, bench.Client.NextDeadline);
        Assert.Empty(bench.Sent);
        bench.Step(new Dhcp6Input.RouterAdvertised(Managed));
        Assert.Equal(Dhcp6MessageType.Solicit, Assert.Single(bench.Sent).Type);
    }

    [Fact(DisplayName = "A6-46 M goes away: a lease is kept, and extended; a search for one ends")]
    public void Auto_ManagedIsCleared_KeepsLeases()
    {
        Machine6Bench bench = Auto().Start(router: Managed).Take(Fixture6.Advertise()).After(1.2).Take(Fixture6.Reply()).Forget();
        bench.Step(new Dhcp6Input.RouterAdvertised(Neither));
        for (int i = 0; i < 4; i++) bench.Step(new Dhcp6Input.RouterAdvertised(Managed)).Step(new Dhcp6Input.RouterAdvertised(Neither));
        Assert.Contains("routers no longer say", Assert.Single(bench.Told("warning")).Fields.Single().Value!.ToString(), StringComparison.Ordinal);
        bench.After(301);
        Assert.True(bench.IsConfigured(Fixture6.L));
        Assert.Equal(Dhcp6MessageType.Renew, Assert.Single(bench.Sent).Type);
        Assert.Equal(Fixture6.L, Assert.Single(Assert.Single(bench.Last.Message.IaNas).Addresses));
        bench.Take(Fixture6.Reply());
        Assert.Equal("bound", bench.State);

        bench = Auto().Start(router: Managed).Step(new Dhcp6Input.RouterAdvertised(Neither));
        Assert.Equal("waiting", bench.State);
        bench = Auto().Start(router: Managed).Step(new Dhcp6Input.RouterAdvertised(Other));
        Assert.Equal("informationRequesting", bench.State);
    }

    [Fact(DisplayName = "2.11 auto with prefix delegation: an IA_PD whatever the flags are, no IA_NA without M")]
    public void Auto_WithPrefixDelegation_AsksForPrefixes()
    {
        Machine6Bench bench = Auto(56).Start(router: Neither);
        Assert.True(bench.Last.Message.IaNas.IsEmpty);
        Assert.Single(bench.Last.Message.IaPds);
        bench = Auto(56).Start(router: Managed);
        Assert.Equal((1, 1), (bench.Last.Message.IaNas.Length, bench.Last.Message.IaPds.Length));
        Assert.Equal("waiting", Auto(56).Start().State);
    }

    [Fact(DisplayName = "18.2.4 auto: M comes while only a prefix is held: RENEW with an IA_NA too, at most once in 30 s")]
    public void Auto_ManagedComes_AsksForAnAddressToo()
    {
        Machine6Bench bench = Auto(56).Start(router: Neither).Take(Fixture6.Offer().IaPd(300, 480, (Fixture6.P, 600, 900))).After(1.2);
        bench.Take(Fixture6.Empty().IaPd(300, 480, (Fixture6.P, 600, 900))).Forget();
        Assert.Equal("bound", bench.State);
        bench.Step(new Dhcp6Input.RouterAdvertised(Managed));
        Assert.Equal(("renewing", Dhcp6MessageType.Renew), (bench.State, Assert.Single(bench.Sent).Type));
        Assert.Empty(Assert.Single(bench.Last.Message.IaNas).Addresses);
        Assert.Equal(Fixture6.P, Assert.Single(Assert.Single(bench.Last.Message.IaPds).Prefixes));
        bench.Take(Fixture6.Empty().IaNa(Dhcp6StatusCode.NoAddrsAvail).IaPd(300, 480, (Fixture6.P, 600, 900))).Forget();
        for (int i = 0; i < 20; i++) bench.Step(new Dhcp6Input.RouterAdvertised(i % 2 == 0 ? Neither : Managed)).After(1);
        Assert.Empty(bench.Sent);
        bench.After(11);
        bench.Take(Fixture6.Reply().IaPd(300, 480, (Fixture6.P, 600, 900)));
        Assert.True(bench.IsConfigured(Fixture6.L));
        // With an address there is nothing to ask for.
        bench.Forget().Step(new Dhcp6Input.RouterAdvertised(Neither)).Step(new Dhcp6Input.RouterAdvertised(Managed)).After(60);
        Assert.Empty(bench.Sent);
    }

    [Theory(DisplayName = "2.11 no prefix to be had: configuration is asked for after three SOLICITs; they go on; a lease takes its place")]
    [InlineData(false)]
    [InlineData(true)]
    public void Soliciting_InVain_AsksForConfigurationBeside(bool auto)
    {
        Machine6Bench bench = auto
            ? Auto(56).Start(router: Other)
            : new Machine6Bench(settings => settings with { Mode = Dhcp6Mode.Stateless, PrefixLengthHint = 56 }).Start();
        bench.Run(3.4);
        Assert.Equal(3, bench.Sent.Count(sent => sent.Type == Dhcp6MessageType.Solicit));
        bench.Forget().Run(4.5);
        Assert.Equal(Dhcp6MessageType.InformationRequest, Assert.Single(bench.Sent).Type);
        Assert.True(bench.Last.Message.IaPds.IsEmpty);
        bench.Take(Fixture6.Empty().Dns(Fixture6.Dns));
        Assert.Equal(("soliciting", Fixture6.Dns), (bench.State, Assert.Single(bench.Client.Configuration!.DnsServers)));
        bench.Forget().Run(2000);
        Assert.NotEmpty(bench.Sent);
        Assert.All(bench.Sent, sent => Assert.Equal(Dhcp6MessageType.Solicit, sent.Type));
        // The path changes: both are asked anew.
        bench.Forget().FailOver().After(0.9);
        Assert.Equal([Dhcp6MessageType.Solicit, Dhcp6MessageType.InformationRequest], bench.Sent.Select(sent => sent.Type));
        bench.Take(Fixture6.Empty()).Step(new Dhcp6Input.LinkUnusable("no carrier")).After(60);
        bench.Forget().Step(new Dhcp6Input.LinkUsable(PathClass.Unknown)).After(0.9);
        Assert.Equal([Dhcp6MessageType.Solicit, Dhcp6MessageType.InformationRequest], bench.Sent.Select(sent => sent.Type));
        Reply6Message offer = Fixture6.Offer(xid: bench.Sent[0].Xid).IaPd(300, 480, (Fixture6.P, 600, 900));
        bench.Take(offer).After(1.2).Take(Fixture6.Empty().IaPd(300, 480, (Fixture6.P, 600, 900)));
        Assert.Equal(("bound", null, null), (bench.State, bench.Client.Information, bench.Client.InformationBeside));
    }

    [Fact(DisplayName = "2.11 stateful: configuration alone is asked for only where servers have nothing to give")]
    public void Soliciting_Stateful_AsksForConfigurationWhereRefused()
    {
        Machine6Bench bench = new Machine6Bench(settings => settings with { PrefixLengthHint = 56 }).Start().Run(1000);
        Assert.All(bench.Sent, sent => Assert.Equal(Dhcp6MessageType.Solicit, sent.Type));
        bench = new Machine6Bench(settings => settings with { PrefixLengthHint = 56 }).Start();
        bench.Take(Fixture6.Offer().IaNa(Dhcp6StatusCode.NoAddrsAvail).IaPd(Dhcp6StatusCode.NoPrefixAvail)).Run(4.5);
        Assert.Equal(Dhcp6MessageType.InformationRequest, bench.Last.Type);
        // The search begins anew; what is asked for beside it goes on.
        uint information = bench.Last.Xid;
        bench.Step(new Dhcp6Input.Command(DhcpCommand.Acquire)).Take(Fixture6.Empty(xid: information).Dns(Fixture6.Dns));
        Assert.NotNull(bench.Client.Configuration);
        Assert.Empty(bench.Effects.OfType<Dhcp6Effect.CommandDone>());
        bench.Step(new Dhcp6Input.Command(DhcpCommand.Renew)).After(1);
        Assert.Equal(("soliciting", Dhcp6MessageType.InformationRequest), (bench.State, bench.Last.Type));
        bench.Forget().Take(Fixture6.Empty());
        Assert.True(Assert.Single(bench.Effects.OfType<Dhcp6Effect.CommandDone>()).Succeeded);
        // Without a link nothing of it is left.
        bench.Step(new Dhcp6Input.LinkUnusable("no carrier"));
        Assert.Null(bench.Client.InformationBeside);
    }

    [Fact]
    public void Commands_OnConfiguration_AskForItAgain()
    {
        Machine6Bench bench = Stateless().Start().Run(1).Take(Fixture6.Empty()).Forget();
        bench.Step(new Dhcp6Input.Command(DhcpCommand.Acquire));
        Assert.True(Assert.Single(bench.Effects.OfType<Dhcp6Effect.CommandDone>()).Succeeded);
        bench.Step(new Dhcp6Input.Command(DhcpCommand.Renew)).After(1).Take(Fixture6.Empty());
        Assert.Equal(2, bench.Effects.OfType<Dhcp6Effect.CommandDone>().Count(done => done.Succeeded));
        bench.Forget().Step(new Dhcp6Input.Command(DhcpCommand.Release)).After(10);
        Assert.Equal(("stopped", null), (bench.State, bench.Client.Configuration));
        Assert.Empty(bench.Sent);
    }
}
