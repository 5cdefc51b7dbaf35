using System.Runtime.CompilerServices;
using BondDhcp.Bond.Linux;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Client6;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Host.Configuration;

namespace BondDhcp.Host.Runner;

/// <summary>What became of a lease of DHCPv6, or of configuration without one.</summary>
/// <param name="Before">The lease until now; null for none.</param>
/// <param name="After">The lease from now on, whose addresses can be used; null for none.</param>
/// <param name="Reply">The message whose options are in force; null for none.</param>
/// <param name="StateBefore">The client's state in which it came.</param>
/// <param name="End">Why what is gone went.</param>
internal sealed record Dhcp6Change(Dhcp6Lease? Before, Dhcp6Lease? After, Dhcp6Reply? Reply, string StateBefore, LeaseEnd End)
{
    /// <summary>The client's state by now.</summary>
    public string StateAfter { get; init; } = "bound";

    /// <summary>Configuration without a lease until now; null for none.</summary>
    public Dhcp6Information? InformationBefore { get; init; }

    /// <summary>Configuration without a lease from now on; null for none.</summary>
    public Dhcp6Information? InformationAfter { get; init; }

    /// <summary>The identity under which that was asked for.</summary>
    public Duid? ClientIdentifier { get; init; }
}

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

    /// <summary>The client that ran on the interface last, in this process: what it sent counts on. Kept up by the runner.</summary>
    public StrongBox<Dhcp6Client?> Last { get; init; } = new();
}
