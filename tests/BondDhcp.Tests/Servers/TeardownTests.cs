using System.Diagnostics;
using System.Text.Json;
using BondDhcp.Tests.Beds;
using Xunit;
using Xunit.Abstractions;

namespace BondDhcp.Tests.Servers;

/// <summary>How a lease ends: given back, kept for the next daemon, run out, taken away.</summary>
public sealed class TeardownTests(ITestOutputHelper output)
{
    private const string C0 = NetworkBed.ClientInterface;

    [Fact(DisplayName = "A4-13 release: DHCPRELEASE to the server, once, before the address goes; then idle until acquire")]
    public async Task Release_WhileBound_GivesBackThenRemoves()
    {
        await using Scene scene = await Scene.BindAsync(output, ServerConfiguration.DnsmasqDefault);
        string address = scene.Address;
        await scene.Client.MustAsync("release", C0);

        // The capture is read beside all this, and may be behind the command.
        await scene.Trace.WaitForDhcpAsync("RELEASE", Scene.Patience);
        TracedFrame release = Assert.Single(scene.Trace.Dhcp("RELEASE"));
        Assert.Equal((address, ServerPlan.DefaultAddress, address, ServerPlan.DefaultAddress),
            (release.Dhcp!.Source, release.Dhcp.Destination, release.Dhcp.Ciaddr, release.Dhcp.ServerIdentifier));
        Assert.NotNull(release.Dhcp.ClientId);
        Assert.DoesNotContain(release.Dhcp.Options.Keys, code => code is 50 or 51 or 55);
        KernelEvent gone = await scene.Events.WaitForAsync(e => e.Deleted && e.IsAddress(C0), Scene.Patience, "the address to go");
        Assert.True(release.At < gone.At, $"released at {release.At:O}, removed at {gone.At:O}");
        Assert.Empty(scene.Bed.ClientAddresses());

        await scene.Client.MustAsync("release", C0);
        Assert.Single(scene.Trace.Dhcp("RELEASE"));
        await scene.Client.MustAsync("acquire", C0, "--timeout", "10");
        await scene.BoundAsync();
        Assert.Equal(address, scene.Address);
        int mark = scene.Trace.Mark;
        await scene.Client.MustAsync("acquire", C0);
        Assert.Empty(scene.Trace.Dhcp(null, mark));
    }

    [Theory(DisplayName = "A daemon that 'bonddhcp stop' ended, or that was killed a moment ago, is not in the way of the next one")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task NextDaemon_AtOnce_FindsItsPlaceFree(bool byCommand)
    {
        await using NetworkBed bed = await NetworkBed.CreateAsync(output.WriteLine);
        BondDhcpProcess client = bed.Add(new BondDhcpProcess(bed.Client));
        client.Configure();
        client.Start();
        for (int round = 0; round < 5; round++)
        {
            await Wait.UntilAsync(() => client.Daemon.HasExited || client.CommandAsync("status").GetAwaiter().GetResult().ExitCode == 0, Scene.Patience, "the daemon", () => client.Log);
            Assert.False(client.Daemon.HasExited, client.Log);
            if (byCommand) await client.MustAsync("stop");
            else client.Daemon.Signal("KILL");
            client.Start();
        }
        Assert.DoesNotContain("another daemon", client.Log, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "AT-1 SIGTERM with release-on-stop: RELEASE, then address and routes go, within 2 s")]
    public async Task Sigterm_WithReleaseOnStop_GivesBackThenRemoves()
    {
        await using Scene scene = await Scene.BindAsync(output, ServerConfiguration.DnsmasqDefault, settings: "release-on-stop = true");
        Stopwatch time = Stopwatch.StartNew();
        Assert.Equal(0, await scene.Client.StopAsync());
        Assert.InRange(time.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(2));

        // The capture is read beside all this, and may be behind the command.
        await scene.Trace.WaitForDhcpAsync("RELEASE", Scene.Patience);
        TracedFrame release = Assert.Single(scene.Trace.Dhcp("RELEASE"));
        KernelEvent gone = await scene.Events.WaitForAsync(e => e.Deleted && e.IsAddress(C0), Scene.Patience, "the address to go");
        Assert.True(release.At < gone.At, $"released at {release.At:O}, removed at {gone.At:O}");
        Assert.Empty(scene.Bed.ClientAddresses());
        Assert.Equal("", scene.Bed.Client.Ip("route show"));
    }

    [Fact(DisplayName = "AT-8 a second SIGTERM while the first one's stop hangs: the end, within 100 ms")]
    public async Task Sigterm_Twice_EndsAtOnceWhateverHangs()
    {
        await using Scene scene = await Scene.SetAsync(output, ServerConfiguration.DnsmasqDefault);
        string log = Path.Combine(scene.Bed.Client.Scratch, "log");
        Programs.Run("mkfifo", log);
        scene.Client.Start(log);
        await scene.BoundAsync();
        await scene.SettledAsync();
        // Full to the last page: the next line of the log waits for ever.
        await Programs.TryRunAsync(new ProcessStartInfo("dd", ["if=/dev/zero", $"of={log}", "bs=4096", "oflag=nonblock", "conv=notrunc"]));
        BedProcess daemon = scene.Client.Daemon;
        daemon.Signal("TERM");
        string call = $"/proc/{daemon.Id}/syscall";
        await Wait.UntilAsync(() => File.ReadAllText(call).StartsWith("1 ", StringComparison.Ordinal), Scene.Patience, "the stop to hang in write(2)", () => File.ReadAllText(call));
        Assert.False(daemon.HasExited);

        // The shell that sends the signal is not part of the answer's time.
        using Process kill = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"read -r line; kill -TERM {daemon.Id}"]) { RedirectStandardInput = true })!;
        Stopwatch time = Stopwatch.StartNew();
        kill.StandardInput.WriteLine();
        await daemon.WaitForExitAsync(Scene.Patience);
        // 100 ms, and the 300 that any measurement of processes on a shared machine is given.
        Assert.InRange(time.Elapsed, TimeSpan.Zero, TimeSpan.FromMilliseconds(100 + 300));
        Assert.Equal($"{scene.Address}/24", Assert.Single(scene.Bed.ClientAddresses()));
    }

    [Fact(DisplayName = "A stop that hangs for ever, here in a log that nobody reads, ends all the same: by SIGALRM, before a service manager would kill it; the lease stays")]
    public async Task Sigterm_ThatHangs_EndsAllTheSame()
    {
        await using Scene scene = await Scene.SetAsync(output, ServerConfiguration.DnsmasqDefault);
        string log = Path.Combine(scene.Bed.Client.Scratch, "log");
        Programs.Run("mkfifo", log);
        scene.Client.Start(log);
        await scene.BoundAsync();
        await scene.SettledAsync();
        await Programs.TryRunAsync(new ProcessStartInfo("dd", ["if=/dev/zero", $"of={log}", "bs=4096", "oflag=nonblock", "conv=notrunc"]));
        BedProcess daemon = scene.Client.Daemon;
        daemon.Signal("TERM");
        Assert.Equal(128 + 14, await daemon.WaitForExitAsync(TimeSpan.FromSeconds(20)));
        Assert.Equal($"{scene.Address}/24", Assert.Single(scene.Bed.ClientAddresses()));
    }

    [Fact(DisplayName = "AT-2 SIGTERM without release-on-stop: nothing sent, lease and address stay; the next daemon goes on")]
    public async Task Sigterm_Keeping_LeavesTheAddressToTheNextDaemon()
    {
        await using Scene scene = await Scene.BindAsync(output, ServerConfiguration.DnsmasqDefault);
        string address = scene.Address;
        int mark = scene.Trace.Mark;
        Stopwatch time = Stopwatch.StartNew();
        Assert.Equal(0, await scene.Client.StopAsync());
        Assert.InRange(time.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(2));

        Assert.Equal($"{address}/24", Assert.Single(scene.Bed.ClientAddresses()));
        Assert.Matches("valid_lft (5[0-9][0-9]|600)sec", scene.Bed.Client.Ip($"-4 -o address show dev {C0}"));
        Assert.Contains("default via", scene.Bed.Client.Ip("route show"), StringComparison.Ordinal);
        Assert.Empty(scene.Trace.Dhcp(null, mark));
        using (JsonDocument stored = JsonDocument.Parse(await scene.Client.MustAsync("lease", "--json")))
        {
            Assert.Equal("state-directory", stored.RootElement.GetProperty("from").GetString());
            Assert.Equal($"{address}/24", stored.RootElement.GetProperty("interfaces")[0].GetProperty("dhcp4").GetProperty("address").GetString());
        }

        scene.Client.Start();
        TracedDhcp request = (await scene.Trace.WaitForDhcpAsync("REQUEST", Scene.Patience, mark)).Dhcp!;
        Assert.Equal(("0.0.0.0", address), (request.Ciaddr, request.RequestedAddress));
        await scene.BoundAsync();
        Assert.Equal(address, scene.Address);
        scene.AssertNoDeletion();
    }

    [Fact(DisplayName = "AT-3 kill -9: the kernel removes the address when the lease ends")]
    public async Task Kill_UntilTheLeaseEnds_LeavesNothing()
    {
        const int leaseSeconds = 6;
        await using Scene scene = await Scene.BindAsync(output, ServerConfiguration.UdhcpdDefault, new ServerPlan { LeaseSeconds = leaseSeconds });
        await scene.Client.KillAsync();
        DateTime granted = scene.Trace.Dhcp("ACK")[^1].At;
        KernelEvent gone = await scene.Events.WaitForAsync(e => e.Deleted && e.IsAddress(C0), Scene.Patience, "the address to go");
        // The kernel counts whole seconds and looks once a second.
        Assert.InRange((gone.At - granted).TotalSeconds, leaseSeconds - 1.5, leaseSeconds + 2);
        await Wait.UntilAsync(() => scene.Bed.Client.Ip("route show") == "", Scene.Patience, "routes to go");
    }

    [Fact(DisplayName = "AT-4 stop: what others made stays")]
    public async Task Stop_WithForeignAddressesAndRoutes_LeavesThem()
    {
        await using Scene scene = await Scene.BindAsync(output, ServerConfiguration.DnsmasqDefault);
        scene.Bed.Client.IpBatch($"""
            address add 198.51.100.5/24 dev {C0}
            route add 203.0.113.0/24 via {ServerPlan.DefaultAddress} dev {C0}
            route add 203.0.114.0/24 via 198.51.100.1 dev {C0} proto 16

            """);
        await scene.Client.MustAsync("stop");
        Assert.Equal(0, await scene.Client.Daemon.WaitForExitAsync(Scene.Patience));

        Assert.Equal("198.51.100.5/24", Assert.Single(scene.Bed.ClientAddresses()));
        string routes = scene.Bed.Client.Ip("route show");
        Assert.DoesNotContain("default", routes, StringComparison.Ordinal);
        Assert.Contains("203.0.113.0/24", routes, StringComparison.Ordinal);
        Assert.Contains("203.0.114.0/24", routes, StringComparison.Ordinal);
        Assert.Contains("UP", scene.Bed.Client.Ip($"link show {C0}"), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "stop dhcp4@c0 gives the lease back and nothing else; start brings it again; restart returns at the lease")]
    public async Task StopComponent_ThenStart_TakesAwayAndBrings()
    {
        await using Scene scene = await Scene.BindAsync(output, ServerConfiguration.DnsmasqDefault);
        await scene.Client.MustAsync("stop", $"dhcp4@{C0}");
        await scene.Trace.WaitForDhcpAsync("RELEASE", Scene.Patience);
        Assert.Single(scene.Trace.Dhcp("RELEASE"));
        Assert.Empty(scene.Bed.ClientAddresses());
        await scene.Client.MustAsync("stop", $"dhcp4@{C0}");

        // A stop holds over a restart of the daemon.
        int mark = scene.Trace.Mark;
        await scene.Client.KillAndStartAsync();
        await scene.Client.WaitForStateAsync("stopped", Scene.Patience);
        Assert.Empty(scene.Trace.Dhcp(null, mark));

        await scene.Client.MustAsync("start", $"dhcp4@{C0}");
        await scene.BoundAsync();
        await scene.Client.MustAsync("restart", $"dhcp4@{C0}");
        await Wait.UntilAsync(() => scene.Trace.Dhcp("RELEASE").Count >= 2, Scene.Patience, "a second release", () => scene.Trace.ToString());
        Assert.Equal(2, scene.Trace.Dhcp("RELEASE").Count);
        Assert.Single(scene.Bed.ClientAddresses());
    }

    [Fact(DisplayName = "A4-24 expiry: address and routes go at once, leaseExpired, DISCOVER, nothing more from the address")]
    public async Task Expiry_WithASilentServer_RemovesAndDiscovers()
    {
        const int leaseSeconds = 6;
        await using Scene scene = await Scene.BindAsync(output, ServerConfiguration.IscDefault, new ServerPlan { LeaseSeconds = leaseSeconds });
        string address = scene.Address;
        DateTime requested = scene.Trace.Dhcp("REQUEST")[0].At;
        scene.Server.Pause();
        KernelEvent gone = await scene.Events.WaitForAsync(e => e.Deleted && e.IsAddress(C0), Scene.Patience, "the address to go");
        Assert.InRange((gone.At - requested).TotalSeconds, leaseSeconds - 0.1, leaseSeconds + 0.4);
        await scene.Trace.WaitForAsync(f => f.Dhcp?.Message == "DISCOVER" && f.At > requested.AddSeconds(leaseSeconds - 0.5), Scene.Patience, "DISCOVER after the expiry");
        Assert.DoesNotContain(scene.Trace.Frames, f => f.At > gone.At && (f.Dhcp?.Source == address || f.Arp?.SenderIp == address && f.SourceMac == NetworkBed.MacA));
        Assert.Equal("", scene.Bed.Client.Ip("route show"));
        Assert.NotEmpty(await scene.TimelineAsync("leaseExpired"));
    }

    [Fact(DisplayName = "AT-5 address removed by somebody: put back, at most 3 times and once per 10 s, and once more half a second after a time, then leaseLost")]
    public async Task Address_RemovedByOthers_IsPutBackThreeTimes()
    {
        await using Scene scene = await Scene.BindAsync(output, ServerConfiguration.DnsmasqDefault);
        string address = $"{scene.Address}/24";
        List<DateTime> back = [];
        while (true)
        {
            int mark = scene.Events.All.Count;
            scene.Bed.Client.Ip($"address del {address} dev {C0}");
            DateTime deadline = DateTime.UtcNow + Scene.Patience;
            KernelEvent? again;
            while ((again = scene.Events.All.Skip(mark).FirstOrDefault(e => !e.Deleted && e.IsAddress(C0))) is null && (await scene.TimelineAsync("leaseLost")).Count == 0)
            {
                Assert.True(DateTime.UtcNow < deadline, "neither back nor leaseLost");
                await Task.Delay(50);
            }
            if (again is null) break;
            back.Add(again.At);
            Assert.InRange(back.Count, 1, 4);
        }
        double[] gaps = [.. back.Skip(1).Zip(back, (later, earlier) => (later - earlier).TotalSeconds)];
        Assert.Equal(2, gaps.Count(gap => gap is > 9 and < 12));
        Assert.True(gaps.Length == 2 || gaps.Count(gap => gap is > 0.4 and < 2) == 1, string.Join(' ', gaps));
    }

    [Fact(DisplayName = "stop of a master takes the address off an interface that lies on it, of another section, before it goes; start gives it back when the interface is there again")]
    public async Task StopMaster_TakesDownWhatLiesOnIt()
    {
        await using Scene scene = await Scene.SetAsync(output, ServerConfiguration.DnsmasqDefault);
        File.WriteAllText(scene.Client.ConfigurationFile, $"""
            [interface.br0]
            kind = "bridge"
            slaves = ["{C0}"]
            addresses = ["198.51.100.9/24"]
            conflict-detection = "off"
            dns = false
            [interface.office]
            addresses = ["203.0.113.9/24"]
            conflict-detection = "off"
            dns = false

            """);
        scene.Client.Start();
        bool Has(string name, string address) => scene.Bed.Client.Ip("-o addr show").Split('\n').Any(line => line.Contains($" {name} ", StringComparison.Ordinal) && line.Contains(address, StringComparison.Ordinal));
        await Wait.UntilAsync(() => Has("br0", "198.51.100.9"), Scene.Patience, "the bridge", () => scene.Client.Log);
        // As every kernel has them; a VLAN is the same to the daemon.
        scene.Bed.Client.Ip("link add link br0 name office type macvlan");
        await Wait.UntilAsync(() => Has("office", "203.0.113.9"), Scene.Patience, "the address on it", () => scene.Client.Log);

        await scene.Client.MustAsync("wait-online", "office", "--timeout", "20");
        await scene.Client.MustAsync("stop", "master@br0");
        Assert.DoesNotContain("office", scene.Bed.Client.Ip("link show"), StringComparison.Ordinal);
        string[] removed = [.. (await scene.Client.MustAsync("timeline", "--json")).Split('\n').Where(line => line.Contains("\"addressRemoved\"", StringComparison.Ordinal))];
        Assert.Contains(removed, line => line.Contains("203.0.113.9/24", StringComparison.Ordinal) && line.Contains("\"static\"", StringComparison.Ordinal) && !line.Contains("external", StringComparison.Ordinal));
        Assert.Contains("stopped with master@br0", (await scene.Client.MustAsync("status")).Split('\n').Single(line => line.Contains("static@office", StringComparison.Ordinal)), StringComparison.Ordinal);

        await scene.Client.MustAsync("start", "master@br0");
        scene.Bed.Client.Ip("link add link br0 name office type macvlan");
        await Wait.UntilAsync(() => Has("office", "203.0.113.9") && Has("br0", "198.51.100.9"), Scene.Patience, "both addresses", () => scene.Client.Log);
        await scene.Client.MustAsync("stop");
        // The lock, which the next daemon takes, is all that stays.
        await Wait.UntilAsync(() => scene.Client.Daemon.HasExited, Scene.Patience, "the end", () => scene.Client.Log);
        Assert.Equal(["pid"], Directory.GetFiles(scene.Client.RuntimeDirectory).Select(Path.GetFileName));
    }
}
