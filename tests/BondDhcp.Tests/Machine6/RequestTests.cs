using System.Collections.Immutable;
using BondDhcp.Dhcp.Client6;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Machine6;

public class RequestTests
{
    [Fact(DisplayName = "A6-14 REQUEST unanswered: gaps, ten transmissions, failure, then the next server, else SOLICIT")]
    public void Request_Unanswered_IsRepeatedTenTimes()
    {
        (double Low, double High)[] windows =
            [(0.9, 1.1), (1.71, 2.31), (3.249, 4.851), (6.17, 10.19), (11.7, 21.4), (22.2, 33), (27, 33), (27, 33), (27, 33)];
        foreach (EntropySource entropy in new EntropySource[] { ScriptedEntropy.Min(), ScriptedEntropy.Max(), ScriptedEntropy.Middle() })
        {
            Machine6Bench bench = new Machine6Bench(entropy: entropy).Start();
            bench.Take(Fixture6.Advertise(preference: 1)).Take(Fixture6.Advertise(Fixture6.Server2, Fixture6.L2)).Run(1.2).Run(1000);
            Sent6Message[] first = [.. bench.Sent.Where(sent => Fixture6.Server.Equals(sent.Message.ServerIdentifier))];
            Assert.Equal(10, first.Length);
            Assert.Single(first.Select(sent => sent.Xid).Distinct());
            for (int i = 0; i < windows.Length; i++) Close.Within(windows[i].Low, windows[i].High, first[i + 1].Seconds - first[i].Seconds);
            Sent6Message[] second = [.. bench.Sent.Where(sent => Fixture6.Server2.Equals(sent.Message.ServerIdentifier))];
            Close.Within(154, 205, second[0].Seconds - first[0].Seconds);
            Assert.Equal((Fixture6.L2, (ushort)0), (Assert.Single(second[0].Message.IaNas[0].Addresses), second[0].Message.ElapsedCentiseconds));
            Assert.NotEqual(first[0].Xid, second[0].Xid);
            Assert.Equal(10, second.Length);
            Assert.Equal("soliciting", bench.State);
            Assert.Equal(Dhcp6MessageType.Solicit, bench.Sent.First(sent => sent.At > second[^1].At).Type);
            Assert.Equal(2, bench.Told("warning").Count());
        }
    }

    [Fact(DisplayName = "A6-15 REPLY Success: configured with its lifetimes, T1 and T2 from when it came")]
    public void Reply_WithSuccess_Binds()
    {
        Machine6Bench bench = new Machine6Bench().Request();
        double asked = bench.Last.Seconds;
        bench.After(0.5).Take(Fixture6.Reply());
        Dhcp6Effect.Configure configure = Assert.Single(bench.Effects.OfType<Dhcp6Effect.Configure>());
        Assert.Null(configure.Previous);
        Dhcp6LeasedAddress leased = Assert.Single(configure.Lease.Addresses);
        Assert.Equal((Fixture6.L, bench.Seconds + 600, bench.Seconds + 900), (leased.Address, leased.PreferredUntil.Seconds, leased.ValidUntil.Seconds));
        Close.To(bench.Seconds + 300, bench.Client.Lease!.RenewAt.Seconds);
        Close.To(bench.Seconds + 480, bench.Client.Lease.RebindAt.Seconds);
        Assert.True(bench.Seconds > asked);
        Assert.Equal(("bound", null), (bench.State, bench.Client.Why));
        Assert.Equal(Fixture6.Dns, Assert.Single(bench.Client.Configuration!.DnsServers));
        Assert.Single(bench.Told("leaseBound"));
        Assert.Single(bench.Stored.Leases);
    }

    [Fact(DisplayName = "A6-57 several addresses in one IA: all of them, each with its own lifetimes")]
    public void Reply_WithSeveralAddresses_BindsThemAll()
    {
        Machine6Bench bench = new Machine6Bench().Bind(Fixture6.Empty().IaNa(100, 160, (Fixture6.L, 600, 900), (Fixture6.L2, 700, 800)));
        Assert.Equal([900d, 800d], bench.Client.Lease!.Addresses.Select(one => Math.Round((one.ValidUntil - bench.Now).TotalSeconds, 3)));
        Assert.Equal([600d, 700d], bench.Client.Lease.Addresses.Select(one => Math.Round((one.PreferredUntil - bench.Now).TotalSeconds, 3)));
        // Each ends by itself.
        double start = bench.Seconds;
        bench.Run(start + 800.001);
        Assert.True(bench.IsConfigured(Fixture6.L) && !bench.IsConfigured(Fixture6.L2));
        Assert.Equal("2001:db8::200", Assert.Single(bench.Told("leaseExpired")).Fields[0].Value);
        bench.Run(start + 900.001);
        Assert.Empty(bench.Configured);
        Assert.Equal("soliciting", bench.State);
    }

    [Fact(DisplayName = "A6-57 eight addresses, and eight prefixes, are kept of one IA; what is over that is told, once for each REPLY")]
    public void Reply_WithMoreThanIsKept_IsToldOf()
    {
        static (Ipv6Address, uint, uint)[] Addresses(int count) => [.. Enumerable.Range(1, count).Select(i => (Ipv6Address.Parse($"2001:db8::{i}"), 600u, 900u))];
        static (Ipv6Prefix, uint, uint)[] Prefixes(int count) => [.. Enumerable.Range(1, count).Select(i => (Ipv6Prefix.Parse($"2001:db8:{i}00::/56"), 600u, 900u))];
        static Reply6Message Reply(int addresses, int prefixes) =>
            Fixture6.Empty().IaNa(300, 480, Addresses(addresses)).IaPd(300, 480, Prefixes(prefixes));
        static string[] Warnings(Machine6Bench bench) => [.. bench.Told("warning").Select(report => (string)report.Fields[0].Value)];

        var bench = new Machine6Bench(settings => settings with { PrefixLengthHint = 56 });
        bench.Request().Take(Reply(8, 8));
        Assert.Equal((8, 8), (bench.Client.Lease!.Addresses.Length, bench.Client.Lease.Prefixes.Length));
        Assert.Empty(Warnings(bench));

        bench = new Machine6Bench(settings => settings with { PrefixLengthHint = 56 });
        bench.Request().Take(Reply(9, 10));
        Assert.Equal((8, 8), (bench.Client.Lease!.Addresses.Length, bench.Client.Lease.Prefixes.Length));
        Assert.Equal("2001:db8::8", bench.Client.Lease.Addresses[^1].Address.ToString());
        string[] told =
        [
            "more than 8 addresses in one association; over the limit and ignored: 1",
            "more than 8 prefixes in one association; over the limit and ignored: 2",
        ];
        Assert.Equal(told, Warnings(bench));
        bench.Forget().After(301).Take(Reply(9, 10));
        Assert.Equal(told, Warnings(bench));
        // Those that are kept are asked for, and nothing else.
        Assert.Equal(8, Assert.Single(bench.Last.Message.IaNas).Addresses.Length);
        bench.Forget().After(301).Take(Reply(8, 8));
        Assert.Empty(Warnings(bench));
    }

    [Fact(DisplayName = "A6-57 a full association is renumbered: what ends makes room for what is new, in whatever order they stand")]
    public void Reply_ThatRenumbersAFullAssociation_LosesNothing()
    {
        static Ipv6Address Address(int i) => Ipv6Address.Parse($"2001:db8::{i}");
        static Ipv6Prefix Prefix(int i) => Ipv6Prefix.Parse($"2001:db8:{i}00::/56");
        int[] old = [.. Enumerable.Range(1, 8)], renewed = [.. Enumerable.Range(11, 8)];
        var bench = new Machine6Bench(settings => settings with { PrefixLengthHint = 56 });
        bench.Request().Take(Fixture6.Empty()
            .IaNa(300, 480, [.. old.Select(static i => (Address(i), 600u, 900u))])
            .IaPd(300, 480, [.. old.Select(static i => (Prefix(i), 600u, 900u))]));
        bench.Forget().After(301).Take(Fixture6.Empty()
            .IaNa(300, 480, [.. renewed.Select(static i => (Address(i), 600u, 900u)), .. old.Select(static i => (Address(i), 0u, 0u))])
            .IaPd(300, 480, [.. renewed.Select(static i => (Prefix(i), 600u, 900u)), .. old.Select(static i => (Prefix(i), 0u, 0u))]));
        Assert.Equal(renewed.Select(Address), bench.Client.Lease!.Addresses.Select(static one => one.Address));
        Assert.Equal(renewed.Select(Prefix), bench.Client.Lease.Prefixes.Select(static one => one.Prefix));
        Assert.Empty(bench.Told("warning"));
    }

    [Fact(DisplayName = "A6-16 NotOnLink to a REQUEST: once more without addresses, then the next server; nothing is configured")]
    public void Reply_WithNotOnLink_AsksWithoutAddresses()
    {
        Machine6Bench bench = new Machine6Bench().Start();
        bench.Take(Fixture6.Advertise(preference: 1)).Take(Fixture6.Advertise(Fixture6.Server2)).Run(1.2);
        uint xid = bench.Last.Xid;
        bench.Take(Fixture6.Empty().Status(Dhcp6StatusCode.NotOnLink, "wrong link"));
        Assert.Equal((Dhcp6MessageType.Request, Fixture6.Server), (bench.Last.Type, bench.Last.Message.ServerIdentifier));
        Assert.NotEqual(xid, bench.Last.Xid);
        Assert.Empty(Assert.Single(bench.Last.Message.IaNas).Addresses);
        bench.Take(Fixture6.Empty().Status(Dhcp6StatusCode.NotOnLink));
        Assert.Equal((Dhcp6MessageType.Request, Fixture6.Server2), (bench.Last.Type, bench.Last.Message.ServerIdentifier));
        Assert.Empty(bench.Configured);
    }

    [Fact(DisplayName = "A6-17 NoAddrsAvail for all: the next server, then SOLICIT, at growing intervals")]
    public void Reply_WithNothing_TriesTheNextServerThenBeginsAnew()
    {
        Machine6Bench bench = new Machine6Bench().Start();
        bench.Take(Fixture6.Advertise(preference: 1)).Take(Fixture6.Advertise(Fixture6.Server2)).Run(1.2);
        bench.Take(Fixture6.Empty().IaNa(Dhcp6StatusCode.NoAddrsAvail));
        Assert.Equal((Dhcp6MessageType.Request, Fixture6.Server2), (bench.Last.Type, bench.Last.Message.ServerIdentifier));
        bench.Take(Fixture6.Empty(Fixture6.Server2).Status(Dhcp6StatusCode.NoAddrsAvail));
        Assert.Equal(("soliciting", Dhcp6MessageType.Solicit), (bench.State, bench.Last.Type));
        // Again and again: 1, 2, 4 s and so on.
        foreach (int wait in new[] { 1, 2, 4, 8 })
        {
            bench.Take(Fixture6.Advertise()).After(1.2).Take(Fixture6.Empty().IaNa(Dhcp6StatusCode.NoAddrsAvail));
            Assert.Equal(("waiting", "the server refused; the next attempt waits"), (bench.State, bench.Client.Why));
            bench.After(wait - 0.001);
            Assert.Equal("waiting", bench.State);
            bench.After(0.002);
            Assert.Equal("soliciting", bench.State);
            Assert.Equal(Dhcp6MessageType.Solicit, bench.Last.Type);
        }
        Assert.Empty(bench.Configured);
    }

    [Fact(DisplayName = "A6-17 NoAddrsAvail and NoPrefixAvail for all: the next server, then SOLICIT; nothing is configured")]
    public void Reply_WithNothingInEitherIa_TriesTheNextServerThenBeginsAnew()
    {
        static Reply6Message Refusal(Duid server) => Fixture6.Empty(server).IaNa(Dhcp6StatusCode.NoAddrsAvail).IaPd(Dhcp6StatusCode.NoPrefixAvail);
        Machine6Bench bench = new Machine6Bench(settings => settings with { PrefixLengthHint = 56 }).Start();
        bench.Take(Fixture6.Advertise(preference: 1)).Take(Fixture6.Advertise(Fixture6.Server2)).Run(1.2).Take(Refusal(Fixture6.Server));
        Assert.Equal((Dhcp6MessageType.Request, Fixture6.Server2), (bench.Last.Type, bench.Last.Message.ServerIdentifier));
        bench.Take(Refusal(Fixture6.Server2));
        Assert.Equal(("soliciting", Dhcp6MessageType.Solicit), (bench.State, bench.Last.Type));
        Assert.Empty(bench.Configured);
    }

    [Theory(DisplayName = "A6-17 UnspecFail, of the message or of all IAs: asked again at the next timeout only, ten times, then no more")]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public void Reply_WithUnspecFail_IsAskedAgainAtTheNextTimeout(bool ofTheMessage, bool prefixes)
    {
        Reply6Message Failure() => ofTheMessage ? Fixture6.Empty().Status(Dhcp6StatusCode.UnspecFail)
            : prefixes ? Fixture6.Empty().IaNa(Dhcp6StatusCode.UnspecFail).IaPd(Dhcp6StatusCode.UnspecFail)
            : Fixture6.Empty().IaNa(Dhcp6StatusCode.UnspecFail);
        Machine6Bench Asked() => new Machine6Bench(settings => settings with { PrefixLengthHint = prefixes ? 56 : null }).Request();
        Machine6Bench bench = Asked();
        Instant due = bench.Client.NextDeadline;
        for (int i = 0; i < 10; i++) bench.Take(Failure());
        Assert.Equal(("requesting", due), (bench.State, bench.Client.NextDeadline));
        Assert.Equal(2, bench.Sent.Count);
        Assert.Equal("UnspecFail", bench.Told("refused").First().Fields.Single(field => field.Name == "status").Value);
        bench.After(1.2);
        Assert.Equal((3, bench.Sent[1].Xid, Dhcp6MessageType.Request), (bench.Sent.Count, bench.Last.Xid, bench.Last.Type));
        bench.Take(Fixture6.Reply());
        Assert.Equal("bound", bench.State);

        bench = Asked();
        while (bench.State == "requesting") bench.Take(Failure()).Run(bench.Client.NextDeadline.Seconds);
        Assert.Equal(("soliciting", 10), (bench.State, bench.Sent.Count(sent => sent.Type == Dhcp6MessageType.Request)));
        Sent6Message[] requests = [.. bench.Sent.Where(sent => sent.Type == Dhcp6MessageType.Request)];
        Close.Within(0.9, 1.1, requests[1].Seconds - requests[0].Seconds);
        Close.Within(27, 33, requests[9].Seconds - requests[8].Seconds);
        Assert.Empty(bench.Configured);
    }

    [Fact(DisplayName = "A6-17 UnspecFail of one IA: what the other one holds is kept; beside another refusal, or no word about the other, it is a refusal")]
    public void Reply_WithUnspecFailOfOneIa_IsDecidedByTheOther()
    {
        static Machine6Bench Bench() => new Machine6Bench(settings => settings with { PrefixLengthHint = 56 }).Request();
        Machine6Bench bench = Bench().Take(Fixture6.Reply().IaPd(Dhcp6StatusCode.UnspecFail));
        Assert.Equal(("bound", Fixture6.L), (bench.State, Assert.Single(bench.Client.Lease!.Addresses).Address));
        bench = Bench().Take(Fixture6.Empty().IaNa(Dhcp6StatusCode.UnspecFail).IaPd(Dhcp6StatusCode.NoPrefixAvail));
        Assert.Equal("soliciting", bench.State);
        bench = Bench().Take(Fixture6.Empty().IaNa(Dhcp6StatusCode.UnspecFail));
        Assert.Equal("soliciting", bench.State);
    }

    [Fact(DisplayName = "A6-17 UnspecFail to the REQUEST after NoBinding: the addresses stay, and it is asked again at the next timeout only")]
    public void Reply_WithUnspecFailAfterNoBinding_CostsNoAddress()
    {
        Machine6Bench bench = new Machine6Bench().Bind().After(301).Take(Fixture6.Empty().IaNa(Dhcp6StatusCode.NoBinding)).Forget();
        bench.Take(Fixture6.Empty().IaNa(Dhcp6StatusCode.UnspecFail));
        Assert.Equal(("requesting", 0), (bench.State, bench.Sent.Count));
        Assert.True(bench.IsConfigured(Fixture6.L));
        bench.After(1.2).Take(Fixture6.Reply());
        Assert.Equal(("bound", 1), (bench.State, bench.Sent.Count));
        Assert.True(bench.IsConfigured(Fixture6.L));
    }

    [Fact(DisplayName = "A6-18, A6-19, A6-56 an IA with T1 after T2, an address preferred for longer than valid, or unusable, is ignored")]
    public void Reply_WithImpossibleLeases_IgnoresThem()
    {
        Machine6Bench bench = new Machine6Bench().Request().Take(Fixture6.Empty().IaNa(400, 300, (Fixture6.L, 600, 900)));
        Assert.NotEqual("bound", bench.State);
        bench = new Machine6Bench().Bind(Fixture6.Empty().IaNa(100, 160, (Fixture6.L, 500, 400), (Fixture6.L2, 400, 500)));
        Assert.Equal(Fixture6.L2, Assert.Single(bench.Client.Lease!.Addresses).Address);
        ImmutableArray<string> odd = ["ff02::1", "::", "::1", "fe80::5", "::ffff:192.0.2.1"];
        bench = new Machine6Bench().Bind(Fixture6.Empty().IaNa(
            100, 160, [.. odd.Select(text => (Ipv6Address.Parse(text), 400u, 500u)), (Fixture6.L, 400u, 500u)]));
        Assert.Equal(Fixture6.L, Assert.Single(bench.Client.Lease!.Addresses).Address);
    }

    [Fact(DisplayName = "A6-21 T1 and T2 of 0: 0.5 and 0.8 of the shortest preferred lifetime; infinite: never")]
    public void Times_LeftToTheClient_AreItsOwn()
    {
        static (double Renew, double Rebind) Times(uint t1, uint t2, uint preferred, uint valid)
        {
            Machine6Bench bench = new Machine6Bench().Bind(Fixture6.Empty().IaNa(t1, t2, (Fixture6.L, preferred, valid), (Fixture6.L2, valid, valid)));
            double Left(Instant at) => at.IsNever ? double.PositiveInfinity : Math.Round((at - bench.Now).TotalSeconds, 3);
            return (Left(bench.Client.Lease!.RenewAt), Left(bench.Client.Lease.RebindAt));
        }
        Assert.Equal((500, 800), Times(0, 0, 1000, 2000));
        Assert.Equal((double.PositiveInfinity, double.PositiveInfinity), Times(0, 0, uint.MaxValue, uint.MaxValue));
        Assert.Equal((double.PositiveInfinity, double.PositiveInfinity), Times(uint.MaxValue, uint.MaxValue, 1000, 2000));
        Assert.Equal((300, 800), Times(300, 0, 1000, 2000));
        Assert.Equal((400, 400), Times(0, 400, 1000, 2000));
        // Not at once, and not after the end.
        Assert.Equal((10, 10), Times(0, 0, 4, 2000));
        Assert.Equal((50, 80), Times(300, 480, 100, 100));
        Assert.Equal((1, 1), Times(0, 0, 1, 1));
        Assert.Equal((1, 2), Times(1, 2, 1000, 2000));
    }

    [Fact(DisplayName = "A6-37 options 4 and 12 and status 5 are ignored; what follows is multicast all the same")]
    public void Reply_WithObsoleteOptions_IsTaken()
    {
        Machine6Bench bench = new Machine6Bench().Bind(
            Fixture6.Reply().Option(4, 0, 0, 0, 1).Option(12, [.. new byte[16]]).Status(Dhcp6StatusCode.UseMulticast));
        bench.After(301);
        Assert.Equal((Dhcp6MessageType.Renew, Fixture6.Server), (bench.Last.Type, bench.Last.Message.ServerIdentifier));
    }

    [Fact(DisplayName = "A6-42 a delegated prefix is configured with its lifetimes; no prefix: bound without, and asked for again")]
    public void Reply_WithAPrefix_ConfiguresIt()
    {
        Machine6Bench bench = Machine6Bench.WithPrefix();
        Assert.Equal([Fixture6.P, new Ipv6Prefix(Fixture6.L, 128)], bench.Configured.Order(Comparer<Ipv6Prefix>.Create((a, b) => a.PrefixLength - b.PrefixLength)));
        Assert.Equal(900, (bench.Client.Lease!.Prefixes[0].ValidUntil - bench.Now).TotalSeconds);

        bench = new Machine6Bench(settings => settings with { PrefixLengthHint = 56 }).Bind(Fixture6.Reply().IaPd(Dhcp6StatusCode.NoPrefixAvail));
        Assert.Equal(("bound", "the server gave no prefix"), (bench.State, bench.Client.Why));
        bench.After(301);
        Assert.Equal(Dhcp6MessageType.Renew, bench.Last.Type);
        Assert.Equal(Ipv6Prefix.Parse("::/56"), Assert.Single(Assert.Single(bench.Last.Message.IaPds).Prefixes));
        bench.Take(Fixture6.Reply().IaPd(300, 480, (Fixture6.P, 600, 900)));
        Assert.Equal((2, null), (bench.Configured.Count, bench.Client.Why));
    }

    [Fact]
    public void Reply_WithWhatWasNotAskedFor_IsNotConfigured()
    {
        Machine6Bench bench = new Machine6Bench().Bind(Fixture6.Reply().IaPd(300, 480, (Fixture6.P, 600, 900)));
        Assert.Empty(bench.Client.Lease!.Prefixes);
    }

    [Fact]
    public void Reply_OfAnotherServer_IsDropped()
    {
        Machine6Bench bench = new Machine6Bench().Request();
        Assert.Equal(Dhcp6DropReason.OtherServer, bench.Receive(Fixture6.Reply(Fixture6.Server2)));
        Assert.Equal(Dhcp6DropReason.UnexpectedMessage, bench.Receive(Fixture6.Advertise()));
        Assert.Equal("requesting", bench.State);
    }

    [Fact(DisplayName = "A6-35 a message to a multicast address is dropped, as is one from no host's address")]
    public void Message_ByMulticast_IsDropped()
    {
        Machine6Bench bench = new Machine6Bench().Start();
        Assert.Equal(Dhcp6DropReason.Multicast, bench.Receive(Fixture6.Advertise(), destination: Ipv6Address.AllDhcpRelayAgentsAndServers));
        Assert.Equal(Dhcp6DropReason.Source, bench.Receive(Fixture6.Advertise(), source: Ipv6Address.Any));
        bench.Take(Fixture6.Advertise()).Run(1.2);
        Assert.Equal(Dhcp6DropReason.Multicast, bench.Receive(Fixture6.Reply(), destination: Ipv6Address.Parse("ff02::1")));
        Assert.Equal("requesting", bench.State);
    }

    [Fact(DisplayName = "A6-48 to A6-51 RECONFIGURE is dropped and counted, in every state, during a RENEW too")]
    public void Reconfigure_IsDropped()
    {
        static Reply6Message Reconfigure() => new Reply6Message(Dhcp6MessageType.Reconfigure, 7, Fixture6.Client, Fixture6.Server).Option(19, 5);
        Machine6Bench bench = new Machine6Bench().Start();
        Assert.Equal(Dhcp6DropReason.Reconfigure, bench.Receive(Reconfigure()));
        bench = new Machine6Bench().Bind();
        Assert.Equal(Dhcp6DropReason.Reconfigure, bench.Receive(Reconfigure()));
        Assert.Equal(Dhcp6DropReason.Reconfigure, bench.Receive(Reconfigure().Option(11, [3, 1, 0, .. new byte[8], 2, .. new byte[16]])));
        Assert.Empty(bench.Sent);
        bench.After(301);
        Assert.Equal(Dhcp6DropReason.Reconfigure, bench.Receive(Reconfigure()));
        Assert.Equal("renewing", bench.State);
        Assert.Single(bench.Sent);
    }

    [Fact]
    public void Lease_IsToldOf_WhenItsAddressesAreFree()
    {
        var bench = new Machine6Bench { AddressesAreFree = false };
        bench.Step(new Dhcp6Input.Command(BondDhcp.Dhcp.Client.DhcpCommand.Acquire)).Request().Take(Fixture6.Reply());
        Assert.Equal("bound", bench.State);
        Assert.Equal(Fixture6.L, Assert.Single(bench.Client.Tentative));
        Assert.Empty(bench.Told("leaseBound"));
        Assert.Empty(bench.Effects.OfType<Dhcp6Effect.CommandDone>());
        bench.After(1.5).Step(new Dhcp6Input.AddressReady(Fixture6.L));
        Assert.Single(bench.Told("leaseBound"));
        Assert.True(Assert.Single(bench.Effects.OfType<Dhcp6Effect.CommandDone>()).Succeeded);
    }
}
