using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace BondDhcp.Net;

/// <summary>Octets as text: <c>00:04:8b</c>, the form in which identifiers are shown everywhere.</summary>
public static class HexText
{
    /// <summary>Lower-case hexadecimal with colons; empty for no octets.</summary>
    public static string Colons(ReadOnlySpan<byte> octets)
    {
        if (octets.IsEmpty) return "";
        Span<char> text = octets.Length <= 256 ? stackalloc char[octets.Length * 3] : new char[octets.Length * 3];
        for (int i = 0; i < octets.Length; i++)
        {
            text[3 * i] = Digit(octets[i] >> 4);
            text[3 * i + 1] = Digit(octets[i] & 15);
            text[3 * i + 2] = ':';
        }
        return new string(text[..^1]);
    }

    /// <summary>Reads hexadecimal octets with or without colons, of any even length; the inverse of <see cref="Colons"/>.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out byte[]? octets)
    {
        octets = null;
        if (text is null) return false;
        string digits = text.Replace(":", "", StringComparison.Ordinal);
        if (digits.Length % 2 != 0) return false;
        bool colons = digits.Length != text.Length;
        if (colons && text.Length != digits.Length / 2 * 3 - 1) return false;
        byte[] result = new byte[digits.Length / 2];
        for (int i = 0; i < result.Length; i++)
        {
            if (colons && i > 0 && text[3 * i - 1] != ':') return false;
            if (!byte.TryParse(digits.AsSpan(2 * i, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out result[i])) return false;
        }
        octets = result;
        return true;
    }

    private static char Digit(int value) => (char)(value < 10 ? '0' + value : 'a' + value - 10);
}
