using System.Collections.Immutable;
using BondDhcp.Dhcp.Client6;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Net.Linux;

namespace BondDhcp.Dhcp.Store;

/// <summary>What the store holds for an interface.</summary>
/// <param name="Memory">Its leases, with instants of the present boot; <see cref="Dhcp6Memory.Empty"/> when there is nothing usable.</param>
/// <param name="Warnings">What the log should say.</param>
public sealed record Dhcp6StoredMemory(Dhcp6Memory Memory, ImmutableArray<string> Warnings);

/// <summary>
/// Keeps DHCPv6 leases across restarts, one file an interface: <c>dhcp6-bond0.json</c> in the state directory. Nothing in
/// it is trusted: a lease comes back only through the checksum and the same validation as a REPLY from the network.
/// </summary>
/// <param name="stateDirectory">The state directory; made when something is saved.</param>
public sealed class Dhcp6LeaseStore(string stateDirectory)
{
    private readonly LeaseFiles _files = new(stateDirectory, "dhcp6-");

    /// <summary>Reads what is kept for an interface. A file that cannot be trusted is set aside, with a warning.</summary>
    /// <param name="interfaceName">The interface's name.</param>
    /// <param name="clock">Now.</param>
    /// <param name="setAside">False for a reader that is not the owner of the state: the file then stays where it is.</param>
    /// <exception cref="ArgumentException">Not a name that an interface can have.</exception>
    public Dhcp6StoredMemory Load(string interfaceName, StoreClock clock, bool setAside = true)
    {
        byte[]? octets = _files.Read(interfaceName, setAside, out string? warning);
        if (octets is null) return new Dhcp6StoredMemory(Dhcp6Memory.Empty, warning is null ? [] : [warning]);
        MemoryDocument<Dhcp6Memory> document = Dhcp6MemoryReader.Read(octets);
        if (document.Memory is null)
            return new Dhcp6StoredMemory(Dhcp6Memory.Empty, [_files.Refuse(interfaceName, document.Problem, document.NewerVersion, setAside)]);
        return new Dhcp6StoredMemory(
            StoredTimes.Translate(document.Memory, document.SavedAt!, clock),
            [.. document.Refused.Select(refused => $"{_files.PathOf(interfaceName)}: {refused}")]);
    }

    /// <summary>
    /// Keeps this, in place of what was kept before. Null when it is on the disk; else why it is not, and what was kept
    /// before is then still there. Never throws for what a disk does.
    /// </summary>
    /// <exception cref="ArgumentException">Not a name that an interface can have.</exception>
    public string? Save(string interfaceName, Dhcp6Memory memory, StoreClock clock)
    {
        byte[] text = Dhcp6MemoryWriter.Write(memory, clock);
        // Options of unusual size: what was used last matters most.
        while (text.Length > StateFile.MaxLength && memory.Leases.Length > 1)
        {
            memory = new Dhcp6Memory(memory.Leases[..^1]);
            text = Dhcp6MemoryWriter.Write(memory, clock);
        }
        return _files.Write(interfaceName, text);
    }

    /// <summary>Puts an interface's file out of use, to be looked at; a sentence for the log, or null when there is none.</summary>
    /// <exception cref="ArgumentException">Not a name that an interface can have.</exception>
    public string? SetAside(string interfaceName, string why) => _files.SetAside(interfaceName, why);

    /// <summary>The interfaces for which something is kept, in ordinal order.</summary>
    public ImmutableArray<string> Interfaces() => _files.Interfaces();

    /// <summary>The DUID of an intact stored lease, for when the DUID's own file is gone; null for none.</summary>
    public Duid? FindDuid()
    {
        foreach (string interfaceName in Interfaces())
        {
            if (_files.Peek(interfaceName) is not { } octets || Dhcp6MemoryReader.Read(octets).Memory is not { } memory) continue;
            if (!memory.Leases.IsEmpty) return memory.Leases[0].ClientIdentifier;
        }
        return null;
    }
}
