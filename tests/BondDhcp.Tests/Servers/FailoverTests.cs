using BondDhcp.Tests.Beds;
using Xunit;
using Xunit.Abstractions;

namespace BondDhcp.Tests.Servers;

/// <summary>A MAC change in every state but BOUND (that is <see cref="TwelveConfigurationsTests"/>), the same on every server.</summary>
public abstract class FailoverTests(ServerConfiguration configuration, ITestOutputHelper output)
{
    [Fact(DisplayName = "AM-1 MAC change in SELECTING: DISCOVER at once from the new MAC with a new xid; the late OFFER is not taken")]
    public async Task MacChange_WhileSelecting_StartsOver()
    {
        await using Scene scene = await Scene.SetAsync(output, configuration);
        scene.Server.Pause();
        scene.Client.Start();
        TracedFrame old = await scene.Trace.WaitForDhcpAsync("DISCOVER", Scene.Patience);
        int mark = scene.Trace.Mark;
        DateTime changedAt = await FailOverAsync(scene);

        TracedFrame discover = await scene.Trace.WaitForDhcpAsync("DISCOVER", Scene.Patience, mark);
        // 100 ms and what a loaded machine adds in namespaces; the event is read later than it happens.
        Assert.InRange((discover.At - changedAt).TotalMilliseconds, -100, 400);
        Assert.Equal((NetworkBed.MacB, NetworkBed.MacB), (discover.SourceMac, discover.Dhcp!.Chaddr));
        Assert.Equal((old.Dhcp!.ClientId, true), (discover.Dhcp.ClientId, discover.Dhcp.Broadcast));
        Assert.NotEqual(old.Dhcp.Xid, discover.Dhcp.Xid);
        scene.Server.Resume();
        await scene.BoundAsync();
        Assert.All(scene.Trace.Dhcp("REQUEST"), f => Assert.Equal((discover.Dhcp.Xid, NetworkBed.MacB), (f.Dhcp!.Xid, f.Dhcp.Chaddr)));
        scene.AssertNothingGivenBack();
    }

    [Fact(DisplayName = "AM-5 MAC change in REQUESTING: DISCOVER at once with option 50, new xid, from the new MAC")]
    public async Task MacChange_WhileRequesting_AsksAgainForTheAddress()
    {
        const byte ack = 5;
        await using Scene scene = await Scene.SetAsync(output, configuration);
        scene.Bed.LoseFromServer(ack);
        scene.Client.Start();
        TracedDhcp request = (await scene.Trace.WaitForDhcpAsync("REQUEST", Scene.Patience)).Dhcp!;
        await scene.Client.WaitForStateAsync("requesting", Scene.Patience);
        scene.Bed.LoseNothing();
        int mark = scene.Trace.Mark;
        await FailOverAsync(scene);

        TracedDhcp discover = (await scene.Trace.WaitForDhcpAsync("DISCOVER", Scene.Patience, mark)).Dhcp!;
        Assert.Equal((NetworkBed.MacB, request.RequestedAddress), (discover.Chaddr, discover.RequestedAddress));
        Assert.NotEqual(request.Xid, discover.Xid);
        await scene.BoundAsync();
        scene.AssertNothingGivenBack();
    }

    [Fact(DisplayName = "MAC change in RENEWING: announced, verified, same address, never without it")]
    public Task MacChange_WhileRenewing_KeepsTheAddress() => ChangeWhileExtendingAsync("renew", "renewing");

    [Fact(DisplayName = "MAC change in REBINDING: announced, verified, same address, never without it")]
    public Task MacChange_WhileRebinding_KeepsTheAddress() => ChangeWhileExtendingAsync("rebind", "rebinding");

    [Fact(DisplayName = "MAC change in REBOOTING: verified with the stored lease, same address")]
    public async Task MacChange_WhileRebooting_KeepsTheAddress()
    {
        await using Scene scene = await Scene.BindAsync(output, configuration);
        string address = scene.Address;
        await scene.Client.KillAsync();
        scene.Bed.Client.Ip($"address flush dev {NetworkBed.ClientInterface}");
        scene.Server.Pause();
        int mark = scene.Trace.Mark;
        scene.Client.Start();
        await scene.Trace.WaitForDhcpAsync("REQUEST", Scene.Patience, mark);
        await scene.Client.WaitForStateAsync("rebooting", Scene.Patience);
        await FailOverAsync(scene);
        scene.Server.Resume();
        await scene.BoundAsync();
        Assert.Equal(address, scene.Address);
        scene.AssertNothingGivenBack();
    }

    private async Task ChangeWhileExtendingAsync(string command, string state)
    {
        await using Scene scene = await Scene.BindAsync(output, configuration);
        string address = scene.Address;
        await scene.SettledAsync();
        scene.Server.Pause();
        ProgramResult timedOut = await scene.Client.CommandAsync(command, NetworkBed.ClientInterface, "--timeout", "1");
        Assert.Equal(4, timedOut.ExitCode);
        await scene.Client.WaitForStateAsync(state, Scene.Patience);
        int mark = scene.Trace.Mark;
        DateTime changed = await FailOverAsync(scene);
        // What goes on being asked from the old one until then is not the answer to the change.
        TracedFrame request = await scene.Trace.WaitForDhcpAsync("REQUEST", Scene.Patience, mark, r => r.Chaddr == NetworkBed.MacB);
        scene.Server.Resume();
        await scene.Trace.WaitForDhcpAsync("ACK", Scene.Patience, mark, ack => ack.Yiaddr == address);
        await scene.BoundAsync();
        Assert.Equal(address, scene.Address);
        Assert.Equal(NetworkBed.MacB, request.SourceMac);
        await scene.SettledAsync(mark);
        Assert.DoesNotContain(scene.Trace.Frames, f => f.At > changed && f.SourceMac == NetworkBed.MacA);
        scene.AssertNoDeletion();
        scene.AssertNothingGivenBack();
    }

    /// <summary>Changes c0's MAC to B and returns when the kernel said so.</summary>
    private static async Task<DateTime> FailOverAsync(Scene scene)
    {
        int events = scene.Events.All.Count;
        scene.Bed.FailOver();
        return (await scene.Events.WaitForAsync(e => e.Text.Contains(NetworkBed.MacB, StringComparison.Ordinal), Scene.Patience, "the new MAC", events)).At;
    }
}

public sealed class DnsmasqFailoverTests(ITestOutputHelper output) : FailoverTests(ServerConfiguration.DnsmasqDefault, output);

public sealed class IscFailoverTests(ITestOutputHelper output) : FailoverTests(ServerConfiguration.IscDefault, output);

public sealed class KeaFailoverTests(ITestOutputHelper output) : FailoverTests(ServerConfiguration.KeaDefault, output);

public sealed class KeaByChaddrFailoverTests(ITestOutputHelper output) : FailoverTests(ServerConfiguration.KeaMatchClientIdFalse, output);

public sealed class UdhcpdFailoverTests(ITestOutputHelper output) : FailoverTests(ServerConfiguration.UdhcpdDefault, output);
