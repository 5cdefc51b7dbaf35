using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Client6;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using Xunit;
using static BondDhcp.Tests.Anonymity.Anonymous6Scenes;

namespace BondDhcp.Tests.Anonymity;

/// <summary>The DHCPv6 machine under the anonymity profile (RFC 7844 section 4).</summary>
public class AnonymousClient6Tests
{
    [Fact(DisplayName = "RFC 7844 4.3, 4.5, 4.6: SOLICIT has a DUID-LL, the IAID is of the same address, that of prefixes 0, and few options are asked for")]
    public void Solicit_Anonymously_HoldsTheHardwareAddressAlone()
    {
        Machine6Bench bench = Bench(settings => settings with { PrefixLengthHint = 56, RapidCommit = false }).Start();
        Dhcp6Transmission solicit = bench.Last.Message;
        Assert.Equal("00:03:00:01:02:00:00:00:0a:0a", solicit.Anonymity!.ClientIdentifier.ToString());
        Assert.Equal(0x00000a0au, Assert.Single(solicit.IaNas).Iaid.Value);
        Dhcp6IaPdRequest prefixes = Assert.Single(solicit.IaPds);
        Assert.Equal((0u, "::/56"), (prefixes.Iaid.Value, Assert.Single(prefixes.Prefixes).ToString()));
        Assert.Equal([23, 24, 82], solicit.OptionRequest.Select(code => (int)code));
    }

    [Fact(DisplayName = "G7 DHCPv6, bound: another hardware address drops addresses and prefixes, without a word to their server or to neighbours, and solicits")]
    public void Bound_AnotherHardwareAddress_BeginsAnew()
    {
        AssertBeginsAnew(Become(Bound(), Fixture.B).After(0.5));
        Machine6Bench bench = Become(Bound(Fixture6.P), Fixture.B).After(0.5);
        Assert.Empty(bench.Configured);
        Sent6Message solicit = Assert.Single(bench.Sent);
        Assert.Equal((Dhcp6MessageType.Solicit, "::/56"), (solicit.Type, Assert.Single(Assert.Single(solicit.Message.IaPds).Prefixes).ToString()));
        Report lost = Assert.Single(bench.Told("leaseLost"));
        Assert.Contains(lost.Fields, field => field is { Name: "why", Value: "anonymity" });
    }

    [Fact(DisplayName = "G7 DHCPv6: the hardware address is another in whatever comes first; the event that follows begins nothing again")]
    public void Bound_AnotherHardwareAddressBeforeTheEvent_BeginsAnewOnce()
    {
        Machine6Bench bench = Bound();
        bench.Surroundings = bench.Surroundings with { Mac = Fixture.B };
        bench.Step(Dhcp6Input.DeadlineReached.Instance);
        uint xid = Become(bench, Fixture.B).After(0.9).Last.Xid;
        AssertBeginsAnew(bench);
        Assert.Equal(xid, bench.After(1).Last.Xid);
    }

    [Theory(DisplayName = "G7 DHCPv6, each state that asks: another hardware address begins anew, and a late answer to the one before is dropped")]
    [InlineData("soliciting")]
    [InlineData("requesting")]
    [InlineData("renewing")]
    [InlineData("rebinding")]
    public void Asking_AnotherHardwareAddress_BeginsAnew(string state)
    {
        Machine6Bench bench = state is "renewing" or "rebinding" ? Bound() : Bench().Start();
        if (state == "requesting") bench.Take(Message(Dhcp6MessageType.Advertise, Fixture.A, Fixture6.L)).After(1.2);
        if (state == "renewing") bench.Run(310);
        if (state == "rebinding") bench.Run(490);
        Assert.Equal(state, bench.State);
        uint xid = bench.Last.Xid;
        Become(bench.Forget(), Fixture.B);
        Assert.NotEqual(Dhcp6DropReason.None, bench.Receive(Xid(Message(state == "soliciting" ? Dhcp6MessageType.Advertise : Dhcp6MessageType.Reply, Fixture.A, Fixture6.L), xid)));
        bench.After(1);
        AssertBeginsAnew(bench);
    }

    [Fact(DisplayName = "G7 DHCPv6: a conflict's DECLINE ends with the identity it was of; the wait goes on")]
    public void Declining_AnotherHardwareAddress_DeclinesNoMore()
    {
        Machine6Bench bench = Bound().Step(new Dhcp6Input.AddressDuplicate(Fixture6.L));
        Assert.Equal((Dhcp6MessageType.Decline, "declining"), (bench.Last.Type, bench.State));
        Become(bench.Forget(), Fixture.B).After(5);
        Assert.Empty(bench.Sent);
        bench.After(300);
        Assert.NotEmpty(bench.Sent);
        Assert.All(bench.Sent, sent => Assert.Equal((Dhcp6MessageType.Solicit, Duid.FromMac(Fixture.B)), (sent.Type, sent.Message.Anonymity!.ClientIdentifier)));
    }

    [Fact(DisplayName = "G7 DHCPv6: a RELEASE under way is not repeated under another hardware address")]
    public void Releasing_AnotherHardwareAddress_Ends()
    {
        Machine6Bench bench = Bound().Step(new Dhcp6Input.Command(DhcpCommand.Release));
        Assert.Equal(Dhcp6MessageType.Release, bench.Last.Type);
        Become(bench.Forget(), Fixture.B).After(100);
        Assert.Empty(bench.Sent);
        Assert.Equal("stopped", bench.State);
    }

    [Fact(DisplayName = "G7 DHCPv6 without a link: addresses go with the link, before another hardware address can carry them")]
    public void Bound_LinkLost_LosesTheLeaseBeforeItIsBack()
    {
        Machine6Bench bench = Bound().Step(new Dhcp6Input.LinkUnusable("the interface is down")).Step(new Dhcp6Input.LinkLocalGone());
        Assert.Empty(bench.Configured);
        Assert.Empty(bench.Stored.Leases);
        bench.Surroundings = bench.Surroundings with { Mac = Fixture.B };
        bench.Step(Dhcp6Input.DeadlineReached.Instance).After(30);
        Assert.Empty(bench.Sent);
        bench.Step(new Dhcp6Input.LinkUsable(PathClass.Unknown)).Step(new Dhcp6Input.LinkLocalReady(Fixture6.LinkLocal2)).After(0.5);
        AssertBeginsAnew(bench);
        Assert.Empty(bench.Told("warning"));
    }

    [Theory(DisplayName = "RFC 7844 4.2: no CONFIRM, no REBIND and no announcement where the network may be another one")]
    [InlineData("carrier")]
    [InlineData("resume")]
    [InlineData("roam")]
    [InlineData("different")]
    public void Bound_PerhapsElsewhere_NamesNothing(string what)
    {
        Machine6Bench bench = Bound(Fixture6.P);
        switch (what)
        {
            case "carrier":
                bench.Step(new Dhcp6Input.LinkUnusable("no carrier")).After(1).Step(new Dhcp6Input.LinkUsable(PathClass.Unknown, Fixture.GatewayMac));
                break;
            case "resume":
                bench.Sleep(100).Step(new Dhcp6Input.Resumed());
                break;
            case "roam":
                bench.Step(new Dhcp6Input.PathChanged(PathClass.Unknown, "roam", Fixture.GatewayMac));
                break;
            default:
                bench.Step(new Dhcp6Input.PathChanged(PathClass.Different, "roam"));
                break;
        }
        Assert.Empty(bench.Configured);
        bench.After(20);
        Assert.All(bench.Sent, sent => Assert.Equal((Dhcp6MessageType.Solicit, 0), (sent.Type, sent.Message.IaNas[0].Addresses.Length)));
        Assert.NotEmpty(bench.Sent);
        Assert.DoesNotContain(bench.Effects, effect => effect is Dhcp6Effect.Announce);
    }

    [Theory(DisplayName = "RFC 7844 4.2: DECLINE, RELEASE and REQUEST that are under way are not repeated where the network may be another one")]
    [InlineData("declining", Dhcp6MessageType.Decline)]
    [InlineData("releasing", Dhcp6MessageType.Release)]
    [InlineData("requesting", Dhcp6MessageType.Request)]
    public void Asking_PerhapsElsewhere_IsNotRepeated(string state, Dhcp6MessageType message)
    {
        foreach (string what in (string[])["roam", "flapping", "resume"])
        {
            Machine6Bench bench = state == "requesting" ? Bench().Start().Take(Message(Dhcp6MessageType.Advertise, Fixture.A, Fixture6.L)) : Bound();
            if (state == "declining") bench.Step(new Dhcp6Input.AddressDuplicate(Fixture6.L));
            else if (state == "releasing") bench.Step(new Dhcp6Input.Command(DhcpCommand.Release));
            else bench.After(1.2);
            // Changes before it, so that the one that counts is held back.
            for (int i = 0; what == "flapping" && i < 8; i++) bench.Step(new Dhcp6Input.PathChanged(PathClass.Same, "roam"));
            Assert.Equal((state, message), (bench.State, bench.Last.Type));
            bench.Forget();
            if (what == "resume") bench.Sleep(0.5).Step(new Dhcp6Input.Resumed());
            else bench.Step(new Dhcp6Input.PathChanged(PathClass.Unknown, "roam"));
            bench.After(120);
            Assert.All(bench.Sent, sent => Assert.Equal((Dhcp6MessageType.Solicit, 0), (sent.Type, sent.Message.IaNas[0].Addresses.Length)));
            Assert.Equal(state == "releasing" ? "stopped" : "soliciting", bench.State);
        }
    }

    [Fact(DisplayName = "RFC 7844 4.2: what one network's servers advertised is not asked for in the next")]
    public void Soliciting_PerhapsElsewhere_ForgetsAdvertises()
    {
        Machine6Bench bench = Bench().Start().Take(Message(Dhcp6MessageType.Advertise, Fixture.A, Fixture6.L)).After(0.2);
        bench.Step(new Dhcp6Input.PathChanged(PathClass.Unknown, "roam")).Step(new Dhcp6Input.PathChanged(PathClass.Unknown, "roam")).After(60);
        Assert.All(bench.Sent, sent => Assert.Equal(Dhcp6MessageType.Solicit, sent.Type));
        Assert.Equal("soliciting", bench.State);
    }

    [Fact(DisplayName = "RFC 7844 4.2: where a bond's network is certainly the same, the lease stays and is confirmed")]
    public void Bound_CertainlyTheSameNetwork_Confirms()
    {
        Machine6Bench bench = Bound().FailOver(PathClass.Same).After(1.2);
        Assert.Equal((Dhcp6MessageType.Confirm, Duid.FromMac(Fixture.A)), (bench.Last.Type, bench.Last.Message.Anonymity!.ClientIdentifier));
        Assert.True(bench.IsConfigured(Fixture6.L));
    }

    [Theory(DisplayName = "DHCPv6: what was stored under another hardware address, or before the profile was switched on, is taken off the interface and forgotten")]
    [InlineData(true)]
    [InlineData(false)]
    public void Start_WithALeaseOfAnotherIdentity_TakesItAway(bool ofB)
    {
        Machine6Bench bench = Bench().Start(Fixture6.Memory(ofB ? StoredLease(Fixture.B) : Fixture6.Lease()), present: true).After(1.2);
        Assert.Empty(bench.Configured);
        Assert.Contains(bench.Effects, effect => effect is Dhcp6Effect.Persist { Memory.Leases.IsEmpty: true });
        Assert.All(bench.Sent, sent => Assert.Equal(Dhcp6MessageType.Solicit, sent.Type));
    }

    [Fact(DisplayName = "RFC 7844 4.3.1: INFORMATION-REQUEST has no client identifier, and an answer with one is none")]
    public void Information_Anonymously_HasNoIdentifier()
    {
        Machine6Bench bench = Bench(settings => settings with { Mode = Dhcp6Mode.Stateless }).Start().After(1.2);
        Assert.Equal(Dhcp6MessageType.InformationRequest, bench.Last.Type);
        Assert.Equal([23, 24, 32, 83], bench.Last.Message.OptionRequest.Select(code => (int)code));
        byte[] octets = new byte[Dhcp6MessageWriter.MaxLength];
        int length = Dhcp6MessageWriter.Write(bench.Last.Message, new Dhcp6Identification { ClientIdentifier = Fixture6.Client }, octets);
        // A header, option 8 of two octets and option 6 of eight.
        Assert.Equal(4 + 6 + 12, length);
        Assert.Equal(Dhcp6DropReason.ClientIdentifier, bench.Receive(Message(Dhcp6MessageType.Reply, Fixture.A)));
        bench.Take(Message(Dhcp6MessageType.Reply, null).Dns(Fixture6.Dns));
        Assert.Equal("informationBound", bench.State);
        Become(bench.Forget(), Fixture.B);
        Assert.Null(bench.Client.Information);
        bench.After(1.2);
        Assert.Equal(Dhcp6MessageType.InformationRequest, Assert.Single(bench.Sent).Type);
    }

    [Theory(DisplayName = "RFC 7844 4.2: prefixes of routers that come or go may be another network's: the lease goes, and a SOLICIT names nothing; at most once in 30 s")]
    [InlineData(40)]
    [InlineData(310)]
    [InlineData(490)]
    public void PrefixesChanged_Anonymously_SolicitsAnew(double at)
    {
        Machine6Bench bench = Bound().Run(at).Forget().Step(Dhcp6Input.PrefixesChanged.Instance);
        Assert.Contains(Assert.Single(bench.Told("leaseLost")).Fields, field => field is { Name: "why", Value: "anonymity" });
        bench.After(0.5);
        Assert.Empty(bench.Configured);
        Sent6Message solicit = Assert.Single(bench.Sent);
        Assert.Equal((Dhcp6MessageType.Solicit, 0), (solicit.Type, solicit.Message.IaNas[0].Addresses.Length));
        bench.Take(Message(Dhcp6MessageType.Advertise, Fixture.A, Fixture6.L)).After(1.2).Take(Message(Dhcp6MessageType.Reply, Fixture.A, Fixture6.L));
        bench.Forget().Step(Dhcp6Input.PrefixesChanged.Instance).Run(at + 29);
        Assert.Empty(bench.Sent);
        Assert.True(bench.IsConfigured(Fixture6.L));
        Assert.Equal(Dhcp6MessageType.Solicit, Assert.Single(bench.Run(at + 30.5).Sent).Type);
    }

    [Fact(DisplayName = "RFC 7844 4.2: what another network's routers advertise ends information without a lease too, and it is asked for anew")]
    public void PrefixesChanged_WithInformation_AsksAnew()
    {
        Machine6Bench bench = Bench(settings => settings with { Mode = Dhcp6Mode.Stateless }).Start().After(1.2);
        bench.Take(Message(Dhcp6MessageType.Reply, null).Dns(Fixture6.Dns)).Forget().Step(Dhcp6Input.PrefixesChanged.Instance);
        Assert.Null(bench.Client.Information);
        Assert.Equal(Dhcp6MessageType.InformationRequest, Assert.Single(bench.After(1.2).Sent).Type);
    }

    [Fact(DisplayName = "A link-local address that outlives the hardware address ties the two together, and is warned of once; neighbours learn of the new one")]
    public void LinkLocal_OutlivingTheHardwareAddress_IsWarnedOf()
    {
        Machine6Bench bench = Become(Bound(), Fixture.B).After(0.1);
        Assert.Equal(Fixture6.LinkLocal, Assert.Single(Assert.Single(bench.Effects.OfType<Dhcp6Effect.Announce>()).Addresses));
        Report warning = Assert.Single(bench.Told("warning"));
        Assert.Contains("is the same as under the hardware address before", warning.Fields.First(field => field.Name == "message").Value!.ToString(), StringComparison.Ordinal);
        bench.Step(new Dhcp6Input.LinkLocalGone()).Step(new Dhcp6Input.LinkLocalReady(Fixture6.LinkLocal)).After(5);
        Assert.Single(bench.Told("warning"));
        Assert.Single(bench.Effects.OfType<Dhcp6Effect.Announce>());

        // With another link-local address nobody has a former hardware address of it.
        bench = Bound();
        bench.Surroundings = bench.Surroundings with { Mac = Fixture.B };
        bench.Step(new Dhcp6Input.LinkLocalGone()).Step(new Dhcp6Input.LinkLocalReady(Fixture6.LinkLocal2)).After(5);
        Assert.Empty(bench.Effects.OfType<Dhcp6Effect.Announce>());
    }

    [Fact(DisplayName = "RFC 7844 4.6: a search and what follows of it have one order of options, the next one another, the same for the same randomness")]
    public void Order_OfOptions_IsOneASearch()
    {
        static List<uint> Orders(int seed)
        {
            Machine6Bench bench = Bench(entropy: ScriptedEntropy.Seeded(seed)).Start();
            bench.Take(Message(Dhcp6MessageType.Advertise, Fixture.A, Fixture6.L)).After(1.2);
            bench.Take(Message(Dhcp6MessageType.Reply, Fixture.A, Fixture6.L)).Run(330);
            Become(bench, Fixture.B).After(30);
            return [.. bench.Sent.Select(sent => sent.Message.Anonymity!.Order)];
        }
        List<uint> orders = Orders(7);
        Assert.Equal(2, orders.Distinct().Count());
        Assert.Equal(orders, Orders(7));
        Assert.NotEqual(orders, Orders(8));
    }
}
