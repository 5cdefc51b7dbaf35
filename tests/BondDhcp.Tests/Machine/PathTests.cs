using BondDhcp.Dhcp.Arp;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Machine;

public class PathTests
{
    [Fact(DisplayName = "AM-1 SELECTING: a new exchange at once, secs goes on, flag 1 twice, back-off restarted")]
    public void Selecting_PathChanges_DiscoversAnew()
    {
        MachineBench bench = new MachineBench().Start().Run(20);
        uint old = bench.Last.Xid;
        bench.Forget().FailOver(Fixture.B);
        SentMessage first = Assert.Single(bench.Sent);
        Assert.NotEqual(old, first.Xid);
        Assert.Equal((20d, Fixture.B, (ushort)20, true), (first.Seconds, first.Chaddr, first.Message.Secs, first.Message.Broadcast));
        bench.Run(27);
        Close.Within(23, 25, bench.Sent[1].Seconds);
        Assert.True(bench.Sent[1].Message.Broadcast);
        Assert.Equal(first.Xid, bench.Sent[1].Xid);
    }

    [Fact(DisplayName = "AM-2, AM-3 the address changes before the event: the retransmission has it, and a reply to the old one counts")]
    public void Selecting_AddressChangesWithoutAnEvent_KeepsTheExchange()
    {
        MachineBench bench = new MachineBench().Start();
        uint xid = bench.Last.Xid;
        bench.Mac = Fixture.B;
        bench.Run(5);
        Assert.Equal((xid, Fixture.B), (bench.Last.Xid, bench.Last.Chaddr));
        bench.Take(Fixture.Offer(xid, Fixture.A));
        Assert.Equal((Dhcp4MessageType.Request, Fixture.B, xid), (bench.Last.Message.Type, bench.Last.Chaddr, bench.Last.Xid));
    }

    [Fact(DisplayName = "AM-4 an offer to the exchange before the change is dropped")]
    public void Selecting_OfferToTheOldExchange_IsDropped()
    {
        MachineBench bench = new MachineBench().Start();
        uint old = bench.Last.Xid;
        bench.FailOver(Fixture.B);
        Assert.Equal(Dhcp4DropReason.Xid, bench.Receive(Fixture.Offer(old, Fixture.A)));
        Assert.Equal("selecting", bench.State);
    }

    [Fact(DisplayName = "AM-5 REQUESTING: DISCOVER for the offered address; a late ACK is dropped")]
    public void Requesting_PathChanges_DiscoversForTheOfferedAddress()
    {
        MachineBench bench = new MachineBench().Start();
        uint old = bench.Last.Xid;
        bench.Take(Fixture.Offer(old, Fixture.A)).Run(1).FailOver(Fixture.B);
        Assert.Equal((Dhcp4MessageType.Discover, Fixture.L, Fixture.B), (bench.Last.Message.Type, bench.Last.Message.RequestedAddress, bench.Last.Chaddr));
        Assert.NotEqual(old, bench.Last.Xid);
        Assert.Equal(Dhcp4DropReason.Xid, bench.Receive(Fixture.Ack(old, Fixture.A)));
        Assert.Null(bench.Configured);
    }

    [Fact(DisplayName = "AM-14 PROBING: probed again from the new address")]
    public void Probing_PathChanges_ProbesAgain()
    {
        MachineBench bench = new MachineBench(settings => settings with { ConflictDetection = ConflictDetection.Before }).Start();
        bench.Take(Fixture.Offer(bench.Last.Xid, Fixture.A)).Take(Fixture.Ack(bench.Last.Xid, Fixture.A)).Run(2.1).Forget();
        bench.FailOver(Fixture.B);
        Assert.Equal("probing", bench.State);
        bench.Run(2.1 + 5.49);
        Close.To([2.6, 4.1, 5.6], [.. bench.SentArp.Select(sent => sent.Seconds)]);
        Assert.All(bench.SentArp, sent => Assert.Equal(ArpPacket.Probe(Fixture.B, Fixture.L), sent.Packet));
        Assert.Null(bench.Configured);
        Assert.Empty(bench.Sent);
        bench.Run(2.1 + 5.51);
        Assert.Equal(Fixture.L, bench.Configured);
        // Granted under A: the server is asked under B once the address is in use.
        SentMessage asked = Assert.Single(bench.Sent);
        Assert.Equal((Dhcp4RequestKind.InitReboot, Fixture.B), (asked.Message.RequestKind, asked.Chaddr));
        Assert.Equal("verifying", bench.State);
    }

    [Fact(DisplayName = "AM-15 DECLINE_WAIT and NAK_BACKOFF are not shortened")]
    public void Waiting_PathChanges_GoesOnWaiting()
    {
        MachineBench bench = new MachineBench(settings => settings with { ConflictDetection = ConflictDetection.Fast }).Start();
        bench.Take(Fixture.Offer(bench.Last.Xid, Fixture.A)).Take(Fixture.Ack(bench.Last.Xid, Fixture.A));
        bench.Hear(ArpPacket.Probe(Fixture.Stranger, Fixture.L)).Run(1).Forget().FailOver(Fixture.B).Run(9.999);
        Assert.Equal("declineWait", bench.State);
        Assert.Empty(bench.Sent);
        bench.Run(10.001);
        Assert.Equal(Fixture.B, Assert.Single(bench.Sent).Chaddr);

        bench = new MachineBench().Start();
        bench.Take(Fixture.Offer(bench.Last.Xid, Fixture.A)).Take(Fixture.Nak(bench.Last.Xid, Fixture.A));
        bench.Take(Fixture.Offer(bench.Last.Xid, Fixture.A)).Take(Fixture.Nak(bench.Last.Xid, Fixture.A)).Forget();
        bench.FailOver(Fixture.B).Run(0.999);
        Assert.Equal("nakBackoff", bench.State);
        Assert.Empty(bench.Sent);
        bench.Run(1.001);
        Assert.Equal(Fixture.B, Assert.Single(bench.Sent).Chaddr);
    }

    [Fact(DisplayName = "AM-16 V6ONLY_WAIT: DISCOVER at once")]
    public void V6OnlyWait_PathChanges_Discovers()
    {
        MachineBench bench = new MachineBench(settings => settings with { Ipv6Only = true }).Start();
        bench.Take(Fixture.Offer(bench.Last.Xid, Fixture.A).Seconds(108, 1800)).Run(100).Forget().FailOver(Fixture.B);
        Assert.Equal((100d, Dhcp4MessageType.Discover), (Assert.Single(bench.Sent).Seconds, bench.Last.Message.Type));
    }

    [Fact(DisplayName = "AM-17 20 failovers in 60 s: at most a verification a second, then held 2, 4, 8, 16, 30 s; the last state verified")]
    public void Bound_PathFlaps_IsFollowedAtGrowingIntervals()
    {
        MachineBench bench = new MachineBench().Bind();
        double start = bench.Seconds;
        double last = start + 60;
        for (int i = 0; i < 20; i++) bench.FailOver(i % 2 == 0 ? Fixture.B : Fixture.A).After(3);
        bench.FailOver(Fixture.B).After(60);

        double[] verifications = [.. bench.Sent
            .Where(sent => sent.Message.RequestKind == Dhcp4RequestKind.InitReboot && sent.Message.Secs == 0 && sent.Chaddr == MacAt(sent.Seconds))
            .GroupBy(sent => sent.Xid).Select(group => group.First().Seconds)];
        double[] gaps = [.. verifications.Skip(1).Zip(verifications, (later, earlier) => later - earlier)];
        Assert.All(gaps, gap => Assert.True(gap >= 0.999, string.Join(" ", gaps)));
        // The first five are followed as they come; after that the intervals grow.
        Close.To([3, 3, 3, 3], gaps[..4]);
        Assert.True(gaps.Length < 12 && gaps[^1] > 15, string.Join(" ", gaps));
        Assert.Contains(bench.Sent, sent => sent.Seconds >= last && sent.Chaddr == Fixture.B && sent.Message.RequestKind == Dhcp4RequestKind.InitReboot);

        double[] announcements = [.. bench.SentArp.Where(sent => sent.Packet.SenderAddress == Fixture.L && sent.Packet.TargetAddress == Fixture.L).Select(sent => sent.Seconds)];
        foreach (double at in announcements) Assert.InRange(announcements.Count(other => other >= at && other < at + 0.999), 1, 2);
        Assert.Equal(Fixture.L, bench.Configured);

        MacAddress MacAt(double at) => at >= last || (int)((at - start) / 3) % 2 == 0 ? Fixture.B : Fixture.A;
    }

    [Fact(DisplayName = "A change that waits while a lease is acquired is verified by the ACK of a request sent after it, and only by that")]
    public void Acquisition_AskedForAfterTheChange_IsNotVerifiedAgain()
    {
        MachineBench bench = new MachineBench().Start();
        bench.FailOver(Fixture.B).After(0.1).FailOver(Fixture.A);
        bench.Take(Fixture.Offer(bench.Last.Xid, bench.Last.Chaddr)).Take(Fixture.Ack(bench.Last.Xid, Fixture.A)).GatewayAnswers().After(10);
        Assert.Equal("bound", bench.State);
        Assert.DoesNotContain(bench.Sent, sent => sent.Message.RequestKind == Dhcp4RequestKind.InitReboot);

        // Asked for before the change, under the same hardware address, through another device perhaps.
        bench = new MachineBench().Start();
        bench.FailOver(Fixture.B).After(0.1).FailOver(Fixture.A);
        bench.Take(Fixture.Offer(bench.Last.Xid, bench.Last.Chaddr)).After(0.1).FailOver(Fixture.A, path: 3);
        bench.Take(Fixture.Ack(bench.Last.Xid, Fixture.A)).GatewayAnswers().After(1);
        Assert.Single(bench.Sent, sent => sent.Message.RequestKind == Dhcp4RequestKind.InitReboot);

        // The change after the lease is there is followed as ever.
        bench = new MachineBench().Start();
        bench.FailOver(Fixture.B).After(0.1).FailOver(Fixture.A);
        bench.Take(Fixture.Offer(bench.Last.Xid, bench.Last.Chaddr)).Take(Fixture.Ack(bench.Last.Xid, Fixture.A)).After(0.1).FailOver(Fixture.B).After(1);
        Assert.Contains(bench.Sent, sent => sent.Message.RequestKind == Dhcp4RequestKind.InitReboot && sent.Chaddr == Fixture.B);
    }

    [Fact(DisplayName = "A gateway that does not say its hardware address is asked again, more and more seldom, until it does")]
    public void Bound_GatewaySilent_IsAskedAgain()
    {
        MachineBench bench = new MachineBench().Start();
        bench.Take(Fixture.Offer(bench.Last.Xid, Fixture.A)).Take(Fixture.Ack(bench.Last.Xid, Fixture.A)).After(30);
        double[] Asked() => [.. bench.SentArp.Where(sent => sent.Packet.TargetAddress == Fixture.Server).Select(sent => sent.Seconds)];
        // Three in a row, 0.2 s apart; then after 2, 4, 8 s of silence, and so on.
        Close.To([0, 0.2, 0.4, 2.6, 2.8, 3.0, 7.2, 7.4, 7.6, 15.8, 16.0, 16.2], Asked());
        // Between two rounds nobody was asked.
        bench.GatewayAnswers();
        Assert.Null(bench.Client.Lease!.GatewayMac);
        bench.Run(32.5).GatewayAnswers();
        Assert.Equal(Fixture.GatewayMac, bench.Client.Lease!.GatewayMac);
        bench.Forget().After(100);
        Assert.Empty(Asked());
    }

    [Fact(DisplayName = "AM-22 a change of MAC: no RELEASE, nothing stored by the event, an ACK stores times and chaddr")]
    public void Bound_PathChanges_LeavesTheIdentityAlone()
    {
        MachineBench bench = new MachineBench().Bind().FailOver(Fixture.B);
        Assert.Empty(bench.Effects.OfType<Dhcp4Effect.Persist>());
        Assert.Equal(Fixture.ClientIdentifier.AsEnumerable(), bench.Client.Settings.ClientIdentifier);
        bench.GatewayAnswers().Take(Fixture.Ack(bench.Last.Xid, Fixture.B));
        Dhcp4Lease stored = Assert.Single(bench.Effects.OfType<Dhcp4Effect.Persist>().Last().Memory.Leases);
        Assert.Equal((Fixture.B, false), (stored.Chaddr, stored.KeyedByChaddr));
        Close.To(3603, stored.ExpiresAt.Seconds);
        Assert.Equal(Fixture.ClientIdentifier.AsEnumerable(), stored.ClientIdentifier);
        Assert.DoesNotContain(bench.Run(100).Sent, sent => sent.Message.Type is Dhcp4MessageType.Release or Dhcp4MessageType.Decline);
    }

    [Fact]
    public void Bound_PathOfTheSameNetwork_AnnouncesBeforeItAsks()
    {
        MachineBench bench = new MachineBench().Bind().FailOver(Fixture.B, PathClass.Same);
        Assert.True(
            bench.Effects.FindIndex(effect => effect is Dhcp4Effect.TransmitArp) < bench.Effects.FindIndex(effect => effect is Dhcp4Effect.Transmit));
        Assert.Equal(ArpPacket.Announcement(Fixture.B, Fixture.L), bench.SentArp[0].Packet);
        bench.After(3);
        double[] announcements = [.. bench.SentArp.Select(sent => sent.Seconds)];
        Close.To([3, 5], announcements);
    }

    [Fact]
    public void Bound_PathOfUnknownNetwork_AnnouncesWhenTheGatewayDecided()
    {
        MachineBench bench = new MachineBench().Bind().FailOver(Fixture.B);
        Assert.DoesNotContain(bench.SentArp, sent => sent.Packet == ArpPacket.Announcement(Fixture.B, Fixture.L));
        bench.After(0.59);
        Assert.DoesNotContain(bench.SentArp, sent => sent.Packet == ArpPacket.Announcement(Fixture.B, Fixture.L));
        bench.After(0.02);
        Assert.Contains(bench.SentArp, sent => sent.Packet == ArpPacket.Announcement(Fixture.B, Fixture.L));
    }

    [Fact]
    public void Bound_PathOfAnotherNetwork_RemovesTheAddressBeforeTheFirstFrame()
    {
        MachineBench bench = new MachineBench().Bind().FailOver(Fixture.B, PathClass.Different);
        Assert.Null(bench.Configured);
        Assert.True(
            bench.Effects.FindIndex(effect => effect is Dhcp4Effect.Deconfigure) < bench.Effects.FindIndex(effect => effect is Dhcp4Effect.Transmit));
        Assert.Equal((Dhcp4MessageType.Discover, (Ipv4Address?)null), (bench.Last.Message.Type, bench.Last.Message.RequestedAddress));
        Assert.DoesNotContain(bench.SentArp, sent => sent.Packet.SenderAddress == Fixture.L);
        // It is still good where it came from.
        Assert.Single(bench.Client.Memory.Leases);
    }

    [Fact]
    public void Bound_BackInAKnownNetwork_AsksForItsOwnLease()
    {
        MacAddress other = MacAddress.Parse("02:00:00:00:00:02");
        Dhcp4Lease elsewhere = Fixture.Lease() with
        {
            Ack = Fixture.Ack(1, Fixture.A, Ipv4Address.Parse("198.51.100.1"), Ipv4Address.Parse("198.51.100.9")).ToReply(),
            GatewayMac = other,
        };
        MachineBench bench = new MachineBench().Start(Fixture.Memory(Fixture.Lease(), elsewhere)).Take(Fixture.Ack(0, Fixture.A), which: 0);
        bench.Surroundings = bench.Surroundings with { Mac = Fixture.B, PathIndex = 3 };
        bench.Forget().Step(new Dhcp4Input.PathChanged(PathClass.Different, "activeSlave", other));
        Assert.Null(bench.Configured);
        Assert.Equal((Dhcp4RequestKind.InitReboot, Ipv4Address.Parse("198.51.100.9")), (bench.Last.Message.RequestKind, bench.Last.Message.RequestedAddress));
    }

    [Fact]
    public void CarrierLost_WhileBound_KeepsTheAddressAndSendsNothing()
    {
        MachineBench bench = new MachineBench().Bind().Step(new Dhcp4Input.LinkUnusable("carrier lost")).After(60);
        Assert.Equal(Fixture.L, bench.Configured);
        Assert.Empty(bench.Sent);
        Assert.Empty(bench.SentArp);
        bench.Step(new Dhcp4Input.LinkUsable(PathClass.Unknown));
        Assert.Equal("verifying", bench.State);
        Assert.Equal(Fixture.L, bench.Configured);
    }

    [Theory(DisplayName = "D2 carrier back within 5 s: by class; later: as unknown")]
    [InlineData(4.9, true)]
    [InlineData(5.1, false)]
    public void CarrierBack_OnASamePath_IsBelievedForAWhile(double outage, bool believed)
    {
        MachineBench bench = new MachineBench().Bind().Step(new Dhcp4Input.LinkUnusable("carrier lost")).After(outage);
        bench.Forget().Step(new Dhcp4Input.LinkUsable(PathClass.Same));
        Assert.Equal(believed, bench.SentArp.Any(sent => sent.Packet == ArpPacket.Announcement(Fixture.A, Fixture.L)));
        Assert.Equal(!believed, bench.SentArp.Any(sent => sent.Destination == Fixture.GatewayMac));
        Assert.Equal("verifying", bench.State);
    }

    [Fact]
    public void CarrierLost_PastT1AndT2_GoesOnWhereTheLeaseIs()
    {
        MachineBench bench = new MachineBench().Bind().Step(new Dhcp4Input.LinkUnusable("carrier lost")).Run(3200);
        Assert.Empty(bench.Sent);
        bench.Step(new Dhcp4Input.LinkUsable(PathClass.Unknown)).Run(3220);
        Assert.Equal("rebinding", bench.State);
        Assert.Equal(Fixture.L, bench.Configured);
    }

    [Fact(DisplayName = "AH-9 the carrier flaps 100 times in a second: at most two messages of a kind a second, then the right state")]
    public void CarrierFlaps_100TimesASecond_SendsLittle()
    {
        foreach (bool bound in new[] { true, false })
        {
            var bench = new MachineBench();
            if (bound) bench.Bind();
            else bench.Start();
            bench.Forget();
            for (int i = 0; i < 300; i++)
                bench.Step(new Dhcp4Input.LinkUnusable("carrier lost")).After(0.005).Step(new Dhcp4Input.LinkUsable(PathClass.Unknown)).After(0.005);
            foreach (SentMessage sent in bench.Sent)
                Assert.InRange(bench.Sent.Count(other => other.Seconds >= sent.Seconds && other.Seconds < sent.Seconds + 0.999), 1, 2);
            bench.Forget().After(90);
            Assert.NotEmpty(bench.Sent);
            Assert.Equal(bound ? Fixture.L : null, bench.Configured);
            Assert.Equal(bound ? "bound" : "selecting", bench.State);
        }
    }

    [Fact]
    public void Retransmitted_WithTheNewAddress_TakesAReplyToEither()
    {
        MachineBench bench = new MachineBench().Start();
        bench.Mac = Fixture.B;
        bench.Step(new Dhcp4Input.Retransmitted(Fixture.B));
        bench.Take(Fixture.Offer(bench.Last.Xid, Fixture.B));
        Assert.Equal("requesting", bench.State);
    }
}
