using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace BondDhcp.Net;

/// <summary>An Ethernet hardware address (EUI-48).</summary>
/// <param name="Value">The six octets as the low 48 bits, first octet most significant.</param>
public readonly record struct MacAddress(ulong Value)
{
    /// <summary>Octets in an Ethernet hardware address (hlen).</summary>
    public const int Length = 6;

    /// <summary>ff:ff:ff:ff:ff:ff.</summary>
    public static readonly MacAddress Broadcast = new(0xffff_ffff_ffff);

    /// <summary>00:00:00:00:00:00: no address.</summary>
    public static readonly MacAddress Zero;

    /// <summary>True for an address that a single station can have: not zero, not a group address.</summary>
    public bool IsUnicast => Value != 0 && (Value >> 40 & 1) == 0;

    /// <summary>The U/L bit: made up by somebody, a random one too, and not given by the device's maker (IEEE 802 section 8.4).</summary>
    public bool IsLocallyAdministered => (Value >> 41 & 1) != 0;

    /// <summary>The interface identifier of IPv6 that is made of it: a modified EUI-64 (RFC 4291 appendix A).</summary>
    public ulong ModifiedEui64
    {
        get
        {
            const ulong universal = 0x02UL << 56, middle = 0xfffeUL << 24;
            return (((Value >> 24) << 40) | middle | (Value & 0xffffff)) ^ universal;
        }
    }

    /// <summary>Reads the first six octets; the rest is ignored.</summary>
    /// <exception cref="ArgumentException">Fewer than six octets.</exception>
    public static MacAddress FromBytes(ReadOnlySpan<byte> octets)
    {
        if (octets.Length < Length) throw new ArgumentException("A hardware address has six octets.", nameof(octets));
        ulong value = 0;
        for (int i = 0; i < Length; i++) value = value << 8 | octets[i];
        return new MacAddress(value);
    }

    /// <summary>Writes the six octets to the start of <paramref name="destination"/>.</summary>
    public void CopyTo(Span<byte> destination)
    {
        for (int i = 0; i < Length; i++) destination[i] = (byte)(Value >> 8 * (Length - 1 - i));
    }

    /// <summary>Reads <c>02:00:00:00:00:01</c>; upper or lower case, colons or hyphens, two digits an octet.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out MacAddress address)
    {
        address = default;
        if (text is null || text.Length != 17) return false;
        ulong value = 0;
        for (int i = 0; i < Length; i++)
        {
            if (i > 0 && text[3 * i - 1] is not (':' or '-')) return false;
            if (!byte.TryParse(text.AsSpan(3 * i, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte octet)) return false;
            value = value << 8 | octet;
        }
        address = new MacAddress(value);
        return true;
    }

    /// <summary>As <see cref="TryParse"/>.</summary>
    /// <exception cref="FormatException">Not a hardware address.</exception>
    public static MacAddress Parse(string text) =>
        TryParse(text, out MacAddress address) ? address : throw new FormatException($"'{text}' is not a hardware address.");

    /// <summary><c>02:00:00:00:00:01</c>.</summary>
    public override string ToString()
    {
        Span<byte> octets = stackalloc byte[Length];
        CopyTo(octets);
        return HexText.Colons(octets);
    }
}
