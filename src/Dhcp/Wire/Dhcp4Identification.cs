using System.Collections.Immutable;

namespace BondDhcp.Dhcp.Wire;

/// <summary>
/// What every message of one client carries alike: RFC 2131 wants the client identifier and the parameter request
/// list not to change within and between exchanges.
/// </summary>
public sealed record Dhcp4Identification
{
    /// <summary>Option 61, data octets (RFC 4361: 255, IAID, DUID); at least 2 octets. Empty, and of no account, under the anonymity profile.</summary>
    public required ImmutableArray<byte> ClientIdentifier { get; init; }

    /// <summary>Option 55, in order of preference.</summary>
    public required ImmutableArray<byte> ParameterRequestList { get; init; }

    /// <summary>Option 12; null for none. Not sent together with <see cref="FullyQualifiedName"/> (RFC 4702 section 3.1).</summary>
    public string? HostName { get; init; }

    /// <summary>Option 81, in wire encoding with E=1, S=0; up to <see cref="Dhcp4MessageWriter.MaxFullyQualifiedNameLength"/> characters; null for none.</summary>
    public string? FullyQualifiedName { get; init; }

    /// <summary>
    /// What the configuration has sent beside, in this order: each at most 255 octets, together at most
    /// <see cref="Dhcp4MessageWriter.MaxSentLength"/> with their headers. Not in DHCPDECLINE and DHCPRELEASE (RFC 2131 table 5).
    /// </summary>
    public ImmutableArray<Dhcp4Option> Sent { get; init; } = [];

    /// <summary>True when both ask for the same, and say the same beside.</summary>
    public bool AsksTheSame(Dhcp4Identification other) =>
        ParameterRequestList.AsSpan().SequenceEqual(other.ParameterRequestList.AsSpan())
        && Sent.SequenceEqual(other.Sent, static (one, another) => one.Code == another.Code && one.Data.AsSpan().SequenceEqual(another.Data.AsSpan()));
}
