using System.Globalization;
using BondDhcp.Dhcp.Options;
using Kind = BondDhcp.Dhcp.Wire.Dhcp6OptionKind;
using Length = BondDhcp.Dhcp.Wire.OptionLength;

namespace BondDhcp.Dhcp.Wire;

/// <summary>The one table of DHCPv6 options: names, kinds and length rules, for reading, printing and JSON alike.</summary>
public static class Dhcp6OptionTable
{
    private const int Ipv6Length = 16;

    private static readonly Length Nothing = Length.Exactly(0);
    private static readonly Length Octet = Length.Exactly(1);
    private static readonly Length Half = Length.Exactly(2);
    private static readonly Length Word = Length.Exactly(4);
    private static readonly Length Halves = Length.ItemsOf(2);
    private static readonly Length OneAddress = Length.Exactly(Ipv6Length);
    private static readonly Length Addresses = Length.ItemsOf(Ipv6Length);
    private static readonly Length NotEmpty = Length.AtLeast(1);
    private static readonly Length DuidLength = new(Identity.Duid.MinLength, 1, Identity.Duid.MaxLength);

    private static readonly Dhcp6OptionInfo[] Rows =
    [
        new(1, "client-identifier", Kind.Identifier, DuidLength, "RFC 9915 21.2"),
        new(2, "server-identifier", Kind.Identifier, DuidLength, "RFC 9915 21.3"),
        new(3, "ia-na", Kind.Ia, Length.AtLeast(12), "RFC 9915 21.4") { Repeats = true },
        new(4, "ia-ta", Kind.IaTa, Length.AtLeast(4), "RFC 8415 21.5") { Repeats = true },
        new(5, "ia-address", Kind.IaAddress, Length.AtLeast(24), "RFC 9915 21.6") { Repeats = true },
        new(6, "option-request", Kind.UInt16List, Halves, "RFC 9915 21.7"),
        new(7, "preference", Kind.Byte, Octet, "RFC 9915 21.8"),
        new(8, "elapsed-time", Kind.UInt16, Half, "RFC 9915 21.9"),
        new(9, "relay-message", Kind.Message, Length.AtLeast(4), "RFC 9915 21.10"),
        new(11, "authentication", Kind.Opaque, Length.AtLeast(11), "RFC 9915 21.11"),
        new(12, "server-unicast", Kind.Address, OneAddress, "RFC 8415 21.12"),
        new(13, "status-code", Kind.StatusCode, Length.AtLeast(2), "RFC 9915 21.13"),
        new(14, "rapid-commit", Kind.Empty, Nothing, "RFC 9915 21.14"),
        new(15, "user-class", Kind.StringList, Length.AtLeast(2), "RFC 9915 21.15"),
        new(16, "vendor-class", Kind.VendorClass, Length.AtLeast(4), "RFC 9915 21.16") { Repeats = true },
        new(17, "vendor-options", Kind.VendorOptions, Length.AtLeast(4), "RFC 9915 21.17") { Repeats = true },
        new(18, "interface-id", Kind.Opaque, NotEmpty, "RFC 9915 21.18"),
        new(19, "reconfigure-message", Kind.MessageType, Octet, "RFC 9915 21.19"),
        new(20, "reconfigure-accept", Kind.Empty, Nothing, "RFC 9915 21.20"),
        new(21, "sip-server-names", Kind.NameList, NotEmpty, "RFC 3319 3.1"),
        new(22, "sip-server-addresses", Kind.AddressList, Addresses, "RFC 3319 3.2"),
        new(23, "dns-servers", Kind.AddressList, Addresses, "RFC 3646 3"),
        new(24, "domain-search", Kind.NameList, NotEmpty, "RFC 3646 4"),
        new(25, "ia-pd", Kind.Ia, Length.AtLeast(12), "RFC 9915 21.21") { Repeats = true },
        new(26, "ia-prefix", Kind.IaPrefix, Length.AtLeast(25), "RFC 9915 21.22") { Repeats = true },
        new(27, "nis-servers", Kind.AddressList, Addresses, "RFC 3898 3"),
        new(28, "nisplus-servers", Kind.AddressList, Addresses, "RFC 3898 4"),
        new(29, "nis-domain", Kind.Name, NotEmpty, "RFC 3898 5"),
        new(30, "nisplus-domain", Kind.Name, NotEmpty, "RFC 3898 6"),
        new(31, "sntp-servers", Kind.AddressList, Addresses, "RFC 4075 4"),
        new(32, "information-refresh-time", Kind.Seconds, Word, "RFC 9915 21.23"),
        new(33, "bcmcs-server-names", Kind.NameList, NotEmpty, "RFC 4280 4.2"),
        new(34, "bcmcs-server-addresses", Kind.AddressList, Addresses, "RFC 4280 4.4"),
        new(37, "remote-id", Kind.RemoteId, Length.AtLeast(5), "RFC 4649 3"),
        new(38, "subscriber-id", Kind.Opaque, NotEmpty, "RFC 4580 2"),
        new(39, "client-fqdn", Kind.FullyQualifiedName, NotEmpty, "RFC 4704 4"),
        new(40, "pana-agents", Kind.AddressList, Addresses, "RFC 5192 6"),
        new(41, "posix-timezone", Kind.Text, NotEmpty, "RFC 4833 3"),
        new(42, "tzdb-timezone", Kind.TimeZoneName, NotEmpty, "RFC 4833 3"),
        new(43, "echo-request", Kind.UInt16List, Halves, "RFC 4994 4"),
        new(45, "client-data", Kind.Options, NotEmpty, "RFC 5007 4.1.2.2") { Repeats = true },
        new(46, "client-last-transaction-time", Kind.Seconds, Word, "RFC 5007 4.1.2.3"),
        new(51, "lost-server", Kind.Name, NotEmpty, "RFC 5223 4"),
        new(52, "capwap-access-controllers", Kind.AddressList, Addresses, "RFC 5417 3"),
        new(53, "relay-id", Kind.Identifier, DuidLength, "RFC 5460 5.4.1"),
        new(56, "ntp-server", Kind.NtpServer, Length.AtLeast(4), "RFC 5908 4") { Repeats = true },
        new(59, "boot-file-url", Kind.Text, NotEmpty, "RFC 5970 3.1"),
        new(60, "boot-file-parameters", Kind.StringList, Length.AtLeast(2), "RFC 5970 3.2"),
        new(61, "client-system-architecture", Kind.UInt16List, Halves, "RFC 5970 3.3"),
        new(62, "client-network-interface", Kind.Identifier, Length.Exactly(3), "RFC 5970 3.4"),
        new(64, "aftr-name", Kind.Name, NotEmpty, "RFC 6334 3"),
        new(65, "erp-local-domain-name", Kind.Name, NotEmpty, "RFC 6440 4"),
        new(66, "relay-supplied-options", Kind.Options, Length.AtLeast(4), "RFC 6422 3"),
        // A part of /127 at most is one octet after the length; of /1, sixteen.
        new(67, "pd-exclude", Kind.PdExclude, new Length(2, 1, 17), "RFC 6603 4.2"),
        new(68, "virtual-subnet-selection", Kind.Opaque, NotEmpty, "RFC 6607 3.3"),
        new(74, "rdnss-selection", Kind.Opaque, Length.AtLeast(17), "RFC 6731 4.2") { Repeats = true },
        new(79, "client-link-layer-address", Kind.LinkLayerAddress, Length.AtLeast(3), "RFC 6939 4"),
        new(80, "link-address", Kind.Address, OneAddress, "RFC 6977 6.1"),
        new(82, "sol-max-rt", Kind.Seconds, Word, "RFC 9915 21.24"),
        new(83, "inf-max-rt", Kind.Seconds, Word, "RFC 9915 21.25"),
        new(87, "dhcpv4-message", Kind.Opaque, NotEmpty, "RFC 7341 7.1"),
        // Without addresses the client is to multicast (RFC 7341 section 7.2).
        new(88, "dhcp4o6-servers", Kind.AddressList, new Length(0, Ipv6Length, int.MaxValue), "RFC 7341 7.2"),
        new(94, "map-e", Kind.Options, NotEmpty, "RFC 7598 5.1"),
        new(95, "map-t", Kind.Options, NotEmpty, "RFC 7598 5.2"),
        new(96, "lightweight-4over6", Kind.Options, NotEmpty, "RFC 7598 5.3"),
        new(103, "captive-portal", Kind.PortalUri, NotEmpty, "RFC 8910 2.2"),
        new(112, "mud-url", Kind.Text, NotEmpty, "RFC 8520 10"),
        new(135, "relay-port", Kind.UInt16, Half, "RFC 8357 4.2"),
        new(144, "encrypted-dns", Kind.EncryptedResolver, Length.AtLeast(5), "RFC 9463 4.1") { Repeats = true },
        new(148, "address-registration", Kind.Empty, Nothing, "RFC 9686 4.1"),
    ];

    private static readonly Dhcp6OptionInfo?[] ByCode = Index();

    /// <summary>The rows of the table, by ascending code.</summary>
    public static ReadOnlySpan<Dhcp6OptionInfo> Known => Rows;

    /// <summary>What is known of an option; one that is not in the table is opaque and named <c>option-N</c>.</summary>
    public static Dhcp6OptionInfo Of(ushort code) => Find(code)
        ?? new Dhcp6OptionInfo(code, string.Create(CultureInfo.InvariantCulture, $"option-{code}"), Kind.Opaque, Length.Any, "") { Repeats = true };

    /// <summary>The row of an option; null when it is not in the table.</summary>
    internal static Dhcp6OptionInfo? Find(ushort code) => code < ByCode.Length ? ByCode[code] : null;

    /// <summary>
    /// The option of a name: that of the table, the one ISC's software has for it, <c>option-N</c>, or the number alone. Null for
    /// none.
    /// </summary>
    public static Dhcp6OptionInfo? Find(string name)
    {
        foreach (Dhcp6OptionInfo row in Rows)
            if (row.Name == name) return row;
        foreach ((string alias, ushort code) in OptionAliases.Ipv6)
            if (alias == name) return Of(code);
        return OptionAliases.TryReadNumber(name, out ushort number) ? Of(number) : null;
    }

    /// <summary>The name that ISC's software has for an option, and its scripts for a variable, without <c>dhcp6</c> before it.</summary>
    public static string IscNameOf(ushort code)
    {
        foreach ((string alias, ushort its) in OptionAliases.Ipv6)
            if (its == code) return alias;
        return Of(code).Name;
    }

    /// <summary>Every name that <see cref="Find(string)"/> knows, but for numbers.</summary>
    public static IEnumerable<string> Names => Rows.Select(static row => row.Name).Concat(OptionAliases.Ipv6.Select(static alias => alias.Name));

    private static Dhcp6OptionInfo?[] Index()
    {
        var index = new Dhcp6OptionInfo?[Rows[^1].Code + 1];
        foreach (Dhcp6OptionInfo row in Rows) index[row.Code] = row;
        return index;
    }
}
