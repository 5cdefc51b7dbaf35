using System.Collections.Immutable;
using BondDhcp.Bond.Links;
using BondDhcp.Net;

namespace BondDhcp.Bond.Addressing;

/// <summary>What an interface should have: one IPv4 address with its routes. From a lease or from static settings.</summary>
public sealed record Ipv4Configuration
{
    /// <summary>The address with its prefix length, 1 to 32.</summary>
    public required Ipv4Prefix Address { get; init; }

    /// <summary>Broadcast address; null for none, as with /31 and /32 (RFC 3021).</summary>
    public Ipv4Address? Broadcast { get; init; }

    /// <summary>How long the kernel keeps the address from now on; <see cref="TimeSpan.MaxValue"/> for ever.</summary>
    public TimeSpan Valid { get; init; } = TimeSpan.MaxValue;

    /// <summary>How long the kernel prefers it as a source from now on; at most <see cref="Valid"/>.</summary>
    public TimeSpan Preferred { get; init; } = TimeSpan.MaxValue;

    /// <summary>Metric of the connected route and of routes that name none; the lower one wins.</summary>
    public uint Metric { get; init; }

    /// <summary>Who is named as origin of the routes: <see cref="InstalledRoute.DhcpProtocol"/> or <see cref="InstalledRoute.StaticProtocol"/>.</summary>
    public byte Protocol { get; init; } = InstalledRoute.DhcpProtocol;

    /// <summary>Routes beside the connected one, which comes with the address.</summary>
    public ImmutableArray<Ipv4WantedRoute> Routes { get; init; } = [];

    /// <summary>MTU of the interface in bytes; null leaves it alone.</summary>
    public int? Mtu { get; init; }
}

/// <summary>A route to install.</summary>
/// <param name="Destination">Where to; 0.0.0.0/0 is the default route.</param>
/// <param name="Gateway">Next hop; null for on-link.</param>
public sealed record Ipv4WantedRoute(Ipv4Prefix Destination, Ipv4Address? Gateway)
{
    /// <summary>Metric; null for the configuration's.</summary>
    public uint? Metric { get; init; }

    /// <summary>Routing table.</summary>
    public uint Table { get; init; } = InstalledRoute.MainTable;

    /// <summary>Source address; null for the configured address.</summary>
    public Ipv4Address? PreferredSource { get; init; }

    /// <summary>Path MTU in bytes; null for the interface's.</summary>
    public int? Mtu { get; init; }

    /// <summary>The gateway counts as on-link: no host route to it is made.</summary>
    public bool OnLink { get; init; }
}

/// <summary>
/// What on one interface is ours: recorded before it is made, removed exactly, nothing else. While addresses change
/// it holds the old and the new one.
/// </summary>
public sealed record Ipv4Ownership
{
    /// <summary>Nothing.</summary>
    public static readonly Ipv4Ownership None = new();

    /// <summary>Addresses.</summary>
    public ImmutableArray<Ipv4Prefix> Addresses { get; init; } = [];

    /// <summary>Routes, the interface's index included.</summary>
    public ImmutableArray<InstalledRoute> Routes { get; init; } = [];

    /// <summary>The MTU that was set; null when it was not touched.</summary>
    public OwnedMtu? Mtu { get; init; }

    /// <summary>True when nothing is ours.</summary>
    public bool IsEmpty => Addresses.IsEmpty && Routes.IsEmpty && Mtu is null;
}

/// <summary>An MTU that was set here.</summary>
/// <param name="Before">What it was, bytes: put back at the end, unless somebody else changed it since.</param>
/// <param name="Ours">What it was set to, bytes.</param>
public sealed record OwnedMtu(int Before, int Ours);
