using System.Collections.Immutable;
using BondDhcp.Bond.Links;
using BondDhcp.Net;

namespace BondDhcp.Bond.Addressing;

/// <summary>One request to the kernel.</summary>
public abstract record Ipv4Act
{
    private Ipv4Act()
    {
    }

    /// <summary>Add an address; with <paramref name="Refresh"/> it is recorded as ours and gets new lifetimes if it is there.</summary>
    public sealed record AddAddress(InterfaceAddress Address, bool Refresh) : Ipv4Act;

    /// <summary>Remove an address; others of its subnet stay.</summary>
    public sealed record RemoveAddress(InterfaceAddress Address) : Ipv4Act;

    /// <summary>Add a route.</summary>
    public sealed record AddRoute(InstalledRoute Route) : Ipv4Act;

    /// <summary>Remove a route.</summary>
    public sealed record RemoveRoute(InstalledRoute Route) : Ipv4Act;

    /// <summary>Set the MTU, in bytes.</summary>
    public sealed record SetMtu(int Mtu) : Ipv4Act;
}

/// <summary>
/// How an interface gets from what is ours on it to what is wanted. Pure. The new is there before the old goes: at no
/// moment is the interface without address or route that has one before and after.
/// </summary>
public static class Ipv4Plan
{
    // The kernel's largest lifetime that ends.
    private const uint LongestFiniteSeconds = uint.MaxValue - 1;

    /// <summary>The acts that lead to <paramref name="wanted"/>, in order; those for what is there already refresh it.</summary>
    /// <param name="interfaceIndex">ifindex.</param>
    /// <param name="wanted">What should be there.</param>
    /// <param name="owned">What is recorded as ours.</param>
    /// <param name="mtu">The interface's MTU at present, bytes.</param>
    public static ImmutableArray<Ipv4Act> Change(int interfaceIndex, Ipv4Configuration wanted, Ipv4Ownership owned, int mtu)
    {
        ImmutableArray<Ipv4Act>.Builder acts = ImmutableArray.CreateBuilder<Ipv4Act>();
        acts.Add(new Ipv4Act.AddAddress(AddressOf(interfaceIndex, wanted), owned.Addresses.Contains(wanted.Address)));

        ImmutableArray<InstalledRoute> routes = RoutesOf(interfaceIndex, wanted);
        foreach (InstalledRoute route in routes) acts.Add(new Ipv4Act.AddRoute(route));
        // Those by which a gateway is reached were added first and go last.
        foreach (InstalledRoute route in owned.Routes.Reverse())
            if (!routes.Contains(route)) acts.Add(new Ipv4Act.RemoveRoute(route));
        foreach (Ipv4Prefix address in owned.Addresses)
            if (address != wanted.Address) acts.Add(new Ipv4Act.RemoveAddress(new InterfaceAddress(interfaceIndex, address)));

        // A lease that has no MTU any more gives back the one before, if it is still ours that is set.
        int? bytes = wanted.Mtu ?? (owned.Mtu?.Ours == mtu ? owned.Mtu.Before : null);
        if (bytes is { } wantedMtu && wantedMtu != mtu) acts.Add(new Ipv4Act.SetMtu(wantedMtu));
        return acts.ToImmutable();
    }

    /// <summary>The acts that take away what is recorded as ours, in order.</summary>
    public static ImmutableArray<Ipv4Act> Remove(int interfaceIndex, Ipv4Ownership owned, int mtu)
    {
        ImmutableArray<Ipv4Act>.Builder acts = ImmutableArray.CreateBuilder<Ipv4Act>();
        foreach (InstalledRoute route in owned.Routes.Reverse()) acts.Add(new Ipv4Act.RemoveRoute(route));
        foreach (Ipv4Prefix address in owned.Addresses)
            acts.Add(new Ipv4Act.RemoveAddress(new InterfaceAddress(interfaceIndex, address)));
        if (owned.Mtu is { } changed && changed.Ours == mtu) acts.Add(new Ipv4Act.SetMtu(changed.Before));
        return acts.ToImmutable();
    }

    /// <summary>
    /// What will be ours while <paramref name="wanted"/> is configured and after it: recorded before the kernel is
    /// asked, so that a crash leaves nothing unrecorded behind.
    /// </summary>
    public static Ipv4Ownership Claim(int interfaceIndex, Ipv4Configuration wanted, Ipv4Ownership owned, int mtu) => owned with
    {
        Addresses = [.. owned.Addresses.Append(wanted.Address).Distinct()],
        Routes = [.. owned.Routes.Concat(RoutesOf(interfaceIndex, wanted)).Distinct()],
        Mtu = wanted.Mtu is { } ours && ours != mtu ? new OwnedMtu(owned.Mtu?.Before ?? mtu, ours) : owned.Mtu,
    };

    /// <summary>The routes as they are installed: on-link ones first, then host routes to gateways that no on-link prefix holds, then the rest.</summary>
    public static ImmutableArray<InstalledRoute> RoutesOf(int interfaceIndex, Ipv4Configuration wanted)
    {
        List<InstalledRoute> onLink = [];
        List<InstalledRoute> hosts = [];
        List<InstalledRoute> others = [];
        foreach (Ipv4WantedRoute route in wanted.Routes)
            (route.Gateway is null ? onLink : others).Add(Install(interfaceIndex, wanted, route));
        foreach (InstalledRoute route in others)
        {
            if (route.OnLink || route.Gateway is not { } gateway || IsOnLink(gateway, route.Table)) continue;
            // RFC 3442 section "Local Subnet Routes" and practice: a router outside the subnet is reached by a host route.
            hosts.Add(route with { Destination = new Ipv4Prefix(gateway, 32), Gateway = null, Mtu = null });
        }
        return [.. onLink.Concat(hosts).Concat(others).Distinct()];

        bool IsOnLink(Ipv4Address gateway, uint table) =>
            wanted.Address.Contains(gateway)
            || onLink.Exists(route => route.Table == table && route.Destination.Contains(gateway));
    }

    /// <summary>The address as the kernel is given it.</summary>
    public static InterfaceAddress AddressOf(int interfaceIndex, Ipv4Configuration wanted)
    {
        uint valid = SecondsOf(wanted.Valid);
        return new InterfaceAddress(interfaceIndex, wanted.Address)
        {
            Broadcast = wanted.Broadcast,
            ValidSeconds = valid,
            PreferredSeconds = Math.Min(SecondsOf(wanted.Preferred), valid),
            Metric = wanted.Metric,
            Protocol = InterfaceAddress.OurProtocol,
        };
    }

    /// <summary>A lifetime as the kernel is told it, rounded up: its removal is the net below the client's own, which comes at the exact moment.</summary>
    internal static uint SecondsOf(TimeSpan span) =>
        span == TimeSpan.MaxValue ? InterfaceAddress.Forever
        : span <= TimeSpan.Zero ? 0
        : (uint)Math.Min(LongestFiniteSeconds, (span.Ticks - 1) / TimeSpan.TicksPerSecond + 1);

    private static InstalledRoute Install(int interfaceIndex, Ipv4Configuration wanted, Ipv4WantedRoute route) =>
        new(interfaceIndex, route.Destination.Masked, route.Gateway)
        {
            Table = route.Table,
            Metric = route.Metric ?? wanted.Metric,
            PreferredSource = route.PreferredSource ?? wanted.Address.Address,
            Protocol = wanted.Protocol,
            Mtu = route.Mtu,
            OnLink = route.OnLink,
        };
}
