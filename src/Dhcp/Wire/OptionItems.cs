using System.Globalization;
using System.Text;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Wire;

/// <summary>The pieces that the texts of options are made of, in both families.</summary>
internal static class OptionItems
{
    /// <summary>Addresses, numbers or names shown of one option; a datagram can hold thousands.</summary>
    public const int MaxItems = 128;

    /// <summary>Stands for what is not shown.</summary>
    public const string Cut = "...";

    /// <summary>One item as text.</summary>
    public delegate string ItemText(ReadOnlySpan<byte> item);

    /// <summary>Items of one length, <c>a, b, c</c>; what is left over at the end is not shown.</summary>
    public static string List(ReadOnlySpan<byte> data, int itemLength, ItemText format)
    {
        var text = new StringBuilder();
        for (int count = 0; data.Length >= itemLength; count++, data = data[itemLength..])
        {
            if (count > 0) text.Append(", ");
            if (count == MaxItems) return text.Append(Cut).ToString();
            text.Append(format(data[..itemLength]));
        }
        return text.ToString();
    }

    /// <summary>Decimal, the same in every locale.</summary>
    public static string Number(uint value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Labels up to the root or, for a partial name, to the end of the data; null when one runs past it.</summary>
    public static string? Labels(ReadOnlySpan<byte> data, int limit)
    {
        if (data.Length > DomainNames.MaxWireLength) return null;
        var text = new StringBuilder();
        while (!data.IsEmpty && data[0] != 0)
        {
            int length = data[0];
            if (length > DomainNames.MaxLabelLength || data.Length < 1 + length) return null;
            if (text.Length > 0) text.Append('.');
            text.Append(EscapedText.Of(data.Slice(1, length), limit));
            data = data[(1 + length)..];
        }
        // Nothing follows the root.
        return data.Length > 1 ? null : text.ToString();
    }
}
