using System.Collections.Immutable;
using BondDhcp.Bond.Addressing;
using BondDhcp.Dhcp.Client;
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

    /// <summary>When an IPv4 address is checked before use.</summary>
    public ConflictDetection ConflictDetection { get; init; } = ConflictDetection.Before;

    /// <summary>What is done about a conflict later.</summary>
    public AddressDefence Defend { get; init; } = AddressDefence.Once;

    /// <summary>Metric of connected routes and of routes that name none.</summary>
    public uint Metric { get; init; }

    /// <summary>The settings of an interface's section.</summary>
    public static StaticSettings Of(InterfaceConfiguration configuration) => new()
    {
        Name = configuration.Name,
        Addresses = configuration.Addresses,
        Routes = configuration.Routes,
        Fallback = configuration.Fallback,
        ConflictDetection = configuration.StaticConflictDetection,
        Defend = configuration.Defend,
        Metric = configuration.Metric,
    };

    /// <summary>As the configurator wants it, with the fallback addresses while they are in use.</summary>
    public StaticConfiguration ToConfiguration(bool withFallback) => new()
    {
        Addresses = withFallback ? Addresses.AddRange(Fallback) : Addresses,
        Routes = Routes,
        Metric = Metric,
    };
}
