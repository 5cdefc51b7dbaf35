namespace BondDhcp.Dhcp.Wire;

/// <summary>DHCP message types: the value of option 53 (RFC 2132 section 9.6, RFC 3203).</summary>
public enum Dhcp4MessageType : byte
{
    /// <summary>DHCPDISCOVER.</summary>
    Discover = 1,
    /// <summary>DHCPOFFER.</summary>
    Offer = 2,
    /// <summary>DHCPREQUEST.</summary>
    Request = 3,
    /// <summary>DHCPDECLINE.</summary>
    Decline = 4,
    /// <summary>DHCPACK.</summary>
    Ack = 5,
    /// <summary>DHCPNAK.</summary>
    Nak = 6,
    /// <summary>DHCPRELEASE.</summary>
    Release = 7,
    /// <summary>DHCPINFORM.</summary>
    Inform = 8,
    /// <summary>DHCPFORCERENEW (RFC 3203): dropped and counted.</summary>
    ForceRenew = 9,
}
