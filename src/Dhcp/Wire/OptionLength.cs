namespace BondDhcp.Dhcp.Wire;

/// <summary>A length rule: <paramref name="Least"/> and every <paramref name="Step"/> octets more, up to <paramref name="Most"/>.</summary>
/// <param name="Least">Octets.</param>
/// <param name="Step">Octets; at least 1.</param>
/// <param name="Most">Octets; the datagram alone bounds most options: RFC 3396 joins fragments, DHCPv6 has 16 bits of length.</param>
public readonly record struct OptionLength(int Least, int Step, int Most)
{
    /// <summary>Any length.</summary>
    public static readonly OptionLength Any = AtLeast(0);

    /// <summary>This length only.</summary>
    public static OptionLength Exactly(int octets) => new(octets, 1, octets);

    /// <summary>This length or a longer one.</summary>
    public static OptionLength AtLeast(int octets) => new(octets, 1, int.MaxValue);

    /// <summary>One or more items of this length.</summary>
    public static OptionLength ItemsOf(int octets) => new(octets, octets, int.MaxValue);

    /// <summary>True when data of this many octets is well-formed.</summary>
    public bool Allows(int octets) => octets >= Least && octets <= Most && (octets - Least) % Step == 0;
}
