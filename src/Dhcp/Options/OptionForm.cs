using System.Collections.Immutable;
using BondDhcp.Dhcp.Wire;

namespace BondDhcp.Dhcp.Options;

/// <summary>Appends one item as octets; false when it is none.</summary>
internal delegate bool ItemWriter(OptionItem item, List<byte> octets);

/// <summary>How the value of an option is written in a configuration; the inverse of how it is printed.</summary>
/// <param name="Write">Writes one item.</param>
/// <param name="IsList">Several items may stand there, and may be joined with those of a server.</param>
/// <param name="Expected">What one item is, for messages: <c>an IPv4 address</c>.</param>
internal sealed record OptionForm(ItemWriter Write, bool IsList, string Expected)
{
    /// <summary>The octets of a value; null, with the reason, for one that the option cannot have.</summary>
    /// <param name="form">Null for an option of no known form, which is written as octets only.</param>
    /// <param name="length">The option's length rule.</param>
    /// <param name="value">As the configuration has it.</param>
    /// <param name="why">What is wrong, and what would be right.</param>
    public static ImmutableArray<byte>? Encode(OptionForm? form, OptionLength length, OptionValue value, out string why)
    {
        why = "";
        ImmutableArray<byte>? data = value.IsOctets ? value.AsOctets : form?.EncodeItems(value, out why);
        if (value.IsOctets && data is null) why = "'hex:' is followed by pairs of hexadecimal digits, with colons between all pairs or none";
        else if (data is null && form is null) why = "its value must be octets, such as \"hex:01:02\": it has no other form here";
        else if (data is { } octets && !length.Allows(octets.Length))
        {
            why = octets.IsEmpty ? "it cannot be empty" : FormattableString.Invariant($"it cannot be {octets.Length} octets long");
            return null;
        }
        return data;
    }

    private ImmutableArray<byte>? EncodeItems(OptionValue value, out string why)
    {
        why = "";
        List<byte> octets = [];
        if (value.IsList && !IsList) why = $"must be {Expected}, not a list";
        foreach (OptionItem item in value.Items)
            if (why.Length == 0 && !Write(item, octets)) why = $"{item} is not {Expected}";
        return why.Length == 0 ? [.. octets] : null;
    }
}
