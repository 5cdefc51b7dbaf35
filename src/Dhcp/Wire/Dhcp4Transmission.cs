using BondDhcp.Net;

namespace BondDhcp.Dhcp.Wire;

/// <summary>What a DHCPREQUEST is for; on the wire they differ only in their fields (RFC 2131 section 4.3.2).</summary>
public enum Dhcp4RequestKind
{
    /// <summary>Not a DHCPREQUEST.</summary>
    None,
    /// <summary>Accepts an OFFER: options 50 and 54, ciaddr 0.</summary>
    Selecting,
    /// <summary>Confirms a lease: option 50, no 54, ciaddr 0.</summary>
    InitReboot,
    /// <summary>Extends at T1: unicast, ciaddr, neither 50 nor 54.</summary>
    Renewing,
    /// <summary>Extends at T2: as renewing, broadcast.</summary>
    Rebinding,
}

/// <summary>
/// A message the client decided to send: everything but what is only known when it is sent (the present hardware
/// address) and what never changes (client identifier, parameter request list, host name).
/// </summary>
public sealed record Dhcp4Transmission
{
    /// <summary>Type on the wire.</summary>
    public required Dhcp4MessageType Type { get; init; }

    /// <summary>For <see cref="Dhcp4MessageType.Request"/>, what it is for.</summary>
    public Dhcp4RequestKind RequestKind { get; init; }

    /// <summary>Transaction identifier, never 0.</summary>
    public required uint Xid { get; init; }

    /// <summary>Seconds since the acquisition, renewal or verification began; saturates at 65535.</summary>
    public ushort Secs { get; init; }

    /// <summary>The BROADCAST flag (bit 15 of flags).</summary>
    public bool Broadcast { get; init; }

    /// <summary>Client address, 0.0.0.0 unless the address is in use (RFC 2131 table 5).</summary>
    public Ipv4Address Ciaddr { get; init; }

    /// <summary>The chaddr to present; null: the interface's hardware address at the moment of sending.</summary>
    public MacAddress? Chaddr { get; init; }

    /// <summary>Option 50.</summary>
    public Ipv4Address? RequestedAddress { get; init; }

    /// <summary>Option 54.</summary>
    public Ipv4Address? ServerIdentifier { get; init; }

    /// <summary>Option 80, DHCPDISCOVER only.</summary>
    public bool RapidCommit { get; init; }

    /// <summary>Option 116 = 1, DHCPDISCOVER only (RFC 2563).</summary>
    public bool AutoConfigure { get; init; }

    /// <summary>
    /// Under the anonymity profile, which order its options have: the message then holds what RFC 7844 section 3 allows and
    /// nothing else, with the chaddr as client identifier. Null: an ordinary message.
    /// </summary>
    public uint? AnonymousOrder { get; init; }

    /// <summary>Option 56: why an address is declined.</summary>
    public string? Message { get; init; }

    /// <summary>IP source.</summary>
    public Ipv4Address Source { get; init; }

    /// <summary>IP destination; 255.255.255.255 goes out by the packet socket, all else by the UDP socket.</summary>
    public Ipv4Address Destination { get; init; } = Ipv4Address.Broadcast;
}
