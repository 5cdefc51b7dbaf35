using BondDhcp.Dhcp.Arp;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Anonymity;

/// <summary>The DHCPv4 machine under the anonymity profile (RFC 7844 section 3).</summary>
public class AnonymousClientTests
{
    private static MachineBench Bench(Func<Dhcp4Settings, Dhcp4Settings>? configure = null, EntropySource? entropy = null) => new(
        settings => (configure is null ? settings : configure(settings)) with { ClientIdentifier = [], Anonymous = true, Chaddr = ChaddrPolicy.Current }, entropy);

    private static MachineBench Bound()
    {
        MachineBench bench = Bench().Bind();
        Assert.Equal((Fixture.L, Fixture.A), (bench.Configured, bench.Client.Lease!.Chaddr));
        return bench;
    }

    private static Dhcp4Lease StoredLease(MacAddress mac) =>
        Fixture.Lease(chaddr: mac) with { ClientIdentifier = Dhcp4ClientIdentifier.FromMac(mac) };

    // What a new identity does first, and all it does.
    private static void AssertBeginsAnew(MachineBench bench)
    {
        Assert.Null(bench.Configured);
        SentMessage discover = Assert.Single(bench.Sent);
        Assert.True(
            discover is { Message: { Type: Dhcp4MessageType.Discover, RequestedAddress: null, Ciaddr.IsAny: true, Secs: 0, Broadcast: false, AnonymousOrder: not null, Chaddr: null } },
            discover.ToString());
        Assert.Equal(Fixture.B, discover.Chaddr);
        Assert.Equal(Dhcp4ClientIdentifier.FromMac(Fixture.B).ToArray(), bench.Client.ClientIdentifier.ToArray());
        Assert.Equal(Dhcp4Memory.Empty, bench.Client.Memory);
        Assert.Equal("selecting", bench.State);
    }

    [Fact(DisplayName = "G7 BOUND: another hardware address drops the lease, without a word to its server, and begins anew at once")]
    public void Bound_AnotherHardwareAddress_BeginsAnew()
    {
        MachineBench bench = Bound().FailOver(Fixture.B);
        AssertBeginsAnew(bench);
        Assert.Empty(bench.Stored.Leases);
        Report lost = Assert.Single(bench.Told("leaseLost"));
        Assert.Contains(lost.Fields, field => field is { Name: "why", Value: "anonymity" });
        Assert.DoesNotContain(bench.SentArp, sent => sent.Packet.SenderAddress == Fixture.L || sent.Packet.TargetAddress == Fixture.L);
        // The address goes before anything is sent.
        int gone = bench.Effects.FindIndex(effect => effect is Dhcp4Effect.Deconfigure);
        Assert.InRange(gone, 0, bench.Effects.FindIndex(effect => effect is Dhcp4Effect.Transmit) - 1);
    }

    [Fact(DisplayName = "G7 BOUND: the hardware address is another in whatever comes first, a deadline or a packet; the event that follows begins nothing again")]
    public void Bound_AnotherHardwareAddressBeforeTheEvent_BeginsAnewOnce()
    {
        MachineBench bench = Bound();
        bench.Surroundings = bench.Surroundings with { Mac = Fixture.B };
        bench.Step(Dhcp4Input.DeadlineReached.Instance);
        AssertBeginsAnew(bench);
        bench.FailOver(Fixture.B).After(1);
        Assert.Single(bench.Sent);
    }

    [Theory(DisplayName = "G7 each state without a lease: another hardware address begins anew, and a late answer to the one before is dropped")]
    [InlineData("selecting")]
    [InlineData("requesting")]
    [InlineData("probing")]
    public void Acquiring_AnotherHardwareAddress_BeginsAnew(string state)
    {
        MachineBench bench = Bench(settings => settings with { ConflictDetection = state == "probing" ? ConflictDetection.Before : ConflictDetection.Off }).Start();
        uint xid = bench.Last.Xid;
        if (state != "selecting") bench.Take(Fixture.Offer(xid, Fixture.A));
        if (state == "probing") bench.Take(Fixture.Ack(xid, Fixture.A));
        Assert.Equal(state, bench.State);
        bench.Run(1).Forget().FailOver(Fixture.B);
        AssertBeginsAnew(bench);
        Assert.NotEqual(xid, bench.Last.Xid);
        Assert.NotEqual(Dhcp4DropReason.None, bench.Receive(Fixture.Offer(xid, Fixture.A)));
        Assert.NotEqual(Dhcp4DropReason.None, bench.Receive(Fixture.Ack(xid, Fixture.A)));
        Assert.DoesNotContain(bench.SentArp, sent => sent.Seconds > 1 && sent.Packet.TargetAddress == Fixture.L);
    }

    [Fact(DisplayName = "G7 a late answer that is the first to meet the new hardware address is dropped, and begins nothing of the old")]
    public void Requesting_AckAfterTheChange_IsDropped()
    {
        MachineBench bench = Bench().Start();
        bench.Take(Fixture.Offer(bench.Last.Xid, Fixture.A));
        uint xid = bench.Last.Xid;
        bench.Forget().Surroundings = bench.Surroundings with { Mac = Fixture.B };
        Assert.Equal(Dhcp4DropReason.NoExchange, bench.Receive(Fixture.Ack(xid, Fixture.A)));
        AssertBeginsAnew(bench);
    }

    [Theory(DisplayName = "G7 RENEWING and REBINDING: another hardware address begins anew, and no address of before is extended")]
    [InlineData("renewing", 1900)]
    [InlineData("rebinding", 3200)]
    public void Extending_AnotherHardwareAddress_BeginsAnew(string state, double at)
    {
        MachineBench bench = Bound().Run(at);
        Assert.Equal(state, bench.State);
        bench.Forget().FailOver(Fixture.B);
        AssertBeginsAnew(bench);
        Assert.DoesNotContain(bench.Run(at + 400).Sent, sent => sent.Message.Type != Dhcp4MessageType.Discover);
    }

    [Fact(DisplayName = "G7 VERIFYING, where a bond's network is certainly the same: only the current hardware address is presented; another one begins anew")]
    public void Verifying_AnotherHardwareAddress_BeginsAnew()
    {
        MachineBench bench = Bound();
        bench.Step(new Dhcp4Input.PathChanged(PathClass.Same, "activeSlave"));
        Assert.Equal("verifying", bench.State);
        Assert.Equal(Fixture.L, bench.Configured);
        bench.After(8);
        Assert.All(bench.Sent, sent => Assert.Equal((Dhcp4RequestKind.InitReboot, Fixture.A, null), (sent.Message.RequestKind, sent.Chaddr, sent.Message.Chaddr)));
        bench.Forget().FailOver(Fixture.B);
        AssertBeginsAnew(bench);
    }

    [Fact(DisplayName = "G7 the waits after a refusal and a conflict go on, and end with the new identity")]
    public void Waiting_AnotherHardwareAddress_GoesOnWaiting()
    {
        MachineBench bench = Bench().Start();
        for (int i = 0; i < 3 && bench.State != "nakBackoff"; i++)
        {
            bench.Take(Fixture.Offer(bench.Last.Xid, Fixture.A));
            bench.Take(Fixture.Nak(bench.Last.Xid, Fixture.A));
        }
        Assert.Equal("nakBackoff", bench.State);
        bench.Forget().FailOver(Fixture.B);
        Assert.Empty(bench.Sent);
        Assert.Equal("nakBackoff", bench.State);
        bench.After(60);
        Assert.All(bench.Sent, sent => Assert.Equal((Dhcp4MessageType.Discover, Fixture.B), (sent.Message.Type, sent.Chaddr)));
        Assert.NotEmpty(bench.Sent);
    }

    [Fact(DisplayName = "G7 RELEASING: what was given back under the old hardware address is over at once, and nothing follows")]
    public void Releasing_AnotherHardwareAddress_Ends()
    {
        MachineBench bench = Bound().Step(new Dhcp4Input.Command(DhcpCommand.Release));
        SentMessage release = Assert.Single(bench.Sent);
        Assert.Equal((Dhcp4MessageType.Release, Fixture.A), (release.Message.Type, release.Chaddr));
        bench.FailOver(Fixture.B).After(100);
        Assert.Single(bench.Sent);
        Assert.Equal(("stopped", null), (bench.State, bench.Configured));
    }

    [Fact(DisplayName = "G7 without a link: the address goes with the link, before another hardware address can carry it")]
    public void Bound_LinkLost_LosesTheLeaseBeforeItIsBack()
    {
        MachineBench bench = Bound().Step(new Dhcp4Input.LinkUnusable("the interface is down"));
        Assert.Equal(("waiting", null), (bench.State, bench.Configured));
        Assert.Empty(bench.Stored.Leases);
        bench.Surroundings = bench.Surroundings with { Mac = Fixture.B };
        bench.After(60).Step(Dhcp4Input.DeadlineReached.Instance);
        Assert.Empty(bench.Sent);
        bench.Step(new Dhcp4Input.LinkUsable(PathClass.Unknown));
        AssertBeginsAnew(bench);
    }

    [Theory(DisplayName = "RFC 7844 3.3: the link was gone, the machine slept, an access point is another: the same hardware address begins with a DISCOVER that names no address")]
    [InlineData("carrier")]
    [InlineData("resume")]
    [InlineData("roam")]
    [InlineData("different")]
    public void Bound_PerhapsElsewhere_NamesNoAddress(string what)
    {
        MachineBench bench = Bound();
        switch (what)
        {
            case "carrier":
                bench.Step(new Dhcp4Input.LinkUnusable("no carrier")).After(1).Step(new Dhcp4Input.LinkUsable(PathClass.Unknown, Fixture.GatewayMac));
                break;
            case "resume":
                bench.Sleep(600).Step(new Dhcp4Input.Resumed());
                break;
            case "roam":
                bench.Step(new Dhcp4Input.PathChanged(PathClass.Unknown, "roam", Fixture.GatewayMac));
                break;
            default:
                bench.Step(new Dhcp4Input.PathChanged(PathClass.Different, "roam"));
                break;
        }
        SentMessage discover = Assert.Single(bench.Sent);
        Assert.Equal((Dhcp4MessageType.Discover, null, Fixture.A), (discover.Message.Type, discover.Message.RequestedAddress, discover.Chaddr));
        Assert.Null(bench.Configured);
        Assert.DoesNotContain(bench.SentArp, sent => sent.Packet.SenderAddress == Fixture.L);
        // To the same client the server gives the same.
        bench.Take(Fixture.Offer(bench.Last.Xid, Fixture.A)).Take(Fixture.Ack(bench.Last.Xid, Fixture.A));
        Assert.Equal(("bound", Fixture.L), (bench.State, bench.Configured));
    }

    [Fact(DisplayName = "RFC 7844 3.3: a stored lease whose address is gone is not asked for, and is forgotten")]
    public void Start_WithAStoredLease_DoesNotReboot()
    {
        MachineBench bench = Bench().Start(Fixture.Memory(StoredLease(Fixture.A)));
        SentMessage discover = Assert.Single(bench.Sent);
        Assert.Equal((Dhcp4MessageType.Discover, null), (discover.Message.Type, discover.Message.RequestedAddress));
        Assert.Contains(bench.Effects, effect => effect is Dhcp4Effect.Persist { Memory: { Leases.IsEmpty: true, LastAddress: null } });
    }

    [Fact(DisplayName = "RFC 7844 3.3: after a restart of the daemon the address stays, and a DISCOVER beside it, which names no address, confirms it")]
    public void Start_WithTheAddressThere_GoesOnAndDiscovers()
    {
        MachineBench bench = Bench().Start(Fixture.Memory(StoredLease(Fixture.A)), present: true);
        Assert.Equal(("bound", Fixture.L), (bench.State, bench.Configured));
        SentMessage discover = Assert.Single(bench.Sent);
        Assert.Equal((Dhcp4MessageType.Discover, null), (discover.Message.Type, discover.Message.RequestedAddress));
        Assert.Empty(bench.SentArp);
        bench.Take(Fixture.Offer(bench.Last.Xid, Fixture.A)).Take(Fixture.Ack(bench.Last.Xid, Fixture.A));
        Assert.Equal(("bound", Fixture.L), (bench.State, bench.Configured));
        Assert.Single(bench.Told("leaseRenewed"));
        Assert.DoesNotContain(bench.Effects, effect => effect is Dhcp4Effect.Deconfigure);
    }

    [Fact(DisplayName = "RFC 7844 3.3: after a restart in another network its address takes the place of the one that was left there")]
    public void Start_WithTheAddressOfAnotherNetwork_IsReplaced()
    {
        MachineBench bench = Bench().Start(Fixture.Memory(StoredLease(Fixture.A)), present: true);
        bench.Take(Fixture.Offer(bench.Last.Xid, Fixture.A, Fixture.Server2, Fixture.L2)).Take(Fixture.Ack(bench.Last.Xid, Fixture.A, Fixture.Server2, Fixture.L2));
        Assert.Equal(("bound", Fixture.L2), (bench.State, bench.Configured));
        Assert.Equal(Fixture.L2, Assert.Single(bench.Stored.Leases).Address);
    }

    private static MachineBench Restarted(double at) => Bench().Start(Fixture.Memory(StoredLease(Fixture.A)), present: true).Run(at);

    private static void AssertNothingNamed(MachineBench bench)
    {
        Assert.NotEmpty(bench.Sent);
        Assert.All(bench.Sent, sent => Assert.Equal((Dhcp4MessageType.Discover, null, true), (sent.Message.Type, sent.Message.RequestedAddress, sent.Message.Ciaddr.IsAny)));
        Assert.Empty(bench.SentArp);
    }

    [Fact(DisplayName = "RFC 7844 3.3: after a restart that no server answers neither T1 nor T2 is a DHCPREQUEST, which would name the address to whichever network is there: DISCOVERs go on to the end of the lease, and the address stays as long")]
    public void Start_WithoutAServer_AsksToTheEndOfTheLease()
    {
        MachineBench bench = Restarted(3599);
        Assert.Equal(("bound", Fixture.L), (bench.State, bench.Configured));
        Assert.Equal("no server confirms the lease; it is in force until it ends", bench.Client.Why);
        AssertNothingNamed(bench);
        AssertNothingNamed(bench.Forget().Run(3610));
        Assert.Equal(("selecting", null), (bench.State, bench.Configured));
    }

    [Theory(DisplayName = "RFC 7844 3.3: an answer settles it however late, and T1 is a DHCPREQUEST as ever from then on")]
    [InlineData(100)]
    [InlineData(2000)]
    [InlineData(3300)]
    public void Unconfirmed_AnsweredLate_IsRenewedAsEver(double at)
    {
        MachineBench bench = Restarted(at);
        AssertNothingNamed(bench);
        bench.Take(Fixture.Offer(bench.Last.Xid, Fixture.A)).Take(Fixture.Ack(bench.Last.Xid, Fixture.A));
        Assert.Equal(("bound", Fixture.L), (bench.State, bench.Configured));
        Assert.Equal(Dhcp4RequestKind.Renewing, bench.Forget().Run(at + 1805).Last.Message.RequestKind);
    }

    [Theory(DisplayName = "RFC 7844 3.3: of a lease that nobody confirmed nothing is said: not by a release, a renewal that is asked for, a failover within one network, or another host that has the address")]
    [InlineData("release")]
    [InlineData("stop")]
    [InlineData("renew")]
    [InlineData("failover")]
    [InlineData("conflict")]
    [InlineData("hardwareAddress")]
    public void Unconfirmed_WhateverHappens_NamesNothing(string what)
    {
        MachineBench bench = Restarted(2000).Forget();
        switch (what)
        {
            case "release": bench.Step(new Dhcp4Input.Command(DhcpCommand.Release)); break;
            case "stop": bench.Step(new Dhcp4Input.Stop(Release: true)); break;
            case "renew": bench.Step(new Dhcp4Input.Command(DhcpCommand.Renew)); break;
            case "failover": bench.Step(new Dhcp4Input.PathChanged(PathClass.Same, "activeSlave")); break;
            case "conflict": bench.Step(new Dhcp4Input.ArpReceived(ArpPacket.Announcement(Fixture.Stranger, Fixture.L))); break;
            default: bench.FailOver(Fixture.B); break;
        }
        bench.After(120);
        Assert.Equal(what is "renew" or "failover" ? Fixture.L : default(Ipv4Address?), bench.Configured);
        if (what is "release" or "stop")
        {
            Assert.Empty(bench.Sent);
            Assert.Empty(bench.SentArp);
            Assert.Contains("is not told that its lease is not used any more", Assert.Single(bench.Told("warning")).Fields.Single(field => field.Name == "message").Value!.ToString(), StringComparison.Ordinal);
        }
        else
        {
            AssertNothingNamed(bench);
        }
        if (what != "renew") return;
        bench.Take(Fixture.Offer(bench.Last.Xid, Fixture.A)).Take(Fixture.Ack(bench.Last.Xid, Fixture.A));
        Assert.True(Assert.Single(bench.Effects.OfType<Dhcp4Effect.CommandDone>()).Succeeded);
    }

    [Fact(DisplayName = "RFC 7844 3.3: a lease left by a stop is neither given back by a later release, nor asked for where the link is gone by then")]
    public void Stopped_Later_NamesNothing()
    {
        MachineBench bench = Bound().Step(new Dhcp4Input.Stop(Release: false)).After(60).Forget().Step(new Dhcp4Input.Command(DhcpCommand.Release)).After(60);
        Assert.Empty(bench.Sent);
        Assert.Null(bench.Configured);
        bench = Bound().Step(new Dhcp4Input.Stop(Release: false)).Step(new Dhcp4Input.LinkUnusable("no carrier")).Forget().Step(new Dhcp4Input.Command(DhcpCommand.Acquire)).After(60);
        Assert.Empty(bench.Sent);
        Assert.Equal(("waiting", null), (bench.State, bench.Configured));
    }

    [Theory(DisplayName = "What was stored under another hardware address, or before the profile was switched on, is taken off the interface and forgotten")]
    [InlineData(true)]
    [InlineData(false)]
    public void Start_WithALeaseOfAnotherIdentity_TakesItAway(bool ofB)
    {
        Dhcp4Lease stored = ofB ? StoredLease(Fixture.B) : Fixture.Lease();
        MachineBench bench = Bench().Start(Fixture.Memory(stored, StoredLease(Fixture.B)), present: true);
        Assert.Null(bench.Configured);
        Assert.Empty(bench.Stored.Leases);
        Assert.Contains(bench.Effects, effect => effect is Dhcp4Effect.Persist { Memory: { Leases.IsEmpty: true, LastAddress: null } });
        Assert.Equal(Dhcp4MessageType.Discover, Assert.Single(bench.Sent).Message.Type);
    }

    [Fact(DisplayName = "Only the lease in force is stored: no networks of before, no last address")]
    public void Bound_InNetworkAfterNetwork_StoresOne()
    {
        MachineBench bench = Bound();
        for (int i = 0; i < 3; i++)
        {
            bench.Step(new Dhcp4Input.PathChanged(PathClass.Different, "roam"));
            Assert.Equal(Dhcp4Memory.Empty, bench.Client.Memory);
            bench.Take(Fixture.Offer(bench.Last.Xid, Fixture.A, Fixture.Server2, Fixture.L2)).Take(Fixture.Ack(bench.Last.Xid, Fixture.A, Fixture.Server2, Fixture.L2));
            Assert.Equal((Fixture.L2, null), (Assert.Single(bench.Stored.Leases).Address, bench.Stored.LastAddress));
            bench.After(10);
        }
    }

    [Fact(DisplayName = "A hardware address that changes all the time: the address is gone at once, and DISCOVERs stay within the caps")]
    public void Bound_HardwareAddressFlaps_StaysWithinTheCaps()
    {
        MachineBench bench = Bound();
        for (int i = 0; i < 200; i++)
        {
            bench.FailOver(i % 2 == 0 ? Fixture.B : Fixture.A, path: 2);
            Assert.Null(bench.Configured);
            bench.After(0.05);
        }
        Assert.InRange(bench.Sent.Count, 1, 20);
        bench.Forget().After(120);
        Assert.Equal(Fixture.A, bench.Sent[0].Chaddr);
    }

    [Fact(DisplayName = "RFC 7844 3.6: an acquisition and its renewals have one order of options, the next one another, the same for the same randomness")]
    public void Order_OfOptions_IsOneAnAcquisition()
    {
        static List<uint?> Orders(int seed)
        {
            MachineBench bench = Bench(entropy: ScriptedEntropy.Seeded(seed)).Start();
            bench.Run(6).Take(Fixture.Offer(bench.Last.Xid, Fixture.A)).Take(Fixture.Ack(bench.Last.Xid, Fixture.A));
            bench.Run(2000).FailOver(Fixture.B).After(60);
            return [.. bench.Sent.Select(sent => sent.Message.AnonymousOrder)];
        }
        List<uint?> orders = Orders(7);
        Assert.DoesNotContain(null, orders);
        Assert.Equal(2, orders.Distinct().Count());
        Assert.Equal(orders[0], orders[2]);
        Assert.Equal(orders, Orders(7));
        Assert.NotEqual(orders, Orders(8));
    }
}
