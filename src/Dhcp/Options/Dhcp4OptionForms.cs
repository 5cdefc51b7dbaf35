using System.Collections.Immutable;
using System.Text;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using Kind = BondDhcp.Dhcp.Wire.Dhcp4OptionKind;

namespace BondDhcp.Dhcp.Options;

/// <summary>How values of DHCPv4 options are written in a configuration.</summary>
public static class Dhcp4OptionForms
{
    // RFC 2132 section 5.1.
    private const long LeastMtu = 68;

    private static OptionForm? FormOf(Kind kind) => kind switch
    {
        Kind.Empty => new(OptionItemWriters.Presence, false, "true"),
        Kind.Boolean => new(OptionItemWriters.Truth, false, "true or false"),
        Kind.Byte => new(OptionItemWriters.UInt8, false, "a number from 0 to 255"),
        Kind.UInt16 => new(OptionItemWriters.UInt16, false, "a number from 0 to 65535"),
        Kind.UInt16List => new(OptionItemWriters.UInt16, true, "a number from 0 to 65535"),
        Kind.Int32 => new(OptionItemWriters.Int32, false, "a number from -2147483648 to 2147483647"),
        Kind.Seconds => new(OptionItemWriters.UInt32, false, "a number of seconds from 0 to 4294967295"),
        Kind.Address => new(OptionItemWriters.Ipv4, false, "an IPv4 address"),
        Kind.AddressList => new(OptionItemWriters.Ipv4, true, "an IPv4 address"),
        Kind.AddressMaskList => new(RouteItemWriters.AddressMask, true, "PREFIX/LENGTH, such as \"10.0.0.0/8\""),
        Kind.ClassfulRoutes => new(RouteItemWriters.Classful, true, "\"ADDRESS via ROUTER\", the prefix length being that of the address's class"),
        Kind.ClasslessRoutes => new(RouteItemWriters.Classless, true, "\"PREFIX|default [via ROUTER]\", such as \"10.0.0.0/8 via 192.0.2.1\""),
        Kind.Text => new(OptionItemWriters.Text, false, "a text of one character and more"),
        Kind.TimeZoneName => new(OptionItemWriters.Checked(static text => ReportedText.TimeZoneName(Encoding.UTF8.GetBytes(text)) is not null), false, "the name of a time zone, such as \"Europe/Berlin\""),
        Kind.PortalUri => new(OptionItemWriters.Checked(static text => ReportedText.PortalUri(Encoding.UTF8.GetBytes(text)) is not null), false, "the address of a page, such as \"https://portal.example/\""),
        Kind.NameList => new(OptionItemWriters.Name, true, "a domain name"),
        Kind.StringList => new(OptionItemWriters.ShortString, true, "a text of 1 to 255 octets"),
        Kind.VendorClass => new(OptionItemWriters.VendorClass4, false, "\"enterprise-NUMBER CLASS\", such as \"enterprise-32473 laptop\""),
        _ => null,
    };

    // Text by its kind, and read as something narrower.
    private static OptionForm? FormOf(byte code) => code switch
    {
        1 => new(static (item, octets) => Ipv4Address.TryParse(item.Text, out Ipv4Address mask) && Ipv4Prefix.TryFromMask(mask, out _)
            && OptionItemWriters.Ipv4(item, octets), false, "a netmask, such as \"255.255.255.0\""),
        3 => new(static (item, octets) => Ipv4Address.TryParse(item.Text, out Ipv4Address router) && router.IsUsableUnicast
            && OptionItemWriters.Ipv4(item, octets), true, "the IPv4 address of a router"),
        6 => new(Server, true, "the IPv4 address of a server"),
        12 => new(OptionItemWriters.Checked(DomainNames.IsValid), false, "a host name"),
        15 => new(OptionItemWriters.Checked(DomainNames.IsValid), false, "a domain name; several go into \"domain-search\""),
        26 => new(static (item, octets) => item.Number >= LeastMtu && OptionItemWriters.UInt16(item, octets), false, "a number from 68 to 65535"),
        42 => new(Server, true, "the IPv4 address of a server"),
        100 => new(OptionItemWriters.Checked(static text => ReportedText.PosixTimeZone(Encoding.UTF8.GetBytes(text)) is not null), false, "a time zone as POSIX writes it, such as \"CET-1CEST,M3.5.0,M10.5.0/3\""),
        _ => null,
    };

    /// <summary>The octets of a value; null, with the reason, for one that the option cannot have.</summary>
    public static ImmutableArray<byte>? Encode(byte code, OptionValue value, out string why)
    {
        Dhcp4OptionInfo option = Dhcp4OptionTable.Of(code);
        return OptionForm.Encode(FormOf(option), option.Length, value, out why);
    }

    /// <summary>True when the option holds a list, so that items may come before or after a server's.</summary>
    public static bool IsList(byte code) => FormOf(Dhcp4OptionTable.Of(code)) is { IsList: true };

    private static OptionForm? FormOf(Dhcp4OptionInfo option) => FormOf(option.Code) ?? FormOf(option.Kind);

    // On this host itself is a place for one, too.
    private static bool Server(OptionItem item, List<byte> octets) =>
        Ipv4Address.TryParse(item.Text, out Ipv4Address server) && (server.IsUsableUnicast || server.IsLoopback) && OptionItemWriters.Ipv4(item, octets);
}
