namespace BondDhcp.Dhcp.Wire;

/// <summary>What is known of an option whatever its data.</summary>
/// <param name="Code">Option code, 1 to 254.</param>
/// <param name="Name">In lower case with hyphens: <c>subnet-mask</c>.</param>
/// <param name="Kind">How its data reads.</param>
/// <param name="Length">Which lengths of the joined data are well-formed, octets.</param>
/// <param name="Source">Where it is defined: <c>RFC 2132 3.3</c>; empty for an unknown option.</param>
public sealed record Dhcp4OptionInfo(byte Code, string Name, Dhcp4OptionKind Kind, OptionLength Length, string Source);
