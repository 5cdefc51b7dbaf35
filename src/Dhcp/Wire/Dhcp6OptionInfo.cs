namespace BondDhcp.Dhcp.Wire;

/// <summary>What is known of a DHCPv6 option whatever its data.</summary>
/// <param name="Code">Option code.</param>
/// <param name="Name">In lower case with hyphens: <c>dns-servers</c>.</param>
/// <param name="Kind">How its data reads.</param>
/// <param name="Length">Which lengths are well-formed, octets.</param>
/// <param name="Source">Where it is defined: <c>RFC 3646 3</c>; empty for an unknown option.</param>
public sealed record Dhcp6OptionInfo(ushort Code, string Name, Dhcp6OptionKind Kind, OptionLength Length, string Source)
{
    /// <summary>
    /// It may occur more than once in the same place. Of any other the first is used; instances are never joined, other
    /// than in DHCPv4 (RFC 9915 section 21.1).
    /// </summary>
    public bool Repeats { get; init; }
}
