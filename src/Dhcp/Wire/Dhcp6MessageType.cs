namespace BondDhcp.Dhcp.Wire;

/// <summary>DHCPv6 message types: the first octet of a message (RFC 9915 section 7.3, RFC 9686).</summary>
public enum Dhcp6MessageType : byte
{
    /// <summary>SOLICIT.</summary>
    Solicit = 1,
    /// <summary>ADVERTISE.</summary>
    Advertise = 2,
    /// <summary>REQUEST.</summary>
    Request = 3,
    /// <summary>CONFIRM.</summary>
    Confirm = 4,
    /// <summary>RENEW.</summary>
    Renew = 5,
    /// <summary>REBIND.</summary>
    Rebind = 6,
    /// <summary>REPLY.</summary>
    Reply = 7,
    /// <summary>RELEASE.</summary>
    Release = 8,
    /// <summary>DECLINE.</summary>
    Decline = 9,
    /// <summary>RECONFIGURE: dropped and counted.</summary>
    Reconfigure = 10,
    /// <summary>INFORMATION-REQUEST.</summary>
    InformationRequest = 11,
    /// <summary>RELAY-FORW: between relay agents and servers, for captures.</summary>
    RelayForward = 12,
    /// <summary>RELAY-REPL: between relay agents and servers, for captures.</summary>
    RelayReply = 13,
    /// <summary>ADDR-REG-INFORM (RFC 9686).</summary>
    AddressRegistrationInform = 36,
    /// <summary>ADDR-REG-REPLY (RFC 9686).</summary>
    AddressRegistrationReply = 37,
}
