using BondDhcp.Bond.Links;
using BondDhcp.Bond.Linux;
using BondDhcp.Bond.Wpa;
using BondDhcp.Host.Loop;
using BondDhcp.Host.Runner;
using BondDhcp.Net;

namespace BondDhcp.Host.Supplicants;

/// <summary>
/// Keeps a wpa_supplicant running on one interface while the interface is there: adopts one that runs, starts one
/// otherwise, follows it by its control socket and its pidfd, starts it again when it ends or hangs. It outlives this
/// object: only <see cref="Stop"/> ends one, and only one of ours.
/// </summary>
internal sealed partial class SupplicantRunner : IDisposable
{
    private enum Phase { Stopped, NoInterface, Running, BackingOff, Ending }

    private enum Owner { None, Ours, Unit, Foreign }

    private readonly EventLoop _loop;
    private readonly NetworkState _network;
    private readonly string _runtimeDirectory;
    private readonly string _bootId;
    private readonly RfkillWatch? _rfkill;
    private bool _isBlocked;
    private readonly Action<string, Report> _journal;
    private readonly LoopDeadline _retry;
    private readonly LoopDeadline _limit;
    private readonly List<Action> _stopped = [];

    private SupplicantSettings _settings;
    private SupplicantConnection _connection;
    private WpaConfigurationFile _file;
    private FileStamp _stamp;
    private Phase _phase = Phase.Stopped;
    private Owner _owner;
    private int _interfaceIndex;
    private string? _trouble;
    private bool _failed;
    private (string State, string? Ssid, MacAddress? Bssid, string? Why) _told;

    /// <summary>A runner that does nothing before <see cref="Start"/>.</summary>
    /// <param name="loop">The loop it lives in.</param>
    /// <param name="network">The kernel's interfaces.</param>
    /// <param name="settings">From the configuration.</param>
    /// <param name="runtimeDirectory">Where it records what is ours.</param>
    /// <param name="bootId">The kernel's name for this boot.</param>
    /// <param name="rfkill">Radio switches; null where nothing is known of them.</param>
    /// <param name="journal">Takes what happens, with its source.</param>
    public SupplicantRunner(
        EventLoop loop, NetworkState network, SupplicantSettings settings, string runtimeDirectory, string bootId,
        RfkillWatch? rfkill, Action<string, Report> journal)
    {
        (_loop, _network, _settings, _runtimeDirectory, _bootId, _rfkill, _journal) =
            (loop, network, settings, runtimeDirectory, bootId, rfkill, journal);
        _file = WpaConfigurationFile.Read(settings.ConfigurationFile);
        _connection = NewConnection();
        _retry = loop.AddDeadline(() => Guard(Begin));
        _limit = loop.AddDeadline(() => Guard(LoseEnding));
        _told = ("absent", null, null, null);
    }

    /// <summary>Something of <see cref="View"/>, <see cref="State"/> or <see cref="Why"/> may differ.</summary>
    public event Action? Changed;

    /// <summary>What is known of the supplicant; its <c>Why</c> includes radio switches and what keeps it from running.</summary>
    public WpaView View => _connection.Client.View with { Why = Why };

    /// <summary><c>running</c>, <c>waiting</c>, <c>stopped</c> or <c>failed</c>.</summary>
    public string State => _phase switch
    {
        Phase.Running => "running",
        Phase.NoInterface => "waiting",
        Phase.BackingOff => _failed ? "failed" : "waiting",
        _ => "stopped",
    };

    /// <summary>Why the interface is not connected; null when it is.</summary>
    public string? Why => _phase switch
    {
        Phase.Stopped => null,
        Phase.NoInterface => $"there is no interface {_settings.InterfaceName}",
        Phase.Ending => "wpa_supplicant is being ended",
        Phase.BackingOff => _trouble,
        _ => _rfkill?.WhyBlocked(_settings.InterfaceName) ?? Hinted(_connection.Client.View.Why),
    };

    // The drivers for Wi-Fi start on a wire as well, and then wait for ever.
    private string? Hinted(string? why) => why is not null && _settings.Driver == SupplicantSettings.DefaultDriver
        && _network.Table.TryFind(_settings.InterfaceName, out Link? link) && DeviceHints.IsWired(link)
            ? $"{why}; this is no wireless interface: on a wire it wants supplicant-driver = \"{SupplicantSettings.WiredDriver}\""
            : why;

    /// <summary>How often it ended, or did not start, and was to be started again.</summary>
    public int Restarts { get; private set; }

    /// <summary>The supplicant's process; null when unknown.</summary>
    public int? ProcessId => _process?.Identity.Pid ?? _peer?.Identity.Pid;

    /// <summary>One that was not started by us is followed, and left alone.</summary>
    public bool IsForeign => _owner == Owner.Foreign;

    /// <summary>Adopts or starts a supplicant, now or when the interface comes.</summary>
    public void Start()
    {
        if (_phase is not (Phase.Stopped or Phase.Ending)) return;
        if (_phase == Phase.Ending)
        {
            // What waits for the end hears of it first.
            Action? first = _afterEnd;
            _afterEnd = () =>
            {
                first?.Invoke();
                Start();
            };
            return;
        }
        _network.Changed += FollowLinks;
        if (_rfkill is not null) _rfkill.Changed += FollowSwitch;
        _isBlocked = IsBlocked;
        _retryDelay = FirstRetryDelay;
        Begin();
    }

    /// <summary>Ends a supplicant of ours and calls <paramref name="done"/> when it is gone; leaves a foreign one running and says so.</summary>
    public void Stop(Action done)
    {
        _retry.At = Instant.Never;
        if (_phase == Phase.Stopped)
        {
            done();
            return;
        }
        _stopped.Add(done);
        if (_owner == Owner.Foreign && _phase == Phase.Running)
            Warn($"the wpa_supplicant on {_settings.InterfaceName} was not started by this program and is left running");
        End(() =>
        {
            Leave();
            _phase = Phase.Stopped;
            // Also of one that never started.
            TryDelete(LogPath);
            TryDelete(EnvironmentPath);
            Tell();
            Action[] waiting = [.. _stopped];
            _stopped.Clear();
            foreach (Action one in waiting) one();
        });
    }

    /// <summary>
    /// Applies a changed configuration: with other settings the supplicant is started anew; with the same ones it reads
    /// its file again, if that was changed.
    /// </summary>
    public void Reconfigure(SupplicantSettings settings)
    {
        bool differs = settings != _settings;
        if (differs && settings.IsWired != _settings.IsWired) Reconnect(settings);
        _settings = settings;
        if (_phase is Phase.Stopped or Phase.Ending || !differs && FileStamp.Of(settings.ConfigurationFile) == _stamp) return;
        if (_owner == Owner.Foreign && differs) Warn($"the wpa_supplicant on {settings.InterfaceName} was not started by this program: it keeps its own settings");
        else if (differs || _phase == Phase.BackingOff) End(Begin);
        else RereadFile();
    }

    /// <summary>Lets go of the supplicant and leaves it running.</summary>
    public void Dispose()
    {
        Leave();
        _retry.Dispose();
        _limit.Dispose();
        _connection.Dispose();
        ReleaseProcess();
        _systemctl?.Dispose();
        _jobQuery?.Dispose();
    }

    private void Leave()
    {
        if (_phase == Phase.Stopped) return;
        _network.Changed -= FollowLinks;
        if (_rfkill is not null) _rfkill.Changed -= FollowSwitch;
    }

    private SupplicantConnection NewConnection()
    {
        SupplicantConnection connection = new(_loop, () => _file.SocketOf(_settings.InterfaceName), _settings.IsWired, Guard);
        connection.Stepped += FollowClient;
        connection.Answered += FollowAnswer;
        connection.Hung += FollowHang;
        return connection;
    }

    private void Reconnect(SupplicantSettings settings)
    {
        _connection.Dispose();
        _settings = settings;
        _connection = NewConnection();
    }

    /// <summary>A fault here is this supplicant's alone: it is named, and the supplicant is looked for anew a little later.</summary>
    private void Guard(Action step)
    {
        try
        {
            step();
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            _journal("supplicant", Report.Of("fault", ("message", fault.Message), ("detail", fault.ToString())));
            if (_phase == Phase.Stopped) return;
            ReleaseProcess();
            // Who waits for the end hears of it in any case.
            if (_phase == Phase.Ending) FinishEnding();
            else BackOff(fault.Message, failed: true);
        }
    }

    private void Warn(string message) => _journal("supplicant", Report.Of("warning", ("message", message)));
}
