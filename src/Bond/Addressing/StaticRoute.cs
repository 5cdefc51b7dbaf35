using System.Net;
using System.Text;
using BondDhcp.Bond.Links;

namespace BondDhcp.Bond.Addressing;

/// <summary>What becomes of packets that follow a route.</summary>
public enum StaticRouteKind
{
    /// <summary>They leave by the interface.</summary>
    Unicast,
    /// <summary>They are refused with an ICMP message.</summary>
    Unreachable,
    /// <summary>They are dropped in silence.</summary>
    Blackhole,
}

/// <summary>A route somebody wrote down for an interface, of either family.</summary>
/// <param name="Destination">Where to, host bits zero.</param>
public sealed record StaticRoute(StaticDestination Destination)
{
    /// <summary>What becomes of the packets; those that go nowhere name no gateway and belong to no interface.</summary>
    public StaticRouteKind Kind { get; init; }

    /// <summary>Next hop, of the destination's family; null for on-link.</summary>
    public IPAddress? Gateway { get; init; }

    /// <summary>Source address of what is sent along it; null where the kernel chooses.</summary>
    public IPAddress? Source { get; init; }

    /// <summary>Metric; null for the configuration's.</summary>
    public uint? Metric { get; init; }

    /// <summary>Routing table.</summary>
    public uint Table { get; init; } = InstalledRoute.MainTable;

    /// <summary>Path MTU in bytes; null for the interface's.</summary>
    public int? Mtu { get; init; }

    /// <summary>The gateway counts as on-link whatever the routing table says.</summary>
    public bool OnLink { get; init; }

    /// <summary>True when this is the IPv6 route that the kernel tells of: destination, table, metric and gateway are all that it tells routes apart by.</summary>
    public bool IsInstalledAs(StaticRoute route) =>
        Kind == route.Kind && Destination == route.Destination && Table == route.Table && Metric == route.Metric && Equals(Gateway, route.Gateway);

    /// <summary>True when this is the IPv4 route that the kernel tells of.</summary>
    public bool IsInstalledAs(InstalledRoute route) =>
        Kind == StaticRouteKind.Unicast && Destination == StaticDestination.Of(route.Destination)
        && Table == route.Table && (Metric ?? 0) == route.Metric
        && Equals(Gateway, route.Gateway is { } gateway ? StaticAddress.ToIpAddress(gateway) : null);

    /// <summary>In the words of the configuration.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        if (Kind != StaticRouteKind.Unicast) text.Append(Kind == StaticRouteKind.Unreachable ? "unreachable " : "blackhole ");
        text.Append(Destination);
        if (Gateway is not null) text.Append(" via ").Append(Gateway);
        if (Source is not null) text.Append(" src ").Append(Source);
        if (Table != InstalledRoute.MainTable) text.Append(" table ").Append(Table);
        return text.ToString();
    }
}
