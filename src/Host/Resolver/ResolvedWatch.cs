using BondDhcp.Host.Loop;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Resolver;

/// <summary>
/// Tells of a start of systemd-resolved by the socket that it makes in its runtime directory. Where the directory is not
/// there yet, the nearest one that is tells of its coming.
/// </summary>
internal sealed class ResolvedWatch : IDisposable
{
    // A directory that comes while its parent begins to be watched is found in the next attempt; a third is for the deepest.
    private const int MaxAttempts = 3;

    private readonly DirectoryWatch _directories = new();
    private readonly LoopWatch _watch;
    private readonly List<DirectoryChange> _changes = [];
    private readonly string _directory;
    private readonly Action _started;
    private int _number = -1;
    private string _watched = "";

    /// <summary>Begins to watch; <paramref name="started"/> is told when it started and may know nothing any more.</summary>
    public ResolvedWatch(EventLoop loop, string directory, Action started)
    {
        _directory = directory;
        _started = started;
        _watch = loop.Register(_directories.Descriptor, Readiness.Read, _ => Follow());
        WatchNearest();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _watch.Dispose();
        _directories.Dispose();
    }

    private void Follow()
    {
        _changes.Clear();
        bool lost = _directories.Drain(_changes);
        bool moved = lost;
        bool started = lost;
        foreach (DirectoryChange change in _changes)
        {
            if (change.Watch != _number) continue;
            moved |= change.Name.Length == 0 || _watched != _directory;
            // It writes other files at every change of a name server, ours included: those say nothing of a start.
            started |= change.Name == ResolverPlaces.ResolvedSocketName;
        }
        if (moved) started |= WatchNearest();
        if (started) _started();
    }

    // True when another directory is watched now: the one that is waited for came, or went.
    private bool WatchNearest()
    {
        string before = _watched;
        for (int attempt = 0; attempt < MaxAttempts; attempt++)
        {
            string nearest = _directory;
            while (nearest.Length > 1 && !Directory.Exists(nearest)) nearest = Path.GetDirectoryName(nearest)!;
            if (_number >= 0) _directories.Remove(_number);
            _number = _directories.TryAdd(nearest, out int number) ? number : -1;
            _watched = nearest;
            if (nearest == _directory || !Directory.Exists(_directory)) break;
        }
        return _watched != before;
    }
}

/// <summary>Tells when one file was replaced, written or removed, by whomever.</summary>
internal sealed class FileWatch : IDisposable
{
    private readonly DirectoryWatch _directory = new();
    private readonly LoopWatch _watch;
    private readonly List<DirectoryChange> _changes = [];

    /// <summary>Begins to watch the directory of the file.</summary>
    public FileWatch(EventLoop loop, string path, Action changed)
    {
        string name = Path.GetFileName(path);
        _directory.TryAdd(Path.GetDirectoryName(path)!, out _);
        _watch = loop.Register(_directory.Descriptor, Readiness.Read, _ =>
        {
            _changes.Clear();
            if (_directory.Drain(_changes) || _changes.Exists(change => change.Name == name)) changed();
        });
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _watch.Dispose();
        _directory.Dispose();
    }
}
