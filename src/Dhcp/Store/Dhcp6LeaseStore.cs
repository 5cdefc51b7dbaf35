using BondDhcp.Dhcp.Client6;
using BondDhcp.Dhcp.Identity;

namespace BondDhcp.Dhcp.Store;

/// <summary>The leases of DHCPv6: <c>dhcp6-bond0.json</c>.</summary>
/// <param name="stateDirectory">The state directory; made when something is saved.</param>
public sealed class Dhcp6LeaseStore(string stateDirectory) : LeaseStore<Dhcp6Memory>(stateDirectory, "dhcp6-")
{
    /// <summary>The DUID of an intact stored lease, for when the DUID's own file is gone; null for none.</summary>
    /// <param name="isShared">False of an interface that has an identity of its own; null where none has.</param>
    public Duid? FindDuid(Func<string, bool>? isShared = null)
    {
        foreach (string interfaceName in Interfaces())
            if (isShared?.Invoke(interfaceName) != false && Peek(interfaceName) is { Leases: [var newest, ..] }) return newest.ClientIdentifier;
        return null;
    }

    /// <inheritdoc/>
    public override Dhcp6Memory Empty => Dhcp6Memory.Empty;

    /// <inheritdoc/>
    private protected override MemoryDocument<Dhcp6Memory> Read(ReadOnlyMemory<byte> file) => Dhcp6MemoryReader.Read(file);

    /// <inheritdoc/>
    private protected override byte[] Write(Dhcp6Memory memory, StoreClock clock) => Dhcp6MemoryWriter.Write(memory, clock);

    /// <inheritdoc/>
    private protected override Dhcp6Memory Translate(Dhcp6Memory memory, StoreClock savedAt, StoreClock now) =>
        StoredTimes.Translate(memory, savedAt, now);

    /// <inheritdoc/>
    private protected override Dhcp6Memory? WithoutOldest(Dhcp6Memory memory) =>
        memory.Leases.Length > 1 ? new Dhcp6Memory(memory.Leases[..^1]) : null;
}
