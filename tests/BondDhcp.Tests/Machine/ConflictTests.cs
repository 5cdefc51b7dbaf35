using BondDhcp.Dhcp.Arp;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Machine;

public class ConflictTests
{
    private static readonly ArpPacket Claim = new(ArpPacket.Request, Fixture.Stranger, Fixture.L, MacAddress.Zero, Fixture.Server);

    public static TheoryData<string, ArpPacket, bool> Packets => new()
    {
        { "request that claims the address", Claim, true },
        { "reply that claims the address", new ArpPacket(ArpPacket.Reply, Fixture.Stranger, Fixture.L, Fixture.A, Ipv4Address.Any), true },
        { "another host's probe for it", ArpPacket.Probe(Fixture.Stranger, Fixture.L), true },
        { "a request for it that claims another address", ArpPacket.RequestFor(Fixture.Stranger, Fixture.L2, Fixture.L), false },
        { "our own probe, echoed", ArpPacket.Probe(Fixture.A, Fixture.L), false },
        { "a probe with the other slave's address", ArpPacket.Probe(Fixture.B, Fixture.L), false },
    };

    [Theory(DisplayName = "A4-51 the window of RFC 5227 with the least, the middle and the most randomness")]
    [InlineData(0u, new double[] { 0, 1, 2 }, 4)]
    [InlineData(0x8000_0000u, new[] { 0.5, 2, 3.5 }, 5.5)]
    [InlineData(uint.MaxValue, new double[] { 1, 3, 5 }, 7)]
    public void Ack_WithDetectionBefore_ProbesByTheRfc(uint bits, double[] probes, double inUse)
    {
        MachineBench bench = Granted(ConflictDetection.Before, ScriptedEntropy.From(() => bits));
        bench.Run(inUse - 0.001);
        Close.To(probes, [.. bench.SentArp.Select(sent => sent.Seconds)]);
        Assert.All(bench.SentArp, sent => Assert.Equal((ArpPacket.Probe(Fixture.A, Fixture.L), MacAddress.Broadcast), (sent.Packet, sent.Destination)));
        Assert.Null(bench.Configured);

        bench.Forget().Run(inUse + 5);
        Assert.Equal(Fixture.L, bench.Configured);
        Close.To([inUse, inUse + 2], [.. bench.SentArp.Where(sent => sent.Packet == ArpPacket.Announcement(Fixture.A, Fixture.L)).Select(sent => sent.Seconds)]);
    }

    [Theory(DisplayName = "A4-53 what is a conflict while an address is probed")]
    [MemberData(nameof(Packets))]
    public void Arp_WhileProbing_IsAConflictOrNot(string what, ArpPacket packet, bool conflict)
    {
        Assert.NotEmpty(what);
        foreach (ConflictDetection detection in new[] { ConflictDetection.Fast, ConflictDetection.Before })
        {
            MachineBench bench = Granted(detection);
            Assert.Equal("probing", bench.State);
            Assert.True(bench.Client.ArpWatch.Wants(packet) || !conflict);
            bench.Hear(packet);
            Assert.Equal(conflict ? "declineWait" : "probing", bench.State);
        }
    }

    [Fact(DisplayName = "A4-12 the DECLINE: once, broadcast, with 50, 54 and 61 alone")]
    public void Conflict_WhileProbing_DeclinesOnce()
    {
        MachineBench bench = Granted(ConflictDetection.Fast).Forget().Hear(Claim).Hear(Claim).After(9.9);
        SentMessage sent = Assert.Single(bench.Sent);
        Dhcp4Transmission decline = sent.Message;
        Assert.Equal(
            (Dhcp4MessageType.Decline, Ipv4Address.Any, Ipv4Address.Any, Ipv4Address.Broadcast, false),
            (decline.Type, decline.Ciaddr, decline.Source, decline.Destination, decline.Broadcast));
        Assert.Equal((Fixture.L, Fixture.Server, (ushort)0), (decline.RequestedAddress, decline.ServerIdentifier, decline.Secs));
        Assert.Null(bench.Configured);
        Assert.Equal(Fixture.Stranger, Assert.Single(bench.Told("conflict")).Fields.Single(field => field.Name == "mac").Value);
    }

    [Fact]
    public void Conflict_BeforeTheAck_IsDeclinedAfterIt()
    {
        MachineBench bench = new MachineBench(settings => settings with { ConflictDetection = ConflictDetection.Fast }).Start();
        bench.Take(Fixture.Offer(bench.Last.Xid, Fixture.A)).Hear(Claim);
        Assert.Equal("requesting", bench.State);
        bench.Take(Fixture.Ack(bench.Last.Xid, Fixture.A));
        Assert.Equal("declineWait", bench.State);
        Assert.Equal(Dhcp4MessageType.Decline, bench.Last.Message.Type);
        Assert.Null(bench.Configured);
    }

    [Fact]
    public void Fast_WithAQuickServer_UsesTheAddressAfter200Milliseconds()
    {
        MachineBench bench = Granted(ConflictDetection.Fast).Run(0.1999);
        Close.To([0, 0.06, 0.12], [.. bench.SentArp.Select(sent => sent.Seconds)]);
        Assert.Null(bench.Configured);
        bench.Run(0.2001);
        Assert.Equal(Fixture.L, bench.Configured);
    }

    [Theory(DisplayName = "A process that did not run meanwhile has asked nobody: three probes all the same, and time to answer the last")]
    [InlineData(ConflictDetection.Fast)]
    [InlineData(ConflictDetection.Concurrent)]
    public void Window_OfAProcessThatStoodStill_IsNotShorter(ConflictDetection detection)
    {
        MachineBench bench = Granted(detection).Sleep(5).Run(10);
        Close.To([0, 5, 5.06], [.. bench.SentArp.Where(sent => sent.Packet.IsProbe).Select(sent => sent.Seconds)]);
        Close.To(5.14, bench.SentArp.First(sent => sent.Packet == ArpPacket.Announcement(Fixture.A, Fixture.L)).Seconds);
    }

    [Fact]
    public void Window_ThatAnAckFindsOverdue_IsNotClean()
    {
        MachineBench bench = new MachineBench(settings => settings with { ConflictDetection = ConflictDetection.Fast }).Start();
        bench.Take(Fixture.Offer(bench.Last.Xid, Fixture.A)).Sleep(0.3).Take(Fixture.Ack(bench.Last.Xid, Fixture.A)).Run(0.4399);
        Close.To([0, 0.3, 0.36], [.. bench.SentArp.Select(sent => sent.Seconds)]);
        Assert.Null(bench.Configured);
        bench.Run(0.4401);
        Assert.Equal(Fixture.L, bench.Configured);
    }

    [Fact]
    public void Concurrent_UsesAtOnceAndAnnouncesWhenTheWindowIsClean()
    {
        MachineBench bench = Granted(ConflictDetection.Concurrent);
        Assert.Equal("bound", bench.State);
        Assert.Equal(Fixture.L, bench.Configured);
        bench.Run(0.19);
        Assert.DoesNotContain(bench.SentArp, sent => sent.Packet == ArpPacket.Announcement(Fixture.A, Fixture.L));
        Assert.Equal(3, bench.SentArp.Count(sent => sent.Packet.IsProbe));
        bench.Run(0.21);
        Assert.Contains(bench.SentArp, sent => sent.Packet == ArpPacket.Announcement(Fixture.A, Fixture.L));

        bench = Granted(ConflictDetection.Concurrent).Run(0.1).Hear(Claim);
        Assert.Null(bench.Configured);
        Assert.Equal("declineWait", bench.State);
        Assert.Equal(Dhcp4MessageType.Decline, bench.Last.Message.Type);
    }

    [Fact]
    public void Off_ProbesNothing()
    {
        MachineBench bench = Granted(ConflictDetection.Off);
        Assert.Equal(Fixture.L, bench.Configured);
        Assert.DoesNotContain(bench.Run(10).SentArp, sent => sent.Packet.IsProbe);
    }

    [Fact(DisplayName = "A4-54 ten conflicts: a DECLINE each, DISCOVER 10 s later, after the tenth 60 s")]
    public void Conflicts_OneAfterTheOther_SlowDown()
    {
        MachineBench bench = new MachineBench(settings => settings with { ConflictDetection = ConflictDetection.Fast }).Start();
        for (int conflict = 1; conflict <= 13; conflict++)
        {
            bench.Take(Fixture.Offer(bench.Last.Xid, Fixture.A)).Take(Fixture.Ack(bench.Last.Xid, Fixture.A)).Forget().Hear(Claim);
            Assert.Equal(Dhcp4MessageType.Decline, Assert.Single(bench.Sent).Message.Type);
            double declinedAt = bench.Seconds;
            double wait = conflict >= 10 ? 60 : 10;
            bench.Forget().Run(declinedAt + wait - 0.001);
            Assert.Empty(bench.Sent);
            bench.Run(declinedAt + wait + 0.001);
            Assert.Equal(Dhcp4MessageType.Discover, Assert.Single(bench.Sent).Message.Type);
        }
    }

    [Fact(DisplayName = "A4-55 the echo of a probe sent before a failover is no conflict")]
    public void EchoOfOurProbe_AfterAFailover_IsNoConflict()
    {
        MachineBench bench = Granted(ConflictDetection.Before).Run(0.6);
        // Even when the old slave has left the host meanwhile.
        bench.Surroundings = bench.Surroundings with { HostMacs = [Fixture.B] };
        bench.FailOver(Fixture.B).Hear(ArpPacket.Probe(Fixture.A, Fixture.L));
        Assert.Equal("probing", bench.State);
        bench.Hear(ArpPacket.Probe(Fixture.Stranger, Fixture.L));
        Assert.Equal("declineWait", bench.State);
    }

    [Fact(DisplayName = "A4-56 defend once: two conflicts in 10 s, given up; further apart, kept")]
    public void Conflict_WhileBound_IsDefendedOnce()
    {
        MachineBench bench = new MachineBench().Bind();
        double start = bench.Seconds;
        bench.Hear(Claim);
        Assert.Equal(ArpPacket.Announcement(Fixture.A, Fixture.L), Assert.Single(bench.SentArp).Packet);
        bench.Run(start + 9).Hear(Claim);
        Assert.Null(bench.Configured);
        Assert.Equal("declineWait", bench.State);
        Assert.Equal(Dhcp4MessageType.Decline, Assert.Single(bench.Sent).Message.Type);
        Assert.Single(bench.SentArp);

        bench = new MachineBench().Bind();
        start = bench.Seconds;
        bench.Hear(Claim).Run(start + 11).Hear(Claim);
        Assert.Equal(2, bench.SentArp.Count);
        Assert.Equal(Fixture.L, bench.Configured);
        Assert.Empty(bench.Sent);
    }

    [Fact]
    public void Conflict_WithDefendNever_GivesUpAtOnce()
    {
        MachineBench bench = new MachineBench(settings => settings with { Defend = AddressDefence.Never }).Bind().Hear(Claim);
        Assert.Null(bench.Configured);
    }

    [Fact(DisplayName = "AS-4 defend always: at most one announcement in 10 s, the address kept")]
    public void Conflict_WithDefendAlways_IsKept()
    {
        MachineBench bench = new MachineBench(settings => settings with { Defend = AddressDefence.Always }).Bind();
        for (int i = 0; i < 60; i++) bench.Hear(Claim).After(1);
        Assert.Equal(Fixture.L, bench.Configured);
        Assert.Equal(6, bench.SentArp.Count);
        Assert.Empty(bench.Sent);
    }

    [Fact]
    public void Conflict_WithAnotherAddressOfOurs_IsNone()
    {
        MachineBench bench = new MachineBench().Bind();
        bench.Hear(ArpPacket.Announcement(Fixture.B, Fixture.L)).Hear(ArpPacket.Announcement(Fixture.A, Fixture.L));
        Assert.Empty(bench.Told("conflict"));
    }

    private static MachineBench Granted(ConflictDetection detection, EntropySource? entropy = null)
    {
        MachineBench bench = new MachineBench(settings => settings with { ConflictDetection = detection }, entropy).Start();
        return bench.Take(Fixture.Offer(bench.Last.Xid, Fixture.A)).Take(Fixture.Ack(bench.Last.Xid, Fixture.A));
    }
}
