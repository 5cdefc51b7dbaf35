using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Identity;

namespace BondDhcp.Dhcp.Store;

/// <summary>The leases of DHCPv4: <c>dhcp4-bond0.json</c>.</summary>
/// <param name="stateDirectory">The state directory; made when something is saved.</param>
public sealed class Dhcp4LeaseStore(string stateDirectory) : LeaseStore<Dhcp4Memory>(stateDirectory, "dhcp4-")
{
    /// <summary>The DUID in an intact stored lease's client identifier, for when the DUID's own file is gone; null for none.</summary>
    public Duid? FindDuid()
    {
        foreach (string interfaceName in Interfaces())
        {
            if (Peek(interfaceName) is not { } memory) continue;
            foreach (Dhcp4Lease lease in memory.Leases)
                if (Dhcp4ClientIdentifier.TryGetDuid(lease.ClientIdentifier.AsSpan(), out _, out Duid? duid)) return duid;
        }
        return null;
    }

    /// <inheritdoc/>
    public override Dhcp4Memory Empty => Dhcp4Memory.Empty;

    /// <inheritdoc/>
    private protected override MemoryDocument<Dhcp4Memory> Read(ReadOnlyMemory<byte> file) => Dhcp4MemoryReader.Read(file);

    /// <inheritdoc/>
    private protected override byte[] Write(Dhcp4Memory memory, StoreClock clock) => Dhcp4MemoryWriter.Write(memory, clock);

    /// <inheritdoc/>
    private protected override Dhcp4Memory Translate(Dhcp4Memory memory, StoreClock savedAt, StoreClock now) =>
        StoredTimes.Translate(memory, savedAt, now);

    /// <inheritdoc/>
    private protected override Dhcp4Memory? WithoutOldest(Dhcp4Memory memory) =>
        memory.Leases.Length > 1 ? memory with { Leases = memory.Leases[..^1] } : null;
}
