using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Client6;
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
        TimeSpan? shift = ShiftOf(savedAt, now);
        return memory with { Leases = [.. memory.Leases.Select(lease => shift is { } known ? Shifted(lease, known) : WithoutTimes(lease))] };
    }

    internal static Dhcp6Memory Translate(Dhcp6Memory memory, StoreClock savedAt, StoreClock now)
    {
        if (now.IsSameBoot(savedAt)) return memory;
        TimeSpan? shift = ShiftOf(savedAt, now);
        return new Dhcp6Memory([.. memory.Leases.Select(lease => shift is { } known
            ? Moved(lease, at => at + known)
            : Moved(lease, static at => at.IsNever ? at : Instant.Zero) with { ExpiryUnknown = !lease.ExpiresAt.IsNever, ObtainedAt = Instant.Zero })]);
    }

    // A wall clock that went back says nothing about how much of a lease is left.
    private static TimeSpan? ShiftOf(StoreClock savedAt, StoreClock now)
    {
        TimeSpan sinceSaved = now.WallClock - savedAt.WallClock;
        return sinceSaved < TimeSpan.Zero ? null : now.Now - savedAt.Now - sinceSaved;
    }

    private static Dhcp6Lease Moved(Dhcp6Lease lease, Func<Instant, Instant> move) => lease with
    {
        ObtainedAt = move(lease.ObtainedAt),
        AddressTimes = new Dhcp6IaTimes(move(lease.AddressTimes.RenewAt), move(lease.AddressTimes.RebindAt)),
        PrefixTimes = new Dhcp6IaTimes(move(lease.PrefixTimes.RenewAt), move(lease.PrefixTimes.RebindAt)),
        Addresses = [.. lease.Addresses.Select(one => one with { PreferredUntil = move(one.PreferredUntil), ValidUntil = move(one.ValidUntil) })],
        Prefixes = [.. lease.Prefixes.Select(one => one with { PreferredUntil = move(one.PreferredUntil), ValidUntil = move(one.ValidUntil) })],
    };

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
