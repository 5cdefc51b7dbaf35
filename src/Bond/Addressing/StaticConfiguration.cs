using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace BondDhcp.Bond.Addressing;

/// <summary>What was written down for an interface: addresses and routes of both families.</summary>
public sealed record StaticConfiguration
{
    // IP6_RT_PRIO_USER: what the kernel makes of metric 0 in IPv6.
    private const uint LeastIpv6Metric = 1024;

    /// <summary>The addresses, those included that may not be used at present.</summary>
    public ImmutableArray<StaticAddress> Addresses { get; init; } = [];

    /// <summary>The routes.</summary>
    public ImmutableArray<StaticRoute> Routes { get; init; } = [];

    /// <summary>Metric of connected routes and of routes that name none.</summary>
    public uint Metric { get; init; }

    /// <summary>
    /// The routes as they are installed, on-link ones first: metric resolved, and a gateway that no prefix of the
    /// configuration holds taken as on-link, because the kernel would refuse it.
    /// </summary>
    public ImmutableArray<StaticRoute> InstalledRoutes
    {
        get
        {
            IEnumerable<StaticRoute> routes = Routes.Select(Install).Distinct();
            return [.. routes.OrderBy(route => route.Gateway is null ? 0 : 1)];
        }
    }

    /// <summary>
    /// True when the gateway is reached, or the source is had, by an address of the configuration that is not among
    /// <paramref name="usable"/>: the route waits for it.
    /// </summary>
    public bool Awaits(StaticRoute route, ImmutableArray<StaticAddress> usable)
    {
        if (route.Source is { } source
            && Addresses.Any(address => address.Address.Equals(source)) && !usable.Any(address => address.Address.Equals(source)))
            return true;
        return route is { Gateway: { } gateway, OnLink: false }
            && Addresses.Any(address => address.Contains(gateway)) && !usable.Any(address => address.Contains(gateway));
    }

    private StaticRoute Install(StaticRoute route)
    {
        uint metric = route.Metric ?? Metric;
        if (metric == 0 && route.Destination.Family == AddressFamily.InterNetworkV6) metric = LeastIpv6Metric;
        bool onLink = route.OnLink || (route.Gateway is { } gateway && !IsReached(gateway, route.Table));
        return route with { Metric = metric, OnLink = onLink };
    }

    // A link-local router is on every link, and is reached by the route of its family's own prefix.
    private bool IsReached(IPAddress gateway, uint table) =>
        gateway.IsIPv6LinkLocal
        || Addresses.Any(address => address.Contains(gateway))
        || Routes.Any(route => route is { Gateway: null, Kind: StaticRouteKind.Unicast }
            && route.Table == table && route.Destination.Contains(gateway));
}

/// <summary>What of static configuration on one interface is ours: recorded, removed exactly, nothing else.</summary>
public sealed record StaticOwnership
{
    /// <summary>Nothing.</summary>
    public static readonly StaticOwnership None = new();

    /// <summary>Addresses.</summary>
    public ImmutableArray<StaticAddress> Addresses { get; init; } = [];

    /// <summary>Routes as they were installed.</summary>
    public ImmutableArray<StaticRoute> Routes { get; init; } = [];

    /// <summary>True when nothing is ours.</summary>
    public bool IsEmpty => Addresses.IsEmpty && Routes.IsEmpty;
}
