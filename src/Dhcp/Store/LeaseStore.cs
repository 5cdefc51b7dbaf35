using System.Collections.Immutable;
using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Dhcp.Store;

/// <summary>What the store holds for an interface.</summary>
/// <typeparam name="T">One family's leases.</typeparam>
/// <param name="Memory">Its leases, with instants of the present boot; empty when there is nothing usable.</param>
/// <param name="Warnings">What the log should say.</param>
public sealed record StoredMemory<T>(T Memory, ImmutableArray<string> Warnings);

/// <summary>
/// Keeps one family's leases across restarts, one file an interface in the state directory. Nothing in it is trusted: a
/// lease comes back only through the checksum and the same validation as a message from the network.
/// </summary>
/// <typeparam name="T">The family's leases.</typeparam>
/// <param name="stateDirectory">The state directory; made when something is saved.</param>
/// <param name="prefix">What the files' names begin with.</param>
public abstract class LeaseStore<T>(string stateDirectory, string prefix) where T : class
{
    private const string Suffix = ".json";

    /// <summary>Reads what is kept for an interface. A file that cannot be trusted is set aside, with a warning.</summary>
    /// <param name="interfaceName">The interface's name.</param>
    /// <param name="clock">Now.</param>
    /// <param name="setAside">False for a reader that is not the owner of the state: the file then stays where it is.</param>
    /// <exception cref="ArgumentException">Not a name that an interface can have.</exception>
    public StoredMemory<T> Load(string interfaceName, StoreClock clock, bool setAside = true)
    {
        string path = PathOf(interfaceName);
        StateFileContent content = StateFile.Read(path);
        if (content.Problem is { } problem)
        {
            bool leave = !setAside || !content.MustBeSetAside;
            return Nothing(leave ? $"{path} {problem}" : StateFile.SetAside(path, problem));
        }
        if (content.Octets is null) return new StoredMemory<T>(Empty, []);

        MemoryDocument<T> document = Read(content.Octets);
        if (document.NewerVersion is { } version)
            return Nothing(setAside ? StateFile.SetAsideVersion(path, version) : $"{path} is of a newer format");
        if (document.Problem is { } damage)
            return Nothing(setAside ? StateFile.SetAside(path, damage) : $"{path} {damage}");
        return new StoredMemory<T>(
            Translate(document.Memory!, document.SavedAt!, clock),
            [.. document.Refused.Select(refused => $"{path}: {refused}")]);
    }

    /// <summary>
    /// Keeps this, in place of what was kept before. Null when it is on the disk; else why it is not, and what was kept
    /// before is then still there. Never throws for what a disk does.
    /// </summary>
    /// <exception cref="ArgumentException">Not a name that an interface can have.</exception>
    public string? Save(string interfaceName, T memory, StoreClock clock)
    {
        string path = PathOf(interfaceName);
        byte[] text = Write(memory, clock);
        // Options of unusual size: what was used last matters most.
        while (text.Length > StateFile.MaxLength && WithoutOldest(memory) is { } less)
        {
            memory = less;
            text = Write(memory, clock);
        }
        if (text.Length > StateFile.MaxLength)
            return $"{path}: a lease with so many options is not kept";
        return StateFile.Write(path, text) is { } problem ? $"{path}: {problem}" : null;
    }

    /// <summary>Puts an interface's file out of use, to be looked at; a sentence for the log, or null when there is none.</summary>
    /// <exception cref="ArgumentException">Not a name that an interface can have.</exception>
    public string? SetAside(string interfaceName, string why)
    {
        string path = PathOf(interfaceName);
        return File.Exists(path) ? StateFile.SetAside(path, why) : null;
    }

    /// <summary>The interfaces for which something is kept, in ordinal order.</summary>
    public ImmutableArray<string> Interfaces()
    {
        // At the first start of all, where an exception would take longer than everything else here.
        if (!Directory.Exists(stateDirectory)) return [];
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

    /// <summary>What is kept of an interface, read without judging; null where nothing is, or nothing sound.</summary>
    private protected T? Peek(string interfaceName) =>
        StateFile.Read(PathOf(interfaceName)).Octets is { } octets ? Read(octets).Memory : null;

    /// <summary>Nothing.</summary>
    public abstract T Empty { get; }

    /// <summary>Reads a file.</summary>
    private protected abstract MemoryDocument<T> Read(ReadOnlyMemory<byte> file);

    /// <summary>Makes a file.</summary>
    private protected abstract byte[] Write(T memory, StoreClock clock);

    /// <summary>Instants of the boot in which it was saved as instants of this one.</summary>
    private protected abstract T Translate(T memory, StoreClock savedAt, StoreClock now);

    /// <summary>The same without the lease that was used longest ago; null when there is one or none.</summary>
    private protected abstract T? WithoutOldest(T memory);

    private string PathOf(string interfaceName) => StatePath.Of(stateDirectory, prefix, interfaceName, Suffix);

    private StoredMemory<T> Nothing(string warning) => new(Empty, [warning]);
}
