using System.Collections.Immutable;
using System.Net;
using BondDhcp.Bond.Addressing;
using BondDhcp.Bond.Plan;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Client6;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Dhcp.Options;
using BondDhcp.Host.Supplicants;
using BondDhcp.Net;

namespace BondDhcp.Host.Configuration;

/// <summary>Which of a lease's routes are taken.</summary>
internal enum LeaseRoutes
{
    /// <summary>All of them.</summary>
    Accept,
    /// <summary>The default route and ordinary ones: no prefix shorter than /8, none into a protected prefix.</summary>
    Limited,
    /// <summary>The default route and what its gateway needs.</summary>
    DefaultOnly,
    /// <summary>None.</summary>
    Ignore,
}

/// <summary>What becomes of the name servers of a lease.</summary>
internal enum DnsOutput
{
    /// <summary>To resolved or resolvconf, whichever runs.</summary>
    Auto,
    /// <summary>Into /etc/resolv.conf.</summary>
    File,
    /// <summary>Nothing.</summary>
    None,
}

/// <summary>The configuration of one interface. Immutable. Whom each setting concerns is said in <see cref="InterfaceSettings"/>.</summary>
internal sealed record InterfaceConfiguration
{
    /// <summary>The kernel's name.</summary>
    public required string Name { get; init; }

    /// <summary>DHCPv4 is wanted.</summary>
    public bool Dhcp4 { get; init; }

    /// <summary>What of DHCPv6 is wanted; null for nothing.</summary>
    public Dhcp6Mode? Dhcp6 { get; init; }

    /// <summary>The first SOLICIT waits for up to a second, as RFC 9915 section 18.2.1 would have it.</summary>
    public bool SolicitDelay { get; init; } = true;

    /// <summary>A delegated prefix of about this length is wanted too, 1 to 64; null for none.</summary>
    public int? PrefixLengthHint { get; init; }

    /// <summary>The IAID; null: from the interface's name.</summary>
    public uint? Iaid { get; init; }

    /// <summary>At SIGTERM the lease is given back and the address removed.</summary>
    public bool ReleaseOnStop { get; init; }

    /// <summary>When an address is checked before use.</summary>
    public ConflictDetection ConflictDetection { get; init; } = ConflictDetection.Fast;

    /// <summary>When a static address is checked before use: to the letter of RFC 5227 where nothing but <c>fast</c> was chosen, which is the default of leases.</summary>
    public ConflictDetection StaticConflictDetection { get; init; } = ConflictDetection.Before;

    /// <summary>What is done about a conflict later.</summary>
    public AddressDefence Defend { get; init; } = AddressDefence.Once;

    /// <summary>Route metric.</summary>
    public uint Metric { get; init; } = 1024;

    /// <summary>chaddr after a change of the hardware address.</summary>
    public ChaddrPolicy Chaddr { get; init; } = ChaddrPolicy.Auto;

    /// <summary>The BROADCAST flag.</summary>
    public BroadcastPolicy Broadcast { get; init; } = BroadcastPolicy.Auto;

    /// <summary>How long OFFERs are collected.</summary>
    public TimeSpan OfferWait { get; init; }

    /// <summary>Detect by ARP whether the network is still the same (RFC 4436).</summary>
    public bool DetectNetworkAttachment { get; init; } = true;

    /// <summary>Rapid commit in DHCPv4 (RFC 4039).</summary>
    public bool RapidCommit { get; init; }

    /// <summary>Rapid commit in DHCPv6 (RFC 9915 section 18.2.1).</summary>
    public bool RapidCommit6 { get; init; }

    /// <summary>RFC 8925.</summary>
    public bool Ipv6Only { get; init; }

    /// <summary>Which routes of a lease are taken.</summary>
    public LeaseRoutes LeaseRoutes { get; init; } = LeaseRoutes.Limited;

    /// <summary>IPv4 prefixes no lease may touch.</summary>
    public ImmutableArray<Ipv4Prefix> ProtectedRoutes { get; init; } = [];

    /// <summary>Servers that are the only ones listened to.</summary>
    public ImmutableArray<Ipv4Address> RequireServers { get; init; } = [];

    /// <summary>Servers that are never listened to.</summary>
    public ImmutableArray<Ipv4Address> RejectServers { get; init; } = [];

    /// <summary>Servers of DHCPv6 that are the only ones listened to.</summary>
    public ImmutableArray<Duid> RequireDuids { get; init; } = [];

    /// <summary>Servers of DHCPv6 that are never listened to.</summary>
    public ImmutableArray<Duid> RejectDuids { get; init; } = [];

    /// <summary>What is said about single options of DHCPv4.</summary>
    public OptionOverrides Options4 { get; init; } = OptionOverrides.None;

    /// <summary>What is said about single options of DHCPv6.</summary>
    public OptionOverrides Options6 { get; init; } = OptionOverrides.None;

    /// <summary>What becomes of name servers.</summary>
    public DnsOutput Dns { get; init; }

    /// <summary>The bond or bridge it is to be; null for an interface that others make.</summary>
    public MasterSettings? Master { get; init; }

    /// <summary>Leave a slave behind which the gateway is silent.</summary>
    public bool PathFailover { get; init; }

    /// <summary>The interface's wpa_supplicant; null without one.</summary>
    public SupplicantSettings? Supplicant { get; init; }

    /// <summary>Addresses that are always there, beside a lease.</summary>
    public ImmutableArray<StaticAddress> Addresses { get; init; } = [];

    /// <summary>Routes that are always there.</summary>
    public ImmutableArray<StaticRoute> Routes { get; init; } = [];

    /// <summary>Addresses that appear when no lease comes and yield to one.</summary>
    public ImmutableArray<StaticAddress> Fallback { get; init; } = [];

    /// <summary>Name servers that are always told, before those of leases; link-local ones are on this interface.</summary>
    public ImmutableArray<IPAddress> NameServers { get; init; } = [];

    /// <summary>Domains in which short names are always looked up, before those of leases.</summary>
    public ImmutableArray<string> SearchDomains { get; init; } = [];

    /// <summary>An address of 169.254.0.0/16 is taken when no lease comes (RFC 3927).</summary>
    public bool Ipv4LinkLocal { get; init; }

    /// <summary>True when a link-local address can come: it never does beside one that was written down (RFC 3927 section 1.9).</summary>
    public bool WantsLinkLocal => Ipv4LinkLocal && !Addresses.Concat(Fallback).Any(static address => address.IsIpv4);

    /// <summary>DHCPINFORM beside static addresses (RFC 2131 section 4.4.3).</summary>
    public bool Inform { get; init; }

    /// <summary>The addresses for which DHCPINFORM asks.</summary>
    public ImmutableArray<StaticAddress> InformedAddresses => Inform ? Addresses : [];

    /// <summary>The anonymity profile (RFC 7844).</summary>
    public bool Anonymity { get; init; }

    /// <summary>True when a lease of either family is wanted, or configuration alone.</summary>
    public bool HasDhcp => Dhcp4 || Inform || Dhcp6 is not null;

    /// <summary>True when addresses or routes are written down for the interface, or it may take a link-local one.</summary>
    public bool HasStaticAddressing => !Addresses.IsEmpty || !Routes.IsEmpty || !Fallback.IsEmpty || WantsLinkLocal;

    /// <summary>True when name servers or domains are written down for the interface.</summary>
    public bool HasStaticNames => !NameServers.IsEmpty || !SearchDomains.IsEmpty;

    /// <summary>True when anything is written down for the interface beside DHCP.</summary>
    public bool HasStatic => HasStaticAddressing || HasStaticNames;

    /// <summary>True when <paramref name="other"/> says the same, arrays compared by content.</summary>
    public bool SameAs(InterfaceConfiguration other) => InterfaceSettings.AreSame(this, other);
}
