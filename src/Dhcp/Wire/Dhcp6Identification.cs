using System.Collections.Immutable;
using BondDhcp.Dhcp.Identity;

namespace BondDhcp.Dhcp.Wire;

/// <summary>What every message of one client carries alike.</summary>
public sealed record Dhcp6Identification
{
    /// <summary>Option 1.</summary>
    public required Duid ClientIdentifier { get; init; }

    /// <summary>
    /// Option 39: a host name, sent as a partial name when it has no dot (RFC 4704 section 4.2); the client is to do its
    /// own updates of the DNS (flags 0). Null for none.
    /// </summary>
    public string? FullyQualifiedName { get; init; }

    /// <summary>
    /// What the configuration has sent beside, such as classes, in this order: together at most
    /// <see cref="Dhcp6MessageWriter.MaxSentLength"/> octets with their headers. In the messages by which a server chooses what
    /// to give (RFC 9915 sections 21.15 to 21.17): SOLICIT, REQUEST, RENEW, REBIND, INFORMATION-REQUEST.
    /// </summary>
    public ImmutableArray<Dhcp6Option> Sent { get; init; } = [];

    /// <summary>True when both say the same beside.</summary>
    public bool SendsTheSame(Dhcp6Identification other) =>
        Sent.SequenceEqual(other.Sent, static (one, another) => one.Code == another.Code && one.Data.AsSpan().SequenceEqual(another.Data.AsSpan()));
}
