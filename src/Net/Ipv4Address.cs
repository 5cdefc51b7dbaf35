using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace BondDhcp.Net;

/// <summary>An IPv4 address.</summary>
/// <param name="Value">Host byte order: 192.0.2.1 is 0xc0000201.</param>
public readonly record struct Ipv4Address(uint Value) : IComparable<Ipv4Address>
{
    /// <summary>Octets in an address.</summary>
    public const int Length = 4;

    /// <summary>0.0.0.0.</summary>
    public static readonly Ipv4Address Any;

    /// <summary>255.255.255.255.</summary>
    public static readonly Ipv4Address Broadcast = new(0xffff_ffff);

    /// <summary>True for 0.0.0.0.</summary>
    public bool IsAny => Value == 0;

    /// <summary>224.0.0.0/4.</summary>
    public bool IsMulticast => Value >> 28 == 0xe;

    /// <summary>240.0.0.0/4, which includes the limited broadcast address.</summary>
    public bool IsClassE => Value >> 28 == 0xf;

    /// <summary>127.0.0.0/8.</summary>
    public bool IsLoopback => Value >> 24 == 127;

    /// <summary>0.0.0.0/8.</summary>
    public bool IsThisNetwork => Value >> 24 == 0;

    /// <summary>169.254.0.0/16 (RFC 3927).</summary>
    public bool IsLinkLocal => Value >> 16 == 0xa9fe;

    /// <summary>True for an address a single host can have, by number alone.</summary>
    public bool IsUsableUnicast => !IsThisNetwork && !IsLoopback && !IsMulticast && !IsClassE;

    /// <summary>The prefix length of its class (RFC 791): 8, 16 or 24; 32 outside classes A to C.</summary>
    public int ClassfulPrefixLength => Value >> 31 == 0 ? 8 : Value >> 30 == 2 ? 16 : Value >> 29 == 6 ? 24 : 32;

    /// <summary>Reads four octets in network order; the rest is ignored.</summary>
    public static Ipv4Address FromBytes(ReadOnlySpan<byte> octets) => new(BinaryPrimitives.ReadUInt32BigEndian(octets));

    /// <summary>Writes four octets in network order.</summary>
    public void CopyTo(Span<byte> destination) => BinaryPrimitives.WriteUInt32BigEndian(destination, Value);

    /// <summary>Reads dotted decimal, strictly: four numbers 0 to 255 without leading zeros.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Ipv4Address address) => TryParse(text.AsSpan(), out address);

    /// <inheritdoc cref="TryParse(string?, out Ipv4Address)"/>
    public static bool TryParse(ReadOnlySpan<char> text, out Ipv4Address address)
    {
        address = default;
        uint value = 0;
        int octets = 0;
        int position = 0;
        while (octets < 4)
        {
            int start = position;
            uint octet = 0;
            while (position < text.Length && position - start < 3 && text[position] is >= '0' and <= '9')
                octet = octet * 10 + (uint)(text[position++] - '0');
            if (position == start || octet > 255 || (position - start > 1 && text[start] == '0')) return false;
            value = value << 8 | octet;
            if (++octets < 4 && (position >= text.Length || text[position++] != '.')) return false;
        }
        if (position != text.Length) return false;
        address = new Ipv4Address(value);
        return true;
    }

    /// <summary>As <see cref="TryParse(string?, out Ipv4Address)"/>.</summary>
    /// <exception cref="FormatException">Not an IPv4 address.</exception>
    public static Ipv4Address Parse(string text) =>
        TryParse(text, out Ipv4Address address) ? address : throw new FormatException($"'{text}' is not an IPv4 address.");

    /// <inheritdoc/>
    public int CompareTo(Ipv4Address other) => Value.CompareTo(other.Value);

    /// <summary>Dotted decimal.</summary>
    public override string ToString() => FormattableString.Invariant($"{Value >> 24}.{Value >> 16 & 255}.{Value >> 8 & 255}.{Value & 255}");
}
