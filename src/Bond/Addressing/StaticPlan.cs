using System.Collections.Immutable;
using System.Net.Sockets;

namespace BondDhcp.Bond.Addressing;

/// <summary>One request to the kernel.</summary>
public abstract record StaticAct
{
    private StaticAct()
    {
    }

    /// <summary>Add an address for ever.</summary>
    public sealed record AddAddress(StaticAddress Address) : StaticAct;

    /// <summary>Remove an address; others of its subnet stay.</summary>
    public sealed record RemoveAddress(StaticAddress Address) : StaticAct;

    /// <summary>Add a route; that it is there already is no error.</summary>
    public sealed record AddRoute(StaticRoute Route) : StaticAct;

    /// <summary>Remove a route.</summary>
    public sealed record RemoveRoute(StaticRoute Route) : StaticAct;
}

/// <summary>An address of the configuration as it is on the interface.</summary>
/// <param name="Address">The address.</param>
/// <param name="Mark">IFA_PROTO: who added it; 0 where the kernel does not say.</param>
/// <param name="IsTentative">IPv6: nobody has answered for it yet, or there is no carrier to ask on (RFC 4862 section 5.4).</param>
/// <param name="IsDuplicate">IPv6: another host has it (RFC 4862 section 5.4.5).</param>
public sealed record PresentAddress(StaticAddress Address, byte Mark, bool IsTentative, bool IsDuplicate);

/// <summary>
/// How an interface gets from what is there to what was written down. Pure. What stays is not touched; the new is there
/// before the old goes.
/// </summary>
public static class StaticPlan
{
    /// <summary>The acts, in order.</summary>
    /// <param name="wanted">What was written down.</param>
    /// <param name="permitted">Those of its addresses that may be used now.</param>
    /// <param name="owned">What is recorded as ours.</param>
    /// <param name="present">The addresses on the interface.</param>
    public static ImmutableArray<StaticAct> Change(
        StaticConfiguration wanted, ImmutableArray<StaticAddress> permitted, StaticOwnership owned, ImmutableArray<PresentAddress> present)
    {
        ImmutableArray<StaticAct>.Builder acts = ImmutableArray.CreateBuilder<StaticAct>();
        foreach (StaticAddress address in permitted)
            if (!present.Any(there => there.Address == address)) acts.Add(new StaticAct.AddAddress(address));

        ImmutableArray<StaticRoute> routes = RoutesNow(wanted, permitted, present);
        foreach (StaticRoute route in routes)
        {
            // In IPv6 the same destination, metric and gateway are the same route, whatever else is said of it.
            foreach (StaticRoute former in owned.Routes)
                if (former != route && IsSameToKernel(former, route)) acts.Add(new StaticAct.RemoveRoute(former));
            acts.Add(new StaticAct.AddRoute(route));
        }
        // Those by which a gateway is reached were added first and go last.
        foreach (StaticRoute route in owned.Routes.Reverse())
            if (!routes.Contains(route) && !acts.Contains(new StaticAct.RemoveRoute(route))) acts.Add(new StaticAct.RemoveRoute(route));
        foreach (StaticAddress address in owned.Addresses)
            if (!permitted.Contains(address)) acts.Add(new StaticAct.RemoveAddress(address));
        return acts.ToImmutable();
    }

    /// <summary>The acts that take away what is recorded as ours: routes, then addresses.</summary>
    public static ImmutableArray<StaticAct> Remove(StaticOwnership owned) =>
    [
        .. owned.Routes.Reverse().Select(StaticAct (route) => new StaticAct.RemoveRoute(route)),
        .. owned.Addresses.Select(StaticAct (address) => new StaticAct.RemoveAddress(address)),
    ];

    /// <summary>
    /// What will be ours while the acts are carried out: recorded before the kernel is asked, so that a crash leaves
    /// nothing unrecorded behind.
    /// </summary>
    public static StaticOwnership Claim(StaticOwnership owned, ImmutableArray<StaticAct> acts) => new()
    {
        Addresses = [.. owned.Addresses.Concat(acts.OfType<StaticAct.AddAddress>().Select(act => act.Address)).Distinct()],
        Routes = [.. owned.Routes.Concat(acts.OfType<StaticAct.AddRoute>().Select(act => act.Route)).Distinct()],
    };

    private static bool IsSameToKernel(StaticRoute one, StaticRoute other) =>
        one.Destination.Family == AddressFamily.InterNetworkV6
        && one.Destination == other.Destination && one.Table == other.Table && one.Metric == other.Metric
        && Equals(one.Gateway, other.Gateway);

    // An IPv6 source is refused while it is tentative; the kernel tells when it is not any more.
    private static ImmutableArray<StaticRoute> RoutesNow(
        StaticConfiguration wanted, ImmutableArray<StaticAddress> permitted, ImmutableArray<PresentAddress> present) =>
    [
        .. wanted.InstalledRoutes.Where(route => !wanted.Awaits(route, permitted)
            && !(route.Source is { } source && present.Any(there => there.IsTentative && there.Address.Address.Equals(source)))),
    ];
}
