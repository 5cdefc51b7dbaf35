using System.Globalization;
using System.Text;

namespace BondDhcp.Bond.Wpa;

/// <summary>How wpa_supplicant writes values: <c>key=value</c>, and octets as printf(3) would (hostap's printf_encode).</summary>
internal static class WpaText
{
    /// <summary>The octets behind a text in which <c>\n \r \t \e \\ \" \xNN</c> stand for others; a lone backslash is itself.</summary>
    public static byte[] Unescape(ReadOnlySpan<byte> text)
    {
        byte[] octets = new byte[text.Length];
        int length = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length)
            {
                if (Escaped(text[(i + 1)..], out int consumed) is { } octet)
                {
                    octets[length++] = octet;
                    i += consumed;
                    continue;
                }
            }
            octets[length++] = text[i];
        }
        return octets[..length];
    }

    /// <summary>The value of <c>name=</c> in a text of blank-separated words; null when it is not there.</summary>
    public static string? Word(string text, string name)
    {
        foreach (Range part in text.AsSpan().Split(' '))
        {
            ReadOnlySpan<char> word = text.AsSpan(part);
            if (word.StartsWith(name, StringComparison.Ordinal) && word.Length > name.Length && word[name.Length] == '=')
                return word[(name.Length + 1)..].ToString();
        }
        return null;
    }

    /// <summary>The number of <c>name=</c>; null when it is not there or none.</summary>
    public static int? Number(string text, string name) =>
        int.TryParse(Word(text, name), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;

    /// <summary>What stands in quotes after <c>name="</c>, unescaped; the quote that ends it is the first without a backslash.</summary>
    public static byte[]? Quoted(string text, string name)
    {
        int start = text.IndexOf(name + "=\"", StringComparison.Ordinal);
        if (start < 0) return null;
        start += name.Length + 2;
        for (int end = start; end < text.Length; end++)
        {
            if (text[end] == '\\') end++;
            else if (text[end] == '"') return Unescape(Encoding.UTF8.GetBytes(text[start..end]));
        }
        return null;
    }

    private static byte? Escaped(ReadOnlySpan<byte> rest, out int consumed)
    {
        consumed = 1;
        switch (rest[0])
        {
            case (byte)'n': return (byte)'\n';
            case (byte)'r': return (byte)'\r';
            case (byte)'t': return (byte)'\t';
            case (byte)'e': return 0x1b;
            case (byte)'\\' or (byte)'"': return rest[0];
            case (byte)'x' when rest.Length >= 3 && char.IsAsciiHexDigit((char)rest[1]) && char.IsAsciiHexDigit((char)rest[2]):
                consumed = 3;
                return byte.Parse(rest.Slice(1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            default: return null;
        }
    }
}
