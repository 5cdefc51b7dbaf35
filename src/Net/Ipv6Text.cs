using System.Globalization;

namespace BondDhcp.Net;

/// <summary>IPv6 addresses as text: RFC 4291 section 2.2 read, RFC 5952 written.</summary>
internal static class Ipv6Text
{
    private const int Groups = 8;
    private const int BitsOfGroup = 16;
    private const int Absent = -1;

    /// <summary><inheritdoc cref="Ipv6Address.TryParse(string?, out Ipv6Address)" path="/summary"/></summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Ipv6Address address)
    {
        address = default;
        UInt128 value = 0;
        int groups = 0;
        int gap = Absent;
        // A colon begins a text only as half of "::".
        if (text.StartsWith("::"))
        {
            gap = 0;
            text = text[2..];
        }
        while (!text.IsEmpty)
        {
            if (groups == Groups) return false;
            int end = text.IndexOf(':');
            ReadOnlySpan<char> group = end < 0 ? text : text[..end];
            if (end < 0 && group.Contains('.'))
            {
                if (groups > Groups - 2 || !Ipv4Address.TryParse(group, out Ipv4Address last)) return false;
                value = value << 2 * BitsOfGroup | last.Value;
                groups += 2;
                break;
            }
            if (!TryParseGroup(group, out ushort number)) return false;
            value = value << BitsOfGroup | number;
            groups++;
            if (end < 0) break;
            text = text[(end + 1)..];
            // A single colon at the end separates nothing.
            if (text.IsEmpty) return false;
            if (text[0] != ':') continue;
            if (gap != Absent) return false;
            gap = groups;
            text = text[1..];
        }
        if (gap == Absent ? groups != Groups : groups == Groups) return false;
        address = new Ipv6Address(gap == Absent ? value : Spread(value, groups, gap));
        return true;
    }

    private static bool TryParseGroup(ReadOnlySpan<char> text, out ushort number)
    {
        number = 0;
        return text.Length is >= 1 and <= 4
            && ushort.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number);
    }

    /// <summary>Puts the zeros that <c>::</c> stands for after the first <paramref name="gap"/> of <paramref name="groups"/> groups.</summary>
    private static UInt128 Spread(UInt128 value, int groups, int gap)
    {
        int after = (groups - gap) * BitsOfGroup;
        UInt128 low = value & ((UInt128.One << after) - 1);
        // Shifts of the whole width shift nothing.
        return gap == 0 ? low : value >> after << (Groups - gap) * BitsOfGroup | low;
    }

    /// <summary><inheritdoc cref="Ipv6Address.Format" path="/summary"/></summary>
    public static int Format(Ipv6Address address, Span<char> destination)
    {
        if (address.IsV4Mapped)
        {
            ReadOnlySpan<char> prefix = "::ffff:";
            ReadOnlySpan<char> mapped = new Ipv4Address((uint)address.Value).ToString();
            prefix.CopyTo(destination);
            mapped.CopyTo(destination[prefix.Length..]);
            return prefix.Length + mapped.Length;
        }
        (int start, int count) = LongestZeros(address.Value);
        int length = 0;
        for (int i = 0; i < Groups; i++)
        {
            if (i == start)
            {
                destination[length++] = ':';
                destination[length++] = ':';
                i += count - 1;
                continue;
            }
            if (i > 0 && i != start + count) destination[length++] = ':';
            if (!Group(address.Value, i).TryFormat(destination[length..], out int written, "x", CultureInfo.InvariantCulture))
                throw new ArgumentException("An IPv6 address does not fit.", nameof(destination));
            length += written;
        }
        return length;
    }

    /// <summary>The first of the longest runs of two groups of zeros or more (RFC 5952 section 4.2); never reached where there is none.</summary>
    private static (int Start, int Count) LongestZeros(UInt128 value)
    {
        (int Start, int Count) longest = (-Groups - 1, 1);
        int run = 0;
        for (int i = 0; i < Groups; i++)
        {
            run = Group(value, i) == 0 ? run + 1 : 0;
            if (run > longest.Count) longest = (i + 1 - run, run);
        }
        return longest;
    }

    private static ushort Group(UInt128 value, int index) => (ushort)(value >> (Groups - 1 - index) * BitsOfGroup);
}
