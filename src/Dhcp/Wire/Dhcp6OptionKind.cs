namespace BondDhcp.Dhcp.Wire;

/// <summary>How the data of a DHCPv6 option reads.</summary>
public enum Dhcp6OptionKind
{
    /// <summary>No known structure.</summary>
    Opaque,
    /// <summary>No data: its presence says it.</summary>
    Empty,
    /// <summary>One octet.</summary>
    Byte,
    /// <summary>Two octets.</summary>
    UInt16,
    /// <summary>Any number of two-octet numbers.</summary>
    UInt16List,
    /// <summary>Four octets, seconds; 0xffffffff is infinite.</summary>
    Seconds,
    /// <summary>One address.</summary>
    Address,
    /// <summary>Addresses.</summary>
    AddressList,
    /// <summary>Text in no certain encoding.</summary>
    Text,
    /// <summary>A name of the time zone database: a relative path of plain words (RFC 4833).</summary>
    TimeZoneName,
    /// <summary>http, https, or a URN of RFC 8910.</summary>
    PortalUri,
    /// <summary>One name in the encoding of RFC 1035 section 3.1, never compressed (RFC 9915 section 10).</summary>
    Name,
    /// <summary>Names of that encoding.</summary>
    NameList,
    /// <summary>Octets that identify something, shown as hexadecimal.</summary>
    Identifier,
    /// <summary>IAID, T1, T2 and options (options 3 and 25).</summary>
    Ia,
    /// <summary>IAID and options (option 4, obsolete).</summary>
    IaTa,
    /// <summary>Address, lifetimes and options (option 5).</summary>
    IaAddress,
    /// <summary>Lifetimes, prefix and options (option 26).</summary>
    IaPrefix,
    /// <summary>A part of the prefix around it (option 67, RFC 6603).</summary>
    PdExclude,
    /// <summary>A code and words (option 13).</summary>
    StatusCode,
    /// <summary>A message type (option 19).</summary>
    MessageType,
    /// <summary>A whole message (option 9).</summary>
    Message,
    /// <summary>Flags and a name (option 39, RFC 4704).</summary>
    FullyQualifiedName,
    /// <summary>Strings, each with its length in two octets (options 15 and 60).</summary>
    StringList,
    /// <summary>An enterprise number and strings (option 16).</summary>
    VendorClass,
    /// <summary>An enterprise number and options of that vendor (option 17).</summary>
    VendorOptions,
    /// <summary>An enterprise number and octets (option 37, RFC 4649).</summary>
    RemoteId,
    /// <summary>Options of its own, numbered by RFC 5908 (option 56).</summary>
    NtpServer,
    /// <summary>Options of the common table.</summary>
    Options,
    /// <summary>Hardware type and address (option 79, RFC 6939).</summary>
    LinkLayerAddress,
    /// <summary>Priority, name, addresses and service parameters (option 144, RFC 9463).</summary>
    EncryptedResolver,
}
