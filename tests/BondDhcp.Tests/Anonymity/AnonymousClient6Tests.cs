using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Client6;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Anonymity;

/// <summary>The DHCPv6 machine under the anonymity profile (RFC 7844 section 4).</summary>
public class AnonymousClient6Tests
{
    private static Machine6Bench Bench(Func<Dhcp6Settings, Dhcp6Settings>? configure = null, EntropySource? entropy = null)
    {
        Machine6Bench bench = new(settings => (configure is null ? settings : configure(settings)) with { Anonymous = true }, entropy);
        bench.Surroundings = bench.Surroundings with { Mac = Fixture.A };
        return bench;
    }

    private static Reply6Message Message(Dhcp6MessageType type, MacAddress? mac, Ipv6Address? address = null, Ipv6Prefix? prefix = null, Duid? server = null)
    {
        Reply6Message message = new(type, 0, mac is { } client ? Duid.FromMac(client) : null, server ?? Fixture6.Server)
        {
            AddressIaid = mac is { } of ? Iaid.FromMac(of) : default,
            PrefixIaid = default,
        };
        if (address is { } given) message.IaNa(300, 480, (given, 600, 900));
        if (prefix is { } delegated) message.IaPd(300, 480, (delegated, 600, 900));
        return message;
    }

    private static Machine6Bench Bound(Ipv6Prefix? prefix = null)
    {
        Machine6Bench bench = Bench(settings => settings with { PrefixLengthHint = prefix is null ? null : 56 });
        bench.Start().Take(Message(Dhcp6MessageType.Advertise, Fixture.A, Fixture6.L, prefix)).After(1.2);
        bench.Take(Message(Dhcp6MessageType.Reply, Fixture.A, Fixture6.L, prefix));
        Assert.Equal("bound", bench.State);
        return bench.Forget();
    }

    private static Dhcp6Lease StoredLease(MacAddress mac) => Fixture6.Lease() with { ClientIdentifier = Duid.FromMac(mac), Iaid = Iaid.FromMac(mac) };

    // The hardware address is another, and an event of the path tells of it.
    private static Machine6Bench Become(Machine6Bench bench, MacAddress mac)
    {
        bench.Surroundings = bench.Surroundings with { Mac = mac };
        return bench.Step(new Dhcp6Input.PathChanged(PathClass.Unknown, PendingPathChange.HardwareAddress));
    }

    // What a new identity does first, and all it does.
    private static void AssertBeginsAnew(Machine6Bench bench)
    {
        Assert.Empty(bench.Configured);
        Sent6Message solicit = Assert.Single(bench.Sent);
        Assert.True(solicit.Message is { Type: Dhcp6MessageType.Solicit, ServerIdentifier: null, RapidCommit: false, ElapsedCentiseconds: 0 }, solicit.ToString());
        Assert.Equal(Duid.FromMac(Fixture.B), solicit.Message.Anonymity!.ClientIdentifier);
        Dhcp6IaNaRequest ia = Assert.Single(solicit.Message.IaNas);
        Assert.Equal(Iaid.FromMac(Fixture.B), ia.Iaid);
        Assert.Empty(ia.Addresses);
        Assert.Equal(Dhcp6Memory.Empty, bench.Client.Memory);
        Assert.DoesNotContain(bench.Effects, effect => effect is Dhcp6Effect.Announce or Dhcp6Effect.SolicitRouters);
        Assert.Equal("soliciting", bench.State);
    }

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

    private static Reply6Message Xid(Reply6Message message, uint xid)
    {
        message.Xid = xid;
        return message;
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

    [Fact(DisplayName = "RFC 7844 4.2: where a bond's network is certainly the same, the lease stays and is confirmed")]
    public void Bound_CertainlyTheSameNetwork_Confirms()
    {
        Machine6Bench bench = Bound().FailOver(PathClass.Same).After(1.2);
        Assert.Equal((Dhcp6MessageType.Confirm, Duid.FromMac(Fixture.A)), (bench.Last.Type, bench.Last.Message.Anonymity!.ClientIdentifier));
        Assert.True(bench.IsConfigured(Fixture6.L));
    }

    [Fact(DisplayName = "RFC 7844 4.2: after a restart of the daemon the addresses stay, and nobody is asked before T1, which is a RENEW as ever")]
    public void Start_WithTheAddressesThere_GoesOnInSilence()
    {
        Machine6Bench bench = Bench().Start(Fixture6.Memory(StoredLease(Fixture.A)), present: true).Run(299);
        Assert.Empty(bench.Sent);
        Assert.True(bench.IsConfigured(Fixture6.L));
        bench.Run(302);
        Assert.Equal(Dhcp6MessageType.Renew, bench.Sent[0].Type);
    }

    [Theory(DisplayName = "RFC 7844 4.2: after a restart past T1 or T2 no RENEW or REBIND leaves, which would name server and addresses to another network: SOLICIT does")]
    [InlineData(300)]
    [InlineData(310)]
    [InlineData(490)]
    public void Start_PastT1_SolicitsAnew(double at)
    {
        Machine6Bench bench = Bench().Run(at).Start(Fixture6.Memory(StoredLease(Fixture.A)), present: true);
        Assert.Contains(Assert.Single(bench.Told("leaseLost")).Fields, field => field is { Name: "why", Value: "anonymity" });
        Assert.Empty(bench.Configured);
        Assert.Empty(bench.Stored.Leases);
        bench.After(20);
        Assert.NotEmpty(bench.Sent);
        Assert.All(bench.Sent, sent => Assert.Equal((Dhcp6MessageType.Solicit, 0), (sent.Type, sent.Message.IaNas[0].Addresses.Length)));
    }

    [Theory(DisplayName = "RFC 7844 4.2: acquire after a stop that left the addresses: past T1 a SOLICIT, before it silence")]
    [InlineData(310, true)]
    [InlineData(100, false)]
    public void Acquire_AfterAStop_NamesNothing(double at, bool solicits)
    {
        Machine6Bench bench = Bound().Step(new Dhcp6Input.Stop(Release: false)).Run(at).Forget();
        Assert.True(bench.IsConfigured(Fixture6.L));
        bench.Step(new Dhcp6Input.Command(DhcpCommand.Acquire)).After(1.5);
        Assert.Equal(!solicits, bench.IsConfigured(Fixture6.L));
        Assert.All(bench.Sent, sent => Assert.Equal((Dhcp6MessageType.Solicit, 0), (sent.Type, sent.Message.IaNas[0].Addresses.Length)));
        Assert.Equal((solicits, solicits ? "soliciting" : "bound"), (bench.Sent.Count > 0, bench.State));
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

    [Fact(DisplayName = "A link-local address that outlives the hardware address ties the two together, and is warned of once")]
    public void LinkLocal_OutlivingTheHardwareAddress_IsWarnedOf()
    {
        Machine6Bench bench = Become(Bound(), Fixture.B);
        Report warning = Assert.Single(bench.Told("warning"));
        Assert.Contains("is the same as under the hardware address before", warning.Fields.First(field => field.Name == "message").Value!.ToString(), StringComparison.Ordinal);
        bench.Step(new Dhcp6Input.LinkLocalGone()).Step(new Dhcp6Input.LinkLocalReady(Fixture6.LinkLocal));
        Assert.Single(bench.Told("warning"));
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
