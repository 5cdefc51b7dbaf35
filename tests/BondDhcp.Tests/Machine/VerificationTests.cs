using BondDhcp.Dhcp.Arp;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Machine;

public partial class VerificationTests
{
    [Fact]
    public void Failover_Unanswered_SendsNTwiceThenSTwice()
    {
        MachineBench bench = Bound();
        double start = bench.Seconds;
        bench.FailOver(Fixture.B).Run(start + 9);
        Close.To([start, start + 1, start + 2, start + 3], bench.Times);
        Assert.Equal([Fixture.B, Fixture.B, Fixture.A, Fixture.A], bench.Sent.Select(sent => sent.Chaddr));
        Assert.Equal(2, bench.Sent.Select(sent => sent.Xid).Distinct().Count());
        Assert.All(bench.Sent, sent => Assert.Equal(
            (Dhcp4RequestKind.InitReboot, true, Ipv4Address.Any, Fixture.L, null),
            (sent.Message.RequestKind, sent.Message.Broadcast, sent.Message.Ciaddr, sent.Message.RequestedAddress, sent.Message.ServerIdentifier)));
        Assert.Equal(Fixture.L, bench.Configured);
    }

    [Fact(DisplayName = "AM-10 N refused, S acknowledged: kept and learnt")]
    public void NakToN_ThenAckToS_KeepsAndLearns()
    {
        MachineBench bench = Bound().FailOver(Fixture.B).GatewayAnswers();
        bench.After(0.01).Take(Fixture.Nak(bench.Last.Xid, Fixture.B));
        // S at once, and again half a second later.
        Assert.Equal((Fixture.A, bench.Seconds), (bench.Last.Chaddr, bench.Last.Seconds));
        bench.Take(Fixture.Ack(bench.Last.Xid, Fixture.A));
        Assert.Equal("bound", bench.State);
        Assert.Equal((true, Fixture.A), (bench.Client.Lease!.KeyedByChaddr, bench.Client.Lease.Chaddr));
        Assert.True(bench.Stored.Leases[0].KeyedByChaddr);
        Assert.Empty(bench.Effects.OfType<Dhcp4Effect.Deconfigure>());
    }

    [Fact(DisplayName = "AM-10 N lost twice, S acknowledged: kept, nothing learnt")]
    public void SilenceToN_ThenAckToS_TeachesNothing()
    {
        MachineBench bench = Bound().FailOver(Fixture.B).GatewayAnswers().After(2.5);
        bench.Take(Fixture.Ack(bench.Last.Xid, Fixture.A));
        Assert.Equal("bound", bench.State);
        Assert.False(bench.Client.Lease!.KeyedByChaddr);
        // Next time N is first again.
        bench.Forget().FailOver(Fixture.A).After(5).Forget().FailOver(Fixture.B);
        Assert.Equal(Fixture.B, bench.Sent[0].Chaddr);
    }

    [Fact(DisplayName = "AM-10 both refused: removed at the second NAK, DISCOVER at once")]
    public void NakToBoth_RemovesAtTheSecond()
    {
        MachineBench bench = Bound().FailOver(Fixture.B);
        bench.Take(Fixture.Nak(bench.Last.Xid, Fixture.B));
        Assert.Equal(Fixture.L, bench.Configured);
        bench.After(0.1).Forget().Take(Fixture.Nak(bench.Client.State.VerificationInState!.Second!.Exchange.Xid, Fixture.A));
        Assert.Null(bench.Configured);
        Assert.Equal(Dhcp4MessageType.Discover, Assert.Single(bench.Sent).Message.Type);
        Close.To(bench.Seconds, bench.Last.Seconds);
    }

    [Fact(DisplayName = "AM-10 N refused, S silent: removed 2 s after the NAK")]
    public void NakToN_ThenSilence_RemovesAfter2Seconds()
    {
        MachineBench bench = Bound().FailOver(Fixture.B);
        bench.After(0.3);
        double refusedAt = bench.Seconds;
        bench.Forget().Take(Fixture.Nak(bench.Client.State.VerificationInState!.First.Exchange.Xid, Fixture.B));
        bench.Run(refusedAt + 1.999);
        Close.To([refusedAt, refusedAt + 0.5], bench.Times);
        Assert.Equal(Fixture.L, bench.Configured);
        bench.Run(refusedAt + 2.001);
        Assert.Null(bench.Configured);
        Assert.Equal(Dhcp4MessageType.Discover, bench.Last.Message.Type);
    }

    [Fact(DisplayName = "AM-10 an ACK of another address is a NAK")]
    public void AckOfAnotherAddress_ToN_CountsAsANak()
    {
        MachineBench bench = Bound().FailOver(Fixture.B).GatewayAnswers();
        bench.Take(Fixture.Ack(bench.Last.Xid, Fixture.B, address: Fixture.L2));
        Assert.Equal(Fixture.L, bench.Configured);
        bench.Take(Fixture.Ack(bench.Last.Xid, Fixture.A));
        Assert.Equal(Fixture.L, bench.Configured);
        Assert.True(bench.Client.Lease!.KeyedByChaddr);
    }

    [Fact]
    public void AckToN_TakesTheNewChaddr()
    {
        MachineBench bench = Bound().FailOver(Fixture.B).Take(Fixture.Ack(0, Fixture.B), which: 0);
        Assert.Equal("bound", bench.State);
        Assert.Equal((Fixture.B, false, false), (bench.Client.Lease!.Chaddr, bench.Client.Lease.KeyedByChaddr, bench.Client.Lease.RenewWithLeaseChaddr));
    }

    [Fact(DisplayName = "AM-11 learnt: S first; another server: forgotten")]
    public void Learnt_SecondFailover_SendsSFirst()
    {
        MachineBench bench = Learnt();
        // Back to A: one form, which is the lease's own.
        bench.FailOver(Fixture.A).After(2);
        Assert.All(bench.Sent, sent => Assert.Equal(Fixture.A, sent.Chaddr));
        bench.Take(Fixture.Ack(0, Fixture.A), which: 0).After(30).Forget();
        Assert.True(bench.Client.Lease!.KeyedByChaddr);

        bench.FailOver(Fixture.B).After(5);
        Assert.Equal([Fixture.A, Fixture.A, Fixture.B, Fixture.B], bench.Sent.Select(sent => sent.Chaddr));
        bench.GatewayAnswers().Take(Fixture.Ack(0, Fixture.A), which: 0).After(30).Forget();
        Assert.True(bench.Client.Lease!.KeyedByChaddr);

        // At T2 another server takes over.
        bench.Run(bench.Client.Lease.RebindAt.Seconds + 1).Take(Fixture.Ack(bench.Last.Xid, bench.Last.Chaddr, Fixture.Server2));
        Assert.False(bench.Client.Lease!.KeyedByChaddr);
        bench.Forget().FailOver(Fixture.A).After(30).Forget().FailOver(Fixture.B);
        Assert.Equal(Fixture.B, bench.Sent[0].Chaddr);
    }

    [Fact]
    public void Learnt_Renewal_PresentsTheLeasesChaddrAndAlternates()
    {
        MachineBench bench = Learnt();
        bench.Run(bench.Client.Lease!.RebindAt.Seconds - 1);
        Assert.Equal((Fixture.A, true), (bench.Sent[0].Chaddr, bench.Sent[0].Message.Broadcast));
        Assert.Equal([Fixture.A, Fixture.B, Fixture.A], bench.Sent.Take(3).Select(sent => sent.Chaddr));

        // A NAK to N ends nothing until S is refused too.
        bench.Forget().Take(Fixture.Nak(bench.Client.State.ExtensionInState!.Exchange.Xid, Fixture.B));
        Assert.Equal(Fixture.L, bench.Configured);
        Assert.Equal((Dhcp4RequestKind.InitReboot, Fixture.A), (bench.Last.Message.RequestKind, bench.Last.Chaddr));
    }

    [Fact]
    public void Learnt_RenewalAcknowledgedForN_IsUnlearnt()
    {
        MachineBench bench = Learnt();
        bench.Run(bench.Client.Lease!.RenewAt.Seconds + 700).Take(Fixture.Ack(bench.Last.Xid, Fixture.B));
        Assert.Equal((Fixture.B, false, false), (bench.Client.Lease!.Chaddr, bench.Client.Lease.KeyedByChaddr, bench.Client.Lease.RenewWithLeaseChaddr));
    }

    [Fact(DisplayName = "AM-12 chaddr current: a NAK to N is final")]
    public void ChaddrCurrent_NakToN_RemovesAtOnce()
    {
        MachineBench bench = Bound(settings => settings with { Chaddr = ChaddrPolicy.Current }).FailOver(Fixture.B);
        bench.Forget().Take(Fixture.Nak(bench.Client.State.VerificationInState!.First.Exchange.Xid, Fixture.B));
        Assert.Null(bench.Configured);
        Assert.Equal(Dhcp4MessageType.Discover, Assert.Single(bench.Sent).Message.Type);
    }

    [Fact]
    public void ChaddrLease_Failover_SendsSFirst()
    {
        MachineBench bench = Bound(settings => settings with { Chaddr = ChaddrPolicy.Lease }).FailOver(Fixture.B).After(5);
        Assert.Equal([Fixture.A, Fixture.A, Fixture.B, Fixture.B], bench.Sent.Select(sent => sent.Chaddr));
    }

    [Fact]
    public void AuthenticatedByEap_Failover_NeverPresentsAnotherChaddr()
    {
        MachineBench bench = Bound();
        bench.Surroundings = bench.Surroundings with { AuthenticatedByEap = true };
        bench.FailOver(Fixture.B).Run(3599);
        Assert.All(bench.Sent, sent => Assert.Equal(Fixture.B, sent.Chaddr));
    }

    [Fact(DisplayName = "AM-27 the lease's device has left: S once, no renewal with it, at T1 a lease of the current MAC")]
    public void DepartedDevice_Failover_PresentsItOnce()
    {
        MachineBench bench = Bound();
        bench.Surroundings = bench.Surroundings with { HostMacs = [Fixture.B] };
        bench.FailOver(Fixture.B).Run(20);
        Assert.Single(bench.Sent, sent => sent.Chaddr == Fixture.A);
        bench.GatewayAnswers().Run(100).Forget();
        bench.FailOver(Fixture.B).Run(120);
        Assert.DoesNotContain(bench.Sent, sent => sent.Chaddr == Fixture.A);
        bench.GatewayAnswers().Forget().Run(1799);
        bench.GatewayAnswers().Forget().Run(1800.01);
        SentMessage discover = bench.Sent.Last(sent => sent.Message.Type == Dhcp4MessageType.Discover);
        Assert.Equal(Fixture.B, discover.Chaddr);
        Assert.Equal(Fixture.L, bench.Configured);

        bench.Forget().Take(Fixture.Offer(discover.Xid, Fixture.B, address: Fixture.L2)).Take(Fixture.Ack(discover.Xid, Fixture.B, address: Fixture.L2)).After(0.3);
        Dhcp4Effect.Configure configure = Assert.Single(bench.Effects.OfType<Dhcp4Effect.Configure>());
        Assert.Equal((Fixture.L2, Fixture.L), (configure.Lease.Address, configure.Previous?.Address));
        Assert.Empty(bench.Effects.OfType<Dhcp4Effect.Deconfigure>());
        Assert.DoesNotContain(bench.Sent, sent => sent.Chaddr == Fixture.A || sent.Message.Type is Dhcp4MessageType.Release or Dhcp4MessageType.Decline);
    }

    [Fact(DisplayName = "AM-27 the lease's device has left: the address is ceded at the first conflicting ARP")]
    public void DepartedDevice_Conflict_CedesAtOnce()
    {
        MachineBench bench = Bound();
        bench.Surroundings = bench.Surroundings with { HostMacs = [Fixture.B] };
        bench.FailOver(Fixture.B).Run(20).Forget();
        bench.Hear(new ArpPacket(ArpPacket.Request, Fixture.Stranger, Fixture.L, MacAddress.Zero, Fixture.Server));
        Assert.Null(bench.Configured);
        Assert.DoesNotContain(bench.Sent, sent => sent.Message.Type is Dhcp4MessageType.Release or Dhcp4MessageType.Decline);
    }

    [Fact(DisplayName = "AM-27 the lease's device has left: S once, also when N is refused after it")]
    public void DepartedDevice_LateNakToN_DoesNotPresentItAgain()
    {
        MachineBench bench = Bound();
        bench.Surroundings = bench.Surroundings with { HostMacs = [Fixture.B] };
        bench.FailOver(Fixture.B).After(2.1).GatewayAnswers().Take(Fixture.Nak(0, Fixture.B), which: 0);
        bench.After(1.8);
        Assert.Single(bench.Sent, sent => sent.Chaddr == Fixture.A);
        Assert.Equal(Fixture.L, bench.Configured);
        bench.After(0.3);
        Assert.Null(bench.Configured);
    }

    [Fact]
    public void NakToN_WithTheCapReached_WaitsForSToBeSent()
    {
        MachineBench bench = Bound();
        // The minute's messages are used up but for one.
        for (int i = 0; i < 15; i++) bench.Step(new Dhcp4Input.Command(DhcpCommand.Renew)).After(0.3);
        Assert.Equal(15, bench.Sent.Count);
        bench.FailOver(Fixture.B, path: 2);
        Assert.Equal((16, Fixture.B), (bench.Sent.Count, bench.Last.Chaddr));

        bench.GatewayAnswers().Forget().Take(Fixture.Nak(bench.Client.State.VerificationInState!.First.Exchange.Xid, Fixture.B));
        Assert.Empty(bench.Sent);
        while (bench.Sent.Count == 0 && bench.Seconds < 300) bench.After(0.05);
        Assert.Equal((Dhcp4MessageType.Request, Fixture.A), (bench.Last.Message.Type, bench.Last.Chaddr));
        bench.Take(Fixture.Ack(bench.Last.Xid, Fixture.A));
        Assert.Equal(("bound", Fixture.L), (bench.State, bench.Configured));
        Assert.Empty(bench.Effects.OfType<Dhcp4Effect.Deconfigure>());
    }

    [Fact]
    public void AckToS_HeldForTheGateway_OutlivesTheRefusal()
    {
        MachineBench bench = Bound();
        bench.FailOver(Fixture.B).Take(Fixture.Nak(0, Fixture.B), which: 0);
        Dhcp4Verification verification = bench.Client.State.VerificationInState!;
        Assert.Equal(Instant.Never, (verification with { HeldAck = bench.Client.Lease!.Ack }).EndsAt);
        Assert.False(verification.EndsAt.IsNever);
    }

    [Fact(DisplayName = "AM-27 the lease's device has left, and another host has it: that host's ARP is no echo of ours")]
    public void DepartedDevice_ConflictFromIt_CedesAtOnce()
    {
        MachineBench bench = Bound();
        bench.Surroundings = bench.Surroundings with { HostMacs = [Fixture.B] };
        bench.FailOver(Fixture.B).After(1).Forget();
        // A frame of our own that was still under way.
        bench.Hear(new ArpPacket(ArpPacket.Request, Fixture.A, Fixture.L, MacAddress.Zero, Fixture.L));
        Assert.Equal(Fixture.L, bench.Configured);
        bench.After(15).Hear(new ArpPacket(ArpPacket.Request, Fixture.A, Fixture.L, MacAddress.Zero, Fixture.L));
        Assert.Null(bench.Configured);
    }

    [Fact]
    public void OneForm_LostRequest_IsRepeatedBeforeTheGatewayEndsTheWait()
    {
        MachineBench bench = Bound();
        double start = bench.Seconds;
        bench.Step(new Dhcp4Input.Resumed()).GatewayAnswers().Run(start + 5);
        Close.To([start, start + 1], bench.Times);
        Assert.Equal("bound", bench.State);
    }

    [Fact]
    public void Silence_WithTheGateway_ReturnsToBoundAfter4Seconds()
    {
        MachineBench bench = Bound().FailOver(Fixture.B).GatewayAnswers();
        double start = bench.Seconds;
        bench.Run(start + 3.99);
        Assert.Equal("verifying", bench.State);
        bench.Run(start + 4.01);
        Assert.Equal("bound", bench.State);
        Assert.DoesNotContain(bench.Run(start + 60).Sent, sent => sent.Message.Type == Dhcp4MessageType.Discover);
        Close.To(1800, bench.Client.Lease!.RenewAt.Seconds);
    }

    [Fact(DisplayName = "D3 both silent, no gateway: the address stays, DISCOVERs run beside, an offer of the same address is taken")]
    public void Silence_WithoutTheGateway_DiscoversBesideTheLease()
    {
        MachineBench bench = Bound().FailOver(Fixture.B);
        bench.After(15);
        Assert.Equal("bound", bench.State);
        Assert.Equal(Fixture.L, bench.Configured);
        SentMessage discover = bench.Sent.First(sent => sent.Message.Type == Dhcp4MessageType.Discover);
        Close.To(3 + 12, discover.Seconds);
        Assert.Equal((Fixture.L, Fixture.B), (discover.Message.RequestedAddress, discover.Chaddr));
        bench.Take(Fixture.Offer(bench.Last.Xid, Fixture.B)).Take(Fixture.Ack(bench.Last.Xid, Fixture.B)).After(0.5);
        Assert.Equal((Fixture.L, Fixture.B), (bench.Configured, bench.Client.Lease!.Chaddr));
        Assert.Empty(bench.Effects.OfType<Dhcp4Effect.Deconfigure>());
    }

    [Theory(DisplayName = "D3 beside the lease an offer of another address is taken past T2 or with a silent gateway only, without a gap")]
    [InlineData(true, 100, true)]
    [InlineData(false, 100, false)]
    [InlineData(false, 3200, true)]
    public void OfferOfAnotherAddress_BesideTheLease_IsTakenOrNot(bool gatewayAsked, double at, bool taken)
    {
        MachineBench bench = new MachineBench();
        bench.Start().Take(Fixture.Offer(bench.Last.Xid, Fixture.A)).Take(Fixture.Ack(bench.Last.Xid, Fixture.A));
        if (gatewayAsked) bench.GatewayAnswers();
        bench.Run(at).FailOver(Fixture.B).After(12.01);
        SentMessage discover = bench.Sent.Last(sent => sent.Message.Type == Dhcp4MessageType.Discover);
        bench.Forget().Receive(Fixture.Offer(discover.Xid, Fixture.B, address: Fixture.L2));
        bench.Receive(Fixture.Ack(discover.Xid, Fixture.B, address: Fixture.L2));
        bench.After(0.5);
        Assert.Equal(taken ? Fixture.L2 : Fixture.L, bench.Configured);
        Assert.Empty(bench.Effects.OfType<Dhcp4Effect.Deconfigure>());
    }

    [Fact(DisplayName = "D3 a DNAv4 success ends the attempts beside the lease at once")]
    public void GatewayAnswers_BesideTheLease_EndsTheAttempts()
    {
        MachineBench bench = Bound().FailOver(Fixture.B).After(12.01);
        Assert.NotNull(bench.Client.Beside);
        bench.Forget().GatewayAnswers();
        Assert.Null(bench.Client.Beside);
        Assert.DoesNotContain(bench.Run(1700).Sent, sent => sent.Message.Type == Dhcp4MessageType.Discover);
        Assert.Equal("bound", bench.State);
    }

    [Fact]
    public void LittleLeaseLeft_Failover_SendsTheFormsInQuickSuccession()
    {
        MachineBench bench = Bound();
        bench.Run(3592).Forget().FailOver(Fixture.B).After(1.5);
        Close.To([3592, 3592.3, 3592.6, 3592.9], bench.Times);
        Assert.Equal([Fixture.B, Fixture.B, Fixture.A, Fixture.A], bench.Sent.Select(sent => sent.Chaddr));
    }

    [Fact]
    public void Verification_OfAServerThatKeysByChaddr_ReadsLikeTheDesign()
    {
        MachineBench bench = Bound();
        bench.FailOver(Fixture.B).After(0.01).GatewayAnswers();
        bench.Take(Fixture.Nak(bench.Last.Xid, Fixture.B)).After(0.02).Take(Fixture.Ack(bench.Last.Xid, Fixture.A)).After(5);
        bench.Run(bench.Client.Lease!.RenewAt.Seconds + 0.01).Take(Fixture.Ack(bench.Last.Xid, Fixture.A));
        Snapshot.Matches(bench.Transcript.ToString());
    }

    private static MachineBench Bound(Func<Dhcp4Settings, Dhcp4Settings>? configure = null) => new MachineBench(configure).Bind();

    /// <summary>Bound on B by a server that has shown that it keys by chaddr.</summary>
    private static MachineBench Learnt()
    {
        MachineBench bench = Bound().FailOver(Fixture.B).GatewayAnswers();
        bench.Take(Fixture.Nak(bench.Last.Xid, Fixture.B)).Take(Fixture.Ack(bench.Last.Xid, Fixture.A)).After(30);
        Assert.True(bench.Client.Lease is { KeyedByChaddr: true, RenewWithLeaseChaddr: true });
        return bench.Forget();
    }
}
