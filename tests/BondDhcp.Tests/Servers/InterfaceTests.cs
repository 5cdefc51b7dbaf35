using BondDhcp.Tests.Beds;
using Xunit;
using Xunit.Abstractions;

namespace BondDhcp.Tests.Servers;

/// <summary>What may happen to the interface itself under a lease.</summary>
public sealed class InterfaceTests(ITestOutputHelper output)
{
    private const string C0 = NetworkBed.ClientInterface;
    private const string S0 = NetworkBed.ServerInterface;

    [Fact(DisplayName = "AH-9 carrier flaps 100 times: at most 2 DHCP requests a second beside the renewal asked for, and bound in the end with the same address")]
    public async Task Carrier_FlappingQuickly_SendsLittleAndEndsBound()
    {
        await using Scene scene = await Scene.BindAsync(output, ServerConfiguration.DnsmasqDefault);
        string address = scene.Address;
        int mark = scene.Trace.Mark;
        string flap = string.Concat(Enumerable.Repeat($"link set {S0} down\nlink set {S0} up\n", 100));
        scene.Bed.Server.IpBatch(flap);
        await Wait.UntilAsync(() => scene.Bed.Client.IsUp(C0), Scene.Patience, "carrier");
        // The kernel tells of carriers once a second at most: some of it, or none, is seen.
        await scene.Client.MustAsync("renew", C0);
        await scene.BoundAsync();
        Assert.Equal(address, scene.Address);
        TracedFrame[] sent = [.. scene.Trace.Dhcp(null, mark).Where(f => f.Dhcp!.Op == 1)];
        foreach (TracedFrame frame in sent)
            Assert.InRange(sent.Count(f => f.At >= frame.At && f.At < frame.At.AddSeconds(1)), 1, 3);
        scene.AssertNoDeletion();
    }

    [Fact(DisplayName = "AH-12 the interface is moved away: no crash; it comes back under another index and is bound again")]
    public async Task Interface_MovedAwayAndBack_IsBoundAgain()
    {
        await using Scene scene = await Scene.BindAsync(output, ServerConfiguration.DnsmasqDefault);
        scene.Bed.Client.Ip($"link set {C0} netns {scene.Bed.Server.HolderId}");
        Assert.NotEqual("", await scene.Client.WaitForComponentAsync("waiting", Scene.Patience));
        scene.Bed.Server.Ip($"link set {C0} netns {scene.Bed.Client.HolderId}");
        scene.Bed.Client.Ip($"link set {C0} up");
        await scene.BoundAsync();
    }

    [Fact(DisplayName = "AM-20 carrier lost and regained within 1 s: address kept, verified once")]
    public async Task Carrier_LostForAMoment_IsVerifiedOnce()
    {
        await using Scene scene = await Scene.BindAsync(output, ServerConfiguration.DnsmasqDefault);
        string address = scene.Address;
        int mark = scene.Trace.Mark;
        int events = scene.Events.All.Count;
        scene.Bed.Server.Ip($"link set {S0} down");
        await scene.Events.WaitForAsync(e => e.Text.Contains("NO-CARRIER", StringComparison.Ordinal), Scene.Patience, "the loss of carrier", events);
        Assert.Equal($"{address}/24", Assert.Single(scene.Bed.ClientAddresses()));
        scene.Bed.Server.Ip($"link set {S0} up");
        await scene.Trace.WaitForDhcpAsync("ACK", Scene.Patience, mark);
        await scene.BoundAsync();
        Assert.Equal(address, scene.Address);
        TracedFrame request = Assert.Single(scene.Trace.Dhcp("REQUEST", mark));
        Assert.Equal(("0.0.0.0", address, null), (request.Dhcp!.Ciaddr, request.Dhcp.RequestedAddress, request.Dhcp.ServerIdentifier));
        scene.AssertNoDeletion();
    }

    [Fact(DisplayName = "Set down and up by somebody: the same address, and the routes that the kernel dropped are back")]
    public async Task Interface_SetDownAndUp_HasItsRoutesAgain()
    {
        await using Scene scene = await Scene.BindAsync(output, ServerConfiguration.DnsmasqDefault);
        string address = scene.Address;
        int mark = scene.Trace.Mark;
        scene.Bed.Client.Ip($"link set {C0} down");
        await Wait.UntilAsync(() => scene.Bed.Client.Ip("route show") == "", Scene.Patience, "the kernel to drop the routes");
        scene.Bed.Client.Ip($"link set {C0} up");
        await scene.Trace.WaitForDhcpAsync("ACK", Scene.Patience, mark);
        await scene.BoundAsync();
        Assert.Equal(address, scene.Address);
        await Wait.UntilAsync(() => scene.Bed.Client.Ip("route show default").Contains(ServerPlan.DefaultRouter, StringComparison.Ordinal), Scene.Patience, "the default route");
        scene.AssertNoDeletion();
    }

    [Fact(DisplayName = "Deleted and made anew with another index and MAC: bound again with the same identity")]
    public async Task Interface_DeletedAndMadeAnew_IsBoundAgain()
    {
        await using Scene scene = await Scene.BindAsync(output, ServerConfiguration.KeaDefault);
        string address = scene.Address;
        string? clientId = scene.Trace.Dhcp("DISCOVER")[0].Dhcp!.ClientId;
        scene.Bed.Client.Ip($"link del {C0}");
        Assert.NotEqual("", await scene.Client.WaitForComponentAsync("waiting", Scene.Patience));
        // The server's end went with it: the program must find the new one before any server is there.
        scene.Bed.Client.IpBatch($"""
            link add {C0} address {NetworkBed.MacB} type veth peer name {S0} netns {scene.Bed.Server.HolderId}
            link set {C0} up

            """);
        scene.Bed.Server.IpBatch($"""
            address add {ServerPlan.DefaultAddress}/24 broadcast + dev {S0}
            link set {S0} up

            """);
        await Wait.UntilAsync(() => scene.Bed.Server.IsUp(S0), Scene.Patience, "carrier");
        await scene.Server.RestartAsync();
        await using PacketTrace trace = await PacketTrace.StartAsync(scene.Bed.Server, S0);
        await scene.BoundAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(address, scene.Address);
        await scene.Client.MustAsync("renew", C0);
        Assert.All(trace.Dhcp("REQUEST"), f => Assert.Equal((clientId, NetworkBed.MacB), (f.Dhcp!.ClientId, f.SourceMac)));
    }

    [Fact(DisplayName = "Renamed away and back: waits, and is bound again")]
    public async Task Interface_RenamedAndBack_IsBoundAgain()
    {
        await using Scene scene = await Scene.BindAsync(output, ServerConfiguration.DnsmasqDefault);
        string address = scene.Address;
        scene.Bed.Client.IpBatch($"link set {C0} down\nlink set {C0} name other0\nlink set other0 up\n");
        Assert.NotEqual("", await scene.Client.WaitForComponentAsync("waiting", Scene.Patience));
        scene.Bed.Client.IpBatch($"link set other0 down\nlink set other0 name {C0}\nlink set {C0} up\n");
        await scene.BoundAsync();
        Assert.Equal(address, scene.Address);
    }
}
