using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace BondDhcp.Net;

/// <summary>An IPv6 address without a zone: which link it belongs to is known where it is used.</summary>
/// <param name="Value">Host byte order: ::1 is 1.</param>
public readonly record struct Ipv6Address(UInt128 Value) : IComparable<Ipv6Address>
{
    /// <summary>Octets in an address.</summary>
    public const int Length = 16;

    /// <summary>Bits in an address.</summary>
    public const int Bits = 128;

    /// <summary>Characters of the longest text: eight groups of four digits and seven colons.</summary>
    public const int MaxTextLength = 39;

    /// <summary>::, the unspecified address.</summary>
    public static readonly Ipv6Address Any;

    /// <summary>::1.</summary>
    public static readonly Ipv6Address Loopback = new(1);

    /// <summary>ff02::1:2, All_DHCP_Relay_Agents_and_Servers (RFC 9915 section 7.1).</summary>
    public static readonly Ipv6Address AllDhcpRelayAgentsAndServers = new(new UInt128(0xff02_0000_0000_0000, 0x1_0002));

    /// <summary>::.</summary>
    public bool IsAny => Value == UInt128.Zero;

    /// <summary>::1.</summary>
    public bool IsLoopback => Value == UInt128.One;

    /// <summary>ff00::/8.</summary>
    public bool IsMulticast => (uint)(Value >> 120) == 0xff;

    /// <summary>fe80::/10.</summary>
    public bool IsLinkLocal => (uint)(Value >> 118) == 0xfe80 >> 6;

    /// <summary>::ffff:0:0/96: an IPv4 address inside a program, never on a link (RFC 4291 section 2.5.5.2).</summary>
    public bool IsV4Mapped => Value >> 32 == 0xffff;

    /// <summary>True for an address that a server can give to a host: unicast, and more than a link's own.</summary>
    public bool IsUsableUnicast => !IsAny && !IsLoopback && !IsMulticast && !IsLinkLocal && !IsV4Mapped;

    /// <summary>Reads sixteen octets in network order; the rest is ignored.</summary>
    public static Ipv6Address FromBytes(ReadOnlySpan<byte> octets) => new(BinaryPrimitives.ReadUInt128BigEndian(octets));

    /// <summary>Writes sixteen octets in network order.</summary>
    public void CopyTo(Span<byte> destination) => BinaryPrimitives.WriteUInt128BigEndian(destination, Value);

    /// <summary>
    /// Reads the forms of RFC 4291 section 2.2: groups of one to four digits, one <c>::</c> for one group of zeros or more,
    /// dotted decimal for the last 32 bits. A zone (<c>%eth0</c>), brackets and a prefix length are refused.
    /// </summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Ipv6Address address) => TryParse(text.AsSpan(), out address);

    /// <inheritdoc cref="TryParse(string?, out Ipv6Address)"/>
    public static bool TryParse(ReadOnlySpan<char> text, out Ipv6Address address) => Ipv6Text.TryParse(text, out address);

    /// <summary>As <see cref="TryParse(string?, out Ipv6Address)"/>.</summary>
    /// <exception cref="FormatException">Not an IPv6 address.</exception>
    public static Ipv6Address Parse(string text) =>
        TryParse(text, out Ipv6Address address) ? address : throw new FormatException($"'{text}' is not an IPv6 address.");

    /// <inheritdoc/>
    public int CompareTo(Ipv6Address other) => Value.CompareTo(other.Value);

    /// <summary>Writes the form of <see cref="ToString"/>; returns its length.</summary>
    /// <param name="destination">At least <see cref="MaxTextLength"/> characters.</param>
    /// <exception cref="ArgumentException">The destination is too small.</exception>
    public int Format(Span<char> destination) => Ipv6Text.Format(this, destination);

    /// <summary>The canonical text of RFC 5952; a v4-mapped address ends in dotted decimal (section 5).</summary>
    public override string ToString()
    {
        Span<char> text = stackalloc char[MaxTextLength];
        return new string(text[..Format(text)]);
    }
}
