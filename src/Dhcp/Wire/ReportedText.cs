using System.Text;

namespace BondDhcp.Dhcp.Wire;

/// <summary>
/// Text of options that are reported and otherwise left alone, the same in both families. Whatever does not read as what
/// it should be is null: such text is put into files, paths and browsers by others.
/// </summary>
public static class ReportedText
{
    /// <summary>Octets of a portal's address; longer ones are nothing to type or to show.</summary>
    public const int MaxUriLength = 1024;

    /// <summary>Octets of a time zone; no name of the database is nearly as long.</summary>
    public const int MaxTimeZoneLength = 255;

    /// <summary>
    /// A name of the time zone database (RFC 4833 section 3): letters, digits, <c>_</c>, <c>+</c> and <c>-</c> between
    /// slashes, which is what can be looked up in a directory of zones without leaving it.
    /// </summary>
    public static string? TimeZoneName(ReadOnlySpan<byte> data)
    {
        data = data.TrimEnd((byte)0);
        if (data.Length is 0 or > MaxTimeZoneLength) return null;
        for (int i = 0; i < data.Length; i++)
        {
            bool separates = data[i] == '/' && i > 0 && i + 1 < data.Length && data[i - 1] != '/';
            if (!separates && !char.IsAsciiLetterOrDigit((char)data[i]) && data[i] is not ((byte)'_' or (byte)'+' or (byte)'-')) return null;
        }
        return Encoding.ASCII.GetString(data);
    }

    /// <summary>
    /// A time zone in the words of POSIX (IEEE 1003.1 section 8.3), such as <c>CET-1CEST,M3.5.0,M10.5.0/3</c>: the
    /// characters that may occur in one. A leading colon would name a file.
    /// </summary>
    public static string? PosixTimeZone(ReadOnlySpan<byte> data)
    {
        data = data.TrimEnd((byte)0);
        if (data.Length is 0 or > MaxTimeZoneLength || data[0] is (byte)':' or (byte)'/') return null;
        foreach (byte octet in data)
            if (!char.IsAsciiLetterOrDigit((char)octet) && !"<>+-,./:"u8.Contains(octet)) return null;
        return data.IndexOf(".."u8) >= 0 ? null : Encoding.ASCII.GetString(data);
    }

    /// <summary>A portal's address (RFC 8910), which people open: only schemes a browser takes for a page, no blanks, no controls.</summary>
    public static string? PortalUri(ReadOnlySpan<byte> data)
    {
        if (data.Length > MaxUriLength || data.ContainsAnyExceptInRange((byte)'!', (byte)'~')) return null;
        string uri = Encoding.ASCII.GetString(data);
        foreach (string prefix in (ReadOnlySpan<string>)["https://", "http://", "urn:ietf:params:capport:"])
            if (uri.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) && uri.Length > prefix.Length) return uri;
        return null;
    }
}
