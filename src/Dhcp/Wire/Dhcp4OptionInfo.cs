namespace BondDhcp.Dhcp.Wire;

/// <summary>What is known of an option whatever its data.</summary>
/// <param name="Code">Option code, 1 to 254.</param>
/// <param name="Name">In lower case with hyphens: <c>subnet-mask</c>.</param>
/// <param name="Kind">How its data reads.</param>
/// <param name="Length">Which lengths of the joined data are well-formed, octets.</param>
/// <param name="Source">Where it is defined: <c>RFC 2132 3.3</c>; empty for an unknown option.</param>
public sealed record Dhcp4OptionInfo(byte Code, string Name, Dhcp4OptionKind Kind, Dhcp4OptionLength Length, string Source);

/// <summary>A length rule: <paramref name="Least"/> and every <paramref name="Step"/> octets more, up to <paramref name="Most"/>.</summary>
/// <param name="Least">Octets.</param>
/// <param name="Step">Octets; at least 1.</param>
/// <param name="Most">Octets; RFC 3396 joins fragments, so that only the datagram bounds most options.</param>
public readonly record struct Dhcp4OptionLength(int Least, int Step, int Most)
{
    /// <summary>Any length.</summary>
    public static readonly Dhcp4OptionLength Any = AtLeast(0);

    /// <summary>This length only.</summary>
    public static Dhcp4OptionLength Exactly(int octets) => new(octets, 1, octets);

    /// <summary>This length or a longer one.</summary>
    public static Dhcp4OptionLength AtLeast(int octets) => new(octets, 1, int.MaxValue);

    /// <summary>One or more items of this length.</summary>
    public static Dhcp4OptionLength ItemsOf(int octets) => new(octets, octets, int.MaxValue);

    /// <summary>True when data of this many octets is well-formed.</summary>
    public bool Allows(int octets) => octets >= Least && octets <= Most && (octets - Least) % Step == 0;
}
