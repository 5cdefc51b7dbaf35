using BondDhcp.Dhcp.Client;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Machine;

/// <summary>What another program takes away.</summary>
public sealed class RestoreTests
{
    [Fact]
    public void AddressRemoved_ByAnotherProgram_IsPutBackThreeTimes()
    {
        MachineBench bench = new MachineBench().Bind();
        for (int i = 0; i < 3; i++)
        {
            bench.Step(new Dhcp4Input.AddressRemoved()).After(10.001);
            Assert.Equal(i + 1, bench.Effects.OfType<Dhcp4Effect.Configure>().Count());
        }
        bench.Step(new Dhcp4Input.AddressRemoved());
        Assert.Null(bench.Configured);
        Assert.Single(bench.Told("leaseLost"));
        Assert.Equal(3, bench.After(100).Effects.OfType<Dhcp4Effect.Configure>().Count());
    }

    [Fact]
    public void AddressRemoved_AllTheTime_IsPutBackOnceIn10Seconds()
    {
        MachineBench bench = new MachineBench().Bind();
        for (int i = 0; i < 9; i++) bench.Step(new Dhcp4Input.AddressRemoved()).After(1);
        Assert.Single(bench.Effects.OfType<Dhcp4Effect.Configure>());
    }

    [Fact(DisplayName = "AT-5 flushed again while it was put back: once more after half a second, then once in 10 s; status says when")]
    public void AddressRemoved_AsSoonAsItIsBack_IsPutBackOnceMoreSoon()
    {
        MachineBench bench = new MachineBench().Bind();
        bench.Step(new Dhcp4Input.AddressRemoved()).After(0.001).Step(new Dhcp4Input.AddressRemoved());
        Assert.Single(bench.Effects.OfType<Dhcp4Effect.Configure>());
        Assert.Equal("192.0.2.50/24 was removed by another program; put back in 1 s", bench.Client.WhyAt(bench.Now));
        bench.After(0.498);
        Assert.Single(bench.Effects.OfType<Dhcp4Effect.Configure>());
        bench.After(0.002);
        Assert.Equal(2, bench.Effects.OfType<Dhcp4Effect.Configure>().Count());
        Assert.Null(bench.Client.WhyAt(bench.Now));

        bench.Step(new Dhcp4Input.AddressRemoved());
        Assert.Equal("192.0.2.50/24 was removed by another program; put back in 10 s", bench.Client.WhyAt(bench.Now));
        bench.After(9.4);
        Assert.Equal(2, bench.Effects.OfType<Dhcp4Effect.Configure>().Count());
        bench.After(0.2);
        Assert.Equal(3, bench.Effects.OfType<Dhcp4Effect.Configure>().Count());
    }

    [Fact]
    public void Renewal_ThatPutsItBack_IsTheEndOfIt()
    {
        MachineBench bench = new MachineBench().Bind();
        bench.Step(new Dhcp4Input.AddressRemoved()).After(1).Step(new Dhcp4Input.AddressRemoved());
        Assert.Equal("192.0.2.50/24 was removed by another program; put back in 9 s", bench.Client.WhyAt(bench.Now));
        bench.Step(new Dhcp4Input.Command(DhcpCommand.Renew)).Take(Fixture.Ack(bench.Last.Xid, bench.Mac));
        Assert.Null(bench.Client.WhyAt(bench.Now));
        int configured = bench.Effects.OfType<Dhcp4Effect.Configure>().Count();
        bench.After(100);
        Assert.Equal(configured, bench.Effects.OfType<Dhcp4Effect.Configure>().Count());
    }

    [Fact]
    public void Renew_ThatCouldNotBeSent_BlamesNoServer()
    {
        MachineBench bench = new MachineBench().Bind();
        Assert.Null(bench.Client.WhyAt(bench.Now, "Network is unreachable"));
        bench.Step(new Dhcp4Input.Command(DhcpCommand.Renew)).After(100);
        Assert.Equal("the last message could not be sent: Network is unreachable", bench.Client.WhyAt(bench.Now, "Network is unreachable"));
        Assert.Equal(bench.Client.Why, bench.Client.WhyAt(bench.Now));
        bench.Step(new Dhcp4Input.AddressRemoved()).Step(new Dhcp4Input.AddressRemoved());
        Assert.Equal(
            "192.0.2.50/24 was removed by another program; put back in 1 s; the last message could not be sent: Network is unreachable",
            bench.Client.WhyAt(bench.Now, "Network is unreachable"));
    }

    [Fact]
    public void Restores_AreSeldomAndNotForEver()
    {
        Instant start = Instant.FromSeconds(100);
        RestoreBudget budget = default;
        List<double> at = [];
        Instant now = start;
        for (int i = 0; i < 6; i++)
        {
            Instant? next = budget.NextAt(now);
            budget = budget.Noted(now);
            if (next is not { } due) continue;
            at.Add((due - start).TotalSeconds);
            now = due + TimeSpan.FromSeconds(0.1);
        }
        Assert.Equal([0, 0.5, 10, 20], at);
        Assert.Null(budget.NextAt(now));
        Assert.NotNull(budget.NextAt(now + TimeSpan.FromSeconds(21)));
    }
}
