using System.Collections.Concurrent;
using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Loop;

/// <summary>
/// One thread, one epoll set, one timer. Everything but <see cref="Post"/> is called on the loop's thread. With nothing
/// to do it makes no system call and allocates nothing.
/// </summary>
public sealed class EventLoop : IDisposable
{
    /// <summary>The longest IPv4 packet.</summary>
    public const int ScratchLength = 65536;

    /// <summary>So many turns on end in which there is always something to read, and what was put off is done all the same.</summary>
    internal const int MostBusyTurns = 16;

    private readonly EpollSet _epoll = new();
    private readonly TimerDescriptor _timer = TimerDescriptor.OnBoottime();
    private readonly TimerDescriptor _clockChange = TimerDescriptor.OnClockChange();
    private readonly WakeDescriptor _wake = new();
    private readonly Dictionary<int, LoopWatch> _watches = [];
    private readonly List<LoopDeadline?> _deadlines = [];
    private readonly ConcurrentQueue<Action> _posted = new();
    private readonly Queue<Action> _deferred = new();
    private readonly ReadyDescriptor[] _ready = new ReadyDescriptor[EpollSet.MaxReady];
    private readonly byte[] _scratch = GC.AllocateUninitializedArray<byte>(ScratchLength);
    private readonly Func<TimeSpan> _suspended;
    private ResumeDetector _resume;
    private Instant _armedAt = Instant.Never;
    private uint _generation;
    private int _busyTurns;
    private bool _stopping;
    private bool _disposed;

    /// <summary>A loop on the machine's clocks.</summary>
    public EventLoop()
        : this(() => BoottimeClock.Suspended)
    {
    }

    /// <summary>A loop to which <paramref name="suspended"/> says how long the machine has slept since boot.</summary>
    internal EventLoop(Func<TimeSpan> suspended)
    {
        _suspended = suspended;
        _resume = new ResumeDetector(suspended());
        Register(_timer.Descriptor, Readiness.Read, _ => TakeTimer());
        Register(_clockChange.Descriptor, Readiness.Read, _ => TakeClockChange());
        Register(_wake.Descriptor, Readiness.Read, _ => TakePosted());
    }

    /// <summary>The machine woke from suspend; told once for each time, before anything else of that turn.</summary>
    public event Action? Resumed;

    /// <summary>The wall clock was set, or the machine woke. Lease times do not depend on it, printed times do.</summary>
    public event Action? ClockChanged;

    /// <summary>Where a callback may read a packet into; the next callback finds it overwritten.</summary>
    public Span<byte> Scratch => _scratch;

    /// <summary>Calls <paramref name="ready"/> whenever the descriptor is ready for <paramref name="events"/>, or has an error.</summary>
    public LoopWatch Register(int descriptor, Readiness events, Action<Readiness> ready)
    {
        var watch = new LoopWatch(this, descriptor, ++_generation, ready);
        _epoll.Add(descriptor, events, watch.Token);
        _watches[descriptor] = watch;
        return watch;
    }

    /// <summary>A deadline, not set yet, at which <paramref name="reached"/> is called.</summary>
    public LoopDeadline AddDeadline(Action reached)
    {
        var deadline = new LoopDeadline(this, reached);
        _deadlines.Add(deadline);
        return deadline;
    }

    /// <summary>Runs an action on the loop's thread, in order; from any thread. After disposal it is dropped.</summary>
    public void Post(Action action)
    {
        _posted.Enqueue(action);
        if (!Volatile.Read(ref _disposed)) _wake.Wake();
    }

    /// <summary>
    /// Puts off what nobody waits for until there is nothing to read: a packet that came meanwhile goes first. It is done soon
    /// all the same on a loop that is never idle, and before <see cref="Run"/> returns.
    /// </summary>
    public void Defer(Action action) => _deferred.Enqueue(action);

    /// <summary>Runs until <see cref="Stop"/>.</summary>
    public void Run()
    {
        _stopping = false;
        while (!_stopping) Turn(-1);
        RunDeferred();
    }

    /// <summary>Makes <see cref="Run"/> return after this turn.</summary>
    public void Stop() => _stopping = true;

    /// <summary>
    /// Waits for something to happen, at most <paramref name="milliseconds"/> (-1 for ever), and handles it. With something put
    /// off it does not wait.
    /// </summary>
    public void Turn(int milliseconds)
    {
        ArmTimer();
        int count = _epoll.Wait(_ready, _deferred.Count > 0 ? 0 : milliseconds);
        // A packet or a deadline after a resume must meet machines that know of it: what expired goes first.
        if (_resume.Observe(_suspended())) Resumed?.Invoke();
        for (int i = 0; i < count; i++) Dispatch(_ready[i]);
        // What came in time is heard before time is up, also when this turn is late, or what it did took long: an ARP packet that
        // claims an address before its conflict window closes, an ACK before the lease is given up.
        Instant now = BoottimeClock.Now;
        if (IsAnyDue(now))
        {
            int late = _epoll.Wait(_ready, 0);
            for (int i = 0; i < late; i++) Dispatch(_ready[i]);
            FireDeadlines(now);
        }
        if (_deferred.Count > 0 && (count == 0 || ++_busyTurns == MostBusyTurns)) RunDeferred();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed) return;
        Volatile.Write(ref _disposed, true);
        _epoll.Dispose();
        _timer.Dispose();
        _clockChange.Dispose();
        _wake.Dispose();
    }

    internal void Change(LoopWatch watch, Readiness events) => _epoll.Change(watch.Descriptor, events, watch.Token);

    internal void Remove(LoopWatch watch)
    {
        if (_disposed || !_watches.TryGetValue(watch.Descriptor, out LoopWatch? known) || known != watch) return;
        _watches.Remove(watch.Descriptor);
        _epoll.Remove(watch.Descriptor);
    }

    internal void Remove(LoopDeadline deadline)
    {
        // The list may be being walked: the place is emptied here and closed up there.
        int index = _deadlines.IndexOf(deadline);
        if (index >= 0) _deadlines[index] = null;
    }

    private void Dispatch(ReadyDescriptor ready)
    {
        // A callback earlier in this turn may have ended this watch, and even have begun another of the same number.
        if (_watches.TryGetValue((int)(uint)ready.Token, out LoopWatch? watch) && watch.Token == ready.Token)
            watch.Ready(ready.Events);
    }

    private void ArmTimer()
    {
        Instant earliest = Instant.Never;
        for (int i = _deadlines.Count - 1; i >= 0; i--)
        {
            if (_deadlines[i] is { } deadline) earliest = Instant.Min(earliest, deadline.At);
            else _deadlines.RemoveAt(i);
        }
        if (earliest == _armedAt) return;
        _timer.Arm(earliest);
        _armedAt = earliest;
    }

    private bool IsAnyDue(Instant now)
    {
        for (int i = 0; i < _deadlines.Count; i++)
            if (_deadlines[i] is { } deadline && deadline.At <= now) return true;
        return false;
    }

    private void FireDeadlines(Instant now)
    {
        // Those added meanwhile are looked at in the next turn.
        int count = _deadlines.Count;
        for (int i = 0; i < count; i++)
            if (_deadlines[i] is { } deadline && deadline.At <= now) deadline.Fire();
    }

    private void RunDeferred()
    {
        _busyTurns = 0;
        // What is put off by these themselves waits for its own time, but for the end: there it is now or never.
        for (int count = _deferred.Count; count > 0 || (_stopping && _deferred.Count > 0); count--) _deferred.Dequeue()();
    }

    private void TakeTimer()
    {
        _timer.Acknowledge();
        _armedAt = Instant.Never;
    }

    private void TakeClockChange()
    {
        _clockChange.Acknowledge();
        ClockChanged?.Invoke();
    }

    private void TakePosted()
    {
        _wake.Acknowledge();
        // What is posted by these actions themselves waits for the next turn: it wakes the loop again.
        for (int count = _posted.Count; count > 0 && _posted.TryDequeue(out Action? action); count--) action();
    }
}
