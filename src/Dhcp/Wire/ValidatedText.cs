using System.Text;

namespace BondDhcp.Dhcp.Wire;

/// <summary>Texts of options that other programs act on: taken only in the form these expect.</summary>
internal static class ValidatedText
{
    /// <summary>Octets of a portal's address; longer ones are nothing to type or to show.</summary>
    public const int MaxUriLength = 1024;

    /// <summary>Octets of a time zone's name.</summary>
    public const int MaxZoneLength = 255;

    /// <summary>
    /// Letters, digits, <c>_</c>, <c>+</c> and <c>-</c> between slashes: what can be looked up in a directory of zones
    /// without leaving it. Null for anything else.
    /// </summary>
    public static string? TimeZoneName(ReadOnlySpan<byte> data)
    {
        if (data.Length is 0 or > MaxZoneLength) return null;
        for (int i = 0; i < data.Length; i++)
        {
            bool separates = data[i] == '/' && i > 0 && i + 1 < data.Length && data[i - 1] != '/';
            if (!separates && !char.IsAsciiLetterOrDigit((char)data[i]) && data[i] is not ((byte)'_' or (byte)'+' or (byte)'-')) return null;
        }
        return Encoding.ASCII.GetString(data);
    }

    /// <summary>A portal's address is opened by people: only schemes a browser takes for a page, no blanks, no controls.</summary>
    public static string? PortalUri(ReadOnlySpan<byte> data)
    {
        if (data.Length > MaxUriLength || data.ContainsAnyExceptInRange((byte)'!', (byte)'~')) return null;
        string uri = Encoding.ASCII.GetString(data);
        foreach (string prefix in (ReadOnlySpan<string>)["https://", "http://", "urn:ietf:params:capport:"])
            if (uri.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) && uri.Length > prefix.Length) return uri;
        return null;
    }
}
