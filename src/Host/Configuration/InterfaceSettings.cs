using System.Collections.Immutable;

namespace BondDhcp.Host.Configuration;

/// <summary>
/// Every setting of an interface's section, and whom it concerns. What a reload disturbs follows from this table alone, and so
/// does whether two sections say the same: what is not in it is no difference to anybody. Pure.
/// </summary>
internal static class InterfaceSettings
{
    /// <summary>All of them, and what follows from several together for one more.</summary>
    public static readonly ImmutableArray<Setting<InterfaceConfiguration>> All =
    [
        // A component is of one name; with another it is another component.
        new(nameof(InterfaceConfiguration.Name), Concern.Nobody, static (a, b) => a.Name == b.Name),
        // Which clients there are is the components' matter; a link-local address waits for a lease, and so may the name servers.
        new(nameof(InterfaceConfiguration.Dhcp4), Concern.Dhcp4 | Concern.Static | Concern.Resolver, static (a, b) => a.Dhcp4 == b.Dhcp4),
        new(nameof(InterfaceConfiguration.Inform), Concern.Dhcp4 | Concern.Resolver, static (a, b) => a.Inform == b.Inform),
        new(nameof(InterfaceConfiguration.Dhcp6), Concern.Dhcp6 | Concern.Resolver, static (a, b) => a.Dhcp6 == b.Dhcp6),

        new(nameof(InterfaceConfiguration.Chaddr), Concern.Dhcp4, static (a, b) => a.Chaddr == b.Chaddr),
        new(nameof(InterfaceConfiguration.Broadcast), Concern.Dhcp4, static (a, b) => a.Broadcast == b.Broadcast),
        new(nameof(InterfaceConfiguration.OfferWait), Concern.Dhcp4, static (a, b) => a.OfferWait == b.OfferWait),
        new(nameof(InterfaceConfiguration.DetectNetworkAttachment), Concern.Dhcp4, static (a, b) => a.DetectNetworkAttachment == b.DetectNetworkAttachment),
        new(nameof(InterfaceConfiguration.ConflictDetection), Concern.Dhcp4, static (a, b) => a.ConflictDetection == b.ConflictDetection),
        new(nameof(InterfaceConfiguration.RapidCommit), Concern.Dhcp4, static (a, b) => a.RapidCommit == b.RapidCommit),
        new(nameof(InterfaceConfiguration.Ipv6Only), Concern.Dhcp4, static (a, b) => a.Ipv6Only == b.Ipv6Only),
        new(nameof(InterfaceConfiguration.LeaseRoutes), Concern.Dhcp4, static (a, b) => a.LeaseRoutes == b.LeaseRoutes),
        new(nameof(InterfaceConfiguration.ProtectedRoutes), Concern.Dhcp4, static (a, b) => a.ProtectedRoutes.AsSpan().SequenceEqual(b.ProtectedRoutes.AsSpan())),
        new(nameof(InterfaceConfiguration.RequireServers), Concern.Dhcp4, static (a, b) => a.RequireServers.AsSpan().SequenceEqual(b.RequireServers.AsSpan())),
        new(nameof(InterfaceConfiguration.RejectServers), Concern.Dhcp4, static (a, b) => a.RejectServers.AsSpan().SequenceEqual(b.RejectServers.AsSpan())),
        new(nameof(InterfaceConfiguration.Options4), Concern.Dhcp4, static (a, b) => a.Options4 == b.Options4),

        new(nameof(InterfaceConfiguration.SolicitDelay), Concern.Dhcp6, static (a, b) => a.SolicitDelay == b.SolicitDelay),
        new(nameof(InterfaceConfiguration.PrefixLengthHint), Concern.Dhcp6, static (a, b) => a.PrefixLengthHint == b.PrefixLengthHint),
        new(nameof(InterfaceConfiguration.RapidCommit6), Concern.Dhcp6, static (a, b) => a.RapidCommit6 == b.RapidCommit6),
        new(nameof(InterfaceConfiguration.RequireDuids), Concern.Dhcp6, static (a, b) => a.RequireDuids.AsSpan().SequenceEqual(b.RequireDuids.AsSpan())),
        new(nameof(InterfaceConfiguration.RejectDuids), Concern.Dhcp6, static (a, b) => a.RejectDuids.AsSpan().SequenceEqual(b.RejectDuids.AsSpan())),
        new(nameof(InterfaceConfiguration.Options6), Concern.Dhcp6, static (a, b) => a.Options6 == b.Options6),

        // A link-local address of IPv4 is made of the IAID too.
        new(nameof(InterfaceConfiguration.Iaid), Concern.Clients | Concern.Static, static (a, b) => a.Iaid == b.Iaid),
        new(nameof(InterfaceConfiguration.Metric), Concern.Clients | Concern.Static | Concern.Resolver, static (a, b) => a.Metric == b.Metric),
        new(nameof(InterfaceConfiguration.Anonymity), Concern.Clients | Concern.Paths, static (a, b) => a.Anonymity == b.Anonymity),
        new(nameof(InterfaceConfiguration.Defend), Concern.Dhcp4 | Concern.Static, static (a, b) => a.Defend == b.Defend),

        new(nameof(InterfaceConfiguration.Addresses), Concern.Static, static (a, b) => a.Addresses.AsSpan().SequenceEqual(b.Addresses.AsSpan())),
        new(nameof(InterfaceConfiguration.Routes), Concern.Static, static (a, b) => a.Routes.AsSpan().SequenceEqual(b.Routes.AsSpan())),
        new(nameof(InterfaceConfiguration.Fallback), Concern.Static, static (a, b) => a.Fallback.AsSpan().SequenceEqual(b.Fallback.AsSpan())),
        new(nameof(InterfaceConfiguration.StaticConflictDetection), Concern.Static, static (a, b) => a.StaticConflictDetection == b.StaticConflictDetection),
        new(nameof(InterfaceConfiguration.Ipv4LinkLocal), Concern.Static, static (a, b) => a.Ipv4LinkLocal == b.Ipv4LinkLocal),
        new(nameof(InterfaceConfiguration.NameServers), Concern.Static | Concern.Resolver, static (a, b) => a.NameServers.AsSpan().SequenceEqual(b.NameServers.AsSpan(), null)),
        new(nameof(InterfaceConfiguration.SearchDomains), Concern.Static | Concern.Resolver, static (a, b) => a.SearchDomains.AsSpan().SequenceEqual(b.SearchDomains.AsSpan())),

        new(nameof(InterfaceConfiguration.Dns), Concern.Resolver, static (a, b) => a.Dns == b.Dns),
        new(nameof(InterfaceConfiguration.Master), Concern.Bond, static (a, b) => a.Master is null ? b.Master is null : a.Master.SameAs(b.Master)),
        new(nameof(InterfaceConfiguration.PathFailover), Concern.Paths, static (a, b) => a.PathFailover == b.PathFailover),
        new(nameof(InterfaceConfiguration.Supplicant), Concern.Supplicant, static (a, b) => a.Supplicant == b.Supplicant),
        // What may be done at the end.
        new(nameof(InterfaceConfiguration.ReleaseOnStop), Concern.Nobody, static (a, b) => a.ReleaseOnStop == b.ReleaseOnStop),

        // What DHCPv4 says to its server of link-local addresses (RFC 2563), and for which addresses DHCPINFORM asks.
        new(nameof(InterfaceConfiguration.WantsLinkLocal), Concern.Dhcp4, static (a, b) => a.WantsLinkLocal == b.WantsLinkLocal),
        new(nameof(InterfaceConfiguration.InformedAddresses), Concern.Dhcp4, static (a, b) => a.InformedAddresses.AsSpan().SequenceEqual(b.InformedAddresses.AsSpan())),
    ];

    /// <summary>Whom it concerns that <paramref name="after"/> takes the place of <paramref name="before"/>.</summary>
    public static Concern Differences(InterfaceConfiguration before, InterfaceConfiguration after)
    {
        Concern concern = Concern.Nobody;
        foreach (Setting<InterfaceConfiguration> setting in All)
            if (!setting.IsSame(before, after)) concern |= setting.Concern;
        return concern;
    }

    /// <summary>True when both say the same.</summary>
    public static bool AreSame(InterfaceConfiguration one, InterfaceConfiguration other)
    {
        foreach (Setting<InterfaceConfiguration> setting in All)
            if (!setting.IsSame(one, other)) return false;
        return true;
    }
}
