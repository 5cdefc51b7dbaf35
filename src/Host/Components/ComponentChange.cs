using BondDhcp.Host.Configuration;

namespace BondDhcp.Host.Components;

/// <summary>Which components a changed section concerns. Pure.</summary>
internal static class ComponentChange
{
    /// <summary>
    /// True when what runs goes on under the new configuration: it is still there, and a slave is the same master's. One
    /// that changes masters leaves, and begins anew; so does a client that asks for something else by other messages.
    /// </summary>
    public static bool GoesOn(ComponentSpec before, ComponentSpec? after) => after is not null && before.Kind switch
    {
        ComponentKind.Slave => before.Owner.Name == after.Owner.Name,
        ComponentKind.Dhcp4 => before.Owner.Inform == after.Owner.Inform,
        _ => true,
    };

    /// <summary>True when a component of this kind is to be told.</summary>
    public static bool Disturbs(ComponentKind kind, InterfaceConfiguration before, InterfaceConfiguration after) => kind switch
    {
        ComponentKind.Dhcp4 or ComponentKind.Dhcp6 => !after.SameAs(before with
        {
            // What it may do at the end, and what other components do, is nothing to the client.
            ReleaseOnStop = after.ReleaseOnStop,
            Dns = after.Dns,
            Master = after.Master,
            Supplicant = after.Supplicant,
            // It is for these that DHCPINFORM asks.
            Addresses = after.Inform ? before.Addresses : after.Addresses,
            Routes = after.Routes,
            Fallback = after.Fallback,
            StaticConflictDetection = after.StaticConflictDetection,
            PathFailover = after.PathFailover,
        }),
        // A membership is its master's matter.
        ComponentKind.Slave => false,
        // A master that is told forgives what others did to it, and that would put back a slave which a person took out.
        ComponentKind.Master => after.Master?.SameAs(before.Master) != true,
        // Those compare for themselves: static configuration does nothing where nothing differs, and a supplicant's own file may have changed.
        _ => true,
    };
}
