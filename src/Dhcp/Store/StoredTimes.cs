using BondDhcp.Dhcp.Client;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Store;

/// <summary>
/// Turns the instants of the boot in which leases were saved into instants of the present boot. Instants before this
/// boot come out negative, which only says that they are long past.
/// </summary>
internal static class StoredTimes
{
    internal static Dhcp4Memory Translate(Dhcp4Memory memory, StoreClock savedAt, StoreClock now)
    {
        if (now.IsSameBoot(savedAt)) return memory;
        TimeSpan sinceSaved = now.WallClock - savedAt.WallClock;
        // A wall clock that went back says nothing about how much of a lease is left.
        bool unknown = sinceSaved < TimeSpan.Zero;
        TimeSpan shift = now.Now - savedAt.Now - sinceSaved;
        return memory with { Leases = [.. memory.Leases.Select(lease => unknown ? WithoutTimes(lease) : Shifted(lease, shift))] };
    }

    private static Dhcp4Lease Shifted(Dhcp4Lease lease, TimeSpan shift) => lease with
    {
        ObtainedAt = lease.ObtainedAt + shift,
        RenewAt = lease.RenewAt + shift,
        RebindAt = lease.RebindAt + shift,
        ExpiresAt = lease.ExpiresAt + shift,
    };

    // An infinite lease has not ended, whatever the time is.
    private static Dhcp4Lease WithoutTimes(Dhcp4Lease lease) => lease.ExpiresAt.IsNever
        ? lease with { ObtainedAt = Instant.Zero }
        : lease with
        {
            ExpiryUnknown = true,
            ObtainedAt = Instant.Zero,
            RenewAt = Instant.Zero,
            RebindAt = Instant.Zero,
            ExpiresAt = Instant.Zero,
        };
}
