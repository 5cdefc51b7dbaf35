using System.Collections.Immutable;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Wire;

/// <summary>An identity association as a server sent it: what IA_NA and IA_PD have in common. T1 is not after T2 where both are given.</summary>
public abstract record Dhcp6Ia
{
    /// <summary>Which association of this client; IA_NA and IA_PD count apart (RFC 9915 section 4.2).</summary>
    public required Iaid Iaid { get; init; }

    /// <summary>T1, seconds, as sent: 0 leaves it to the client, 0xffffffff is never.</summary>
    public uint T1Seconds { get; init; }

    /// <summary>T2, seconds, as sent: 0 leaves it to the client, 0xffffffff is never.</summary>
    public uint T2Seconds { get; init; }

    /// <summary>Option 13 of the association.</summary>
    public Dhcp6Status Status { get; init; }
}

/// <summary>IA_NA, option 3 (RFC 9915 section 21.4).</summary>
public sealed record Dhcp6IaNa : Dhcp6Ia
{
    /// <summary>The addresses that a host can have, in the server's order; those with lifetimes of 0 are here, to be removed.</summary>
    public ImmutableArray<Dhcp6IaAddress> Addresses { get; init; } = [];
}

/// <summary>IA_PD, option 25 (RFC 9915 section 21.21).</summary>
public sealed record Dhcp6IaPd : Dhcp6Ia
{
    /// <summary>The prefixes, in the server's order; those with lifetimes of 0 are here, to be removed.</summary>
    public ImmutableArray<Dhcp6IaPrefix> Prefixes { get; init; } = [];
}

/// <summary>IAADDR, option 5 (RFC 9915 section 21.6).</summary>
/// <param name="Address">A usable unicast address.</param>
/// <param name="PreferredSeconds">Not more than <paramref name="ValidSeconds"/>; 0xffffffff is infinite.</param>
/// <param name="ValidSeconds">0 takes the address away; 0xffffffff is infinite.</param>
/// <param name="Status">Option 13 of the address.</param>
public readonly record struct Dhcp6IaAddress(Ipv6Address Address, uint PreferredSeconds, uint ValidSeconds, Dhcp6Status Status = default);

/// <summary>IAPREFIX, option 26 (RFC 9915 section 21.22).</summary>
/// <param name="Prefix">Masked; length 1 to 128.</param>
/// <param name="PreferredSeconds">Not more than <paramref name="ValidSeconds"/>; 0xffffffff is infinite.</param>
/// <param name="ValidSeconds">0 takes the prefix away; 0xffffffff is infinite.</param>
/// <param name="Status">Option 13 of the prefix.</param>
/// <param name="Excluded">The part of it that stays the server's (option 67, RFC 6603), masked; null for none.</param>
public readonly record struct Dhcp6IaPrefix(
    Ipv6Prefix Prefix, uint PreferredSeconds, uint ValidSeconds, Dhcp6Status Status = default, Ipv6Prefix? Excluded = null);
