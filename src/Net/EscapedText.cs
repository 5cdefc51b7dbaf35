using System.Globalization;
using System.Text;

namespace BondDhcp.Net;

/// <summary>Text that came from the network, made fit for a terminal, a log line and JSON.</summary>
public static class EscapedText
{
    /// <summary>Characters of a result unless told otherwise: a server may send 255 octets and more, a log line should stay a line.</summary>
    public const int DefaultLimit = 128;

    /// <summary>The end of a text that was cut; counted in the limit.</summary>
    private const string Ellipsis = "...";

    /// <summary>Characters of the longest escape, <c>\xNN</c>.</summary>
    private const int EscapeLength = 4;

    /// <summary>
    /// Printable ASCII as it is, a backslash doubled, every other octet as <c>\xNN</c>. A result longer than
    /// <paramref name="limit"/> characters is cut between escapes and ends with <c>...</c>.
    /// </summary>
    /// <param name="octets">The text as received; no encoding is assumed.</param>
    /// <param name="limit">The most characters of the result; at least 7, room for one escape and the mark of a cut.</param>
    public static string Of(ReadOnlySpan<byte> octets, int limit = DefaultLimit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, EscapeLength + Ellipsis.Length);
        var text = new StringBuilder(Math.Min(octets.Length, limit));
        int cut = 0;
        foreach (byte octet in octets)
        {
            if (text.Length <= limit - Ellipsis.Length) cut = text.Length;
            Append(text, octet);
            if (text.Length > limit) return text.Remove(cut, text.Length - cut).Append(Ellipsis).ToString();
        }
        return text.ToString();
    }

    /// <summary>As <see cref="Of(ReadOnlySpan{byte}, int)"/>, of the text's UTF-8 octets.</summary>
    public static string Of(string text, int limit = DefaultLimit)
    {
        // Every character gives at least one octet, so what follows is cut away in any case.
        ReadOnlySpan<char> shown = text.AsSpan(0, Math.Min(text.Length, limit + 1));
        byte[] octets = new byte[Encoding.UTF8.GetMaxByteCount(shown.Length)];
        return Of(octets.AsSpan(0, Encoding.UTF8.GetBytes(shown, octets)), limit);
    }

    private static void Append(StringBuilder text, byte octet)
    {
        if (octet == '\\') text.Append(@"\\");
        else if (octet is >= 0x20 and < 0x7f) text.Append((char)octet);
        else text.Append(CultureInfo.InvariantCulture, $"\\x{octet:x2}");
    }
}
