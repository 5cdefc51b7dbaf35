using BondDhcp.Bond.Addressing;
using BondDhcp.Dhcp.Client;
using BondDhcp.Host.Statics;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Static;

/// <summary>Fallback addresses as the machine decides on them.</summary>
public sealed class StaticFallbackTests
{
    private static readonly StaticAddress s_fallback = StaticAddress.Of(Ipv4Prefix.Parse("192.168.0.2/24"));

    [Fact(DisplayName = "AS-8 (machine) fallback: after 15 s without a lease, until one comes, and again 15 s after it went")]
    public void Fallback_YieldsToALease()
    {
        StaticBench bench = new StaticBench(s => s with { Addresses = [], Fallback = [s_fallback], ConflictDetection = ConflictDetection.Off }).Start();
        bench.For(14.9);
        Assert.False(bench.Has(s_fallback));
        bench.For(0.1);
        Assert.True(bench.Has(s_fallback));
        bench.Feed(new StaticInput.Lease(true));
        Assert.False(bench.Has(s_fallback));
        bench.For(1000);
        Assert.False(bench.Has(s_fallback));
        bench.Feed(new StaticInput.Lease(false));
        bench.For(14.9);
        Assert.False(bench.Has(s_fallback));
        bench.For(0.1);
        Assert.True(bench.Has(s_fallback));
    }

    [Fact(DisplayName = "AS-8 (machine) with probing before use: probed in the last 7 of the 15 s, there when they are over, announced then")]
    public void Fallback_WithTheSameCare_IsProbedInTime()
    {
        StaticBench bench = new StaticBench(s => s with { Addresses = [], Fallback = [s_fallback] }).Start();
        bench.For(14.99);
        Assert.Equal(3, bench.Probes.Count());
        Assert.InRange(bench.Probes.First(), 8, 9);
        Assert.False(bench.Has(s_fallback));
        Assert.DoesNotContain(bench.Told, one => one.Report.Event == "fallback");
        bench.For(0.01);
        Assert.True(bench.Has(s_fallback));
        Assert.Contains(bench.Told, one => one.Report.Event == "fallback");
        bench.For(3);
        Assert.Equal([15.0, 17.0], bench.Announcements);
    }

    [Fact]
    public void Fallback_ThatAnotherHostHas_IsNotUsed()
    {
        StaticBench bench = new StaticBench(s => s with { Addresses = [], Fallback = [StaticBench.Own] }).Start();
        // All three probes are sent, and the window is open until the address is called for.
        bench.For(14.9);
        bench.Claim(Fixture.Stranger);
        Assert.Contains(bench.Told, one => one.Report.Event == "conflict");
        bench.For(20);
        Assert.False(bench.Has(StaticBench.Own));
        Assert.Equal(3, bench.Probes.Count());
    }

    [Fact]
    public void Fallback_LeaseWhileProbing_EndsIt()
    {
        StaticBench bench = new StaticBench(s => s with { Addresses = [], Fallback = [s_fallback] }).Start();
        bench.For(8.9);
        Assert.Single(bench.Probes);
        bench.Feed(new StaticInput.Lease(true));
        bench.For(1000);
        Assert.Single(bench.Probes);
        Assert.False(bench.Has(s_fallback));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Fallback_WithoutACarrier_IsThereAfter15SecondsAndNotBefore(bool losesIt)
    {
        StaticBench bench = new StaticBench(s => s with { Addresses = [], Fallback = [s_fallback] }).Start(usable: losesIt);
        if (losesIt)
        {
            bench.For(9);
            bench.Feed(new StaticInput.Usable(false));
        }
        bench.For(14.9 - bench.Elapsed);
        Assert.False(bench.Has(s_fallback));
        bench.For(0.1);
        Assert.True(bench.Has(s_fallback));
        Assert.Empty(bench.Announcements);
    }

    [Fact]
    public void Fallback_LeftByAnEarlierRun_StaysUntilALease()
    {
        StaticBench bench = new StaticBench(s => s with { Addresses = [], Fallback = [s_fallback] }).Leave(s_fallback).Start();
        bench.For(30);
        Assert.True(bench.Has(s_fallback));
        Assert.Empty(bench.Probes);
        bench.Feed(new StaticInput.Lease(true));
        Assert.False(bench.Has(s_fallback));
    }
}
