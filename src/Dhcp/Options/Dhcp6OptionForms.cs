using System.Collections.Immutable;
using System.Text;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using Kind = BondDhcp.Dhcp.Wire.Dhcp6OptionKind;

namespace BondDhcp.Dhcp.Options;

/// <summary>How values of DHCPv6 options are written in a configuration.</summary>
public static class Dhcp6OptionForms
{
    private const ushort DnsServers = 23;

    private static OptionForm? FormOf(Kind kind) => kind switch
    {
        Kind.Empty => new(OptionItemWriters.Presence, false, "true"),
        Kind.Byte => new(OptionItemWriters.UInt8, false, "a number from 0 to 255"),
        Kind.UInt16 => new(OptionItemWriters.UInt16, false, "a number from 0 to 65535"),
        Kind.UInt16List => new(OptionItemWriters.UInt16, true, "a number from 0 to 65535"),
        Kind.Seconds => new(OptionItemWriters.UInt32, false, "a number of seconds from 0 to 4294967295"),
        Kind.Address => new(OptionItemWriters.Ipv6, false, "an IPv6 address"),
        Kind.AddressList => new(OptionItemWriters.Ipv6, true, "an IPv6 address"),
        Kind.Text => new(OptionItemWriters.Text, false, "a text of one character and more"),
        Kind.TimeZoneName => new(OptionItemWriters.Checked(static text => ReportedText.TimeZoneName(Encoding.UTF8.GetBytes(text)) is not null), false, "the name of a time zone, such as \"Europe/Berlin\""),
        Kind.PortalUri => new(OptionItemWriters.Checked(static text => ReportedText.PortalUri(Encoding.UTF8.GetBytes(text)) is not null), false, "the address of a page, such as \"https://portal.example/\""),
        Kind.Name => new(OptionItemWriters.Name, false, "a domain name"),
        Kind.NameList => new(OptionItemWriters.Name, true, "a domain name"),
        Kind.StringList => new(OptionItemWriters.LongString, true, "a text of 1 to 255 octets"),
        Kind.VendorClass => new(OptionItemWriters.VendorClass6, false, "\"enterprise-NUMBER CLASS\", such as \"enterprise-32473 laptop\""),
        Kind.NtpServer => new(NtpServer, true, "an IPv6 address or a name"),
        _ => null,
    };

    /// <summary>The octets of a value; null, with the reason, for one that the option cannot have.</summary>
    public static ImmutableArray<byte>? Encode(ushort code, OptionValue value, out string why)
    {
        Dhcp6OptionInfo option = Dhcp6OptionTable.Of(code);
        return OptionForm.Encode(FormOf(option), option.Length, value, out why);
    }

    /// <summary>True when the option holds a list, so that items may come before or after a server's.</summary>
    public static bool IsList(ushort code) => FormOf(Dhcp6OptionTable.Of(code)) is { IsList: true };

    private static OptionForm? FormOf(Dhcp6OptionInfo option) =>
        option.Code == DnsServers ? new OptionForm(Server, true, "the IPv6 address of a server") : FormOf(option.Kind);

    private static bool Server(OptionItem item, List<byte> octets) =>
        Ipv6Address.TryParse(item.Text, out Ipv6Address server) && Dhcp6ReplyReader.IsOwnersServer(server) && OptionItemWriters.Ipv6(item, octets);

    /// <summary>One sub-option, by what it is (RFC 5908 section 4).</summary>
    internal static bool NtpServer(OptionItem item, List<byte> octets)
    {
        List<byte> its = [];
        bool isAddress = OptionItemWriters.Ipv6(item, its);
        if (!isAddress && !OptionItemWriters.Name(item, its)) return false;
        Dhcp6NtpKind kind = !isAddress ? Dhcp6NtpKind.Name : its[0] == byte.MaxValue ? Dhcp6NtpKind.Multicast : Dhcp6NtpKind.Address;
        octets.AddRange([0, (byte)kind, 0, (byte)its.Count, .. its]);
        return Dhcp6ReplyReader.TryReadNtpServer((ushort)kind, [.. its], out _);
    }
}
