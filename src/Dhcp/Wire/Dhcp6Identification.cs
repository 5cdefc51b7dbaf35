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

    /// <summary>Option 15: each 1 to 255 ASCII characters.</summary>
    public ImmutableArray<string> UserClasses { get; init; } = [];

    /// <summary>Option 16; null for none.</summary>
    public Dhcp6VendorClass? VendorClass { get; init; }
}

/// <summary>Option 16 (RFC 9915 section 21.16).</summary>
/// <param name="EnterpriseNumber">Of the vendor, as IANA registered it.</param>
/// <param name="Classes">Each 1 to 255 ASCII characters; at least one.</param>
public sealed record Dhcp6VendorClass(uint EnterpriseNumber, ImmutableArray<string> Classes);
