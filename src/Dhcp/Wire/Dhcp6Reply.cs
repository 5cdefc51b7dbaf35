using System.Collections.Immutable;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Wire;

/// <summary>
/// The validated facts of one ADVERTISE or REPLY: what <see cref="Dhcp6ReplyReader"/> makes of a message. Immutable;
/// holds no span.
/// </summary>
public sealed record Dhcp6Reply
{
    /// <summary><see cref="Dhcp6MessageType.Advertise"/> or <see cref="Dhcp6MessageType.Reply"/>.</summary>
    public required Dhcp6MessageType Type { get; init; }

    /// <summary>Transaction identifier, 24 bits.</summary>
    public required uint Xid { get; init; }

    /// <summary>Option 2.</summary>
    public required Duid ServerIdentifier { get; init; }

    /// <summary>Option 1; null when absent, as it is in the answer to a message without one.</summary>
    public Duid? ClientIdentifier { get; init; }

    /// <summary>Option 7; 0 when absent. At 255 the client looks no further.</summary>
    public byte Preference { get; init; }

    /// <summary>Option 14 present with length 0.</summary>
    public bool RapidCommit { get; init; }

    /// <summary>Option 13 of the message itself.</summary>
    public Dhcp6Status Status { get; init; }

    /// <summary>Option 3, each with another IAID; those with T1 after T2 left out.</summary>
    public ImmutableArray<Dhcp6IaNa> IaNas { get; init; } = [];

    /// <summary>Option 25, each with another IAID; those with T1 after T2 left out.</summary>
    public ImmutableArray<Dhcp6IaPd> IaPds { get; init; } = [];

    /// <summary>Option 82, seconds, 60 to 86400; null when absent or outside.</summary>
    public uint? SolMaxRtSeconds { get; init; }

    /// <summary>Option 83, seconds, 60 to 86400; null when absent or outside.</summary>
    public uint? InfMaxRtSeconds { get; init; }

    /// <summary>Option 32, seconds, as sent; 0xffffffff is never; null when absent.</summary>
    public uint? InformationRefreshSeconds { get; init; }

    /// <summary>Option 23, unusable entries left out; link-local ones are of use.</summary>
    public ImmutableArray<Ipv6Address> DnsServers { get; init; } = [];

    /// <summary>Option 24, validated LDH labels; a name that is none is left out, a malformed list as a whole.</summary>
    public ImmutableArray<string> SearchDomains { get; init; } = [];

    /// <summary>Option 56, every instance in order.</summary>
    public ImmutableArray<Dhcp6NtpServer> NtpServers { get; init; } = [];

    /// <summary>Option 31, the older form of <see cref="NtpServers"/> (RFC 4075).</summary>
    public ImmutableArray<Ipv6Address> SntpServers { get; init; } = [];

    /// <summary>Option 39, validated LDH labels; null when absent, empty or not a name.</summary>
    public string? FullyQualifiedName { get; init; }

    /// <summary>Option 41, escaped (RFC 4833).</summary>
    public string? PosixTimeZone { get; init; }

    /// <summary>Option 42: a relative path of plain words (RFC 4833); null when absent or anything else.</summary>
    public string? TzdbTimeZone { get; init; }

    /// <summary>Option 64: the DS-Lite tunnel's end (RFC 6334), validated LDH labels.</summary>
    public string? AftrName { get; init; }

    /// <summary>Option 103: http, https, or a URN of RFC 8910; to be shown, never fetched.</summary>
    public string? CaptivePortal { get; init; }

    /// <summary>Option 144, every instance in order (RFC 9463); to be shown.</summary>
    public ImmutableArray<EncryptedResolver> EncryptedResolvers { get; init; } = [];

    /// <summary>Option 148: the server takes registrations of addresses (RFC 9686).</summary>
    public bool AddressRegistration { get; init; }

    /// <summary>Every option at the top of the message, in order, as sent; repeated ones too.</summary>
    public ImmutableArray<Dhcp6Option> Options { get; init; } = [];

    /// <summary>Codes of <see cref="Options"/> in which the configuration has a part, or all; empty as a server sent them.</summary>
    public ImmutableArray<ushort> Configured { get; init; } = [];

    /// <summary>Options that may occur once and occurred again, at any depth; of each the first was used.</summary>
    public int RepeatedOptions { get; init; }

    /// <summary>What was odd but not a reason to drop it: an option ignored for its length, an address of no use.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];
}

/// <summary>One option as it was sent.</summary>
/// <param name="Code">Option code.</param>
/// <param name="Data">Its data.</param>
public readonly record struct Dhcp6Option(ushort Code, ImmutableArray<byte> Data);

/// <summary>Which sub-option of option 56 (RFC 5908 section 4).</summary>
public enum Dhcp6NtpKind : ushort
{
    /// <summary>A server's address.</summary>
    Address = 1,
    /// <summary>A multicast group to listen to.</summary>
    Multicast = 2,
    /// <summary>A server's name.</summary>
    Name = 3,
}

/// <summary>A source of time.</summary>
/// <param name="Kind">Which of the other two is given.</param>
/// <param name="Address">Usable unicast, link-local or multicast, by kind; :: for a name.</param>
/// <param name="Name">Validated LDH labels; null for an address.</param>
public readonly record struct Dhcp6NtpServer(Dhcp6NtpKind Kind, Ipv6Address Address, string? Name)
{
    /// <summary>The address or the name.</summary>
    public override string ToString() => Name ?? Address.ToString();
}
