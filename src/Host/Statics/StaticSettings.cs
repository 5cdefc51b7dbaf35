using System.Collections.Immutable;
using System.Net;
using BondDhcp.Bond.Addressing;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Host.Configuration;

namespace BondDhcp.Host.Statics;

/// <summary>What is written down for one interface, and how carefully it is used. Immutable; a reload makes a new one.</summary>
internal sealed record StaticSettings
{
    /// <summary>The kernel's name of the interface, or one of its alternative names.</summary>
    public required string Name { get; init; }

    /// <summary>Addresses that are always there.</summary>
    public ImmutableArray<StaticAddress> Addresses { get; init; } = [];

    /// <summary>Routes that are always there.</summary>
    public ImmutableArray<StaticRoute> Routes { get; init; } = [];

    /// <summary>Addresses that appear when no lease comes and yield to one.</summary>
    public ImmutableArray<StaticAddress> Fallback { get; init; } = [];

    /// <summary>The link-local addresses to try when no lease comes (RFC 3927); null for none.</summary>
    public LinkLocalSequence? LinkLocal { get; init; }

    /// <summary>DHCPv4 runs on the interface: a link-local address waits for it.</summary>
    public bool AwaitsLease { get; init; }

    /// <summary>When an IPv4 address is checked before use.</summary>
    public ConflictDetection ConflictDetection { get; init; } = ConflictDetection.Before;

    /// <summary>What is done about a conflict later.</summary>
    public AddressDefence Defend { get; init; } = AddressDefence.Once;

    /// <summary>Name servers that are told while this is on the interface.</summary>
    public ImmutableArray<IPAddress> NameServers { get; init; } = [];

    /// <summary>Domains that are told with them.</summary>
    public ImmutableArray<string> SearchDomains { get; init; } = [];

    /// <summary>Metric of connected routes and of routes that name none.</summary>
    public uint Metric { get; init; }

    /// <summary>The settings of an interface's section.</summary>
    /// <param name="configuration">The section.</param>
    /// <param name="duid">The host's DUID; what link-local addresses come from. Null where none is known, and none is made.</param>
    public static StaticSettings Of(InterfaceConfiguration configuration, Duid? duid) => new()
    {
        LinkLocal = configuration.WantsLinkLocal && duid is not null ? new LinkLocalSequence(duid, InterfaceIdentity.IaidOf(configuration)) : null,
        AwaitsLease = configuration.Dhcp4,
        Name = configuration.Name,
        Addresses = configuration.Addresses,
        Routes = configuration.Routes,
        Fallback = configuration.Fallback,
        ConflictDetection = configuration.StaticConflictDetection,
        Defend = configuration.Defend,
        Metric = configuration.Metric,
        NameServers = configuration.NameServers,
        SearchDomains = configuration.SearchDomains,
    };

    /// <summary>As the configurator wants it, with the fallback addresses while they are in use, and the link-local one.</summary>
    public StaticConfiguration ToConfiguration(bool withFallback, IEnumerable<StaticAddress> linkLocal) => new()
    {
        Addresses = [.. Addresses, .. withFallback ? Fallback : [], .. linkLocal],
        Routes = Routes,
        Metric = Metric,
    };
}
