using BondDhcp.Dhcp.Arp;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Machine;

public class StopTests
{
    [Theory(DisplayName = "AT-6 stop before there is a lease: nothing more leaves, no timer runs")]
    [InlineData("selecting")]
    [InlineData("requesting")]
    [InlineData("probing")]
    [InlineData("declineWait")]
    [InlineData("nakBackoff")]
    [InlineData("rebooting")]
    [InlineData("v6only")]
    public void Stop_WithoutALease_EndsEverything(string state)
    {
        foreach (bool release in new[] { false, true })
        {
            MachineBench bench = In(state).Forget().Step(new Dhcp4Input.Stop(release));
            Assert.Equal("stopped", bench.State);
            Assert.Equal(Instant.Never, bench.Client.NextDeadline);
            bench.Step(new Dhcp4Input.PathChanged(PathClass.Unknown, "hardwareAddress")).Step(new Dhcp4Input.Resumed());
            bench.Step(new Dhcp4Input.LinkUnusable("down")).Step(new Dhcp4Input.LinkUsable(PathClass.Unknown)).After(1000);
            Assert.Empty(bench.Sent);
            Assert.Empty(bench.SentArp);
        }
    }

    [Fact]
    public void Stop_KeepingTheLease_StoresItAndLeavesTheAddress()
    {
        MachineBench bench = new MachineBench().Bind().Step(new Dhcp4Input.Stop(Release: false));
        Assert.Equal("stopped", bench.State);
        Assert.Empty(bench.Sent);
        Assert.Equal(Fixture.L, bench.Configured);
        Assert.Single(bench.Stored.Leases);
        bench.After(10_000);
        Assert.Empty(bench.Sent);
        Assert.Equal(Fixture.L, bench.Configured);
    }

    [Fact(DisplayName = "A4-13 release: sent once, while the address is still there")]
    public void Stop_ReleasingTheLease_SendsReleaseBeforeTheAddressGoes()
    {
        MachineBench bench = new MachineBench().Bind().Step(new Dhcp4Input.Stop(Release: true));
        Dhcp4Transmission release = Assert.Single(bench.Sent).Message;
        Assert.Equal(
            (Dhcp4MessageType.Release, Fixture.L, Fixture.L, Fixture.Server, Fixture.Server, null),
            (release.Type, release.Ciaddr, release.Source, release.Destination, release.ServerIdentifier, release.RequestedAddress));
        Assert.Equal(Fixture.L, bench.Configured);
        bench.After(1);
        Assert.Null(bench.Configured);
        Assert.Equal("stopped", bench.State);
        Assert.Single(bench.Sent);
        Assert.Empty(bench.Stored.Leases);
        Assert.Equal(Fixture.L, bench.Stored.LastAddress);
        Assert.Single(bench.Told("leaseReleased"));
    }

    [Fact]
    public void Stop_ReleasingWhileARenewalIsAwaited_RefusesIt()
    {
        MachineBench bench = new MachineBench().Bind().Step(new Dhcp4Input.Command(DhcpCommand.Renew));
        bench.Step(new Dhcp4Input.Stop(Release: true)).After(1);
        Assert.Equal(new Dhcp4Effect.CommandDone(DhcpCommand.Renew, false, "stopped"), Assert.Single(bench.Effects.OfType<Dhcp4Effect.CommandDone>()));
    }

    [Fact(DisplayName = "A4-13 released to the server that extended it last: the lease of the one before is not asked for again; one of another network is")]
    public void Release_ForgetsTheSameAddressOfEarlierServers()
    {
        // No gateway answers: server and subnet tell networks apart.
        Dhcp4Lease earlier = Fixture.Lease(gatewayKnown: false);
        Dhcp4Lease last = earlier with { Ack = Fixture.Ack(0x1234, Fixture.A, Fixture.Server2).ToReply() };
        MachineBench bench = new MachineBench().Start(Fixture.Memory(last, earlier), present: true);
        bench.Step(new Dhcp4Input.Command(DhcpCommand.Release)).After(100);
        Assert.Empty(bench.Stored.Leases);
        bench.Forget().Step(new Dhcp4Input.Command(DhcpCommand.Acquire));
        Assert.Equal(Dhcp4MessageType.Discover, bench.Last.Message.Type);

        Dhcp4Lease here = Fixture.Lease() with { GatewayMac = Fixture.GatewayMac }, elsewhere = Fixture.Lease() with { GatewayMac = Fixture.Stranger };
        bench = new MachineBench().Start(Fixture.Memory(here, elsewhere), present: true).Step(new Dhcp4Input.Stop(Release: true)).After(1);
        Assert.Equal(Fixture.Stranger, Assert.Single(bench.Stored.Leases).GatewayMac);
    }

    [Fact]
    public void Release_ThenAcquire_AsksForTheSameAddress()
    {
        MachineBench bench = new MachineBench().Bind().Step(new Dhcp4Input.Command(DhcpCommand.Release)).After(100);
        Assert.Equal("stopped", bench.State);
        bench.Forget().Step(new Dhcp4Input.Command(DhcpCommand.Acquire));
        Assert.Equal((Dhcp4MessageType.Discover, Fixture.L), (bench.Last.Message.Type, bench.Last.Message.RequestedAddress));
        bench.Take(Fixture.Offer(bench.Last.Xid, Fixture.A)).Take(Fixture.Ack(bench.Last.Xid, Fixture.A));
        Assert.Equal(new Dhcp4Effect.CommandDone(DhcpCommand.Acquire, true, null), Assert.Single(bench.Effects.OfType<Dhcp4Effect.CommandDone>()));
        bench.Step(new Dhcp4Input.Command(DhcpCommand.Acquire));
        Assert.Equal(2, bench.Effects.OfType<Dhcp4Effect.CommandDone>().Count(done => done.Succeeded));
    }

    [Fact]
    public void Release_AfterManyMessages_StillLeaves()
    {
        MachineBench bench = new MachineBench().Bind();
        // As fast as the caps let it.
        for (int i = 0; i < 40; i++) bench.Step(new Dhcp4Input.Command(DhcpCommand.Rebind)).After(0.25);
        // With the two that made the lease 18: two more in a minute are kept for last words.
        Assert.Equal(16, bench.Sent.Count);
        bench.Forget().Step(new Dhcp4Input.Command(DhcpCommand.Release));
        Assert.Equal(Dhcp4MessageType.Release, Assert.Single(bench.Sent).Message.Type);
    }

    [Fact]
    public void CapOfAMinute_Reached_IsSaidOnceAndShownUntilTheNextMessage()
    {
        MachineBench bench = new MachineBench().Bind();
        for (int i = 0; i < 40; i++) bench.Step(new Dhcp4Input.Command(DhcpCommand.Rebind)).After(0.25);
        string told = Assert.Single(bench.Told("warning")).Fields.Single(field => field.Name == "message").Value!.ToString()!;
        Assert.Matches("^held back: 20 DHCP messages in a minute are the limit, the next in [0-9]+ s$", told);
        Assert.Matches("^held back: 20 DHCP messages in a minute are the limit, the next in [0-9]+ s$", bench.Client.WhyAt(bench.Now)!);
        int sent = bench.Sent.Count;
        while (bench.Sent.Count == sent && bench.Seconds < 100) bench.After(1);
        Assert.InRange(bench.Seconds, 59, 62);
        Assert.DoesNotContain("held back", bench.Client.WhyAt(bench.Now) ?? "", StringComparison.Ordinal);
        Assert.Single(bench.Told("warning"));
        bench.Step(new Dhcp4Input.Stop(Release: false));
        Assert.Equal(bench.Client.Why, bench.Client.WhyAt(bench.Now));
    }

    [Fact]
    public void Ack_OfALeaseThatHasEnded_IsNotConfigured()
    {
        MachineBench bench = new MachineBench().Start();
        bench.Take(Fixture.Offer(bench.Last.Xid, Fixture.A)).Run(3).Take(Fixture.Ack(bench.Last.Xid, Fixture.A, lease: 2));
        Assert.Empty(bench.Effects.OfType<Dhcp4Effect.Configure>());
        Assert.Equal("selecting", bench.State);
        Assert.Single(bench.Told("warning"));
    }

    [Fact]
    public void Renew_WithoutALease_IsRefused()
    {
        MachineBench bench = new MachineBench().Start().Step(new Dhcp4Input.Command(DhcpCommand.Renew));
        Dhcp4Effect.CommandDone done = Assert.Single(bench.Effects.OfType<Dhcp4Effect.CommandDone>());
        Assert.False(done.Succeeded);
        Assert.NotNull(done.Why);
    }

    private static MachineBench In(string state)
    {
        MachineBench bench = new MachineBench(settings => settings with { ConflictDetection = ConflictDetection.Fast, Ipv6Only = state == "v6only" });
        bench.Start(state == "rebooting" ? Fixture.Memory(Fixture.Lease()) : Dhcp4Memory.Empty);
        switch (state)
        {
            case "selecting" or "rebooting":
                break;
            case "v6only":
                bench.Take(Fixture.Offer(bench.Last.Xid, Fixture.A).Seconds(108, 1800));
                break;
            default:
                bench.Take(Fixture.Offer(bench.Last.Xid, Fixture.A));
                if (state == "requesting") break;
                if (state == "nakBackoff")
                {
                    bench.Take(Fixture.Nak(bench.Last.Xid, Fixture.A)).Take(Fixture.Offer(bench.Sent[^1].Xid, Fixture.A));
                    bench.Take(Fixture.Nak(bench.Last.Xid, Fixture.A));
                    break;
                }
                bench.Take(Fixture.Ack(bench.Last.Xid, Fixture.A));
                if (state == "declineWait") bench.Hear(ArpPacket.Probe(Fixture.Stranger, Fixture.L));
                break;
        }
        Assert.Equal(state, bench.State);
        return bench;
    }
}
