using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Machine;

public class AcquisitionTests
{
    // Exactly the ends of the ranges; every exchange then has the same xid, which does not matter here.
    private static EntropySource ExactMin => ScriptedEntropy.From(() => 0);

    private static EntropySource ExactMax => ScriptedEntropy.From(() => uint.MaxValue);

    private static EntropySource ExactMiddle => ScriptedEntropy.From(() => 0x8000_0000);

    [Fact(DisplayName = "A4-5 xids are drawn, never 0, and related to nothing")]
    public void Xid_Of100000Exchanges_IsDrawnAndNever0()
    {
        var drawn = new HashSet<uint>();
        ScriptedEntropy seeded = ScriptedEntropy.Seeded(5);
        EntropySource entropy = ScriptedEntropy.From(() =>
        {
            uint value = seeded.NextUInt32() % 4 == 0 ? 0 : seeded.NextUInt32();
            drawn.Add(value);
            return value;
        });
        var differences = new HashSet<uint>();
        uint previous = 0;
        for (int i = 0; i < 100_000; i++)
        {
            uint xid = Dhcp4Exchange.New(entropy).Xid;
            Assert.NotEqual(0u, xid);
            Assert.Contains(xid, drawn);
            differences.Add(xid - previous);
            previous = xid;
        }
        Assert.True(differences.Count > 99_000);
    }

    [Fact(DisplayName = "A4-5 every exchange of the machine draws its xid")]
    public void Xid_OfEveryMessage_WasDrawn()
    {
        var drawn = new HashSet<uint>();
        ScriptedEntropy seeded = ScriptedEntropy.Seeded(6);
        MachineBench bench = new MachineBench(entropy: ScriptedEntropy.From(() =>
        {
            uint value = seeded.NextUInt32();
            drawn.Add(value);
            return value;
        })).Bind().Run(4000);
        Assert.NotEmpty(bench.Sent);
        Assert.All(bench.Sent, sent => Assert.Contains(sent.Xid, drawn));
    }

    [Fact(DisplayName = "A4-7 REQUEST(selecting) repeats xid and secs of the DISCOVER")]
    public void Offer_AfterDiscover3_IsRequestedWithItsXidAndSecs()
    {
        MachineBench bench = new MachineBench(entropy: ExactMax).Start().Run(14);
        Assert.Equal(3, bench.Sent.Count);
        Assert.Equal(14, bench.Last.Message.Secs);
        uint xid = bench.Last.Xid;
        bench.After(0.5).Forget().Take(Fixture.Offer(xid, Fixture.A)).After(40);

        Assert.Equal(4, bench.Sent.Count);
        Assert.All(bench.Sent, sent =>
        {
            Dhcp4Transmission request = sent.Message;
            Assert.Equal((Dhcp4MessageType.Request, Dhcp4RequestKind.Selecting), (request.Type, request.RequestKind));
            Assert.Equal((xid, (ushort)14), (request.Xid, request.Secs));
            Assert.Equal((Ipv4Address.Any, Fixture.L, Fixture.Server), (request.Ciaddr, request.RequestedAddress, request.ServerIdentifier));
            Assert.Equal((Ipv4Address.Any, Ipv4Address.Broadcast), (request.Source, request.Destination));
        });
    }

    [Fact(DisplayName = "A4-14 secs counts from the acquisition and saturates")]
    public void Discover_Secs_CountsFromTheStart()
    {
        MachineBench bench = new MachineBench(entropy: ExactMiddle).Start().Run(70_100);
        Assert.Equal([0, 4, 12], bench.Sent.Take(3).Select(sent => (int)sent.Message.Secs));
        Assert.Equal([0d, 4, 12], bench.Times.Take(3));
        Assert.All(bench.Sent.Where(sent => sent.Seconds >= 70_000), sent => Assert.Equal(ushort.MaxValue, sent.Message.Secs));
        Assert.True(bench.Last.Seconds >= 70_000);
    }

    [Theory(DisplayName = "A4-15 DISCOVERs of an unanswered client, seeded")]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Discover_Unanswered_IsRepeatedForEver(int seed)
    {
        MachineBench bench = new MachineBench(entropy: ScriptedEntropy.Seeded(seed)).Start().Run(3600);
        double[] times = bench.Times;
        Assert.Equal(0, times[0]);
        Close.Within(3, 5, times[1]);
        Close.Within(10, 14, times[2]);
        Close.Within(25, 31, times[3]);
        Close.Within(56, 64, times[4]);
        Close.Within(119, 129, times[5]);
        for (int i = 6; i < times.Length; i++) Close.Within(63, 65, times[i] - times[i - 1]);
        Assert.True(times[^1] > 3600 - 65);
        Assert.Equal("selecting", bench.State);
    }

    [Fact(DisplayName = "A4-16 the gaps with the least jitter")]
    public void Discover_WithLeastJitter_HasTheShortestGaps() => AssertGaps(ExactMin, [3, 7, 15, 31, 63, 63]);

    [Fact(DisplayName = "A4-16 the gaps with the most jitter")]
    public void Discover_WithMostJitter_HasTheLongestGaps() => AssertGaps(ExactMax, [5, 9, 17, 33, 65, 65]);

    [Fact(DisplayName = "A4-17 one xid an exchange, a new one for each")]
    public void Xid_OfRetransmissions_IsTheExchanges()
    {
        MachineBench bench = new MachineBench().Start().Run(20);
        uint discover = Assert.Single(bench.Sent.Select(sent => sent.Xid).Distinct());
        bench.Take(Fixture.Offer(discover, Fixture.A)).Run(50);
        Assert.Equal(discover, Assert.Single(bench.Sent.Select(sent => sent.Xid).Distinct()));

        // No answer: INIT with a new one.
        bench.Forget().Run(100);
        uint second = bench.Sent[0].Xid;
        Assert.NotEqual(discover, second);

        bench.Take(Fixture.Offer(second, Fixture.A)).Take(Fixture.Ack(second, Fixture.A)).Forget().Run(4000);
        uint renewing = Assert.Single(XidsOf(bench, Dhcp4RequestKind.Renewing));
        uint rebinding = Assert.Single(XidsOf(bench, Dhcp4RequestKind.Rebinding));
        Assert.Equal(4, new HashSet<uint> { discover, second, renewing, rebinding }.Count);

        var rebooted = new MachineBench(entropy: bench.Entropy).Start(Fixture.Memory(Fixture.Lease())).Run(20);
        uint reboot = Assert.Single(XidsOf(rebooted, Dhcp4RequestKind.InitReboot));
        Assert.DoesNotContain(reboot, bench.Sent.Select(sent => sent.Xid));
    }

    [Theory(DisplayName = "A4-18 four REQUESTs, then INIT")]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Request_Unanswered_EndsInInit(int seed)
    {
        MachineBench bench = new MachineBench(entropy: ScriptedEntropy.Seeded(seed)).Start();
        uint xid = bench.Last.Xid;
        bench.Forget().Take(Fixture.Offer(xid, Fixture.A)).Run(70);
        double[] times = bench.Times;
        Assert.Equal(0, times[0]);
        Close.Within(3, 5, times[1]);
        Close.Within(10, 14, times[2]);
        Close.Within(25, 31, times[3]);
        Close.Within(56, 64, times[4]);
        Assert.Equal(
            [Dhcp4MessageType.Request, Dhcp4MessageType.Request, Dhcp4MessageType.Request, Dhcp4MessageType.Request, Dhcp4MessageType.Discover],
            bench.Sent.Take(5).Select(sent => sent.Message.Type));
        Assert.NotEqual(xid, bench.Sent[4].Xid);
    }

    [Fact(DisplayName = "A4-26 in REQUESTING another server's ACK and NAK are dropped")]
    public void Requesting_AnswerOfAnotherServer_IsDropped()
    {
        MachineBench bench = new MachineBench().Start();
        bench.Take(Fixture.Offer(bench.Last.Xid, Fixture.A));
        Assert.Equal(Dhcp4DropReason.OtherServer, bench.Receive(Fixture.Ack(bench.Last.Xid, Fixture.A, Fixture.Server2)));
        Assert.Equal(Dhcp4DropReason.OtherServer, bench.Receive(Fixture.Nak(bench.Last.Xid, Fixture.A, Fixture.Server2)));
        Assert.Equal("requesting", bench.State);
    }

    [Fact(DisplayName = "A4-28 a reply to another xid or chaddr is dropped, timers untouched")]
    public void Selecting_ReplyToAnotherExchange_IsDropped()
    {
        MachineBench bench = new MachineBench().Start();
        uint xid = bench.Last.Xid;
        Instant deadline = bench.Client.NextDeadline;
        Assert.Equal(Dhcp4DropReason.Xid, bench.Receive(Fixture.Offer(xid + 1, Fixture.A)));
        Assert.Equal(Dhcp4DropReason.Xid, bench.Receive(Fixture.Offer(xid - 1, Fixture.A)));
        Assert.Equal(Dhcp4DropReason.Chaddr, bench.Receive(Fixture.Offer(xid, Fixture.Stranger)));
        Assert.Equal(Dhcp4DropReason.PacketType, bench.Receive(Fixture.Offer(xid, Fixture.A), packetType: 4));
        Assert.Equal(deadline, bench.Client.NextDeadline);
        Assert.Equal("selecting", bench.State);
    }

    [Fact(DisplayName = "A4-37 option 61: equal or absent is taken, another one dropped")]
    public void Offer_WithClientIdentifier_MustBeOurs()
    {
        MachineBench bench = new MachineBench(settings => settings with { OfferWait = TimeSpan.FromSeconds(1) }).Start();
        uint xid = bench.Last.Xid;
        byte[] other = [.. Fixture.ClientIdentifier];
        other[^1] ^= 1;
        bench.Take(Fixture.Offer(xid, Fixture.A).Option(61, Fixture.ClientIdentifier.AsSpan()));
        bench.Take(Fixture.Offer(xid, Fixture.A));
        Assert.Equal(Dhcp4DropReason.ClientIdentifier, bench.Receive(Fixture.Offer(xid, Fixture.A).Option(61, other)));
        Assert.Equal(Dhcp4DropReason.ClientIdentifier, bench.Receive(Fixture.Offer(xid, Fixture.A).Option(61, 1)));
    }

    [Fact(DisplayName = "A4-45 an ACK of another address than requested is dropped")]
    public void Ack_OfAnotherAddress_IsDropped()
    {
        MachineBench bench = new MachineBench().Start();
        bench.Take(Fixture.Offer(bench.Last.Xid, Fixture.A));
        Assert.Equal(Dhcp4DropReason.OtherAddress, bench.Receive(Fixture.Ack(bench.Last.Xid, Fixture.A, address: Fixture.L2)));
        Assert.Equal("requesting", bench.State);
    }

    [Fact(DisplayName = "A4-49 with offer-wait the previous server's offer of the same address is taken")]
    public void OfferWait_WithSeveralOffers_TakesThePreviousServers()
    {
        Ipv4Address denied = Ipv4Address.Parse("192.0.2.3");
        Dhcp4Lease previous = Fixture.Lease() with
        {
            Ack = Fixture.Ack(1, Fixture.A, Fixture.Server2).ToReply(),
            ExpiresAt = Instant.Zero,
        };
        MachineBench bench = new MachineBench(settings => settings with
        {
            OfferWait = TimeSpan.FromSeconds(1),
            RejectServers = [denied],
        }).Start(Fixture.Memory(previous));
        uint xid = bench.Last.Xid;
        Assert.Equal(Fixture.L, bench.Last.Message.RequestedAddress);
        bench.Forget();
        bench.Take(Fixture.Offer(xid, Fixture.A, Fixture.Server, Fixture.L2)).Run(0.2);
        bench.Take(Fixture.Offer(xid, Fixture.A, Fixture.Server2, Fixture.L)).Run(0.4);
        Assert.Equal(Dhcp4DropReason.ServerNotAllowed, bench.Receive(Fixture.Offer(xid, Fixture.A, denied, Fixture.L)));
        bench.Run(0.999);
        Assert.Empty(bench.Sent);
        bench.Run(1.001);
        Assert.Equal(Fixture.Server2, Assert.Single(bench.Sent).Message.ServerIdentifier);
    }

    [Fact]
    public void RequireServers_WithAnotherServer_DropsIt()
    {
        MachineBench bench = new MachineBench(settings => settings with { RequireServers = [Fixture.Server2] }).Start();
        Assert.Equal(Dhcp4DropReason.ServerNotAllowed, bench.Receive(Fixture.Offer(bench.Last.Xid, Fixture.A)));
        bench.Take(Fixture.Offer(bench.Last.Xid, Fixture.A, Fixture.Server2));
        Assert.Equal("requesting", bench.State);
    }

    [Fact(DisplayName = "A4-50 rapid commit on: ACK with option 80 binds, without is dropped, OFFER is an OFFER")]
    public void RapidCommit_On_TakesAnAckWithOption80()
    {
        MachineBench On() => new MachineBench(settings => settings with { RapidCommit = true }).Start();

        MachineBench bench = On();
        Assert.True(bench.Last.Message.RapidCommit);
        bench.Take(Fixture.Ack(bench.Last.Xid, Fixture.A).Option(80));
        Assert.Equal("bound", bench.State);
        Assert.Single(bench.Sent);

        bench = On();
        Assert.Equal(Dhcp4DropReason.RapidCommit, bench.Receive(Fixture.Ack(bench.Last.Xid, Fixture.A)));
        bench.Take(Fixture.Offer(bench.Last.Xid, Fixture.A).Option(80));
        Assert.Equal("requesting", bench.State);
        Assert.False(bench.Last.Message.RapidCommit);
    }

    [Fact(DisplayName = "A4-50 rapid commit off: option 80 is never sent, an ACK dropped")]
    public void RapidCommit_Off_DropsAnAck()
    {
        MachineBench bench = new MachineBench().Start();
        Assert.False(bench.Last.Message.RapidCommit);
        Assert.Equal(Dhcp4DropReason.RapidCommit, bench.Receive(Fixture.Ack(bench.Last.Xid, Fixture.A).Option(80)));
        Assert.Equal("selecting", bench.State);
    }

    [Fact]
    public void Selecting_Nak_IsDropped()
    {
        MachineBench bench = new MachineBench().Start();
        Assert.Equal(Dhcp4DropReason.UnexpectedMessage, bench.Receive(Fixture.Nak(bench.Last.Xid, Fixture.A)));
        Assert.Equal("selecting", bench.State);
    }

    [Fact]
    public void BroadcastFlag_ByDefault_IsSetOnEverySecondDiscoverFromTheThird()
    {
        MachineBench bench = new MachineBench().Start().Run(200);
        Assert.Equal([false, false, true, false, true, false, true], bench.Sent.Take(7).Select(sent => sent.Message.Broadcast));
    }

    [Theory]
    [InlineData(BroadcastPolicy.Always, true)]
    [InlineData(BroadcastPolicy.Never, false)]
    public void BroadcastFlag_WhenSet_IsAlwaysThat(BroadcastPolicy policy, bool expected)
    {
        MachineBench bench = new MachineBench(settings => settings with { Broadcast = policy }).Start().Run(200);
        Assert.All(bench.Sent, sent => Assert.Equal(expected, sent.Message.Broadcast));
    }

    [Fact]
    public void Acquisition_FromStartToBound_ReadsLikeTheRfc()
    {
        MachineBench bench = new MachineBench(settings => settings with { ConflictDetection = ConflictDetection.Fast }).Start();
        bench.After(0.01).Take(Fixture.Offer(bench.Last.Xid, Fixture.A));
        bench.After(0.01).Take(Fixture.Ack(bench.Last.Xid, Fixture.A));
        bench.After(0.21).GatewayAnswers().After(3);
        bench.Step(new Dhcp4Input.Command(DhcpCommand.Release)).After(1);
        Snapshot.Matches(bench.Transcript.ToString());
    }

    private static void AssertGaps(EntropySource entropy, double[] gaps)
    {
        double[] times = new MachineBench(entropy: entropy).Start().Run(400).Times;
        Close.To(gaps, [.. times.Skip(1).Zip(times, (later, earlier) => later - earlier).Take(gaps.Length)]);
    }

    private static IEnumerable<uint> XidsOf(MachineBench bench, Dhcp4RequestKind kind) =>
        bench.Sent.Where(sent => sent.Message.RequestKind == kind).Select(sent => sent.Xid).Distinct();
}
