using System.Diagnostics;
using BondDhcp.Host.Loop;
using BondDhcp.Host.Runner;
using BondDhcp.Host.Supplicants;
using BondDhcp.Net;
using BondDhcp.Net.Linux;
using BondDhcp.Tests.Kit;
using BondDhcp.Tests.Linux;

namespace BondDhcp.Tests.Wpa;

/// <summary>A real wpa_supplicant on c0 of a private network, and runners for it in a loop that the test turns.</summary>
internal sealed class SupplicantBed : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly TemporaryDirectory _directory = new();
    private readonly List<SupplicantRunner> _runners = [];
    private readonly List<ChildProcess> _programs = [];

    private SupplicantBed() => WriteConfiguration("user");

    public EventLoop Loop { get; } = new();

    public List<Report> Journal { get; } = [];

    public string ConfigurationFile => System.IO.Path.Combine(_directory.Path, "wpa.conf");

    public string Socket => System.IO.Path.Combine(_directory.Path, "ctrl", "c0");

    private NetworkState Network { get; set; } = null!;

    public static void Run(Action<SupplicantBed> test) => PrivateNetwork.Run(() =>
    {
        using SupplicantBed bed = new();
        bed.Network = new NetworkState(bed.Loop);
        test(bed);
    });

    public string Path(string name) => System.IO.Path.Combine(_directory.Path, name);

    public void WriteConfiguration(string identity) => File.WriteAllText(ConfigurationFile, $$"""
        ctrl_interface=DIR={{Path("ctrl")}}
        ap_scan=0
        network={
         key_mgmt=IEEE8021X
         eap=MD5
         identity="{{identity}}"
         password="secret"
        }

        """);

    /// <summary>A runner as a run of the daemon makes it; what it starts outlives it.</summary>
    public SupplicantRunner Make(string? file = null, string runtime = "runtime")
    {
        Directory.CreateDirectory(Path(runtime));
        SupplicantRunner runner = new(
            Loop, Network, new SupplicantSettings("c0", file ?? ConfigurationFile, SupplicantSettings.WiredDriver), Path(runtime),
            "boot", rfkill: null, (_, report) => Journal.Add(report));
        _runners.Add(runner);
        return runner;
    }

    public SupplicantRunner Attached(SupplicantRunner runner)
    {
        runner.Start();
        Until(() => runner.View.Presence == Bond.Wpa.WpaPresence.Attached, "attached", runner);
        return runner;
    }

    public ChildProcess StartProgram(string program, params string[] arguments)
    {
        ChildProcess child = ChildProcess.Start(program, arguments, default, out string? problem) ?? throw new InvalidOperationException(problem);
        _programs.Add(child);
        return child;
    }

    public void Until(Func<bool> condition, string what, SupplicantRunner? runner = null)
    {
        Stopwatch clock = Stopwatch.StartNew();
        while (!condition())
        {
            if (clock.Elapsed > s_patience) throw new TimeoutException($"not {what}: {runner?.State} {runner?.View} {string.Join(" | ", Journal.Select(Words))}");
            Loop.Turn(100);
        }
    }

    public static string Words(Report report) => $"{report.Event} {string.Join(' ', report.Fields.Select(field => $"{field.Name}={field.Value}"))}";

    public void Dispose()
    {
        int open = _runners.Count;
        foreach (SupplicantRunner runner in _runners) runner.Stop(() => open--);
        Until(() => open == 0, "stopped");
        foreach (SupplicantRunner runner in _runners) runner.Dispose();
        foreach (ChildProcess program in _programs)
        {
            program.Kill();
            program.Dispose();
        }
        Network?.Dispose();
        Loop.Dispose();
        _directory.Dispose();
    }
}
