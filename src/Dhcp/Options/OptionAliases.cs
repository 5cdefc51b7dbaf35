using System.Globalization;

namespace BondDhcp.Dhcp.Options;

/// <summary>The names by which ISC's dhcp-options(5) knows options, where they differ from those of the option tables.</summary>
internal static class OptionAliases
{
    /// <summary>DHCPv4.</summary>
    public static readonly (string Name, byte Code)[] Ipv4 =
    [
        ("ien116-name-servers", 5), ("boot-size", 13), ("merit-dump", 14), ("max-dgram-reassembly", 22), ("router-discovery", 31),
        ("netbios-dd-server", 45), ("x-display-manager", 49), ("dhcp-requested-address", 50), ("dhcp-lease-time", 51),
        ("dhcp-option-overload", 52), ("dhcp-message-type", 53), ("dhcp-server-identifier", 54),
        ("dhcp-parameter-request-list", 55), ("dhcp-message", 56), ("dhcp-max-message-size", 57), ("dhcp-renewal-time", 58),
        ("dhcp-rebinding-time", 59), ("dhcp-client-identifier", 61), ("nwip-domain", 62), ("nwip-suboptions", 63),
        ("mobile-ip-home-agent", 68), ("smtp-server", 69), ("pop-server", 70), ("nntp-server", 71), ("www-server", 72),
        ("finger-server", 73), ("irc-server", 74), ("streettalk-server", 75), ("streettalk-directory-assistance-server", 76),
        ("slp-directory-agent", 78), ("slp-service-scope", 79), ("fqdn", 81), ("nds-servers", 85), ("nds-tree-name", 86),
        ("nds-context", 87), ("bcms-controller-names", 88), ("bcms-controller-address", 89), ("client-last-transaction-time", 91),
        ("associated-ip", 92), ("pxe-system-type", 93), ("pxe-interface-id", 94), ("pxe-client-id", 97), ("uap-servers", 98),
        ("geoconf-civic", 99), ("pcode", 100), ("tcode", 101), ("v6-only-preferred", 108), ("netinfo-server-address", 112),
        ("netinfo-server-tag", 113), ("default-url", 114), ("auto-config", 116), ("rfc3442-classless-static-routes", 121),
        ("vivco", 124), ("vivso", 125), ("pana-agent", 136), ("v4-lost", 137), ("capwap-ac-v4", 138), ("sip-ua-cs-domains", 141),
        ("tftp-server-address", 150), ("option-6rd", 212),
    ];

    /// <summary>DHCPv6, without ISC's space <c>dhcp6.</c> before it.</summary>
    public static readonly (string Name, ushort Code)[] Ipv6 =
    [
        ("client-id", 1), ("server-id", 2), ("ia-addr", 5), ("oro", 6), ("relay-msg", 9), ("unicast", 12), ("vendor-opts", 17),
        ("reconf-msg", 19), ("reconf-accept", 20), ("sip-servers-names", 21), ("sip-servers-addresses", 22), ("name-servers", 23),
        ("nisp-servers", 28), ("nis-domain-name", 29), ("nisp-domain-name", 30), ("info-refresh-time", 32), ("bcms-server-d", 33),
        ("bcms-server-a", 34), ("geoconf-civic", 36), ("fqdn", 39), ("pana-agent", 40), ("new-posix-timezone", 41),
        ("new-tzdb-timezone", 42), ("ero", 43), ("clt-time", 46), ("v6-lost", 51), ("capwap-ac-v6", 52), ("bootfile-url", 59),
        ("bootfile-param", 60), ("client-arch-type", 61), ("nii", 62), ("rsoo", 66), ("client-linklayer-addr", 79),
        ("solmax-rt", 82), ("dhcpv4-msg", 87), ("dhcp4-o-dhcp6-server", 88), ("v6-captive-portal", 103),
    ];

    /// <summary>Reads <c>43</c> and <c>option-43</c>.</summary>
    public static bool TryReadNumber(string name, out ushort code)
    {
        ReadOnlySpan<char> digits = name.AsSpan();
        if (digits.StartsWith("option-", StringComparison.Ordinal)) digits = digits["option-".Length..];
        return ushort.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out code);
    }
}
