using System.Collections.Immutable;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Client6;

/// <summary>An address leased to us.</summary>
/// <param name="Address">Configured as /128: a lease says nothing of what is on-link (RFC 9915 section 18.2.10.1).</param>
/// <param name="PreferredUntil">Deprecated from here on; <see cref="Instant.Never"/> for an infinite lifetime.</param>
/// <param name="ValidUntil">The end.</param>
public readonly record struct Dhcp6LeasedAddress(Ipv6Address Address, Instant PreferredUntil, Instant ValidUntil);

/// <summary>A prefix delegated to us.</summary>
/// <param name="Prefix">Masked.</param>
/// <param name="Excluded">The part of it that stays the server's (RFC 6603); null for none.</param>
/// <param name="PreferredUntil">Deprecated from here on; <see cref="Instant.Never"/> for an infinite lifetime.</param>
/// <param name="ValidUntil">The end: whatever is made of the prefix ends no later.</param>
public readonly record struct Dhcp6LeasedPrefix(Ipv6Prefix Prefix, Ipv6Prefix? Excluded, Instant PreferredUntil, Instant ValidUntil);

/// <summary>When one identity association is to be extended.</summary>
/// <param name="RenewAt">T1: ask the granting server.</param>
/// <param name="RebindAt">T2: ask any server; never before <paramref name="RenewAt"/>.</param>
public readonly record struct Dhcp6IaTimes(Instant RenewAt, Instant RebindAt)
{
    /// <summary>Of an association without leases.</summary>
    public static readonly Dhcp6IaTimes Never = new(Instant.Never, Instant.Never);
}

/// <summary>What one session with a server gave: the leases of the IA_NA and of the IA_PD, and the options beside them. Immutable.</summary>
public sealed record Dhcp6Lease
{
    /// <summary>Addresses, and prefixes, kept of one association: a message that names them all must fit one packet.</summary>
    public const int MaxLeasesPerIa = 8;

    /// <summary>The REPLY that granted or last extended it: its options are in force.</summary>
    public required Dhcp6Reply Reply { get; init; }

    /// <summary>The server last heard (option 2): RENEW goes to it.</summary>
    public Duid ServerIdentifier => Reply.ServerIdentifier;

    /// <summary>The DUID under which it was granted.</summary>
    public required Duid ClientIdentifier { get; init; }

    /// <summary>The IAID under which it was granted.</summary>
    public required Iaid Iaid { get; init; }

    /// <summary>When that REPLY came: its lifetimes count from here.</summary>
    public required Instant ObtainedAt { get; init; }

    /// <summary>Addresses in the server's order.</summary>
    public ImmutableArray<Dhcp6LeasedAddress> Addresses { get; init; } = [];

    /// <summary>Delegated prefixes in the server's order.</summary>
    public ImmutableArray<Dhcp6LeasedPrefix> Prefixes { get; init; } = [];

    /// <summary>T1 and T2 of the IA_NA.</summary>
    public Dhcp6IaTimes AddressTimes { get; init; } = Dhcp6IaTimes.Never;

    /// <summary>T1 and T2 of the IA_PD.</summary>
    public Dhcp6IaTimes PrefixTimes { get; init; } = Dhcp6IaTimes.Never;

    /// <summary>Read from the store after the wall clock went back: whether it has ended cannot be told, so a server must extend it before use.</summary>
    public bool ExpiryUnknown { get; init; }

    /// <summary>The hardware address of the network's router, where it was known; what tells this network from another.</summary>
    public MacAddress? GatewayMac { get; init; }

    /// <summary>The earliest T1 (RFC 9915 section 18.2.4): all associations are extended together.</summary>
    public Instant RenewAt => Instant.Min(
        Addresses.IsEmpty ? Instant.Never : AddressTimes.RenewAt, Prefixes.IsEmpty ? Instant.Never : PrefixTimes.RenewAt);

    /// <summary>The earliest T2.</summary>
    public Instant RebindAt => Instant.Min(
        Addresses.IsEmpty ? Instant.Never : AddressTimes.RebindAt, Prefixes.IsEmpty ? Instant.Never : PrefixTimes.RebindAt);

    /// <summary>When the first address or prefix ends.</summary>
    public Instant NextEndAt
    {
        get
        {
            Instant next = Instant.Never;
            foreach (Dhcp6LeasedAddress address in Addresses) next = Instant.Min(next, address.ValidUntil);
            foreach (Dhcp6LeasedPrefix prefix in Prefixes) next = Instant.Min(next, prefix.ValidUntil);
            return next;
        }
    }

    /// <summary>When the last of it ends; <see cref="Instant.Zero"/> for nothing.</summary>
    public Instant ExpiresAt
    {
        get
        {
            Instant last = Instant.Zero;
            foreach (Dhcp6LeasedAddress address in Addresses) last = Instant.Max(last, address.ValidUntil);
            foreach (Dhcp6LeasedPrefix prefix in Prefixes) last = Instant.Max(last, prefix.ValidUntil);
            return last;
        }
    }

    /// <summary>Neither an address nor a prefix is left.</summary>
    public bool IsEmpty => Addresses.IsEmpty && Prefixes.IsEmpty;

    /// <summary>True when the address is one of the lease's.</summary>
    public bool Holds(Ipv6Address address)
    {
        foreach (Dhcp6LeasedAddress leased in Addresses)
            if (leased.Address == address) return true;
        return false;
    }

    /// <summary>True when the prefix, as it is, is one of the lease's.</summary>
    public bool Holds(Ipv6Prefix prefix)
    {
        foreach (Dhcp6LeasedPrefix leased in Prefixes)
            if (leased.Prefix == prefix) return true;
        return false;
    }

    /// <summary>The lease without what has ended by <paramref name="now"/>.</summary>
    public Dhcp6Lease Without(Instant now) => this with
    {
        Addresses = Addresses.RemoveAll(address => address.ValidUntil <= now),
        Prefixes = Prefixes.RemoveAll(prefix => prefix.ValidUntil <= now),
    };

    /// <summary>The lease without what another one holds: the same addresses and prefixes, whoever granted them.</summary>
    public Dhcp6Lease Without(Dhcp6Lease other) => this with
    {
        Addresses = Addresses.RemoveAll(leased => other.Holds(leased.Address)),
        Prefixes = Prefixes.RemoveAll(leased => other.Holds(leased.Prefix)),
    };

    /// <summary>The lease without one address.</summary>
    public Dhcp6Lease Without(Ipv6Address address) => this with { Addresses = Addresses.RemoveAll(leased => leased.Address == address) };
}

/// <summary>What INFORMATION-REQUEST brought.</summary>
/// <param name="Reply">The REPLY: its options are in force.</param>
/// <param name="RefreshAt">When it is asked for again (RFC 9915 section 21.23); Never where the server said so.</param>
public sealed record Dhcp6Information(Dhcp6Reply Reply, Instant RefreshAt)
{
    /// <summary>When the REPLY came.</summary>
    public Instant ObtainedAt { get; init; }
}

/// <summary>What outlives a client: leases by network, newest first. What the store keeps.</summary>
/// <param name="Leases">At most <see cref="MaxLeases"/>, the one in use or last used first.</param>
public sealed record Dhcp6Memory(ImmutableArray<Dhcp6Lease> Leases)
{
    /// <summary>Networks remembered per interface.</summary>
    public const int MaxLeases = 8;

    /// <summary>Nothing remembered.</summary>
    public static readonly Dhcp6Memory Empty = new([]);
}
