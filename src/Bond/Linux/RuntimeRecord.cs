using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Bond.Linux;

/// <summary>
/// A file in the runtime directory that says what is ours. It does not outlive the boot, and is about one network
/// namespace: an interface's index means something in one boot and one namespace. Must be opened on a thread in that
/// namespace.
/// </summary>
/// <param name="runtimeDirectory">Where it is.</param>
/// <param name="prefix">What its name begins with.</param>
/// <param name="interfaceName">The interface's name, of which the file's is made.</param>
/// <exception cref="ArgumentException">Not a name that an interface can have.</exception>
internal sealed class RuntimeRecord(string runtimeDirectory, string prefix, string interfaceName)
{
    // Its target names the network namespace of the calling thread.
    private const string NamespacePath = "/proc/thread-self/ns/net";

    private const string Suffix = ".json";

    private readonly string _path = StatePath.Of(runtimeDirectory, prefix, interfaceName, Suffix);
    private byte[] _written = [];

    /// <summary>The namespace's name, <c>net:[4026531840]</c>; empty when it cannot be told.</summary>
    public string NetworkNamespace { get; } = new FileInfo(NamespacePath).LinkTarget ?? "";

    /// <summary>The interfaces that a directory has such files of; none where it cannot be read.</summary>
    public static IReadOnlyList<string> InterfacesIn(string runtimeDirectory, string prefix)
    {
        try
        {
            return
            [
                .. Directory.EnumerateFiles(runtimeDirectory, prefix + "*" + Suffix).Select(path => Path.GetFileName(path)[prefix.Length..^Suffix.Length])
                    .Where(StatePath.IsInterfaceName).Order(StringComparer.Ordinal),
            ];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>What the file holds; null when there is none. One that cannot be used is set aside, with a sentence in <paramref name="warning"/>.</summary>
    public byte[]? Read(out string? warning)
    {
        warning = null;
        StateFileContent content = StateFile.Read(_path);
        if (content.Octets is null && content.Problem is { } problem)
            warning = content.MustBeSetAside ? SetAside(problem) : $"{_path} {problem}";
        return content.Octets;
    }

    /// <summary>Puts a file where it is not read any more; gives a sentence for the log.</summary>
    public string SetAside(string problem) => StateFile.SetAside(_path, problem);

    /// <summary>Writes; nothing when the file says so already. Null when done, else a sentence for the log.</summary>
    public string? Write(byte[] content)
    {
        if (content.AsSpan().SequenceEqual(_written)) return null;
        if (StateFile.WriteForThisBoot(_path, content) is { } problem) return $"{_path}: {problem}";
        _written = content;
        return null;
    }

    /// <summary>Nothing is ours any more: no file says so better than one that is empty of it. Null when done, else a sentence for the log.</summary>
    public string? Remove()
    {
        _written = [];
        return StateFile.Remove(_path) is { } problem ? $"{_path}: {problem}" : null;
    }
}
