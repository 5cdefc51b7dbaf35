namespace BondDhcp.Dhcp.Wire;

/// <summary>Why a received packet was not used. Each is a counter in <c>status</c>, by its name in camelCase.</summary>
public enum Dhcp4DropReason
{
    /// <summary>Not dropped.</summary>
    None,
    /// <summary>V1: shorter than an IPv4, UDP and DHCP header, not IPv4, or its lengths contradict each other.</summary>
    IpHeader,
    /// <summary>V1: a fragment.</summary>
    Fragment,
    /// <summary>V2: IP header checksum.</summary>
    IpChecksum,
    /// <summary>V3: UDP length shorter than a DHCP message or longer than the IP payload.</summary>
    UdpLength,
    /// <summary>V3: not for port 68.</summary>
    UdpPort,
    /// <summary>V4: UDP checksum.</summary>
    UdpChecksum,
    /// <summary>V5: our own transmission, or for another host.</summary>
    PacketType,
    /// <summary>V5: tagged for a VLAN.</summary>
    Vlan,
    /// <summary>V6: op is not BOOTREPLY.</summary>
    Op,
    /// <summary>V7: htype or hlen is not Ethernet's.</summary>
    HardwareType,
    /// <summary>V8: xid is not the present exchange's.</summary>
    Xid,
    /// <summary>V9: chaddr was not in any transmission of this exchange.</summary>
    Chaddr,
    /// <summary>V10: no magic cookie: a BOOTP reply.</summary>
    Cookie,
    /// <summary>V11: an option runs past the end of its field, or there are too many.</summary>
    OptionLength,
    /// <summary>V12: option 53 missing or malformed.</summary>
    MessageType,
    /// <summary>V12: a message type that this state does not expect.</summary>
    UnexpectedMessage,
    /// <summary>V12: DHCPFORCERENEW.</summary>
    ForceRenew,
    /// <summary>V13: option 61 is another client's (RFC 6842).</summary>
    ClientIdentifier,
    /// <summary>V14: option 54 missing, malformed or unusable.</summary>
    ServerIdentifier,
    /// <summary>V15: not from the server the request was for.</summary>
    OtherServer,
    /// <summary>V15: a DHCPNAK of a server that never granted anything on this network, while the gateway answers.</summary>
    StrangerNak,
    /// <summary>V16: option 51 missing, malformed or zero.</summary>
    LeaseTime,
    /// <summary>V17: yiaddr is no address a host can have here.</summary>
    Yiaddr,
    /// <summary>V18: the netmask is not contiguous or malformed.</summary>
    SubnetMask,
    /// <summary>V19: the DHCPACK grants another address than was requested.</summary>
    OtherAddress,
    /// <summary>The server is on the deny list, or not on the allow list.</summary>
    ServerNotAllowed,
    /// <summary>An offer without an option that the configuration requires.</summary>
    MissingOption,
    /// <summary>A DHCPACK without option 80 to a DHCPDISCOVER, or with it when it was not asked for (RFC 4039).</summary>
    RapidCommit,
    /// <summary>An OFFER without an address that does not say why (options 108, 116).</summary>
    NoAddress,
    /// <summary>More OFFERs than are kept.</summary>
    TooManyOffers,
    /// <summary>No exchange is under way.</summary>
    NoExchange,
}
