using System.Text.Json;
using System.Text.RegularExpressions;
using BondDhcp.Tests.Beds;
using BondDhcp.Tests.Kit;
using Xunit;
using Xunit.Abstractions;

namespace BondDhcp.Tests.Servers;

/// <summary>Options of the configuration, on the wire and in force, with real servers.</summary>
public sealed class OptionOverrideTests(ITestOutputHelper output) : IDisposable
{
    private const string C0 = NetworkBed.ClientInterface;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    private string Said => Path.Combine(_directory.Path, "said");

    private string MakeHook(string line)
    {
        string hook = Path.Combine(Directory.CreateDirectory(Path.Combine(_directory.Path, "hooks")).FullName, "say");
        File.WriteAllText(hook, $"#!/bin/sh\necho \"{line}\" >> {Said}\n");
        File.SetUnixFileMode(hook, (UnixFileMode)0x1ed);
        return $"hooks = \"{_directory.Path}/hooks\"";
    }

    private Task HookAsync(string line, object scene) => Wait.UntilAsync(
        () => File.Exists(Said) && File.ReadAllLines(Said).LastOrDefault() == line, Scene.Patience, line,
        () => (File.Exists(Said) ? File.ReadAllText(Said) : "no hook ran") + scene);

    private static string Default(Scene scene) => scene.Bed.Client.Ip($"route show default dev {C0}").Trim();

    private static string Mtu(Scene scene) => Regex.Match(scene.Bed.Client.Ip($"link show {C0}"), "mtu ([0-9]+)").Groups[1].Value;

    private static JsonElement Option(JsonElement lease, int code) =>
        lease.GetProperty("options").EnumerateArray().Single(option => option.GetProperty("code").GetInt32() == code);

    private const string Classes = """
        dhcp-vendorclass=set:lab,laptop
        dhcp-userclass=set:eng,abcd
        dhcp-option=tag:lab,option:ntp-server,192.0.2.123
        dhcp-option=tag:eng,option:domain-name,eng.example
        dhcp-option=option:tftp-server,boot.example
        """;

    [Fact(DisplayName = "What is sent makes dnsmasq give other options; what is asked for comes; what is put in the server's place is in force everywhere, and a reload changes it without an exchange")]
    public async Task Overrides_OnDnsmasq_AreSentAskedForAndInForce()
    {
        string hooks = MakeHook("$reason dns=$new_domain_name_servers ntp=$new_ntp_servers mtu=$new_interface_mtu tftp=$new_tftp_server_name old=$old_domain_name_servers");
        const string sending = "send = { vendor-class-identifier = \"laptop\", \"77\" = \"hex:04:61:62:63:64\" }\nrequest = [\"tftp-server-name\"]\n";
        await using Scene scene = await Scene.SetAsync(
            output, ServerConfiguration.DnsmasqDefault, new ServerPlan { Extra = Classes },
            sending + """
                supersede = { domain-name-servers = ["192.0.2.99", "127.0.0.1"], interface-mtu = 1400, routers = ["192.0.2.253"] }
                prepend = { ntp-servers = ["192.0.2.200"] }
                append = { domain-search = ["corp.example"] }
                dns = "file"
                """, hooks);
        scene.Bed.Client.Run("sh", "-c", "set -e; cp -a /etc /run/etc; mount --bind /run/etc /etc; [ \"$(stat -c %d /etc)\" = \"$(stat -c %d /run)\" ]");
        scene.Client.Start();
        JsonElement lease = await scene.BoundAsync();

        foreach (string name in (string[])["DISCOVER", "REQUEST"])
        {
            TracedDhcp sent = scene.Trace.Dhcp(name)[0].Dhcp!;
            Assert.Equal("laptop", System.Text.Encoding.ASCII.GetString(sent.Options[60]));
            Assert.Equal("0461626364", Convert.ToHexStringLower(sent.Options[77]));
            Assert.Equal(66, sent.Options[55][^1]);
        }
        Assert.Equal("eng.example", lease.GetProperty("domain").GetString());
        Assert.Equal(["192.0.2.200", "192.0.2.123"], lease.GetProperty("ntp").EnumerateArray().Select(server => server.GetString()));
        Assert.Equal("192.0.2.99", lease.GetProperty("dns")[0].GetString());
        Assert.Equal("192.0.2.253", lease.GetProperty("routes")[0].GetProperty("via").GetString());
        Assert.Equal(["configuration", "configuration", "configuration", "configuration", "server"], new[] { 6, 26, 3, 42, 15 }.Select(code => Option(lease, code).GetProperty("origin").GetString()));
        Assert.Equal(("1400", "default via 192.0.2.253 proto dhcp"), (Mtu(scene), string.Join(' ', Default(scene).Split(' ')[..5])));
        await HookAsync("BOUND dns=192.0.2.99 127.0.0.1 ntp=192.0.2.200 192.0.2.123 mtu=1400 tftp=boot.example old=", scene.Client);
        string[] Resolver() => [.. scene.Bed.Client.Run("cat", "/etc/resolv.conf").Split('\n').Where(line => line.Length > 0 && line[0] != '#')];
        string[] before = ["search corp.example", "nameserver 192.0.2.99", "nameserver 127.0.0.1"];
        await Wait.UntilAsync(() => Resolver().SequenceEqual(before), Scene.Patience, "resolv.conf", () => string.Join('\n', Resolver()));
        Assert.Contains("overridden ", await scene.Client.MustAsync("lease"), StringComparison.Ordinal);

        // The stored lease is what the server said.
        string stored = File.ReadAllText(Directory.GetFiles(scene.Client.StateDirectory, "*.json", SearchOption.AllDirectories).Single(file => file.Contains(C0, StringComparison.Ordinal)));
        Assert.DoesNotContain("c0:00:02:63", stored, StringComparison.Ordinal);

        int mark = scene.Trace.Mark;
        scene.Client.Configure(sending + "supersede = { domain-name-servers = [\"192.0.2.77\"] }\ndns = \"file\"", hooks);
        await scene.Client.MustAsync("reload");
        await HookAsync("RENEW dns=192.0.2.77 ntp=192.0.2.123 mtu= tftp=boot.example old=192.0.2.99 127.0.0.1", scene.Client);
        Assert.Equal(("1500", $"default via {ServerPlan.DefaultRouter} proto dhcp"), (Mtu(scene), string.Join(' ', Default(scene).Split(' ')[..5])));
        await Wait.UntilAsync(() => Resolver().SequenceEqual(["search eng.example", "nameserver 192.0.2.77"]), Scene.Patience, "resolv.conf", () => string.Join('\n', Resolver()));
        Assert.Empty(scene.Trace.Dhcp(from: mark));

        // What is told to the server is told at once; and without the class its options are gone.
        scene.Client.Configure("send = { vendor-class-identifier = \"desk\" }\ndns = \"file\"", hooks);
        await scene.Client.MustAsync("reload");
        await HookAsync($"RENEW dns={ServerPlan.DefaultRouter} ntp= mtu= tftp= old={ServerPlan.DefaultRouter}", scene.Client);
        // The capture is read beside all this, and may be behind the hook.
        await scene.Trace.WaitForDhcpAsync("REQUEST", Scene.Patience, mark);
        TracedDhcp renewal = scene.Trace.Dhcp("REQUEST", mark).Single().Dhcp!;
        Assert.Equal(("desk", scene.Address), (System.Text.Encoding.ASCII.GetString(renewal.Options[60]), renewal.Ciaddr));
        Assert.False(renewal.Options.ContainsKey(77));

        scene.AssertNoDeletion();
        await scene.Client.MustAsync("stop");
        await scene.Trace.WaitForDhcpAsync("RELEASE", Scene.Patience);
        Assert.False(scene.Trace.Dhcp("RELEASE").Single().Dhcp!.Options.ContainsKey(60));
    }

    [Fact(DisplayName = "Without the daemon, lease shows what the configuration makes of the stored lease")]
    public async Task StoredLease_IsShownAsConfigured()
    {
        await using Scene scene = await Scene.BindAsync(
            output, ServerConfiguration.KeaDefault,
            new ServerPlan
            {
                Extra = """
                    , "client-classes": [ { "name": "lab", "test": "option[60].text == 'laptop'", "option-data": [ { "name": "ntp-servers", "data": "192.0.2.123" } ] } ]
                    """,
            },
            "send = { vendor-class-identifier = \"laptop\" }\ndefault = { domain-name = \"example.org\" }");
        Assert.Equal(0, await scene.Client.StopAsync("TERM"));
        using JsonDocument shown = JsonDocument.Parse(await scene.Client.MustAsync("lease", "--json"));
        Assert.Equal("state-directory", shown.RootElement.GetProperty("from").GetString());
        JsonElement lease = shown.RootElement.GetProperty("interfaces")[0].GetProperty("dhcp4");
        Assert.Equal(("example.org", "192.0.2.123"), (lease.GetProperty("domain").GetString(), lease.GetProperty("ntp")[0].GetString()));
    }

    [Fact(DisplayName = "require: an offer without the option is not taken, and the drop is counted")]
    public async Task Require_WithoutTheOption_TakesNoOffer()
    {
        await using Scene scene = await Scene.SetAsync(output, ServerConfiguration.DnsmasqDefault, settings: "require = [\"ntp-servers\", 66]");
        scene.Client.Start();
        await scene.Trace.WaitForDhcpAsync("OFFER", Scene.Patience);
        await Wait.UntilAsync(() => scene.Trace.Dhcp("OFFER").Count >= 2, Scene.Patience, "two offers", () => scene.Trace.ToString());
        Assert.Empty(scene.Trace.Dhcp("REQUEST"));
        Assert.Contains((byte)66, scene.Trace.Dhcp("DISCOVER")[0].Dhcp!.Options[55]);
        using JsonDocument status = JsonDocument.Parse(await scene.Client.MustAsync("status", "--json"));
        Assert.True(status.RootElement.GetProperty("interfaces")[0].GetProperty("drops").GetProperty("missingOption").GetInt32() >= 1);
    }

    [Theory(DisplayName = "DHCPv6: user class and vendor class with its enterprise number make the server give another option; overrides are in force")]
    [InlineData(Dhcp6ServerKind.Dnsmasq, "dhcp-vendorclass=set:lab,enterprise:32473,laptop\ndhcp-userclass=set:eng,abcd\ndhcp-option=tag:lab,option6:ntp-server,[2001:db8:55::7b]\ndhcp-option=tag:eng,option6:bootfile-url,tftp://eng.example/")]
    [InlineData(Dhcp6ServerKind.Kea, """
        , "client-classes": [
            { "name": "lab", "test": "vendor-class[32473].data == 'laptop'", "option-data": [ { "name": "sntp-servers", "data": "2001:db8:55::7b" } ] },
            { "name": "eng", "test": "option[15].hex == 0x000461626364", "option-data": [ { "name": "bootfile-url", "data": "tftp://eng.example/" } ] } ]
        """)]
    public async Task Overrides6_OnRealServers_AreSentAndInForce(Dhcp6ServerKind kind, string extra)
    {
        string hooks = MakeHook("$reason dns=$new_dhcp6_name_servers search=$new_dhcp6_domain_search");
        await using Dhcp6Scene scene = await Dhcp6Scene.SetAsync(output.WriteLine, kind, extra: extra);
        const string sending = "dhcp6 = true\nrequest = [\"dhcp6.bootfile-url\"]\nsend = { \"dhcp6.user-class\" = \"abcd\", \"dhcp6.vendor-class\" = \"enterprise-32473 laptop\" }\n";
        scene.Configure(sending + "prepend = { \"dhcp6.name-servers\" = \"2001:db8::53\" }\nsupersede = { \"dhcp6.domain-search\" = [\"corp.example\"] }", hooks);
        JsonElement lease = await scene.BindAsync();
        Assert.Equal("tftp://eng.example/", Option(lease, 59).GetProperty("value").GetString());
        Assert.Contains("2001:db8:55::7b", string.Join(' ', lease.GetProperty("options").EnumerateArray().Where(option => option.GetProperty("code").GetInt32() is 31 or 56).Select(option => option.GetProperty("value").GetString() + option.GetProperty("hex").GetString())).Replace("20:01:0d:b8:00:55:00:00:00:00:00:00:00:00:00:7b", "2001:db8:55::7b", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(["2001:db8::53", "2001:db8:55::1"], lease.GetProperty("dns").EnumerateArray().Select(server => server.GetString()));
        Assert.Equal(["configuration", "configuration", "server"], new[] { 23, 24, 59 }.Select(code => Option(lease, code).GetProperty("origin").GetString()));
        await HookAsync("BOUND6 dns=2001:db8::53 2001:db8:55::1 search=corp.example", scene);

        int mark = scene.Mark;
        scene.Configure(sending, hooks);
        await scene.Client.MustAsync("reload");
        await HookAsync("RENEW6 dns=2001:db8:55::1 search=example.org", scene);
        Assert.DoesNotContain(scene.Packets(mark), line => line.Contains("dhcp6", StringComparison.Ordinal));

        scene.Configure("dhcp6 = true", hooks);
        await scene.Client.MustAsync("reload");
        await scene.WaitForPacketAsync("dhcp6 reply", mark);
        await HookAsync("RENEW6 dns=2001:db8:55::1 search=example.org", scene);
        lease = (await scene.LeaseAsync())!.Value;
        Assert.DoesNotContain(lease.GetProperty("options").EnumerateArray(), option => option.GetProperty("code").GetInt32() == 59);
    }

    [Fact(DisplayName = "A name that is none in a server's search list is left out by itself, with a warning: the rest and the owner's are in resolv.conf, hooks and lease, which shows what was sent")]
    public async Task SearchList_WithAnUnderscore_IsUsedWithoutIt()
    {
        string hooks = MakeHook("$reason search=$new_dhcp6_domain_search");
        await using Dhcp6Scene scene = await Dhcp6Scene.SetAsync(
            output.WriteLine, Dhcp6ServerKind.Dnsmasq, extra: "dhcp-userclass=set:eng,abcd\ndhcp-option=tag:eng,option6:domain-search,a.example,my_corp.example,b.example");
        scene.Configure("dhcp6 = true\nsend = { \"dhcp6.user-class\" = \"abcd\" }\nappend = { \"dhcp6.domain-search\" = [\"corp.example\"] }\ndns = \"file\"", hooks);
        scene.Bed.Client.Run("sh", "-c", "set -e; cp -a /etc /run/etc; mount --bind /run/etc /etc; [ \"$(stat -c %d /etc)\" = \"$(stat -c %d /run)\" ]");
        JsonElement lease = await scene.BindAsync();
        await HookAsync("BOUND6 search=a.example b.example corp.example", scene);
        Assert.Equal(["a.example", "b.example", "corp.example"], lease.GetProperty("searchDomains").EnumerateArray().Select(name => name.GetString()));
        Assert.Contains("search a.example b.example corp.example\n", scene.Bed.Client.Run("cat", "/etc/resolv.conf"), StringComparison.Ordinal);
        Assert.Contains("option 24 (domain-search): left out, not a valid name: my_corp.example", await scene.Client.MustAsync("timeline"), StringComparison.Ordinal);

        scene.Configure("dhcp6 = true\nsend = { \"dhcp6.user-class\" = \"abcd\" }\ndns = \"file\"", hooks);
        await scene.Client.MustAsync("reload");
        await HookAsync("RENEW6 search=a.example b.example", scene);
        Assert.Equal("a.example, my_corp.example, b.example", Option((await scene.LeaseAsync())!.Value, 24).GetProperty("value").GetString());
    }
}
