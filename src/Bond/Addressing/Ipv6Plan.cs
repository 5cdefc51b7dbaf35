using System.Collections.Immutable;
using BondDhcp.Bond.Links;
using BondDhcp.Net;

namespace BondDhcp.Bond.Addressing;

/// <summary>One request to the kernel.</summary>
public abstract record Ipv6Act
{
    private Ipv6Act()
    {
    }

    /// <summary>Add an address, or give one of ours new lifetimes.</summary>
    public sealed record AddAddress(Ipv6InterfaceAddress Address, bool Refresh) : Ipv6Act;

    /// <summary>Ask for nothing: somebody else configured a wanted address, whose lifetimes and end are not our business.</summary>
    public sealed record LeaveAddress(Ipv6InterfaceAddress Address) : Ipv6Act;

    /// <summary>Remove an address.</summary>
    public sealed record RemoveAddress(Ipv6Address Address) : Ipv6Act;

    /// <summary>Add a route.</summary>
    public sealed record AddRoute(UnreachableRoute Route) : Ipv6Act;

    /// <summary>Ask for nothing: somebody else installed the same.</summary>
    public sealed record LeaveRoute(UnreachableRoute Route) : Ipv6Act;

    /// <summary>Remove a route.</summary>
    public sealed record RemoveRoute(OwnedPrefixRoute Route) : Ipv6Act;
}

/// <summary>
/// How an interface gets from what is there and ours to what is wanted. Pure. The new is there before the old goes, and
/// what is the same is refreshed in place: an address that is used never goes for a moment, nor is it probed again.
/// </summary>
public static class Ipv6Plan
{
    // IP6_RT_PRIO_USER: what the kernel makes of metric 0.
    private const uint LeastMetric = 1024;

    private const int HostPrefixLength = 128;

    /// <summary>The acts that lead to <paramref name="wanted"/>, in order.</summary>
    /// <param name="interfaceIndex">ifindex.</param>
    /// <param name="wanted">What should be there.</param>
    /// <param name="owned">What is recorded as ours.</param>
    /// <param name="present">The addresses on the interface.</param>
    /// <param name="routes">The routes of the main table that answer "unreachable".</param>
    public static ImmutableArray<Ipv6Act> Change(
        int interfaceIndex, Ipv6Configuration wanted, Ipv6Ownership owned,
        IReadOnlyCollection<Ipv6InterfaceAddress> present, IReadOnlyCollection<UnreachableRoute> routes)
    {
        ImmutableArray<Ipv6Act>.Builder acts = ImmutableArray.CreateBuilder<Ipv6Act>();
        foreach (Ipv6WantedAddress address in wanted.Addresses) acts.Add(Keep(interfaceIndex, address, owned, present));
        List<OwnedPrefixRoute> kept = [];
        foreach (Ipv6Prefix prefix in wanted.Prefixes)
        {
            kept.Add(IdentityOf(prefix, wanted.Metric));
            Keep(RouteOf(prefix, wanted.Metric), owned, routes, acts);
        }
        foreach (OwnedPrefixRoute route in owned.Routes)
            if (!kept.Contains(route)) acts.Add(new Ipv6Act.RemoveRoute(route));
        foreach (Ipv6Address address in owned.Addresses)
            if (!wanted.Addresses.Any(one => one.Address == address)) acts.Add(new Ipv6Act.RemoveAddress(address));
        return acts.ToImmutable();
    }

    /// <summary>The acts that take away what is recorded as ours, in order.</summary>
    public static ImmutableArray<Ipv6Act> Remove(Ipv6Ownership owned) =>
    [
        .. owned.Routes.Select(Ipv6Act (route) => new Ipv6Act.RemoveRoute(route)),
        .. owned.Addresses.Select(Ipv6Act (address) => new Ipv6Act.RemoveAddress(address)),
    ];

    /// <summary>What the route over a delegated prefix is known by.</summary>
    /// <param name="prefix">The prefix.</param>
    /// <param name="metric">As configured; 0 for the kernel's own.</param>
    public static OwnedPrefixRoute IdentityOf(Ipv6Prefix prefix, uint metric)
    {
        UnreachableRoute route = RouteOf(prefix, metric);
        return new OwnedPrefixRoute(route.Destination, route.Metric);
    }

    private static Ipv6Act Keep(
        int interfaceIndex, Ipv6WantedAddress wanted, Ipv6Ownership owned, IReadOnlyCollection<Ipv6InterfaceAddress> present)
    {
        uint valid = Ipv4Plan.SecondsOf(wanted.Valid);
        var address = new Ipv6InterfaceAddress(interfaceIndex, wanted.Address, HostPrefixLength)
        {
            ValidSeconds = valid,
            PreferredSeconds = Math.Min(Ipv4Plan.SecondsOf(wanted.Preferred), valid),
            HasNoPrefixRoute = true,
            Protocol = InterfaceAddress.OurProtocol,
        };
        Ipv6InterfaceAddress? there = present.FirstOrDefault(one => one.Address == wanted.Address);
        if (there is null) return new Ipv6Act.AddAddress(address, Refresh: false);
        // One with our mark and no record is ours from before the record was lost.
        bool ours = owned.Addresses.Contains(wanted.Address) || there.Protocol == InterfaceAddress.OurProtocol;
        return ours ? new Ipv6Act.AddAddress(address, Refresh: true) : new Ipv6Act.LeaveAddress(there);
    }

    private static void Keep(
        UnreachableRoute route, Ipv6Ownership owned, IReadOnlyCollection<UnreachableRoute> routes, ImmutableArray<Ipv6Act>.Builder acts)
    {
        var identity = new OwnedPrefixRoute(route.Destination, route.Metric);
        UnreachableRoute? there = routes.FirstOrDefault(one => one.Destination == route.Destination && one.Metric == route.Metric);
        if (there is null) acts.Add(new Ipv6Act.AddRoute(route));
        else if (!owned.Routes.Contains(identity) || !identity.Is(there)) acts.Add(new Ipv6Act.LeaveRoute(there));
    }

    private static UnreachableRoute RouteOf(Ipv6Prefix prefix, uint metric) =>
        new(prefix.Masked) { Metric = metric == 0 ? LeastMetric : metric };
}
