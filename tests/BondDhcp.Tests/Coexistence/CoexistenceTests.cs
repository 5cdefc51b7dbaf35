using System.Text.Json;
using BondDhcp.Tests.Beds;
using BondDhcp.Tests.Servers;
using Xunit;
using Xunit.Abstractions;

namespace BondDhcp.Tests.Coexistence;

/// <summary>Other programs on c0, as they are.</summary>
public sealed class CoexistenceTests(ITestOutputHelper output)
{
    private const string C0 = NetworkBed.ClientInterface;

    // As long as it takes to be sure that nothing more is sent.
    private static readonly TimeSpan s_quiet = TimeSpan.FromSeconds(1.5);

    [PeerTheory("dhclient", "dhcpcd", "busybox", DisplayName = "AP-12 another client manages the interface at start: detected, ours waits, says how it is stopped, and begins when it is gone")]
    [InlineData("dhclient")]
    [InlineData("dhcpcd")]
    [InlineData("udhcpc")]
    public async Task Client_ThatIsBoundAlready_IsWaitedFor(string program)
    {
        await using Scene scene = await Scene.SetAsync(output, ServerConfiguration.DnsmasqDefault);
        BedProcess other = StartClient(scene.Bed, program);
        await Wait.UntilAsync(() => scene.Bed.ClientAddresses().Count > 0, Scene.Patience, $"{program}'s lease", () => other.Output);
        string theirs = Assert.Single(scene.Bed.ClientAddresses());
        int mark = scene.Trace.Mark;
        scene.Client.Start();

        await scene.Client.WaitForStateAsync("waiting", Scene.Patience);
        string why = await scene.Client.WaitForComponentAsync("waiting", Scene.Patience);
        // dhcpcd is several processes, of which another one than the first holds the port.
        Assert.Contains(program == "dhcpcd" ? "dhcpcd (process " : $"{program} (process {other.Id}", why, StringComparison.Ordinal);
        JsonElement rival = Assert.Single(await RivalsAsync(scene.Client));
        Assert.Equal((program, C0), (rival.GetProperty("program").GetString(), rival.GetProperty("interface").GetString()));
        Assert.NotEqual("", rival.GetProperty("command").GetString());
        await Task.Delay(s_quiet);
        // The other is bound, and not about to extend its lease.
        Assert.DoesNotContain(scene.Trace.Frames.Skip(mark), frame => frame.Dhcp is { Message: "DISCOVER" or "REQUEST" });
        Assert.Equal(theirs, Assert.Single(scene.Bed.ClientAddresses()));
        ProgramResult refused = await scene.Client.CommandAsync("renew", C0);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains(program, refused.Error, StringComparison.Ordinal);

        await other.KillAsync();
        await scene.Client.WaitForStateAsync("bound", Scene.Patience);
        Assert.Empty(await RivalsAsync(scene.Client));
        Assert.Contains(await scene.TimelineAsync("rivalGone"), gone => gone.GetProperty("program").GetString() == program);
    }

    [PeerFact("systemd-networkd", DisplayName = "AP-12 networkd manages the interface: waited for, with the exact snippet in status, and ours begins once networkd leaves it alone")]
    public async Task Networkd_ThatManagesTheInterface_IsWaitedFor()
    {
        await using Scene scene = await Scene.SetAsync(output, ServerConfiguration.DnsmasqDefault);
        BedProcess networkd = await StartNetworkdAsync(scene.Bed);
        await Wait.UntilAsync(() => scene.Bed.ClientAddresses().Count > 0, Scene.Patience, "networkd's lease", () => networkd.Output);
        scene.Client.Start();

        await scene.Client.WaitForStateAsync("waiting", Scene.Patience);
        string why = await scene.Client.WaitForComponentAsync("waiting", Scene.Patience);
        Assert.Contains("manages c0 by /run/systemd/network/50-c0.network", why, StringComparison.Ordinal);
        string text = await scene.Client.MustAsync("status");
        Assert.Contains("/etc/systemd/network/05-bonddhcp.network:\n", text, StringComparison.Ordinal);
        Assert.Contains("               [Match]\n               Name=c0\n               [Link]\n               Unmanaged=yes\n", text, StringComparison.Ordinal);

        // As the snippet says, in the directory that this namespace has for itself.
        File.WriteAllText($"/proc/{scene.Bed.Client.HolderId}/root/run/systemd/network/05-bonddhcp.network", "[Match]\nName=c0\n[Link]\nUnmanaged=yes\n");
        await networkd.KillAsync();
        scene.Bed.Client.Ip($"address flush dev {C0}");
        networkd = await StartNetworkdAsync(scene.Bed);
        await scene.Client.WaitForStateAsync("bound", Scene.Patience);
        await Task.Delay(s_quiet);
        Assert.Equal("bound", (await scene.Client.LeaseAsync())!.Value.GetProperty("state").GetString());
        Assert.False(networkd.HasExited);
        Assert.Empty(await RivalsAsync(scene.Client));
    }

    [PeerFact("dhclient")]
    public async Task Client_ThatComesLater_IsNamedAndNothingIsFoughtOver()
    {
        await using Scene scene = await Scene.BindAsync(output, ServerConfiguration.DnsmasqDefault);
        BedProcess other = StartClient(scene.Bed, "dhclient", "send dhcp-client-identifier \"other\";");
        await Wait.UntilAsync(() => scene.Bed.ClientAddresses().Count > 1, Scene.Patience, "dhclient's lease", () => other.Output);
        await Wait.UntilAsync(
            () => scene.TimelineAsync("warning").GetAwaiter().GetResult().Any(warning => warning.TryGetProperty("pid", out JsonElement pid) && pid.GetInt32() == other.Id),
            Scene.Patience, "the warning", () => scene.Client.Log);
        Assert.Equal("bound", (await scene.Client.LeaseAsync())!.Value.GetProperty("state").GetString());
        Assert.Equal(2, scene.Bed.ClientAddresses().Count);
        scene.AssertNoDeletion();
    }

    [PeerFact("dhclient")]
    public async Task Address_OfAnEarlierRun_IsKeptWhoeverIsThere()
    {
        await using Scene scene = await Scene.BindAsync(output, ServerConfiguration.DnsmasqDefault);
        string address = scene.Address;
        StartClient(scene.Bed, "dhclient", "send dhcp-client-identifier \"other\";");
        await Wait.UntilAsync(() => scene.Bed.ClientAddresses().Count > 1, Scene.Patience, "dhclient's lease");
        await scene.Client.KillAndStartAsync();
        JsonElement lease = await scene.Client.WaitForStateAsync("bound", Scene.Patience);
        Assert.Equal(address, lease.GetProperty("address").GetString()!.Split('/')[0]);
        Assert.Equal("dhclient", Assert.Single(await RivalsAsync(scene.Client)).GetProperty("program").GetString());
        scene.AssertNoDeletion();
    }

    [PeerFact("dhclient")]
    public async Task Others_ThatOnlyLookOrServeAnotherInterface_AreNoneOfOurs()
    {
        await using Scene scene = await Scene.SetAsync(output, ServerConfiguration.DnsmasqDefault);
        scene.Bed.Client.IpBatch("link set w0 up\nlink set w1 up\n");
        BedProcess elsewhere = scene.Bed.Add(BedProcess.Start("dhclient", scene.Bed.Client.Program(
            "dhclient", "-4", "-d", "-lf", $"{scene.Bed.Client.Scratch}/leases", "-pf", $"{scene.Bed.Client.Scratch}/pid", "w0")));
        BedProcess looking = scene.Bed.Add(BedProcess.Start("tcpdump", scene.Bed.Client.Program("tcpdump", "-i", C0, "-w", "/dev/null")));
        await Wait.UntilAsync(() => scene.Bed.Client.HasUdpPort(68), Scene.Patience, "dhclient", () => elsewhere.Output);
        await looking.WaitForLineAsync(line => line.Contains("listening on", StringComparison.Ordinal), Scene.Patience);
        scene.Client.Start();
        await scene.BoundAsync();
        await Task.Delay(s_quiet);
        Assert.Empty(await RivalsAsync(scene.Client));
    }

    [PeerTheory("dhclient", "dhcp6c", DisplayName = "AP-12 another client of DHCPv6 is bound on the interface at start: detected, ours waits, says how it is stopped, and begins when it is gone")]
    [InlineData("dhclient")]
    [InlineData("dhcp6c")]
    public async Task Client6_ThatIsBoundAlready_IsWaitedFor(string program)
    {
        await using Dhcp6Scene scene = await Dhcp6Scene.SetAsync(output.WriteLine, Dhcp6ServerKind.Dnsmasq);
        BedProcess other = await StartClient6Async(scene.Bed, program);
        await Wait.UntilAsync(() => scene.Addresses().Count > 0, Scene.Patience, $"{program}'s lease", () => other.Output);
        string theirs = Assert.Single(scene.Addresses());
        int mark = scene.Mark;
        scene.Client.Start();

        await scene.WaitForStateAsync("waiting");
        JsonElement rival = Assert.Single(await RivalsAsync(scene.Client));
        Assert.Equal((program, C0, other.Id), (rival.GetProperty("program").GetString(), rival.GetProperty("interface").GetString(), rival.GetProperty("pid").GetInt32()));
        Assert.Contains($"bonddhcp import --stop-dhclient; systemctl start bonddhcp (goes on with its address), or kill -9 {other.Id} ", rival.GetProperty("command").GetString(), StringComparison.Ordinal);
        await Task.Delay(s_quiet);
        Assert.DoesNotContain(scene.Packets(mark), line => line.Contains("dhcp6 ", StringComparison.Ordinal));
        Assert.Equal([theirs], scene.Addresses());
        ProgramResult refused = await scene.Client.CommandAsync("renew", C0, "-6");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains(program, refused.Error, StringComparison.Ordinal);

        await other.KillAsync();
        await scene.WaitForStateAsync("bound");
        Assert.Empty(await RivalsAsync(scene.Client));
    }

    [PeerFact("dhclient", DisplayName = "AP-12 a client of DHCPv6 on another interface is none of ours, nor is one of DHCPv4 for DHCPv6")]
    public async Task Client6_OfAnotherInterface_IsNoneOfOurs()
    {
        await using Dhcp6Scene scene = await Dhcp6Scene.SetAsync(output.WriteLine, Dhcp6ServerKind.Dnsmasq);
        await StartClient6Async(scene.Bed, "dhclient", "w0");
        StartClient(scene.Bed, "dhclient");
        await scene.BindAsync();
        await Task.Delay(s_quiet);
        Assert.Equal("bound", (await scene.LeaseAsync())!.Value.GetProperty("state").GetString());
        Assert.Empty(await RivalsAsync(scene.Client));
    }

    [PeerFact("dhcp6c", DisplayName = "AP-12 dhcp6c on another interface keeps port 546 of all to itself: it is no rival, and status says why there is no DHCPv6")]
    public async Task Dhcp6c_OfAnotherInterface_HasThePortOfAll()
    {
        await using Dhcp6Scene scene = await Dhcp6Scene.SetAsync(output.WriteLine, Dhcp6ServerKind.Dnsmasq);
        await StartClient6Async(scene.Bed, "dhcp6c", "w0");
        scene.Client.Start();
        await scene.WaitForStateAsync("waiting");
        await Wait.UntilAsync(
            () => scene.Client.MustAsync("status").GetAwaiter().GetResult().Contains("port 546 of fe80:", StringComparison.Ordinal), Scene.Patience, "the reason", () => scene.Client.Log);
        Assert.Empty(await RivalsAsync(scene.Client));
    }

    // It listens when this returns.
    private static async Task<BedProcess> StartClient6Async(NetworkBed bed, string program, string name = C0)
    {
        string scratch = bed.Client.Scratch;
        // dhcp6c's control socket is on ::1.
        bed.Client.Run("/bin/sh", "-c", $"for one in lo {name}; do echo 0 > /proc/sys/net/ipv6/conf/$one/disable_ipv6; done; for one in w0 w1 w2 w3; do ip link set $one up; done");
        await Wait.UntilAsync(() => bed.Client.Ip($"-6 address show dev {name} scope link -tentative").Contains("fe80", StringComparison.Ordinal), Scene.Patience, "a link-local address");
        File.WriteAllText($"{scratch}/{name}.conf", $"interface {name} {{ send ia-na 1; }};\nid-assoc na 1 {{ }};\n");
        string[] command = program == "dhclient"
            ? ["dhclient", "-6", "-d", "-lf", $"{scratch}/leases6.{name}", "-pf", $"{scratch}/pid6.{name}", "-cf", "/dev/null", name]
            : ["dhcp6c", "-f", "-c", $"{scratch}/{name}.conf", "-p", $"{scratch}/pid6c.{name}", name];
        BedProcess client = bed.Add(BedProcess.Start(program, bed.Client.Program(command[0], command[1..])));
        await Wait.UntilAsync(() => !client.HasExited ? HoldsPort6(client.Id) : throw new BedException($"{program} ended:\n{client.Output}"), Scene.Patience, $"{program} to listen", () => client.Output);
        return client;
    }

    private static bool HoldsPort6(int pid) =>
        File.ReadLines($"/proc/{pid}/net/udp6").Any(line => line.Contains(":0222 ", StringComparison.Ordinal)
            && Directory.GetFiles($"/proc/{pid}/fd").Any(file => new FileInfo(file).LinkTarget == $"socket:[{line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[9]}]"));

    // Without write access to /sys it asks no udev, which does not know this namespace.
    private static async Task<BedProcess> StartNetworkdAsync(NetworkBed bed)
    {
        bed.Client.Run("/bin/sh", "-c", $"""
            mount -o remount,ro,bind /sys 2>/dev/null
            mkdir -p /run/systemd/network /run/systemd/netif/links /run/systemd/netif/leases /run/systemd/netif/lldp
            printf '[Match]\nName={C0}\n[Network]\nDHCP=ipv4\n' > /run/systemd/network/50-{C0}.network
            printf '[Match]\nName=w*\n[Link]\nUnmanaged=yes\n' > /run/systemd/network/51-others.network
            chown -R systemd-network: /run/systemd/netif
            """);
        BedProcess networkd = bed.Add(BedProcess.Start("systemd-networkd", bed.Client.Program("/lib/systemd/systemd-networkd")));
        string links = $"/proc/{bed.Client.HolderId}/root/run/systemd/netif/links";
        await Wait.UntilAsync(
            () => Directory.GetFiles(links).Any(file => !Path.GetFileName(file).StartsWith('.') && !File.ReadAllText(file).Contains("ADMIN_STATE=pending", StringComparison.Ordinal)),
            Scene.Patience, "networkd's links", () => networkd.Output);
        return networkd;
    }

    private static BedProcess StartClient(NetworkBed bed, string program, string settings = "")
    {
        string scratch = bed.Client.Scratch, script = $"{scratch}/script";
        File.WriteAllText(script, "#!/bin/sh\n[ \"$1\" != bound ] || ip address add $ip/$mask dev $interface\n");
        File.WriteAllText($"{scratch}/conf", settings + "\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        string[] command = program switch
        {
            "dhclient" => ["dhclient", "-4", "-d", "-lf", $"{scratch}/leases", "-pf", $"{scratch}/pid", "-cf", $"{scratch}/conf", C0],
            "dhcpcd" => ["dhcpcd", "-4", "-B", "--noarp", C0],
            _ => ["busybox", "udhcpc", "-f", "-i", C0, "-s", script],
        };
        return bed.Add(BedProcess.Start(program, bed.Client.Program(command[0], command[1..])));
    }

    private static async Task<IReadOnlyList<JsonElement>> RivalsAsync(BondDhcpProcess client)
    {
        using JsonDocument status = JsonDocument.Parse(await client.MustAsync("status", C0, "--json"));
        return [.. status.RootElement.GetProperty("interfaces")[0].GetProperty("rivals").EnumerateArray().Select(rival => rival.Clone())];
    }
}
