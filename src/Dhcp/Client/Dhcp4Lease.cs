using System.Collections.Immutable;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Client;

/// <summary>A lease as granted, with what was learnt about the network it belongs to. Immutable.</summary>
public sealed record Dhcp4Lease
{
    /// <summary>The DHCPACK that granted or last extended it.</summary>
    public required Dhcp4Reply Ack { get; init; }

    /// <summary>The address.</summary>
    public Ipv4Address Address => Ack.Yiaddr;

    /// <summary>The address with its prefix length.</summary>
    public Ipv4Prefix Prefix => new(Ack.Yiaddr, Ack.PrefixLength);

    /// <summary>The server that granted it (option 54).</summary>
    public Ipv4Address ServerIdentifier => Ack.ServerIdentifier;

    /// <summary>The client identifier under which it was granted (option 61, data octets).</summary>
    public required ImmutableArray<byte> ClientIdentifier { get; init; }

    /// <summary>The chaddr under which it was last acknowledged.</summary>
    public required MacAddress Chaddr { get; init; }

    /// <summary>Learnt: the server refused our new chaddr and acknowledged the lease's (DHCPNAK to N, DHCPACK to S).</summary>
    public bool KeyedByChaddr { get; init; }

    /// <summary>The last DHCPACK answered the lease's chaddr: renewals present it, with the BROADCAST flag, until the current one is acknowledged.</summary>
    public bool RenewWithLeaseChaddr { get; init; }

    /// <summary>The lease's chaddr is of a device that left this host, and its one verification with it has been sent.</summary>
    public bool DepartedChaddrTried { get; init; }

    /// <summary>When the request that this lease answers was first sent: lease time counts from here (RFC 2131 section 4.4.1).</summary>
    public required Instant ObtainedAt { get; init; }

    /// <summary>T1; <see cref="Instant.Never"/> for an infinite lease.</summary>
    public required Instant RenewAt { get; init; }

    /// <summary>T2.</summary>
    public required Instant RebindAt { get; init; }

    /// <summary>The end.</summary>
    public required Instant ExpiresAt { get; init; }

    /// <summary>Read from the store after the wall clock went back: whether it has ended cannot be told, so it may only be confirmed, not used.</summary>
    public bool ExpiryUnknown { get; init; }

    /// <summary>Hardware address of the first router, learnt by ARP; null while unknown.</summary>
    public MacAddress? GatewayMac { get; init; }

    /// <summary>Servers that have granted something on this network, newest first, at most <see cref="MaxKnownServers"/>.</summary>
    public ImmutableArray<Ipv4Address> KnownServers { get; init; } = [];

    /// <summary>How many servers are remembered per network.</summary>
    public const int MaxKnownServers = 8;

    /// <summary>The router that stands for the network: next hop of the default route; null when there is none.</summary>
    public Ipv4Address? Gateway => Ack.Gateway;
}

/// <summary>What outlives a client: leases by network, newest first. What the store keeps.</summary>
/// <param name="Leases">At most <see cref="MaxLeases"/>, the one in use or last used first.</param>
/// <param name="LastAddress">The address last held, also after a release: a hint for option 50.</param>
public sealed record Dhcp4Memory(ImmutableArray<Dhcp4Lease> Leases, Ipv4Address? LastAddress)
{
    /// <summary>Networks remembered per interface.</summary>
    public const int MaxLeases = 8;

    /// <summary>Nothing remembered.</summary>
    public static readonly Dhcp4Memory Empty = new([], null);
}
