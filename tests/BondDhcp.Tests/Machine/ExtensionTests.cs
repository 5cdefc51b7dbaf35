using BondDhcp.Dhcp.Arp;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Machine;

public class ExtensionTests
{
    [Fact(DisplayName = "A4-10 at T1 a unicast REQUEST to the granting server")]
    public void T1_Reached_AsksTheGrantingServer()
    {
        MachineBench bench = new MachineBench().Bind();
        bench.Run(1799.999);
        Assert.Empty(bench.Sent);
        bench.Run(1800.001);
        Dhcp4Transmission request = Assert.Single(bench.Sent).Message;
        Assert.Equal("renewing", bench.State);
        Assert.Equal(
            (Dhcp4RequestKind.Renewing, Fixture.L, Fixture.L, Fixture.Server, null, null, false),
            (request.RequestKind, request.Ciaddr, request.Source, request.Destination, request.RequestedAddress, request.ServerIdentifier, request.Broadcast));
    }

    [Fact(DisplayName = "A4-11 at T2 a broadcast REQUEST to any server")]
    public void T2_Reached_AsksAnyServer()
    {
        MachineBench bench = new MachineBench().Bind();
        bench.Run(3149.999).Forget();
        bench.Run(3150.001);
        Dhcp4Transmission request = Assert.Single(bench.Sent).Message;
        Assert.Equal("rebinding", bench.State);
        Assert.Equal(
            (Dhcp4RequestKind.Rebinding, Fixture.L, Ipv4Address.Broadcast, null, null),
            (request.RequestKind, request.Ciaddr, request.Destination, request.RequestedAddress, request.ServerIdentifier));
    }

    [Fact]
    public void Ack_WhileRenewing_RefreshesTheLeaseFromTheRequestsTime()
    {
        MachineBench bench = new MachineBench().Bind();
        bench.Run(2475.2).Take(Fixture.Ack(bench.Last.Xid, Fixture.A));
        Assert.Equal("bound", bench.State);
        Close.To(1800 + 3600, bench.Client.Lease!.ExpiresAt.Seconds);
        Dhcp4Effect.Configure configure = bench.Effects.OfType<Dhcp4Effect.Configure>().Last();
        Assert.Equal((Fixture.L, Fixture.L), (configure.Lease.Address, configure.Previous!.Address));
        Assert.Single(bench.Told("leaseRenewed"));
        Assert.Empty(bench.SentArp);
    }

    [Fact(DisplayName = "A4-26 a stranger's NAK in RENEWING: an event while the gateway answers")]
    public void StrangerNak_WhileRenewingWithGateway_IsIgnored() => IgnoresStranger(1800.5, "renewing");

    [Fact(DisplayName = "A4-26 a stranger's NAK in REBINDING: an event while the gateway answers")]
    public void StrangerNak_WhileRebindingWithGateway_IsIgnored() => IgnoresStranger(3150.5, "rebinding");

    [Theory(DisplayName = "A4-26 a stranger's NAK: final when the gateway is silent")]
    [InlineData(1800.5)]
    [InlineData(3150.5)]
    public void StrangerNak_WithoutGateway_IsFinal(double at)
    {
        MachineBench bench = new MachineBench().Bind();
        bench.Run(at);
        bench.Receive(Fixture.Nak(bench.Last.Xid, Fixture.A, Fixture.Server2));
        Assert.Equal(Fixture.L, bench.Configured);
        bench.After(0.61);
        Assert.Null(bench.Configured);
        Assert.Equal("selecting", bench.State);
    }

    [Theory(DisplayName = "A4-26 the NAK of the lease's server, or of one that granted here before, is final at once")]
    [InlineData(false)]
    [InlineData(true)]
    public void KnownServersNak_WhileRenewing_RemovesTheAddress(bool formerServer)
    {
        MachineBench bench = new MachineBench().Bind();
        if (formerServer)
        {
            bench.Run(3150.5).Take(Fixture.Ack(bench.Last.Xid, Fixture.A, Fixture.Server2)).Run(bench.Client.Lease!.RenewAt.Seconds + 1);
            bench.Take(Fixture.Nak(bench.Last.Xid, Fixture.A, Fixture.Server));
        }
        else
        {
            bench.Run(1800.5).Take(Fixture.Nak(bench.Last.Xid, Fixture.A));
        }
        Assert.Null(bench.Configured);
        Assert.Equal("selecting", bench.State);
        Assert.Single(bench.Told("leaseLost"));
    }

    [Fact(DisplayName = "A4-27 BOUND: OFFER, ACK and NAK are discarded and counted")]
    public void Bound_AnyReply_IsDropped()
    {
        MachineBench bench = new MachineBench().Start();
        uint xid = bench.Last.Xid;
        bench.Take(Fixture.Offer(xid, Fixture.A)).Take(Fixture.Ack(xid, Fixture.A)).Run(3).Forget();
        Assert.Equal(Dhcp4DropReason.NoExchange, bench.Receive(Fixture.Offer(xid, Fixture.A)));
        Assert.Equal(Dhcp4DropReason.NoExchange, bench.Receive(Fixture.Ack(xid, Fixture.A)));
        Assert.Equal(Dhcp4DropReason.NoExchange, bench.Receive(Fixture.Nak(xid, Fixture.A)));
        Assert.Equal("bound", bench.State);
        Assert.Empty(bench.Effects);
    }

    [Fact(DisplayName = "A4-63 a FORCERENEW is dropped under its own name, in any state")]
    public void ForceRenew_InAnyState_IsDropped()
    {
        var message = new ReplyMessage(Dhcp4MessageType.ForceRenew, 99, Fixture.A, Fixture.Server);
        MachineBench bench = new MachineBench().Start();
        Assert.Equal(Dhcp4DropReason.ForceRenew, bench.Receive(message));
        bench = new MachineBench().Bind();
        Assert.Equal(Dhcp4DropReason.ForceRenew, bench.Receive(message));
        Assert.Equal("bound", bench.State);
        Assert.Empty(bench.Sent);
        bench.Run(1801);
        Assert.Equal(Dhcp4DropReason.ForceRenew, bench.Receive(message));
        Assert.Equal("renewing", bench.State);
    }

    [Fact(DisplayName = "A4-47 RENEWING, ACK of another address: checked, then added before the old one goes")]
    public void Ack_OfAnotherAddressWhileRenewing_IsProbedThenSwapped()
    {
        MachineBench bench = new MachineBench(settings => settings with { ConflictDetection = ConflictDetection.Fast }).Bind();
        bench.Run(1801).Forget().Take(Fixture.Ack(bench.Client.State.ExtensionInState!.Exchange.Xid, Fixture.A, address: Fixture.L2));
        Assert.Equal(Fixture.L, bench.Configured);
        bench.After(0.19);
        Assert.Equal(3, bench.SentArp.Count(sent => sent.Packet.IsProbe && sent.Packet.TargetAddress == Fixture.L2));
        Assert.Equal(Fixture.L, bench.Configured);
        bench.After(0.02);
        Assert.Equal("bound", bench.State);
        // One effect: the rim adds the new address before it removes the previous one.
        Dhcp4Effect.Configure configure = Assert.Single(bench.Effects.OfType<Dhcp4Effect.Configure>());
        Assert.Equal((Fixture.L2, Fixture.L), (configure.Lease.Address, configure.Previous?.Address));
        Assert.Empty(bench.Effects.OfType<Dhcp4Effect.Deconfigure>());
        Assert.Contains(bench.SentArp, sent => sent.Packet == ArpPacket.Announcement(Fixture.A, Fixture.L2));
    }

    [Fact]
    public void Ack_OfATakenAddressWhileRenewing_IsDeclinedAndTheOldOneKept()
    {
        MachineBench bench = new MachineBench(settings => settings with { ConflictDetection = ConflictDetection.Fast }).Bind();
        bench.Run(1801).Take(Fixture.Ack(bench.Last.Xid, Fixture.A, address: Fixture.L2)).Forget();
        bench.Hear(new ArpPacket(ArpPacket.Reply, Fixture.Stranger, Fixture.L2, Fixture.A, Ipv4Address.Any));
        Assert.Equal((Dhcp4MessageType.Decline, Fixture.L2), (bench.Sent[0].Message.Type, bench.Sent[0].Message.RequestedAddress));
        Assert.Equal(Fixture.L, bench.Configured);
        Assert.Equal("renewing", bench.State);
        // A restart must find the lease whose address is there.
        Assert.Equal(Fixture.L, Assert.Single(bench.Stored.Leases).Address);
    }

    [Fact]
    public void Ack_ShorterThanTheWaitForIt_IsTakenAtTheNextTry()
    {
        MachineBench bench = new MachineBench().Bind(lease: 36_000);
        // Unanswered for hours; then the server is back, with leases of ten minutes: they count from the first request.
        bench.Run(30_000).Take(Fixture.Ack(bench.Last.Xid, Fixture.A, lease: 600));
        Assert.Equal(("renewing", Fixture.L), (bench.State, bench.Configured));
        double end = bench.Client.Lease!.ExpiresAt.Seconds;
        bench.Forget();
        while (bench.Sent.Count == 0) bench.After(1);
        Assert.Equal(0, bench.Last.Message.Secs);
        bench.Take(Fixture.Ack(bench.Last.Xid, Fixture.A, lease: 600));
        Assert.Equal("bound", bench.State);
        Close.To(bench.Last.Seconds + 600, bench.Client.Lease!.ExpiresAt.Seconds);
        Assert.True(bench.Seconds < end);
    }

    [Fact(DisplayName = "A4-48 REBINDING, ACK of another server: it is asked from then on")]
    public void Ack_OfAnotherServerWhileRebinding_IsAdopted()
    {
        MachineBench bench = new MachineBench().Bind();
        bench.Run(3151).Take(Fixture.Ack(bench.Last.Xid, Fixture.A, Fixture.Server2));
        Assert.Equal("bound", bench.State);
        Assert.Equal(Fixture.Server2, bench.Client.Lease!.ServerIdentifier);
        bench.Forget().Run(bench.Client.Lease.RenewAt.Seconds + 0.001);
        Assert.Equal(Fixture.Server2, Assert.Single(bench.Sent).Message.Destination);
    }

    [Fact(DisplayName = "A4-69 RENEWING, an ACK without 6, 15 and 119 takes those settings away")]
    public void Ack_WithoutSettingsItHadBefore_RemovesThem()
    {
        MachineBench bench = new MachineBench().Start();
        uint xid = bench.Last.Xid;
        bench.Take(Fixture.Offer(xid, Fixture.A));
        bench.Take(Fixture.Ack(xid, Fixture.A).Text(15, "example.org").Option(119, Convert.FromHexString("076578616d706c65036f726700")));
        Assert.Equal(("example.org", 1, 1), SettingsOf(bench));

        bench.Run(1801).Take(new ReplyMessage(Dhcp4MessageType.Ack, bench.Last.Xid, Fixture.A, Fixture.Server) { Yiaddr = Fixture.L }.Seconds(51, 3600));
        Assert.Equal((null, 0, 0), SettingsOf(bench));
    }

    [Theory]
    [InlineData(DhcpCommand.Renew, Dhcp4RequestKind.Renewing)]
    [InlineData(DhcpCommand.Rebind, Dhcp4RequestKind.Rebinding)]
    public void Command_WhileBound_ExtendsAtOnce(DhcpCommand command, Dhcp4RequestKind kind)
    {
        MachineBench bench = new MachineBench().Bind();
        bench.Step(new Dhcp4Input.Command(command));
        Assert.Equal(kind, Assert.Single(bench.Sent).Message.RequestKind);
        Assert.Empty(bench.Effects.OfType<Dhcp4Effect.CommandDone>());
        bench.Take(Fixture.Ack(bench.Last.Xid, Fixture.A));
        Assert.Equal(new Dhcp4Effect.CommandDone(command, true, null), Assert.Single(bench.Effects.OfType<Dhcp4Effect.CommandDone>()));
    }

    private static (string? Domain, int Dns, int Search) SettingsOf(MachineBench bench)
    {
        Dhcp4Reply ack = bench.Effects.OfType<Dhcp4Effect.Configure>().Last().Lease.Ack;
        return (ack.DomainName, ack.DnsServers.Length, ack.SearchDomains.Length);
    }

    private static void IgnoresStranger(double at, string state)
    {
        MachineBench bench = new MachineBench().Bind();
        bench.Run(at).Forget();
        bench.Receive(Fixture.Nak(bench.Client.State.ExtensionInState!.Exchange.Xid, Fixture.A, Fixture.Server2));
        Assert.Single(bench.Told("warning"));
        bench.GatewayAnswers().After(2);
        Assert.Equal(state, bench.State);
        Assert.Equal(Fixture.L, bench.Configured);
    }
}
