using System.Text.Json;
using BondDhcp.Tests.Beds;
using BondDhcp.Tests.Kit;
using BondDhcp.Tests.Servers;
using Xunit;
using Xunit.Abstractions;

namespace BondDhcp.Tests.Coexistence;

/// <summary>NetworkManager itself on c0, with a bus, a configuration and a state of its own.</summary>
public sealed class NetworkManagerTests(ITestOutputHelper output)
{
    private const string C0 = NetworkBed.ClientInterface, Files = "/run/nm";
    private static readonly TimeSpan s_quiet = TimeSpan.FromSeconds(1.5);

    /// <summary>Its package and the one library of it that nothing else brings along, unpacked by scripts/setup.</summary>
    private sealed class NetworkManagerFactAttribute : FactAttribute
    {
        public NetworkManagerFactAttribute() => Skip = DebianPackage.WhyNot("network-manager") ?? DebianPackage.WhyNot("libndp0") ?? WhyNotLinked();

        private static string? WhyNotLinked()
        {
            string missing = string.Join(' ', Programs.Run("/bin/sh", "-c", $"LD_LIBRARY_PATH={Library} ldd {Program}").Split('\n').Where(line => line.Contains("not found", StringComparison.Ordinal)));
            return missing.Length == 0 ? null : $"NetworkManager lacks libraries here: {missing.Trim()}";
        }
    }

    private static string Program => Path.Combine(DebianPackage.Root("network-manager"), "usr/sbin/NetworkManager");

    private static string Library => Path.GetDirectoryName(Directory.GetFiles(DebianPackage.Root("libndp0"), "libndp.so.0", SearchOption.AllDirectories)[0])!;

    // The example of the package, for this interface.
    private static string DropIn => File.ReadAllText(Path.Combine(SourceTree.Root, "packaging/examples/bonddhcp-networkmanager.conf")).Replace("bond0", C0, StringComparison.Ordinal);

    [NetworkManagerFact(DisplayName = "AP-12 NetworkManager manages the interface: waited for and named, with the snippet in status, and ours begins once the shipped drop-in is there and it is told to reload")]
    public async Task NetworkManager_ThatManagesTheInterface_IsWaitedFor()
    {
        await using Scene scene = await Scene.SetAsync(output, ServerConfiguration.DnsmasqDefault);
        BedProcess manager = await StartAsync(scene.Bed, dropIn: null);
        await Wait.UntilAsync(() => scene.Bed.ClientAddresses().Count > 0, Scene.Patience, "NetworkManager's lease", () => manager.Output);
        int mark = scene.Trace.Mark;
        scene.Client.Start();

        await scene.Client.WaitForStateAsync("waiting", Scene.Patience);
        string why = await scene.Client.WaitForComponentAsync("waiting", Scene.Patience);
        Assert.Contains($"NetworkManager (process {manager.Id}) manages c0", why, StringComparison.Ordinal);
        string text = await scene.Client.MustAsync("status");
        Assert.Contains("/etc/NetworkManager/conf.d/bonddhcp.conf:\n", text, StringComparison.Ordinal);
        Assert.Contains("[keyfile]\n               unmanaged-devices=interface-name:c0\n", text, StringComparison.Ordinal);
        await Task.Delay(s_quiet);
        Assert.DoesNotContain(scene.Trace.Frames.Skip(mark), frame => frame.Dhcp is { Message: "DISCOVER" or "REQUEST" });

        WriteDropIn(scene.Bed);
        manager.Signal("HUP"); // as systemctl reload NetworkManager
        await scene.Client.WaitForStateAsync("bound", Scene.Patience);
        await AssertAloneAsync(scene, manager);
        Assert.Contains(await scene.TimelineAsync("rivalGone"), gone => gone.GetProperty("program").GetString() == "NetworkManager");
    }

    [NetworkManagerFact(DisplayName = "AP-12 NetworkManager with the shipped drop-in keeps its hands off from its start")]
    public async Task NetworkManager_WithTheDropIn_LeavesTheInterfaceAlone()
    {
        await using Scene scene = await Scene.SetAsync(output, ServerConfiguration.DnsmasqDefault);
        BedProcess manager = await StartAsync(scene.Bed, DropIn);
        scene.Client.Start();
        await scene.BoundAsync();
        await AssertAloneAsync(scene, manager);
        Assert.Empty(await scene.TimelineAsync("rivalGone"));
        scene.AssertNoDeletion();
    }

    private static async Task AssertAloneAsync(Scene scene, BedProcess manager)
    {
        await Task.Delay(s_quiet);
        Assert.False(manager.HasExited, manager.Output);
        JsonElement lease = (await scene.Client.LeaseAsync())!.Value;
        Assert.Equal("bound", lease.GetProperty("state").GetString());
        Assert.Equal(lease.GetProperty("address").GetString(), Assert.Single(scene.Bed.ClientAddresses()));
        using JsonDocument status = JsonDocument.Parse(await scene.Client.MustAsync("status", C0, "--json"));
        Assert.Empty(status.RootElement.GetProperty("interfaces")[0].GetProperty("rivals").EnumerateArray());
    }

    private static void WriteDropIn(NetworkBed bed) => File.WriteAllText($"/proc/{bed.Client.HolderId}/root{Files}/conf.d/bonddhcp.conf", DropIn);

    // Nothing of this machine's can be reached: /run, /var/lib and the host's name are the namespace's own, and without write access
    // to /sys it asks no udev. The other interfaces are not its business.
    private static async Task<BedProcess> StartAsync(NetworkBed bed, string? dropIn)
    {
        bed.Client.Run("/bin/sh", "-c", $"""
            mount -o remount,ro,bind /sys 2>/dev/null
            mount -t tmpfs tmpfs /var/lib || exit 1
            mkdir -p {Files}/conf.d {Files}/none {Files}/connections /run/dbus /run/NetworkManager
            cat > {Files}/bus.conf <<-END
            <!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
            <busconfig><type>system</type><listen>unix:path=/run/dbus/system_bus_socket</listen><auth>EXTERNAL</auth>
            <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>
            END
            cat > {Files}/NetworkManager.conf <<-END
            [main]
            plugins=keyfile
            no-auto-default=*
            dhcp=internal
            dns=none
            rc-manager=unmanaged
            hostname-mode=none
            auth-polkit=false
            [keyfile]
            path={Files}/connections
            unmanaged-devices=interface-name:w*
            END
            cat > {Files}/connections/c0.nmconnection <<-END
            [connection]
            id=c0
            uuid=3f1e0000-0000-4000-8000-000000000001
            type=ethernet
            interface-name={C0}
            [ipv4]
            method=auto
            [ipv6]
            method=disabled
            END
            chmod 600 {Files}/connections/*
            """);
        if (dropIn is not null) WriteDropIn(bed);
        bed.Add(BedProcess.Start("dbus-daemon", bed.Client.Program("dbus-daemon", $"--config-file={Files}/bus.conf", "--nofork", "--nopidfile")));
        string run = $"/proc/{bed.Client.HolderId}/root/run";
        await Wait.UntilAsync(() => File.Exists($"{run}/dbus/system_bus_socket"), Scene.Patience, "the bus");
        BedProcess manager = bed.Add(BedProcess.Start("NetworkManager", bed.Client.Program(
            "unshare", "--uts", "env", $"LD_LIBRARY_PATH={Library}", Program, "--no-daemon", "--debug", "--config", $"{Files}/NetworkManager.conf", "--config-dir", $"{Files}/conf.d",
            "--system-config-dir", $"{Files}/none", "--state-file", $"{Files}/state", "--intern-config", $"{Files}/intern.conf", "--pid-file", $"{Files}/pid")));
        await manager.WaitForLineAsync(line => line.Contains("startup complete", StringComparison.Ordinal), Scene.Patience);
        return manager;
    }
}
