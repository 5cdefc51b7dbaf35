using System.Text.Json;
using BondDhcp.Tests.Beds;
using BondDhcp.Tests.Kit;
using Xunit;
using Xunit.Abstractions;

namespace BondDhcp.Tests.Servers;

/// <summary>Name servers in resolv.conf and hooks, with a real server and the whole daemon.</summary>
public sealed class SharingTests(ITestOutputHelper output) : IDisposable
{
    private const string C0 = NetworkBed.ClientInterface;
    private const string Before = "# private";

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    private string Said => Path.Combine(_directory.Path, "said");

    // The bed's own resolv.conf is mounted by itself and cannot be replaced: here all of /etc is a copy. Nothing is started
    // unless that is so.
    private static void GiveItsOwnEtc(NetworkBed bed)
    {
        bed.Client.Run("sh", "-c", "set -e; cp -a /etc /run/etc; mount --bind /run/etc /etc; [ \"$(stat -c %d /etc)\" = \"$(stat -c %d /run)\" ]; touch /etc/private; [ -e /run/etc/private ]");
        Assert.False(File.Exists("/etc/private"));
    }

    private static string ResolvConf(NetworkBed bed) => bed.Client.Run("cat", "/etc/resolv.conf").Trim();

    private static string[] Servers(NetworkBed bed) => [.. ResolvConf(bed).Split('\n').Where(line => !line.StartsWith('#'))];

    private string[] Words => File.Exists(Said) ? [.. File.ReadAllLines(Said).Select(line => line.Split(' ')[0])] : [];

    private void MakeHook()
    {
        string hooks = Path.Combine(_directory.Path, "hooks");
        Directory.CreateDirectory(hooks);
        string hook = Path.Combine(hooks, "say");
        File.WriteAllText(hook, $"#!/bin/sh\necho \"$reason $interface new=$new_ip_address old=$old_ip_address dns=$new_domain_name_servers $(tee {Said}.json | tr -d '\\n' | cut -c1-40)\" >> {Said}\n");
        File.SetUnixFileMode(hook, (UnixFileMode)0x1ed);
    }

    private Task HookAsync(string word, Scene scene) =>
        Wait.UntilAsync(() => Words.LastOrDefault() == word, Scene.Patience, $"the hook's {word}", () => string.Join('\n', Words) + scene.Client);

    [Fact(DisplayName = "D12 AT-1 resolv.conf and hooks follow the lease: kept over SIGTERM, SIGUSR2 and kill -9, given up with it")]
    public async Task ResolvConfAndHooks_FollowTheLease()
    {
        MakeHook();
        await using Scene scene = await Scene.SetAsync(
            output, ServerConfiguration.DnsmasqDefault,
            new ServerPlan { Extra = "dhcp-option=option:dns-server,192.0.2.53,192.0.2.54\ndhcp-option=option:domain-name,example.org\ndhcp-option=101,../../etc/passwd\ndhcp-option=114,https://portal.example/\n" },
            "dns = \"file\"", $"hooks = \"{_directory.Path}/hooks\"");
        GiveItsOwnEtc(scene.Bed);
        Assert.Equal(Before, ResolvConf(scene.Bed));
        scene.Client.Start();
        JsonElement lease = await scene.BoundAsync();
        await HookAsync("BOUND", scene);
        Assert.Equal(["PREINIT", "BOUND"], Words);
        Assert.Contains($"BOUND c0 new={scene.Address} old= dns=192.0.2.53 192.0.2.54 {{\"schema\":1,\"at\":", File.ReadAllText(Said), StringComparison.Ordinal);
        string[] servers = ["search example.org", "nameserver 192.0.2.53", "nameserver 192.0.2.54"];
        Assert.Equal(servers, Servers(scene.Bed));
        Assert.Equal(("https://portal.example/", JsonValueKind.Null), (lease.GetProperty("captivePortal").GetString(), lease.GetProperty("timeZone").ValueKind));

        using (JsonDocument status = JsonDocument.Parse(await scene.Client.MustAsync("status", "--json")))
        {
            JsonElement resolver = status.RootElement.GetProperty("interfaces")[0].GetProperty("resolver");
            Assert.Equal(("file", "192.0.2.53"), (resolver.GetProperty("to").GetString(), resolver.GetProperty("servers")[0].GetString()));
            Assert.Equal(0, status.RootElement.GetProperty("hooks").GetProperty("failed").GetInt32());
        }
        string text = await scene.Client.MustAsync("status");
        Assert.Contains("resolver   192.0.2.53, 192.0.2.54 to file", text, StringComparison.Ordinal);
        Assert.Contains("portal     https://portal.example/", text, StringComparison.Ordinal);

        await scene.Client.MustAsync("renew", C0);
        await HookAsync("RENEW", scene);
        foreach (string signal in (string[])["TERM", "USR2", "KILL"])
        {
            if (signal == "KILL") await scene.Client.KillAsync();
            else Assert.Equal(0, await scene.Client.StopAsync(signal));
            Assert.Equal(servers, Servers(scene.Bed));
            scene.Client.Start();
            await scene.BoundAsync();
            await HookAsync("REBOOT", scene);
            Assert.Equal(servers, Servers(scene.Bed));
            File.Delete(Said);
        }
        await scene.Client.MustAsync("stop", $"dhcp4@{C0}");
        // When the command returns it has been taken back, and everybody has been told.
        Assert.Equal(Before, ResolvConf(scene.Bed));
        Assert.Equal("RELEASE", Words[^1]);
        Assert.Contains($"RELEASE c0 new= old={scene.Address}", File.ReadAllText(Said), StringComparison.Ordinal);
        using (JsonDocument json = JsonDocument.Parse(File.ReadAllText(Said + ".json")))
        {
            JsonElement old = json.RootElement.GetProperty("old");
            Assert.Equal(("releasing", lease.GetProperty("iaid").GetUInt32()), (old.GetProperty("state").GetString(), old.GetProperty("iaid").GetUInt32()));
        }
        await scene.Client.MustAsync("start", $"dhcp4@{C0}");
        await scene.BoundAsync();
        await HookAsync("BOUND", scene);
        Assert.Equal(servers, Servers(scene.Bed));
        await scene.Client.MustAsync("stop");
        Assert.Equal(Before, ResolvConf(scene.Bed));
        Assert.Empty(Left(scene));
    }

    [Fact(DisplayName = "D12, A6-53 (v6): resolv.conf and hooks follow a lease of DHCPv6: kept over SIGTERM, given up with it")]
    public async Task ResolvConfAndHooks_FollowALeaseOfDhcp6()
    {
        string hook = Path.Combine(Directory.CreateDirectory(Path.Combine(_directory.Path, "hooks")).FullName, "say");
        File.WriteAllText(hook, $"#!/bin/sh\necho \"$reason $interface new=$new_ip6_address old=$old_ip6_address dns=$new_dhcp6_name_servers\" >> {Said}\n");
        File.SetUnixFileMode(hook, (UnixFileMode)0x1ed);
        await using Dhcp6Scene scene = await Dhcp6Scene.SetAsync(output.WriteLine, Dhcp6ServerKind.Dnsmasq);
        scene.Configure("dhcp6 = true\ndns = \"file\"", $"hooks = \"{_directory.Path}/hooks\"");
        GiveItsOwnEtc(scene.Bed);
        await scene.BindAsync();
        string address = Assert.Single(scene.Addresses()).Split('/')[0];
        await Wait.UntilAsync(() => Words is ["PREINIT6", "BOUND6"], Dhcp6Scene.Patience, "BOUND6", scene.ToString);
        Assert.Contains($"BOUND6 {C0} new={address} old= dns=2001:db8:55::1", File.ReadAllText(Said), StringComparison.Ordinal);
        string[] servers = ["search example.org", "nameserver 2001:db8:55::1"];
        await Wait.UntilAsync(() => Servers(scene.Bed).SequenceEqual(servers), Dhcp6Scene.Patience, "resolv.conf", scene.ToString);
        await scene.Client.MustAsync("renew", C0, "-6", "--timeout", "10");
        await Wait.UntilAsync(() => Words[^1] == "RENEW6", Dhcp6Scene.Patience, "RENEW6", scene.ToString);
        Assert.Equal(0, await scene.Client.StopAsync());
        Assert.Equal(servers, Servers(scene.Bed));
        scene.Client.Start();
        await scene.WaitForStateAsync("bound");
        Assert.Equal(servers, Servers(scene.Bed));
        await scene.Client.MustAsync("stop", $"dhcp6@{C0}");
        Assert.Equal(Before, ResolvConf(scene.Bed));
        Assert.Equal("RELEASE6", Words[^1]);
    }

    [Theory(DisplayName = "A6-53 (v6): a REPLY to RENEW without name servers: those of the REPLY before are taken back, the search list stays")]
    [InlineData(Dhcp6ServerKind.Dnsmasq)]
    [InlineData(Dhcp6ServerKind.Kea)]
    public async Task ResolvConf_WhenTheServerHasNoNameServersAnyMore_IsTakenBack(Dhcp6ServerKind kind)
    {
        await using Dhcp6Scene scene = await Dhcp6Scene.SetAsync(output.WriteLine, kind);
        scene.Configure("dhcp6 = true\ndns = \"file\"");
        GiveItsOwnEtc(scene.Bed);
        await scene.BindAsync();
        string address = Assert.Single(scene.Addresses());
        await Wait.UntilAsync(
            () => Servers(scene.Bed).SequenceEqual(["search example.org", "nameserver 2001:db8:55::1"]), Dhcp6Scene.Patience, "resolv.conf", scene.ToString);
        await scene.RestartServerAsync(nameServers: false);
        await scene.Client.MustAsync("renew", C0, "-6", "--timeout", "20");
        await Wait.UntilAsync(() => Servers(scene.Bed).SequenceEqual(["search example.org"]), Dhcp6Scene.Patience, "no name server", scene.ToString);
        Assert.Empty((await scene.LeaseAsync())!.Value.GetProperty("dns").EnumerateArray());
        Assert.Equal(address, Assert.Single(scene.Addresses()));
        await scene.RestartServerAsync();
        await scene.Client.MustAsync("renew", C0, "-6", "--timeout", "20");
        await Wait.UntilAsync(() => Servers(scene.Bed).Contains("nameserver 2001:db8:55::1"), Dhcp6Scene.Patience, "it again", scene.ToString);
    }

    [Fact(DisplayName = "hooks: REBIND6 where a REBIND was answered, also after the link went and the addresses had to be found free again")]
    public async Task Hooks_AfterALinkThatWent_NameTheMessage()
    {
        string hook = Path.Combine(Directory.CreateDirectory(Path.Combine(_directory.Path, "hooks")).FullName, "say");
        File.WriteAllText(hook, $"#!/bin/sh\necho \"$reason $new_ip6_address$new_ip6_prefix\" >> {Said}\n");
        File.SetUnixFileMode(hook, (UnixFileMode)0x1ed);
        await using Dhcp6Scene scene = await Dhcp6Scene.SetAsync(output.WriteLine, Dhcp6ServerKind.Kea);
        scene.Configure("dhcp6 = true\nprefix-delegation = 56", $"hooks = \"{_directory.Path}/hooks\"");
        await scene.BindAsync();
        await Wait.UntilAsync(() => Words is ["PREINIT6", "BOUND6", "BOUND6"], Dhcp6Scene.Patience, "BOUND6", scene.ToString);
        int mark = scene.Mark;
        scene.Bed.Client.Ip($"link set {C0} down");
        scene.Bed.Client.Ip($"link set {C0} up");
        await scene.WaitForPacketAsync("dhcp6 rebind", mark);
        await Wait.UntilAsync(() => Words.Length >= 5, Dhcp6Scene.Patience, "what the answer is called", scene.ToString);
        Assert.Equal(["REBIND6", "REBIND6"], Words[3..]);
    }

    [Fact(DisplayName = "hooks, stateless: BOUND6 with name servers alone, as dhclient -6 -S; STOP6 or EXPIRE6 when it ends")]
    public async Task Hooks_OfConfigurationAlone_HaveItsNameServers()
    {
        string hook = Path.Combine(Directory.CreateDirectory(Path.Combine(_directory.Path, "hooks")).FullName, "say");
        File.WriteAllText(hook, $"#!/bin/sh\necho \"$reason $interface new=$new_ip6_address dns=$new_dhcp6_name_servers search=$new_dhcp6_domain_search old=$old_dhcp6_name_servers\" >> {Said}\n");
        File.SetUnixFileMode(hook, (UnixFileMode)0x1ed);
        await using Dhcp6Scene scene = await Dhcp6Scene.SetAsync(output.WriteLine, Dhcp6ServerKind.Kea, flags: "AdvOtherConfigFlag on;");
        scene.Configure("dhcp6 = \"stateless\"", $"hooks = \"{_directory.Path}/hooks\"");
        scene.Client.Start();
        await Wait.UntilAsync(() => Words is ["PREINIT6", "BOUND6"], Dhcp6Scene.Patience, "BOUND6", scene.ToString);
        Assert.Contains($"BOUND6 {C0} new= dns=2001:db8:55::1 search=example.org old=\n", File.ReadAllText(Said), StringComparison.Ordinal);
        await scene.Client.MustAsync("stop", $"dhcp6@{C0}");
        Assert.Equal("EXPIRE6", Words[^1]);
        Assert.Contains($"EXPIRE6 {C0} new= dns= search= old=2001:db8:55::1\n", File.ReadAllText(Said), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "hooks: DEPREF6 when a preferred lifetime is over and the server is gone, EXPIRE6 at the end")]
    public async Task Hooks_OfAnAddressNobodyExtends_AreDepref6ThenExpire6()
    {
        string hook = Path.Combine(Directory.CreateDirectory(Path.Combine(_directory.Path, "hooks")).FullName, "say");
        File.WriteAllText(hook, $"#!/bin/sh\necho \"$reason $cur_ip6_address/$cur_ip6_prefixlen $old_ip6_address\" >> {Said}\n");
        File.SetUnixFileMode(hook, (UnixFileMode)0x1ed);
        await using Dhcp6Scene scene = await Dhcp6Scene.SetAsync(output.WriteLine, Dhcp6ServerKind.Short);
        scene.Configure("dhcp6 = true", $"hooks = \"{_directory.Path}/hooks\"");
        await scene.BindAsync();
        string address = Assert.Single(scene.Addresses()).Split('/')[0];
        scene.StopServer();
        await Wait.UntilAsync(() => Words is ["PREINIT6", "BOUND6", .., "DEPREF6", "EXPIRE6"], Dhcp6Scene.Patience, "DEPREF6 and EXPIRE6", () => string.Join('\n', Words) + scene);
        string[] lines = File.ReadAllLines(Said);
        Assert.Equal($"DEPREF6 {address}/128 ", lines[^2]);
        Assert.Equal($"EXPIRE6 / {address}", lines[^1]);
    }

    private const string Written = "name-servers = [\"192.0.2.99\", \"fe80::99%c0\", \"192.0.2.53\"]\nsearch-domains = [\"static.example\"]";

    private static async Task UntilServersAsync(Scene scene, string[] wanted) => await Wait.UntilAsync(
        () => Servers(scene.Bed).SequenceEqual(wanted), Scene.Patience, string.Join(", ", wanted), () => ResolvConf(scene.Bed) + scene.Client);

    [Fact(DisplayName = "name-servers and search-domains in resolv.conf: before a lease, beside it and first, kept over SIGTERM and kill -9, taken back by stop static@, by reload and by stop")]
    public async Task NameServers_WrittenDown_AreInResolvConfBesideTheLease()
    {
        await using Scene scene = await Scene.SetAsync(
            output, ServerConfiguration.DnsmasqDefault,
            new ServerPlan { Extra = "dhcp-option=option:dns-server,192.0.2.53,192.0.2.54\ndhcp-option=option:domain-name,example.org\n" }, $"dns = \"file\"\n{Written}");
        GiveItsOwnEtc(scene.Bed);
        string[] both = ["search static.example example.org", "nameserver 192.0.2.99", "nameserver fe80::99%c0", "nameserver 192.0.2.53"];
        string[] written = ["search static.example", .. both[1..]], leased = ["search example.org", both[3], "nameserver 192.0.2.54"];
        scene.Client.Start();
        await scene.BoundAsync();
        await UntilServersAsync(scene, both);
        Assert.Contains(
            "  resolver   192.0.2.99 (static), fe80::99%c0 (static), 192.0.2.53 (static) to file; left out: 192.0.2.54 (the C library reads three)\n  domains    static.example (static), example.org\n",
            await scene.Client.MustAsync("status"), StringComparison.Ordinal);
        using (JsonDocument status = JsonDocument.Parse(await scene.Client.MustAsync("status", "--json")))
        {
            JsonElement resolver = status.RootElement.GetProperty("interfaces")[0].GetProperty("resolver");
            Assert.Equal((4, 3), (resolver.GetProperty("servers").GetArrayLength(), resolver.GetProperty("staticServers").GetArrayLength()));
        }
        foreach (string signal in (string[])["TERM", "KILL"])
        {
            if (signal == "KILL") await scene.Client.KillAsync();
            else Assert.Equal(0, await scene.Client.StopAsync(signal));
            Assert.Equal(both, Servers(scene.Bed));
            scene.Client.Start();
            await scene.BoundAsync();
            Assert.Equal(both, Servers(scene.Bed));
        }

        await scene.Client.MustAsync("stop", $"dhcp4@{C0}");
        Assert.Equal(written, Servers(scene.Bed));
        await scene.Client.MustAsync("start", $"dhcp4@{C0}");
        await scene.BoundAsync();
        await UntilServersAsync(scene, both);
        await scene.Client.MustAsync("stop", $"static@{C0}");
        Assert.Equal(leased, Servers(scene.Bed));
        await scene.Client.MustAsync("start", $"static@{C0}");
        await UntilServersAsync(scene, both);
        scene.Client.Configure("dns = \"file\"");
        await scene.Client.MustAsync("reload");
        await UntilServersAsync(scene, leased);
        scene.Client.Configure($"dns = \"file\"\n{Written}");
        await scene.Client.MustAsync("reload");
        await UntilServersAsync(scene, both);
        await scene.Client.MustAsync("stop");
        Assert.Equal(Before, ResolvConf(scene.Bed));
    }

    [Fact(DisplayName = "name-servers by resolvconf: beside a lease and first; without DHCP, at once; taken back by stop")]
    public async Task NameServers_WrittenDown_AreToldToResolvconf()
    {
        await using Scene scene = await Scene.SetAsync(
            output, ServerConfiguration.DnsmasqDefault, new ServerPlan { Extra = "dhcp-option=option:dns-server,192.0.2.54\n" }, $"dns = \"auto\"\n{Written}");
        // One that keeps what it is told, in the place where programs are looked for first.
        const string Resolvconf = "#!/bin/sh\ncase $1 in -a) cat > /run/told.$2;; -d) rm -f /run/told.$2;; esac\n";
        string program = Path.Combine(_directory.Path, "resolvconf");
        File.WriteAllText(program, Resolvconf);
        File.SetUnixFileMode(program, (UnixFileMode)0x1ed);
        scene.Bed.Client.Run("mount", "--bind", _directory.Path, "/usr/local/sbin");
        string Told() => scene.Bed.Client.Run("sh", "-c", "cat /run/told.* 2>/dev/null || true");
        async Task UntilToldAsync(string wanted) => await Wait.UntilAsync(() => Told() == wanted, Scene.Patience, wanted, () => Told() + scene.Client);
        const string written = "search static.example\nnameserver 192.0.2.99\nnameserver fe80::99%c0\nnameserver 192.0.2.53\n";
        scene.Client.Start();
        await scene.BoundAsync();
        await UntilToldAsync(written + "nameserver 192.0.2.54\n");
        await scene.Client.MustAsync("stop", $"static@{C0}");
        Assert.Equal("nameserver 192.0.2.54\n", Told());
        await scene.Client.MustAsync("start", $"static@{C0}");
        await UntilToldAsync(written + "nameserver 192.0.2.54\n");
        await scene.Client.MustAsync("stop");
        Assert.Equal("", Told());
        Assert.Equal(0, await scene.Client.Daemon.WaitForExitAsync(Scene.Patience));

        // No lease will come, and no address is written down: nobody waits for one.
        File.WriteAllText(scene.Client.ConfigurationFile, $"[interface.{C0}]\n{Written}\n");
        scene.Client.Start();
        await UntilToldAsync(written);
        Assert.Contains($"static@{C0}", await scene.Client.MustAsync("status"), StringComparison.Ordinal);
        await scene.Client.MustAsync("stop");
        Assert.Equal("", Told());
    }

    private static string[] Left(Scene scene) =>
        scene.Bed.Client.Run("sh", "-c", "ls -a /etc | grep bonddhcp || true").Split('\n', StringSplitOptions.RemoveEmptyEntries);

    [Fact(DisplayName = "D12 dns = false on reload gives resolv.conf back and leaves the lease alone")]
    public async Task Reload_ToFalse_GivesTheFileBack()
    {
        await using Scene scene = await Scene.SetAsync(
            output, ServerConfiguration.DnsmasqDefault, new ServerPlan { Extra = "dhcp-option=option:dns-server,192.0.2.53\n" }, "dns = \"file\"");
        GiveItsOwnEtc(scene.Bed);
        scene.Client.Start();
        await scene.BoundAsync();
        await Wait.UntilAsync(() => Servers(scene.Bed).Contains("nameserver 192.0.2.53"), Scene.Patience, "the name server", () => scene.Client.ToString());
        int frames = scene.Trace.Dhcp("REQUEST").Count;
        scene.Client.Configure("dns = false");
        await scene.Client.MustAsync("reload");
        Assert.Equal(Before, ResolvConf(scene.Bed));
        using JsonDocument status = JsonDocument.Parse(await scene.Client.MustAsync("status", "--json"));
        Assert.Equal("dns is false", status.RootElement.GetProperty("interfaces")[0].GetProperty("resolver").GetProperty("why").GetString());
        Assert.Equal(frames, scene.Trace.Dhcp("REQUEST").Count);
        scene.AssertNoDeletion();
    }
}
