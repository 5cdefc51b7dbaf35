using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Client6;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Machine6;

public class PathTests
{
    private static readonly MacAddress OtherGateway = MacAddress.Parse("02:00:00:00:00:99");

    [Fact(DisplayName = "A6-26, A6-27 addresses only: CONFIRM after 0 to 1 s, with lifetimes of 0, no options asked, no server; 10 s of silence keep the lease")]
    public void Bound_PathChanges_Confirms()
    {
        foreach ((EntropySource entropy, double delay) in new (EntropySource, double)[] { (ScriptedEntropy.Min(), 0), (ScriptedEntropy.Max(), 1), (ScriptedEntropy.Middle(), 0.5) })
        {
            Machine6Bench bench = new Machine6Bench(entropy: entropy).Bind();
            double start = bench.Seconds;
            bench.FailOver().Run(start + 100);
            Close.To(start + delay, bench.Sent[0].Seconds);
            Assert.All(bench.Sent, sent =>
            {
                Assert.Equal((Dhcp6MessageType.Confirm, null, bench.Sent[0].Xid), (sent.Type, sent.Message.ServerIdentifier, sent.Xid));
                Assert.Empty(sent.Message.OptionRequest);
                Assert.Equal(Fixture6.L, Assert.Single(Assert.Single(sent.Message.IaNas).Addresses));
                Assert.Empty(sent.Message.IaPds);
            });
            Close.Within(0.9, 1.1, bench.Gaps[0]);
            Close.Within(1.71, 2.31, bench.Gaps[1]);
            Close.Within(3.249, 4.4, bench.Gaps[2]);
            if (bench.Gaps.Length > 3) Close.Within(3.6, 4.4, bench.Gaps[3]);
            Assert.True(bench.Last.Seconds < bench.Sent[0].Seconds + 10);
            Assert.Equal("bound", bench.State);
            Assert.True(bench.IsConfigured(Fixture6.L));
            Close.To(start + 300, bench.Client.NextDeadline.Seconds);
        }
    }

    [Theory(DisplayName = "A6-27 CONFIRM: Success; only NotOnLink until the end; NotOnLink then Success")]
    [InlineData("success", true)]
    [InlineData("notOnLink", false)]
    [InlineData("notOnLink success", true)]
    [InlineData("unspecFail", true)]
    public void Confirm_Answered_DecidesOverTheLease(string answers, bool kept)
    {
        Machine6Bench bench = new Machine6Bench().Bind();
        Instant end = bench.Client.Lease!.ExpiresAt;
        double start = bench.Seconds;
        bench.FailOver().After(0.6);
        Assert.Equal("confirming", bench.State);
        foreach (string answer in answers.Split(' '))
        {
            bench.Take(answer switch
            {
                "success" => Fixture6.Empty(Fixture6.Server2).Status(Dhcp6StatusCode.Success),
                "notOnLink" => Fixture6.Empty().Status(Dhcp6StatusCode.NotOnLink),
                _ => Fixture6.Empty().Status(Dhcp6StatusCode.UnspecFail),
            });
        }
        if (answers.EndsWith("success", StringComparison.Ordinal)) Assert.Equal("bound", bench.State);
        else Assert.Equal("confirming", bench.State);
        Assert.True(bench.IsConfigured(Fixture6.L));
        bench.Run(start + 10.4);
        Assert.True(bench.IsConfigured(Fixture6.L));
        bench.Run(start + 10.6);
        Assert.Equal(kept, bench.IsConfigured(Fixture6.L));
        Assert.Equal(kept ? "bound" : "soliciting", bench.State);
        if (kept) Assert.Equal((end, Fixture6.Server), (bench.Client.Lease!.ExpiresAt, bench.Client.Lease.ServerIdentifier));
        else Assert.Equal(LeaseEnd.OtherNetwork, Assert.Single(bench.Effects.OfType<Dhcp6Effect.Deconfigure>()).Why);
        // The answer to a CONFIRM holds no options: those of the lease stay.
        if (kept) Assert.NotEmpty(bench.Client.Configuration!.DnsServers);
    }

    [Fact(DisplayName = "A6-28 prefixes: REBIND with the timing of CONFIRM; 10 s of silence keep the lease")]
    public void Bound_WithAPrefix_PathChanges_Rebinds()
    {
        (double Low, double High)[] windows = [(0.9, 1.1), (1.71, 2.31), (3.249, 4.4), (3.6, 4.4)];
        foreach ((EntropySource entropy, double delay, double[] gaps) in new (EntropySource, double, double[])[]
            {
                (ScriptedEntropy.Min(), 0, [0.9, 1.71, 3.249, 3.6]), (ScriptedEntropy.Middle(), 0.5, [1, 2, 4]), (ScriptedEntropy.Max(), 1, [1.1, 2.31, 4.4]),
            })
        {
            Machine6Bench bench = Machine6Bench.WithPrefix(entropy);
            double start = bench.Seconds;
            bench.FailOver().Run(start + delay + 9.99);
            Assert.Equal("rebinding", bench.State);
            Assert.All(bench.Sent, sent =>
            {
                Assert.Equal((Dhcp6MessageType.Rebind, null), (sent.Type, sent.Message.ServerIdentifier));
                Assert.Equal(Fixture6.L, Assert.Single(Assert.Single(sent.Message.IaNas).Addresses));
                Assert.Equal(Fixture6.P, Assert.Single(Assert.Single(sent.Message.IaPds).Prefixes));
                Assert.Contains((ushort)82, sent.Message.OptionRequest);
            });
            Close.To(start + delay, bench.Sent[0].Seconds);
            Close.To(gaps, bench.Gaps);
            for (int i = 0; i < gaps.Length; i++) Close.Within(windows[i].Low, windows[i].High, bench.Gaps[i]);
            // MRD counts from the first transmission.
            bench.Run(start + delay + 10.01);
            Assert.Equal("bound", bench.State);
            bench.Run(start + 100);
            Assert.Equal((gaps.Length + 1, "bound", 2), (bench.Sent.Count, bench.State, bench.Configured.Count));
        }
    }

    [Fact]
    public void VerifyingRebind_Answered_ExtendsOrTakesAway()
    {
        Machine6Bench bench = Machine6Bench.WithPrefix().FailOver().After(0.6);
        bench.Take(Fixture6.Reply(Fixture6.Server2).IaPd(300, 480, (Fixture6.P, 600, 900)));
        Assert.Equal(("bound", Fixture6.Server2), (bench.State, bench.Client.Lease!.ServerIdentifier));
        // Kea to a foreign prefix: lifetimes of 0.
        bench = Machine6Bench.WithPrefix().FailOver().After(0.6);
        bench.Take(Fixture6.Empty().IaNa(0, 0, (Fixture6.L, 0, 0)).IaPd(0, 0, (Fixture6.P, 0, 0)));
        Assert.Empty(bench.Configured);
        Assert.Equal("soliciting", bench.State);
        // NotOnLink counts at the end, as for a CONFIRM.
        bench = Machine6Bench.WithPrefix().FailOver().After(0.6).Take(Fixture6.Empty().Status(Dhcp6StatusCode.NotOnLink));
        Assert.Equal(2, bench.Configured.Count);
        bench.After(10);
        Assert.Empty(bench.Configured);
        // NoBinding: REQUEST, with everything still there.
        bench = Machine6Bench.WithPrefix().FailOver().After(0.6);
        bench.Take(Fixture6.Empty().IaNa(Dhcp6StatusCode.NoBinding).IaPd(Dhcp6StatusCode.NoBinding));
        Assert.Equal(("requesting", 2, Dhcp6MessageType.Request), (bench.State, bench.Configured.Count, bench.Last.Type));
        bench.Take(Fixture6.Reply().IaPd(300, 480, (Fixture6.P, 600, 900)));
        Assert.Equal(("bound", 2), (bench.State, bench.Configured.Count));
    }

    [Fact(DisplayName = "DESIGN, AM-21 bound: unsolicited NAs first, then RS, then CONFIRM; two sets, a second apart")]
    public void Bound_PathChanges_AnnouncesBeforeItAsks()
    {
        Machine6Bench bench = new Machine6Bench().Bind().FailOver().After(3);
        Dhcp6Effect[] order = [.. bench.Effects.Where(effect => effect is Dhcp6Effect.Announce or Dhcp6Effect.SolicitRouters or Dhcp6Effect.Transmit)];
        Dhcp6Effect.Announce first = Assert.IsType<Dhcp6Effect.Announce>(order[0]);
        Assert.Equal([Fixture6.LinkLocal, Fixture6.L], first.Addresses.AsEnumerable());
        Assert.IsType<Dhcp6Effect.SolicitRouters>(order[1]);
        Assert.IsType<Dhcp6Effect.Transmit>(order[2]);
        Assert.Equal((2, 1), (order.Count(effect => effect is Dhcp6Effect.Announce), order.Count(effect => effect is Dhcp6Effect.SolicitRouters)));
    }

    [Theory(DisplayName = "DESIGN, AM-21 a second failover within a second: what is asked waits for its announcement, CONFIRM and REBIND")]
    [InlineData(0.0, false)]
    [InlineData(0.3, false)]
    [InlineData(0.3, true)]
    [InlineData(0.9, false)]
    public void Bound_PathChangesTwice_AnnouncesBeforeItAsks(double gap, bool prefix)
    {
        foreach (EntropySource entropy in new EntropySource[] { ScriptedEntropy.Min(), ScriptedEntropy.Middle(), ScriptedEntropy.Max() })
        {
            Machine6Bench bench = prefix ? Machine6Bench.WithPrefix(entropy) : new Machine6Bench(entropy: entropy).Bind();
            bench.FailOver().After(gap).Forget().FailOver().After(3);
            Dhcp6Effect[] order = [.. bench.Effects.Where(effect => effect is Dhcp6Effect.Announce or Dhcp6Effect.Transmit)];
            Assert.IsType<Dhcp6Effect.Announce>(order[0]);
            Assert.Contains(order, effect => effect is Dhcp6Effect.Transmit);
        }
    }

    [Fact(DisplayName = "AM-22 a change of the path: DUID and IAID as before, nothing stored by the event, no RELEASE, no DECLINE")]
    public void Bound_PathChanges_LeavesTheIdentityAlone()
    {
        Machine6Bench bench = new Machine6Bench().Bind().FailOver().After(200);
        Assert.Empty(bench.Effects.OfType<Dhcp6Effect.Persist>());
        Assert.All(bench.Sent, sent => Assert.All(sent.Message.IaNas, ia => Assert.Equal(Fixture6.Iaid, ia.Iaid)));
        Assert.DoesNotContain(bench.Sent, sent => sent.Type is Dhcp6MessageType.Release or Dhcp6MessageType.Decline);
    }

    [Fact(DisplayName = "AM-24 REQUESTING: the same xid at the next RT; another link-local address: from the start")]
    public void Requesting_PathChanges_GoesOn()
    {
        Machine6Bench bench = new Machine6Bench().Request();
        uint xid = bench.Last.Xid;
        Instant due = bench.Client.NextDeadline;
        bench.FailOver();
        Assert.Equal((2, due), (bench.Sent.Count, bench.Client.State.ExchangeInState!.SendAt));
        Assert.Equal(Fixture6.LinkLocal, Assert.Single(Assert.Single(bench.Effects.OfType<Dhcp6Effect.Announce>()).Addresses));
        bench.After(1.1);
        Assert.Equal((3, xid, Dhcp6MessageType.Request), (bench.Sent.Count, bench.Last.Xid, bench.Last.Type));
        bench.Step(new Dhcp6Input.LinkLocalGone()).Step(new Dhcp6Input.LinkLocalReady(Fixture6.LinkLocal2));
        Assert.Equal(("soliciting", Dhcp6MessageType.Solicit), (bench.State, bench.Last.Type));
        // The same without a moment between them.
        bench = new Machine6Bench().Request().Step(new Dhcp6Input.LinkLocalReady(Fixture6.LinkLocal2));
        Assert.Equal(("soliciting", Dhcp6MessageType.Solicit), (bench.State, bench.Last.Type));
    }

    [Fact]
    public void Soliciting_PathChanges_BeginsAnew()
    {
        Machine6Bench bench = new Machine6Bench().Start().Run(100).Forget().FailOver();
        Assert.Equal((100, (ushort)0), (Assert.Single(bench.Sent).Seconds, bench.Last.Message.ElapsedCentiseconds));
        bench.After(1.2);
        Assert.Equal(2, bench.Sent.Count);
    }

    [Fact(DisplayName = "AM-25 the link-local address is made anew: everything put back, then CONFIRM from the new one")]
    public void Bound_LinkLocalChanges_PutsBackAndConfirms()
    {
        Machine6Bench bench = new Machine6Bench().Bind().Step(new Dhcp6Input.LinkUnusable("down")).Step(new Dhcp6Input.LinkLocalGone());
        bench.Step(new Dhcp6Input.AddressRemoved(Fixture6.L)).After(3);
        Assert.Equal(("bound", "down"), (bench.State, bench.Client.Why));
        bench.Step(new Dhcp6Input.LinkUsable(PathClass.Unknown)).After(2);
        Assert.Empty(bench.Sent);
        Assert.Empty(bench.Effects.OfType<Dhcp6Effect.Configure>());
        bench.AddressesAreFree = false;
        bench.Step(new Dhcp6Input.LinkLocalReady(Fixture6.LinkLocal2)).After(1);
        Assert.Single(bench.Effects.OfType<Dhcp6Effect.Configure>());
        Assert.Equal(Fixture6.LinkLocal2, bench.Effects.OfType<Dhcp6Effect.Announce>().First().Addresses[0]);
        Assert.Equal(Dhcp6MessageType.Confirm, Assert.Single(bench.Sent).Type);
        // What was flushed is looked for anew (RFC 4862 section 5.4): not announced before the kernel calls it usable.
        bench.Take(Fixture6.Empty().Status(Dhcp6StatusCode.Success)).After(1);
        Assert.Equal("bound", bench.State);
        Assert.All(bench.Effects.OfType<Dhcp6Effect.Announce>(), announce => Assert.Equal(Fixture6.LinkLocal2, Assert.Single(announce.Addresses)));
        bench.Forget().Step(new Dhcp6Input.AddressReady(Fixture6.L)).After(5);
        Assert.Equal([Fixture6.LinkLocal2, Fixture6.L], Assert.Single(bench.Effects.OfType<Dhcp6Effect.Announce>()).Addresses.AsEnumerable());
        Assert.Empty(bench.Effects.OfType<Dhcp6Effect.SolicitRouters>());
    }

    [Fact(DisplayName = "RFC 4862 5.4 an address put back, or left from before a restart, is tentative until the kernel calls it usable")]
    public void Address_ConfiguredAgain_IsTentative()
    {
        Machine6Bench bench = new Machine6Bench().Bind();
        bench.AddressesAreFree = false;
        bench.Step(new Dhcp6Input.AddressRemoved(Fixture6.L)).FailOver();
        Assert.Single(bench.Effects.OfType<Dhcp6Effect.Configure>());
        Assert.Equal(Fixture6.LinkLocal, Assert.Single(Assert.Single(bench.Effects.OfType<Dhcp6Effect.Announce>()).Addresses));
        // Ready before the second set: that one has it, and no more follow.
        bench.Step(new Dhcp6Input.AddressReady(Fixture6.L)).After(5);
        Assert.Equal([1, 2], bench.Effects.OfType<Dhcp6Effect.Announce>().Select(announce => announce.Addresses.Length));

        bench = new Machine6Bench { AddressesAreFree = false }.Sleep(10).Start(Fixture6.Memory(Fixture6.Lease()), present: true).FailOver();
        Assert.Equal(Fixture6.LinkLocal, Assert.Single(Assert.Single(bench.Effects.OfType<Dhcp6Effect.Announce>()).Addresses));
    }

    [Fact(DisplayName = "AM-29 the machine's part: certainly another network: the addresses go before the first frame, then SOLICIT")]
    public void Bound_PathOfAnotherNetwork_RemovesTheLeaseBeforeTheFirstFrame()
    {
        Machine6Bench bench = new Machine6Bench().Bind().FailOver(PathClass.Different);
        Dhcp6Effect[] order = [.. bench.Effects.Where(effect => effect is not (Dhcp6Effect.Tell or Dhcp6Effect.Persist))];
        Assert.Equal(LeaseEnd.OtherNetwork, Assert.IsType<Dhcp6Effect.Deconfigure>(order[0]).Why);
        Dhcp6Effect.Announce announce = Assert.IsType<Dhcp6Effect.Announce>(order[1]);
        Assert.Equal(Fixture6.LinkLocal, Assert.Single(announce.Addresses));
        Assert.IsType<Dhcp6Effect.SolicitRouters>(order[2]);
        Assert.Equal(Dhcp6MessageType.Solicit, Assert.IsType<Dhcp6Effect.Transmit>(order[3]).Message.Type);
        // There it is still good.
        Assert.Single(bench.Client.Memory.Leases);
    }

    [Fact]
    public void PathOfAKnownNetwork_AsksForThatNetworksLease()
    {
        Dhcp6Lease here = Fixture6.Lease() with { GatewayMac = Fixture.GatewayMac };
        Dhcp6Lease there = Fixture6.Lease(0, Fixture6.L3, server: Fixture6.Server2) with { GatewayMac = OtherGateway };
        Machine6Bench bench = new Machine6Bench().Start(Fixture6.Memory(here, there), present: true).After(1);
        bench.Take(Fixture6.Empty().Status(Dhcp6StatusCode.Success)).Forget();
        bench.Surroundings = bench.Surroundings with { Gateway = OtherGateway };
        bench.FailOver(PathClass.Different, OtherGateway).After(1);
        Assert.Equal((Dhcp6MessageType.Confirm, "confirming"), (Assert.Single(bench.Sent).Type, bench.State));
        Assert.Equal(Fixture6.L3, Assert.Single(bench.Last.Message.IaNas[0].Addresses));
        Assert.Empty(bench.Configured);
        bench.Take(Fixture6.Empty().Status(Dhcp6StatusCode.Success));
        Assert.True(bench.IsConfigured(Fixture6.L3));
        Assert.Equal([Fixture6.L3, Fixture6.L], bench.Stored.Leases.Select(lease => lease.Addresses[0].Address));
    }

    [Fact(DisplayName = "AM-17 20 failovers in 60 s: at most one CONFIRM a second, then at growing intervals; the last state verified")]
    public void Bound_PathFlaps_IsFollowedAtGrowingIntervals()
    {
        Machine6Bench bench = new Machine6Bench(entropy: ScriptedEntropy.Min()).Bind(Fixture6.Empty().IaNa(3000, 4800, (Fixture6.L, 6000, 9000)));
        for (int i = 0; i < 20; i++) bench.FailOver().After(3);
        double last = bench.Seconds;
        bench.FailOver().After(60);
        double[] begun = [.. bench.Sent.GroupBy(sent => sent.Xid).Select(group => group.First().Seconds)];
        double[] gaps = [.. begun.Skip(1).Zip(begun, (later, earlier) => later - earlier)];
        Assert.All(gaps, gap => Assert.True(gap >= 0.999, string.Join(' ', gaps)));
        Close.To([3, 3, 3, 3], gaps[..4]);
        Assert.True(gaps.Length < 12 && gaps[^1] > 15, string.Join(' ', gaps));
        Assert.Contains(bench.Sent, sent => sent.Seconds >= last);
        Assert.True(bench.IsConfigured(Fixture6.L));
        Assert.All(bench.Effects.OfType<Dhcp6Effect.Announce>(), announce => Assert.Equal(Fixture6.LinkLocal, announce.Addresses[0]));
    }

    [Fact(DisplayName = "AM-31, AX-8 the caps hold under a flap: 6 messages a second, 20 a minute on a path, one set of announcements a second")]
    public void Anything_UnderAFlap_KeepsTheCaps()
    {
        Machine6Bench bench = new Machine6Bench().Bind();
        List<double> announced = [];
        for (int i = 0; i < 600; i++)
        {
            int before = bench.Effects.OfType<Dhcp6Effect.Announce>().Count();
            bench.Surroundings = bench.Surroundings with { PathIndex = 3 };
            bench.Step(new Dhcp6Input.PathChanged(PathClass.Unknown, "hardwareAddress")).Step(new Dhcp6Input.Command(DhcpCommand.Rebind)).After(0.1);
            if (bench.Effects.OfType<Dhcp6Effect.Announce>().Count() > before) announced.Add(bench.Seconds);
        }
        foreach (double from in bench.Times)
        {
            Assert.InRange(bench.Times.Count(at => at >= from && at < from + 0.9999), 0, 6);
            Assert.InRange(bench.Times.Count(at => at >= from && at < from + 19.9999), 0, 20);
            Assert.InRange(bench.Times.Count(at => at >= from && at < from + 59.9999), 0, 20);
        }
        Assert.All(announced.Skip(1).Zip(announced, (later, earlier) => later - earlier), gap => Assert.True(gap > 0.89));
    }

    [Fact(DisplayName = "AM-20 carrier lost and back: the lease stays, asked about once")]
    public void Bound_CarrierFlickers_IsConfirmedOnce()
    {
        Machine6Bench bench = new Machine6Bench().Bind().Step(new Dhcp6Input.LinkUnusable("no carrier")).After(0.5);
        Assert.True(bench.IsConfigured(Fixture6.L));
        bench.Step(new Dhcp6Input.LinkUsable(PathClass.Same)).After(0.6).Take(Fixture6.Empty().Status(Dhcp6StatusCode.Success)).After(60);
        Assert.Equal(("bound", Dhcp6MessageType.Confirm), (bench.State, Assert.Single(bench.Sent).Type));
    }

    [Fact]
    public void Bound_WithoutALink_SendsNothingAndEndsInTime()
    {
        Machine6Bench bench = new Machine6Bench().Bind().Step(new Dhcp6Input.LinkUnusable("no carrier")).After(800);
        Assert.Empty(bench.Sent);
        Assert.True(bench.IsConfigured(Fixture6.L));
        bench.After(101);
        Assert.Equal(("waiting", "no carrier", 0), (bench.State, bench.Client.Why, bench.Configured.Count));
        // Back past T2: any server is asked.
        bench = new Machine6Bench().Bind().Step(new Dhcp6Input.LinkUnusable("no carrier")).After(600).Step(new Dhcp6Input.LinkUsable(PathClass.Unknown)).After(1);
        Assert.Equal(Dhcp6MessageType.Rebind, Assert.Single(bench.Sent).Type);
    }

    [Fact]
    public void Interface_Gone_TakesTheLeaseWithIt()
    {
        Machine6Bench bench = new Machine6Bench().Bind().Step(new Dhcp6Input.LinkUnusable("gone", InterfaceGone: true));
        Assert.Equal(("waiting", 0, 1), (bench.State, bench.Configured.Count, bench.Client.Memory.Leases.Length));
        bench.Step(new Dhcp6Input.LinkUsable(PathClass.Unknown)).Step(new Dhcp6Input.LinkLocalReady(Fixture6.LinkLocal2)).After(1);
        Assert.Equal("confirming", bench.State);
    }

    [Fact(DisplayName = "18.2.12 on-link prefixes changed: CONFIRM, RENEW with prefixes, INFORMATION-REQUEST; at most once in 30 s")]
    public void PrefixesChanged_AsksAtMostOnceInHalfAMinute()
    {
        Machine6Bench bench = new Machine6Bench().Bind();
        double start = bench.Seconds;
        bench.Step(Dhcp6Input.PrefixesChanged.Instance).After(0.6).Take(Fixture6.Empty());
        Assert.Equal(Dhcp6MessageType.Confirm, Assert.Single(bench.Sent).Type);
        for (int i = 0; i < 20; i++) bench.Step(Dhcp6Input.PrefixesChanged.Instance).After(1);
        Assert.Single(bench.Sent);
        bench.Run(start + 31);
        Assert.Equal(2, bench.Sent.Count);

        bench = Machine6Bench.WithPrefix().Step(Dhcp6Input.PrefixesChanged.Instance);
        Assert.Equal((Dhcp6MessageType.Renew, Fixture6.Server), (Assert.Single(bench.Sent).Type, bench.Last.Message.ServerIdentifier));

        bench = new Machine6Bench(settings => settings with { Mode = Dhcp6Mode.Stateless }).Start().After(1).Take(Fixture6.Empty()).Forget();
        bench.Step(Dhcp6Input.PrefixesChanged.Instance).After(1);
        Assert.Equal(Dhcp6MessageType.InformationRequest, Assert.Single(bench.Sent).Type);
    }
}
