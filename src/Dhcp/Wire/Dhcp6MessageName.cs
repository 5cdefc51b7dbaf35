using System.Globalization;

namespace BondDhcp.Dhcp.Wire;

/// <summary>The names the RFCs give to DHCPv6 message types.</summary>
public static class Dhcp6MessageName
{
    /// <summary><c>SOLICIT</c>; <c>type-99</c> for a value without a name.</summary>
    public static string Of(Dhcp6MessageType type) => type switch
    {
        Dhcp6MessageType.Solicit => "SOLICIT",
        Dhcp6MessageType.Advertise => "ADVERTISE",
        Dhcp6MessageType.Request => "REQUEST",
        Dhcp6MessageType.Confirm => "CONFIRM",
        Dhcp6MessageType.Renew => "RENEW",
        Dhcp6MessageType.Rebind => "REBIND",
        Dhcp6MessageType.Reply => "REPLY",
        Dhcp6MessageType.Release => "RELEASE",
        Dhcp6MessageType.Decline => "DECLINE",
        Dhcp6MessageType.Reconfigure => "RECONFIGURE",
        Dhcp6MessageType.InformationRequest => "INFORMATION-REQUEST",
        Dhcp6MessageType.RelayForward => "RELAY-FORW",
        Dhcp6MessageType.RelayReply => "RELAY-REPL",
        Dhcp6MessageType.AddressRegistrationInform => "ADDR-REG-INFORM",
        Dhcp6MessageType.AddressRegistrationReply => "ADDR-REG-REPLY",
        _ => string.Create(CultureInfo.InvariantCulture, $"type-{(byte)type}"),
    };
}
