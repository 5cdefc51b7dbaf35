using System.Collections.Immutable;
using System.Globalization;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Options;

/// <summary>One text, number or truth of a configuration.</summary>
/// <param name="Text">The text; null for a number or a truth.</param>
/// <param name="Number">The number; null for anything else.</param>
/// <param name="Truth">true or false; null for anything else.</param>
public readonly record struct OptionItem(string? Text, long? Number = null, bool? Truth = null)
{
    /// <summary>As it is written, escaped for messages.</summary>
    public override string ToString() =>
        Text is not null ? $"\"{EscapedText.Of(Text)}\"" : Number?.ToString(CultureInfo.InvariantCulture) ?? (Truth == true ? "true" : "false");
}

/// <summary>The value of an option as a configuration has it.</summary>
/// <param name="Items">One, or those of a list.</param>
/// <param name="IsList">Written as a list.</param>
public readonly record struct OptionValue(ImmutableArray<OptionItem> Items, bool IsList)
{
    /// <summary>Before the octets of an option, which every option may have for a value.</summary>
    public const string HexPrefix = "hex:";

    /// <summary>The octets where they are written down as such; null where they are not, or not well.</summary>
    public ImmutableArray<byte>? AsOctets
    {
        get
        {
            if (!IsOctets) return null;
            string hex = Items[0].Text![HexPrefix.Length..];
            return hex.Length == 0 ? [] : HexText.TryParse(hex, out byte[]? octets) ? [.. octets] : null;
        }
    }

    /// <summary>True when it begins as octets do.</summary>
    public bool IsOctets => !IsList && Items is [{ Text: { } text }] && text.StartsWith(HexPrefix, StringComparison.Ordinal);
}
