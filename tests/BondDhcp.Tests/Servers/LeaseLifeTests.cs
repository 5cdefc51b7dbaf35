using System.Text.Json;
using BondDhcp.Tests.Beds;
using Xunit;
using Xunit.Abstractions;

namespace BondDhcp.Tests.Servers;

/// <summary>The life of a lease without any change of the path, the same on every server.</summary>
public abstract class LeaseLifeTests(ServerConfiguration configuration, ITestOutputHelper output)
{
    private const string Broadcast = "255.255.255.255";

    [Fact(DisplayName = "Lease: DISCOVER, OFFER, REQUEST, ACK; address with its lifetime, default route, lease --json")]
    public async Task Start_WithoutLease_IsBound()
    {
        await using Scene scene = await Scene.SetAsync(output, configuration, new ServerPlan { LeaseSeconds = 300 });
        scene.Client.Start();
        JsonElement lease = await scene.BoundAsync();

        Assert.Equal(["DISCOVER", "OFFER", "REQUEST", "ACK"], scene.Trace.Dhcp().Select(f => f.Dhcp!.Message));
        TracedDhcp request = scene.Trace.Dhcp("REQUEST")[0].Dhcp!;
        Assert.Equal((scene.Address, ServerPlan.DefaultAddress, "0.0.0.0"), (request.RequestedAddress, request.ServerIdentifier, request.Ciaddr));
        Assert.Equal(scene.Trace.Dhcp("DISCOVER")[0].Dhcp!.ClientId, request.ClientId);

        Assert.Equal(ServerPlan.DefaultAddress, lease.GetProperty("server").GetString());
        Assert.Equal(300, lease.GetProperty("leaseSeconds").GetInt32());
        Assert.Equal(NetworkBed.MacA, lease.GetProperty("chaddr").GetString());
        Assert.Equal(ServerPlan.DefaultRouter, lease.GetProperty("routers")[0].GetString());
        string address = scene.Bed.Client.Ip($"-4 -o address show dev {NetworkBed.ClientInterface}");
        Assert.Matches("valid_lft (29[0-9]|300)sec", address);
        Assert.Contains($"via {ServerPlan.DefaultRouter} dev {NetworkBed.ClientInterface} proto dhcp", scene.Bed.Client.Ip("route show default"), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A4-10 Renewal: unicast from the address to the server, ciaddr, neither 50 nor 54, flags 0")]
    public async Task Renew_WhileBound_ExtendsByUnicast()
    {
        await using Scene scene = await Scene.BindAsync(output, configuration);
        int mark = scene.Trace.Mark;
        await scene.Client.MustAsync("renew", NetworkBed.ClientInterface, "--timeout", "5");

        TracedFrame request = await scene.Trace.WaitForDhcpAsync("REQUEST", Scene.Patience, mark);
        TracedDhcp dhcp = request.Dhcp!;
        Assert.Equal((scene.Address, ServerPlan.DefaultAddress), (dhcp.Source, dhcp.Destination));
        Assert.Equal((scene.Address, null, null, false), (dhcp.Ciaddr, dhcp.RequestedAddress, dhcp.ServerIdentifier, dhcp.Broadcast));
        Assert.Equal(NetworkBed.ServerMac, request.DestinationMac);
        await scene.Trace.WaitForDhcpAsync("ACK", Scene.Patience, mark);
        await scene.BoundAsync();
        scene.AssertNoDeletion();
    }

    [Fact(DisplayName = "A4-11 Rebinding after the server's death: broadcast, ciaddr, neither 50 nor 54; the second server is adopted")]
    public async Task Rebind_AfterTheServersDeath_AdoptsTheSecond()
    {
        const string second = "192.0.2.2";
        await using Scene scene = await Scene.BindAsync(output, configuration, new ServerPlan { Authoritative = true });
        string address = scene.Address;
        await scene.Server.SucceedAsync(second);
        int mark = scene.Trace.Mark;
        await scene.Client.MustAsync("rebind", NetworkBed.ClientInterface, "--timeout", "5");

        TracedDhcp request = (await scene.Trace.WaitForDhcpAsync("REQUEST", Scene.Patience, mark)).Dhcp!;
        Assert.Equal((address, Broadcast, address), (request.Source, request.Destination, request.Ciaddr));
        Assert.Equal((null, null), (request.RequestedAddress, request.ServerIdentifier));
        JsonElement lease = await scene.BoundAsync();
        Assert.Equal((address, second), (scene.Address, lease.GetProperty("server").GetString()));
        mark = scene.Trace.Mark;
        await scene.Client.MustAsync("renew", NetworkBed.ClientInterface, "--timeout", "5");
        Assert.Equal(second, (await scene.Trace.WaitForDhcpAsync("REQUEST", Scene.Patience, mark, again => again.Xid != request.Xid)).Dhcp!.Destination);
        scene.AssertNoDeletion();
    }

    [Fact(DisplayName = "A4-8 INIT-REBOOT after kill -9 and start: the lease goes on, its address never left")]
    public async Task Restart_AfterKill_ConfirmsTheLease()
    {
        await using Scene scene = await Scene.BindAsync(output, configuration);
        string address = scene.Address;
        int mark = scene.Trace.Mark;
        await scene.Client.KillAndStartAsync();
        await AssertConfirmedAsync(scene, address, mark);
        scene.AssertNoDeletion();
    }

    [Fact(DisplayName = "A4-8 INIT-REBOOT with a stored lease whose address is gone, as after a reboot")]
    public async Task Restart_WithTheAddressGone_ConfirmsTheLease()
    {
        await using Scene scene = await Scene.BindAsync(output, configuration);
        string address = scene.Address;
        int mark = scene.Trace.Mark;
        await scene.Client.KillAndStartAsync(() => scene.Bed.Client.Ip($"address flush dev {NetworkBed.ClientInterface}"));
        await AssertConfirmedAsync(scene, address, mark);
    }

    [Fact(DisplayName = "A4-46 NAK after the pool moved: the address goes, another is acquired at once")]
    public async Task Restart_AfterThePoolMoved_TakesTheNakAndAcquires()
    {
        await using Scene scene = await Scene.BindAsync(output, configuration, new ServerPlan { Authoritative = true });
        string address = scene.Address;
        int mark = scene.Trace.Mark;
        await scene.Client.KillAsync();
        await scene.Server.MovePoolAsync("192.0.2.200", "192.0.2.220");
        scene.Client.Start();

        TracedFrame nak = await scene.Trace.WaitForDhcpAsync("NAK", Scene.Patience, mark);
        TracedFrame discover = await scene.Trace.WaitForDhcpAsync("DISCOVER", Scene.Patience, mark);
        Assert.InRange((discover.At - nak.At).TotalMilliseconds, 0, 300);
        await scene.Trace.WaitForDhcpAsync("ACK", Scene.Patience, mark);
        await scene.BoundAsync();
        Assert.NotEqual(address, scene.Address);
        Assert.StartsWith("192.0.2.2", scene.Address, StringComparison.Ordinal);
        Assert.Contains(scene.Events.Addresses(NetworkBed.ClientInterface), e => e.Deleted && e.Address == $"{address}/24");
    }

    [Fact(DisplayName = "A4-12 DECLINE on a squatter: once, from 0.0.0.0, and the address is never used")]
    public async Task Offer_OfASquattersAddress_IsDeclined()
    {
        const string squatted = "192.0.2.50";
        ServerPlan plan = new() { PoolFirst = squatted, PoolLast = squatted };
        await using Scene scene = await Scene.SetAsync(output, configuration, plan, "conflict-detection = \"fast\"", segment: true);
        scene.Bed.Other!.Ip($"address add {squatted}/24 dev o0");
        scene.Client.Start();

        TracedDhcp decline = (await scene.Trace.WaitForDhcpAsync("DECLINE", Scene.Patience)).Dhcp!;
        Assert.Equal(("0.0.0.0", Broadcast, "0.0.0.0"), (decline.Source, decline.Destination, decline.Ciaddr));
        Assert.Equal((squatted, ServerPlan.DefaultAddress), (decline.RequestedAddress, decline.ServerIdentifier));
        Assert.NotNull(decline.ClientId);
        Assert.DoesNotContain(decline.Options.Keys, code => code is 51 or 55 or 57 or 12);
        await scene.Client.WaitForStateAsync("declineWait", Scene.Patience);
        Assert.Single(scene.Trace.Dhcp("DECLINE"));
        Assert.Empty(scene.Events.Addresses(NetworkBed.ClientInterface));
        Assert.NotEmpty(await scene.TimelineAsync("conflict"));
    }

    private static async Task AssertConfirmedAsync(Scene scene, string address, int mark)
    {
        TracedDhcp request = (await scene.Trace.WaitForDhcpAsync("REQUEST", Scene.Patience, mark)).Dhcp!;
        Assert.Equal((Broadcast, "0.0.0.0", address, null), (request.Destination, request.Ciaddr, request.RequestedAddress, request.ServerIdentifier));
        await scene.Trace.WaitForDhcpAsync("ACK", Scene.Patience, mark);
        await scene.BoundAsync();
        Assert.Equal(address, scene.Address);
        Assert.Empty(scene.Trace.Dhcp("DISCOVER", mark));
    }
}

public sealed class DnsmasqLeaseLifeTests(ITestOutputHelper output) : LeaseLifeTests(ServerConfiguration.DnsmasqDefault, output);

public sealed class IscLeaseLifeTests(ITestOutputHelper output) : LeaseLifeTests(ServerConfiguration.IscDefault, output);

public sealed class KeaLeaseLifeTests(ITestOutputHelper output) : LeaseLifeTests(ServerConfiguration.KeaDefault, output);

public sealed class KeaByChaddrLeaseLifeTests(ITestOutputHelper output) : LeaseLifeTests(ServerConfiguration.KeaMatchClientIdFalse, output);

public sealed class UdhcpdLeaseLifeTests(ITestOutputHelper output) : LeaseLifeTests(ServerConfiguration.UdhcpdDefault, output);
