using BondDhcp.Host.Loop;
using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Hooks;

/// <summary>How hooks fare, for <c>status</c>.</summary>
/// <param name="Directory">Where they are.</param>
/// <param name="Ran">Runs that succeeded.</param>
/// <param name="Failed">Runs that did not.</param>
/// <param name="Lost">Events that no hook was told of, because too many waited.</param>
internal sealed record HookSnapshot(string Directory, long Ran, long Failed, long Lost);

/// <summary>
/// Runs the hooks of a directory for each event: those of one event one after the other, the events of one interface in
/// order, and interfaces beside each other. Nothing waits for them but who asks to.
/// </summary>
internal sealed class HookRunner : IDisposable
{
    /// <summary>For one hook; then it and what it started is ended.</summary>
    public static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(30);

    /// <summary>Whoever waits for everything to be done waits no longer than this; what runs then goes on by itself.</summary>
    public static readonly TimeSpan LongestSettling = TimeSpan.FromSeconds(1.5);

    // Of what a hook says; the log cuts it further.
    private const int MaxOutputShown = 512;

    private readonly EventLoop _loop;
    private readonly Action<string, string, Report> _journal;
    private readonly TimeSpan _limit;
    private readonly LoopDeadline _settling;
    private readonly List<Line> _lines = [];
    private readonly List<Action> _waiting = [];
    private string _lastProblems = "";
    private bool _begun;
    private long _ran, _failed, _lost;

    /// <summary>Runs nothing before a directory is set and <see cref="Begin"/> is called; what happens before waits.</summary>
    /// <param name="loop">The loop it lives in.</param>
    /// <param name="journal">Takes what happens: interface, part, report.</param>
    /// <param name="limit">For one hook; null for <see cref="DefaultLimit"/>.</param>
    public HookRunner(EventLoop loop, Action<string, string, Report> journal, TimeSpan? limit = null)
    {
        _loop = loop;
        _journal = journal;
        _limit = limit ?? DefaultLimit;
        _settling = loop.AddDeadline(Settled);
    }

    // One interface's: what waits, what is told now, and by whom next.
    private sealed class Line(string interfaceName)
    {
        public string InterfaceName => interfaceName;
        public HookQueue Queue { get; } = new();
        public HookEvent? Event { get; set; }
        public Queue<string> Hooks { get; set; } = new();
        public LoopProcess? Process { get; set; }
    }

    /// <summary>Where the hooks are; empty for none.</summary>
    public string Directory { get; set; } = "";

    /// <summary>False: whatever is raised, nobody is told.</summary>
    public bool HasHooks => Directory.Length != 0;

    /// <summary>For <c>status</c>; null where there are no hooks.</summary>
    public HookSnapshot? Snapshot => !HasHooks ? null : new HookSnapshot(Directory, _ran, _failed, _lost);

    /// <summary>Begins with what has happened.</summary>
    public void Begin()
    {
        _begun = true;
        foreach (Line line in _lines.ToArray()) Continue(line);
    }

    /// <summary>Has the hooks told of an event, when their turn comes. Returns at once.</summary>
    public void Raise(HookEvent happened)
    {
        if (!HasHooks) return;
        if (!HookEnvironment.IsPlain(happened.Interface))
        {
            Warn(happened.Interface, "no hook is run: the interface's name has characters that would mean something to a script");
            return;
        }
        Line? line = _lines.Find(one => one.InterfaceName == happened.Interface);
        if (line is null) _lines.Add(line = new Line(happened.Interface));
        if (line.Queue.Add(happened) && ++_lost == 1) Warn(happened.Interface, "hooks take too long: an event was lost to them");
        Continue(line);
    }

    /// <summary>Calls <paramref name="done"/> when no hook has anything to do, or it has taken too long; perhaps before this returns.</summary>
    public void Settle(Action done)
    {
        _waiting.Add(done);
        if (IsSettled) Settled();
        else if (_settling.At.IsNever) _settling.At = BoottimeClock.Now + LongestSettling;
    }

    /// <summary>Lets go: a hook that runs goes on, and what waits is not told any more.</summary>
    public void Dispose()
    {
        _settling.Dispose();
        foreach (Line line in _lines) line.Process?.Dispose();
    }

    private bool IsSettled => _lines.All(static line => line is { Event: null, Queue.Count: 0 });

    private void Continue(Line line)
    {
        while (_begun && line.Process is null)
        {
            if (line.Event is not null && line.Hooks.TryDequeue(out string? hook))
            {
                Start(line, line.Event, hook);
                continue;
            }
            line.Event = line.Queue.Take();
            if (line.Event is null) break;
            // Anew for each event: hooks come and go while the daemon runs.
            line.Hooks = new Queue<string>(HookDirectory.List(Directory, out IReadOnlyList<string> problems));
            WarnOnce(problems);
        }
        if (_waiting.Count > 0 && IsSettled) Settled();
    }

    private void Start(Line line, HookEvent happened, string hook)
    {
        Instant startedAt = BoottimeClock.Now;
        ProgramCall call = new(hook, [])
        {
            Input = HookEnvironment.JsonOf(happened),
            Environment = HookEnvironment.VariablesOf(happened, Environment.ProcessId),
            Limit = _limit,
        };
        line.Process = LoopProcess.Start(_loop, call, result =>
        {
            line.Process = null;
            Tell(happened, hook, result, BoottimeClock.Now - startedAt);
            Continue(line);
        }, out string? problem);
        if (line.Process is not null) return;
        _failed++;
        Warn(happened.Interface, $"hook {Path.GetFileName(hook)} for {happened.Word} could not be started: {problem}");
    }

    private void Tell(HookEvent happened, string hook, in ProgramResult result, TimeSpan took)
    {
        string name = Path.GetFileName(hook);
        if (result.Succeeded) _ran++;
        else _failed++;
        string output = result.LastWords(MaxOutputShown);
        _journal(happened.Interface, "hooks", Report.Of(
            "hook",
            ("hook", name), ("reason", happened.Word), ("succeeded", result.Succeeded), ("seconds", Math.Round(took.TotalSeconds, 3)),
            ("output", output.Length == 0 ? null : output)));
        if (!result.Succeeded) Warn(happened.Interface, $"hook {result.Why($"{name} for {happened.Word}")}");
    }

    private void Settled()
    {
        _settling.At = Instant.Never;
        Action[] waiting = [.. _waiting];
        _waiting.Clear();
        foreach (Action one in waiting) one();
    }

    private void WarnOnce(IReadOnlyList<string> problems)
    {
        string together = string.Join('\n', problems);
        if (together == _lastProblems) return;
        _lastProblems = together;
        foreach (string problem in problems) Warn("", problem);
    }

    private void Warn(string interfaceName, string message) => _journal(interfaceName, "hooks", Report.Of("warning", ("message", message)));
}
