using System.Collections.Immutable;
using BondDhcp.Bond.Addressing;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Host.Configuration;
using BondDhcp.Net;

namespace BondDhcp.Host.Runner;

/// <summary>A route of a lease that is not installed.</summary>
/// <param name="Route">The route.</param>
/// <param name="Why">For people and the journal.</param>
internal readonly record struct RefusedRoute(Dhcp4Route Route, string Why);

/// <summary>What a lease means for an interface, by the interface's settings. Pure.</summary>
/// <param name="Wanted">What to configure.</param>
/// <param name="RefusedRoutes">Routes left out, with the reason: the network had no business handing them out, or the settings do not want them.</param>
/// <param name="Warnings">What else of the lease was not followed.</param>
internal sealed record LeaseConfiguration(
    Ipv4Configuration Wanted, ImmutableArray<RefusedRoute> RefusedRoutes, ImmutableArray<string> Warnings)
{
    // IPv6 needs this much of every link (RFC 8200 section 5), and no network that hands out less means well.
    private const int LeastMtu = 1280;

    private const byte MtuOption = 26;

    // The blocks of which no network gives away more than one; a shorter prefix takes over the default route's job.
    private const int ShortestPrefix = 8;

    private static readonly ImmutableArray<Ipv4Prefix> s_neverRouted =
    [
        Ipv4Prefix.Parse("127.0.0.0/8"), Ipv4Prefix.Parse("224.0.0.0/4"), Ipv4Prefix.Parse("169.254.0.0/16"),
    ];

    /// <summary>What <paramref name="lease"/> means.</summary>
    /// <param name="lease">The lease in force.</param>
    /// <param name="settings">The interface's settings.</param>
    /// <param name="now">CLOCK_BOOTTIME: the lifetimes are what is left at this moment.</param>
    /// <param name="maxMtu">The largest MTU the interface takes, in bytes; 0 where it sets no limit.</param>
    public static LeaseConfiguration Of(Dhcp4Lease lease, InterfaceConfiguration settings, Instant now, int maxMtu)
    {
        ImmutableArray<string>.Builder warnings = ImmutableArray.CreateBuilder<string>();
        ImmutableArray<Ipv4WantedRoute>.Builder routes = ImmutableArray.CreateBuilder<Ipv4WantedRoute>();
        ImmutableArray<RefusedRoute>.Builder refused = ImmutableArray.CreateBuilder<RefusedRoute>();
        foreach (Dhcp4Route route in lease.Ack.Routes)
        {
            // It comes with the address.
            if (route.Gateway.IsAny && route.Destination.Masked == lease.Prefix.Masked) continue;
            if (Refusal(route, lease, settings) is { } why) refused.Add(new RefusedRoute(route, why));
            else routes.Add(new Ipv4WantedRoute(route.Destination.Masked, route.Gateway.IsAny ? null : route.Gateway));
        }
        TimeSpan left = lease.ExpiresAt - now;
        var wanted = new Ipv4Configuration
        {
            Address = lease.Prefix,
            // RFC 3021: a /31 has no broadcast address; a /32 has nobody to address.
            Broadcast = lease.Prefix.PrefixLength > 30 ? null : lease.Ack.BroadcastAddress ?? lease.Prefix.DirectedBroadcast,
            Valid = left,
            Preferred = left,
            Metric = settings.Metric,
            Routes = routes.ToImmutable(),
            Mtu = MtuOf(lease.Ack, maxMtu, warnings),
        };
        return new LeaseConfiguration(wanted, refused.ToImmutable(), warnings.ToImmutable());
    }

    private static string? Refusal(Dhcp4Route route, Dhcp4Lease lease, InterfaceConfiguration settings)
    {
        bool isDefault = route.Destination.PrefixLength == 0;
        if (!route.Gateway.IsAny)
        {
            if (!route.Gateway.IsUsableUnicast) return "no host can have its gateway's address";
            if (route.Gateway == lease.Address) return "its gateway is the leased address itself";
        }
        // These limits are for networks; what the owner wrote down is the owner's to know.
        if (lease.Ack.ConfiguredRoutes.Contains(route)) return null;
        if (settings.LeaseRoutes == LeaseRoutes.Ignore) return "lease-routes is \"ignore\"";
        if (settings.LeaseRoutes == LeaseRoutes.DefaultOnly && !isDefault) return "lease-routes is \"default-only\"";
        if (Overlapping(route, lease, settings.ProtectedRoutes) is { } guarded) return $"{guarded} is protected";
        if (settings.LeaseRoutes == LeaseRoutes.Accept) return null;
        if (Overlapping(route, lease, s_neverRouted) is { } special) return $"{special} is never routed";
        if (!isDefault && route.Destination.PrefixLength < ShortestPrefix)
            return FormattableString.Invariant($"its prefix is shorter than /{ShortestPrefix}");
        return null;
    }

    // A default route touches everything and yet takes nothing from a more specific route. A gateway outside the
    // subnet gets a host route, which must not lead into a protected prefix either.
    private static Ipv4Prefix? Overlapping(Dhcp4Route route, Dhcp4Lease lease, ImmutableArray<Ipv4Prefix> prefixes)
    {
        bool needsHostRoute = !route.Gateway.IsAny && !lease.Prefix.Contains(route.Gateway);
        foreach (Ipv4Prefix prefix in prefixes)
        {
            if (route.Destination.PrefixLength > 0 && prefix.Overlaps(route.Destination)) return prefix;
            if (needsHostRoute && prefix.Contains(route.Gateway)) return prefix;
        }
        return null;
    }

    private static int? MtuOf(Dhcp4Reply ack, int maxMtu, ImmutableArray<string>.Builder warnings)
    {
        if (ack.Mtu is not { } mtu) return null;
        if (mtu < LeastMtu && !ack.Configured.Contains(MtuOption))
        {
            warnings.Add(FormattableString.Invariant($"the lease's MTU of {mtu} is ignored: below {LeastMtu}"));
            return null;
        }
        if (maxMtu <= 0 || mtu <= maxMtu) return mtu;
        warnings.Add(FormattableString.Invariant($"the lease's MTU of {mtu} is limited to {maxMtu}, the most the interface takes"));
        return maxMtu;
    }
}
