using System.Collections.Immutable;
using System.Text;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Wire;

/// <summary>Domain names: validation (RFC 1123 section 2.1) and the wire encoding of RFC 1035, with the compression of option 119 (RFC 3397).</summary>
public static class DomainNames
{
    /// <summary>Octets of a label.</summary>
    public const int MaxLabelLength = 63;

    /// <summary>Octets of an encoded name, the root label included (RFC 1035 section 2.3.4).</summary>
    public const int MaxWireLength = 255;

    /// <summary>Characters of a name.</summary>
    public const int MaxTextLength = 253;

    /// <summary>Compression pointers followed in one name: a bound on what a crafted option can cause.</summary>
    public const int MaxJumps = 16;

    /// <summary>Names of a search list that are kept.</summary>
    public const int MaxSearchNames = 32;

    /// <summary>Characters of a search list that are kept.</summary>
    public const int MaxSearchText = 1025;

    // Names of a list that are looked at, kept or not: a pointer of two octets can stand for one of 255.
    private const int MaxNamesRead = 2 * MaxSearchNames;

    // Of a label, every octet escaped.
    private const int MaxLabelText = 4 * MaxLabelLength;

    /// <summary>True for letters, digits and hyphens in labels of 1 to 63, no hyphen first or last, 253 at most in all.</summary>
    public static bool IsValid(string name)
    {
        if (name.Length is 0 or > MaxTextLength) return false;
        int label = 0;
        for (int i = 0; i < name.Length; i++)
        {
            char c = name[i];
            if (c == '.')
            {
                if (label == 0 || name[i - 1] == '-') return false;
                label = 0;
            }
            else if (char.IsAsciiLetterOrDigit(c) || (c == '-' && label > 0))
            {
                if (++label > MaxLabelLength) return false;
            }
            else
            {
                return false;
            }
        }
        return label > 0 && name[^1] != '-';
    }

    /// <summary>A name sent as text (options 12 and 15): one trailing NUL or dot is tolerated; null when it is not valid.</summary>
    public static string? FromText(ReadOnlySpan<byte> data)
    {
        if (!data.IsEmpty && data[^1] == 0) data = data[..^1];
        if (!data.IsEmpty && data[^1] == '.') data = data[..^1];
        string name = Encoding.Latin1.GetString(data);
        return IsValid(name) ? name : null;
    }

    /// <summary>Writes an uncompressed name with its root label; returns the octets written.</summary>
    public static int Write(string name, Span<byte> destination)
    {
        int position = 0;
        foreach (string label in name.TrimEnd('.').Split('.'))
        {
            destination[position++] = (byte)label.Length;
            position += Encoding.ASCII.GetBytes(label, destination[position..]);
        }
        destination[position++] = 0;
        return position;
    }

    /// <summary>
    /// Option 119: every name, or nothing when any part is malformed or no valid name. What follows the most names that are
    /// kept is not looked at: pointers of two octets could make each of them 255 octets long.
    /// </summary>
    public static bool TryReadSearchList(ReadOnlySpan<byte> data, out ImmutableArray<string> names) =>
        TryReadList(data, isCompressed: true, out names, out ImmutableArray<string> refused) && refused.IsEmpty;

    /// <summary>As <see cref="TryReadSearchList"/>, of DHCPv6, where a pointer is malformed (RFC 9915 section 10).</summary>
    public static bool TryReadUncompressedList(ReadOnlySpan<byte> data, out ImmutableArray<string> names) =>
        TryReadList(data, isCompressed: false, out names, out ImmutableArray<string> refused) && refused.IsEmpty;

    /// <summary>
    /// A list of names, those apart that are not valid: where each begins and ends is certain all the same. False when the
    /// encoding does not hold, and nothing of it can be believed.
    /// </summary>
    /// <param name="data">The list.</param>
    /// <param name="isCompressed">It may have pointers (RFC 3397); in DHCPv6 they are malformed (RFC 9915 section 10).</param>
    /// <param name="names">Those that are valid.</param>
    /// <param name="refused">The others, escaped.</param>
    public static bool TryReadList(ReadOnlySpan<byte> data, bool isCompressed, out ImmutableArray<string> names, out ImmutableArray<string> refused)
    {
        names = [];
        refused = [];
        if (ReadAll(data, isCompressed) is not { Count: > 0 } all) return false;
        names = [.. all.Where(IsValid)];
        refused = [.. all.Where(static name => !IsValid(name))];
        return true;
    }

    /// <summary>A list as it was sent, <c>a, b, c</c>, escaped; null when the encoding does not hold.</summary>
    internal static string? TextOfList(ReadOnlySpan<byte> data, bool isCompressed) =>
        ReadAll(data, isCompressed) is { Count: > 0 } all ? string.Join(", ", all) : null;

    /// <summary>One uncompressed name that fills the data; false when it is malformed, not valid, or something follows it.</summary>
    public static bool TryReadUncompressed(ReadOnlySpan<byte> data, out string name)
    {
        int position = 0;
        return TryReadName(data, maxJumps: 0, ref position, out name) && position == data.Length && IsValid(name);
    }

    /// <summary>As <see cref="TryReadUncompressed"/>, of a name without its root label (RFC 4704 section 4.2).</summary>
    public static bool TryReadPartial(ReadOnlySpan<byte> data, out string name)
    {
        name = "";
        if (data.Length >= MaxWireLength) return false;
        Span<byte> whole = stackalloc byte[MaxWireLength];
        data.CopyTo(whole);
        whole[data.Length] = 0;
        return TryReadUncompressed(whole[..(data.Length + 1)], out name);
    }

    private static List<string>? ReadAll(ReadOnlySpan<byte> data, bool isCompressed)
    {
        List<string> read = [];
        int position = 0;
        int valid = 0;
        int text = 0;
        while (position < data.Length && valid < MaxSearchNames && read.Count < MaxNamesRead)
        {
            if (!TryReadName(data, isCompressed ? MaxJumps : 0, ref position, out string name)) return null;
            if (IsValid(name))
            {
                text += name.Length + 1;
                if (text > MaxSearchText) break;
                valid++;
            }
            read.Add(name);
        }
        return read;
    }

    /// <summary>A name, its labels escaped, and the root as <c>.</c>; what is valid is not changed by it. False when the encoding does not hold.</summary>
    private static bool TryReadName(ReadOnlySpan<byte> data, int maxJumps, ref int position, out string name)
    {
        name = "";
        var text = new StringBuilder();
        int octets = 0;
        int at = position;
        int jumps = 0;
        bool jumped = false;
        while (true)
        {
            if (at >= data.Length) return false;
            int length = data[at];
            if (length == 0)
            {
                if (!jumped) position = at + 1;
                name = text.Length == 0 ? "." : text.ToString();
                return true;
            }
            if (length >= 0xc0)
            {
                if (at + 1 >= data.Length) return false;
                int target = (length & 0x3f) << 8 | data[at + 1];
                if (!jumped) position = at + 2;
                // Strictly backwards, and not for ever: a pointer to itself or forward is an attack.
                if (target >= at || ++jumps > maxJumps) return false;
                jumped = true;
                at = target;
                continue;
            }
            if (length > MaxLabelLength || at + 1 + length > data.Length || octets + length + 2 > MaxWireLength) return false;
            octets += 1 + length;
            if (text.Length > 0) text.Append('.');
            // A dot within a label as it is would make two of it, and another name than the server's.
            text.Append(EscapedText.Of(data.Slice(at + 1, length), MaxLabelText).Replace(".", @"\.", StringComparison.Ordinal));
            at += 1 + length;
        }
    }
}
