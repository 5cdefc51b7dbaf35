using BondDhcp.Dhcp.Arp;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Machine;

/// <summary>Failover into another network, and back: same subnet, same server address, another gateway's hardware address.</summary>
public class NetworkChangeTests
{
    private static readonly MacAddress s_otherGateway = MacAddress.Parse("02:00:00:00:00:99");

    private static MachineBench Change(MachineBench bench, MacAddress? gateway, MacAddress? mac = null, PathClass network = PathClass.Different)
    {
        MacAddress now = mac ?? Fixture.B;
        bench.Surroundings = bench.Surroundings with { Mac = now, PathIndex = now == Fixture.A ? 2 : 3 };
        return bench.Step(new Dhcp4Input.PathChanged(network, "activeSlave", gateway));
    }

    private static void AssertGoneBeforeTheFirstFrame(MachineBench bench)
    {
        int gone = bench.Effects.FindIndex(effect => effect is Dhcp4Effect.Deconfigure);
        int frame = bench.Effects.FindIndex(effect => effect is Dhcp4Effect.Transmit or Dhcp4Effect.TransmitArp);
        Assert.True(gone >= 0 && (frame < 0 || gone < frame), $"{gone} {frame}");
        Assert.Null(bench.Configured);
        Assert.DoesNotContain(bench.SentArp, sent => sent.Packet.SenderAddress == Fixture.L);
    }

    [Theory(DisplayName = "AM-29 another network: the address goes before the first frame, from every state that holds it")]
    [InlineData("bound")]
    [InlineData("verifying")]
    [InlineData("renewing")]
    [InlineData("rebinding")]
    [InlineData("carrier")]
    public void Lease_PathOfAnotherNetwork_IsLeftBeforeTheFirstFrame(string state)
    {
        MachineBench bench = new MachineBench().Bind();
        switch (state)
        {
            case "verifying": bench.FailOver(Fixture.B).FailOver(Fixture.A); break;
            case "renewing": bench.Run(1801); break;
            case "rebinding": bench.Run(3151); break;
            case "carrier": bench.Step(new Dhcp4Input.LinkUnusable("carrier lost")).After(2); break;
        }
        if (state != "carrier") Assert.Equal(state, bench.State);
        bench.Forget();
        if (state == "carrier") bench.Step(new Dhcp4Input.LinkUsable(PathClass.Different, s_otherGateway));
        else Change(bench, s_otherGateway);
        AssertGoneBeforeTheFirstFrame(bench);
        Assert.Equal("selecting", bench.State);
        Assert.Equal((Dhcp4MessageType.Discover, null), (bench.Last.Message.Type, bench.Last.Message.RequestedAddress));
        Assert.DoesNotContain(bench.After(100).SentArp, sent => sent.Packet.SenderAddress == Fixture.L);
    }

    [Theory(DisplayName = "AM-29 there and back: each network keeps its own lease, also where server and subnet are alike")]
    [InlineData(true)]
    [InlineData(false)]
    public void Networks_AlikeInServerAndSubnet_KeepTheirLeasesApart(bool gatewayToldWithTheChange)
    {
        MachineBench bench = new MachineBench().Bind();
        bench.Forget();
        Change(bench, gatewayToldWithTheChange ? s_otherGateway : null);
        AssertGoneBeforeTheFirstFrame(bench);
        bench.Take(Fixture.Offer(bench.Last.Xid, Fixture.B, address: Fixture.L2)).Take(Fixture.Ack(bench.Last.Xid, Fixture.B, address: Fixture.L2));
        Assert.Equal(Fixture.L2, bench.Configured);
        Assert.Equal([Fixture.L2, Fixture.L], bench.Stored.Leases.Select(lease => lease.Address));
        Assert.Equal(gatewayToldWithTheChange ? s_otherGateway : null, bench.Client.Lease!.GatewayMac);
        // Who was told of it asks it from the new address; who was not asks everybody.
        Assert.Contains(bench.SentArp, sent => sent.Packet.TargetAddress == Fixture.Server && sent.Packet.SenderAddress == Fixture.L2
            && sent.Destination == (gatewayToldWithTheChange ? s_otherGateway : MacAddress.Broadcast));
        bench.GatewayAnswers(s_otherGateway);
        Assert.Equal([s_otherGateway, Fixture.GatewayMac], bench.Stored.Leases.Select(lease => lease.GatewayMac!.Value));

        bench.After(10).Forget();
        Change(bench, Fixture.GatewayMac, Fixture.A);
        Assert.Null(bench.Configured);
        Assert.Equal((Dhcp4RequestKind.InitReboot, (Ipv4Address?)Fixture.L), (bench.Last.Message.RequestKind, bench.Last.Message.RequestedAddress));
        bench.Take(Fixture.Ack(bench.Last.Xid, Fixture.A));
        Assert.Equal(Fixture.L, bench.Configured);
        Assert.Equal([Fixture.L, Fixture.L2], bench.Stored.Leases.Select(lease => lease.Address));
    }

    [Theory(DisplayName = "AM-29 refused in both forms where the gateway is silent: the lease of the server's other network is asked for, the refused one stays stored")]
    [InlineData(false)]
    [InlineData(true)]
    public void Refused_WhereTheGatewayIsSilent_TriesTheLeaseOfTheOtherNetwork(bool gatewayAnswers)
    {
        MachineBench bench = new MachineBench().Bind();
        Change(bench, s_otherGateway);
        bench.Take(Fixture.Offer(bench.Last.Xid, Fixture.B, address: Fixture.L2)).Take(Fixture.Ack(bench.Last.Xid, Fixture.B, address: Fixture.L2));
        bench.After(10).Forget();

        // Back, and nothing is known of the path yet.
        Change(bench, gateway: null, Fixture.A, PathClass.Unknown);
        Assert.Equal(Fixture.L2, bench.Last.Message.RequestedAddress);
        if (gatewayAnswers) bench.GatewayAnswers(s_otherGateway);
        bench.Take(Fixture.Nak(bench.Last.Xid, Fixture.A)).Take(Fixture.Nak(bench.Last.Xid, Fixture.B));
        Assert.Null(bench.Configured);
        if (gatewayAnswers)
        {
            Assert.Equal((Dhcp4MessageType.Discover, 1), (bench.Last.Message.Type, bench.Stored.Leases.Length));
            return;
        }
        Assert.Equal((Dhcp4RequestKind.InitReboot, (Ipv4Address?)Fixture.L), (bench.Last.Message.RequestKind, bench.Last.Message.RequestedAddress));
        Assert.DoesNotContain(bench.SentArp, sent => sent.Packet is { } packet && packet.SenderAddress == packet.TargetAddress);
        bench.Take(Fixture.Ack(bench.Last.Xid, Fixture.A)).GatewayAnswers();
        Assert.Equal(Fixture.L, bench.Configured);
        Assert.Equal([Fixture.L, Fixture.L2], bench.Stored.Leases.Select(lease => lease.Address));
    }

    [Fact]
    public void Lease_GrantedAnewInItsOwnNetwork_ReplacesTheOneBefore()
    {
        // Certain of another network, but it is the same one all the same: a router that answers from two addresses.
        MachineBench bench = new MachineBench().Bind();
        Change(bench, gateway: null);
        bench.Take(Fixture.Offer(bench.Last.Xid, Fixture.B, address: Fixture.L2)).Take(Fixture.Ack(bench.Last.Xid, Fixture.B, address: Fixture.L2));
        bench.GatewayAnswers();
        Assert.Equal(Fixture.L2, Assert.Single(bench.Stored.Leases).Address);
    }

    [Fact]
    public void GatewayToldWithTheChange_OfAnotherRouterAddress_IsNotTakenForTheNewOnes()
    {
        MachineBench bench = new MachineBench().Bind();
        Change(bench, s_otherGateway);
        Ipv4Address router = Ipv4Address.Parse("192.0.2.254");
        foreach (Dhcp4MessageType type in (Dhcp4MessageType[])[Dhcp4MessageType.Offer, Dhcp4MessageType.Ack])
        {
            bench.Take(new ReplyMessage(type, bench.Last.Xid, Fixture.B, Fixture.Server) { Yiaddr = Fixture.L2 }
                .Seconds(51, 3600).Address(1, Ipv4Address.Parse("255.255.255.0")).Address(3, router));
        }
        Assert.Equal(router, bench.Client.Lease!.Gateway);
        Assert.Null(bench.Client.Lease.GatewayMac);
        Assert.Contains(bench.SentArp, sent => sent.Packet.TargetAddress == router && sent.Destination == MacAddress.Broadcast);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Acquiring_PathOfAKnownNetwork_AsksForItsOwnLease(bool requesting)
    {
        MachineBench bench = new MachineBench().Bind();
        Change(bench, s_otherGateway);
        if (requesting) bench.Take(Fixture.Offer(bench.Last.Xid, Fixture.B, address: Fixture.L2));
        Assert.Equal(requesting ? "requesting" : "selecting", bench.State);
        bench.After(5).Forget();
        Change(bench, Fixture.GatewayMac, Fixture.A);
        Assert.Equal((Dhcp4RequestKind.InitReboot, (Ipv4Address?)Fixture.L), (bench.Last.Message.RequestKind, bench.Last.Message.RequestedAddress));
        bench.After(5).Forget();
        Change(bench, MacAddress.Parse("02:00:00:00:00:98"));
        Assert.Equal((Dhcp4MessageType.Discover, null), (bench.Last.Message.Type, bench.Last.Message.RequestedAddress));
    }

    [Fact(DisplayName = "AM-30 moved to a slave of the same network: the address stays and is announced at once")]
    public void Bound_MovedWithinTheNetwork_KeepsTheAddress()
    {
        MachineBench bench = new MachineBench().Bind();
        Change(bench, Fixture.GatewayMac, network: PathClass.Same);
        Assert.Equal(Fixture.L, bench.Configured);
        Assert.Equal(ArpPacket.Announcement(Fixture.B, Fixture.L), bench.SentArp[0].Packet);
        Assert.Equal(Dhcp4RequestKind.InitReboot, bench.Last.Message.RequestKind);
        bench.After(100);
        Assert.Equal(Fixture.L, bench.Configured);
        Assert.Single(bench.Client.Memory.Leases);
    }

    [Fact(DisplayName = "AM-31 a path that others send ARP on too: the client keeps to what is left of 8 a second")]
    public void Arp_BesideThePathProbe_KeepsToWhatIsLeft()
    {
        var bench = new MachineBench(settings => settings with { ConflictDetection = ConflictDetection.Fast });
        const int others = TransmitBudget.KernelAnnouncements + TransmitBudget.PathProbeRequests;
        bench.Surroundings = bench.Surroundings with { ArpPerSecondOfOthers = others };
        bench.Start().Take(Fixture.Offer(bench.Last.Xid, Fixture.A)).Take(Fixture.Ack(bench.Last.Xid, Fixture.A)).After(10);
        Assert.Equal(Fixture.L, bench.Configured);
        for (int i = 0; i < 20; i++) bench.Step(new Dhcp4Input.PathChanged(PathClass.Unknown, "activeSlave")).After(0.3);
        foreach (SentArp sent in bench.SentArp)
            Assert.InRange(bench.SentArp.Count(other => other.Seconds >= sent.Seconds && other.Seconds < sent.Seconds + 0.999), 1, TransmitBudget.ArpPerSecond - others);
    }
}
