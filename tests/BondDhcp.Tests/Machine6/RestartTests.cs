using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Client6;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Machine6;

public class RestartTests
{
    [Fact(DisplayName = "18.2.12 restart with a stored lease: CONFIRM before anything is configured; Success brings it back with its lifetimes")]
    public void Start_WithAStoredLease_Confirms()
    {
        Machine6Bench bench = new Machine6Bench().Sleep(100).Start(Fixture6.Memory(Fixture6.Lease())).After(1);
        Assert.Equal(("confirming", 0), (bench.State, bench.Configured.Count));
        Assert.Equal(Dhcp6MessageType.Confirm, Assert.Single(bench.Sent).Type);
        bench.Take(Fixture6.Empty().Status(Dhcp6StatusCode.Success));
        Assert.Equal("bound", bench.State);
        Assert.Equal(900, bench.Client.Lease!.ExpiresAt.Seconds);
        Assert.Single(bench.Told("leaseBound"));
        // Past T1 by then: RENEW follows.
        bench = new Machine6Bench().Sleep(400).Start(Fixture6.Memory(Fixture6.Lease())).After(1).Take(Fixture6.Empty());
        Assert.Equal(("renewing", Dhcp6MessageType.Renew), (bench.State, bench.Last.Type));
    }

    [Fact]
    public void StoredLease_Confirmed_AnswersACommandWhenItsAddressIsUsable()
    {
        Machine6Bench bench = new Machine6Bench { AddressesAreFree = false }.Sleep(100).Start(Fixture6.Memory(Fixture6.Lease()));
        bench.Step(new Dhcp6Input.Command(DhcpCommand.Acquire)).After(1).Take(Fixture6.Empty().Status(Dhcp6StatusCode.Success));
        Assert.Equal("bound", bench.State);
        Assert.Empty(bench.Effects.OfType<Dhcp6Effect.CommandDone>());
        bench.Step(new Dhcp6Input.AddressReady(Fixture6.L));
        Assert.True(Assert.Single(bench.Effects.OfType<Dhcp6Effect.CommandDone>()).Succeeded);
        Assert.Single(bench.Told("leaseBound"));
    }

    [Fact(DisplayName = "18.2.3 nobody answers: the stored lease is used; not where the network is known to be another, or the end unknown")]
    public void StoredLease_Unconfirmed_IsUsed()
    {
        Machine6Bench bench = new Machine6Bench().Sleep(100).Start(Fixture6.Memory(Fixture6.Lease())).After(11);
        Assert.Equal("bound", bench.State);
        Assert.True(bench.IsConfigured(Fixture6.L));

        bench = new Machine6Bench().Sleep(100);
        bench.Surroundings = bench.Surroundings with { Gateway = MacAddress.Parse("02:00:00:00:00:99") };
        bench.Start(Fixture6.Memory(Fixture6.Lease() with { GatewayMac = Fixture.GatewayMac })).After(11);
        Assert.Equal(("soliciting", 0), (bench.State, bench.Configured.Count));
    }

    [Fact(DisplayName = "AP-2 the wall clock went back: REBIND, because CONFIRM brings no lifetimes; silence ends in SOLICIT")]
    public void StoredLease_OfUnknownEnd_IsRebound()
    {
        Dhcp6Lease stored = Fixture6.Lease() with { ExpiryUnknown = true };
        stored = stored with { Addresses = [stored.Addresses[0] with { PreferredUntil = Instant.Zero, ValidUntil = Instant.Zero }] };
        Machine6Bench bench = new Machine6Bench().Sleep(100).Start(Fixture6.Memory(stored)).After(1);
        Assert.Equal((Dhcp6MessageType.Rebind, "rebinding"), (Assert.Single(bench.Sent).Type, bench.State));
        Assert.Equal(Fixture6.L, Assert.Single(bench.Last.Message.IaNas[0].Addresses));
        Assert.Equal(Dhcp6DropReason.NoLeases, bench.Receive(Fixture6.Empty()));
        bench.Take(Fixture6.Reply());
        Assert.Equal("bound", bench.State);
        Close.To(bench.Seconds + 900, bench.Client.Lease!.ExpiresAt.Seconds);
        Assert.False(bench.Stored.Leases[0].ExpiryUnknown);

        bench = new Machine6Bench().Sleep(100).Start(Fixture6.Memory(stored)).After(11);
        Assert.Equal(("soliciting", 0), (bench.State, bench.Configured.Count));
    }

    [Fact]
    public void StoredLease_WithAPrefix_IsRebound()
    {
        Machine6Bench bench = new Machine6Bench(settings => settings with { PrefixLengthHint = 56 }).Sleep(100);
        bench.Start(Fixture6.Memory(Fixture6.Lease(prefix: Fixture6.P))).After(1);
        Assert.Equal(Dhcp6MessageType.Rebind, Assert.Single(bench.Sent).Type);
        bench.Take(Fixture6.Empty().IaNa(Dhcp6StatusCode.NoBinding).IaPd(Dhcp6StatusCode.NoBinding));
        Assert.Equal((Dhcp6MessageType.Request, 0, 0), (bench.Last.Type, bench.Configured.Count, bench.Stored.Leases.Length));
        Assert.Equal(Fixture6.P, Assert.Single(bench.Last.Message.IaPds[0].Prefixes));
        bench.Take(Fixture6.Reply().IaPd(300, 480, (Fixture6.P, 600, 900)));
        Assert.Equal(("bound", 2), (bench.State, bench.Configured.Count));
    }

    [Theory(DisplayName = "18.2.10.1 two servers after a restart, one of them without prefixes and first: the exchange goes on, and the one that has both is the lease's")]
    [InlineData(true)]
    [InlineData(false)]
    public void StoredLease_AnsweredInPart_GoesOnForTheRest(bool present)
    {
        Machine6Bench bench = Partly();
        Assert.Equal(("rebinding", 2), (bench.State, bench.Configured.Count));
        Assert.Equal(Fixture6.Server2, bench.Client.Lease!.ServerIdentifier);
        // It knows the link no less for a third one that does not.
        bench.Take(Fixture6.Empty(Fixture6.Server3).Status(Dhcp6StatusCode.NotOnLink));
        bench.Take(Fixture6.Reply().IaPd(300, 480, (Fixture6.P, 600, 900)));
        Assert.Equal(("bound", Fixture6.Server, 2), (bench.State, bench.Client.Lease.ServerIdentifier, bench.Configured.Count));
        Close.To(bench.Seconds + 900, bench.Client.Lease.Prefixes[0].ValidUntil.Seconds);

        // One that has the prefix alone, and knows nothing of the address: what the first one extended is not his to end.
        bench = Partly();
        Dhcp6Lease before = bench.Client.Lease!;
        bench.Take(Fixture6.Empty(Fixture6.Server3).IaNa(Dhcp6StatusCode.NoBinding).IaPd(300, 480, (Fixture6.P, 600, 900)));
        Assert.Equal(("bound", Fixture6.Server3, 2), (bench.State, bench.Client.Lease!.ServerIdentifier, bench.Configured.Count));
        Assert.Equal(before.Addresses[0], bench.Client.Lease.Addresses[0]);
        Assert.DoesNotContain(bench.Sent, sent => sent.Type == Dhcp6MessageType.Request);
        bench = Partly();
        Assert.Equal(Dhcp6DropReason.NoLeases, bench.Receive(Fixture6.Empty(Fixture6.Server3).IaNa(300, 480, (Fixture6.L, 0, 0))));
        Assert.Equal(("rebinding", 2), (bench.State, bench.Configured.Count));
        // Extended once more it may be.
        bench.Take(Fixture6.Empty(Fixture6.Server3).IaNa(300, 480, (Fixture6.L, 6000, 9000)));
        Close.To(bench.Seconds + 9000, bench.Client.Lease!.Addresses[0].ValidUntil.Seconds);

        // Nobody has it any more: asked for again at the pace of a CONFIRM, and in force until it ends.
        bench = Partly();
        bench.Take(Fixture6.Empty(Fixture6.Server3).Status(Dhcp6StatusCode.NotOnLink)).Forget().After(11);
        Assert.Equal(("bound", 2), (bench.State, bench.Configured.Count));
        Assert.All(bench.Sent, sent => Assert.Equal(Dhcp6MessageType.Rebind, sent.Type));
        Assert.NotEmpty(bench.Sent);

        Machine6Bench Partly()
        {
            Machine6Bench begun = new Machine6Bench(settings => settings with { PrefixLengthHint = 56 }).Sleep(100);
            begun.Start(Fixture6.Memory(Fixture6.Lease(prefix: Fixture6.P)), present).After(1);
            return begun.Take(Fixture6.Reply(Fixture6.Server2));
        }
    }

    [Fact]
    public void StoredLease_RefusedOrNotOurs_IsNotUsed()
    {
        Machine6Bench bench = new Machine6Bench().Sleep(100).Start(Fixture6.Memory(Fixture6.Lease())).After(1);
        bench.Take(Fixture6.Empty().Status(Dhcp6StatusCode.NotOnLink)).After(10);
        Assert.Equal(("soliciting", 0), (bench.State, bench.Configured.Count));
        // Of another identity, or over: not asked about.
        Assert.Equal("soliciting", new Machine6Bench().Start(Fixture6.Memory(Fixture6.Lease() with { Iaid = new Iaid(1) })).State);
        Assert.Equal("soliciting", new Machine6Bench().Start(Fixture6.Memory(Fixture6.Lease() with { ClientIdentifier = Fixture6.Server })).State);
        Assert.Equal("soliciting", new Machine6Bench().Sleep(901).Start(Fixture6.Memory(Fixture6.Lease())).State);
        // Still on the interface, and over: taken away before anything is sent.
        bench = new Machine6Bench().Sleep(901).Start(Fixture6.Memory(Fixture6.Lease()), present: true);
        Assert.Empty(bench.Configured);
        Assert.IsType<Dhcp6Effect.Deconfigure>(bench.Effects[0]);
        // A prefix that is not asked for any more goes.
        bench = new Machine6Bench().Sleep(10).Start(Fixture6.Memory(Fixture6.Lease(prefix: Fixture6.P)), present: true);
        Assert.Equal(new Ipv6Prefix(Fixture6.L, 128), Assert.Single(bench.Configured));
        Assert.Equal("confirming", bench.State);
    }

    /// <summary>
    /// AP-3's outcome: VERIFYING, RENEWING, REBINDING. The link is asked about first in all three (RFC 9915 section
    /// 18.2.12); past T1 the RENEW leaves with the answer, past T2 the question itself is a REBIND.
    /// </summary>
    [Theory(DisplayName = "AP-3 resume in BOUND: before T1 CONFIRM; past T1 CONFIRM, then RENEW at once; past T2 a REBIND that does both")]
    [InlineData(200, "confirming", Dhcp6MessageType.Confirm, "bound")]
    [InlineData(400, "confirming", Dhcp6MessageType.Confirm, "renewing")]
    [InlineData(600, "rebinding", Dhcp6MessageType.Rebind, "bound")]
    public void Resume_WithTimeLeft_VerifiesAndGoesOnWhereTheLeaseIs(double after, string state, Dhcp6MessageType type, string next)
    {
        foreach (bool deadlineFirst in new[] { false, true })
        {
            Machine6Bench bench = new Machine6Bench(entropy: ScriptedEntropy.Min()).Bind().Sleep(after);
            if (deadlineFirst) bench.Step(Dhcp6Input.DeadlineReached.Instance).Forget();
            bench.Step(new Dhcp6Input.Resumed()).After(0.01);
            Assert.Equal((state, type), (bench.State, Assert.Single(bench.Sent).Type));
            Assert.Equal(Dhcp6Timing.Confirm, bench.Client.State.VerificationInState?.Exchange.Schedule);
            Assert.True(bench.IsConfigured(Fixture6.L));
            // The kernel's lifetimes did not count the time asleep.
            Assert.NotEmpty(bench.Effects.OfType<Dhcp6Effect.Configure>());
            bench.Forget().Take(type == Dhcp6MessageType.Rebind ? Fixture6.Reply() : Fixture6.Empty().Status(Dhcp6StatusCode.Success));
            Assert.Equal(next, bench.State);
            if (next == "renewing") Assert.Equal((bench.Seconds, Dhcp6MessageType.Renew), (Assert.Single(bench.Sent).Seconds, bench.Last.Type));
            else Assert.Empty(bench.Sent);
        }
    }

    [Theory(DisplayName = "AP-3 resume past T1 or T2 on another link: NotOnLink takes the lease away, and no RENEW goes to a server of the former one")]
    [InlineData(400)]
    [InlineData(600)]
    public void Resume_OnAnotherLink_LosesTheLease(double after)
    {
        Machine6Bench bench = new Machine6Bench(entropy: ScriptedEntropy.Min()).Bind().Sleep(after).Step(new Dhcp6Input.Resumed());
        bench.Take(Fixture6.Empty(Fixture6.Server2).Status(Dhcp6StatusCode.NotOnLink)).After(11);
        Assert.Equal(("soliciting", 0), (bench.State, bench.Configured.Count));
        Assert.DoesNotContain(bench.Sent, sent => sent.Type == Dhcp6MessageType.Renew);
    }

    [Fact(DisplayName = "AP-3 resume past the end: the addresses go before any packet, then SOLICIT")]
    public void Resume_PastTheEnd_RemovesTheLeaseFirst()
    {
        foreach (bool deadlineFirst in new[] { false, true })
        {
            Machine6Bench bench = new Machine6Bench().Bind().Sleep(7200).Forget();
            if (deadlineFirst) bench.Step(Dhcp6Input.DeadlineReached.Instance);
            bench.Step(new Dhcp6Input.Resumed());
            Assert.Empty(bench.Configured);
            // The news of the resume comes first in the loop, and one SOLICIT is enough then.
            if (!deadlineFirst) Assert.Single(bench.Sent);
            Assert.IsType<Dhcp6Effect.Deconfigure>(bench.Effects.First(effect => effect is not Dhcp6Effect.Tell));
            Assert.Equal(("soliciting", Dhcp6MessageType.Solicit), (bench.State, bench.Last.Type));
        }
        // One of two has ended: it alone goes.
        Machine6Bench two = new Machine6Bench().Bind(Fixture6.Empty().IaNa(3000, 4800, (Fixture6.L, 6000, 9000), (Fixture6.L2, 100, 200)));
        two.Sleep(1000).Step(new Dhcp6Input.Resumed());
        Assert.Equal(new Ipv6Prefix(Fixture6.L, 128), Assert.Single(two.Configured));
    }

    [Fact]
    public void Resume_WithoutALease_StartsANewExchange()
    {
        Machine6Bench bench = new Machine6Bench().Start().Sleep(3600).Step(new Dhcp6Input.Resumed());
        Assert.Equal("soliciting", bench.State);
        Assert.Equal(2, bench.Sent.Select(sent => sent.Xid).Distinct().Count());
    }

    [Fact]
    public void Lease_KnowsItsNetwork_FromTheSurroundings()
    {
        Machine6Bench bench = new Machine6Bench();
        bench.Surroundings = bench.Surroundings with { Gateway = Fixture.GatewayMac };
        bench.Bind();
        Assert.Equal(Fixture.GatewayMac, bench.Stored.Leases[0].GatewayMac);
        bench.Surroundings = bench.Surroundings with { Gateway = null };
        bench.After(301).Take(Fixture6.Reply());
        Assert.Equal(Fixture.GatewayMac, Assert.Single(bench.Stored.Leases).GatewayMac);
    }
}
