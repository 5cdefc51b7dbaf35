using System.Collections.Immutable;

namespace BondDhcp.Host.Configuration;

/// <summary>Every setting above the sections, and whom on each interface it concerns; see <see cref="InterfaceSettings"/>. Pure.</summary>
internal static class DaemonSettings
{
    /// <summary>All of them.</summary>
    public static readonly ImmutableArray<Setting<DaemonConfiguration>> All =
    [
        new(nameof(DaemonConfiguration.HostNameSource), Concern.Clients, static (a, b) => a.HostNameSource == b.HostNameSource),
        new(nameof(DaemonConfiguration.HostName), Concern.Clients, static (a, b) => a.HostName == b.HostName),
        // DHCPv6 knows but one form.
        new(nameof(DaemonConfiguration.ClientIdentifierForm), Concern.Dhcp4, static (a, b) => a.ClientIdentifierForm == b.ClientIdentifierForm),
        new(nameof(DaemonConfiguration.ClientIdentifier), Concern.Dhcp4, static (a, b) => a.ClientIdentifier.AsSpan().SequenceEqual(b.ClientIdentifier.AsSpan())),
        // A link-local address of IPv4 is made of it too.
        new(nameof(DaemonConfiguration.Duid), Concern.Clients | Concern.Static, static (a, b) => a.Duid.AsSpan().SequenceEqual(b.Duid.AsSpan())),
        new(nameof(DaemonConfiguration.ControlGroup), Concern.Daemon, static (a, b) => a.ControlGroup == b.ControlGroup),
        new(nameof(DaemonConfiguration.Hooks), Concern.Daemon, static (a, b) => a.Hooks == b.Hooks),
        // What stands in the file is in the sections, and those are compared each for itself.
        new(nameof(DaemonConfiguration.NetworkConf), Concern.Nobody, static (a, b) => a.NetworkConf == b.NetworkConf),
        new(nameof(DaemonConfiguration.Interfaces), Concern.Nobody, static (a, b) => SaySame(a.Interfaces, b.Interfaces)),
    ];

    /// <summary>Whom on every interface it concerns that <paramref name="after"/> takes the place of <paramref name="before"/>.</summary>
    public static Concern Differences(DaemonConfiguration before, DaemonConfiguration after)
    {
        Concern concern = Concern.Nobody;
        foreach (Setting<DaemonConfiguration> setting in All)
            if (!setting.IsSame(before, after)) concern |= setting.Concern;
        return concern;
    }

    private static bool SaySame(ImmutableArray<InterfaceConfiguration> some, ImmutableArray<InterfaceConfiguration> others)
    {
        if (some.Length != others.Length) return false;
        for (int i = 0; i < some.Length; i++)
            if (!some[i].SameAs(others[i])) return false;
        return true;
    }
}
