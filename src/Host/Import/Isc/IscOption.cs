using System.Globalization;
using BondDhcp.Dhcp.Wire;

namespace BondDhcp.Host.Import.Isc;

/// <summary>An option as ISC's files name it.</summary>
/// <param name="Code">Its code.</param>
/// <param name="IsDhcp6">It is of DHCPv6.</param>
internal readonly record struct IscOption(ushort Code, bool IsDhcp6)
{
    /// <summary>How its value is written where the file itself defines it; null where the option's own table says so.</summary>
    public IscValueKind? Defined { get; init; }

    /// <summary>As a key of the configuration: the name that <c>decode</c> prints, the number where there is none.</summary>
    public string Key
    {
        get
        {
            string number = Code.ToString(CultureInfo.InvariantCulture);
            if (IsDhcp6) return "dhcp6." + (Dhcp6OptionTable.Of(Code) is { Source.Length: > 0 } known6 ? known6.Name : number);
            return Dhcp4OptionTable.Of((byte)Code) is { Source.Length: > 0 } known ? known.Name : number;
        }
    }

    /// <summary><c>dhcp6.</c> for the names of DHCPv6, nothing for those of DHCPv4.</summary>
    public const string Dhcp6Prefix = "dhcp6.";
}

/// <summary>
/// Option names as dhcp-options(5) has them, with those that a file defines itself (<c>option NAME code N = TYPE;</c>).
/// </summary>
internal sealed class IscOptionNames
{
    /// <summary>ISC's names of DHCPv4 that are not the ones of the option table (its file common/tables.c).</summary>
    private static readonly Dictionary<string, byte> s_other4 = (((string Name, byte Code)[])
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
    ]).ToDictionary(one => one.Name, one => one.Code, StringComparer.OrdinalIgnoreCase);

    /// <summary>The same of DHCPv6, and WIDE's names of what its dhcp6c asks for.</summary>
    private static readonly Dictionary<string, ushort> s_other6 = (((string Name, ushort Code)[])
    [
        ("client-id", 1), ("server-id", 2), ("ia-addr", 5), ("oro", 6), ("relay-msg", 9), ("unicast", 12), ("vendor-opts", 17),
        ("reconf-msg", 19), ("reconf-accept", 20), ("sip-servers-names", 21), ("sip-servers-addresses", 22), ("name-servers", 23),
        ("nisp-servers", 28), ("nis-domain-name", 29), ("nisp-domain-name", 30), ("info-refresh-time", 32), ("bcms-server-d", 33),
        ("bcms-server-a", 34), ("geoconf-civic", 36), ("fqdn", 39), ("pana-agent", 40), ("new-posix-timezone", 41),
        ("new-tzdb-timezone", 42), ("ero", 43), ("clt-time", 46), ("v6-lost", 51), ("capwap-ac-v6", 52), ("bootfile-url", 59),
        ("bootfile-param", 60), ("client-arch-type", 61), ("nii", 62), ("rsoo", 66), ("client-linklayer-addr", 79),
        ("solmax-rt", 82), ("inf-max-rt", 83), ("dhcpv4-msg", 87), ("dhcp4-o-dhcp6-server", 88), ("v6-captive-portal", 103),
    ]).ToDictionary(one => one.Name, one => one.Code, StringComparer.OrdinalIgnoreCase);

    private readonly Dictionary<string, IscOption> _defined = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Names that a file defines: a definition comes before its use.</summary>
    public void Define(string name, IscOption option) => _defined[name] = option;

    /// <summary>The option of a name; null where it is not known. <c>unknown-224</c> and bare numbers are 224.</summary>
    public IscOption? Find(string name)
    {
        if (_defined.TryGetValue(name, out IscOption own)) return own;
        bool isDhcp6 = name.StartsWith(IscOption.Dhcp6Prefix, StringComparison.OrdinalIgnoreCase);
        string bare = isDhcp6 ? name[IscOption.Dhcp6Prefix.Length..] : name.StartsWith("dhcp.", StringComparison.OrdinalIgnoreCase) ? name[5..] : name;
        string digits = bare.StartsWith("unknown-", StringComparison.OrdinalIgnoreCase) ? bare[8..] : bare;
        if (ushort.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out ushort code) && code > 0)
            return isDhcp6 || code < byte.MaxValue ? new IscOption(code, isDhcp6) : null;
        return isDhcp6 ? Find6(bare) : Find4(bare);
    }

    private static IscOption? Find4(string name)
    {
        if (s_other4.TryGetValue(name, out byte other)) return new IscOption(other, false);
        foreach (Dhcp4OptionInfo known in Dhcp4OptionTable.Known)
            if (known.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) return new IscOption(known.Code, false);
        return null;
    }

    private static IscOption? Find6(string name)
    {
        if (s_other6.TryGetValue(name, out ushort other)) return new IscOption(other, true);
        foreach (Dhcp6OptionInfo known in Dhcp6OptionTable.Known)
            if (known.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) return new IscOption(known.Code, true);
        return null;
    }
}
