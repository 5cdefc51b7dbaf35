namespace BondDhcp.Dhcp.Wire;

/// <summary>How the data of an option reads.</summary>
public enum Dhcp4OptionKind
{
    /// <summary>No known structure.</summary>
    Opaque,
    /// <summary>No data: its presence says it (option 80).</summary>
    Empty,
    /// <summary>One octet, 0 or 1.</summary>
    Boolean,
    /// <summary>One octet.</summary>
    Byte,
    /// <summary>Two octets.</summary>
    UInt16,
    /// <summary>Any number of two-octet numbers.</summary>
    UInt16List,
    /// <summary>Four octets, signed.</summary>
    Int32,
    /// <summary>Four octets, seconds; 0xffffffff is infinite.</summary>
    Seconds,
    /// <summary>One address.</summary>
    Address,
    /// <summary>Addresses.</summary>
    AddressList,
    /// <summary>Pairs of address and mask (option 21).</summary>
    AddressMaskList,
    /// <summary>Pairs of destination and router (option 33).</summary>
    ClassfulRoutes,
    /// <summary>Widths, destinations and routers (RFC 3442).</summary>
    ClasslessRoutes,
    /// <summary>Text in no certain encoding.</summary>
    Text,
    /// <summary>A name of the time zone database: a relative path of plain words (option 101, RFC 4833).</summary>
    TimeZoneName,
    /// <summary>http, https, or a URN of RFC 8910 (option 114).</summary>
    PortalUri,
    /// <summary>Encrypted resolvers (option 162, RFC 9463).</summary>
    EncryptedResolvers,
    /// <summary>Names in the encoding of RFC 1035 section 4.1.4 (option 119).</summary>
    NameList,
    /// <summary>Option 53.</summary>
    MessageType,
    /// <summary>Option codes (option 55).</summary>
    CodeList,
    /// <summary>Octets that identify something, shown as hexadecimal.</summary>
    Identifier,
    /// <summary>Flags, two unused octets and a name (option 81, RFC 4702).</summary>
    FullyQualifiedName,
    /// <summary>Strings, each with its length (option 77, RFC 3004).</summary>
    StringList,
    /// <summary>Code, length and data over and over, without pad or end (option 82, RFC 3046).</summary>
    RelayAgent,
    /// <summary>Code, length and data over and over where the vendor keeps to RFC 2132 section 8.4 (option 43).</summary>
    Encapsulated,
    /// <summary>Enterprise numbers, each with its data (option 124, RFC 3925).</summary>
    VendorClass,
    /// <summary>Enterprise numbers, each with options of that vendor (option 125, RFC 3925).</summary>
    VendorOptions,
}
