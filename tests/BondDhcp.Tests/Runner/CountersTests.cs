using BondDhcp.Dhcp.Wire;
using BondDhcp.Host.Runner;
using BondDhcp.Net;
using Xunit;

namespace BondDhcp.Tests.Runner;

public sealed class CountersTests
{
    [Fact]
    public void Drops_OfOneReason_AreToldOnceInTenSeconds()
    {
        var drops = new DropCounters<Dhcp4DropReason>();
        Instant start = Instant.FromSeconds(100);
        Assert.True(drops.Count(Dhcp4DropReason.Xid, start));
        Assert.False(drops.Count(Dhcp4DropReason.Xid, start + DropCounters<Dhcp4DropReason>.ReportInterval - TimeSpan.FromTicks(1)));
        Assert.True(drops.Count(Dhcp4DropReason.Chaddr, start));
        Assert.True(drops.Count(Dhcp4DropReason.Xid, start + DropCounters<Dhcp4DropReason>.ReportInterval));
        Assert.Equal(
            [new KeyValuePair<string, long>("xid", 3), new KeyValuePair<string, long>("chaddr", 1)], drops.Seen);
    }

    [Fact]
    public void Faults_ThreeWithinAMinute_SetTheLeaseAside()
    {
        var faults = new FaultHistory();
        Instant start = Instant.FromSeconds(100);
        Assert.Equal((false, false, true), (Note(0), Note(30), Note(59)));
        // The first of them is a minute old: these are three again.
        Assert.True(Note(60));
        Assert.False(Note(300));

        bool Note(double seconds)
        {
            faults.Note(start + TimeSpan.FromSeconds(seconds), out bool setLeaseAside);
            return setLeaseAside;
        }
    }

    [Fact]
    public void Faults_OneAfterAnother_WaitLongerAndNeverMoreThanHalfAMinute()
    {
        var faults = new FaultHistory();
        TimeSpan[] delays = [.. Enumerable.Range(0, 12).Select(_ => faults.Note(Instant.FromSeconds(1), out bool _))];
        Assert.Equal(delays.Order(), delays);
        Assert.Equal((TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(30)), (delays[0], delays[^1]));
    }
}
