using System.Collections.Immutable;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Client6;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Host.Hooks;
using BondDhcp.Host.Resolver;
using BondDhcp.Host.Runner;
using BondDhcp.Net;

namespace BondDhcp.Host.Status;

/// <summary>A component and how it fares.</summary>
/// <param name="Name"><c>dhcp4@eth0</c>.</param>
/// <param name="State">running, waiting, stopped or failed.</param>
/// <param name="Why">Why it is not running; null where it is.</param>
internal sealed record ComponentSnapshot(string Name, string State, string? Why);

/// <summary>An address on an interface.</summary>
/// <param name="Address">With its prefix length.</param>
/// <param name="Origin">dhcp4, dhcp6, static, fallback, link-local, kernel or foreign.</param>
/// <param name="ValidUntil">When the kernel removes it; <see cref="Instant.Never"/> for never.</param>
internal sealed record AddressSnapshot(string Address, string Origin, Instant ValidUntil);

/// <summary>DHCPv4 on an interface.</summary>
/// <param name="State">One of the state names.</param>
/// <param name="Lease">The lease in force; null without one.</param>
/// <param name="ClientIdentifier">Option 61 as it is sent.</param>
/// <param name="Iaid">The IAID in it; null where the client identifier is not made of one.</param>
internal sealed record Dhcp4Snapshot(string State, Dhcp4Lease? Lease, ImmutableArray<byte> ClientIdentifier, uint? Iaid)
{
    /// <summary>The IAID in a client identifier; null where it is not made of one.</summary>
    public static uint? IaidOf(ImmutableArray<byte> clientIdentifier) =>
        Dhcp4ClientIdentifier.TryGetDuid(clientIdentifier.AsSpan(), out Iaid iaid, out _) ? iaid.Value : null;

    /// <summary>What is in <see cref="Lease"/> was said to a DHCPINFORM: the address was there before, and nothing ends.</summary>
    public bool IsInform { get; init; }

    /// <summary>Those of the lease's routes that are not on the interface, with the reason; nothing is known of them without a daemon.</summary>
    public ImmutableArray<RefusedRoute> RefusedRoutes { get; init; } = [];
}

/// <summary>DHCPv6 on an interface.</summary>
/// <param name="State">One of the state names.</param>
/// <param name="Lease">The lease in force; null without one.</param>
/// <param name="Reply">The message whose options are in force; null without one.</param>
/// <param name="ClientIdentifier">The DUID as it is sent; null while it is not known.</param>
/// <param name="Iaid">The IAID; null while it is not known.</param>
internal sealed record Dhcp6Snapshot(string State, Dhcp6Lease? Lease, Dhcp6Reply? Reply, Duid? ClientIdentifier, Iaid? Iaid)
{
    /// <summary>When configuration without a lease came, and when it is asked for again; null where there is a lease, or nothing.</summary>
    public Dhcp6Information? Information { get; init; }
}

/// <summary>An interface as <c>status</c> and <c>lease</c> show it.</summary>
internal sealed record InterfaceSnapshot
{
    /// <summary>The kernel's name.</summary>
    public required string Name { get; init; }

    /// <summary>DHCP runs under the anonymity profile (RFC 7844).</summary>
    public bool Anonymity { get; init; }

    /// <summary>It is to have addresses: DHCP or static ones are configured.</summary>
    public bool IsAddressed { get; init; }

    /// <summary>Its hardware address now; null while it is not there.</summary>
    public MacAddress? Mac { get; init; }

    /// <summary>It has a carrier; null while it is not there.</summary>
    public bool? Carrier { get; init; }

    /// <summary>The operational state in the kernel's words; null while it is not there.</summary>
    public string? OperState { get; init; }

    /// <summary>A frame sent now gets into the network.</summary>
    public bool IsUsable { get; init; }

    /// <summary>Why it cannot be used; null when it can.</summary>
    public string? Why { get; init; }

    /// <summary>The slave in use; null where there is none.</summary>
    public string? ActiveSlave { get; init; }

    /// <summary>What became of the bond's slave in use since the daemon watches it; null for what is no bond.</summary>
    public FailoverSnapshot? Failovers { get; init; }

    /// <summary>Slaves, those configured that are not there included.</summary>
    public ImmutableArray<SlaveSnapshot> Slaves { get; init; } = [];

    /// <summary>Its supplicant; null where it has none.</summary>
    public SupplicantSnapshot? Supplicant { get; init; }

    /// <summary>DHCPv4; null where it is not configured.</summary>
    public Dhcp4Snapshot? Dhcp4 { get; init; }

    /// <summary>DHCPv6; null where it is not configured.</summary>
    public Dhcp6Snapshot? Dhcp6 { get; init; }

    /// <summary>What its networks offer beside addresses, and who takes the name servers; null for nothing.</summary>
    public ResolverSnapshot? Resolver { get; init; }

    /// <summary>Addresses on it.</summary>
    public ImmutableArray<AddressSnapshot> Addresses { get; init; } = [];

    /// <summary>Other programs that configure it, or a device below it.</summary>
    public ImmutableArray<RivalSnapshot> Rivals { get; init; } = [];

    /// <summary>What DHCPv4 counted; null where it has not begun.</summary>
    public CountersSnapshot? Counters4 { get; init; }

    /// <summary>What DHCPv6 counted; null where it has not begun.</summary>
    public CountersSnapshot? Counters6 { get; init; }

    /// <summary>Packets not used, by reason.</summary>
    public ImmutableArray<KeyValuePair<string, long>> Drops { get; init; } = [];
}

/// <summary>Everything at one moment.</summary>
/// <param name="From"><c>daemon</c> or <c>state-directory</c>.</param>
/// <param name="Boot">When boot was, as people say it: what turns instants into times.</param>
internal sealed record DaemonSnapshot(string From, DateTimeOffset Boot)
{
    /// <summary>The DUID; empty while unknown.</summary>
    public ImmutableArray<byte> Duid { get; init; } = [];

    /// <summary>The daemon itself; null where there is none.</summary>
    public DaemonFacts? Daemon { get; init; }

    /// <summary>How hooks fare; null where there are none.</summary>
    public HookSnapshot? Hooks { get; init; }

    /// <summary>The components.</summary>
    public ImmutableArray<ComponentSnapshot> Components { get; init; } = [];

    /// <summary>The interfaces.</summary>
    public ImmutableArray<InterfaceSnapshot> Interfaces { get; init; } = [];
}
