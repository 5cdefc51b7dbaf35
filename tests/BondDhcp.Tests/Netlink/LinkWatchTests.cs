using System.Diagnostics;
using System.Text.Json;
using BondDhcp.Bond.Interop;
using BondDhcp.Bond.Links;
using BondDhcp.Bond.Linux;
using BondDhcp.Net;
using BondDhcp.Net.Linux;
using BondDhcp.Tests.Linux;
using Tmds.Linux;
using Xunit;

namespace BondDhcp.Tests.Netlink;

/// <summary>Against the kernel, in a network namespace of their own; ip(8) makes the changes and is the witness.</summary>
public sealed class LinkWatchTests
{
    [Fact]
    public void Open_ReadsWhatIsThere() => PrivateNetwork.Run(() =>
    {
        PrivateNetwork.Ip("link property add dev c0 altname uplink");
        PrivateNetwork.Ip("addr add 192.0.2.9/24 brd + dev c0");
        List<LinkEvent> events = [];
        using RtnlSocket rtnl = RtnlSocket.Open();
        using LinkWatch watch = LinkWatch.Open(rtnl, events);
        Settle(watch, events);
        Assert.Equal(3, events.OfType<LinkEvent.LinkAppeared>().Count(e => e.Link.Name is "lo" or "c0" or "s0"));
        Assert.True(watch.Table.TryFind("uplink", out Link? link));
        Assert.Equal("c0", link.Name);
        Assert.Equal(MacAddress.Parse(PrivateNetwork.ClientMac), link.Mac);
        Assert.Equal((1500, "veth", true, true), (link.Mtu, link.Kind, link.Carrier, link.IsUsable));
        Assert.Equal("192.0.2.255", watch.Table.FindAddress(link.Index, Ipv4Address.Parse("192.0.2.9"))!.Broadcast.ToString());
        AssertAsIpShows(watch);
    });

    [Fact]
    public void Drain_TellsChangesInOrder() => PrivateNetwork.Run(() =>
    {
        List<LinkEvent> events = [];
        using RtnlSocket rtnl = RtnlSocket.Open();
        using LinkWatch watch = LinkWatch.Open(rtnl, events);
        events.Clear();
        PrivateNetwork.Ip("link set s0 down");
        PrivateNetwork.Ip("link set c0 down");
        PrivateNetwork.Ip("link set c0 address 02:00:00:00:0b:0b");
        PrivateNetwork.Ip("link set c0 name w0");
        PrivateNetwork.Ip("link set w0 mtu 1400");
        watch.Drain(events);
        LinkEvent.LinkChanged[] changes = [.. events.OfType<LinkEvent.LinkChanged>().Where(change => change.New.Name is "c0" or "w0")];
        int carrier = Array.FindIndex(changes, change => change.Old.Carrier && !change.New.Carrier);
        int down = Array.FindIndex(changes, change => change.Old.IsUp && !change.New.IsUp);
        int mac = Array.FindIndex(changes, change => change.New.Mac == MacAddress.Parse("02:00:00:00:0b:0b"));
        int name = Array.FindIndex(changes, change => change.New.Name == "w0");
        int mtu = Array.FindIndex(changes, change => change.New.Mtu == 1400);
        Assert.True(carrier >= 0 && carrier < down && down < mac && mac < name && name < mtu);
        events.Clear();
        PrivateNetwork.Ip("link del w0");
        watch.Drain(events);
        Assert.Equal(2, events.OfType<LinkEvent.LinkGone>().Count());
        AssertAsIpShows(watch);
    });

    [Fact]
    public void Table_KnowsWhatLiesOnWhat() => PrivateNetwork.Run(() =>
    {
        PrivateNetwork.Ip("link add br0 type bridge");
        // They are to the kernel what VLANs are, and every kernel has them.
        PrivateNetwork.Ip("link add link br0 name office type macvlan");
        PrivateNetwork.Ip("link add link c0 name other type macvlan");
        PrivateNetwork.Ip("link set other master br0");
        using RtnlSocket rtnl = RtnlSocket.Open();
        using LinkWatch watch = LinkWatch.Open(rtnl, []);
        foreach ((string upper, string lower, bool expected) in new[]
        {
            ("office", "br0", true), ("other", "c0", true), ("office", "c0", false),
            ("br0", "office", false), ("other", "br0", false), ("br0", "br0", false), ("c0", "s0", false), ("absent", "br0", false),
        })
            Assert.Equal((upper, lower, expected), (upper, lower, watch.Table.LiesOn(upper, lower)));
    });

    [Fact(DisplayName = "AH-7 (watch): an interface that is deleted and made again is another one")]
    public void Drain_OfAnInterfaceMadeAgain_GivesAnotherIndex() => PrivateNetwork.Run(() =>
    {
        List<LinkEvent> events = [];
        using RtnlSocket rtnl = RtnlSocket.Open();
        using LinkWatch watch = LinkWatch.Open(rtnl, events);
        Assert.True(watch.Table.TryFind("c0", out Link? before));
        PrivateNetwork.Ip("link del c0");
        PrivateNetwork.Ip("link add c0 type veth peer name s0");
        watch.Drain(events);
        Assert.True(watch.Table.TryFind("c0", out Link? after));
        Assert.NotEqual(before.Index, after.Index);
    });

    [Fact(DisplayName = "AH-12 (watch): an interface that moves to another namespace is gone, its addresses too")]
    public void Drain_OfAnInterfaceThatMoved_GivesGone() => PrivateNetwork.Run(() =>
    {
        List<LinkEvent> events = [];
        using RtnlSocket rtnl = RtnlSocket.Open();
        using LinkWatch watch = LinkWatch.Open(rtnl, events);
        PrivateNetwork.Ip("addr add 192.0.2.9/24 dev c0");
        watch.Drain(events);
        events.Clear();
        using var holder = Process.Start(new ProcessStartInfo("unshare", ["-n", "sh", "-c", "echo there; exec sleep 60"])
        {
            RedirectStandardOutput = true,
        })!;
        Assert.Equal("there", holder.StandardOutput.ReadLine());
        PrivateNetwork.Ip($"link set c0 netns {holder.Id}");
        holder.Kill();
        watch.Drain(events);
        Assert.Contains(events, e => e is LinkEvent.AddressRemoved);
        Assert.Contains(events, e => e is LinkEvent.LinkGone { Link.Name: "c0" });
        Assert.False(watch.Table.TryFind("c0", out _));
    });

    [Fact]
    public void Drain_OfABridgePortThatLeaves_KeepsTheLink() => PrivateNetwork.Run(() =>
    {
        List<LinkEvent> events = [];
        using RtnlSocket rtnl = RtnlSocket.Open();
        using LinkWatch watch = LinkWatch.Open(rtnl, events);
        PrivateNetwork.Ip("link add br0 type bridge");
        PrivateNetwork.Ip("link set c0 master br0");
        PrivateNetwork.Ip("link set c0 nomaster");
        watch.Drain(events);
        Assert.DoesNotContain(events, e => e is LinkEvent.LinkGone);
        Assert.Contains(events, e => e is LinkEvent.LinkChanged { New.MasterIndex: > 0 });
        AssertAsIpShows(watch);
    });

    [Fact]
    public void Drain_OfRoutes_TellsOursAndWakesForNoOthers() => PrivateNetwork.Run(() =>
    {
        List<LinkEvent> events = [];
        using RtnlSocket rtnl = RtnlSocket.Open();
        using LinkWatch watch = LinkWatch.Open(rtnl, events);
        PrivateNetwork.Ip("addr add 192.0.2.9/24 dev c0");
        Settle(watch, events);
        events.Clear();
        using EpollSet readiness = new();
        readiness.Add(watch.Descriptor, Readiness.Read, 1);
        Span<ReadyDescriptor> ready = new ReadyDescriptor[1];

        PrivateNetwork.Ip("route add 10.0.0.0/8 via 192.0.2.1 proto bgp");
        PrivateNetwork.Ip("route del 10.0.0.0/8");
        Assert.Equal(0, readiness.Wait(ready, 0));

        PrivateNetwork.Ip("route add 10.0.0.0/8 via 192.0.2.1 proto dhcp metric 7");
        PrivateNetwork.Ip("route del 10.0.0.0/8");
        Assert.Equal(1, readiness.Wait(ready, 0));
        watch.Drain(events);
        Assert.Collection(
            events,
            e => Assert.Equal(7u, Assert.IsType<LinkEvent.RouteAdded>(e).Route.Metric),
            e => Assert.Equal("10.0.0.0/8", Assert.IsType<LinkEvent.RouteRemoved>(e).Route.Destination.ToString()));
    });

    [Fact(DisplayName = "AH-4: 2000 link toggles into 4 KiB of buffer: everything read anew, the state as ip(8) shows it, said once")]
    public void Drain_AfterAnOverrun_ReadsEverythingAnew() => PrivateNetwork.Run(() =>
    {
        List<LinkEvent> events = [];
        using RtnlSocket rtnl = RtnlSocket.Open();
        using LinkWatch watch = LinkWatch.Open(rtnl, events, receiveBufferBytes: 4096);
        events.Clear();
        DirectoryInfo directory = Directory.CreateTempSubdirectory("bonddhcp-toggles-");
        try
        {
            string batch = Path.Combine(directory.FullName, "batch");
            File.WriteAllLines(batch, Enumerable.Range(0, 1000).SelectMany(i => new[] { "link set c0 down", "link set c0 up" })
                .Append("addr add 192.0.2.9/24 dev c0").Append("link set s0 down").Append("link set s0 mtu 1300"));
            PrivateNetwork.Ip($"-batch {batch}");
        }
        finally
        {
            directory.Delete(recursive: true);
        }
        for (int i = 0; i < 10; i++) watch.Drain(events);
        Assert.Single(events.OfType<LinkEvent.Resynchronised>());
        Assert.Equal(1, watch.Overruns);
        Assert.Contains(events, e => e is LinkEvent.AddressAdded);
        AssertAsIpShows(watch);
    });

    [Fact(DisplayName = "AX-10: a netlink datagram from another process is ignored")]
    public void Drain_OfAForgedEvent_IgnoresIt() => PrivateNetwork.Run(() =>
    {
        List<LinkEvent> events = [];
        using RtnlSocket rtnl = RtnlSocket.Open();
        using LinkWatch watch = LinkWatch.Open(rtnl, events);
        Settle(watch, events);
        events.Clear();
        int forged = Forge(watch.PortId, NetlinkSamples.Link(99, "evil0"));
        Assert.Equal(0, forged);
        watch.Drain(events);
        Assert.Empty(events);
        Assert.DoesNotContain(99, watch.Table.Links.Keys);
        // And what the kernel says after it is heard.
        PrivateNetwork.Ip("link set c0 mtu 1400");
        watch.Drain(events);
        Assert.NotEmpty(events);
    });

    [Fact(DisplayName = "AX-10: a forged answer to a request is ignored")]
    public void Request_WithAForgedAnswerWaiting_GetsTheKernels() => PrivateNetwork.Run(() =>
    {
        using RtnlSocket rtnl = RtnlSocket.Open();
        Assert.Equal(0, Forge(rtnl.PortId, [.. NetlinkSamples.Link(99, "evil0", 1), .. NetlinkSamples.Done(1)]));
        List<Link> links = [];
        Assert.True(rtnl.ReadLinks(links).Succeeded);
        Assert.Contains(links, link => link.Name == "c0");
        Assert.DoesNotContain(links, link => link.Name == "evil0");
    });

    [Fact(DisplayName = "AH-5 (kernel): a dump of more than one datagram holds every link")]
    public void ReadLinks_OfManyLinks_IsComplete() => PrivateNetwork.Run(() =>
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("bonddhcp-links-");
        try
        {
            string batch = Path.Combine(directory.FullName, "batch");
            File.WriteAllLines(batch, Enumerable.Range(0, 100).Select(i => $"link add v{i} type veth peer name p{i}"));
            PrivateNetwork.Ip($"-batch {batch}");
        }
        finally
        {
            directory.Delete(recursive: true);
        }
        using RtnlSocket rtnl = RtnlSocket.Open();
        List<Link> links = [];
        Assert.True(rtnl.ReadLinks(links).Succeeded);
        Assert.Equal(200, links.Count(link => link.Name[0] is 'v' or 'p'));
    });

    // A veth's operational state follows its carrier some time later, by a task of the kernel's.
    private static void Settle(LinkWatch watch, List<LinkEvent> events)
    {
        using EpollSet readiness = new();
        readiness.Add(watch.Descriptor, Readiness.Read, 1);
        Span<ReadyDescriptor> ready = new ReadyDescriptor[1];
        long end = Environment.TickCount64 + 5000;
        while (readiness.Wait(ready, 50) != 0 || watch.Table.Links.Values.Any(IsUnsettled))
        {
            Assert.True(Environment.TickCount64 < end);
            watch.Drain(events);
        }

        static bool IsUnsettled(Link link) =>
            link.Kind == "veth" && link.IsUp && link.IsUsable != link.Carrier;
    }

    private static void AssertAsIpShows(LinkWatch watch)
    {
        Settle(watch, []);
        LinkTable table = watch.Table;
        using var document = JsonDocument.Parse(PrivateNetwork.Ip("-d -j addr show"));
        JsonElement[] shown = [.. document.RootElement.EnumerateArray()];
        Assert.Equal(shown.Select(link => link.GetProperty("ifindex").GetInt32()).Order(), table.Links.Keys.Order());
        foreach (JsonElement link in shown)
        {
            Link ours = table.Links[link.GetProperty("ifindex").GetInt32()];
            Assert.Equal(link.GetProperty("ifname").GetString(), ours.Name);
            Assert.Equal(link.GetProperty("mtu").GetInt32(), ours.Mtu);
            Assert.Equal(link.GetProperty("operstate").GetString(), ours.OperationalState.ToString().ToUpperInvariant());
            string[] flags = [.. link.GetProperty("flags").EnumerateArray().Select(flag => flag.GetString()!)];
            Assert.Equal(flags.Contains("UP"), ours.IsUp);
            Assert.Equal(flags.Contains("LOWER_UP"), (ours.Flags & LinkFlags.LowerUp) != 0);
            if (link.GetProperty("link_type").GetString() == "ether")
                Assert.Equal(link.GetProperty("address").GetString(), ours.Mac.ToString());
            Assert.Equal(
                link.GetProperty("addr_info").EnumerateArray()
                    .Where(address => address.GetProperty("family").GetString() == "inet")
                    .Select(address => $"{address.GetProperty("local").GetString()}/{address.GetProperty("prefixlen").GetInt32()}").Order(),
                table.Addresses.Where(address => address.InterfaceIndex == ours.Index).Select(address => address.Prefix.ToString()).Order());
        }
    }

    // What a process with CAP_NET_ADMIN can do: send to another's netlink socket.
    private static unsafe int Forge(uint portId, byte[] datagram)
    {
        using var socket = FileDescriptor.Own(LibC.socket(LibC.AF_NETLINK, LibC.SOCK_RAW | LibC.SOCK_CLOEXEC, Rtnl.NETLINK_ROUTE), "socket");
        var address = new NetlinkSocketAddress { Family = Rtnl.AF_NETLINK, PortId = portId };
        fixed (byte* start = datagram)
        {
            long sent = LibC.sendto(socket.Number, start, datagram.Length, 0, (sockaddr*)&address, sizeof(NetlinkSocketAddress));
            return sent == datagram.Length ? 0 : LibC.errno;
        }
    }
}
