using BondDhcp.Host.Configuration;
using BondDhcp.Host.Status;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Components;

/// <summary>How an operation ended: null for success, else why not.</summary>
internal delegate void Completion(string? error);

/// <summary>Something that can be started and stopped again and again. Operations run one after another.</summary>
internal class Component(ComponentSpec spec, Func<ComponentSpec, ComponentWork> create, StoppedComponents stopped)
{
    /// <summary>It holds until "start"; what was only released is had again by "acquire".</summary>
    public const string StoppedByCommand = "stopped by command";

    private readonly Queue<Action> _afterStop = new();
    private string? _failure;

    /// <summary>What the configuration says of it.</summary>
    public ComponentSpec Spec { get; private set; } = spec;

    /// <summary><c>dhcp4@eth0</c>.</summary>
    public string Name { get; } = spec.Name;

    /// <summary>What was stopped, and why.</summary>
    protected StoppedComponents StoppedComponents { get; } = stopped;

    /// <summary>What runs; null while nothing does.</summary>
    public ComponentWork? Work { get; private set; }

    /// <summary>It is being stopped.</summary>
    protected bool IsStopping { get; private set; }

    /// <summary>Why it is stopped by a user's wish; null when it is not.</summary>
    public string? WhyStopped => StoppedComponents.Why(Name);

    /// <summary>For <c>status</c>.</summary>
    public ComponentSnapshot Snapshot()
    {
        if (WhyStopped is { } why && (Work is null || IsStopping || Work.State == "stopped")) return new ComponentSnapshot(Name, "stopped", why);
        if (Work is null) return new ComponentSnapshot(Name, _failure is null ? "stopped" : "failed", _failure);
        return new ComponentSnapshot(Name, Work.State, Work.Why);
    }

    /// <summary>Starts unless the user stopped it.</summary>
    public void StartUnlessStopped(Completion done)
    {
        if (WhyStopped is null) Start(done);
        else done(null);
    }

    /// <summary>A person wants it to run: what runs tries again what it gave up.</summary>
    public void TryAgain()
    {
        if (!IsStopping) Work?.TryAgain();
    }

    /// <summary>Starts; nothing when it runs. <paramref name="done"/> is told when it is known whether it can be had.</summary>
    public void Start(Completion done)
    {
        if (IsStopping)
        {
            _afterStop.Enqueue(() => Start(done));
            return;
        }
        string? unwritten = StoppedComponents.Remove(Name);
        if (Work is null) Begin();
        if (Work is { } work) work.WhenSettled(() => done(WhyFailed ?? unwritten));
        else done(WhyFailed ?? unwritten);
    }

    private string? WhyFailed => _failure ?? (Work?.State == "failed" ? Work.Why ?? "failed" : null);

    private void Begin()
    {
        try
        {
            Work = create(Spec);
            _failure = null;
            Work.Start();
        }
        catch (Exception e) when (e is IOException or LinuxException or UnauthorizedAccessException)
        {
            Work?.Dispose();
            Work = null;
            _failure = e.Message;
        }
    }

    /// <summary>What was to be taken away of what it gave and could not be; null for nothing.</summary>
    public string? LeftOver => Work?.LeftOver is { } what ? $"{Name}: not taken away: {what}" : null;

    /// <summary>Takes a new configuration; what runs acts on it where <paramref name="disturb"/> says so, else it only knows.</summary>
    public void Reconfigure(InterfaceConfiguration owner, bool disturb)
    {
        Spec = Spec with { Owner = owner };
        if (!disturb) Work?.Note(owner);
        else if (IsStopping) _afterStop.Enqueue(() => Work?.Reconfigure(owner));
        else Work?.Reconfigure(owner);
    }

    /// <summary>Stops by the user's wish: what it gave is taken away, and it stays stopped.</summary>
    public void Stop(string why, Completion done)
    {
        string? unwritten = StoppedComponents.Add(Name, why);
        End(takeDown: true, byName: why == StoppedByCommand, failure => done(failure ?? unwritten));
    }

    /// <summary>
    /// Ends the work; the component is not marked as stopped. <paramref name="done"/> is told what could not be taken away.
    /// </summary>
    public void End(bool takeDown, Completion done) => End(takeDown, byName: false, done);

    private void End(bool takeDown, bool byName, Completion done)
    {
        if (IsStopping)
        {
            _afterStop.Enqueue(() => End(takeDown, byName, done));
            return;
        }
        if (Work is not { } work)
        {
            done(null);
            return;
        }
        IsStopping = true;
        void Ended()
        {
            string? failure = takeDown ? LeftOver ?? WhyFailed : null;
            IsStopping = false;
            work.Dispose();
            Work = null;
            done(failure);
            while (!IsStopping && _afterStop.TryDequeue(out Action? next)) next();
        }
        if (byName) work.StopByName(Ended);
        else work.Stop(takeDown, Ended);
    }
}
