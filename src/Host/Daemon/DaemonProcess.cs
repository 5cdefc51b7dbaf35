using BondDhcp.Dhcp.Store;
using BondDhcp.Host.Commands;
using BondDhcp.Host.Components;
using BondDhcp.Host.Configuration;
using BondDhcp.Host.Control;
using BondDhcp.Host.Journal;
using BondDhcp.Host.Loop;
using BondDhcp.Host.Status;
using BondDhcp.Host.Systemd;
using BondDhcp.Host.Systemd.Linux;
using BondDhcp.Host.Text;
using BondDhcp.Net;
using BondDhcp.Net.Linux;
using Microsoft.Extensions.Logging;

namespace BondDhcp.Host.Daemon;

/// <summary>The daemon from its first packet to its end, on one thread.</summary>
internal sealed partial class DaemonProcess : IDisposable
{
    /// <summary>If no lease is there by then, the rest of the daemon is made: the exchange waits for the server meanwhile.</summary>
    private static readonly TimeSpan s_latestFurnishing = TimeSpan.FromMilliseconds(50);

    /// <summary>By then the start is over, and whatever was made for it.</summary>
    private static readonly TimeSpan s_settling = TimeSpan.FromSeconds(5);

    /// <summary>How often who waits for an IPv6 address is looked after: others configure those, and no event tells of them.</summary>
    private static readonly TimeSpan s_reconsidering = TimeSpan.FromMilliseconds(200);

    private readonly Invocation _invocation;
    private readonly RuntimeDirectory _directory;
    private readonly InterfaceLocks _locks;
    private readonly EventLoop _loop = new();
    private readonly EventJournal _journal = new(() => BoottimeClock.Now, TimeProvider.System);
    private readonly BootTime _bootTime = new();
    private readonly Instant _startedAt = BoottimeClock.Now;
    private readonly ControlPermission _permission = new();
    private readonly DaemonInterfaces _interfaces;
    private readonly ComponentSet _components;
    private readonly ControlCommands _commands;
    private readonly ServiceNotifier _notifier;
    private readonly ComponentUnits _units;
    private readonly LoopDeadline _furnish;
    private readonly LoopDeadline _giveUp;
    private readonly LoopDeadline _reconsider;
    private readonly LoopDeadline _tidy;
    private DaemonConfiguration _configuration;
    private ControlServer? _control;
    private LoopSignals? _signals;
    private DaemonHost? _host;
    private JournalKeeping? _keeping;
    private bool _reconsidering;
    private bool _statusPosted;

    /// <summary>Makes what the first packet needs.</summary>
    public DaemonProcess(
        Invocation invocation, RuntimeDirectory directory, InterfaceLocks locks, DaemonConfiguration configuration,
        IReadOnlyList<ConfigurationProblem> warnings)
    {
        _invocation = invocation;
        _directory = directory;
        _locks = locks;
        _configuration = configuration;
        _notifier = new ServiceNotifier(_loop, Environment.GetEnvironmentVariable);
        string bootId = StoreClock.ReadBootId();
        _interfaces = new DaemonInterfaces(_loop, _journal, invocation.StateDirectory, directory.Path, bootId);
        StoppedComponents stopped = new(directory.Path, bootId);
        _components = new ComponentSet(_interfaces.Create, stopped, _interfaces.LiesOn);
        _units = new ComponentUnits(_loop, _components, _journal.Record);
        _commands = new ControlCommands(
            _components, _journal, new DaemonActions(Snapshot, Knows, Reload, TakeDown, TimeProvider.System.GetUtcNow), _units.IsEcho);
        _furnish = _loop.AddDeadline(Furnish);
        _giveUp = _loop.AddDeadline(GiveUp);
        _reconsider = _loop.AddDeadline(Reconsider);
        _tidy = _loop.AddDeadline(Tidy);
        _journal.Recorded += OnRecorded;
        foreach (ConfigurationProblem warning in warnings) Warn(warning.ToString());
        if (stopped.Warning is { } unread) Warn(unread);
    }

    /// <summary>Runs until a signal or a command ends it; gives the exit code.</summary>
    public int Run()
    {
        _interfaces.Configure(_configuration);
        _furnish.At = BoottimeClock.Now + s_latestFurnishing;
        _components.Start(_configuration);
        foreach (string idle in _components.Idle()) _journal.Record("", "daemon", Report.Of("warning", ("message", idle)));
        _loop.Run();
        SayGoodbye();
        return ExitCode.Done;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _journal.Recorded -= OnRecorded;
        _control?.Dispose();
        _signals?.Dispose();
        _host?.Dispose();
        _keeping?.Dispose();
        _units.Dispose();
        _notifier.Dispose();
        _interfaces.Dispose();
        _loop.Dispose();
    }

    private void OnRecorded()
    {
        // The address is on the interface as soon as this step is carried out; the rest may begin then, unless the other
        // family, or another interface, is in the middle of its own exchange.
        string name = _journal[_journal.NextSequence - 1].Report.Event;
        if (_host is null && name is "leaseBound" or "state" && AllAreServed) _furnish.At = Instant.Zero;
        if (_host is not null && LogSeverity.Of(name) != LogLevel.Debug) FollowStatus();
        // What a change of the path or a new lease needed is not needed while all is quiet.
        if (_host is not null && name is "hardwareAddress" or "activeSlave" or "leaseBound" && _tidy.At.IsNever) _tidy.At = BoottimeClock.Now + s_settling;
        if (_reconsidering || !_commands.AnyoneWaits) return;
        _reconsidering = true;
        // Entries are made while a machine's step is being carried out: look when it is.
        _loop.Post(() =>
        {
            _reconsidering = false;
            _commands.Reconsider();
        });
    }

    private bool AllAreServed
    {
        get
        {
            bool anyone = false;
            foreach (LeaseComponent component in _components.All.OfType<LeaseComponent>())
            {
                switch (component.ClientState)
                {
                    case "bound" or "informationBound": anyone = true; break;
                    case "selecting" or "requesting" or "probing" or "rebooting" or "soliciting" or "confirming" or "informationRequesting": return false;
                }
            }
            return anyone;
        }
    }

    // Once a turn, and where somebody looks at it.
    private void FollowStatus()
    {
        if (_statusPosted || !_notifier.IsHeard) return;
        _statusPosted = true;
        _loop.Post(() =>
        {
            _statusPosted = false;
            if (!_ending) _notifier.Status(ServiceStatus.Of(Snapshot(null)));
        });
    }

    private void Handle(ControlCall call)
    {
        _commands.Handle(call);
        LookAgain();
    }

    private void Reconsider()
    {
        _commands.Reconsider();
        LookAgain();
    }

    private void LookAgain() => _reconsider.At = _commands.AnyoneWaits ? BoottimeClock.Now + s_reconsidering : Instant.Never;

    // Everything that the first packet does not need.
    private void Furnish()
    {
        if (_host is not null) return;
        // First, because until then SIGTERM ends the program without a word, and what follows may wait for a disk.
        _signals = new LoopSignals(_loop, OnSignal);
        _interfaces.BeginKeeping();
        _interfaces.BeginSharing();
        _interfaces.TakeBackAbandoned(_locks.IsAnothers);
        _permission.SetGroup(_configuration.ControlGroup); // that there is none was told with the configuration
        _keeping = JournalKeeping.Begin(_journal, _notifier, InheritedDescriptors.Take(Environment.GetEnvironmentVariable));
        _control = new ControlServer(_loop, _directory.ControlSocket, _permission, Handle);
        _host = new DaemonHost(_journal, _notifier, _loop);
        FollowStatus();
        _units.Begin();
        _tidy.At = BoottimeClock.Now + s_settling;
    }

    // What only the start needed is garbage by now. The next collection by itself would come after a megabyte more of it,
    // which is days of being bound: until then all of it would stay in memory.
    private static void Tidy()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        ProgramPages.GiveBack();
    }

    // Told when what is not configured any more has been taken down.
    private void Reload(Action<int, string?> done)
    {
        if (_ending)
        {
            done(ExitCode.Failed, "the daemon ends");
            return;
        }
        _notifier.Reloading();
        new ReloadTurn(
            () => ConfigurationReader.ReadFile(_invocation.ConfigurationFile), TryApply, report => _journal.Record("", "daemon", report),
            (exitCode, problem) =>
            {
                _notifier.Ready();
                done(exitCode, problem);
            }).Run();
    }

    // Why it was refused; otherwise applied is told what could not be taken away of the configuration before.
    private string? TryApply(DaemonConfiguration configuration, IReadOnlyList<ConfigurationProblem> warnings, Completion applied)
    {
        foreach (string name in configuration.InterfaceNames)
        {
            if (_locks.WhyNot(name) is not { } why) continue;
            _locks.Keep(_configuration.InterfaceNames);
            return why;
        }
        foreach (ConfigurationProblem warning in warnings) Warn(warning.ToString());
        Concern everywhere = _interfaces.Configure(configuration);
        _configuration = configuration;
        _permission.SetGroup(configuration.ControlGroup);
        _components.Apply(configuration, everywhere, leftOver =>
        {
            // Ours until they are as before. Another configuration may have come meanwhile.
            _locks.Keep(_configuration.InterfaceNames);
            applied(leftOver);
        });
        return null;
    }

    private DaemonSnapshot Snapshot(string? interfaceName) =>
        new("daemon", _bootTime.Value)
        {
            Duid = _interfaces.Duid,
            Daemon = new DaemonFacts(ProgramVersion.Text, _bootTime.Value + (_startedAt - Instant.Zero), _journal.NextSequence - 1, _journal.FirstSequence - 1) { Unsaved = _interfaces.Unsaved },
            Hooks = _interfaces.Hooks,
            Components = _components.Snapshots(interfaceName),
            Interfaces = _interfaces.Snapshots(interfaceName, _components),
        };

    private bool Knows(string interfaceName) => _configuration.InterfaceNames.Contains(interfaceName);

    private void Warn(string message) => _journal.Record("", "configuration", Report.Of("warning", ("message", message)));
}
