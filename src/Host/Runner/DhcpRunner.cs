using BondDhcp.Bond.Links;
using BondDhcp.Host.Configuration;
using BondDhcp.Host.Loop;
using BondDhcp.Host.Paths;
using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Runner;

/// <summary>
/// What the runners of both families have in common: following the interface of a name and the path that carries it,
/// starting and stopping, commands and faults. Called on the loop's thread only.
/// </summary>
internal abstract partial class DhcpRunner : IDisposable
{
    private readonly PathGate _gate;
    private readonly Action<string, Report> _journal;
    private readonly FaultHistory _faults = new();
    private readonly LoopDeadline _restart;
    private readonly LoopDeadline _restoreRoutes;
    private bool _disposed;
    private bool _recordIsDue;

    /// <summary>A runner that has not been started.</summary>
    /// <param name="loop">The loop it lives in.</param>
    /// <param name="network">Links and addresses.</param>
    /// <param name="gate">Says when the interface can carry frames, and by what.</param>
    /// <param name="entropy">Randomness.</param>
    /// <param name="journal">Is told of everything, with the part that tells: <see cref="Source"/> or <c>link</c>.</param>
    protected DhcpRunner(EventLoop loop, NetworkState network, PathGate gate, EntropySource entropy, Action<string, Report> journal)
    {
        EventLoop = loop;
        Network = network;
        _gate = gate;
        Entropy = entropy;
        _journal = journal;
        Deadline = loop.AddDeadline(() => Guard(DeadlineReached));
        _restart = loop.AddDeadline(() => Guard(Begin));
        _restoreRoutes = loop.AddDeadline(() => Guard(RestoreRoutes));
        loop.Resumed += Resume;
        network.Changed += Follow;
        gate.Changed += FollowGate;
        Since = BoottimeClock.Now;
    }

    /// <summary>The interface as netlink last described it; null while it is not there.</summary>
    public Link? Link => Network.Table.TryFind(Configuration.Name, out Link? link) ? link : null;

    /// <summary>It is to run: started and not stopped since. A runner with a <see cref="Fault"/> is started again by itself.</summary>
    public bool IsStarted => Started || Fault is not null;

    /// <summary>Since when the client is in its state.</summary>
    public Instant Since { get; private set; }

    /// <summary>Why it is not running although it should; null when it is. It is started again by itself.</summary>
    public string? Fault { get; private set; }

    /// <summary>What it counts; another runner of the same client goes on with them.</summary>
    public ClientCounters Counters { get; init; } = new();

    /// <summary>The interface's section of the configuration.</summary>
    protected abstract InterfaceConfiguration Configuration { get; }

    /// <summary>The part that tells the journal: <c>dhcp4</c> or <c>dhcp6</c>.</summary>
    protected abstract string Source { get; }

    /// <summary>The loop it lives in.</summary>
    protected EventLoop EventLoop { get; }

    /// <summary>Links and addresses.</summary>
    protected NetworkState Network { get; }

    /// <summary>Randomness.</summary>
    protected EntropySource Entropy { get; }

    /// <summary>When the client has something to do.</summary>
    protected LoopDeadline Deadline { get; }

    /// <summary>What the kernel said against the client's last message; null where it took it.</summary>
    protected string? Unsent { get; set; }

    /// <summary>Writes down what is ours on the interface; a sentence where that failed. Nothing without a place for it.</summary>
    protected virtual string? WriteRecord() => null;

    /// <summary>
    /// What is ours has changed. It is written down when nothing is there to be read any more: an address that the other family
    /// was just given does not wait for a file. Should the program die before that, the mark that the kernel keeps with an address says that it is ours.
    /// </summary>
    protected void RecordSoon()
    {
        if (_recordIsDue) return;
        _recordIsDue = true;
        EventLoop.Defer(RecordNow);
    }

    /// <summary>Writes down what is due to be, before the place for it is given up.</summary>
    protected void RecordNow()
    {
        if (!_recordIsDue) return;
        _recordIsDue = false;
        if (WriteRecord() is { } problem) Warn(problem);
    }

    /// <summary>Started, and neither stopped nor fallen since.</summary>
    protected bool Started { get; private set; }

    /// <summary>
    /// Sockets are closed and timers end; nothing is sent and everything configured stays. A command under way is
    /// answered.
    /// </summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        Started = false;
        EventLoop.Resumed -= Resume;
        Network.Changed -= Follow;
        _gate.Changed -= FollowGate;
        CloseSockets();
        Deadline.Dispose();
        _restart.Dispose();
        _restoreRoutes.Dispose();
        RefuseCommands("the daemon ends");
    }

    /// <summary>Calls <paramref name="then"/> once, when the interface is there: now, or when it comes. The action given ends the wait.</summary>
    public Action WhenThere(Action then)
    {
        if (Link is not null)
        {
            then();
            return static () => { };
        }
        void Look(IReadOnlyList<LinkEvent> events)
        {
            if (Link is null) return;
            Network.Changed -= Look;
            then();
        }
        Network.Changed += Look;
        return () => Network.Changed -= Look;
    }

    /// <summary>The deadline has come.</summary>
    protected abstract void DeadlineReached();

    /// <summary>The hardware address is another, whether the link can carry frames or not.</summary>
    protected abstract void HardwareAddressChanged();

    /// <summary>The machine woke from suspend.</summary>
    protected abstract void Resumed();

    /// <summary>Tells the journal.</summary>
    protected void Journal(Report report)
    {
        Counters.NoteEvent(report.Event);
        _journal(Source, report);
    }

    /// <summary>Tells the journal of something that a person should know.</summary>
    protected void Warn(string message) => Journal(Report.Of("warning", ("message", message)));

    /// <summary>For what an earlier run left on the interface and no stored lease accounts for.</summary>
    protected static string LeftoverWarning(IEnumerable<string> what) =>
        $"{string.Join(", ", what)}: given by an earlier run, of whose lease nothing is known any more; stays until a server gives another or its lifetime ends";

    // While links are being followed the table is ahead of what was told here; what comes of it is found at the end.
    private void FollowGate() => Guard(() =>
    {
        if (Taken is { } link && Network.Table.Links.TryGetValue(link.Index, out Link? present) && ReferenceEquals(link, present)) FollowPath();
    });

    private void Resume() => Guard(() =>
    {
        if (Started) Resumed();
    });
}
