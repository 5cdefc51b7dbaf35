namespace BondDhcp.Host.Components;

/// <summary>What a component is, in the order in which everything is taken down: what stands on something else goes before it.</summary>
internal enum ComponentKind
{
    /// <summary><c>dhcp6@bond0</c>: the DHCPv6 client of an interface.</summary>
    Dhcp6,
    /// <summary><c>dhcp4@bond0</c>: the DHCPv4 client of an interface.</summary>
    Dhcp4,
    /// <summary><c>static@bond0</c>: configured addresses and routes.</summary>
    Static,
    /// <summary><c>slave@enp3s0</c>: a device's membership in its bond or bridge.</summary>
    Slave,
    /// <summary><c>master@bond0</c>: a bond or bridge itself.</summary>
    Master,
    /// <summary><c>supplicant@wlp2s0</c>: wpa_supplicant on an interface. Last, so that a DHCPRELEASE still gets out over Wi-Fi.</summary>
    Supplicant,
}

/// <summary>One component as the configuration wants it.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Interface">The interface after the <c>@</c>.</param>
/// <param name="Owner">The section it comes from: its interface's own, or the master's for a slave.</param>
internal sealed record ComponentSpec(ComponentKind Kind, string Interface, Configuration.InterfaceConfiguration Owner)
{
    /// <summary><c>dhcp4@eth0</c>.</summary>
    public string Name => NameOf(Kind, Interface);

    /// <summary>The name of a component.</summary>
    public static string NameOf(ComponentKind kind, string interfaceName) => kind switch
    {
        ComponentKind.Dhcp6 => "dhcp6@",
        ComponentKind.Dhcp4 => "dhcp4@",
        ComponentKind.Static => "static@",
        ComponentKind.Slave => "slave@",
        ComponentKind.Master => "master@",
        _ => "supplicant@",
    } + interfaceName;
}
