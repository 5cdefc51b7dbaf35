using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Options;

/// <summary>Items of options as octets, in both families.</summary>
internal static class OptionItemWriters
{
    // What the length of a string has room for where it is one octet (RFC 3004 section 4).
    private const int MaxStringLength = 255;

    /// <summary>true stands for the option without data; there is no other value.</summary>
    public static bool Presence(OptionItem item, List<byte> octets) => item.Truth == true;

    /// <summary>One octet, 0 or 1.</summary>
    public static bool Truth(OptionItem item, List<byte> octets)
    {
        if (item.Truth is { } truth) octets.Add(truth ? (byte)1 : (byte)0);
        return item.Truth is not null;
    }

    /// <summary>One octet.</summary>
    public static bool UInt8(OptionItem item, List<byte> octets) => Number(item, 0, byte.MaxValue, 1, octets);

    /// <summary>Two octets.</summary>
    public static bool UInt16(OptionItem item, List<byte> octets) => Number(item, 0, ushort.MaxValue, 2, octets);

    /// <summary>Four octets.</summary>
    public static bool UInt32(OptionItem item, List<byte> octets) => Number(item, 0, uint.MaxValue, 4, octets);

    /// <summary>Four octets, signed.</summary>
    public static bool Int32(OptionItem item, List<byte> octets) => Number(item, int.MinValue, int.MaxValue, 4, octets);

    private static bool Number(OptionItem item, long least, long most, int length, List<byte> octets)
    {
        if (item.Number is not { } number || number < least || number > most) return false;
        Span<byte> wide = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(wide, number);
        octets.AddRange(wide[^length..]);
        return true;
    }

    /// <summary>An IPv4 address.</summary>
    public static bool Ipv4(OptionItem item, List<byte> octets)
    {
        if (!Ipv4Address.TryParse(item.Text, out Ipv4Address address)) return false;
        Add(address, octets);
        return true;
    }

    /// <summary>An IPv6 address.</summary>
    public static bool Ipv6(OptionItem item, List<byte> octets)
    {
        if (!Ipv6Address.TryParse(item.Text, out Ipv6Address address)) return false;
        Span<byte> its = stackalloc byte[Ipv6Address.Length];
        address.CopyTo(its);
        octets.AddRange(its);
        return true;
    }

    /// <summary>Text, without the NUL of a C string, in UTF-8.</summary>
    public static bool Text(OptionItem item, List<byte> octets)
    {
        if (item.Text is not { Length: > 0 } text || text.Contains('\0', StringComparison.Ordinal)) return false;
        octets.AddRange(Encoding.UTF8.GetBytes(text));
        return true;
    }

    /// <summary>Text that reads as what it should be.</summary>
    public static ItemWriter Checked(Func<string, bool> isSound) =>
        (item, octets) => item.Text is { } text && isSound(text) && Text(item, octets);

    /// <summary>A domain name in the encoding of RFC 1035, uncompressed.</summary>
    public static bool Name(OptionItem item, List<byte> octets)
    {
        if (item.Text is not { } text || !DomainNames.IsValid(text)) return false;
        Span<byte> wire = stackalloc byte[DomainNames.MaxWireLength];
        octets.AddRange(wire[..DomainNames.Write(text, wire)]);
        return true;
    }

    /// <summary>A string after its length in one octet.</summary>
    public static bool ShortString(OptionItem item, List<byte> octets) => String(item, 1, octets);

    /// <summary>A string after its length in two octets.</summary>
    public static bool LongString(OptionItem item, List<byte> octets) => String(item, 2, octets);

    private static bool String(OptionItem item, int lengthOctets, List<byte> octets)
    {
        if (item.Text is not { Length: > 0 } text) return false;
        byte[] its = Encoding.UTF8.GetBytes(text);
        if (its.Length > MaxStringLength) return false;
        if (lengthOctets == 2) octets.Add(0);
        octets.Add((byte)its.Length);
        octets.AddRange(its);
        return true;
    }

    /// <summary><c>enterprise-N TEXT</c> as it is printed: the enterprise number, and one class (RFC 9915 section 21.16).</summary>
    public static bool VendorClass6(OptionItem item, List<byte> octets) => VendorClass(item, octets, LongString);

    /// <summary>The same of DHCPv4 (RFC 3925 section 3): number, length of all, and one class after its length.</summary>
    public static bool VendorClass4(OptionItem item, List<byte> octets) => VendorClass(item, octets, static (text, all) =>
    {
        List<byte> inner = [];
        if (!ShortString(text, inner) || inner.Count > byte.MaxValue) return false;
        all.Add((byte)inner.Count);
        all.AddRange(inner);
        return true;
    });

    private static bool VendorClass(OptionItem item, List<byte> octets, ItemWriter writeClass)
    {
        const string prefix = "enterprise-";
        if (item.Text?.Split(' ', 2) is not [{ } enterprise, { } text] || !enterprise.StartsWith(prefix, StringComparison.Ordinal)) return false;
        if (!uint.TryParse(enterprise.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out uint number)) return false;
        return UInt32(new OptionItem(null, number), octets) && writeClass(new OptionItem(text), octets);
    }

    /// <summary>Appends an address.</summary>
    public static void Add(Ipv4Address address, List<byte> octets)
    {
        Span<byte> its = stackalloc byte[Ipv4Address.Length];
        address.CopyTo(its);
        octets.AddRange(its);
    }
}
