using BondDhcp.Bond.Linux;
using BondDhcp.Dhcp.Client6;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Host.Configuration;

namespace BondDhcp.Host.Runner;

/// <summary>What DHCPv6 on one interface is to be run with. Immutable; a reload makes a new one.</summary>
internal sealed record Dhcp6RunnerOptions
{
    /// <summary>The interface's section of the configuration.</summary>
    public required InterfaceConfiguration Interface { get; init; }

    /// <summary>The client's settings.</summary>
    public required Dhcp6Settings Dhcp6 { get; init; }

    /// <summary>What its messages carry; the DUID is the one of <see cref="Dhcp6"/>.</summary>
    public required Dhcp6Identification Identification { get; init; }

    /// <summary>Opens the record of what is ours on the interface with this index; null where none is kept.</summary>
    public Func<int, Ipv6OwnershipFile>? OpenRecord { get; init; }
}
