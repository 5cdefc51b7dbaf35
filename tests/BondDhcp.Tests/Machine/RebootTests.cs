using BondDhcp.Dhcp.Arp;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Machine;

public class RebootTests
{
    [Fact(DisplayName = "A4-8 a stored lease is asked for by INIT-REBOOT")]
    public void Start_WithAStoredLease_SendsInitReboot()
    {
        MachineBench bench = new MachineBench().Start(Fixture.Memory(Fixture.Lease()));
        Dhcp4Transmission request = Assert.Single(bench.Sent).Message;
        Assert.Equal("rebooting", bench.State);
        Assert.Equal(
            (Dhcp4RequestKind.InitReboot, Ipv4Address.Any, Fixture.L, null, Ipv4Address.Broadcast),
            (request.RequestKind, request.Ciaddr, request.RequestedAddress, request.ServerIdentifier, request.Destination));
        Assert.NotEqual(0x1234u, request.Xid);
    }

    [Theory(DisplayName = "A4-19 INIT-REBOOT unanswered, no DNA: DISCOVER with option 50")]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Rebooting_Unanswered_Discovers(int seed)
    {
        MachineBench bench = new MachineBench(entropy: ScriptedEntropy.Seeded(seed)).Start(Fixture.Memory(Fixture.Lease(gatewayKnown: false))).Run(15);
        Assert.Equal(0, bench.Sent[0].Seconds);
        Close.Within(3, 5, bench.Sent[1].Seconds);
        Assert.Equal(Dhcp4RequestKind.InitReboot, bench.Sent[1].Message.RequestKind);
        Close.Within(10, 14, bench.Sent[2].Seconds);
        Assert.Equal((Dhcp4MessageType.Discover, Fixture.L), (bench.Sent[2].Message.Type, bench.Sent[2].Message.RequestedAddress));
    }

    [Fact]
    public void Ack_WhileRebooting_Binds()
    {
        MachineBench bench = new MachineBench(settings => settings with { ConflictDetection = ConflictDetection.Fast })
            .Start(Fixture.Memory(Fixture.Lease(gatewayKnown: false)));
        bench.After(0.01).Take(Fixture.Ack(bench.Last.Xid, Fixture.A));
        Assert.Equal("probing", bench.State);
        bench.Run(0.199);
        Assert.Null(bench.Configured);
        // The window began with the request, so that it overlaps the exchange.
        bench.Run(0.201);
        Assert.Equal("bound", bench.State);
        Close.To(3600, bench.Client.Lease!.ExpiresAt.Seconds);
    }

    [Fact(DisplayName = "A4-46 REBOOTING: a NAK forgets the lease and DISCOVERs at once; further NAKs wait 1, 2, 4, 8, 16 s")]
    public void Nak_WhileRebooting_ForgetsTheLeaseAndBacksOff()
    {
        MachineBench bench = new MachineBench().Start(Fixture.Memory(Fixture.Lease()));
        bench.After(0.1).Take(Fixture.Nak(bench.Last.Xid, Fixture.A));
        Assert.Empty(bench.Stored.Leases);
        Assert.Equal("selecting", bench.State);
        Close.To(0.1, bench.Last.Seconds);

        foreach (double gap in new double[] { 1, 2, 4, 8, 16, 32, 60, 60 })
        {
            bench.Take(Fixture.Offer(bench.Last.Xid, Fixture.A));
            double refusedAt = bench.Seconds;
            bench.Take(Fixture.Nak(bench.Last.Xid, Fixture.A));
            Assert.Equal("nakBackoff", bench.State);
            bench.After(gap + 0.001);
            Close.To(refusedAt + gap, bench.Last.Seconds);
            Assert.Equal(Dhcp4MessageType.Discover, bench.Last.Message.Type);
        }
        bench.Take(Fixture.Offer(bench.Last.Xid, Fixture.A)).Take(Fixture.Ack(bench.Last.Xid, Fixture.A));
        Assert.Equal(0, bench.Client.Refusals);
    }

    [Fact(DisplayName = "A4-57 the known gateway answers, DHCP is silent: the rest of the lease is used, unprobed")]
    public void GatewayAnswers_WhileDhcpIsSilent_KeepsTheLease()
    {
        MachineBench bench = new MachineBench(settings => settings with { ConflictDetection = ConflictDetection.Fast })
            .Start(Fixture.Memory(Fixture.Lease()));
        bench.After(0.15).Forget().GatewayAnswers();
        bench.Run(11.99);
        Assert.Equal("rebooting", bench.State);
        bench.Run(12.01);
        Assert.Equal("bound", bench.State);
        Close.To(1800, bench.Client.Lease!.RenewAt.Seconds);
        Close.To(3150, bench.Client.Lease.RebindAt.Seconds);
        Assert.DoesNotContain(bench.SentArp, sent => sent.Packet.IsProbe && sent.Seconds > 0.15);
        Assert.DoesNotContain(bench.Sent, sent => sent.Message.Type == Dhcp4MessageType.Discover);
    }

    [Fact(DisplayName = "A4-58 another hardware address confirms nothing")]
    public void GatewayOfAnotherMac_Answers_ConfirmsNothing()
    {
        MachineBench bench = new MachineBench().Start(Fixture.Memory(Fixture.Lease()));
        bench.After(0.1).GatewayAnswers(Fixture.Stranger);
        bench.Run(15);
        Assert.Equal("selecting", bench.State);
        Assert.Null(bench.Configured);
    }

    [Fact(DisplayName = "A4-58 after a DNA yes the NAK of the lease's server still wins")]
    public void Nak_AfterTheGatewayAnswered_Wins()
    {
        MachineBench bench = new MachineBench().Start(Fixture.Memory(Fixture.Lease()), present: true);
        bench.After(0.1).GatewayAnswers();
        Assert.Equal(Fixture.L, bench.Configured);
        bench.Take(Fixture.Nak(bench.Sent[0].Xid, Fixture.A));
        Assert.Null(bench.Configured);
        Assert.Equal("selecting", bench.State);
    }

    [Fact(DisplayName = "A4-59 no DNA without an unexpired lease, a known router, or under another client-id, or switched off")]
    public void Dna_WithoutItsConditions_IsNotDone()
    {
        AssertNoDna(new MachineBench().Start(Fixture.Memory(Fixture.Lease() with { ExpiresAt = Instant.Zero })));
        AssertNoDna(new MachineBench().Start(Fixture.Memory(Fixture.Lease(gatewayKnown: false))));
        AssertNoDna(new MachineBench(settings => settings with { ClientIdentifier = [1, 2, 3] }).Start(Fixture.Memory(Fixture.Lease())));
        AssertNoDna(new MachineBench(settings => settings with { DetectNetworkAttachment = false }).Start(Fixture.Memory(Fixture.Lease())));
        AssertNoDna(new MachineBench().Start(Fixture.Memory(Fixture.Lease() with { ExpiryUnknown = true, ExpiresAt = Instant.Zero })));
        Assert.NotEmpty(new MachineBench().Start(Fixture.Memory(Fixture.Lease())).SentArp);
    }

    [Fact(DisplayName = "A4-60 three unicast requests 200 ms apart, beside a broadcast INIT-REBOOT; at most one procedure a second")]
    public void Dna_Captured_IsThreeUnicastRequests()
    {
        MachineBench bench = new MachineBench().Start(Fixture.Memory(Fixture.Lease())).Run(0.9);
        Close.To([0, 0.2, 0.4], [.. bench.SentArp.Select(sent => sent.Seconds)]);
        Assert.All(bench.SentArp, sent =>
        {
            Assert.Equal(Fixture.GatewayMac, sent.Destination);
            Assert.Equal(ArpPacket.RequestFor(Fixture.A, Fixture.L, Fixture.Server), sent.Packet);
        });
        Assert.Equal(Ipv4Address.Broadcast, Assert.Single(bench.Sent).Message.Destination);

        // However often the path changes.
        for (int i = 0; i < 40; i++) bench.FailOver(i % 2 == 0 ? Fixture.B : Fixture.A).After(0.25);
        double[] first = [.. bench.SentArp.Select(sent => sent.Seconds).Where(at => !bench.SentArp.Any(other => other.Seconds < at && at - other.Seconds < 0.25))];
        for (int i = 1; i < first.Length; i++) Assert.True(first[i] - first[i - 1] >= 0.999, string.Join(" ", first));
    }

    [Fact(DisplayName = "A4-68 REBOOTING, ACK with option 108: no address, IPv6-only wait")]
    public void AckWithIpv6Only_WhileRebooting_Waits()
    {
        MachineBench bench = new MachineBench(settings => settings with { Ipv6Only = true }).Start(Fixture.Memory(Fixture.Lease()));
        bench.Take(Fixture.Ack(bench.Last.Xid, Fixture.A).Seconds(108, 1800));
        Assert.Equal("v6only", bench.State);
        Assert.Null(bench.Configured);
        bench.Forget().Run(1799);
        Assert.Empty(bench.Sent);
        bench.Run(1801);
        Assert.Equal(Dhcp4MessageType.Discover, bench.Last.Message.Type);
    }

    [Fact(DisplayName = "AP-2 a lease of unknown expiry may only be confirmed")]
    public void Start_WithUnknownExpiry_OnlyReboots()
    {
        Dhcp4Lease lease = Fixture.Lease() with { ExpiryUnknown = true, RenewAt = Instant.Zero, RebindAt = Instant.Zero, ExpiresAt = Instant.Zero };
        MachineBench bench = new MachineBench().Sleep(100).Start(Fixture.Memory(lease));
        Assert.Equal("rebooting", bench.State);
        Assert.Equal(Fixture.L, bench.Last.Message.RequestedAddress);
        bench.Run(115);
        Assert.Null(bench.Configured);
        Assert.Equal("selecting", bench.State);

        bench = new MachineBench().Sleep(100).Start(Fixture.Memory(lease)).Take(Fixture.Ack(0x8000_0000, Fixture.A));
        Assert.Equal("bound", bench.State);
        Assert.False(bench.Client.Lease!.ExpiryUnknown);
        Close.To(3700, bench.Client.Lease.ExpiresAt.Seconds);
    }

    [Fact]
    public void Start_WithTheAddressPresent_KeepsItAndVerifies()
    {
        MachineBench bench = new MachineBench { Mac = Fixture.B }.Start(Fixture.Memory(Fixture.Lease()), present: true);
        Assert.Equal("verifying", bench.State);
        Assert.Empty(bench.Effects.OfType<Dhcp4Effect.Deconfigure>());
        bench.Run(30);
        Assert.Equal(Fixture.L, bench.Configured);
        Assert.Equal("bound", bench.State);
    }

    [Fact(DisplayName = "D1 REBOOTING with another hardware address: both forms, as in a verification")]
    public void Start_UnderAnotherMac_SendsBothForms()
    {
        MachineBench bench = new MachineBench { Mac = Fixture.B }.Start(Fixture.Memory(Fixture.Lease())).Run(9);
        Close.To([0, 1, 2, 3], bench.Times);
        Assert.Equal([Fixture.B, Fixture.B, Fixture.A, Fixture.A], bench.Sent.Select(sent => sent.Chaddr));
        Assert.All(bench.Sent, sent => Assert.True(sent.Message.Broadcast));

        bench = new MachineBench { Mac = Fixture.B }.Start(Fixture.Memory(Fixture.Lease()));
        bench.GatewayAnswers().Take(Fixture.Nak(0, Fixture.B), which: 0);
        Assert.Equal("rebooting", bench.State);
        Assert.Equal(Fixture.A, bench.Last.Chaddr);
        bench.Take(Fixture.Ack(bench.Last.Xid, Fixture.A));
        Assert.Equal("bound", bench.State);
        Assert.True(bench.Client.Lease!.KeyedByChaddr);
    }

    [Fact]
    public void Start_WithoutALink_Waits()
    {
        MachineBench bench = new MachineBench().Start(usable: false).Run(100);
        Assert.Equal("waiting", bench.State);
        Assert.Empty(bench.Sent);
        bench.Step(new Dhcp4Input.LinkUsable(PathClass.Unknown));
        Close.To(100, Assert.Single(bench.Sent).Seconds);
    }

    private static void AssertNoDna(MachineBench bench) => Assert.Empty(bench.SentArp);
}
