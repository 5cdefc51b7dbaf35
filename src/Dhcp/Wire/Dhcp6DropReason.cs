namespace BondDhcp.Dhcp.Wire;

/// <summary>Why a received DHCPv6 message was not used. Each is a counter in <c>status</c>, by its name in camelCase.</summary>
public enum Dhcp6DropReason
{
    /// <summary>Not dropped.</summary>
    None,
    /// <summary>Shorter than an IPv6 and UDP header, not IPv6, or its lengths contradict each other (captures).</summary>
    IpHeader,
    /// <summary>A fragment (captures).</summary>
    Fragment,
    /// <summary>UDP length shorter than its header or longer than the IP payload (captures).</summary>
    UdpLength,
    /// <summary>UDP checksum wrong, or none, which IPv6 does not allow (captures).</summary>
    UdpChecksum,
    /// <summary>Sent to a multicast address: clients take none (RFC 9915 section 16).</summary>
    Multicast,
    /// <summary>The source is no address a server or relay agent can have on a link.</summary>
    Source,
    /// <summary>Shorter than a message's header.</summary>
    Length,
    /// <summary>An option runs past the end of what holds it, or there are too many.</summary>
    OptionLength,
    /// <summary>A type that no server sends to a client, or an unknown one.</summary>
    MessageType,
    /// <summary>A type of a server that this state does not expect.</summary>
    UnexpectedMessage,
    /// <summary>RECONFIGURE, which is not taken without authentication.</summary>
    Reconfigure,
    /// <summary>The transaction id is not the present exchange's.</summary>
    Xid,
    /// <summary>Option 1 missing, malformed or another client's; or there although none was sent.</summary>
    ClientIdentifier,
    /// <summary>Option 2 missing or malformed.</summary>
    ServerIdentifier,
    /// <summary>Not from the server the message was for.</summary>
    OtherServer,
    /// <summary>The server is on the deny list, or not on the allow list.</summary>
    ServerNotAllowed,
    /// <summary>An offer without an option that the configuration requires.</summary>
    MissingOption,
    /// <summary>A REPLY without option 14 to a SOLICIT.</summary>
    RapidCommit,
    /// <summary>More ADVERTISEs than are kept.</summary>
    TooManyAdvertises,
    /// <summary>A REPLY with nothing in it for the leases it was asked about.</summary>
    NoLeases,
    /// <summary>No exchange is under way.</summary>
    NoExchange,
}
