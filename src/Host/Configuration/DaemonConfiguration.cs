using System.Collections.Immutable;

namespace BondDhcp.Host.Configuration;

/// <summary>How DHCP names this host.</summary>
internal enum HostNameSource
{
    /// <summary>No name is sent.</summary>
    None,
    /// <summary>The short host name, read when the daemon starts or reloads.</summary>
    System,
    /// <summary>A name from the configuration.</summary>
    Configured,
}

/// <summary>What option 61 is made of.</summary>
internal enum ClientIdentifierForm
{
    /// <summary>255, IAID, DUID (RFC 4361 section 6.1).</summary>
    Duid,
    /// <summary>The DUID alone, as some dhclient configurations send it.</summary>
    BareDuid,
    /// <summary>1 and the hardware address the interface had when first used; stored, never follows a failover.</summary>
    Mac,
    /// <summary>Octets from the configuration.</summary>
    Octets,
}

/// <summary>The whole configuration. Immutable; a reload makes a new one. Whom each setting concerns is said in <see cref="DaemonSettings"/>.</summary>
internal sealed record DaemonConfiguration
{
    /// <summary>Where the host name comes from.</summary>
    public HostNameSource HostNameSource { get; init; } = HostNameSource.System;

    /// <summary>The configured name; with a dot it goes into option 81, without into option 12.</summary>
    public string? HostName { get; init; }

    /// <summary>The form of option 61.</summary>
    public ClientIdentifierForm ClientIdentifierForm { get; init; }

    /// <summary>For <see cref="ClientIdentifierForm.Octets"/>, the data of option 61: 2 to 255 octets.</summary>
    public ImmutableArray<byte> ClientIdentifier { get; init; } = [];

    /// <summary>The configured DUID, 3 to 130 octets; empty for the stored one.</summary>
    public ImmutableArray<byte> Duid { get; init; } = [];

    /// <summary>The group whose members may change things beside root; empty for none.</summary>
    public string ControlGroup { get; init; } = "";

    /// <summary>The directory of hooks; empty for none.</summary>
    public string Hooks { get; init; } = "";

    /// <summary>Where PRIMARY, ADDRS and ROUTES are; empty for nowhere.</summary>
    public string NetworkConf { get; init; } = "";

    /// <summary>Where the file usually is. Named, this one need not be there yet.</summary>
    public const string UsualNetworkConf = "/etc/conf.d/network.conf";

    /// <summary>The interfaces, in the order of the file.</summary>
    public ImmutableArray<InterfaceConfiguration> Interfaces { get; init; } = [];

    /// <summary>The configuration of one interface; null when it has none.</summary>
    public InterfaceConfiguration? Find(string name)
    {
        foreach (InterfaceConfiguration candidate in Interfaces)
            if (candidate.Name == name) return candidate;
        return null;
    }

    /// <summary>Every interface that is spoken of: those with a section, and slaves.</summary>
    public IReadOnlyCollection<string> InterfaceNames =>
        [.. Interfaces.SelectMany(static one => one.Master is { } master ? [one.Name, .. master.Slaves.Select(slave => slave.Name)] : (string[])[one.Name]).Distinct()];
}
