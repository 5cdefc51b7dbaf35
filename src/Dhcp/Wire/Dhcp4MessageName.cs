using System.Globalization;

namespace BondDhcp.Dhcp.Wire;

/// <summary>The names RFC 2131 gives to message types.</summary>
public static class Dhcp4MessageName
{
    /// <summary><c>DHCPDISCOVER</c>; <c>type-42</c> for a value without a name.</summary>
    public static string Of(Dhcp4MessageType type) => type switch
    {
        Dhcp4MessageType.Discover => "DHCPDISCOVER",
        Dhcp4MessageType.Offer => "DHCPOFFER",
        Dhcp4MessageType.Request => "DHCPREQUEST",
        Dhcp4MessageType.Decline => "DHCPDECLINE",
        Dhcp4MessageType.Ack => "DHCPACK",
        Dhcp4MessageType.Nak => "DHCPNAK",
        Dhcp4MessageType.Release => "DHCPRELEASE",
        Dhcp4MessageType.Inform => "DHCPINFORM",
        Dhcp4MessageType.ForceRenew => "DHCPFORCERENEW",
        _ => string.Create(CultureInfo.InvariantCulture, $"type-{(byte)type}"),
    };
}
