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
        TimeSpan? shift = Shift(savedAt, now);
        return memory with { Leases = [.. memory.Leases.Select(lease => shift is { } by ? Shifted(lease, by) : WithoutTimes(lease))] };
    }

    internal static Dhcp6Memory Translate(Dhcp6Memory memory, StoreClock savedAt, StoreClock now)
    {
        if (now.IsSameBoot(savedAt)) return memory;
        TimeSpan? shift = Shift(savedAt, now);
        return new Dhcp6Memory([.. memory.Leases.Select(lease => shift is { } by ? Shifted(lease, by) : WithoutTimes(lease))]);
    }

    /// <summary>From an instant then to the same moment's instant now; null where a wall clock that went back says nothing about it.</summary>
    private static TimeSpan? Shift(StoreClock savedAt, StoreClock now)
    {
        TimeSpan sinceSaved = now.WallClock - savedAt.WallClock;
        return sinceSaved < TimeSpan.Zero ? null : now.Now - savedAt.Now - sinceSaved;
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

    private static Dhcp6Lease Shifted(Dhcp6Lease lease, TimeSpan shift) =>
        WithTimes(lease, at => at + shift) with { ObtainedAt = lease.ObtainedAt + shift };

    private static Dhcp6Lease WithoutTimes(Dhcp6Lease lease) =>
        WithTimes(lease, at => at.IsNever ? at : Instant.Zero) with
        {
            ObtainedAt = Instant.Zero,
            ExpiryUnknown = !lease.NextEndAt.IsNever,
        };

    private static Dhcp6Lease WithTimes(Dhcp6Lease lease, Func<Instant, Instant> change) => lease with
    {
        AddressTimes = new Dhcp6IaTimes(change(lease.AddressTimes.RenewAt), change(lease.AddressTimes.RebindAt)),
        PrefixTimes = new Dhcp6IaTimes(change(lease.PrefixTimes.RenewAt), change(lease.PrefixTimes.RebindAt)),
        Addresses =
        [
            .. lease.Addresses.Select(one => one with { PreferredUntil = change(one.PreferredUntil), ValidUntil = change(one.ValidUntil) }),
        ],
        Prefixes =
        [
            .. lease.Prefixes.Select(one => one with { PreferredUntil = change(one.PreferredUntil), ValidUntil = change(one.ValidUntil) }),
        ],
    };
}
