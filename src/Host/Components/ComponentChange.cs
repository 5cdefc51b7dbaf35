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

    /// <summary>True when a component of this kind is to act on what changed.</summary>
    /// <param name="kind">The component's.</param>
    /// <param name="concern">Whom the change concerns, by <see cref="InterfaceSettings"/> and <see cref="DaemonSettings"/>.</param>
    public static bool Disturbs(ComponentKind kind, Concern concern) => kind switch
    {
        ComponentKind.Dhcp4 => concern.HasFlag(Concern.Dhcp4),
        ComponentKind.Dhcp6 => concern.HasFlag(Concern.Dhcp6),
        // A membership is its master's matter.
        ComponentKind.Slave => false,
        // A master that is told forgives what others did to it, and that would put back a slave which a person took out.
        ComponentKind.Master => concern.HasFlag(Concern.Bond),
        // Those compare for themselves: static configuration does nothing where nothing differs, and a supplicant's own file may have changed.
        _ => true,
    };
}
