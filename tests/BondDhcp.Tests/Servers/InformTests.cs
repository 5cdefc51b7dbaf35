using System.Text.Json;
using BondDhcp.Tests.Beds;
using BondDhcp.Tests.Kit;
using Xunit;
using Xunit.Abstractions;

namespace BondDhcp.Tests.Servers;

/// <summary>DHCPINFORM beside a static address, answered by real servers.</summary>
public sealed class InformTests(ITestOutputHelper output) : IDisposable
{
    private const string C0 = NetworkBed.ClientInterface;
    private const string Own = "192.0.2.160";

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    private string Said => Path.Combine(_directory.Path, "said");

    private string MakeHook()
    {
        string hook = Path.Combine(Directory.CreateDirectory(Path.Combine(_directory.Path, "hooks")).FullName, "say");
        File.WriteAllText(hook, $"#!/bin/sh\necho \"$reason new=$new_ip_address dns=$new_domain_name_servers time=$new_dhcp_lease_time old=$old_ip_address\" >> {Said}\n");
        File.SetUnixFileMode(hook, (UnixFileMode)0x1ed);
        return $"hooks = \"{_directory.Path}/hooks\"";
    }

    private Task HookAsync(string line, Scene scene) => Wait.UntilAsync(
        () => File.Exists(Said) && File.ReadAllLines(Said).LastOrDefault() == line, Scene.Patience, line,
        () => (File.Exists(Said) ? File.ReadAllText(Said) : "no hook ran") + scene.Client);

    private static void Configure(BondDhcpProcess client, string settings, string globalSettings) =>
        File.WriteAllText(client.ConfigurationFile, $"{globalSettings}\n[interface.{C0}]\n{settings}\n");

    [Theory(DisplayName = "A4-66 a static address asks a real server by DHCPINFORM: name servers in resolv.conf, hooks and lease; asked again after a failover; back and forth to a lease by reload")]
    [InlineData(ServerConfiguration.DnsmasqDefault)]
    [InlineData(ServerConfiguration.IscDefault)]
    public async Task Inform_OnARealServer_BringsNameServers(ServerConfiguration server)
    {
        string hooks = MakeHook();
        string settings = $"addresses = [\"{Own}/24\"]\ninform = true\nconflict-detection = \"fast\"\ndns = \"file\"\nsend = {{ vendor-class-identifier = \"laptop\" }}";
        await using Scene scene = await Scene.SetAsync(output, server, new ServerPlan { Authoritative = true });
        Configure(scene.Client, settings, hooks);
        scene.Bed.Client.Run("sh", "-c", "set -e; cp -a /etc /run/etc; mount --bind /run/etc /etc; [ \"$(stat -c %d /etc)\" = \"$(stat -c %d /run)\" ]");
        scene.Client.Start();
        JsonElement told = await scene.Client.WaitForStateAsync("bound", Scene.Patience);
        TracedDhcp sent = scene.Trace.Dhcp("INFORM")[0].Dhcp!;
        Assert.Equal((Own, Own, "255.255.255.255"), (sent.Ciaddr, sent.Source, sent.Destination));
        Assert.DoesNotContain(sent.Options.Keys, code => code is 50 or 51 or 54);
        Assert.Equal("laptop", System.Text.Encoding.ASCII.GetString(sent.Options[60]));
        TracedDhcp answer = scene.Trace.Dhcp("ACK")[0].Dhcp!;
        Assert.Equal(("0.0.0.0", false), (answer.Yiaddr, answer.Options.ContainsKey(51)));

        Assert.Equal(($"{Own}/24", ServerPlan.DefaultRouter, true), (told.GetProperty("address").GetString(), told.GetProperty("dns")[0].GetString(), told.GetProperty("inform").GetBoolean()));
        Assert.Equal((JsonValueKind.Null, JsonValueKind.Null), (told.GetProperty("leaseSeconds").ValueKind, told.GetProperty("expiresAt").ValueKind));
        await HookAsync($"BOUND new={Own} dns={ServerPlan.DefaultRouter} time= old=", scene);
        await Wait.UntilAsync(() => scene.Bed.Client.Run("cat", "/etc/resolv.conf").Contains($"nameserver {ServerPlan.DefaultRouter}", StringComparison.Ordinal), Scene.Patience, "resolv.conf");
        // It brings name servers, and no route: those of the interface are its configuration's.
        Assert.DoesNotContain("default", scene.Bed.Client.Ip("route show"), StringComparison.Ordinal);
        Assert.Contains($"informed   {Own}/24 by {ServerPlan.DefaultAddress}", await scene.Client.MustAsync("status"), StringComparison.Ordinal);
        using (JsonDocument status = JsonDocument.Parse(await scene.Client.MustAsync("status", "--json")))
            Assert.Equal("static", status.RootElement.GetProperty("interfaces")[0].GetProperty("addresses")[0].GetProperty("origin").GetString());

        int mark = scene.Trace.Mark;
        scene.Bed.FailOver();
        TracedFrame again = await scene.Trace.WaitForDhcpAsync("INFORM", Scene.Patience, mark);
        Assert.Equal((NetworkBed.MacB, NetworkBed.MacB), (again.SourceMac, again.Dhcp!.Chaddr));
        await HookAsync($"RENEW new={Own} dns={ServerPlan.DefaultRouter} time= old={Own}", scene);
        await scene.Client.MustAsync("renew", C0, "-4", "--timeout", "10");
        Assert.Empty(scene.Trace.Dhcp("DISCOVER"));

        // To a lease, which needs no DHCPINFORM, and back.
        Configure(scene.Client, "dhcp4 = true\nconflict-detection = \"off\"\ndns = \"file\"", hooks);
        await scene.Client.MustAsync("reload");
        await Wait.UntilAsync(() => scene.Trace.Dhcp("REQUEST").Count > 0, Scene.Patience, "a DHCPREQUEST", () => scene.Client.ToString());
        await scene.BoundAsync();
        mark = scene.Trace.Mark;
        Configure(scene.Client, settings, hooks);
        await scene.Client.MustAsync("reload");
        await scene.Trace.WaitForDhcpAsync("INFORM", Scene.Patience, mark);
        await HookAsync($"BOUND new={Own} dns={ServerPlan.DefaultRouter} time= old=", scene);
        Assert.Equal([$"{Own}/24"], scene.Bed.ClientAddresses());

        await scene.Client.MustAsync("stop");
        await HookAsync($"STOP new= dns= time= old={Own}", scene);
        Assert.DoesNotContain("nameserver", scene.Bed.Client.Run("cat", "/etc/resolv.conf"), StringComparison.Ordinal);
    }
}
