using System.Globalization;
using System.Text;

namespace BondDhcp.Host.Import;

/// <summary>Values as TOML 1.0 writes them.</summary>
internal static class TomlText
{
    /// <summary>A basic string: quotes, backslashes and everything that is not printable ASCII escaped.</summary>
    public static string Quote(string text)
    {
        StringBuilder quoted = new("\"");
        foreach (char c in text)
        {
            if (c is '"' or '\\') quoted.Append('\\').Append(c);
            else if (c is >= ' ' and < '\x7f') quoted.Append(c);
            else quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
        }
        return quoted.Append('"').ToString();
    }

    /// <summary>A key: bare where it is a word, else quoted.</summary>
    public static string Key(string key) =>
        key.Length > 0 && char.IsAsciiLetter(key[0]) && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') ? key : Quote(key);

    /// <summary>An array on one line.</summary>
    public static string Array(IEnumerable<string> items) => $"[{string.Join(", ", items)}]";

    /// <summary>Text that may stand in a comment: no control characters.</summary>
    public static string Comment(string text)
    {
        StringBuilder safe = new(text.Length);
        foreach (char c in text)
        {
            if (c is >= ' ' and < '\x7f') safe.Append(c);
            else safe.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}");
        }
        return safe.ToString();
    }
}
