using System.Collections.Immutable;
using BondDhcp.Bond.Addressing;
using BondDhcp.Bond.Links;
using BondDhcp.Bond.Linux;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Client6;
using BondDhcp.Dhcp.Store;
using BondDhcp.Net;

namespace BondDhcp.Host.Import.Running;

/// <summary>
/// Makes ours what dhclient left on an interface: the record that the daemon keeps of what is its own is written as if it had
/// configured the lease itself, so that the next run goes on with address and routes in place.
/// </summary>
/// <param name="runtimeDirectory">Where the record is.</param>
/// <param name="say">Is told what was done, and why not.</param>
internal sealed class Adoption(string runtimeDirectory, Action<string> say)
{
    /// <summary>RTPROT_BOOT: what <c>ip route add</c> of dhclient-script says.</summary>
    private const byte ScriptProtocol = 3;

    private readonly string _bootId = StoreClock.ReadBootId();

    /// <summary>True where the address of a lease is on its interface: what would be taken over once its client has ended.</summary>
    public static bool IsThere(string interfaceName, Dhcp4Lease lease)
    {
        using RtnlSocket rtnl = RtnlSocket.Open();
        List<InterfaceAddress> addresses = [];
        if (Find(rtnl, interfaceName) is { } link) rtnl.ReadAddresses(link.Index, addresses);
        return addresses.Exists(address => address.Prefix == lease.Prefix);
    }

    /// <inheritdoc cref="IsThere(string, Dhcp4Lease)"/>
    public static bool IsThere(string interfaceName, Dhcp6Lease lease)
    {
        using RtnlSocket rtnl = RtnlSocket.Open();
        List<Ipv6InterfaceAddress> present = [];
        if (Find(rtnl, interfaceName) is { } link) rtnl.ReadIpv6Addresses(link.Index, present);
        return present.Exists(one => lease.Holds(one.Address));
    }

    /// <summary>Takes over what is there of a lease; false where its address is not.</summary>
    public bool Take(string interfaceName, Dhcp4Lease lease)
    {
        using RtnlSocket rtnl = RtnlSocket.Open();
        if (Find(rtnl, interfaceName) is not { } link) return false;
        List<InterfaceAddress> addresses = [];
        rtnl.ReadAddresses(link.Index, addresses);
        if (!addresses.Exists(address => address.Prefix == lease.Prefix)) return false;
        List<InstalledRoute> routes = [];
        rtnl.ReadRoutes(link.Index, ScriptProtocol, routes);
        var file = new OwnershipFile(runtimeDirectory, interfaceName, link.Index, _bootId);
        Ipv4Ownership owned = file.Read(out string? warning);
        if (warning is not null) say(warning);
        ImmutableArray<InstalledRoute> its = [.. routes.Where(route => IsOf(lease, route))];
        string? problem = file.Write(owned with
        {
            Addresses = [.. owned.Addresses.Append(lease.Prefix).Distinct()],
            Routes = [.. owned.Routes.Concat(its).Distinct()],
        });
        say(problem ?? FormattableString.Invariant($"{interfaceName}: {lease.Prefix} and {its.Length} {(its.Length == 1 ? "route" : "routes")} of dhclient stay; the next 'bonddhcp run' goes on with them"));
        return problem is null;
    }

    /// <summary>The same of DHCPv6, whose leases bring no routes.</summary>
    public bool Take(string interfaceName, Dhcp6Lease lease, string program)
    {
        using RtnlSocket rtnl = RtnlSocket.Open();
        if (Find(rtnl, interfaceName) is not { } link) return false;
        List<Ipv6InterfaceAddress> present = [];
        rtnl.ReadIpv6Addresses(link.Index, present);
        ImmutableArray<Ipv6Address> its = [.. present.Select(one => one.Address).Where(lease.Holds)];
        if (its.IsEmpty) return false;
        var file = new Ipv6OwnershipFile(runtimeDirectory, interfaceName, link.Index, _bootId);
        Ipv6Ownership owned = file.Read(out string? warning);
        if (warning is not null) say(warning);
        string? problem = file.Write(owned with { Addresses = [.. owned.Addresses.Union(its)] });
        say(problem ?? $"{interfaceName}: {string.Join(", ", its)} of {program} stays; the next 'bonddhcp run' goes on with it");
        return problem is null;
    }

    /// <summary>The hardware address of an interface of this network namespace; null where there is none.</summary>
    public static MacAddress? MacOf(string interfaceName) => LinkOf(interfaceName)?.Mac;

    /// <summary>An interface of this network namespace; null where there is none.</summary>
    public static Link? LinkOf(string interfaceName)
    {
        using RtnlSocket rtnl = RtnlSocket.Open();
        return Find(rtnl, interfaceName);
    }

    private static Link? Find(RtnlSocket rtnl, string interfaceName)
    {
        List<Link> links = [];
        rtnl.ReadLinks(links);
        return links.Find(link => link.IsNamed(interfaceName));
    }

    // As dhclient-script and its hook for RFC 3442 make them.
    private static bool IsOf(Dhcp4Lease lease, InstalledRoute route) =>
        route.Table == InstalledRoute.MainTable
        && (lease.Ack.Routes.Any(its => its.Destination.Masked == route.Destination && (its.Gateway.IsAny ? route.Gateway is null : route.Gateway == its.Gateway))
            || (route.Destination.PrefixLength == 0 && route.Gateway is { } router && lease.Ack.Routers.Contains(router))
            || (route is { Gateway: null, Destination.PrefixLength: 32 } && lease.Ack.Routers.Contains(route.Destination.Address)));
}
