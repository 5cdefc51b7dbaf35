using BondDhcp.Bond.Linux;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Host.Configuration;

namespace BondDhcp.Host.Runner;

/// <summary>What one interface is to be run with. Immutable; a reload makes a new one.</summary>
internal sealed record InterfaceRunnerOptions
{
    /// <summary>The interface's section of the configuration.</summary>
    public required InterfaceConfiguration Interface { get; init; }

    /// <summary>The client's settings.</summary>
    public required Dhcp4Settings Dhcp4 { get; init; }

    /// <summary>What its messages carry; the client identifier is the one of <see cref="Dhcp4"/>.</summary>
    public required Dhcp4Identification Identification { get; init; }

    /// <summary>Opens the record of what is ours on the interface with this index; null where none is kept.</summary>
    public Func<int, OwnershipFile>? OpenRecord { get; init; }

    /// <summary>The kernel's name of the interface, or one of its alternative names.</summary>
    public string Name => Interface.Name;
}

/// <summary>What is kept of one interface across restarts.</summary>
/// <typeparam name="T">One family's leases.</typeparam>
/// <param name="Load">What was kept; empty when there is nothing, or nothing sound.</param>
/// <param name="Save">Keeps it; that a disk does not take it harms no lease.</param>
/// <param name="SaveFirst">As <paramref name="Save"/>, and waits for the disk, but not for one that stands still: for a lease that is to be forgotten before it is given back.</param>
/// <param name="SetAside">Puts what is kept where it is not loaded any more; for a lease that breaks its client.</param>
internal sealed record LeaseMemory<T>(Func<T> Load, Action<T> Save, Action<T> SaveFirst, Action<string> SetAside);

/// <summary>A lease that was configured.</summary>
/// <param name="Lease">The lease.</param>
/// <param name="Previous">The one until then; the same one where it was only put there again, null for none.</param>
/// <param name="StateBefore">The client's state in which it came.</param>
internal readonly record struct ConfiguredLease(Dhcp4Lease Lease, Dhcp4Lease? Previous, string StateBefore);
