using System.Globalization;
using BondDhcp.Dhcp.Options;
using Kind = BondDhcp.Dhcp.Wire.Dhcp4OptionKind;
using Length = BondDhcp.Dhcp.Wire.OptionLength;

namespace BondDhcp.Dhcp.Wire;

/// <summary>The one table of DHCPv4 options: names, kinds and length rules, for reading, printing and JSON alike.</summary>
public static class Dhcp4OptionTable
{
    private static readonly Length Flag = Length.Exactly(1);
    private static readonly Length Half = Length.Exactly(2);
    private static readonly Length Word = Length.Exactly(Ipv4Length);
    private static readonly Length Addresses = Length.ItemsOf(Ipv4Length);
    private static readonly Length AddressPairs = Length.ItemsOf(2 * Ipv4Length);
    private static readonly Length NotEmpty = Length.AtLeast(1);

    private const int Ipv4Length = 4;

    private static readonly Dhcp4OptionInfo[] Rows =
    [
        new(1, "subnet-mask", Kind.Address, Word, "RFC 2132 3.3"),
        new(2, "time-offset", Kind.Int32, Word, "RFC 2132 3.4"),
        new(3, "routers", Kind.AddressList, Addresses, "RFC 2132 3.5"),
        new(4, "time-servers", Kind.AddressList, Addresses, "RFC 2132 3.6"),
        new(5, "name-servers", Kind.AddressList, Addresses, "RFC 2132 3.7"),
        new(6, "domain-name-servers", Kind.AddressList, Addresses, "RFC 2132 3.8"),
        new(7, "log-servers", Kind.AddressList, Addresses, "RFC 2132 3.9"),
        new(8, "cookie-servers", Kind.AddressList, Addresses, "RFC 2132 3.10"),
        new(9, "lpr-servers", Kind.AddressList, Addresses, "RFC 2132 3.11"),
        new(10, "impress-servers", Kind.AddressList, Addresses, "RFC 2132 3.12"),
        new(11, "resource-location-servers", Kind.AddressList, Addresses, "RFC 2132 3.13"),
        new(12, "host-name", Kind.Text, NotEmpty, "RFC 2132 3.14"),
        new(13, "boot-file-size", Kind.UInt16, Half, "RFC 2132 3.15"),
        new(14, "merit-dump-file", Kind.Text, NotEmpty, "RFC 2132 3.16"),
        new(15, "domain-name", Kind.Text, NotEmpty, "RFC 2132 3.17"),
        new(16, "swap-server", Kind.Address, Word, "RFC 2132 3.18"),
        new(17, "root-path", Kind.Text, NotEmpty, "RFC 2132 3.19"),
        new(18, "extensions-path", Kind.Text, NotEmpty, "RFC 2132 3.20"),
        new(19, "ip-forwarding", Kind.Boolean, Flag, "RFC 2132 4.1"),
        new(20, "non-local-source-routing", Kind.Boolean, Flag, "RFC 2132 4.2"),
        new(21, "policy-filter", Kind.AddressMaskList, AddressPairs, "RFC 2132 4.3"),
        new(22, "max-datagram-reassembly", Kind.UInt16, Half, "RFC 2132 4.4"),
        new(23, "default-ip-ttl", Kind.Byte, Flag, "RFC 2132 4.5"),
        new(24, "path-mtu-aging-timeout", Kind.Seconds, Word, "RFC 2132 4.6"),
        new(25, "path-mtu-plateau-table", Kind.UInt16List, Length.ItemsOf(2), "RFC 2132 4.7"),
        new(26, "interface-mtu", Kind.UInt16, Half, "RFC 2132 5.1"),
        new(27, "all-subnets-local", Kind.Boolean, Flag, "RFC 2132 5.2"),
        new(28, "broadcast-address", Kind.Address, Word, "RFC 2132 5.3"),
        new(29, "perform-mask-discovery", Kind.Boolean, Flag, "RFC 2132 5.4"),
        new(30, "mask-supplier", Kind.Boolean, Flag, "RFC 2132 5.5"),
        new(31, "perform-router-discovery", Kind.Boolean, Flag, "RFC 2132 5.6"),
        new(32, "router-solicitation-address", Kind.Address, Word, "RFC 2132 5.7"),
        new(33, "static-routes", Kind.ClassfulRoutes, AddressPairs, "RFC 2132 5.8"),
        new(34, "trailer-encapsulation", Kind.Boolean, Flag, "RFC 2132 6.1"),
        new(35, "arp-cache-timeout", Kind.Seconds, Word, "RFC 2132 6.2"),
        new(36, "ieee802-3-encapsulation", Kind.Boolean, Flag, "RFC 2132 6.3"),
        new(37, "default-tcp-ttl", Kind.Byte, Flag, "RFC 2132 7.1"),
        new(38, "tcp-keepalive-interval", Kind.Seconds, Word, "RFC 2132 7.2"),
        new(39, "tcp-keepalive-garbage", Kind.Boolean, Flag, "RFC 2132 7.3"),
        new(40, "nis-domain", Kind.Text, NotEmpty, "RFC 2132 8.1"),
        new(41, "nis-servers", Kind.AddressList, Addresses, "RFC 2132 8.2"),
        new(42, "ntp-servers", Kind.AddressList, Addresses, "RFC 2132 8.3"),
        new(43, "vendor-encapsulated-options", Kind.Encapsulated, NotEmpty, "RFC 2132 8.4"),
        new(44, "netbios-name-servers", Kind.AddressList, Addresses, "RFC 2132 8.5"),
        new(45, "netbios-datagram-servers", Kind.AddressList, Addresses, "RFC 2132 8.6"),
        new(46, "netbios-node-type", Kind.Byte, Flag, "RFC 2132 8.7"),
        new(47, "netbios-scope", Kind.Text, NotEmpty, "RFC 2132 8.8"),
        new(48, "font-servers", Kind.AddressList, Addresses, "RFC 2132 8.9"),
        new(49, "x-display-managers", Kind.AddressList, Addresses, "RFC 2132 8.10"),
        new(50, "requested-address", Kind.Address, Word, "RFC 2132 9.1"),
        new(51, "lease-time", Kind.Seconds, Word, "RFC 2132 9.2"),
        new(52, "option-overload", Kind.Byte, Flag, "RFC 2132 9.3"),
        new(53, "message-type", Kind.MessageType, Flag, "RFC 2132 9.6"),
        new(54, "server-identifier", Kind.Address, Word, "RFC 2132 9.7"),
        new(55, "parameter-request-list", Kind.CodeList, NotEmpty, "RFC 2132 9.8"),
        new(56, "message", Kind.Text, NotEmpty, "RFC 2132 9.9"),
        new(57, "max-message-size", Kind.UInt16, Half, "RFC 2132 9.10"),
        new(58, "renewal-time", Kind.Seconds, Word, "RFC 2132 9.11"),
        new(59, "rebinding-time", Kind.Seconds, Word, "RFC 2132 9.12"),
        new(60, "vendor-class-identifier", Kind.Text, NotEmpty, "RFC 2132 9.13"),
        new(61, "client-identifier", Kind.Identifier, Length.AtLeast(2), "RFC 2132 9.14"),
        new(64, "nisplus-domain", Kind.Text, NotEmpty, "RFC 2132 8.11"),
        new(65, "nisplus-servers", Kind.AddressList, Addresses, "RFC 2132 8.12"),
        new(66, "tftp-server-name", Kind.Text, NotEmpty, "RFC 2132 9.4"),
        new(67, "bootfile-name", Kind.Text, NotEmpty, "RFC 2132 9.5"),
        // Zero addresses mean that there are no home agents (RFC 2132 section 8.13).
        new(68, "mobile-ip-home-agents", Kind.AddressList, new Length(0, Ipv4Length, int.MaxValue), "RFC 2132 8.13"),
        new(69, "smtp-servers", Kind.AddressList, Addresses, "RFC 2132 8.14"),
        new(70, "pop3-servers", Kind.AddressList, Addresses, "RFC 2132 8.15"),
        new(71, "nntp-servers", Kind.AddressList, Addresses, "RFC 2132 8.16"),
        new(72, "www-servers", Kind.AddressList, Addresses, "RFC 2132 8.17"),
        new(73, "finger-servers", Kind.AddressList, Addresses, "RFC 2132 8.18"),
        new(74, "irc-servers", Kind.AddressList, Addresses, "RFC 2132 8.19"),
        new(75, "streettalk-servers", Kind.AddressList, Addresses, "RFC 2132 8.20"),
        new(76, "streettalk-directory-assistance-servers", Kind.AddressList, Addresses, "RFC 2132 8.21"),
        new(77, "user-class", Kind.StringList, Length.AtLeast(2), "RFC 3004 4"),
        new(80, "rapid-commit", Kind.Empty, Length.Exactly(0), "RFC 4039 4"),
        new(81, "client-fqdn", Kind.FullyQualifiedName, Length.AtLeast(3), "RFC 4702 2"),
        new(82, "relay-agent-information", Kind.RelayAgent, Length.AtLeast(2), "RFC 3046 2"),
        new(90, "authentication", Kind.Opaque, Length.AtLeast(11), "RFC 3118 2"),
        new(93, "client-system-architecture", Kind.UInt16List, Length.ItemsOf(2), "RFC 4578 2.1"),
        new(94, "client-network-interface", Kind.Identifier, Length.Exactly(3), "RFC 4578 2.2"),
        new(97, "client-machine-identifier", Kind.Identifier, NotEmpty, "RFC 4578 2.3"),
        new(100, "posix-timezone", Kind.Text, NotEmpty, "RFC 4833 2"),
        new(101, "tzdb-timezone", Kind.TimeZoneName, NotEmpty, "RFC 4833 2"),
        new(108, "ipv6-only-preferred", Kind.Seconds, Word, "RFC 8925 3.1"),
        new(114, "captive-portal", Kind.PortalUri, NotEmpty, "RFC 8910 2.1"),
        new(116, "auto-configure", Kind.Byte, Flag, "RFC 2563 2"),
        new(117, "name-service-search", Kind.UInt16List, Length.ItemsOf(2), "RFC 2937"),
        new(118, "subnet-selection", Kind.Address, Word, "RFC 3011 2"),
        new(119, "domain-search", Kind.NameList, NotEmpty, "RFC 3397 2"),
        new(121, "classless-static-routes", Kind.ClasslessRoutes, Length.AtLeast(5), "RFC 3442"),
        new(124, "vendor-class", Kind.VendorClass, Length.AtLeast(5), "RFC 3925 3"),
        new(125, "vendor-options", Kind.VendorOptions, Length.AtLeast(5), "RFC 3925 4"),
        new(145, "forcerenew-nonce-capable", Kind.Identifier, NotEmpty, "RFC 6704 3.1.1"),
        new(150, "tftp-server-addresses", Kind.AddressList, Addresses, "RFC 5859 3"),
        new(161, "mud-url", Kind.Text, NotEmpty, "RFC 8520 10"),
        // An instance of an ADN alone, which is a label and the root at least, is two octets of length and six more.
        new(162, "encrypted-dns", Kind.EncryptedResolvers, Length.AtLeast(8), "RFC 9463 5.1"),
        new(249, "ms-classless-static-routes", Kind.ClasslessRoutes, Length.AtLeast(5), "[MS-DHCPE] 2.2.8"),
        new(252, "web-proxy-auto-discovery", Kind.Text, NotEmpty, "draft-ietf-wrec-wpad-01"),
    ];

    private static readonly Dhcp4OptionInfo[] ByCode = Index();

    /// <summary>The rows of the table, by ascending code.</summary>
    public static ReadOnlySpan<Dhcp4OptionInfo> Known => Rows;

    /// <summary>What is known of an option; one that is not in the table is opaque and named <c>option-N</c>.</summary>
    public static Dhcp4OptionInfo Of(byte code) => ByCode[code];

    /// <summary>
    /// The option of a name: that of the table, the one ISC's software has for it, <c>option-N</c>, or the number alone. Null for
    /// none.
    /// </summary>
    public static Dhcp4OptionInfo? Find(string name)
    {
        foreach (Dhcp4OptionInfo row in Rows)
            if (row.Name == name) return row;
        foreach ((string alias, byte code) in OptionAliases.Ipv4)
            if (alias == name) return ByCode[code];
        return OptionAliases.TryReadNumber(name, out ushort number) && number <= byte.MaxValue ? ByCode[number] : null;
    }

    /// <summary>The name that ISC's software has for an option, and its scripts for a variable.</summary>
    public static string IscNameOf(byte code)
    {
        foreach ((string alias, byte its) in OptionAliases.Ipv4)
            if (its == code) return alias;
        return Of(code).Name;
    }

    /// <summary>Every name that <see cref="Find"/> knows, but for numbers.</summary>
    public static IEnumerable<string> Names => Rows.Select(static row => row.Name).Concat(OptionAliases.Ipv4.Select(static alias => alias.Name));

    private static Dhcp4OptionInfo[] Index()
    {
        var index = new Dhcp4OptionInfo[byte.MaxValue + 1];
        foreach (Dhcp4OptionInfo row in Rows) index[row.Code] = row;
        for (int code = 0; code < index.Length; code++)
            index[code] ??= new Dhcp4OptionInfo(
                (byte)code, string.Create(CultureInfo.InvariantCulture, $"option-{code}"), Kind.Opaque, Length.Any, "");
        return index;
    }
}
