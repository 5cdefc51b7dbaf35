using BondDhcp.Host.Configuration;

namespace BondDhcp.Host.Components;

/// <summary>Which components a configuration has, and which of them stands on which. Pure.</summary>
internal static class ComponentGraph
{
    /// <summary>
    /// Every component, in the order in which they are started: what others stand on comes first. DHCPv6 before DHCPv4, because
    /// its exchange takes longer.
    /// </summary>
    public static IReadOnlyList<ComponentSpec> Of(DaemonConfiguration configuration)
    {
        List<ComponentSpec> all = [];
        foreach (InterfaceConfiguration one in configuration.Interfaces)
        {
            if (one.Master is { } master)
            {
                all.Add(new ComponentSpec(ComponentKind.Master, one.Name, one));
                foreach (BondDhcp.Bond.Plan.SlaveSettings slave in master.Slaves) all.Add(new ComponentSpec(ComponentKind.Slave, slave.Name, one));
            }
            if (one.Supplicant is not null) all.Add(new ComponentSpec(ComponentKind.Supplicant, one.Name, one));
            if (one.HasStatic) all.Add(new ComponentSpec(ComponentKind.Static, one.Name, one));
            if (one.Dhcp6 is not null) all.Add(new ComponentSpec(ComponentKind.Dhcp6, one.Name, one));
            if (one.Dhcp4 || one.Inform) all.Add(new ComponentSpec(ComponentKind.Dhcp4, one.Name, one));
        }
        return [.. all.OrderBy(spec => StartRank(spec.Kind))];
    }

    /// <summary>
    /// The place in the order of starting. A supplicant before static addresses and leases, which wait for its
    /// authorisation; after the slaves, which are set down to be enslaved.
    /// </summary>
    public static int StartRank(ComponentKind kind) => kind switch
    {
        ComponentKind.Master => 0,
        ComponentKind.Slave => 1,
        ComponentKind.Supplicant => 2,
        ComponentKind.Static => 3,
        _ => 4,
    };

    /// <summary>True when <paramref name="one"/> cannot be there without <paramref name="other"/>.</summary>
    public static bool StandsOn(ComponentSpec one, ComponentSpec other) =>
        other.Kind == ComponentKind.Master && one.Kind switch
        {
            ComponentKind.Dhcp4 or ComponentKind.Dhcp6 or ComponentKind.Static => one.Interface == other.Interface,
            // A slave of this master; or this master as a port of a bridge.
            ComponentKind.Slave => one.Owner.Name == other.Interface || one.Interface == other.Interface,
            _ => false,
        };

    /// <summary>
    /// True when the component is taken down at SIGTERM: its section has release-on-stop, or it is the supplicant of a
    /// slave whose master has.
    /// </summary>
    public static bool IsReleasedOnStop(ComponentSpec spec, DaemonConfiguration configuration) =>
        spec.Owner.ReleaseOnStop
        || (spec.Kind == ComponentKind.Supplicant
            && configuration.Interfaces.Any(one => one is { ReleaseOnStop: true, Master: { } master } && master.FindSlave(spec.Interface) is not null));
}
