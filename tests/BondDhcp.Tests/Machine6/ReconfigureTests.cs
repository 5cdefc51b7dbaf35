using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Client6;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Machine6;

/// <summary>A reload with other wishes: the client goes on with the lease it has.</summary>
public class ReconfigureTests
{
    private static readonly RouterFlags s_managed = new(Managed: true, OtherConfiguration: true);

    private static Machine6Bench Reload(Machine6Bench bench, Func<Dhcp6Settings, Dhcp6Settings> change) =>
        bench.Step(new Dhcp6Input.Reconfigured(change(bench.Client.Settings)));

    [Theory(DisplayName = "dhcp6 = true to \"auto\" and back: nothing is sent, and nothing goes, whatever the router says")]
    [InlineData(true)]
    [InlineData(false)]
    public void Mode_ThatWantsTheLeaseHeld_SendsNothing(bool managed)
    {
        Machine6Bench bench = Machine6Bench.WithPrefix().Step(new Dhcp6Input.RouterAdvertised(new RouterFlags(managed, false))).Forget();
        foreach (Dhcp6Mode mode in new[] { Dhcp6Mode.Auto, Dhcp6Mode.Stateful })
        {
            Reload(bench, settings => settings with { Mode = mode }).After(10);
            Assert.Equal(("bound", 2), (bench.State, bench.Configured.Count));
        }
        Assert.Empty(bench.Sent);
        Assert.Empty(bench.Effects.OfType<Dhcp6Effect.Deconfigure>());
        Assert.Equal(Dhcp6MessageType.Renew, bench.After(300).Last.Type);
    }

    [Fact(DisplayName = "18.2.4 a prefix wanted from now on: RENEW at once, with the IA_PD added; the address stays")]
    public void Prefix_WantedNow_IsPartOfARenewAtOnce()
    {
        Machine6Bench bench = Reload(new Machine6Bench().Bind(), settings => settings with { PrefixLengthHint = 56 });
        Dhcp6Transmission renew = Assert.Single(bench.Sent).Message;
        Assert.Equal((Dhcp6MessageType.Renew, "renewing"), (renew.Type, bench.State));
        Assert.Equal(Fixture6.L, Assert.Single(Assert.Single(renew.IaNas).Addresses));
        Assert.Equal(new Ipv6Prefix(Ipv6Address.Any, 56), Assert.Single(Assert.Single(renew.IaPds).Prefixes));
        bench.Take(Fixture6.Reply().IaPd(300, 480, (Fixture6.P, 600, 900)));
        Assert.Equal(("bound", 2), (bench.State, bench.Configured.Count));
        Assert.Empty(bench.Forget().After(200).Sent);
    }

    [Fact(DisplayName = "RFC 8168: another length is told beside the prefix held, until a server has answered")]
    public void Hint_ThatChanged_IsToldOnce()
    {
        Machine6Bench bench = Reload(Machine6Bench.WithPrefix(), settings => settings with { PrefixLengthHint = 60 });
        Ipv6Prefix hint = new(Ipv6Address.Any, 60);
        Assert.Equal([Fixture6.P, hint], Assert.Single(Assert.Single(bench.Sent).Message.IaPds).Prefixes.ToArray());
        Assert.Equal([Fixture6.P, hint], Assert.Single(bench.After(11).Last.Message.IaPds).Prefixes.ToArray());
        // The answer of a server that has no other one (Kea): the hint with lifetimes of 0.
        bench.Take(Fixture6.Reply().IaPd(300, 480, (Fixture6.P, 600, 900), (hint, 0, 0)));
        Assert.Equal(("bound", 2), (bench.State, bench.Configured.Count));
        bench.Forget().After(301);
        Assert.Equal([Fixture6.P], Assert.Single(Assert.Single(bench.Sent).Message.IaPds).Prefixes.ToArray());
    }

    [Fact(DisplayName = "18.2.7 a prefix wanted no longer: it goes, then a RELEASE of it alone; the address stays, and is renewed alone")]
    public void Prefix_WantedNoLonger_IsReleasedAlone()
    {
        Machine6Bench bench = Reload(Machine6Bench.WithPrefix(), settings => settings with { PrefixLengthHint = null });
        Assert.Equal(new Ipv6Prefix(Fixture6.L, 128), Assert.Single(bench.Configured));
        Assert.True(bench.Effects.FindIndex(effect => effect is Dhcp6Effect.Configure) < bench.Effects.FindIndex(effect => effect is Dhcp6Effect.Transmit));
        Dhcp6Transmission release = Assert.Single(bench.Sent).Message;
        Assert.Equal((Dhcp6MessageType.Release, Fixture6.Server), (release.Type, release.ServerIdentifier));
        Assert.Empty(release.IaNas);
        Assert.Equal(Fixture6.P, Assert.Single(Assert.Single(release.IaPds).Prefixes));
        Assert.Equal(("bound", (string?)null), (bench.State, bench.Client.Why));
        Assert.Equal(Fixture6.P.ToString(), Assert.Single(bench.Told("leaseReleased")).Fields.Single(field => field.Name == "prefixes").Value);
        Assert.True(Assert.Single(bench.Stored.Leases).Prefixes.IsEmpty);
        bench.Take(Fixture6.Empty().Status(Dhcp6StatusCode.Success)).After(100);
        Assert.Single(bench.Sent);
        Assert.Empty(bench.After(201).Last.Message.IaPds);
        Assert.Equal(Dhcp6MessageType.Renew, bench.Last.Type);
    }

    [Fact(DisplayName = "18.2.7 unanswered: four RELEASEs, and the lease goes on all the while")]
    public void Prefix_ReleasedUnanswered_IsGivenUp()
    {
        Machine6Bench bench = Reload(Machine6Bench.WithPrefix(), settings => settings with { PrefixLengthHint = null }).After(20);
        Assert.Equal((4, "bound"), (bench.Sent.Count, bench.State));
        Assert.Null(bench.Client.PrefixRelease);
        // Without a link nobody is told.
        bench = Machine6Bench.WithPrefix().Step(new Dhcp6Input.LinkUnusable("no carrier"));
        Reload(bench, settings => settings with { PrefixLengthHint = null });
        Assert.Equal((0, 1), (bench.Sent.Count, bench.Configured.Count));
        Assert.Null(bench.Client.PrefixRelease);
    }

    [Fact(DisplayName = "18.3.4 a server that makes no binding for a RENEW is sent a REQUEST; what it refuses costs nothing and is asked for once")]
    public void Prefix_WithoutABindingOfARenew_IsRequested()
    {
        Machine6Bench bench = Reload(new Machine6Bench().Bind(), settings => settings with { PrefixLengthHint = 56 }).Forget();
        bench.Take(Fixture6.Reply().IaPd(Dhcp6StatusCode.NoBinding));
        Dhcp6Transmission request = Assert.Single(bench.Sent).Message;
        Assert.Equal((Dhcp6MessageType.Request, Fixture6.Server), (request.Type, request.ServerIdentifier));
        Assert.Equal(Fixture6.L, Assert.Single(Assert.Single(request.IaNas).Addresses));
        Assert.Single(request.IaPds);
        bench.Take(Fixture6.Reply().IaPd(300, 480, (Fixture6.P, 600, 900)));
        Assert.Equal(("bound", 2), (bench.State, bench.Configured.Count));
        Assert.Empty(bench.Forget().After(200).Sent);

        foreach (Reply6Message refusal in new[] { Fixture6.Reply().IaPd(Dhcp6StatusCode.NoPrefixAvail), Fixture6.Empty().Status(Dhcp6StatusCode.NoPrefixAvail) })
        {
            bench = Reload(new Machine6Bench().Bind(), settings => settings with { PrefixLengthHint = 56 });
            bench.Take(Fixture6.Reply().IaPd(Dhcp6StatusCode.NoBinding)).Take(refusal).Forget();
            Assert.Equal(("bound", "the server gave no prefix", 1), (bench.State, bench.Client.Why, bench.Configured.Count));
            Assert.Empty(bench.After(200).Sent);
        }
        // By itself, without a wish of a reload, NoBinding of what was never held begins nothing.
        bench = new Machine6Bench(settings => settings with { PrefixLengthHint = 56 }).Bind().After(301).Forget();
        bench.Take(Fixture6.Reply().IaPd(Dhcp6StatusCode.NoBinding));
        Assert.Equal((0, "bound"), (bench.Sent.Count, bench.State));
    }

    [Fact(DisplayName = "A prefix given again while it is being given back is kept: no further RELEASE, and it went as released")]
    public void Prefix_GivenAgain_IsReleasedNoMore()
    {
        Machine6Bench bench = Reload(Machine6Bench.WithPrefix(), settings => settings with { PrefixLengthHint = null });
        Assert.Equal(LeaseEnd.Released, Assert.Single(bench.Effects.OfType<Dhcp6Effect.Configure>()).Why);
        Reload(bench.Forget(), settings => settings with { PrefixLengthHint = 56 }).Take(Fixture6.Reply().IaPd(300, 480, (Fixture6.P, 600, 900)));
        Assert.Equal(("bound", 2), (bench.State, bench.Configured.Count));
        Assert.Null(bench.Client.PrefixRelease);
        Assert.DoesNotContain(bench.After(100).Sent, sent => sent.Type == Dhcp6MessageType.Release);
    }

    [Fact(DisplayName = "A wish that no server has answered outlives a change of the path")]
    public void Wish_Unanswered_OutlivesAFailover()
    {
        Machine6Bench bench = Reload(new Machine6Bench(entropy: ScriptedEntropy.Min()).Bind(), settings => settings with { PrefixLengthHint = 56 });
        bench.FailOver().After(0.1);
        Assert.Equal("confirming", bench.State);
        bench.Forget().Take(Fixture6.Empty().Status(Dhcp6StatusCode.Success));
        Assert.Equal(("renewing", Dhcp6MessageType.Renew), (bench.State, bench.Last.Type));
        Assert.Single(bench.Last.Message.IaPds);

        // The answer to a question that was asked before says nothing of it.
        bench = Machine6Bench.WithPrefix(ScriptedEntropy.Min()).FailOver().After(0.1);
        Assert.Equal(("rebinding", Dhcp6MessageType.Rebind), (bench.State, bench.Last.Type));
        Reload(bench.Forget(), settings => settings with { PrefixLengthHint = 60 }).Take(Fixture6.Reply().IaPd(300, 480, (Fixture6.P, 600, 900)));
        Assert.Equal(("renewing", Dhcp6MessageType.Renew), (bench.State, bench.Last.Type));
        Assert.Equal([Fixture6.P, new Ipv6Prefix(Ipv6Address.Any, 60)], Assert.Single(bench.Last.Message.IaPds).Prefixes.ToArray());
    }

    [Fact]
    public void Prefix_AllThereWas_IsReleasedAndTheRestSought()
    {
        Machine6Bench bench = new Machine6Bench(settings => settings with { Mode = Dhcp6Mode.Auto, PrefixLengthHint = 56 });
        bench.Start(router: new RouterFlags(false, true)).Take(Fixture6.Offer().IaPd(300, 480, (Fixture6.P, 600, 900))).After(1.2);
        bench.Take(Fixture6.Empty().IaPd(300, 480, (Fixture6.P, 600, 900))).Forget();
        Reload(bench, settings => settings with { PrefixLengthHint = null }).After(1);
        Assert.Empty(bench.Configured);
        Assert.Equal([Dhcp6MessageType.Release, Dhcp6MessageType.InformationRequest], bench.Sent.Take(2).Select(sent => sent.Type));
        Assert.Empty(bench.Stored.Leases);
    }

    [Fact]
    public void Wishes_WhileAnotherQuestionIsUnderWay_FollowItsAnswer()
    {
        Machine6Bench bench = new Machine6Bench(entropy: ScriptedEntropy.Min()).Bind().FailOver().After(0.01);
        Assert.Equal("confirming", bench.State);
        Reload(bench, settings => settings with { PrefixLengthHint = 56 });
        Assert.Equal("confirming", bench.State);
        bench.After(0.1).Take(Fixture6.Empty().Status(Dhcp6StatusCode.Success));
        Assert.Equal(("renewing", Dhcp6MessageType.Renew), (bench.State, bench.Last.Type));
        Assert.Single(bench.Last.Message.IaPds);

        // Unanswered so far: the RENEW begins anew.
        bench = new Machine6Bench().Bind().After(301).Forget();
        Reload(bench, settings => settings with { PrefixLengthHint = 56 });
        Assert.Single(Assert.Single(bench.Sent).Message.IaPds);
    }

    [Fact]
    public void Wishes_WithoutALease_BeginASearchAnew()
    {
        Machine6Bench bench = Reload(new Machine6Bench().Start().Forget(), settings => settings with { PrefixLengthHint = 56 });
        Assert.Single(Assert.Single(bench.Sent).Message.IaPds);
        // The same is wanted.
        bench = new Machine6Bench().Start(router: s_managed).Forget();
        Reload(bench, settings => settings with { Mode = Dhcp6Mode.Auto });
        Assert.Empty(bench.Sent);
        // Something else is.
        bench = new Machine6Bench().Start(router: new RouterFlags(false, true)).Forget();
        Reload(bench, settings => settings with { Mode = Dhcp6Mode.Auto }).After(1);
        Assert.Equal("informationRequesting", bench.State);
        // Stopped, or waiting after a refusal: nothing.
        bench = new Machine6Bench().Start().Step(new Dhcp6Input.Stop(Release: true)).Forget();
        Reload(bench, settings => settings with { PrefixLengthHint = 56 }).After(10);
        Assert.Equal((0, "stopped"), (bench.Sent.Count, bench.State));
    }
}
