using System.Text.Json;
using BondDhcp.Net.Linux;
using BondDhcp.Tests.Beds;
using BondDhcp.Tests.Kit;
using BondDhcp.Tests.Servers;
using Xunit;
using Xunit.Abstractions;

namespace BondDhcp.Tests.Systemd;

/// <summary>The program itself, with a service manager's socket to tell.</summary>
public sealed class ServiceTests(ITestOutputHelper output) : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly List<Datagram> _told = [];
    private DatagramReader? _manager;

    public void Dispose()
    {
        _manager?.Dispose();
        foreach (Datagram one in _told) one.Descriptor?.Dispose();
        _directory.Dispose();
    }

    private async Task<Scene> BindAsync(string settings = "")
    {
        Scene scene = await Scene.SetAsync(output, ServerConfiguration.DnsmasqDefault, settings: settings);
        // In the client's mount namespace /run is its own.
        _manager = new DatagramReader(Path.Combine(_directory.Path, "notify"));
        scene.Client.NotifySocket = _manager.Path;
        scene.Client.Start();
        await scene.BoundAsync();
        await ToldAsync("READY=1");
        return scene;
    }

    // What was told until this came; kept, for its descriptor.
    private async Task<string[]> ToldAsync(string beginning)
    {
        List<Datagram> read = await _manager!.ReadUntilAsync(beginning, Scene.Patience);
        _told.AddRange(read);
        return [.. read.Select(one => one.Text)];
    }

    private static async Task<JsonElement[]> TimelineAsync(Scene scene) =>
        [.. (await scene.Client.MustAsync("timeline", "--json")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];

    private static string EventOf(JsonElement entry) => entry.GetProperty("event").GetString()!;

    [Fact(DisplayName = "AP-8 SIGHUP and reload: RELOADING=1 with MONOTONIC_USEC, READY=1 after it; the lease is kept, also where the configuration is refused")]
    public async Task Reload_TellsItsBeginningAndItsEnd()
    {
        await using Scene scene = await BindAsync();
        int mark = scene.Trace.Mark;
        scene.Client.Configure("metric = 77");
        scene.Client.Daemon.Signal("HUP");
        Assert.StartsWith("RELOADING=1\nMONOTONIC_USEC=", (await ToldAsync("RELOADING=1"))[^1], StringComparison.Ordinal);
        await ToldAsync("READY=1");
        Assert.Contains("metric 77", scene.Bed.Client.Ip("route show default"), StringComparison.Ordinal);
        scene.Client.Configure("metrik = 78");
        Assert.Equal(2, (await scene.Client.CommandAsync("reload")).ExitCode);
        await ToldAsync("RELOADING=1");
        await ToldAsync("READY=1");
        await scene.BoundAsync();
        scene.AssertNoDeletion();
        Assert.Empty(scene.Trace.Dhcp("DISCOVER", mark));
    }

    [Theory(DisplayName = "AT-9 STOPPING=1 is the first that is told at every way to stop, before anything is given back")]
    [InlineData("TERM", "release-on-stop = true")]
    [InlineData("TERM", "")]
    [InlineData("INT", "")]
    [InlineData("USR2", "")]
    public async Task Signal_TellsStoppingFirst(string signal, string settings)
    {
        await using Scene scene = await BindAsync(settings);
        Drain();
        Assert.Equal(0, await scene.Client.StopAsync(signal));
        List<Datagram> read = await _manager!.ReadUntilAsync("EXTEND_TIMEOUT_USEC=", Scene.Patience);
        _told.AddRange(read);
        Assert.Equal("STOPPING=1", read[0].Text);
        Assert.NotEqual(default, read[0].At);
        IReadOnlyList<TracedFrame> releases = scene.Trace.Dhcp("RELEASE");
        Assert.Equal(settings.Length > 0 ? 1 : 0, releases.Count);
        Assert.All(releases, release => Assert.True(read[0].At < release.At, $"STOPPING=1 at {read[0].At:O}, DHCPRELEASE at {release.At:O}"));
        Assert.DoesNotContain(await Rest(), text => text.StartsWith("FDSTOREREMOVE", StringComparison.Ordinal));
    }

    [Fact(DisplayName = "AT-9 'stop' of everything: STOPPING=1 first, and in the end the descriptor store is told to be empty")]
    public async Task Stop_OfEverything_EmptiesTheStore()
    {
        await using Scene scene = await BindAsync();
        Drain();
        await scene.Client.MustAsync("stop");
        Assert.Equal("STOPPING=1", (await ToldAsync("EXTEND_TIMEOUT_USEC="))[0]);
        Assert.Equal("FDSTOREREMOVE=1\nFDNAME=journal", (await Rest())[^1]);
    }

    [Fact(DisplayName = "AP-10 after kill -9 the timeline goes on with what came before, and says that the daemon restarted; a descriptor that is none of ours is closed and named")]
    public async Task Timeline_GoesOnAfterKill()
    {
        await using Scene scene = await BindAsync();
        FileDescriptor[] stored = [.. _told.Where(one => one.Descriptor is not null).Select(one => one.Descriptor!)];
        string journal = $"/proc/{Environment.ProcessId}/fd/{Assert.Single(stored).Number}";
        Assert.StartsWith("/memfd:bonddhcp-journal", new FileInfo(journal).LinkTarget, StringComparison.Ordinal);
        // Nothing more is told between the question and the end.
        await scene.SettledAsync();
        JsonElement[] before = await TimelineAsync(scene);
        await scene.Client.KillAsync();
        scene.Client.Start(journal: journal);
        await ToldAsync("READY=1");
        await scene.BoundAsync();

        JsonElement[] after = await TimelineAsync(scene);
        Assert.Equal(before.Select(one => one.ToString()), after.Take(before.Length).Select(one => one.ToString()));
        Assert.Equal("restarted", EventOf(after[before.Length]));
        Assert.Contains("kill", after[before.Length].GetProperty("after").GetString(), StringComparison.Ordinal);
        Assert.Contains(after, one => EventOf(one) == "warning" && one.GetProperty("message").GetString()!.Contains("'stranger'", StringComparison.Ordinal));
        Assert.DoesNotContain("/dev/null", Directory.GetFiles($"/proc/{scene.Client.Daemon.Id}/fd").Where(path => path.EndsWith("/4", StringComparison.Ordinal)).Select(path => new FileInfo(path).LinkTarget));
        scene.AssertNoDeletion();

        // The second time by SIGUSR2, which is an end with a word.
        Assert.Equal(0, await scene.Client.StopAsync("USR2"));
        scene.Client.Start(journal: journal);
        await ToldAsync("READY=1");
        after = await TimelineAsync(scene);
        Assert.Equal("SIGUSR2", Assert.Single(after, one => EventOf(one) == "restarted" && one.GetProperty("after").GetString() == "SIGUSR2").GetProperty("after").GetString());
        Assert.Equal(2, after.Count(one => EventOf(one) == "restarted"));
        // What was logged before is not logged again.
        Assert.Single(scene.Client.Log.Split('\n'), line => line.Contains(" leaseBound ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Status_IsOneLineAndToldOnChangeAlone()
    {
        await using Scene scene = await BindAsync();
        string bound = $"{NetworkBed.ClientInterface}: dhcp4 bound {scene.Address}/24";
        if (!_told.Exists(one => one.Text == "STATUS=" + bound)) await ToldAsync("STATUS=" + bound);
        Drain();
        await scene.Client.MustAsync("renew", NetworkBed.ClientInterface);
        // Through renewing and back.
        string[] told = await ToldAsync("STATUS=" + bound);
        Assert.Equal(told.Length, told.Distinct().Count());
        await scene.Client.MustAsync("release", NetworkBed.ClientInterface);
        await ToldAsync($"STATUS={NetworkBed.ClientInterface}: dhcp4 stopped");
    }

    private void Drain()
    {
        while (_manager!.TryRead() is { } one) _told.Add(one);
    }

    private async Task<string[]> Rest()
    {
        await Task.Delay(100);
        int from = _told.Count;
        Drain();
        return [.. _told.Skip(from).Select(one => one.Text)];
    }
}
