using System.Text.Json;
using BondDhcp.Tests.Beds;
using Xunit;
using Xunit.Abstractions;

namespace BondDhcp.Tests.Servers;

/// <summary>What a reload disturbs: those whom a changed setting concerns, and nobody else.</summary>
public sealed class ReloadTests(ITestOutputHelper output)
{
    private const string C0 = NetworkBed.ClientInterface;
    private const string Both = "dhcp4 = true\ndhcp6 = true\nconflict-detection = \"before\"\n";

    [Theory(DisplayName = "A reload of what DHCPv6 alone is about: DHCPv4 sends nothing, keeps its lease as it is, and the journal has nothing of it")]
    [InlineData("prefix-delegation = 56")]
    [InlineData("request = [\"dhcp6.sntp-servers\"]")]
    [InlineData("solicit-delay = false\nrapid-commit = \"dhcp6\"")]
    public async Task SettingOfDhcp6_LeavesDhcp4Alone(string setting)
    {
        await using Dhcp6Scene scene = await SetAsync();
        (string Lease, string Timeline) before = (await LeaseAsync(scene, "dhcp4"), await TimelineAsync(scene, "dhcp4"));
        int mark = scene.Mark, events = scene.Bed.Events.All.Count;

        scene.Configure(Both + setting);
        await scene.Client.MustAsync("reload");
        await Wait.UntilAsync(
            () => !setting.StartsWith("prefix", StringComparison.Ordinal) || scene.Bed.Client.Ip("-6 route show type unreachable").Contains("/56", StringComparison.Ordinal),
            Dhcp6Scene.Patience, "a prefix", scene.ToString);
        // What follows a reload has happened when what was asked for after it is done.
        await scene.WaitForStateAsync("bound");
        await scene.Client.MustAsync("renew", C0, "-6", "--timeout", "10");

        Assert.Equal(before, (await LeaseAsync(scene, "dhcp4"), await TimelineAsync(scene, "dhcp4")));
        Assert.DoesNotContain(scene.Packets(mark), line => line.Contains("BOOTP", StringComparison.Ordinal));
        Assert.DoesNotContain(scene.Bed.Events.All.Skip(events), e => e.IsAddress(C0) || e.Text.Contains("192.0.2.", StringComparison.Ordinal));
    }

    [Fact(DisplayName = "A reload of prefix-delegation, and of dhcp6 between true and \"auto\": the address stays, and the server is asked for no more than what changed")]
    public async Task WishesOfDhcp6_Changed_KeepTheLease()
    {
        await using Dhcp6Scene scene = await Dhcp6Scene.SetAsync(output.WriteLine, Dhcp6ServerKind.Kea);
        await scene.BindAsync();
        string address = Assert.Single(scene.Addresses());
        int start = scene.Mark, events = scene.Bed.Events.All.Count, mark = await Reload("dhcp6 = true\nprefix-delegation = 56");
        await scene.WaitForPacketAsync("dhcp6 renew .*IA_PD", mark);
        await Wait.UntilAsync(() => Routes().Contains("/56", StringComparison.Ordinal), Dhcp6Scene.Patience, "a prefix", scene.ToString);
        string route = Routes();

        mark = await Reload("dhcp6 = true\nprefix-delegation = 60");
        await scene.WaitForPacketAsync("dhcp6 renew .*/60", mark);
        await scene.WaitForPacketAsync("dhcp6 reply", mark);
        await scene.WaitForStateAsync("bound");
        Assert.Equal(route, Routes());

        mark = await Reload("dhcp6 = \"auto\"\nprefix-delegation = 60");
        await Reload("dhcp6 = true\nprefix-delegation = 60");
        await scene.Client.MustAsync("lease", C0);
        Assert.DoesNotContain(scene.Packets(mark), line => line.Contains("dhcp6", StringComparison.Ordinal));

        mark = await Reload("dhcp6 = true");
        string release = await scene.WaitForPacketAsync("dhcp6 release", mark);
        Assert.Contains("IA_PD", release, StringComparison.Ordinal);
        Assert.DoesNotContain("IA_NA", release, StringComparison.Ordinal);
        await scene.WaitForPacketAsync("dhcp6 reply", mark);
        Assert.Equal("", Routes());
        Assert.Empty((await scene.WaitForStateAsync("bound")).GetProperty("prefixes").EnumerateArray());

        Assert.Equal(address, Assert.Single(scene.Addresses()));
        Assert.DoesNotContain(scene.Bed.Events.All.Skip(events), e => e.Text.Contains("Deleted", StringComparison.Ordinal) && e.Text.Contains(address, StringComparison.Ordinal));
        Assert.DoesNotContain(scene.Packets(start), line => line.Contains("dhcp6 solicit", StringComparison.Ordinal) || line.Contains("dhcp6 request", StringComparison.Ordinal));

        async Task<int> Reload(string settings)
        {
            int before = scene.Mark;
            scene.Configure(settings);
            await scene.Client.MustAsync("reload");
            return before;
        }

        string Routes() => scene.Bed.Client.Ip("-6 route show type unreachable");
    }

    [Theory(DisplayName = "A reload of what DHCPv4 alone is about: DHCPv6 sends nothing, keeps its lease as it is, and the journal has nothing of it")]
    [InlineData("broadcast = \"always\"\noffer-wait = 50\nlease-routes = \"default-only\"", "")]
    [InlineData("ipv4-link-local = true\ndefend = \"always\"", "")]
    [InlineData("", "client-id = \"mac\"")]
    public async Task SettingOfDhcp4_LeavesDhcp6Alone(string setting, string globalSetting)
    {
        await using Dhcp6Scene scene = await SetAsync();
        (string Lease, string Timeline) before = (await LeaseAsync(scene, "dhcp6"), await TimelineAsync(scene, "dhcp6"));
        int mark = scene.Mark, events = scene.Bed.Events.All.Count;

        scene.Configure(Both + setting, globalSetting);
        await scene.Client.MustAsync("reload");
        await scene.Client.WaitForStateAsync("bound", Dhcp6Scene.Patience);
        await scene.Client.MustAsync("renew", C0, "-4", "--timeout", "10");

        Assert.Equal(before, (await LeaseAsync(scene, "dhcp6"), await TimelineAsync(scene, "dhcp6")));
        Assert.DoesNotContain(scene.Packets(mark), line => line.Contains("dhcp6", StringComparison.Ordinal));
        Assert.DoesNotContain(scene.Bed.Events.All.Skip(events), e => e.Text.Contains(" inet6 2001:", StringComparison.Ordinal));
    }

    [Fact(DisplayName = "DHCPv4 switched off and on by a reload: DHCPv6 goes on, and tells of the carrier where nobody else does")]
    public async Task Dhcp4_SwitchedOff_LeavesTheLinkToDhcp6()
    {
        await using Dhcp6Scene scene = await SetAsync();
        (string Lease, string Timeline) before = (await LeaseAsync(scene, "dhcp6"), await TimelineAsync(scene, "dhcp6"));
        scene.Configure("dhcp6 = true");
        await scene.Client.MustAsync("reload");
        Assert.Empty(scene.Bed.ClientAddresses());
        Assert.Equal(before, (await LeaseAsync(scene, "dhcp6"), await TimelineAsync(scene, "dhcp6")));
        await LoseAsync();

        scene.Configure(Both);
        await scene.Client.MustAsync("reload");
        await scene.Client.WaitForStateAsync("bound", Dhcp6Scene.Patience);
        await LoseAsync();

        // Told once each time: not by nobody, and not by both clients.
        async Task LoseAsync()
        {
            (int lost, int found) = (await CountAsync(false) + 1, await CountAsync(true) + 1);
            scene.Bed.Server.Ip($"link set {NetworkBed.ServerInterface} down");
            await ToldAsync(false, lost);
            scene.Bed.Server.Ip($"link set {NetworkBed.ServerInterface} up");
            await ToldAsync(true, found);
            Assert.Equal((lost, found), (await CountAsync(false), await CountAsync(true)));
        }

        async Task ToldAsync(bool carrier, int times)
        {
            DateTime deadline = DateTime.UtcNow + Dhcp6Scene.Patience;
            while (await CountAsync(carrier) < times)
            {
                if (DateTime.UtcNow > deadline) throw new BedException($"carrier {carrier} is not told\n{scene}");
                await Task.Delay(20);
            }
        }

        async Task<int> CountAsync(bool carrier) => (await scene.Client.MustAsync("timeline", C0, "--json")).Split('\n').Count(line =>
            line.Contains("\"event\":\"carrier\"", StringComparison.Ordinal) && line.Contains(carrier ? "\"carrier\":true" : "\"carrier\":false", StringComparison.Ordinal));
    }

    [Fact(DisplayName = "A reload takes away what it drops of the static addresses, each with the origin it had")]
    public async Task StaticAddress_Dropped_GoesWithItsOrigin()
    {
        await using Scene scene = await Scene.SetAsync(output, ServerConfiguration.DnsmasqDefault, settings: "addresses = [\"198.51.100.1/24\", \"198.51.100.2/24\"]");
        scene.Client.Start();
        await scene.Client.WaitForStateAsync("bound", Scene.Patience);
        await Wait.UntilAsync(() => scene.Bed.ClientAddresses().Count == 3, Scene.Patience, "all addresses", () => scene.Client.ToString());
        scene.Client.Configure("addresses = [\"198.51.100.2/24\"]");
        await scene.Client.MustAsync("reload");
        scene.Client.Configure();
        await scene.Client.MustAsync("reload");
        Assert.Equal(
            ["198.51.100.1/24 static", "198.51.100.2/24 static"],
            (await scene.TimelineAsync("addressRemoved")).Select(one => $"{one.GetProperty("address").GetString()} {one.GetProperty("origin").GetString()}"));
    }

    [Theory(DisplayName = "A reload that mends what kept the client from a lease: status had said what, and it is asked at once, not at the end of a back-off")]
    [InlineData("require = [\"tftp-server-name\"]", "answered without option tftp-server-name, which 'require' wants; the next DHCPDISCOVER in ")]
    [InlineData("reject-server = [\"192.0.2.1\"]", "server 192.0.2.1 answered, but reject-server excludes it; the next DHCPDISCOVER in ")]
    public async Task SettingThatKeepsFromALease_Mended_IsFeltAtOnce(string setting, string why)
    {
        await using Scene scene = await Scene.SetAsync(output, ServerConfiguration.DnsmasqDefault, settings: setting);
        scene.Client.Start();
        string status = "";
        await Wait.UntilAsync(async () => (status = (await scene.Client.CommandAsync("status")).Output).Contains(why, StringComparison.Ordinal), Scene.Patience, why, () => status);
        // The next one is not soon.
        await Wait.UntilAsync(async () => (await scene.TimelineAsync("sent")).Count >= 3, Scene.Patience, "the third DHCPDISCOVER", () => scene.Client.ToString());
        scene.Client.Configure();
        await scene.Client.MustAsync("reload");
        await scene.Client.WaitForStateAsync("bound", TimeSpan.FromSeconds(5));
    }

    [Theory(DisplayName = "The same of DHCPv6")]
    [InlineData("require = [\"dhcp6.sntp-servers\"]", "answered without option dhcp6.sntp-servers, which 'require' wants; the next SOLICIT in ")]
    [InlineData("require-server = [\"00:03:00:01:02:00:00:00:00:77\"]", "answered, but require-server does not name it; the next SOLICIT in ")]
    public async Task SettingThatKeepsFromALeaseOfDhcp6_Mended_IsFeltAtOnce(string setting, string why)
    {
        await using Dhcp6Scene scene = await Dhcp6Scene.SetAsync(output.WriteLine, Dhcp6ServerKind.Kea, "dhcp6 = true\n" + setting);
        int mark = scene.Mark;
        scene.Client.Start();
        string status = "";
        await Wait.UntilAsync(async () => (status = (await scene.Client.CommandAsync("status")).Output).Contains(why, StringComparison.Ordinal), Dhcp6Scene.Patience, why, () => status);
        await Wait.UntilAsync(() => scene.Packets(mark).Count(line => line.Contains("dhcp6 solicit", StringComparison.Ordinal)) >= 4, Dhcp6Scene.Patience, "the fourth SOLICIT", scene.ToString);
        scene.Configure("dhcp6 = true");
        await scene.Client.MustAsync("reload");
        await scene.Client.MustAsync("wait-online", C0, "-6", "--timeout", "5");
    }

    // Both families have a lease, and nothing is under way.
    private async Task<Dhcp6Scene> SetAsync()
    {
        Dhcp6Scene scene = await Dhcp6Scene.SetAsync(output.WriteLine, Dhcp6ServerKind.Kea, Both);
        try
        {
            await scene.Bed.StartServerAsync(ServerConfiguration.DnsmasqDefault);
            await scene.BindAsync();
            await scene.Client.WaitForStateAsync("bound", Dhcp6Scene.Patience);
            await Wait.UntilAsync(
                () => scene.Bed.Trace.Frames.Count(frame => frame.Arp is { IsAnnouncement: true } arp && arp.SenderMac == scene.Bed.ClientMac) == 2,
                Dhcp6Scene.Patience, "two announcements", scene.ToString);
            return scene;
        }
        catch
        {
            await scene.DisposeAsync();
            throw;
        }
    }

    private static async Task<string> LeaseAsync(Dhcp6Scene scene, string family)
    {
        using JsonDocument document = JsonDocument.Parse(await scene.Client.MustAsync("lease", C0, "--json"));
        return document.RootElement.GetProperty("interfaces")[0].GetProperty(family).GetRawText();
    }

    private static async Task<string> TimelineAsync(Dhcp6Scene scene, string source) => string.Join(
        '\n', (await scene.Client.MustAsync("timeline", "--json")).Split('\n').Where(line => line.Contains($"\"source\":\"{source}\"", StringComparison.Ordinal)));
}
