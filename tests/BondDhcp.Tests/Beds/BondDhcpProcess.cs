using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using BondDhcp.Tests.Kit;

namespace BondDhcp.Tests.Beds;

/// <summary>The program itself in a namespace, with directories of its own, and its commands.</summary>
public sealed class BondDhcpProcess(NetworkNamespace where) : IAsyncDisposable
{
    private readonly string _directory = MakeDirectory();
    private readonly List<string> _earlierOutput = [];
    private BedProcess? _daemon;

    /// <summary>The binary under test: <c>$BONDDHCP_BINARY</c>, else <c>artifacts/bonddhcp</c>.</summary>
    public static string Binary { get; } = FindBinary();

    public string StateDirectory => Path.Combine(_directory, "state");

    public string RuntimeDirectory => Path.Combine(_directory, "run");

    public string ConfigurationFile => Path.Combine(_directory, "bonddhcp.toml");

    /// <summary>The running daemon.</summary>
    public BedProcess Daemon => _daemon ?? throw new InvalidOperationException("bonddhcp is not running");

    /// <summary>Everything all daemons of this object said.</summary>
    public string Log => string.Join('\n', [.. _earlierOutput, _daemon?.Output ?? ""]);

    /// <summary>Writes the configuration; counts from the next start or reload. Conflict detection is off and DNS untouched unless the settings say otherwise.</summary>
    public void Configure(string interfaceSettings = "", string globalSettings = "")
    {
        string detection = interfaceSettings.Contains("conflict-detection", StringComparison.Ordinal) ? "" : "conflict-detection = \"off\"";
        string dns = interfaceSettings.Contains("dns =", StringComparison.Ordinal) ? "" : "dns = false";
        File.WriteAllText(ConfigurationFile, $"""
            {globalSettings}
            [interface.{NetworkBed.ClientInterface}]
            dhcp4 = true
            {detection}
            {dns}
            {interfaceSettings}

            """);
    }

    /// <summary>Where the daemon finds its service manager; empty for none.</summary>
    public string NotifySocket { get; set; } = "";

    /// <summary>
    /// How far CLOCK_BOOTTIME is ahead of this machine's, seconds, from the next start on: a time namespace, in which the boot is the
    /// same and a sleep of the machine lies between. The daemon alone is in it.
    /// </summary>
    public int BoottimeAheadSeconds { get; set; }

    /// <summary>Starts <c>bonddhcp run</c>.</summary>
    /// <param name="log">A FIFO for its log, which is then nobody's to read; null to keep the log.</param>
    /// <param name="journal">A file that the service manager kept for it, beside one that is none of its business; null for none.</param>
    public void Start(string? log = null, string? journal = null)
    {
        if (_daemon is not null) _earlierOutput.Add(_daemon.Output);
        // The kernel takes a process into its time namespace when it executes a program: no wrapper stays.
        ProcessStartInfo start = BoottimeAheadSeconds == 0
            ? where.Program(Binary, [.. Common, "run"])
            : where.Program("unshare", ["--time", "--boottime", BoottimeAheadSeconds.ToString(CultureInfo.InvariantCulture), Binary, .. Common, "run"]);
        // Opened for both directions, a FIFO does not wait for somebody at its other end.
        if (log is not null) start = new("bash", ["-c", "exec \"$@\" 2<>\"$0\"", log, start.FileName, .. start.ArgumentList]);
        const string Inherit = "export LISTEN_PID=$$ LISTEN_FDS=2 LISTEN_FDNAMES=journal:stranger; exec \"$@\" 3<>\"$0\" 4</dev/null";
        if (journal is not null) start = new("bash", ["-c", Inherit, journal, start.FileName, .. start.ArgumentList]);
        if (NotifySocket.Length > 0) start.Environment["NOTIFY_SOCKET"] = NotifySocket;
        _daemon = BedProcess.Start("bonddhcp", start);
    }

    /// <summary>SIGKILL, once the disk has what the daemon gave it: a crash in the moment before is another story.</summary>
    public async Task KillAsync()
    {
        // Nobody is asked where nobody answers.
        await Wait.UntilAsync(async () => await CommandAsync("status", "--json") is not { ExitCode: 0, Output: var status } || !IsWriting(status), TimeSpan.FromSeconds(10), "the disk");
        await Daemon.KillAsync();
    }

    /// <summary>SIGKILL, and the daemon again; in between <paramref name="meanwhile"/> happens.</summary>
    public async Task KillAndStartAsync(Action? meanwhile = null)
    {
        await KillAsync();
        meanwhile?.Invoke();
        Start();
    }

    /// <summary>Sends a signal and waits for the end; the exit code.</summary>
    public async Task<int> StopAsync(string signal = "TERM")
    {
        Daemon.Signal(signal);
        return await Daemon.WaitForExitAsync(TimeSpan.FromSeconds(10));
    }

    /// <summary>Runs a command to its end.</summary>
    public Task<ProgramResult> CommandAsync(params string[] arguments) => Programs.TryRunAsync(where.Program(Binary, [.. Common, .. arguments]));

    /// <summary>Runs a command as another user and group.</summary>
    public Task<ProgramResult> CommandAsAsync(string user, string group, params string[] arguments) =>
        Programs.TryRunAsync(where.Program("setpriv", ["--reuid", user, "--regid", group, "--clear-groups", Binary, .. Common, .. arguments]));

    /// <summary>Runs a command in a locale.</summary>
    public Task<ProgramResult> CommandInLocaleAsync(string locale, params string[] arguments) =>
        Programs.TryRunAsync(where.Program("env", [$"LC_ALL={locale}", $"LANG={locale}", Binary, .. Common, .. arguments]));

    /// <summary>Runs a command, which must end with 0, and returns its output.</summary>
    public async Task<string> MustAsync(params string[] arguments)
    {
        ProgramResult result = await CommandAsync(arguments);
        return result.ExitCode == 0 ? result.Output : throw new BedException($"bonddhcp {string.Join(' ', arguments)}: {result}\n{Log}");
    }

    /// <summary>Starts a command that goes on, such as <c>watch</c>.</summary>
    public BedProcess Follow(params string[] arguments) => BedProcess.Start("bonddhcp " + arguments[0], where.Program(Binary, [.. Common, .. arguments]));

    /// <summary>The dhcp4 object of c0 in <c>lease --json</c>; null while there is none.</summary>
    public async Task<JsonElement?> LeaseAsync()
    {
        ProgramResult result = await CommandAsync("lease", NetworkBed.ClientInterface, "--json");
        if (result.ExitCode != 0) return null;
        using JsonDocument document = JsonDocument.Parse(result.Output);
        foreach (JsonElement one in document.RootElement.GetProperty("interfaces").EnumerateArray())
            if (one.GetProperty("name").GetString() == NetworkBed.ClientInterface && one.GetProperty("dhcp4").ValueKind == JsonValueKind.Object)
                return one.GetProperty("dhcp4").Clone();
        return null;
    }

    /// <summary>Waits until dhcp4 of c0 is in a state as <c>lease --json</c> names it, and returns the lease object.</summary>
    public async Task<JsonElement> WaitForStateAsync(string state, TimeSpan patience)
    {
        DateTime deadline = DateTime.UtcNow + patience;
        string last = "(no answer)";
        while (DateTime.UtcNow < deadline)
        {
            if (await LeaseAsync() is { } lease)
            {
                last = lease.GetProperty("state").GetString()!;
                if (last == state) return lease;
            }
            if (Daemon.HasExited) throw new BedException($"bonddhcp ended with {Daemon.ExitCode}:\n{Log}");
            await Task.Delay(20);
        }
        throw new BedException($"waited {patience.TotalSeconds} s in vain for state {state}, which is {last}\n{Log}");
    }

    /// <summary>Waits until dhcp4@c0 is in a state as <c>status --json</c> names it, and returns why.</summary>
    public async Task<string> WaitForComponentAsync(string state, TimeSpan patience)
    {
        DateTime deadline = DateTime.UtcNow + patience;
        string last = "";
        while (DateTime.UtcNow < deadline)
        {
            last = await MustAsync("status", "--json");
            using JsonDocument document = JsonDocument.Parse(last);
            foreach (JsonElement component in document.RootElement.GetProperty("components").EnumerateArray())
                if (component.GetProperty("name").GetString() == $"dhcp4@{NetworkBed.ClientInterface}" && component.GetProperty("state").GetString() == state)
                    return component.GetProperty("why").GetString() ?? "";
            await Task.Delay(20);
        }
        throw new BedException($"waited {patience.TotalSeconds} s in vain for {state}:\n{last}\n{Log}");
    }

    public override string ToString() => $"bonddhcp\n{Log}";

    public async ValueTask DisposeAsync()
    {
        if (_daemon is not null) await _daemon.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private string[] Common => ["--config", ConfigurationFile, "--state-dir", StateDirectory, "--runtime-dir", RuntimeDirectory];

    /// <summary>Open to all, as /run is: anyone may ask.</summary>
    private static string MakeDirectory()
    {
        DirectoryInfo made = Directory.CreateTempSubdirectory("bonddhcp-run-");
        made.UnixFileMode |= UnixFileMode.OtherRead | UnixFileMode.OtherExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute;
        return made.FullName;
    }

    private static bool IsWriting(string status)
    {
        using JsonDocument document = JsonDocument.Parse(status);
        return document.RootElement.GetProperty("daemon").GetProperty("unsaved").EnumerateArray().Any(static one => one.GetProperty("writingSeconds").ValueKind == JsonValueKind.Number);
    }

    private static string FindBinary()
    {
        if (Environment.GetEnvironmentVariable("BONDDHCP_BINARY") is { Length: > 0 } path) return Path.GetFullPath(path);
        string published = Path.Combine(SourceTree.Root, "artifacts", "bonddhcp");
        return File.Exists(published) ? published : throw new BedException("there is no program to test: `make publish` makes artifacts/bonddhcp");
    }
}
