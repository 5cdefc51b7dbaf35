using System.Collections.Immutable;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Wire;

/// <summary>
/// A message the client decided to send. It always goes from the link-local address and port 546 to ff02::1:2 and port
/// 547 (RFC 9915 section 7). What never changes between messages is in <see cref="Dhcp6Identification"/>.
/// </summary>
public sealed record Dhcp6Transmission
{
    /// <summary>Type on the wire.</summary>
    public required Dhcp6MessageType Type { get; init; }

    /// <summary>Transaction identifier, 1 to 0xffffff; the same in every retransmission.</summary>
    public required uint Xid { get; init; }

    /// <summary>Option 8: hundredths of a second since the first transmission of this exchange; saturates at 65535.</summary>
    public ushort ElapsedCentiseconds { get; init; }

    /// <summary>Option 2: the server it is for; null where every server may answer.</summary>
    public Duid? ServerIdentifier { get; init; }

    /// <summary>Option 6, in order; empty for none. <see cref="Dhcp6OptionRequest"/> makes it.</summary>
    public ImmutableArray<ushort> OptionRequest { get; init; } = [];

    /// <summary>Option 14, SOLICIT only.</summary>
    public bool RapidCommit { get; init; }

    /// <summary>Who it is from under the anonymity profile (RFC 7844 section 4); null: an ordinary message.</summary>
    public Dhcp6Anonymity? Anonymity { get; init; }

    /// <summary>Option 3.</summary>
    public ImmutableArray<Dhcp6IaNaRequest> IaNas { get; init; } = [];

    /// <summary>Option 25.</summary>
    public ImmutableArray<Dhcp6IaPdRequest> IaPds { get; init; } = [];
}

/// <summary>
/// What the anonymity profile makes of a message: nothing of the <see cref="Dhcp6Identification"/> is in it.
/// </summary>
/// <param name="ClientIdentifier">Option 1, which INFORMATION-REQUEST goes without (RFC 7844 section 4.3.1).</param>
/// <param name="Order">Which order the options have, and the codes in option 6 (RFC 7844 sections 4.1 and 4.6).</param>
public sealed record Dhcp6Anonymity(Duid ClientIdentifier, uint Order);

/// <summary>An IA_NA as a client sends it: T1, T2 and lifetimes are 0 (RFC 9915 sections 21.4 and 21.6).</summary>
/// <param name="Iaid">Which association.</param>
/// <param name="Addresses">Those it has, gives back, declines, or would like.</param>
public sealed record Dhcp6IaNaRequest(Iaid Iaid, ImmutableArray<Ipv6Address> Addresses);

/// <summary>An IA_PD as a client sends it: T1, T2 and lifetimes are 0 (RFC 9915 sections 21.21 and 21.22).</summary>
/// <param name="Iaid">Which association.</param>
/// <param name="Prefixes">Those it has or gives back; <c>::/56</c> asks for a length.</param>
public sealed record Dhcp6IaPdRequest(Iaid Iaid, ImmutableArray<Ipv6Prefix> Prefixes);
