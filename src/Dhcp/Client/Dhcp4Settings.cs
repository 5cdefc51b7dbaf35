using System.Collections.Immutable;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Client;

/// <summary>When an address is checked for another owner before use (RFC 5227).</summary>
public enum ConflictDetection
{
    /// <summary>Three probes within 200 ms, overlapping the exchange; used when the window is clean.</summary>
    Fast,
    /// <summary>RFC 5227 section 2.1 to the letter, after the DHCPACK: 4 to 7 s.</summary>
    Before,
    /// <summary>The window of <see cref="Fast"/>, but the address is used meanwhile, unannounced.</summary>
    Concurrent,
    /// <summary>No probing.</summary>
    Off,
}

/// <summary>What to do when another host claims our address (RFC 5227 section 2.4).</summary>
public enum AddressDefence
{
    /// <summary>(b): one announcement; a second conflict within 10 s means giving up.</summary>
    Once,
    /// <summary>(a): give up at once.</summary>
    Never,
    /// <summary>(c): never give up; at most one announcement per 10 s.</summary>
    Always,
}

/// <summary>Which chaddr a client presents after its hardware address changed under a lease.</summary>
public enum ChaddrPolicy
{
    /// <summary>Current first, the lease's where the server wants it.</summary>
    Auto,
    /// <summary>Only ever the current one.</summary>
    Current,
    /// <summary>The lease's first.</summary>
    Lease,
}

/// <summary>How the BROADCAST flag is set outside verification.</summary>
public enum BroadcastPolicy
{
    /// <summary>Clear; set on the first two transmissions after a change of the hardware address and on every second DHCPDISCOVER from the third on.</summary>
    Auto,
    /// <summary>Always set.</summary>
    Always,
    /// <summary>Never set.</summary>
    Never,
}

/// <summary>The configuration of one DHCPv4 client. Immutable; a reload makes a new one.</summary>
public sealed record Dhcp4Settings
{
    /// <summary>Option 61, data octets. Of no account with <see cref="Anonymous"/>.</summary>
    public required ImmutableArray<byte> ClientIdentifier { get; init; }

    /// <summary>
    /// The anonymity profile (RFC 7844 section 3): the client identifier is made of the hardware address of the moment, another
    /// one is another client, and messages hold what the profile allows.
    /// </summary>
    public bool Anonymous { get; init; }

    /// <summary>Conflict detection of addresses from a server.</summary>
    public ConflictDetection ConflictDetection { get; init; } = ConflictDetection.Fast;

    /// <summary>Defence of an address in use.</summary>
    public AddressDefence Defend { get; init; } = AddressDefence.Once;

    /// <summary>chaddr after a change of the hardware address.</summary>
    public ChaddrPolicy Chaddr { get; init; } = ChaddrPolicy.Auto;

    /// <summary>BROADCAST flag.</summary>
    public BroadcastPolicy Broadcast { get; init; } = BroadcastPolicy.Auto;

    /// <summary>How long OFFERs are collected; zero takes the first acceptable one. 0 to 60 s.</summary>
    public TimeSpan OfferWait { get; init; }

    /// <summary>Ask the known gateway by ARP whether the network is still the same (RFC 4436).</summary>
    public bool DetectNetworkAttachment { get; init; } = true;

    /// <summary>Send option 80 and take a DHCPACK to a DHCPDISCOVER (RFC 4039).</summary>
    public bool RapidCommit { get; init; }

    /// <summary>The interface can do without IPv4 (RFC 8925).</summary>
    public bool Ipv6Only { get; init; }

    /// <summary>Send option 116 (RFC 2563): IPv4 link-local addresses are configured here.</summary>
    public bool AutoConfigure { get; init; }

    /// <summary>Options without one of which no DHCPOFFER, and no DHCPACK to a DHCPDISCOVER, is taken.</summary>
    public ImmutableArray<byte> RequireOptions { get; init; } = [];

    /// <summary>Servers by server identifier that are the only ones listened to; empty for all.</summary>
    public ImmutableArray<Ipv4Address> RequireServers { get; init; } = [];

    /// <summary>Servers by server identifier that are never listened to.</summary>
    public ImmutableArray<Ipv4Address> RejectServers { get; init; } = [];

    /// <summary>True when a search under both asks in the same way, the same servers, and takes the same answers.</summary>
    public bool SearchesAs(Dhcp4Settings other) =>
        RapidCommit == other.RapidCommit && AutoConfigure == other.AutoConfigure && Ipv6Only == other.Ipv6Only
        && Chaddr == other.Chaddr && Broadcast == other.Broadcast
        && RequireOptions.AsSpan().SequenceEqual(other.RequireOptions.AsSpan())
        && RequireServers.AsSpan().SequenceEqual(other.RequireServers.AsSpan())
        && RejectServers.AsSpan().SequenceEqual(other.RejectServers.AsSpan());
}
