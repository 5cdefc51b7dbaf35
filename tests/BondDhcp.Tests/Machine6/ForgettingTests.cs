using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Client6;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Machine6;

/// <summary>What is ours no longer is asked for nowhere again, whichever server's lease it is remembered with.</summary>
public class ForgettingTests
{
    // Bound by Server, then extended by Server2: one lease of each is remembered.
    private static Machine6Bench Rebound(bool prefix = false)
    {
        Machine6Bench bench = prefix ? Machine6Bench.WithPrefix() : new Machine6Bench().Bind();
        Reply6Message reply = Fixture6.Reply(Fixture6.Server2);
        if (prefix) reply = reply.IaPd(300, 480, (Fixture6.P, 600, 900));
        bench.Step(new Dhcp6Input.Command(DhcpCommand.Rebind)).Take(reply).Forget();
        Assert.Equal([Fixture6.Server2, Fixture6.Server], bench.Stored.Leases.Select(lease => lease.ServerIdentifier));
        return bench;
    }

    private static void AssertForgotten(Machine6Bench bench) => Assert.DoesNotContain(
        bench.Stored.Leases, lease => lease.Holds(Fixture6.L) || lease.Holds(Fixture6.P) || lease.IsEmpty);

    [Theory(DisplayName = "18.2.7 released to the server that extended it last: the lease of the one before goes too, and acquire begins with SOLICIT")]
    [InlineData(false)]
    [InlineData(true)]
    public void Release_ForgetsTheSameOfEarlierServers(bool prefix)
    {
        Machine6Bench bench = Rebound(prefix).Step(new Dhcp6Input.Command(DhcpCommand.Release));
        Assert.Empty(bench.Stored.Leases);
        bench.Take(Fixture6.Empty(Fixture6.Server2)).Step(new Dhcp6Input.Command(DhcpCommand.Acquire));
        Assert.Equal(("soliciting", Dhcp6MessageType.Solicit), (bench.State, bench.Last.Type));
        Assert.Empty(Assert.Single(bench.Last.Message.IaNas).Addresses);
    }

    [Fact]
    public void Release_KeepsWhatAnotherNetworkGaveBeside()
    {
        Dhcp6Lease elsewhere = Fixture6.Lease(address: Fixture6.L3, prefix: Fixture6.P, server: Fixture6.Server3) with { GatewayMac = Fixture.GatewayMac };
        Machine6Bench bench = new Machine6Bench(settings => settings with { PrefixLengthHint = 56 });
        bench.Start(Fixture6.Memory(Fixture6.Lease(prefix: Fixture6.P), elsewhere), present: true).Step(new Dhcp6Input.Command(DhcpCommand.Release));
        Dhcp6Lease left = Assert.Single(bench.Stored.Leases);
        Assert.True(left.Holds(Fixture6.L3) && left.Prefixes.IsEmpty);
    }

    [Fact]
    public void Release_LeavesTheSameAddressOfAnotherNetworkAlone()
    {
        Dhcp6Lease here = Fixture6.Lease() with { GatewayMac = Fixture.GatewayMac }, there = Fixture6.Lease(server: Fixture6.Server3) with { GatewayMac = Fixture.Stranger };
        Machine6Bench bench = new Machine6Bench().Start(Fixture6.Memory(here, there), present: true).Step(new Dhcp6Input.Command(DhcpCommand.Release));
        Assert.Equal(Fixture6.Server3, Assert.Single(bench.Stored.Leases).ServerIdentifier);
    }

    [Fact(DisplayName = "18.2.8 declined: no lease of another server brings it back")]
    public void Decline_ForgetsTheSameOfEarlierServers()
    {
        Machine6Bench bench = Rebound().Step(new Dhcp6Input.AddressDuplicate(Fixture6.L));
        Assert.Empty(bench.Stored.Leases);
        bench.Take(Fixture6.Empty(Fixture6.Server2)).After(60);
        Assert.Equal("soliciting", bench.State);
        bench = Rebound(prefix: true).Step(new Dhcp6Input.AddressDuplicate(Fixture6.L));
        Assert.DoesNotContain(bench.Stored.Leases, lease => lease.Holds(Fixture6.L));
        Assert.All(bench.Stored.Leases, lease => Assert.True(lease.Holds(Fixture6.P)));
    }

    [Fact(DisplayName = "18.2.10.1 a lifetime of 0 in the REPLY of another server: forgotten of the server that granted it, too")]
    public void LifetimeZero_ForgetsTheSameOfEarlierServers()
    {
        Machine6Bench bench = Machine6Bench.WithPrefix().Step(new Dhcp6Input.Command(DhcpCommand.Rebind));
        bench.Take(Renumbered());
        Assert.True(bench.Configured.SetEquals([new Ipv6Prefix(Fixture6.L3, 128), Fixture6.P2]));
        AssertForgotten(bench);
        bench.Step(new Dhcp6Input.Command(DhcpCommand.Release)).Take(Fixture6.Empty(Fixture6.Server2));
        Assert.Empty(bench.Stored.Leases);
    }

    [Fact(DisplayName = "18.2.10.1 the same of a stored lease that is not in force")]
    public void LifetimeZero_OfAStoredLease_IsForgotten()
    {
        Machine6Bench bench = new Machine6Bench(settings => settings with { PrefixLengthHint = 56 });
        bench.Start(Fixture6.Memory(Fixture6.Lease(prefix: Fixture6.P))).After(1);
        Assert.Equal(Dhcp6MessageType.Rebind, bench.Last.Type);
        bench.Take(Renumbered());
        Assert.Equal(Fixture6.Server2, Assert.Single(bench.Stored.Leases).ServerIdentifier);
        AssertForgotten(bench);
    }

    private static Reply6Message Renumbered() => Fixture6.Empty(Fixture6.Server2)
        .IaNa(300, 480, (Fixture6.L, 0, 0), (Fixture6.L3, 600, 900))
        .IaPd(300, 480, (Fixture6.P, 0, 0), (Fixture6.P2, 600, 900));
}
