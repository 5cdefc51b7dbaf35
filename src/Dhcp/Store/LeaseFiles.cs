using System.Collections.Immutable;
using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Dhcp.Store;

/// <summary>The files of one family's leases, one an interface: <c>dhcp4-bond0.json</c> in the state directory.</summary>
/// <param name="stateDirectory">The state directory; made when something is saved.</param>
/// <param name="prefix">What their names begin with.</param>
internal sealed class LeaseFiles(string stateDirectory, string prefix)
{
    private const string Suffix = ".json";

    /// <exception cref="ArgumentException">Not a name that an interface can have.</exception>
    internal string PathOf(string interfaceName) => StatePath.Of(stateDirectory, prefix, interfaceName, Suffix);

    /// <summary>
    /// Reads an interface's file. Null for none, with a warning where there is one that cannot be trusted, which is set
    /// aside.
    /// </summary>
    /// <param name="interfaceName">The interface's name.</param>
    /// <param name="setAside">False for a reader that is not the owner of the state: the file then stays where it is.</param>
    /// <param name="warning">What the log should say; null for nothing.</param>
    internal byte[]? Read(string interfaceName, bool setAside, out string? warning)
    {
        string path = PathOf(interfaceName);
        StateFileContent content = StateFile.Read(path);
        warning = content.Problem is not { } problem ? null
            : setAside && content.MustBeSetAside ? StateFile.SetAside(path, problem)
            : $"{path} {problem}";
        return warning is null ? content.Octets : null;
    }

    /// <summary>What is to be said of a file that was read and is of no use.</summary>
    internal string Refuse(string interfaceName, string? problem, int? newerVersion, bool setAside)
    {
        string path = PathOf(interfaceName);
        if (newerVersion is { } version) return setAside ? StateFile.SetAsideVersion(path, version) : $"{path} is of a newer format";
        return setAside ? StateFile.SetAside(path, problem!) : $"{path} {problem}";
    }

    /// <summary>The octets of an interface's file, whatever they are worth; null for none.</summary>
    internal byte[]? Peek(string interfaceName) => StateFile.Read(PathOf(interfaceName)).Octets;

    /// <summary>Keeps this, in place of what was kept before; null when it is on the disk, else why it is not.</summary>
    internal string? Write(string interfaceName, byte[] text)
    {
        string path = PathOf(interfaceName);
        if (text.Length > StateFile.MaxLength) return $"{path}: a lease with so many options is not kept";
        return StateFile.Write(path, text) is { } problem ? $"{path}: {problem}" : null;
    }

    /// <summary>Puts an interface's file out of use, to be looked at; a sentence for the log, or null when there is none.</summary>
    internal string? SetAside(string interfaceName, string why)
    {
        string path = PathOf(interfaceName);
        return File.Exists(path) ? StateFile.SetAside(path, why) : null;
    }

    /// <summary>The interfaces for which something is kept, in ordinal order.</summary>
    internal ImmutableArray<string> Interfaces()
    {
        try
        {
            return
            [
                .. Directory.EnumerateFiles(stateDirectory, prefix + "*" + Suffix)
                    .Select(path => Path.GetFileName(path)[prefix.Length..^Suffix.Length])
                    .Where(StatePath.IsInterfaceName)
                    .Order(StringComparer.Ordinal),
            ];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Without a directory nothing is kept.
            return [];
        }
    }
}
