using System.Globalization;
using System.Text;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Coexistence.Linux;

/// <summary>
/// The processes that <c>/proc</c> shows, of our network namespace and of others: one of another namespace is another host's, as
/// it were. What has ended, or may not be looked at, has nothing.
/// </summary>
/// <param name="root">The root directory; another in tests.</param>
internal sealed class ProcessTable(string root = "/")
{
    private readonly string _processes = Path.Combine(root, "proc");
    private byte[] _buffer = [];

    /// <summary>Every process but this one.</summary>
    public IEnumerable<int> Pids()
    {
        foreach (string path in List(_processes))
        {
            if (int.TryParse(Path.GetFileName(path.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out int pid) && pid != Environment.ProcessId)
                yield return pid;
        }
    }

    /// <summary>Those of our network namespace that have a name, each with its command line, program included; a character of it is an octet.</summary>
    public IEnumerable<(ProcessIdentity Identity, string[] Command)> Named(string name)
    {
        ulong? here = Here;
        foreach (int pid in Pids())
        {
            if (NameOf(pid) != name || !IsIn(pid, here) || ProcessIdentity.Of(pid) is not { } identity) continue;
            yield return (identity, ArgumentsOf(pid, Encoding.Latin1, int.MaxValue));
        }
    }

    /// <summary>The name that the kernel has of a process; null for none.</summary>
    public string? NameOf(int pid) => ReadText(pid, "comm")?.TrimEnd('\n');

    /// <summary>What a process was started with, or the title it has given itself.</summary>
    /// <param name="pid">The process.</param>
    /// <param name="encoding">Of its words.</param>
    /// <param name="most">No more octets of it are read.</param>
    public string[] ArgumentsOf(int pid, Encoding encoding, int most)
    {
        int length = KernelFile.Read(PathOf(TextOf(pid), "cmdline"), ref _buffer);
        return length <= 0 ? [] : encoding.GetString(_buffer, 0, Math.Min(length, most)).Split('\0', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>
    /// True for a process of this network namespace. The link /proc/PID/ns/net may be read by none but those who may trace the
    /// process. A file of its /proc/PID/net may be read by all, and has one number in all processes of a network namespace, and
    /// another in every other one.
    /// </summary>
    public bool IsIn(int pid, ulong? here) => here is not null && NamespaceOf(TextOf(pid)) == here;

    /// <summary>Our network namespace, for <see cref="IsIn"/>; null where it cannot be told.</summary>
    public ulong? Here => NamespaceOf("thread-self") ?? NamespaceOf("self");

    /// <summary>Inodes of the sockets that a process has open; empty also where we may not look.</summary>
    public HashSet<ulong> SocketsOf(int pid) => SocketsOf(TextOf(pid));

    /// <summary>Inodes of our own sockets.</summary>
    public HashSet<ulong> OwnSockets() => SocketsOf("self");

    /// <summary>The systemd unit that a process runs in, by its control group; null for none.</summary>
    public string? UnitOf(int pid)
    {
        foreach (string line in ReadText(pid, "cgroup")?.Split('\n') ?? [])
            if (line.Split('/')[^1] is var unit && unit.EndsWith(".service", StringComparison.Ordinal)) return unit;
        return null;
    }

    private HashSet<ulong> SocketsOf(string process)
    {
        const string start = "socket:[";
        HashSet<ulong> sockets = [];
        foreach (string path in List(PathOf(process, "fd")))
        {
            string? target = LinkTarget(path);
            if (target?.StartsWith(start, StringComparison.Ordinal) == true
                && ulong.TryParse(target.AsSpan(start.Length).TrimEnd(']'), NumberStyles.None, CultureInfo.InvariantCulture, out ulong inode)) sockets.Add(inode);
        }
        return sockets;
    }

    private ulong? NamespaceOf(string process) => KernelFile.Inode(PathOf(process, "net/dev"));

    private string? ReadText(int pid, string file)
    {
        int length = KernelFile.Read(PathOf(TextOf(pid), file), ref _buffer);
        return length < 0 ? null : Encoding.UTF8.GetString(_buffer, 0, length);
    }

    private static string? LinkTarget(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // closed meanwhile
        }
    }

    private static string[] List(string directory)
    {
        try
        {
            return Directory.GetFileSystemEntries(directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return []; // it ended, or is none of ours
        }
    }

    private string PathOf(string process, string file) => $"{_processes}/{process}/{file}";

    private static string TextOf(int pid) => pid.ToString(CultureInfo.InvariantCulture);
}
