using BondDhcp.Host.Loop;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Coexistence;

/// <summary>Tells when one of those who are waited for ended, or wrote something down.</summary>
internal sealed class RivalWatch(EventLoop loop, Action noticed) : IDisposable
{
    private readonly List<(int Pid, ProcessDescriptor Process, LoopWatch Watch)> _processes = [];
    private readonly List<DirectoryChange> _changes = [];
    private DirectoryWatch? _directories;
    private LoopWatch? _directoryWatch;

    /// <summary>Watches these processes and directories, and no others.</summary>
    public void Watch(IEnumerable<Rival> rivals, IEnumerable<string> directories)
    {
        HashSet<int> wanted = [.. rivals.Where(rival => rival.Pid != 0).Select(rival => rival.Pid)];
        Release(process => !wanted.Contains(process));
        foreach (int pid in wanted.Where(pid => !_processes.Exists(known => known.Pid == pid))) Hold(pid);
        if (_directories is not null) return;
        try
        {
            _directories = new DirectoryWatch();
        }
        catch (LinuxException)
        {
            return; // no more of them in this host: the slow look tells
        }
        // Of one that is not there yet, the slow look tells.
        foreach (string directory in directories) _directories.TryAdd(directory, out _);
        _directoryWatch = loop.Register(_directories.Descriptor, Readiness.Read, _ => TakeChanges());
    }

    /// <summary>Watches nothing any more.</summary>
    public void Clear()
    {
        Release(static _ => true);
        _directoryWatch?.Dispose();
        _directories?.Dispose();
        (_directoryWatch, _directories) = (null, null);
    }

    /// <inheritdoc/>
    public void Dispose() => Clear();

    private void Hold(int pid)
    {
        if (ProcessIdentity.Of(pid) is not { } identity || TryOpen(identity) is not { } process) return;
        LoopWatch watch = loop.Register(process.Descriptor, Readiness.Read, _ =>
        {
            Release(ended => ended == pid);
            noticed();
        });
        _processes.Add((pid, process, watch));
    }

    // Without a descriptor the slow look tells of its end.
    private static ProcessDescriptor? TryOpen(ProcessIdentity identity)
    {
        try
        {
            return ProcessDescriptor.Open(identity);
        }
        catch (LinuxException)
        {
            return null;
        }
    }

    private void Release(Predicate<int> which) => _processes.RemoveAll(held =>
    {
        if (!which(held.Pid)) return false;
        held.Watch.Dispose();
        held.Process.Dispose();
        return true;
    });

    private void TakeChanges()
    {
        _changes.Clear();
        if (_directories!.Drain(_changes) || _changes.Count > 0) noticed();
    }
}
