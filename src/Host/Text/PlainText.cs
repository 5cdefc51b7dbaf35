using System.Globalization;
using System.Text;

namespace BondDhcp.Host.Text;

/// <summary>Makes text that came from elsewhere fit for a terminal and a log.</summary>
internal static class PlainText
{
    /// <summary>Longer text is cut: a server may send 255 octets and more, a log line should stay a line.</summary>
    public const int MaxLength = 128;

    /// <summary>
    /// Printable ASCII as it is; a backslash doubled; all else as <c>\xNN</c> of its UTF-8 octets. Cut with <c>...</c>
    /// at <see cref="MaxLength"/> characters of the result.
    /// </summary>
    public static string Escape(string text)
    {
        if (text.Length <= MaxLength && !NeedsEscape(text)) return text;
        StringBuilder result = new(Math.Min(text.Length, MaxLength) + 8);
        Span<byte> octets = stackalloc byte[4];
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (result.Length >= MaxLength) return result.Append("...").ToString();
            if (rune.Value == '\\') result.Append(@"\\");
            else if (rune.Value is >= 0x20 and < 0x7f) result.Append((char)rune.Value);
            else
                foreach (byte octet in octets[..rune.EncodeToUtf8(octets)])
                    result.Append(CultureInfo.InvariantCulture, $"\\x{octet:x2}");
        }
        return result.ToString();
    }

    private static bool NeedsEscape(string text)
    {
        foreach (char c in text)
            if (c is < ' ' or >= '\x7f' or '\\') return true;
        return false;
    }
}
