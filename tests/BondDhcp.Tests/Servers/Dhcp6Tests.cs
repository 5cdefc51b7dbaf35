using System.Net;
using System.Text.Json;
using BondDhcp.Tests.Beds;
using Xunit;
using Xunit.Abstractions;

namespace BondDhcp.Tests.Servers;

/// <summary>DHCPv6 with real servers and routers.</summary>
public sealed class Dhcp6Tests(ITestOutputHelper output)
{
    private const string C0 = Dhcp6Scene.Interface;

    [Theory(DisplayName = "A6-55, A6-2, A6-15, A6-30, A6-47, AM-21: the full cycle with a real server")]
    [InlineData(Dhcp6ServerKind.Dnsmasq)]
    [InlineData(Dhcp6ServerKind.Kea)]
    [InlineData(Dhcp6ServerKind.Isc)]
    public async Task Cycle_WithARealServer_Succeeds(Dhcp6ServerKind kind)
    {
        await using Dhcp6Scene scene = await Dhcp6Scene.SetAsync(output.WriteLine, kind);
        JsonElement lease = await scene.BindAsync();
        string address = lease.GetProperty("addresses")[0].GetProperty("address").GetString()!;
        Assert.StartsWith("2001:db8:55::", address, StringComparison.Ordinal);
        Assert.Equal([address + "/128"], scene.Addresses());
        Assert.Equal("2001:db8:55::1", lease.GetProperty("dns")[0].GetString());
        Assert.Equal("example.org", lease.GetProperty("searchDomains")[0].GetString());
        string solicit = await scene.WaitForPacketAsync("dhcp6 solicit");
        Assert.Contains($"{NetworkBed.MacA} > 33:33:00:01:00:02", solicit, StringComparison.Ordinal);
        Assert.Matches(@"fe80::ff:fe00:a0a\.546 > ff02::1:2\.547", solicit);
        // The default route and the on-link prefix are the router's word, and nothing else is there but its own.
        string routes = scene.Bed.Client.Ip($"-6 route show dev {C0}");
        Assert.DoesNotContain("proto dhcp", routes, StringComparison.Ordinal);
        string shown = await scene.Client.MustAsync("status", C0);
        Assert.Contains($"{address}/128 (dhcp6)", shown, StringComparison.Ordinal);

        await scene.Client.MustAsync("renew", C0, "-6", "--timeout", "10");
        await scene.WaitForPacketAsync("dhcp6 renew");
        await scene.Client.MustAsync("rebind", C0, "-6", "--timeout", "10");
        await scene.WaitForPacketAsync("dhcp6 rebind");

        // A failover: neighbours learn first, then the server is asked, and answers to the new hardware address.
        int mark = scene.Mark;
        scene.Bed.FailOver();
        await scene.WaitForPacketAsync("dhcp6 confirm", mark);
        string reply = await scene.WaitForPacketAsync("dhcp6 reply", mark);
        Assert.Contains($"> {NetworkBed.MacB}", reply, StringComparison.Ordinal);
        IReadOnlyList<string> packets = scene.Packets(mark);
        int Of(string text) => packets.ToList().FindIndex(line => line.Contains(text, StringComparison.Ordinal));
        Assert.InRange(Of("neighbor advertisement"), 0, Of("dhcp6 confirm") - 1);
        Assert.InRange(Of($"tgt is {address}"), 0, Of("dhcp6 confirm") - 1);
        Assert.InRange(Of("router solicitation"), 0, Of("dhcp6 confirm") - 1);
        await scene.WaitForStateAsync("bound");
        Assert.InRange(await scene.VerifiedInAsync(), TimeSpan.Zero, Dhcp6Scene.BeforeSilence);
        Assert.Equal([address + "/128"], scene.Addresses());

        PacketTrace trace = await PacketTrace.StartAsync(scene.Bed.Server, NetworkBed.ServerInterface, "udp port 547");
        await using (trace)
        {
            await scene.Client.MustAsync("release", C0, "-6", "--timeout", "10");
            TracedFrame release = await trace.WaitForAsync(frame => frame.Dhcp6?.Message == "RELEASE", Dhcp6Scene.Patience, "RELEASE");
            Assert.Empty(scene.Addresses());
            Assert.Equal("fe80::ff:fe00:a0a", release.Dhcp6!.Source);
            Assert.Equal(ServerOf(lease), Convert.ToHexStringLower(Assert.Single(release.Dhcp6.Options, option => option.Code == 2).Value));
        }
        // The program's own record has the order: the kernel's events and the packets are seen by two other processes.
        string[] events = [.. (await scene.TimelineAsync()).Select(one => one.GetProperty("event").GetString() + (one.TryGetProperty("message", out JsonElement message) ? " " + message.GetString() : ""))];
        Assert.InRange(Array.LastIndexOf(events, "leaseReleased"), 0, Array.LastIndexOf(events, "sent RELEASE") - 1);
        await scene.WaitForStateAsync("stopped");
    }

    private static string ServerOf(JsonElement lease) => lease.GetProperty("server").GetString()!.Replace(":", "", StringComparison.Ordinal);

    [Fact(DisplayName = "Every address of the pool is another host's, beside a delegated prefix: acquire fails with the reason, and status has it")]
    public async Task Duplicate_BesideAPrefix_IsNoServersFault()
    {
        await using Dhcp6Scene scene = await Dhcp6Scene.SetAsync(output.WriteLine, Dhcp6ServerKind.Kea, "dhcp6 = true\nprefix-delegation = 56", pool: "100 100");
        scene.Bed.Server.Ip($"-6 addr add 2001:db8:55::100/128 dev {NetworkBed.ServerInterface} nodad");
        scene.Client.Start();
        ProgramResult acquired = default!;
        await Wait.UntilAsync(async () => (acquired = await scene.Client.CommandAsync("acquire", C0, "-6", "--timeout", "20")).ExitCode != 3, Dhcp6Scene.Patience, "the daemon");
        Assert.Equal((1, true), (acquired.ExitCode, acquired.Error.Contains("2001:db8:55::100 is in use by another host", StringComparison.Ordinal)));
        Assert.Contains(
            "running: every address granted is in use by another host; another one is asked for with the next renewal",
            await scene.Client.MustAsync("status"), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A router that forwards and takes no advertisements: status says that no route comes, and why, until one is there")]
    public async Task Lease_WithoutARoute_IsNamed()
    {
        await using Dhcp6Scene scene = await Dhcp6Scene.SetAsync(output.WriteLine, Dhcp6ServerKind.Kea);
        // What was heard before is gone with it, as on a router that boots.
        scene.Bed.Client.Run("sysctl", "-qw", $"net.ipv6.conf.{C0}.forwarding=1");
        await scene.BindAsync();
        string status = "";
        async Task<bool> SaysAsync(string what) => (status = await scene.Client.MustAsync("status")).Contains(what, StringComparison.Ordinal);
        const string missing = "running: there is no route beyond the link: router advertisements are not processed, because the interface forwards";
        await Wait.UntilAsync(() => SaysAsync(missing), Dhcp6Scene.Patience, missing, () => status);
        scene.Bed.Client.Ip($"-6 route add default via fe80::1 dev {C0}");
        Assert.False(await SaysAsync("no route beyond the link"), status);
        scene.Bed.Client.Ip($"-6 route del default via fe80::1 dev {C0}");
        Assert.True(await SaysAsync(missing), status);
        scene.Bed.Client.Run("sysctl", "-qw", $"net.ipv6.conf.{C0}.accept_ra=2");
        await Wait.UntilAsync(async () => !await SaysAsync("no route beyond the link"), Dhcp6Scene.Patience, "a route", () => status);
    }

    [Fact(DisplayName = "A6-47 no router: no default route and no on-link prefix of ours; status says that no route comes when one had its time, and not where a route is there")]
    public async Task Lease_WithoutARouter_IsNamed()
    {
        await using Dhcp6Scene scene = await Dhcp6Scene.SetAsync(output.WriteLine, Dhcp6ServerKind.Kea, flags: "AdvSendAdvert off;");
        await scene.BindAsync();
        string routes = scene.Bed.Client.Ip($"-6 route show dev {C0}");
        Assert.DoesNotContain("default", routes, StringComparison.Ordinal);
        Assert.DoesNotContain("2001:db8:55::/64", routes, StringComparison.Ordinal);
        string status = await scene.Client.MustAsync("status");
        Assert.DoesNotContain("no route beyond the link", status, StringComparison.Ordinal);
        const string missing = "running: no router is known, so there is no route beyond the link: DHCPv6 gives none";
        await Wait.UntilAsync(async () => (status = await scene.Client.MustAsync("status")).Contains(missing, StringComparison.Ordinal), Dhcp6Scene.Patience, missing, () => status);
        scene.Bed.Client.Ip($"-6 route add 2001:db8::/32 via fe80::1 dev {C0}");
        Assert.DoesNotContain("no route beyond the link", await scene.Client.MustAsync("status"), StringComparison.Ordinal);
    }

    [Theory(DisplayName = "AT-2 (v6): stopped, killed and started again, the address never goes, and is confirmed")]
    [InlineData("TERM")]
    [InlineData("KILL")]
    public async Task Restart_OfTheDaemon_KeepsTheAddress(string signal)
    {
        await using Dhcp6Scene scene = await Dhcp6Scene.SetAsync(output.WriteLine, Dhcp6ServerKind.Dnsmasq);
        await scene.BindAsync();
        string address = Assert.Single(scene.Addresses());
        int mark = scene.Mark;
        if (signal == "TERM") Assert.Equal(0, await scene.Client.StopAsync());
        else await scene.Client.KillAsync();
        Assert.Equal(address, Assert.Single(scene.Addresses()));
        // Without a daemon, from the state directory.
        Assert.Contains(address.Split('/')[0], await scene.Client.MustAsync("lease", C0), StringComparison.Ordinal);
        scene.Client.Start();
        await scene.WaitForPacketAsync("dhcp6 confirm", mark);
        await scene.WaitForStateAsync("bound");
        Assert.Equal(address, Assert.Single(scene.Addresses()));
        Assert.DoesNotContain(scene.Packets(mark), line => line.Contains("dhcp6 release", StringComparison.Ordinal) || line.Contains("dhcp6 solicit", StringComparison.Ordinal));
        // It is ours: a stop by a person takes it away.
        await scene.Client.MustAsync("stop", $"dhcp6@{C0}");
        Assert.Empty(scene.Addresses());
    }

    [Theory(DisplayName = "A6-42, A6-28, AM-21: a delegated prefix has an unreachable route, and is verified by REBIND")]
    [InlineData(Dhcp6ServerKind.Kea)]
    [InlineData(Dhcp6ServerKind.Isc)]
    public async Task Prefix_Delegated_HasARouteAndIsRebound(Dhcp6ServerKind kind)
    {
        await using Dhcp6Scene scene = await Dhcp6Scene.SetAsync(output.WriteLine, kind, "dhcp6 = true\nprefix-delegation = 56");
        JsonElement lease = await scene.BindAsync();
        string prefix = lease.GetProperty("prefixes")[0].GetProperty("prefix").GetString()!;
        Assert.Matches("^2001:db8:aa00:.*/56$", prefix);
        Assert.Contains($"unreachable {prefix} dev lo proto dhcp", scene.Bed.Client.Ip("-6 route show type unreachable"), StringComparison.Ordinal);
        int mark = scene.Mark;
        scene.Bed.FailOver();
        await scene.WaitForPacketAsync("dhcp6 rebind", mark);
        // The server answers to the new hardware address, of which it heard before it was asked.
        Assert.Contains($"> {NetworkBed.MacB}", await scene.WaitForPacketAsync("dhcp6 reply", mark), StringComparison.Ordinal);
        List<string> packets = [.. scene.Packets(mark)];
        Assert.InRange(
            packets.FindIndex(line => line.Contains($"{NetworkBed.MacB} > 33:33:00:00:00:01", StringComparison.Ordinal) && line.Contains("neighbor advertisement", StringComparison.Ordinal)),
            0, packets.FindIndex(line => line.Contains("dhcp6 rebind", StringComparison.Ordinal)) - 1);
        await scene.WaitForStateAsync("bound");
        Assert.InRange(await scene.VerifiedInAsync("rebinding"), TimeSpan.Zero, Dhcp6Scene.BeforeSilence);
        await scene.Client.MustAsync("stop", $"dhcp6@{C0}");
        Assert.Equal("", scene.Bed.Client.Ip("-6 route show type unreachable"));
        await scene.WaitForPacketAsync("dhcp6 release", mark);
    }

    [Fact(DisplayName = "A6-31: stateless asks for configuration alone")]
    public async Task Stateless_AsksForConfigurationAlone()
    {
        await using Dhcp6Scene scene = await Dhcp6Scene.SetAsync(output.WriteLine, Dhcp6ServerKind.Kea, "dhcp6 = \"stateless\"", "AdvOtherConfigFlag on;");
        scene.Client.Start();
        JsonElement information = await scene.WaitForStateAsync("informationBound");
        Assert.Equal("2001:db8:55::1", information.GetProperty("dns")[0].GetString());
        Assert.Empty(information.GetProperty("addresses").EnumerateArray());
        await scene.WaitForPacketAsync("dhcp6 inf-req");
        Assert.DoesNotContain(scene.Packets(), line => line.Contains("dhcp6 solicit", StringComparison.Ordinal));
        Assert.Empty(scene.Addresses());
    }

    [Theory(DisplayName = "A6-46: dhcp6 = \"auto\" does what the router says")]
    [InlineData("AdvManagedFlag on;", "bound")]
    [InlineData("AdvOtherConfigFlag on;", "informationBound")]
    [InlineData("", "waiting")]
    public async Task Auto_FollowsTheRouter(string flags, string state)
    {
        await using Dhcp6Scene scene = await Dhcp6Scene.SetAsync(output.WriteLine, Dhcp6ServerKind.Kea, "dhcp6 = \"auto\"", flags);
        scene.Client.Start();
        await scene.WaitForStateAsync(state);
        if (state == "waiting")
            await Wait.UntilAsync(
                () => scene.Client.MustAsync("status").GetAwaiter().GetResult().Contains("the router advertises no DHCPv6", StringComparison.Ordinal), Dhcp6Scene.Patience, "what the router says", scene.ToString);
        Assert.Equal(state == "bound" ? 1 : 0, scene.Addresses().Count);
    }

    [Fact(DisplayName = "A6-29: one of two addresses is another host's: it goes, DECLINE has its server and that address alone; the other one stays")]
    public async Task Address_OneOfTwo_OfAnotherHost_IsDeclinedAlone()
    {
        // dnsmasq gives an address of each range in one IA.
        const string theirs = "2001:db8:66::100";
        await using Dhcp6Scene scene = await Dhcp6Scene.SetAsync(output.WriteLine, Dhcp6ServerKind.Dnsmasq, pool: "100 100", extra: $"dhcp-range={theirs},{theirs},64,600");
        scene.Bed.Server.Ip($"address add 2001:db8:66::1/64 dev {NetworkBed.ServerInterface} nodad");
        scene.Bed.Server.Ip($"address add {theirs}/128 dev {NetworkBed.ServerInterface} nodad");
        PacketTrace trace = await PacketTrace.StartAsync(scene.Bed.Server, NetworkBed.ServerInterface, "udp port 547");
        await using (trace)
        {
            scene.Client.Start();
            TracedDhcp6 decline = (await trace.WaitForAsync(frame => frame.Dhcp6?.Message == "DECLINE", Dhcp6Scene.Patience, "DECLINE")).Dhcp6!;
            JsonElement lease = await scene.WaitForStateAsync("bound");
            Assert.Equal("2001:db8:55::100", Assert.Single(lease.GetProperty("addresses").EnumerateArray()).GetProperty("address").GetString());
            Assert.Equal(ServerOf(lease), Convert.ToHexStringLower(Assert.Single(decline.Options, option => option.Code == 2).Value));
            Assert.DoesNotContain(decline.Options, option => option.Code == 25);
            // IAID, T1 and T2; option 5 of 24 octets, and nothing behind it.
            byte[] ia = Assert.Single(decline.Options, option => option.Code == 3).Value;
            Assert.Equal((40, "00050018"), (ia.Length, Convert.ToHexStringLower(ia, 12, 4)));
            Assert.Equal(theirs, new IPAddress(ia.AsSpan(16, 16)).ToString());
            // DECLINE is told of by its answer, and no other one follows.
            await trace.WaitForAsync(frame => frame.Dhcp6 is { Message: "REPLY" } reply && reply.Xid == decline.Xid, Dhcp6Scene.Patience, "the answer");
        }
        Assert.Equal(["2001:db8:55::100/128"], scene.Addresses());
        Assert.DoesNotContain(scene.Bed.Events.All, change => change.Deleted && change.Text.Contains(" inet6 2001:db8:55::100/", StringComparison.Ordinal));
        Assert.Contains(scene.Bed.Events.All, change => change.Deleted && change.Text.Contains($" inet6 {theirs}/", StringComparison.Ordinal));
    }

    [Fact(DisplayName = "A6-29: an address that another host has, the only one of the lease, is declined and goes")]
    public async Task Address_OfAnotherHost_IsDeclined()
    {
        await using Dhcp6Scene scene = await Dhcp6Scene.SetAsync(output.WriteLine, Dhcp6ServerKind.Kea, pool: "100 101");
        scene.Bed.Server.Ip($"address add 2001:db8:55::100/128 dev {NetworkBed.ServerInterface} nodad");
        scene.Client.Start();
        await scene.WaitForPacketAsync("dhcp6 decline");
        await scene.WaitForPacketAsync("dhcp6 reply");
        Assert.Contains("conflict", await scene.Client.MustAsync("timeline"), StringComparison.Ordinal);
        Assert.Empty(scene.Addresses());
    }

    [Fact(DisplayName = "AM-25 (v6): down and up with another hardware address: sent from the new link-local address, and the lease confirmed and there again")]
    public async Task Interface_DownAndUp_IsConfirmedFromTheNewLinkLocalAddress()
    {
        await using Dhcp6Scene scene = await Dhcp6Scene.SetAsync(output.WriteLine, Dhcp6ServerKind.Dnsmasq);
        await scene.BindAsync();
        string address = Assert.Single(scene.Addresses());
        int mark = scene.Mark;
        scene.Bed.Client.Ip($"link set {C0} down");
        scene.Bed.Client.Ip($"link set {C0} address {NetworkBed.MacB}");
        await Wait.UntilAsync(() => scene.Addresses().Count == 0, Dhcp6Scene.Patience, "no address", scene.ToString);
        scene.Bed.Client.Ip($"link set {C0} up");
        Assert.Matches(@"fe80::ff:fe00:b0b\.546 > ff02::1:2\.547", await scene.WaitForPacketAsync("dhcp6 confirm", mark));
        await scene.WaitForStateAsync("bound");
        Assert.InRange(await scene.VerifiedInAsync(), TimeSpan.Zero, Dhcp6Scene.BeforeSilence);
        await Wait.UntilAsync(() => scene.Addresses().Contains(address), Dhcp6Scene.Patience, "the address again", scene.ToString);
    }

    [Fact(DisplayName = "AT-5 (v6): an address that somebody takes away is put back")]
    public async Task Address_TakenAway_IsPutBack()
    {
        await using Dhcp6Scene scene = await Dhcp6Scene.SetAsync(output.WriteLine, Dhcp6ServerKind.Dnsmasq);
        await scene.BindAsync();
        string address = Assert.Single(scene.Addresses());
        scene.Bed.Client.Ip($"-6 address del {address} dev {C0}");
        await Wait.UntilAsync(() => scene.Addresses().Contains(address), Dhcp6Scene.Patience, "the address again", scene.ToString);
    }

    [Fact(DisplayName = "AS-6: static addresses of both families beside DHCPv4 and DHCPv6: each comes and goes by itself")]
    public async Task StaticAddresses_BesideLeases_StandByThemselves()
    {
        await using Dhcp6Scene scene = await Dhcp6Scene.SetAsync(
            output.WriteLine, Dhcp6ServerKind.Dnsmasq, "dhcp4 = true\ndhcp6 = true\naddresses = [\"10.9.9.2/24\", \"fd09::2/64\"]\nconflict-detection = \"off\"");
        await scene.Bed.StartServerAsync(ServerConfiguration.KeaDefault);
        await scene.BindAsync();
        await scene.Client.MustAsync("wait-online", C0, "-4", "--timeout", "20");
        await Shows(" 10.9.9.2/24", " fd09::2/64", " inet 192.0.2.", "/128 scope global");
        await Without("static@c0", " 10.9.9.2/24", " fd09::2/64");
        await Without("dhcp4@c0", " inet 192.0.2.");
        await Without("dhcp6@c0", "/128 scope global");

        async Task Without(string component, params string[] its)
        {
            string before = All();
            await scene.Client.MustAsync("stop", component);
            Assert.All(its, address => Assert.DoesNotContain(address, All(), StringComparison.Ordinal));
            Assert.All(new[] { " 10.9.9.2/24", " fd09::2/64", " inet 192.0.2.", "/128 scope global" }.Except(its), address => Assert.Contains(address, All(), StringComparison.Ordinal));
            Assert.NotEqual(before, All());
            await scene.Client.MustAsync("start", component);
            await Shows(its);
        }

        Task Shows(params string[] wanted) => Wait.UntilAsync(
            () => wanted.All(address => All().Contains(address, StringComparison.Ordinal)), Dhcp6Scene.Patience, string.Join(" and", wanted), scene.ToString);

        string All() => scene.Bed.Client.Ip($"-o address show dev {C0}");
    }

    [Fact(DisplayName = "AT-1: both families: one DUID, commands for both, and at the end DHCPv6's addresses and RELEASE before DHCPv4's")]
    public async Task BothFamilies_AreHadAndGivenBackInOrder()
    {
        await using Dhcp6Scene scene = await Dhcp6Scene.SetAsync(output.WriteLine, Dhcp6ServerKind.Dnsmasq, "dhcp4 = true\ndhcp6 = true\nconflict-detection = \"off\"");
        await scene.Bed.StartServerAsync(ServerConfiguration.KeaDefault);
        scene.Client.Start();
        await scene.Client.MustAsync("wait-online", C0, "-4", "-6", "--timeout", "20");
        JsonElement lease = await scene.WaitForStateAsync("bound");
        string duid = lease.GetProperty("duid").GetString()!, iaid = lease.GetProperty("iaid").GetString()!;
        Assert.Equal($"ff:{iaid}:{duid}", (await scene.Client.LeaseAsync())!.Value.GetProperty("clientId").GetString());
        int mark = scene.Mark;
        await scene.Client.MustAsync("renew", C0, "--timeout", "10");
        await scene.WaitForPacketAsync("dhcp6 renew", mark);
        await scene.WaitForPacketAsync(@"\.68 > .*BOOTP/DHCP, Request", mark);
        mark = scene.Mark;
        System.Diagnostics.Stopwatch clock = System.Diagnostics.Stopwatch.StartNew();
        await scene.Client.MustAsync("stop");
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(2));
        await scene.WaitForPacketAsync(@"\.68 > ", mark);
        List<string> packets = [.. scene.Packets(mark)];
        Assert.InRange(packets.FindIndex(line => line.Contains("dhcp6 release", StringComparison.Ordinal)), 0, packets.FindIndex(line => line.Contains(".68 > ", StringComparison.Ordinal)) - 1);
        Assert.Empty(scene.Addresses());
        Assert.Empty(scene.Bed.ClientAddresses());
    }

    [Fact(DisplayName = "2.11: IPv6 that is switched off is named in status")]
    public async Task Ipv6_Disabled_IsNamed()
    {
        await using Dhcp6Scene scene = await Dhcp6Scene.SetAsync(output.WriteLine, Dhcp6ServerKind.Dnsmasq);
        scene.Bed.Client.Run("/bin/sh", "-c", $"echo 1 > /proc/sys/net/ipv6/conf/{C0}/disable_ipv6");
        scene.Client.Start();
        await scene.WaitForStateAsync("waiting");
        Assert.Contains($"IPv6 is disabled on this interface (net.ipv6.conf.{C0}.disable_ipv6)", await scene.Client.MustAsync("status"), StringComparison.Ordinal);
        scene.Bed.Client.Run("/bin/sh", "-c", $"echo 0 > /proc/sys/net/ipv6/conf/{C0}/disable_ipv6");
        await scene.WaitForStateAsync("bound");
    }
}
