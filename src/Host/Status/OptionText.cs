using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Host.Status;

/// <summary>An option for people. TEMPORARY</summary>
internal static class OptionText
{
    /// <summary>Name.</summary>
    public static string Name(Dhcp4Option option) => FormattableString.Invariant($"option-{option.Code}");

    /// <summary>Value.</summary>
    public static string Value(Dhcp4Option option) => HexText.Colons(option.Data.AsSpan());
}
