using BondDhcp.Host.Configuration;
using BondDhcp.Net;

namespace BondDhcp.Host.Import.Ifupdown;

/// <summary>
/// The options of interfaces(5) that have no key of their own. Where one says no more than what is done in any case nothing is lost;
/// anything else is named.
/// </summary>
internal static class AddressOptions
{
    /// <summary>Null for an option that is none of these; else why it is left out, empty where nothing is lost.</summary>
    /// <param name="stanza">The stanza.</param>
    /// <param name="name">The option's name with hyphens.</param>
    /// <param name="value">Its value.</param>
    public static string? WhyLeftOut(InterfacesStanza stanza, string name, string value)
    {
        bool isStatic = stanza.Method == "static", isIpv6 = stanza.Family == "inet6";
        return name switch
        {
            "netmask" when isStatic => Unless(IsOfAll(stanza, value), "the address has a length of its own, which is taken"),
            "broadcast" when isStatic => Unless(value == "+" || IsOfOne(stanza, value, static prefix => prefix.DirectedBroadcast), "the broadcast address is the last one of the network"),
            "network" when isStatic => Unless(IsOfOne(stanza, value, static prefix => prefix.Network), "the network is that of address and netmask"),
            "scope" when isStatic => Unless(value is "global" or "0", "addresses have the scope global"),
            "preferred-lifetime" when isStatic => Unless(value == "forever", "addresses are preferred for ever"),
            "metric" when isStatic => Unless(HasGateway(stanza), "it is that of a gateway, and there is none"),
            "dhcp" when stanza is { Family: "inet6", Method: "auto" } => Unless(value is "0" or "1", "it is 0 or 1"),
            "request-prefix" when stanza is { Family: "inet6", Method: "dhcp" } && value != "1" => Unless(value == "0", "it is 0 or 1"),
            "accept-ra" or "autoconf" or "privext" when isIpv6 => "router advertisements are the kernel's business, by its own settings (sysctl net.ipv6.conf)",
            "dad-attempts" or "dad-interval" or "ll-attempts" or "ll-interval" when isIpv6 => "the kernel says when an address can be used, and is waited for",
            "pointopoint" when isStatic => "addresses of a peer have no counterpart",
            _ => null,
        };
    }

    private static string Unless(bool isSame, string why) => isSame ? "" : why;

    // An address with a length, and a netmask beside that says the same or another one.
    private static bool IsOfAll(InterfacesStanza stanza, string mask)
    {
        foreach (InterfacesOption option in stanza.Options)
        {
            int slash = option.Name == "address" ? option.Value.IndexOf('/', StringComparison.Ordinal) : -1;
            if (slash > 0 && InterfacesImport.AddressOf(option.Value, mask, stanza.Family) != InterfacesImport.AddressOf(option.Value[..slash], mask, stanza.Family)) return false;
        }
        return true;
    }

    private static bool IsOfOne(InterfacesStanza stanza, string value, Func<Ipv4Prefix, Ipv4Address> part)
    {
        string? mask = stanza.Options.LastOrDefault(option => option.Name == "netmask")?.Value;
        foreach (InterfacesOption option in stanza.Options)
            if (option.Name == "address" && InterfacesImport.AddressOf(option.Value, mask, stanza.Family) is { } text
                && StaticText.ReadAddress(text, out _)?.Ipv4 is { } prefix && part(prefix).ToString() == value) return true;
        return false;
    }

    private static bool HasGateway(InterfacesStanza stanza)
    {
        foreach (InterfacesOption option in stanza.Options)
            if (option is { Name: "gateway", Value: not ("" or "none") }) return true;
        return false;
    }
}
