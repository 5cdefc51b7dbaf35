using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Client6;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Machine6;

public class ExtensionTests
{
    [Fact(DisplayName = "18.2.10.1 rebind by command, answered first by a server without prefixes: the other one's answer is taken too")]
    public void Rebind_AnsweredInPart_GoesOnForTheRest()
    {
        Machine6Bench bench = Machine6Bench.WithPrefix().Step(new Dhcp6Input.Command(DhcpCommand.Rebind)).Take(Fixture6.Reply(Fixture6.Server2));
        Assert.Equal("rebinding", bench.State);
        Assert.True(Assert.Single(bench.Effects.OfType<Dhcp6Effect.CommandDone>()).Succeeded);
        bench.Take(Fixture6.Reply().IaPd(300, 480, (Fixture6.P, 600, 900)));
        Assert.Equal(("bound", Fixture6.Server), (bench.State, bench.Client.Lease!.ServerIdentifier));
    }

    [Fact(DisplayName = "A6-20 two IAs: one RENEW at the earliest T1 with both, one REBIND at the earliest T2")]
    public void Times_OfTwoIas_AreTheEarliest()
    {
        Machine6Bench bench = new Machine6Bench(settings => settings with { PrefixLengthHint = 56 }).Bind(
            Fixture6.Empty().IaNa(100, 160, (Fixture6.L, 600, 900)).IaPd(50, 90, (Fixture6.P, 600, 900)));
        double start = bench.Seconds;
        bench.Run(start + 49.999);
        Assert.Empty(bench.Sent);
        bench.Run(start + 89.999);
        Assert.All(bench.Sent, sent => Assert.Equal(Dhcp6MessageType.Renew, sent.Type));
        Close.To(start + 50, bench.Sent[0].Seconds);
        Assert.Equal(Fixture6.L, Assert.Single(Assert.Single(bench.Sent[0].Message.IaNas).Addresses));
        Assert.Equal(Fixture6.P, Assert.Single(Assert.Single(bench.Sent[0].Message.IaPds).Prefixes));
        bench.Forget().Run(start + 90.001);
        Assert.Equal(Dhcp6MessageType.Rebind, Assert.Single(bench.Sent).Type);
        Assert.Equal(Fixture6.L, Assert.Single(Assert.Single(bench.Sent[0].Message.IaNas).Addresses));
        Assert.Equal(Fixture6.P, Assert.Single(Assert.Single(bench.Sent[0].Message.IaPds).Prefixes));
    }

    [Fact(DisplayName = "A6-22 RENEW unanswered: gaps, nothing after T2; with the server and all IAs")]
    public void Renew_Unanswered_IsRepeatedUntilT2()
    {
        (double Low, double High)[] windows = [(9, 11), (17.1, 23.1), (32.4, 48.6), (61.7, 101.9), (117, 214), (222, 450), (422, 660), (540, 660), (540, 660)];
        foreach (EntropySource entropy in new EntropySource[] { ScriptedEntropy.Min(), ScriptedEntropy.Max(), ScriptedEntropy.Middle() })
        {
            Machine6Bench bench = new Machine6Bench(entropy: entropy).Bind(Fixture6.Empty().IaNa(1000, 5000, (Fixture6.L, 8000, 9000)));
            double start = bench.Seconds;
            bench.Run(start + 4999.9);
            Close.To(start + 1000, bench.Sent[0].Seconds);
            for (int i = 0; i < windows.Length && i < bench.Gaps.Length; i++) Close.Within(windows[i].Low, windows[i].High, bench.Gaps[i]);
            Assert.True(bench.Gaps.Length >= 8);
            Assert.All(bench.Sent, sent =>
            {
                Assert.Equal((Dhcp6MessageType.Renew, Fixture6.Server, bench.Sent[0].Xid), (sent.Type, sent.Message.ServerIdentifier, sent.Xid));
                Assert.Equal(Fixture6.L, Assert.Single(Assert.Single(sent.Message.IaNas).Addresses));
                Assert.Equal([23, 24, 56, 82, 31, 41, 42, 103, 144], sent.Message.OptionRequest.AsEnumerable());
            });
            Assert.Equal($"server {Fixture6.Server} does not answer; the lease is in force until it ends", bench.Client.Why);
            bench.Run(start + 20_000);
            Assert.DoesNotContain(bench.Sent, sent => sent.Type == Dhcp6MessageType.Renew && sent.Seconds > start + 5000);
        }
    }

    [Fact(DisplayName = "A6-23 REBIND unanswered: no server in it, the same gaps, until the last lifetime ends; then SOLICIT")]
    public void Rebind_Unanswered_EndsWithTheLease()
    {
        (double Low, double High)[] windows = [(9, 11), (17.1, 23.1), (32.4, 48.6), (61.7, 101.9), (117, 214), (222, 450)];
        List<double[]> reached = [];
        foreach (EntropySource entropy in new EntropySource[] { ScriptedEntropy.Min(), ScriptedEntropy.Max(), ScriptedEntropy.Middle() })
        {
            Machine6Bench bench = new Machine6Bench(entropy: entropy).Bind(Fixture6.Empty().IaNa(100, 200, (Fixture6.L, 600, 900), (Fixture6.L2, 600, 700)));
            double start = bench.Seconds;
            bench.Run(start + 899.9);
            Sent6Message[] rebinds = [.. bench.Sent.Where(sent => sent.Type == Dhcp6MessageType.Rebind)];
            Close.To(start + 200, rebinds[0].Seconds);
            double[] gaps = [.. rebinds.Skip(1).Zip(rebinds, (later, earlier) => later.Seconds - earlier.Seconds)];
            Assert.InRange(gaps.Length, 5, windows.Length);
            for (int i = 0; i < gaps.Length; i++) Close.Within(windows[i].Low, windows[i].High, gaps[i]);
            reached.Add(gaps);
            Assert.All(rebinds, sent => Assert.Equal((null, rebinds[0].Xid), (sent.Message.ServerIdentifier, sent.Xid)));
            // What ended is no longer asked for (RFC 9915 section 15).
            Assert.All(rebinds, sent => Assert.Equal(sent.Seconds < start + 700 ? 2 : 1, sent.Message.IaNas[0].Addresses.Length));
            Assert.True(bench.IsConfigured(Fixture6.L));
            bench.Forget().Run(start + 900.001);
            Assert.Empty(bench.Configured);
            int removed = bench.Effects.FindIndex(effect => effect is Dhcp6Effect.Deconfigure { Why: LeaseEnd.Expired });
            Assert.True(removed >= 0 && removed < bench.Effects.FindIndex(effect => effect is Dhcp6Effect.Transmit));
            Assert.Equal(Dhcp6MessageType.Solicit, Assert.Single(bench.Sent).Type);
        }
        // The windows are reached, and without randomness the middle is in the middle.
        Assert.True(reached[0][0] < 9.01 && reached[1][0] > 10.99 && reached[0][1] < 17.11 && reached[1][1] > 23.09);
        Close.To([10, 20, 40, 80, 160, 320], reached[2]);
    }

    [Fact]
    public void Reply_ToRenew_ExtendsFromWhenItCame()
    {
        Machine6Bench bench = new Machine6Bench().Bind().After(301).Take(Fixture6.Reply());
        Assert.Equal("bound", bench.State);
        Close.To(bench.Seconds + 900, bench.Client.Lease!.ExpiresAt.Seconds);
        Close.To(bench.Seconds + 300, bench.Client.NextDeadline.Seconds);
        Dhcp6Effect.Configure configure = Assert.Single(bench.Effects.OfType<Dhcp6Effect.Configure>());
        Assert.Equal(configure.Previous!.Addresses[0].Address, configure.Lease.Addresses[0].Address);
        Assert.Single(bench.Told("leaseRenewed"));
    }

    [Fact(DisplayName = "A6-24 NoBinding in one IA: REQUEST to that server with all IAs; the other binding is kept")]
    public void Reply_WithNoBinding_LeadsToARequest()
    {
        Machine6Bench bench = Machine6Bench.WithPrefix().After(301);
        bench.Forget().Take(Fixture6.Empty().IaNa(Dhcp6StatusCode.NoBinding).IaPd(300, 480, (Fixture6.P, 600, 900)));
        Sent6Message request = Assert.Single(bench.Sent);
        Assert.Equal((Dhcp6MessageType.Request, Fixture6.Server), (request.Type, request.Message.ServerIdentifier));
        Assert.Equal(Fixture6.L, Assert.Single(Assert.Single(request.Message.IaNas).Addresses));
        Assert.Equal(Fixture6.P, Assert.Single(Assert.Single(request.Message.IaPds).Prefixes));
        Assert.Equal("requesting", bench.State);
        // A server that lost its leases costs nobody an address.
        Assert.Equal(2, bench.Configured.Count);
        bench.Take(Fixture6.Empty().IaNa(300, 480, (Fixture6.L2, 600, 900)));
        Assert.Equal("bound", bench.State);
        Assert.True(bench.IsConfigured(Fixture6.L2) && !bench.IsConfigured(Fixture6.L) && bench.Configured.Contains(Fixture6.P));
        Assert.DoesNotContain(bench.Effects, effect => effect is Dhcp6Effect.Deconfigure);
    }

    [Fact(DisplayName = "A6-24 NoBinding, and the REQUEST is refused or unanswered: what was bound goes, the rest stays")]
    public void Request_AfterNoBinding_Refused_LosesThatBindingAlone()
    {
        Machine6Bench bench = Machine6Bench.WithPrefix().After(301);
        bench.Take(Fixture6.Empty().IaNa(Dhcp6StatusCode.NoBinding).IaPd(300, 480, (Fixture6.P, 600, 900)));
        bench.Take(Fixture6.Empty().IaNa(Dhcp6StatusCode.NoAddrsAvail));
        Assert.Equal("bound", bench.State);
        Assert.Equal(Fixture6.P, Assert.Single(bench.Configured));

        bench = new Machine6Bench().Bind().After(301).Take(Fixture6.Empty().IaNa(Dhcp6StatusCode.NoBinding));
        bench.Take(Fixture6.Empty().IaNa(Dhcp6StatusCode.NoAddrsAvail));
        Assert.Empty(bench.Configured);
        Assert.Equal(("soliciting", Dhcp6MessageType.Solicit), (bench.State, bench.Last.Type));

        bench = new Machine6Bench().Bind().After(301).Take(Fixture6.Empty().IaNa(Dhcp6StatusCode.NoBinding)).After(250);
        Assert.Empty(bench.Configured);
        Assert.Equal("soliciting", bench.State);
    }

    [Fact(DisplayName = "A6-25 an address that is not in the REPLY is unchanged; one with a valid lifetime of 0 is removed")]
    public void Reply_WithFewerAddresses_ChangesThoseAlone()
    {
        Machine6Bench bench = new Machine6Bench().Bind(Fixture6.Empty().IaNa(300, 480, (Fixture6.L, 600, 900), (Fixture6.L2, 600, 900)));
        Instant end = bench.Client.Lease!.Addresses[1].ValidUntil;
        bench.After(301).Take(Fixture6.Reply());
        Assert.Equal(end, bench.Client.Lease!.Addresses.Single(one => one.Address == Fixture6.L2).ValidUntil);
        Assert.True(bench.Client.Lease.Addresses.Single(one => one.Address == Fixture6.L).ValidUntil > end);
        bench.After(301).Take(Fixture6.Empty().IaNa(300, 480, (Fixture6.L, 0, 0), (Fixture6.L2, 600, 900), (Fixture6.L3, 600, 900)));
        Assert.Equal([Fixture6.L2, Fixture6.L3], bench.Client.Lease!.Addresses.Select(one => one.Address));
        Assert.True(!bench.IsConfigured(Fixture6.L) && bench.IsConfigured(Fixture6.L3));
        // Nothing is left.
        bench.After(301).Take(Fixture6.Empty().IaNa(300, 480, (Fixture6.L2, 0, 0), (Fixture6.L3, 0, 0)));
        Assert.Empty(bench.Configured);
        Assert.Equal("soliciting", bench.State);
    }

    [Fact(DisplayName = "18.2.10.1 an IA that is not in the REPLY is asked for again at the next timeout, as if nothing had come")]
    public void Reply_WithoutOneIa_LeavesItUnanswered()
    {
        Machine6Bench bench = Machine6Bench.WithPrefix().After(300);
        Instant due = bench.Client.NextDeadline;
        Instant end = bench.Client.Lease!.Prefixes[0].ValidUntil;
        bench.Forget().After(1).Take(Fixture6.Reply());
        Assert.Equal("renewing", bench.State);
        Assert.Equal(due, bench.Client.NextDeadline);
        Close.To(bench.Seconds + 900, bench.Client.Lease!.Addresses[0].ValidUntil.Seconds);
        Assert.Equal(end, bench.Client.Lease.Prefixes[0].ValidUntil);
        Assert.Empty(bench.Sent);
        bench.Take(Fixture6.Reply(xid: bench.Client.State.ExchangeInState!.Xid));
        Assert.Empty(bench.Sent);
        // T2 of the prefix, then its end: the address goes on by itself.
        bench.Run(481.5);
        Assert.Equal("rebinding", bench.State);
        bench.Take(Fixture6.Reply());
        Assert.Equal("rebinding", bench.State);
        bench.Run(700).Take(Fixture6.Reply()).Run(901.5);
        Assert.Equal("bound", bench.State);
        Assert.Equal(new Ipv6Prefix(Fixture6.L, 128), Assert.Single(bench.Configured));
    }

    [Fact]
    public void Reply_WithoutAnyIa_IsAsIfItHadNotCome()
    {
        Machine6Bench bench = new Machine6Bench().Bind().After(301);
        Assert.Equal(Dhcp6DropReason.NoLeases, bench.Receive(Fixture6.Empty()));
        bench.Take(Fixture6.Empty().Status(Dhcp6StatusCode.UnspecFail));
        Assert.Equal("renewing", bench.State);
        Assert.Equal(Fixture6.Dns, Assert.Single(bench.Client.Configuration!.DnsServers));
        Assert.Single(bench.Sent);
    }

    [Fact(DisplayName = "A6-52 REBIND answered by another server: it is asked from then on")]
    public void Rebind_AnsweredByAnother_AdoptsIt()
    {
        Machine6Bench bench = new Machine6Bench().Bind().After(481).Take(Fixture6.Reply(Fixture6.Server2));
        Assert.Equal(("bound", Fixture6.Server2), (bench.State, bench.Client.Lease!.ServerIdentifier));
        bench.Forget().After(301);
        Assert.Equal((Dhcp6MessageType.Renew, Fixture6.Server2), (bench.Last.Type, bench.Last.Message.ServerIdentifier));
        Assert.Equal(Fixture6.Server2, bench.Stored.Leases[0].ServerIdentifier);
    }

    [Fact(DisplayName = "A6-53 an option that was there before and is not in the REPLY is reverted")]
    public void Reply_WithoutAnOption_RevertsIt()
    {
        Machine6Bench bench = new Machine6Bench().Bind();
        Assert.NotEmpty(bench.Client.Configuration!.DnsServers);
        bench.After(301).Take(Fixture6.Empty().IaNa(300, 480, (Fixture6.L, 600, 900)));
        Assert.Empty(bench.Client.Configuration!.DnsServers);
    }

    [Fact]
    public void Lease_InfinitelyLong_IsNeverExtended()
    {
        Machine6Bench bench = new Machine6Bench().Bind(Fixture6.Empty().IaNa(0, 0, (Fixture6.L, uint.MaxValue, uint.MaxValue)));
        Assert.Equal(Instant.Never, bench.Client.NextDeadline);
    }

    [Fact(DisplayName = "S-21 a lease of a second: no busy loop")]
    public void Lease_OfASecond_IsNoBusyLoop()
    {
        Machine6Bench bench = new Machine6Bench().Bind(Fixture6.Empty().IaNa(1, 1, (Fixture6.L, 2, 2)));
        for (int i = 0; i < 120; i++)
        {
            bench.After(0.5);
            if (bench.State is "renewing" or "rebinding") bench.Receive(Fixture6.Empty().IaNa(1, 1, (Fixture6.L, 2, 2)));
            else if (bench.State == "requesting") bench.Receive(Fixture6.Empty().IaNa(1, 1, (Fixture6.L, 2, 2)));
            else if (bench.State == "soliciting") bench.Receive(Fixture6.Advertise());
        }
        Assert.InRange(bench.Sent.Count, 10, 20);
    }
}
