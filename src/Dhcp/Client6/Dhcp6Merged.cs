using System.Collections.Immutable;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Client6;

/// <summary>What a REPLY made of a lease (RFC 9915 section 18.2.10.1), each IA by itself.</summary>
/// <param name="Lease">The lease afterwards; perhaps empty.</param>
/// <param name="AnyGranted">The REPLY gave or extended something.</param>
/// <param name="AddressesAnswered">The REPLY extended the IA_NA, gave it, or set it to an end.</param>
/// <param name="PrefixesAnswered">The same of the IA_PD.</param>
/// <param name="LeavesOut">Leases are held of an IA about which the REPLY says nothing, and no other has in this exchange.</param>
/// <param name="Refuses">The same where it says that it does not extend it.</param>
/// <param name="AddressesUnbound">NoBinding for the IA_NA, while addresses of it are held.</param>
/// <param name="PrefixesUnbound">The same of the IA_PD.</param>
/// <param name="AnyUnknown">NoBinding for an IA that is wanted, and of which nothing is held.</param>
internal readonly record struct Dhcp6Merged(
    Dhcp6Lease Lease, bool AnyGranted, bool AddressesAnswered, bool PrefixesAnswered, bool LeavesOut, bool Refuses, bool AddressesUnbound, bool PrefixesUnbound, bool AnyUnknown)
{
    /// <summary>The REPLY said something about an IA that is held or wanted.</summary>
    public bool AnyAnswered => AddressesAnswered || PrefixesAnswered;

    /// <summary>NoBinding for something that is held: a REQUEST follows.</summary>
    public bool AnyUnbound => AddressesUnbound || PrefixesUnbound;

    /// <summary>Updates a lease, or makes one.</summary>
    /// <param name="lease">The lease known; null for none.</param>
    /// <param name="reply">The answer to SOLICIT, REQUEST, RENEW or REBIND.</param>
    /// <param name="client">Whose it is: IAs that it neither holds nor wants are ignored.</param>
    /// <param name="gateway">The hardware address of the network's router; null for not known.</param>
    /// <param name="now">When the REPLY came: lifetimes count from here.</param>
    /// <param name="exchange">The REBIND that others may have answered in part: what they extended is not this server's to end. Null for any other.</param>
    public static Dhcp6Merged Of(Dhcp6Lease? lease, Dhcp6Reply reply, Dhcp6Client client, MacAddress? gateway, Instant now, Dhcp6Exchange? exchange = null)
    {
        Dhcp6Lease next = lease ?? new Dhcp6Lease
        {
            Reply = reply,
            ClientIdentifier = client.ClientIdentifier,
            Iaid = client.Iaid,
            ObtainedAt = now,
        };
        next = next with { Reply = reply, ObtainedAt = now, ExpiryUnknown = false, GatewayMac = gateway ?? next.GatewayMac };
        bool asksAddresses = exchange is not { AddressesExtended: true }, asksPrefixes = exchange is not { PrefixesExtended: true };
        Dhcp6IaNa? addresses = reply.IaNas.FirstOrDefault(ia => ia.Iaid == client.Iaid);
        Dhcp6IaPd? prefixes = reply.IaPds.FirstOrDefault(ia => ia.Iaid == client.PrefixIaid);
        // Whoever extends it once more may; who knows nothing of it, or wants it to end, is not asked.
        if (!asksAddresses && !(IsOfUse(addresses, wanted: true) && addresses!.Addresses.Any(static one => one.ValidSeconds > 0))) addresses = null;
        if (!asksPrefixes && !(IsOfUse(prefixes, wanted: true) && prefixes!.Prefixes.Any(static one => one.ValidSeconds > 0))) prefixes = null;
        bool needsAddresses = asksAddresses && !next.Addresses.IsEmpty, needsPrefixes = asksPrefixes && !next.Prefixes.IsEmpty;
        bool leavesOut = (needsAddresses && addresses is null) || (needsPrefixes && prefixes is null);
        bool refuses = (needsAddresses && addresses is { Status.IsSuccess: false }) || (needsPrefixes && prefixes is { Status.IsSuccess: false });
        bool unknown = (client.WantsAddresses && next.Addresses.IsEmpty && addresses is { Status.Code: Dhcp6StatusCode.NoBinding })
            || (client.WantsPrefixes && next.Prefixes.IsEmpty && prefixes is { Status.Code: Dhcp6StatusCode.NoBinding });
        bool granted = false, addressesAnswered = false, prefixesAnswered = false;
        if (IsOfUse(addresses, client.WantsAddresses || !next.Addresses.IsEmpty))
        {
            // What is being declined is another host's, however often the server gives it meanwhile.
            ImmutableArray<Dhcp6IaAddress> usable =
                [.. addresses!.Addresses.Where(one => one.Status.IsSuccess && client.Decline?.Addresses.Contains(one.Address) != true)];
            next = MergeAddresses(next, addresses, usable, now);
            addressesAnswered = true;
            granted |= usable.Any(one => one.ValidSeconds > 0);
        }
        if (IsOfUse(prefixes, client.WantsPrefixes || !next.Prefixes.IsEmpty))
        {
            next = MergePrefixes(next, prefixes!, now);
            prefixesAnswered = true;
            granted |= prefixes!.Prefixes.Any(one => one.ValidSeconds > 0 && one.Status.IsSuccess);
        }
        return new Dhcp6Merged(
            next, granted, addressesAnswered, prefixesAnswered, leavesOut, refuses,
            IsUnbound(addresses, next.Addresses.IsEmpty), IsUnbound(prefixes, next.Prefixes.IsEmpty), unknown);
    }

    private static bool IsOfUse(Dhcp6Ia? ia, bool wanted) => wanted && ia is { Status.IsSuccess: true };

    private static bool IsUnbound(Dhcp6Ia? ia, bool nothingHeld) => !nothingHeld && ia is { Status.Code: Dhcp6StatusCode.NoBinding };

    private static Dhcp6Lease MergeAddresses(Dhcp6Lease lease, Dhcp6IaNa ia, ImmutableArray<Dhcp6IaAddress> usable, Instant now)
    {
        // What ends first, wherever it stands: it makes room.
        ImmutableArray<Dhcp6LeasedAddress> held = lease.Addresses.RemoveAll(leased => usable.Any(one => one.Address == leased.Address && one.ValidSeconds == 0));
        int ignored = 0;
        foreach (Dhcp6IaAddress one in usable)
        {
            if (one.ValidSeconds == 0) continue;
            int known = held.IndexOf(held.FirstOrDefault(leased => leased.Address == one.Address));
            var next = new Dhcp6LeasedAddress(one.Address, Dhcp6Timing.After(now, one.PreferredSeconds), Dhcp6Timing.After(now, one.ValidSeconds));
            if (known >= 0) held = held.SetItem(known, next);
            else if (held.Length < Dhcp6Lease.MaxLeasesPerIa) held = held.Add(next);
            else ignored++;
        }
        Dhcp6IaTimes times = Times(ia, held.Select(one => one.PreferredUntil), held.Select(one => one.ValidUntil), now);
        return lease with { Reply = Noted(lease.Reply, ignored, "addresses"), Addresses = held, AddressTimes = times };
    }

    private static Dhcp6Lease MergePrefixes(Dhcp6Lease lease, Dhcp6IaPd ia, Instant now)
    {
        ImmutableArray<Dhcp6LeasedPrefix> held = lease.Prefixes.RemoveAll(
            leased => ia.Prefixes.Any(one => one.Prefix == leased.Prefix && one.ValidSeconds == 0 && one.Status.IsSuccess));
        int ignored = 0;
        foreach (Dhcp6IaPrefix one in ia.Prefixes)
        {
            if (!one.Status.IsSuccess || one.ValidSeconds == 0) continue;
            int known = held.IndexOf(held.FirstOrDefault(leased => leased.Prefix == one.Prefix));
            var next = new Dhcp6LeasedPrefix(
                one.Prefix, one.Excluded, Dhcp6Timing.After(now, one.PreferredSeconds), Dhcp6Timing.After(now, one.ValidSeconds));
            if (known >= 0) held = held.SetItem(known, next);
            else if (held.Length < Dhcp6Lease.MaxLeasesPerIa) held = held.Add(next);
            else ignored++;
        }
        Dhcp6IaTimes times = Times(ia, held.Select(one => one.PreferredUntil), held.Select(one => one.ValidUntil), now);
        return lease with { Reply = Noted(lease.Reply, ignored, "prefixes"), Prefixes = held, PrefixTimes = times };
    }

    /// <summary>What is over the limit is told with whatever else was odd about the message.</summary>
    private static Dhcp6Reply Noted(Dhcp6Reply reply, int ignored, string what) => ignored == 0 ? reply : reply with
    {
        Notes = reply.Notes.Add($"more than {Dhcp6Lease.MaxLeasesPerIa} {what} in one association; over the limit and ignored: {ignored}"),
    };

    /// <summary>T1 and T2 from what is kept: leases that are being phased out (preferred for no longer) do not count while there are others.</summary>
    private static Dhcp6IaTimes Times(Dhcp6Ia ia, List<Instant> preferredUntil, List<Instant> validUntil, Instant now)
    {
        if (preferredUntil.Count == 0) return Dhcp6IaTimes.Never;
        bool allDeprecated = preferredUntil.All(until => until <= now);
        Instant preferred = Instant.Never, valid = Instant.Never;
        for (int i = 0; i < preferredUntil.Count; i++)
        {
            if (!allDeprecated && preferredUntil[i] <= now) continue;
            preferred = Instant.Min(preferred, allDeprecated ? validUntil[i] : preferredUntil[i]);
            valid = Instant.Min(valid, validUntil[i]);
        }
        return Dhcp6Timing.IaTimes(ia.T1Seconds, ia.T2Seconds, preferred - now, valid - now, now);
    }
}
