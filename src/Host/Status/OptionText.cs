using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Host.Status;

/// <summary>An option as <c>lease</c> shows it.</summary>
internal static class OptionText
{
    /// <summary>Its name in lower case with hyphens.</summary>
    public static string Name(Dhcp4Option option) => Dhcp4OptionTable.Of(option.Code).Name;

    /// <summary>Its value in words; its octets where it has no known structure.</summary>
    public static string Value(Dhcp4Option option) =>
        Dhcp4OptionText.Format(option.Code, option.Data.AsSpan()) ?? HexText.Colons(option.Data.AsSpan());
}
