using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Wire;

public static partial class Dhcp4OptionText
{
    /// <summary>
    /// RFC 4702 section 2: flags, two unused result codes, and a name, in the encoding of RFC 1035 without compression
    /// where E is set. <c>host.example.org flags=0x05</c>.
    /// </summary>
    private static string? FullyQualifiedName(ReadOnlySpan<byte> data, int limit)
    {
        const byte encoded = 0x04;
        const int headerLength = 3;
        ReadOnlySpan<byte> name = data[headerLength..];
        string? text = (data[0] & encoded) != 0 ? OptionItems.Labels(name, limit) : EscapedText.Of(WithoutTerminator(name), limit);
        if (text is null) return null;
        string flags = string.Create(CultureInfo.InvariantCulture, $"flags=0x{data[0]:x2}");
        return text.Length == 0 ? flags : $"{text} {flags}";
    }

    /// <summary>RFC 9463 section 5.1; null when an instance is none.</summary>
    private static string? EncryptedResolvers(ReadOnlySpan<byte> data) =>
        EncryptedResolverReader.ReadIpv4(data, out ImmutableArray<EncryptedResolver> resolvers) ? string.Join(", ", resolvers) : null;

    /// <summary>RFC 3004 section 4: strings of one octet and more, each with its length.</summary>
    private static string? Strings(ReadOnlySpan<byte> data, int limit)
    {
        var text = new StringBuilder();
        while (!data.IsEmpty)
        {
            int length = data[0];
            if (length == 0 || data.Length < 1 + length) return null;
            if (text.Length > 0) text.Append(", ");
            if (text.Length > limit) return text.Append(OptionItems.Cut).ToString();
            text.Append(EscapedText.Of(data.Slice(1, length), limit));
            data = data[(1 + length)..];
        }
        return text.ToString();
    }
}
