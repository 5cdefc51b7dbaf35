using BondDhcp.Tests.Beds;
using Xunit;
using Xunit.Abstractions;

namespace BondDhcp.Tests.Servers;

/// <summary>Where frames go and come from, as the wire shows it.</summary>
public sealed class ReceptionTests(ITestOutputHelper output)
{
    private const string C0 = NetworkBed.ClientInterface;

    [Fact(DisplayName = "A4-67 flag 0 and no address: unicast OFFER and ACK are received; bound: no ICMP port unreachable for port 68")]
    public async Task UnicastReplies_WithoutAnAddress_AreReceived()
    {
        await using Scene scene = await Scene.SetAsync(output, ServerConfiguration.IscDefault);
        scene.Bed.FilterForeignUnicast();
        scene.Client.Start();
        await scene.BoundAsync();
        foreach (string message in (string[])["OFFER", "ACK"])
        {
            TracedFrame reply = Assert.Single(scene.Trace.Dhcp(message));
            Assert.Equal((NetworkBed.MacA, scene.Address, false), (reply.DestinationMac, reply.Dhcp!.Destination, reply.Dhcp.Broadcast));
        }

        int mark = scene.Trace.Mark;
        SendTo(scene, 68);
        // Port 69 is nobody's: its refusal shows that one for port 68 would have been seen, and before it.
        SendTo(scene, 69);
        await scene.Trace.WaitForAsync(f => f.Other.Contains("protocol 1 ", StringComparison.Ordinal), Scene.Patience, "ICMP for port 69", mark);
        Assert.Single(scene.Trace.Frames.Skip(mark), f => f.Other.Contains("protocol 1 ", StringComparison.Ordinal));
    }

    [Fact(DisplayName = "AM-13 MAC change with the server's ARP cache on the old MAC: announced before the renewal, whose ACK comes to the new MAC")]
    public async Task Renewal_AfterAMacChange_IsAnsweredToTheNewMac()
    {
        await using Scene scene = await Scene.BindAsync(output, ServerConfiguration.DnsmasqDefault);
        scene.Bed.FilterForeignUnicast();
        // A renewal puts the old MAC into the server's ARP cache.
        await scene.Client.MustAsync("renew", C0, "--timeout", "5");
        Assert.Contains(NetworkBed.MacA, scene.Bed.Server.Ip("neighbour show"), StringComparison.Ordinal);
        await scene.SettledAsync();
        int mark = scene.Trace.Mark;
        scene.Bed.FailOver();
        await scene.Trace.WaitForDhcpAsync("ACK", Scene.Patience, mark);
        await scene.BoundAsync();
        int renewal = scene.Trace.Mark;
        await scene.Client.MustAsync("renew", C0, "--timeout", "5");

        TracedFrame ack = await scene.Trace.WaitForDhcpAsync("ACK", Scene.Patience, renewal);
        Assert.Equal(NetworkBed.MacB, ack.DestinationMac);
        IReadOnlyList<TracedFrame> frames = scene.Trace.Frames;
        int request = frames.ToList().FindIndex(renewal, f => f.Dhcp?.Message == "REQUEST");
        Assert.Contains(frames.Take(request).Skip(mark), f => f.Arp is { IsAnnouncement: true, SenderMac: NetworkBed.MacB });
        scene.AssertNoDeletion();
    }

    [Fact(DisplayName = "AH-10 MTU of the interface changed to 1400: the next message's option 57 is 1372")]
    public async Task MaximumMessageSize_AfterAnMtuChange_Follows()
    {
        await using Scene scene = await Scene.BindAsync(output, ServerConfiguration.DnsmasqDefault);
        Assert.Equal([5, 192], scene.Trace.Dhcp("DISCOVER")[0].Dhcp!.Options[57]);
        scene.Bed.Client.Ip($"link set {C0} mtu 1400");
        int mark = scene.Trace.Mark;
        await scene.Client.MustAsync("renew", C0, "--timeout", "5");
        Assert.Equal([5, 92], (await scene.Trace.WaitForDhcpAsync("REQUEST", Scene.Patience, mark)).Dhcp!.Options[57]);
    }

    private static void SendTo(Scene scene, int port) => scene.Bed.Server.Run("bash", "-c", $"echo x > /dev/udp/{scene.Address}/{port}");
}
