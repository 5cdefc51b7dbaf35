using System.Collections.Immutable;
using BondDhcp.Bond.Links;
using BondDhcp.Net;

namespace BondDhcp.Bond.Addressing;

/// <summary>What DHCPv6 gave an interface: addresses and delegated prefixes.</summary>
public sealed record Ipv6Configuration
{
    /// <summary>
    /// Addresses. They come as /128 and without a route: a server says nothing of which prefixes are on the link
    /// (RFC 9915 section 18.2.10.1).
    /// </summary>
    public ImmutableArray<Ipv6WantedAddress> Addresses { get; init; } = [];

    /// <summary>Delegated prefixes that are valid: each gets a route that answers "unreachable" (RFC 7084 WPD-5).</summary>
    public ImmutableArray<Ipv6Prefix> Prefixes { get; init; } = [];

    /// <summary>Metric of the routes; 0 is what the kernel takes for it, 1024.</summary>
    public uint Metric { get; init; }
}

/// <summary>An address to configure.</summary>
/// <param name="Address">The address.</param>
/// <param name="Preferred">How long the kernel prefers it as a source from now on; at most <paramref name="Valid"/>. Zero or less: it is deprecated.</param>
/// <param name="Valid">How long the kernel keeps it from now on; <see cref="TimeSpan.MaxValue"/> for ever.</param>
public sealed record Ipv6WantedAddress(Ipv6Address Address, TimeSpan Preferred, TimeSpan Valid);

/// <summary>What of DHCPv6 on one interface is ours: recorded, removed exactly, nothing else.</summary>
public sealed record Ipv6Ownership
{
    /// <summary>Nothing.</summary>
    public static readonly Ipv6Ownership None = new();

    /// <summary>Addresses, as /128.</summary>
    public ImmutableArray<Ipv6Address> Addresses { get; init; } = [];

    /// <summary>Routes over delegated prefixes. They belong to no interface, and outlive it.</summary>
    public ImmutableArray<OwnedPrefixRoute> Routes { get; init; } = [];

    /// <summary>True when nothing is ours.</summary>
    public bool IsEmpty => Addresses.IsEmpty && Routes.IsEmpty;
}

/// <summary>A route that answers "unreachable", by what identifies it.</summary>
/// <param name="Prefix">Masked.</param>
/// <param name="Metric">As the kernel has it, never 0.</param>
public readonly record struct OwnedPrefixRoute(Ipv6Prefix Prefix, uint Metric)
{
    /// <summary>True for the one the kernel described.</summary>
    public bool Is(UnreachableRoute route) =>
        route.Destination == Prefix && route.Metric == Metric && route.Protocol == InstalledRoute.DhcpProtocol;
}

/// <summary>What came of configuring an interface.</summary>
public sealed record Ipv6Outcome
{
    /// <summary>What is ours now: record it.</summary>
    public required Ipv6Ownership Owned { get; init; }

    /// <summary>What was done, in order, without what was so already.</summary>
    public ImmutableArray<Ipv6Act> Done { get; init; } = [];

    /// <summary>The addresses on the interface afterwards, with the kernel's word on whether they can be used yet.</summary>
    public ImmutableArray<Ipv6InterfaceAddress> Present { get; init; } = [];

    /// <summary>Addresses that are not there although they were wanted, each with the kernel's words.</summary>
    public ImmutableArray<RefusedIpv6Address> Refused { get; init; } = [];

    /// <summary>What else is not as wanted: one sentence each.</summary>
    public ImmutableArray<string> Problems { get; init; } = [];
}

/// <summary>An address that could not be configured.</summary>
/// <param name="Address">The address.</param>
/// <param name="Why">In the kernel's words.</param>
public readonly record struct RefusedIpv6Address(Ipv6Address Address, string Why);
