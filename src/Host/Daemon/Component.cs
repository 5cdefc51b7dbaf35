using BondDhcp.Dhcp.Client;
using BondDhcp.Host.Configuration;
using BondDhcp.Host.Status;

namespace BondDhcp.Host.Daemon;

/// <summary>How an operation ended: null for success, else why not.</summary>
internal delegate void Completion(string? error);

/// <summary><c>dhcp4@IF</c>: a runner that can be started and stopped again and again. Operations run one after another.</summary>
internal sealed class Component(
    InterfaceConfiguration configuration, Func<InterfaceConfiguration, IDhcp4Component> create, Func<string, InterfaceSnapshot> look,
    StoppedComponents stopped)
{
    // It holds until "start"; what was only released is had again by "acquire".
    private const string StoppedByCommand = "stopped by command";

    private IDhcp4Component? _runner;
    private bool _stopping;
    private string? _failure;
    private readonly Queue<Action> _afterStop = new();

    /// <summary><c>dhcp4@eth0</c>.</summary>
    public string Name { get; } = "dhcp4@" + configuration.Name;

    /// <summary>The configuration.</summary>
    public InterfaceConfiguration Configuration { get; private set; } = configuration;

    /// <summary>The lease in force; null without one.</summary>
    public Dhcp4Lease? Lease => _runner?.Snapshot().Dhcp4?.Lease;

    /// <summary>For <c>status</c>.</summary>
    public ComponentSnapshot Snapshot()
    {
        if (stopped.Why(Name) is { } why && (_runner is null || _stopping || _runner.Snapshot().Dhcp4?.State == "stopped"))
            return new ComponentSnapshot(Name, "stopped", why);
        if (_runner is null) return new ComponentSnapshot(Name, _failure is null ? "stopped" : "failed", _failure);
        string state = _runner.Snapshot().Dhcp4?.State ?? "waiting";
        return new ComponentSnapshot(Name, state is "stopped" or "waiting" ? state : "running", _runner.Why);
    }

    /// <summary>For <c>status</c> and <c>lease</c>.</summary>
    public InterfaceSnapshot InterfaceSnapshot() => _runner?.Snapshot() ?? look(Configuration.Name) with
    {
        Dhcp4 = new Dhcp4Snapshot("stopped", null, [], null),
    };

    /// <summary>Starts unless the user stopped it.</summary>
    public void StartUnlessStopped(Completion done)
    {
        if (stopped.Why(Name) is null) Start(done);
        else done(null);
    }

    /// <summary>Starts; nothing when it runs.</summary>
    public void Start(Completion done)
    {
        if (_stopping)
        {
            _afterStop.Enqueue(() => Start(done));
            return;
        }
        string? unwritten = stopped.Remove(Name);
        if (_runner is null)
        {
            try
            {
                _runner = create(Configuration);
                _failure = null;
                _runner.Start();
            }
            catch (Exception e) when (e is IOException or BondDhcp.Net.Linux.LinuxException or UnauthorizedAccessException)
            {
                _runner?.Dispose();
                _runner = null;
                _failure = e.Message;
            }
        }
        done(_failure ?? unwritten);
    }

    /// <summary>Takes a new configuration; a runner goes on with it and its lease where <paramref name="disturb"/> says so.</summary>
    public void Reconfigure(InterfaceConfiguration wanted, bool disturb)
    {
        Configuration = wanted;
        if (!disturb) return;
        if (_stopping) _afterStop.Enqueue(() => _runner?.Reconfigure(wanted));
        else _runner?.Reconfigure(wanted);
    }

    /// <summary>Stops by the user's wish: the lease is given back, and it stays stopped.</summary>
    public void Stop(Completion done)
    {
        string? unwritten = stopped.Add(Name, StoppedByCommand);
        End(release: true, () => done(unwritten));
    }

    /// <summary>Ends the runner; the component is not marked as stopped.</summary>
    public void End(bool release, Action done)
    {
        if (_stopping)
        {
            _afterStop.Enqueue(() => End(release, done));
            return;
        }
        if (_runner is not { } runner)
        {
            done();
            return;
        }
        _stopping = true;
        runner.Stop(release, () =>
        {
            _stopping = false;
            runner.Dispose();
            _runner = null;
            done();
            while (!_stopping && _afterStop.TryDequeue(out Action? next)) next();
        });
    }

    /// <summary>renew, rebind, release, acquire.</summary>
    public void Execute(Dhcp4Command command, Completion done)
    {
        if (_runner is not { } runner || _stopping)
        {
            if (command == Dhcp4Command.Acquire && stopped.Why(Name) == StoppedByCommand) done($"{Name} is stopped; 'bonddhcp start {Name}' starts it");
            else if (command == Dhcp4Command.Acquire) Start(error => AfterStart(error, done));
            else if (command == Dhcp4Command.Release) done(null); // nothing is held: idempotent
            else done($"{Name} is stopped");
            return;
        }
        string? unwritten = command == Dhcp4Command.Acquire ? stopped.Remove(Name) : null;
        runner.Execute(command, (succeeded, why) =>
        {
            if (succeeded && command == Dhcp4Command.Release) unwritten = stopped.Add(Name, "released; idle until acquire");
            done(succeeded ? unwritten : why ?? "refused");
        });
    }

    private void AfterStart(string? error, Completion done)
    {
        if (error is not null || _runner is null) done(error ?? $"{Name} is stopped");
        else Execute(Dhcp4Command.Acquire, done);
    }
}
