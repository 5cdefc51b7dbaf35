using BondDhcp.Dhcp.Wire;
using BondDhcp.Host.Runner;
using BondDhcp.Net;
using Xunit;

namespace BondDhcp.Tests.Metrics;

public sealed class CounterTests
{
    private const string A = "192.0.2.50", B = "192.0.2.51";

    private static Instant At(double seconds) => Instant.Zero + TimeSpan.FromSeconds(seconds);

    [Fact]
    public void Failover_VerifiedWithTheAddress_IsSurvived()
    {
        FailoverCounter counter = new();
        counter.Begin(A);
        counter.Step(A, isVerifying: false, isUsable: true); // a flapping path: verified later
        Assert.True(counter.IsOpen);
        counter.Step(A, isVerifying: true, isUsable: true);
        counter.Step(A, isVerifying: false, isUsable: false); // the carrier went meanwhile
        Assert.Equal((0, 0, true), (counter.Survived, counter.Lost, counter.IsOpen));
        counter.Step(A, isVerifying: false, isUsable: true);
        counter.Step(null, isVerifying: false, isUsable: true); // later, and for another reason
        Assert.Equal((1, 0, false), (counter.Survived, counter.Lost, counter.IsOpen));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(B)]
    public void Failover_WithAnotherAddressOrNone_IsLost(string? after)
    {
        FailoverCounter counter = new();
        counter.Begin(A);
        counter.Step(A, isVerifying: true, isUsable: true);
        counter.Step(after, isVerifying: false, isUsable: true);
        Assert.Equal((0, 1, false), (counter.Survived, counter.Lost, counter.IsOpen));
    }

    [Fact]
    public void Failover_AndAnotherBeforeItIsKnown_IsOne()
    {
        FailoverCounter counter = new();
        counter.Begin(A);
        counter.Step(A, isVerifying: true, isUsable: true);
        counter.Begin(A);
        counter.Step(A, isVerifying: false, isUsable: true);
        Assert.Equal((1, 0), (counter.Survived, counter.Lost));
    }

    [Fact]
    public void Failover_WithoutALease_IsNone()
    {
        FailoverCounter counter = new();
        counter.Begin(null);
        Assert.False(counter.IsOpen);
        counter.Step(A, isVerifying: false, isUsable: true);
        Assert.Equal((0, 0), (counter.Survived, counter.Lost));
    }

    [Fact]
    public void Acquisition_InFourParts_IsMeasured()
    {
        AcquisitionClock clock = new();
        clock.Begin(At(10));
        clock.Ask(At(10.25));
        clock.Ask(At(13)); // a retransmission
        clock.Reach(AcquisitionPart.Offer, At(14));
        clock.Reach(AcquisitionPart.Offer, At(14.5)); // another server's
        clock.Reach(AcquisitionPart.Acknowledge, At(15));
        clock.End(At(15.5));
        clock.End(At(99)); // configured once more
        Assert.Equal([0.25, 3.75, 1, 0.5], Enum.GetValues<AcquisitionPart>().Select(phase => clock[phase]!.Value.TotalSeconds));
        Assert.Equal((1, 5.5), (clock.Count, clock.Total.TotalSeconds));
        Assert.Equal(1, clock.Buckets[AcquisitionClock.Bounds.IndexOf(10)]);
    }

    [Fact]
    public void Acquisition_OfAStoredLease_NeedsNoOffer()
    {
        AcquisitionClock clock = new();
        clock.Ask(At(1));
        clock.Reach(AcquisitionPart.Acknowledge, At(1.002));
        clock.End(At(1.003));
        Assert.Null(clock[AcquisitionPart.Offer]);
        Assert.Equal(1, clock.Buckets[0]);
    }

    [Fact]
    public void Acquisition_ThatIsGivenUpOrNeverAsked_CountsAsNone()
    {
        AcquisitionClock clock = new();
        clock.Begin(At(1));
        clock.End(At(2)); // the address was there already
        clock.Ask(At(3));
        clock.Stop();
        clock.End(At(4));
        Assert.Equal(0, clock.Count);
    }

    [Fact]
    public void Acquisition_LongerThanEveryBound_IsInTheLastBucket()
    {
        AcquisitionClock clock = new();
        clock.Ask(At(1));
        clock.End(At(1000));
        Assert.Equal(1, clock.Buckets[^1]);
    }

    [Fact]
    public void Messages_OfTheTypeAndTransactionOfTheOneBefore_AreRetransmissions()
    {
        ClientCounters counters = new();
        counters.NoteSent((byte)Dhcp4MessageType.Discover, 7, taken: true);
        counters.NoteSent((byte)Dhcp4MessageType.Discover, 7, taken: true);
        counters.NoteSent((byte)Dhcp4MessageType.Request, 7, taken: true);
        counters.NoteSent((byte)Dhcp4MessageType.Request, 8, taken: false);
        counters.NoteSent(255, 9, taken: true);
        Assert.Equal((1, 1), (counters.Retransmissions, counters.SendErrors));
        Assert.Equal((2, 1, 1), (counters.Sent[1], counters.Sent[3], counters.Sent[0]));
    }

    [Fact]
    public void Servers_HeardAreCountedOnceAndWithinALimit()
    {
        SeenServers servers = new();
        servers.Note([]);
        servers.Note(new byte[1000]);
        servers.Note([192, 0, 2, 1]);
        servers.Note([192, 0, 2, 1]);
        servers.Note([192, 0, 2, 2]);
        Assert.Equal((2, 1, 2), (servers.Count, servers.CountOthers([192, 0, 2, 1]), servers.CountOthers([])));
        for (byte i = 0; i < 100; i++) servers.Note([10, 0, 0, i]);
        Assert.Equal(SeenServers.MaxServers, servers.Count);
    }
}
