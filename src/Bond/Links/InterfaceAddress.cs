using BondDhcp.Net;

namespace BondDhcp.Bond.Links;

/// <summary>An IPv4 address on an interface, as the kernel describes it.</summary>
/// <param name="InterfaceIndex">ifindex.</param>
/// <param name="Prefix">Address and prefix length: together they are its identity.</param>
public sealed record InterfaceAddress(int InterfaceIndex, Ipv4Prefix Prefix)
{
    /// <summary>Seconds that the kernel takes for "for ever".</summary>
    public const uint Forever = uint.MaxValue;

    /// <summary>Broadcast address; null for none.</summary>
    public Ipv4Address? Broadcast { get; init; }

    /// <summary>Seconds until the kernel removes it, at the time it was described.</summary>
    public uint ValidSeconds { get; init; } = Forever;

    /// <summary>Seconds until it is deprecated, at the time it was described.</summary>
    public uint PreferredSeconds { get; init; } = Forever;

    /// <summary>Another address of the same subnet came first; it goes with that one unless promotion is on.</summary>
    public bool IsSecondary { get; init; }

    /// <summary>IFA_PROTO: <see cref="OurProtocol"/> for one that was added here; 0 where the kernel is older than 5.18 or nobody said.</summary>
    public byte Protocol { get; init; }

    /// <summary>Metric of its connected route; 0 where nobody said.</summary>
    public uint Metric { get; init; }

    /// <summary>The IFA_PROTO by which addresses added here are known; the number of the route protocol dhcp.</summary>
    public const byte OurProtocol = 16;

    /// <summary>The IFA_PROTO of addresses that somebody wrote down in the configuration; a lease's and these are told apart by it.</summary>
    public const byte StaticMark = 17;
}

/// <summary>An IPv6 address on an interface, as the kernel describes it and as it is asked for.</summary>
/// <param name="InterfaceIndex">ifindex.</param>
/// <param name="Address">The address: on one interface it is its own identity, whatever the prefix length.</param>
/// <param name="PrefixLength">0 to 128.</param>
public sealed record Ipv6InterfaceAddress(int InterfaceIndex, Ipv6Address Address, int PrefixLength)
{
    /// <summary>IFA_PROTO of a link-local address as the kernel makes it.</summary>
    public const byte KernelLinkLocal = 3;

    /// <summary>Seconds until the kernel removes it, at the time it was described.</summary>
    public uint ValidSeconds { get; init; } = InterfaceAddress.Forever;

    /// <summary>Seconds until it is deprecated, at the time it was described; at most <see cref="ValidSeconds"/>.</summary>
    public uint PreferredSeconds { get; init; } = InterfaceAddress.Forever;

    /// <summary>Nobody has answered for it yet, or somebody has: it cannot be used (RFC 4862 section 5.4).</summary>
    public bool IsTentative { get; init; }

    /// <summary>Somebody has answered for it: it stays unusable (RFC 4862 section 5.4.5).</summary>
    public bool IsDuplicate { get; init; }

    /// <summary>Not for new conversations any more: its preferred lifetime is over (RFC 4862 section 5.5.4).</summary>
    public bool IsDeprecated { get; init; }

    /// <summary>In use while it is still tentative (RFC 4429); it counts as tentative here, because a server's answer might go to another host.</summary>
    public bool IsOptimistic { get; init; }

    /// <summary>No route to its prefix comes with it: which prefixes are on the link is for routers to say (RFC 9915 section 18.2.10.1).</summary>
    public bool HasNoPrefixRoute { get; init; }

    /// <summary>IFA_PROTO: who added it; 0 where the kernel is older than 5.18 or nobody said.</summary>
    public byte Protocol { get; init; }

    /// <summary>Metric of its prefix route; 0 for the kernel's.</summary>
    public uint Metric { get; init; }

    /// <summary>A sender may use it, and packets to it are taken: it is there, unique and not tentative.</summary>
    public bool IsUsable => !IsTentative && !IsDuplicate;

    /// <summary><c>2001:db8::1/128</c>.</summary>
    public override string ToString() => new Ipv6Prefix(Address, PrefixLength).ToString();
}

/// <summary>A unicast IPv4 route through one interface, as we install it and as the kernel describes it.</summary>
/// <param name="InterfaceIndex">ifindex it leaves by.</param>
/// <param name="Destination">Masked prefix.</param>
/// <param name="Gateway">Next hop; null for on-link.</param>
public sealed record InstalledRoute(int InterfaceIndex, Ipv4Prefix Destination, Ipv4Address? Gateway)
{
    /// <summary>Routing table; 254 is the main one.</summary>
    public uint Table { get; init; } = MainTable;

    /// <summary>Metric: the lower one wins.</summary>
    public uint Metric { get; init; }

    /// <summary>Source address of what is sent along it; null where the kernel chooses.</summary>
    public Ipv4Address? PreferredSource { get; init; }

    /// <summary>RTPROT_: who installed it.</summary>
    public byte Protocol { get; init; } = DhcpProtocol;

    /// <summary>Path MTU in bytes; null for the interface's.</summary>
    public int? Mtu { get; init; }

    /// <summary>The gateway counts as on-link whatever the routing table says.</summary>
    public bool OnLink { get; init; }

    /// <summary>RT_TABLE_MAIN.</summary>
    public const uint MainTable = 254;

    /// <summary>RTPROT_DHCP.</summary>
    public const byte DhcpProtocol = 16;

    /// <summary>RTPROT_STATIC.</summary>
    public const byte StaticProtocol = 4;
}
