using BondDhcp.Tests.Beds;
using Xunit;
using Xunit.Abstractions;

namespace BondDhcp.Tests.Servers;

/// <summary>Whatever happens to the daemon, the address never goes.</summary>
public sealed class PromiseTests(ITestOutputHelper output)
{
    private const string C0 = NetworkBed.ClientInterface;

    [Theory(DisplayName = "kill -9, the MAC changes meanwhile, start: the lease goes on, the address never goes")]
    [InlineData(ServerConfiguration.DnsmasqDefault)]
    [InlineData(ServerConfiguration.DnsmasqIgnoreClientId)]
    [InlineData(ServerConfiguration.KeaMatchClientIdFalse)]
    [InlineData(ServerConfiguration.IscHost)]
    [InlineData(ServerConfiguration.UdhcpdDefault)]
    public async Task Kill_WithTheMacChangedMeanwhile_KeepsTheAddress(ServerConfiguration configuration)
    {
        await using Scene scene = await Scene.BindAsync(output, configuration);
        string address = scene.Address;
        int mark = scene.Trace.Mark;
        await scene.Client.KillAndStartAsync(() => scene.Bed.FailOver());
        await scene.Trace.WaitForDhcpAsync("ACK", Scene.Patience, mark);
        await scene.BoundAsync();
        Assert.Equal(address, scene.Address);
        Assert.All(scene.Trace.Dhcp("REQUEST", mark), f => Assert.Equal(NetworkBed.MacB, f.SourceMac));
        scene.AssertNoDeletion();
        scene.AssertNothingGivenBack();
    }

    [Theory(DisplayName = "SIGTERM, SIGINT and SIGUSR2, each named in the log, the MAC changes meanwhile, start: the lease goes on, the address never goes")]
    [InlineData("TERM", "")]
    [InlineData("INT", "")]
    [InlineData("USR2", "release-on-stop = true")]
    public async Task HandOver_WithTheMacChangedMeanwhile_KeepsTheAddress(string signal, string settings)
    {
        await using Scene scene = await Scene.BindAsync(output, ServerConfiguration.DnsmasqIgnoreClientId, settings: settings);
        string address = scene.Address;
        Assert.Equal(0, await scene.Client.StopAsync(signal));
        Assert.Contains($"daemon: ended by=SIG{signal}", scene.Client.Log, StringComparison.Ordinal);
        Assert.Equal($"{address}/24", Assert.Single(scene.Bed.ClientAddresses()));
        int mark = scene.Trace.Mark;
        scene.Bed.FailOver();
        scene.Client.Start();
        await scene.Trace.WaitForDhcpAsync("ACK", Scene.Patience, mark);
        await scene.BoundAsync();
        Assert.Equal(address, scene.Address);
        scene.AssertNoDeletion();
        scene.AssertNothingGivenBack();
    }

    [Fact(DisplayName = "SIGHUP: a changed setting is applied and the lease stays; a wrong configuration changes nothing")]
    public async Task Sighup_WithChangedConfiguration_KeepsTheLease()
    {
        await using Scene scene = await Scene.BindAsync(output, ServerConfiguration.DnsmasqDefault);
        int mark = scene.Trace.Mark;
        scene.Client.Configure("metric = 77");
        scene.Client.Daemon.Signal("HUP");
        await Wait.UntilAsync(() => scene.Bed.Client.Ip("route show default").Contains("metric 77", StringComparison.Ordinal), Scene.Patience, "the new metric");
        Assert.Single(scene.Bed.Client.Ip("route show default").Split('\n', StringSplitOptions.RemoveEmptyEntries));

        scene.Client.Configure("metrik = 78");
        ProgramResult reload = await scene.Client.CommandAsync("reload");
        Assert.NotEqual(0, reload.ExitCode);
        Assert.Contains("metric", reload.Output + reload.Error, StringComparison.Ordinal);
        await scene.BoundAsync();
        Assert.Contains("metric 77", scene.Bed.Client.Ip("route show default"), StringComparison.Ordinal);
        scene.AssertNoDeletion();
        Assert.Empty(scene.Trace.Dhcp("DISCOVER", mark));
        scene.AssertNothingGivenBack();
    }

    [Fact(DisplayName = "A second run on the same runtime directory fails and names the holder's pid")]
    public async Task Run_Twice_FailsAndNamesTheHolder()
    {
        await using Scene scene = await Scene.BindAsync(output, ServerConfiguration.DnsmasqDefault);
        ProgramResult second = await scene.Client.CommandAsync("run");
        Assert.Equal(1, second.ExitCode);
        Assert.Contains($"{scene.Client.Daemon.Id}", second.Error, StringComparison.Ordinal);
        await scene.BoundAsync();
        scene.AssertNoDeletion();
    }

    [Fact(DisplayName = "A damaged state directory is set aside with a message, and a new lease is acquired")]
    public async Task Start_WithDamagedState_AcquiresAnew()
    {
        await using Scene scene = await Scene.BindAsync(output, ServerConfiguration.DnsmasqDefault);
        await scene.Client.KillAsync();
        scene.Bed.Client.Ip($"address flush dev {C0}");
        string[] files = [.. Directory.GetFiles(scene.Client.StateDirectory, "*", SearchOption.AllDirectories).Where(f => Path.GetFileName(f) != "duid")];
        Assert.NotEmpty(files);
        foreach (string file in files) File.WriteAllText(file, "damaged");
        int mark = scene.Trace.Mark;
        scene.Client.Start();
        await scene.Trace.WaitForDhcpAsync("DISCOVER", Scene.Patience, mark);
        await scene.BoundAsync();
        Assert.Contains("aside", scene.Client.Daemon.Output, StringComparison.OrdinalIgnoreCase);
    }

    [Fact(DisplayName = "A full disk: the lease works, a warning says that it is not stored")]
    public async Task Start_WithAFullDisk_IsBoundWithAWarning()
    {
        await using Scene scene = await Scene.SetAsync(output, ServerConfiguration.DnsmasqDefault);
        Directory.CreateDirectory(scene.Client.StateDirectory);
        // The smallest file system there is, filled up.
        scene.Bed.Client.Run("mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", scene.Client.StateDirectory);
        scene.Bed.Client.Run("/bin/sh", "-c", $"head -c 4096 /dev/zero > {scene.Client.StateDirectory}/full");
        scene.Client.Start();
        await scene.BoundAsync();
        string told = $"not stored: the state of dhcp4@{C0}, which a restart would not know ({scene.Client.StateDirectory}/";
        await StatusAsync(scene, status => status.Contains(told, StringComparison.Ordinal) && status.Contains("not stored: the DUID, ", StringComparison.Ordinal));
        Assert.NotEmpty(await scene.TimelineAsync("warning"));

        scene.Bed.Client.Run("rm", $"{scene.Client.StateDirectory}/full");
        await scene.Client.MustAsync("renew", C0, "--timeout", "5");
        await StatusAsync(scene, static status => !status.Contains("the state of dhcp4", StringComparison.Ordinal));
        Assert.NotEmpty(await scene.TimelineAsync("stored"));
    }

    [Fact(DisplayName = "A disk that stands still: a failover is announced and verified, commands are answered, and what is not stored yet is named")]
    public async Task Failover_WithADiskThatStandsStill_IsAnswered()
    {
        await using Scene scene = await Scene.SetAsync(output, ServerConfiguration.DnsmasqDefault);
        NetworkNamespace client = scene.Bed.Client;
        string directory = scene.Client.StateDirectory, image = directory + ".ext4";
        Directory.CreateDirectory(directory);
        client.Run("truncate", "-s", "16M", image);
        client.Run("mke2fs", "-q", "-F", "-t", "ext4", image);
        client.Run("mount", "-o", "loop", image, directory);
        scene.Client.Start();
        await scene.BoundAsync();
        await scene.SettledAsync();
        int mark = scene.Trace.Mark;
        client.Run("fsfreeze", "--freeze", directory);
        try
        {
            // The lease that a verification extends is what the disk is given and does not take.
            scene.Bed.FailOver();
            await scene.Trace.WaitForDhcpAsync("ACK", Scene.Patience, mark);
            string told = $"not stored yet: the state of dhcp4@{C0}, which a restart would not know (the disk has been at it for ";
            await StatusAsync(scene, status => status.Contains(told, StringComparison.Ordinal));
            int second = scene.Trace.Mark;
            await scene.Client.MustAsync("renew", C0, "--timeout", "5");
            await scene.Trace.WaitForDhcpAsync("ACK", Scene.Patience, second);
            scene.Bed.FailOver(NetworkBed.MacA);
            await scene.Trace.WaitForAsync(static f => f.SourceMac == NetworkBed.MacA && f.Arp is { IsAnnouncement: true }, Scene.Patience, "an announcement", second);
        }
        finally
        {
            client.Run("fsfreeze", "--unfreeze", directory);
        }
        await StatusAsync(scene, static status => !status.Contains("not stored", StringComparison.Ordinal));
        Assert.Empty(await scene.TimelineAsync("warning"));
        scene.AssertNoDeletion();
        scene.AssertNothingGivenBack();
    }

    private static async Task StatusAsync(Scene scene, Func<string, bool> isSo)
    {
        string status = "";
        await Wait.UntilAsync(async () => isSo(status = await scene.Client.MustAsync("status")), Scene.Patience, "the status", () => status);
    }
}
