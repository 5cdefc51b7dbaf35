using BondDhcp.Host.Loop;

namespace BondDhcp.Host.Daemon;

/// <summary>
/// Does what waits for a disk, one thing after another, beside the loop: fsync(2) takes seconds on a busy disk, and the address is
/// to be defended, announced and verified meanwhile. Its thread is there only while there is something to do.
/// </summary>
/// <param name="loop">Where outcomes are told.</param>
internal sealed class StateWriter(EventLoop loop)
{
    // What it calls is shallow.
    private const int StackOctets = 256 * 1024;

    private readonly object _lock = new();
    private readonly Queue<Work> _waiting = [];
    private readonly Queue<(Action<string?> Done, string? Why)> _finished = [];
    private bool _isRunning;

    /// <summary>Does this after what was to be done before. It must touch nothing that the loop changes.</summary>
    /// <param name="save">Writes; gives why it could not.</param>
    /// <param name="done">Is told that, in the loop, or by <see cref="Finish"/>.</param>
    public void Add(Func<string?> save, Action<string?> done)
    {
        lock (_lock)
        {
            _waiting.Enqueue(new Work(save, done));
            if (_isRunning) return;
            _isRunning = true;
        }
        try
        {
            // Not to be waited for by a process that ends: who wants that says so.
            new Thread(Run, StackOctets) { IsBackground = true, Name = "disk" }.Start();
        }
        catch (Exception fault) when (fault is OutOfMemoryException or ThreadStartException)
        {
            // A limit on threads: then everybody waits for the disk.
            Run();
        }
    }

    /// <summary>Waits until everything is done, and tells the outcomes.</summary>
    /// <param name="atMost">Not longer than this; null for as long as it takes.</param>
    public void Finish(TimeSpan? atMost = null)
    {
        long begun = Environment.TickCount64;
        while (true)
        {
            bool isLate = false;
            lock (_lock)
            {
                while (_isRunning && !isLate)
                {
                    TimeSpan? rest = atMost - TimeSpan.FromMilliseconds(Environment.TickCount64 - begun);
                    if (rest is null) Monitor.Wait(_lock);
                    else if (rest > TimeSpan.Zero) Monitor.Wait(_lock, rest.Value);
                    else isLate = true;
                }
            }
            Tell();
            // An outcome may be a reason to write again.
            lock (_lock)
            {
                if (isLate || (!_isRunning && _finished.Count == 0)) return;
            }
        }
    }

    private void Run()
    {
        while (true)
        {
            Work work;
            lock (_lock)
            {
                if (!_waiting.TryDequeue(out work))
                {
                    _isRunning = false;
                    Monitor.PulseAll(_lock);
                    return;
                }
            }
            string? why = Do(work.Save);
            lock (_lock) _finished.Enqueue((work.Done, why));
            loop.Post(Tell);
        }
    }

    private static string? Do(Func<string?> save)
    {
        try
        {
            return save();
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            // No other thread is there to take it.
            return $"{fault.GetType().Name}: {fault.Message}";
        }
    }

    private void Tell()
    {
        while (true)
        {
            (Action<string?> Done, string? Why) finished;
            lock (_lock)
            {
                if (!_finished.TryDequeue(out finished)) return;
            }
            finished.Done(finished.Why);
        }
    }

    private readonly record struct Work(Func<string?> Save, Action<string?> Done);
}
