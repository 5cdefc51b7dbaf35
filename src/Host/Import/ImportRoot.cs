using System.Text;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Import;

/// <summary>
/// A system's files below a directory. Paths are those of that system: symbolic links in them, absolute ones too, lead to
/// places below the directory and never out of it.
/// </summary>
/// <param name="directory">The directory; <c>/</c> for the running system.</param>
internal sealed class ImportRoot(string directory)
{
    /// <summary>No file that is read here comes near it; dhclient rewrites its leases before.</summary>
    private const int MaxLength = 1 << 20;

    /// <summary>As many as the kernel follows in one path (path_resolution(7)).</summary>
    private const int MaxLinks = 40;

    /// <summary>Files of one directory, and of one pattern.</summary>
    private const int MaxFiles = 1000;

    private readonly string _directory = Path.GetFullPath(directory);

    /// <summary>The running system itself.</summary>
    public bool IsHere => _directory == "/";

    /// <summary>The path on this machine of a file of that system; null, with the reason, where its links lead nowhere.</summary>
    public string? Resolve(string path, out string? why)
    {
        why = path.Contains('\0', StringComparison.Ordinal) ? "it is no path" : null;
        if (why is not null) return null;
        List<string> rest = PartsOf(path);
        List<string> done = [];
        for (int links = 0; rest.Count > 0;)
        {
            string first = rest[^1];
            rest.RemoveAt(rest.Count - 1);
            if (first == ".") continue;
            if (first == "..")
            {
                if (done.Count > 0) done.RemoveAt(done.Count - 1);
                continue;
            }
            string here = Below(done.Append(first));
            if (LinkTarget(here) is not { } target)
            {
                done.Add(first);
                continue;
            }
            if (++links > MaxLinks)
            {
                why = "too many symbolic links";
                return null;
            }
            if (target.StartsWith('/')) done.Clear();
            rest.AddRange(PartsOf(target));
        }
        return Below(done);
    }

    // From the last to the first, which is the next to be looked at.
    private static List<string> PartsOf(string path)
    {
        List<string> parts = [.. path.Split('/', StringSplitOptions.RemoveEmptyEntries)];
        parts.Reverse();
        return parts;
    }

    /// <summary>What that system calls a place of this machine; the place itself where it is not below the directory.</summary>
    public string NameOf(string path)
    {
        string full = Path.GetFullPath(path);
        return !IsHere && full.StartsWith(_directory.TrimEnd('/') + "/", StringComparison.Ordinal) ? full[_directory.TrimEnd('/').Length..] : full;
    }

    /// <summary>A file's octets; null, with the reason, where they cannot be had.</summary>
    public byte[]? ReadOctets(string path, out string? why) => Resolve(path, out why) is { } real ? PlainFile.Read(real, MaxLength, out why) : null;

    /// <summary>A file's text; null where it cannot be had.</summary>
    public string? ReadText(string path) => ReadOctets(path, out _) is { } octets ? Encoding.UTF8.GetString(octets) : null;

    /// <summary>The names in a directory, in ordinal order; none where there is no such directory.</summary>
    public IReadOnlyList<string> List(string path)
    {
        try
        {
            if (Resolve(path, out _) is not { } real || !Directory.Exists(real)) return [];
            return [.. Directory.EnumerateFileSystemEntries(real).Select(entry => Path.GetFileName(entry)).Order(StringComparer.Ordinal).Take(MaxFiles)];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // What cannot be listed cannot be taken.
            return [];
        }
    }

    /// <summary>The files that a pattern with <c>*</c> and <c>?</c> in any of its parts names, in order.</summary>
    public IReadOnlyList<string> Glob(string pattern)
    {
        List<string> found = ["/"];
        foreach (string part in pattern.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            List<string> next = [];
            foreach (string path in found)
            {
                if (next.Count >= MaxFiles) break;
                next.AddRange(part.AsSpan().ContainsAny('*', '?') ? Matching(path, part).Take(MaxFiles - next.Count) : [Join(path, part)]);
            }
            found = next;
        }
        return [.. found.Where(Exists)];
    }

    private List<string> Matching(string path, string part) => List(path)
        .Where(name => (part[0] == '.' || name[0] != '.') && System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(part, name, ignoreCase: false))
        .Select(name => Join(path, name));

    /// <summary>True for a file or directory that is there.</summary>
    public bool Exists(string path) => Resolve(path, out _) is { } real && Path.Exists(real);

    private static string Join(string path, string name) => path == "/" ? path + name : $"{path}/{name}";

    private string Below(IEnumerable<string> parts) => Path.Combine(_directory, string.Join('/', parts));

    private static string? LinkTarget(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Whoever reads the file is told why it cannot be.
            return null;
        }
    }
}
