using BondDhcp.Net;

namespace BondDhcp.Host.Configuration;

/// <summary>What names may look like.</summary>
internal static class NameRules
{
    /// <summary>IFNAMSIZ without its terminating zero.</summary>
    public const int MaxInterfaceNameLength = 15;

    /// <summary>
    /// What option 81 can carry in its 255 octets: three before the name, and the name's encoding is two longer than its
    /// text (RFC 4702 section 2).
    /// </summary>
    private const int MaxHostNameLength = 250;

    /// <summary>Octets of a label.</summary>
    private const int MaxLabelLength = 63;

    /// <summary>What is wrong with an interface name, by the kernel's dev_valid_name(); null when nothing is.</summary>
    public static string? WhyNotInterfaceName(string name)
    {
        if (name.Length == 0) return "an interface name must not be empty";
        if (System.Text.Encoding.UTF8.GetByteCount(name) > MaxInterfaceNameLength)
            return $"'{EscapedText.Of(name)}' is longer than the {MaxInterfaceNameLength} bytes of an interface name";
        if (name is "." or "..") return $"'{name}' is no interface name";
        foreach (char c in name)
            if (c is '/' or ':' || char.IsWhiteSpace(c) || char.IsControl(c))
                return $"'{EscapedText.Of(name)}' is no interface name: '/', ':' and white space are not allowed in it";
        return null;
    }

    /// <summary>Letters, digits and inner hyphens in labels of 1 to 63 (RFC 1123 section 2.1), 250 in all.</summary>
    public static bool IsHostName(string name)
    {
        if (name.Length is 0 or > MaxHostNameLength) return false;
        foreach (Range part in name.AsSpan().Split('.'))
        {
            ReadOnlySpan<char> label = name.AsSpan(part);
            if (label.Length is 0 or > MaxLabelLength || label[0] == '-' || label[^1] == '-') return false;
            foreach (char c in label)
                if (!char.IsAsciiLetterOrDigit(c) && c != '-') return false;
        }
        return true;
    }
}
