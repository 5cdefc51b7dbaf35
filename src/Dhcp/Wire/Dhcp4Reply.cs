using System.Collections.Immutable;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Wire;

/// <summary>
/// The validated facts of one DHCPOFFER, DHCPACK or DHCPNAK: what <see cref="Dhcp4ReplyReader"/> makes of a message
/// once every rule that does not depend on the client's state holds. Immutable; holds no span.
/// </summary>
public sealed record Dhcp4Reply
{
    /// <summary><see cref="Dhcp4MessageType.Offer"/>, Ack or Nak.</summary>
    public required Dhcp4MessageType Type { get; init; }

    /// <summary>Transaction identifier.</summary>
    public required uint Xid { get; init; }

    /// <summary>The first six octets of chaddr.</summary>
    public required MacAddress Chaddr { get; init; }

    /// <summary>
    /// The address offered or granted, or the one for which a DHCPINFORM was sent; 0.0.0.0 in a NAK, and in an OFFER with
    /// option 108 or 116.
    /// </summary>
    public Ipv4Address Yiaddr { get; init; }

    /// <summary>Next server.</summary>
    public Ipv4Address Siaddr { get; init; }

    /// <summary>Relay agent; 0.0.0.0 when there is none.</summary>
    public Ipv4Address Giaddr { get; init; }

    /// <summary>Option 54: present and a usable unicast address.</summary>
    public required Ipv4Address ServerIdentifier { get; init; }

    /// <summary>Option 51, seconds; 0xffffffff is infinite; 0 in a NAK and in an ACK to DHCPINFORM.</summary>
    public uint LeaseSeconds { get; init; }

    /// <summary>Option 58 (T1), seconds, as sent; null when absent.</summary>
    public uint? RenewalSeconds { get; init; }

    /// <summary>Option 59 (T2), seconds, as sent; null when absent.</summary>
    public uint? RebindingSeconds { get; init; }

    /// <summary>1 to 32: of option 1, or classful where that is missing.</summary>
    public int PrefixLength { get; init; }

    /// <summary>Option 3, unusable entries left out.</summary>
    public ImmutableArray<Ipv4Address> Routers { get; init; } = [];

    /// <summary>The routes in force: option 121, else 249, else 33 and the first router of 3 as default (RFC 3442).</summary>
    public ImmutableArray<Dhcp4Route> Routes { get; init; } = [];

    /// <summary>Option 6, unusable entries left out.</summary>
    public ImmutableArray<Ipv4Address> DnsServers { get; init; } = [];

    /// <summary>Option 42.</summary>
    public ImmutableArray<Ipv4Address> NtpServers { get; init; } = [];

    /// <summary>Option 15, validated LDH labels; null when absent or not a name.</summary>
    public string? DomainName { get; init; }

    /// <summary>Option 12, validated LDH labels; null when absent or not a name.</summary>
    public string? HostName { get; init; }

    /// <summary>Option 119 (RFC 3397), validated LDH labels; a name that is none is left out, a malformed list as a whole.</summary>
    public ImmutableArray<string> SearchDomains { get; init; } = [];

    /// <summary>Option 101: a name of the time zone database (RFC 4833); null when absent or not one. Whether it exists is not asked.</summary>
    public string? TimeZoneName { get; init; }

    /// <summary>Option 100: a time zone as POSIX writes it (RFC 4833); null when absent or not one.</summary>
    public string? PosixTimeZone { get; init; }

    /// <summary>Option 114 (RFC 8910): http, https or a URN of capport; null when absent or anything else. Nobody opens it.</summary>
    public string? CaptivePortal { get; init; }

    /// <summary>Option 162 (RFC 9463), best first; instances that do not hold are left out.</summary>
    public ImmutableArray<EncryptedResolver> EncryptedResolvers { get; init; } = [];

    /// <summary>Option 26, bytes, as sent; the policy is the interface's.</summary>
    public int? Mtu { get; init; }

    /// <summary>Option 28 where it is consistent with the mask, else the computed one; null for /31 and /32.</summary>
    public Ipv4Address? BroadcastAddress { get; init; }

    /// <summary>Option 80 present with length 0 (RFC 4039).</summary>
    public bool RapidCommit { get; init; }

    /// <summary>Option 108, seconds (RFC 8925); null when absent or malformed.</summary>
    public uint? Ipv6OnlyWaitSeconds { get; init; }

    /// <summary>Option 116 (RFC 2563): 0 or 1; null when absent.</summary>
    public byte? AutoConfigure { get; init; }

    /// <summary>Option 56, raw: text from the network, to be escaped wherever it is printed.</summary>
    public string? Message { get; init; }

    /// <summary>Every option of the message but pad and end, fragments joined (RFC 3396), in order of first appearance.</summary>
    public ImmutableArray<Dhcp4Option> Options { get; init; } = [];

    /// <summary>Codes of <see cref="Options"/> in which the configuration has a part, or all; empty as a server sent them.</summary>
    public ImmutableArray<byte> Configured { get; init; } = [];

    /// <summary>Routes that the configuration put into an option: what is refused to a network is not refused to them.</summary>
    public ImmutableArray<Dhcp4Route> ConfiguredRoutes { get; init; } = [];

    /// <summary>The router that stands for the network: next hop of the default route, else the first router; null when there is none.</summary>
    public Ipv4Address? Gateway
    {
        get
        {
            foreach (Dhcp4Route route in Routes)
                if (route.Destination.PrefixLength == 0 && !route.Gateway.IsAny) return route.Gateway;
            return Routers.IsDefaultOrEmpty ? null : Routers[0];
        }
    }

    /// <summary>What was odd but not a reason to drop it: a missing mask, an option ignored for its length.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];
}

/// <summary>One option as it was sent.</summary>
/// <param name="Code">Option code, 1 to 254.</param>
/// <param name="Data">Its data, fragments joined.</param>
public readonly record struct Dhcp4Option(byte Code, ImmutableArray<byte> Data);

/// <summary>A route handed out by a server.</summary>
/// <param name="Destination">Masked prefix; 0.0.0.0/0 is the default route.</param>
/// <param name="Gateway">Next hop; 0.0.0.0 means on-link (RFC 3442).</param>
public readonly record struct Dhcp4Route(Ipv4Prefix Destination, Ipv4Address Gateway);
