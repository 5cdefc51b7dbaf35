using BondDhcp.Dhcp.Arp;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Machine;
/// <summary>What the gateway and servers other than the lease's have to do with it.</summary>
public partial class VerificationTests
{
    [Fact(DisplayName = "AM-28 ACK to S with a silent gateway: DISCOVER with the current MAC at once, change-over without a gap")]
    public void AckToS_WithASilentGateway_ChangesOver()
    {
        MachineBench bench = Bound().FailOver(Fixture.B).After(2.1);
        Assert.Equal(Fixture.A, bench.Last.Chaddr);
        bench.Forget().Take(Fixture.Ack(bench.Client.State.VerificationInState!.Second!.Exchange.Xid, Fixture.A));
        SentMessage discover = Assert.Single(bench.Sent);
        Assert.Equal((Dhcp4MessageType.Discover, Fixture.B), (discover.Message.Type, discover.Chaddr));
        Assert.Equal(Fixture.L, bench.Configured);
        bench.Forget().Take(Fixture.Offer(discover.Xid, Fixture.B, address: Fixture.L2)).Take(Fixture.Ack(discover.Xid, Fixture.B, address: Fixture.L2)).After(0.3);
        Assert.Equal(Fixture.L2, bench.Configured);
        Assert.Empty(bench.Effects.OfType<Dhcp4Effect.Deconfigure>());
    }

    [Theory(DisplayName = "AM-28 ACK to S on a path classed same: the gateway is asked from the lease's address first")]
    [InlineData(true)]
    [InlineData(false)]
    public void AckToS_OnAPathOfTheSameNetwork_WaitsForTheGateway(bool answers)
    {
        MachineBench bench = Bound().FailOver(Fixture.B, PathClass.Same).After(2.1);
        Assert.Equal(Fixture.A, bench.Last.Chaddr);
        bench.Forget().Take(Fixture.Ack(bench.Client.State.VerificationInState!.Second!.Exchange.Xid, Fixture.A));
        Assert.Equal("verifying", bench.State);
        if (answers) bench.GatewayAnswers();
        else bench.After(0.7);
        Assert.Equal(answers ? 0 : 1, bench.Sent.Count(sent => sent.Message.Type == Dhcp4MessageType.Discover && sent.Chaddr == Fixture.B));
        Assert.Equal(("bound", Fixture.L), (bench.State, bench.Configured));
    }

    [Fact]
    public void AckToS_BeforeTheGateway_WaitsForIt()
    {
        MachineBench bench = Bound(settings => settings with { Chaddr = ChaddrPolicy.Lease }).FailOver(Fixture.B);
        bench.Take(Fixture.Ack(bench.Last.Xid, Fixture.A));
        Assert.Equal("verifying", bench.State);
        bench.GatewayAnswers();
        Assert.Equal("bound", bench.State);
        Assert.DoesNotContain(bench.Sent, sent => sent.Message.Type == Dhcp4MessageType.Discover);
    }

    [Fact]
    public void AckToN_WithASilentGateway_Counts()
    {
        MachineBench bench = Bound().FailOver(Fixture.B).After(1).Take(Fixture.Ack(0, Fixture.B), which: 0);
        Assert.Equal("bound", bench.State);
        Assert.DoesNotContain(bench.After(20).Sent, sent => sent.Message.Type == Dhcp4MessageType.Discover);
    }

    [Fact]
    public void AckToN_WithASilentGateway_LearnsTheGatewayAnew()
    {
        MachineBench bench = Bound().FailOver(Fixture.B).After(0.9);
        bench.Take(Fixture.Ack(bench.Last.Xid, Fixture.B));
        Assert.Contains(bench.SentArp, sent => sent.Packet.TargetAddress == Fixture.Server && sent.Destination == MacAddress.Broadcast);
        // The router was replaced.
        bench.GatewayAnswers(Fixture.Stranger);
        Assert.Equal(Fixture.Stranger, bench.Client.Lease!.GatewayMac);
        Assert.Equal(Fixture.Stranger, bench.Stored.Leases[0].GatewayMac);
        bench.After(5).Forget().FailOver(Fixture.A);
        Assert.Contains(bench.SentArp, sent => sent.Destination == Fixture.Stranger);
    }

    [Fact]
    public void AckToN_NamingAnotherRouter_AnnouncesWithoutWaitingForTheFormer()
    {
        MachineBench bench = Bound().FailOver(Fixture.B);
        Assert.DoesNotContain(bench.SentArp, sent => sent.Packet.SenderAddress == sent.Packet.TargetAddress);
        var ack = new ReplyMessage(Dhcp4MessageType.Ack, bench.Last.Xid, Fixture.B, Fixture.Server) { Yiaddr = Fixture.L };
        bench.Take(ack.Seconds(51, 3600).Address(1, Ipv4Address.Parse("255.255.255.0")).Address(3, Fixture.Server2));
        Assert.Equal((Fixture.Server2, null), (bench.Client.Lease!.Gateway, bench.Client.Lease.GatewayMac));
        Assert.Contains(bench.SentArp, sent => sent.Packet.TargetAddress == Fixture.Server2 && sent.Destination == MacAddress.Broadcast);
        Assert.Contains(bench.SentArp, sent => sent.Packet == ArpPacket.Announcement(Fixture.B, Fixture.L));
    }

    [Fact(DisplayName = "A4-26 a stranger's NAK in VERIFYING: an event while the gateway answers, final when it does not")]
    public void StrangerNak_WhileVerifying_DependsOnTheGateway()
    {
        MachineBench bench = Bound().FailOver(Fixture.B).GatewayAnswers();
        Assert.Equal(Dhcp4DropReason.StrangerNak, bench.Receive(Fixture.Nak(bench.Last.Xid, Fixture.B, Fixture.Server2)));
        Assert.Equal("verifying", bench.State);
        Assert.Equal(Fixture.L, bench.Configured);

        bench = Bound(settings => settings with { Chaddr = ChaddrPolicy.Current }).FailOver(Fixture.B);
        bench.Receive(Fixture.Nak(bench.Last.Xid, Fixture.B, Fixture.Server2));
        Assert.Equal(Fixture.L, bench.Configured);
        bench.After(0.61);
        Assert.Null(bench.Configured);
    }

    [Fact]
    public void StrangerAck_WhileVerifying_ConfirmsAddressAndTimesOnly()
    {
        MachineBench bench = Bound().FailOver(Fixture.B).GatewayAnswers();
        var ack = new ReplyMessage(Dhcp4MessageType.Ack, bench.Last.Xid, Fixture.B, Fixture.Server2) { Yiaddr = Fixture.L };
        bench.Take(ack.Seconds(51, 7200).Address(1, Ipv4Address.Parse("255.255.255.0")).Address(3, Fixture.Server2).Address(6, Fixture.Server2));
        Dhcp4Lease lease = bench.Client.Lease!;
        Assert.Equal("bound", bench.State);
        Assert.Equal((Fixture.Server, Fixture.Server), (lease.Gateway, lease.Ack.DnsServers[0]));
        Close.To(3 + 7200, lease.ExpiresAt.Seconds);
        Assert.Contains(Fixture.Server2, lease.KnownServers);
    }
}
