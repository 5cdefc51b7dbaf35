namespace BondDhcp.Host.Configuration;

/// <summary>Whom a setting concerns: who does something else when it is another.</summary>
[Flags]
internal enum Concern
{
    /// <summary>Nobody who runs: it is looked up when it counts, or what it stands for is compared itself.</summary>
    Nobody = 0,
    /// <summary>The client of DHCPv4.</summary>
    Dhcp4 = 1 << 0,
    /// <summary>The client of DHCPv6.</summary>
    Dhcp6 = 1 << 1,
    /// <summary>Both clients.</summary>
    Clients = Dhcp4 | Dhcp6,
    /// <summary>Addresses and routes that were written down.</summary>
    Static = 1 << 2,
    /// <summary>Who tells resolvers of name servers.</summary>
    Resolver = 1 << 3,
    /// <summary>The bond or bridge, and its slaves.</summary>
    Bond = 1 << 4,
    /// <summary>Who watches which network each slave reaches, and what the kernel may announce there.</summary>
    Paths = 1 << 5,
    /// <summary>The interface's wpa_supplicant.</summary>
    Supplicant = 1 << 6,
    /// <summary>What the daemon does beside its interfaces: hooks, the control socket.</summary>
    Daemon = 1 << 7,
}

/// <summary>One setting of a configuration.</summary>
/// <typeparam name="T">The record that holds it.</typeparam>
/// <param name="Name">The property's name there.</param>
/// <param name="Concern">Whom it concerns.</param>
/// <param name="IsSame">True when two records say the same of it, arrays compared by content.</param>
internal sealed record Setting<T>(string Name, Concern Concern, Func<T, T, bool> IsSame);
