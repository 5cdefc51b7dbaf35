using System.Buffers;
using BondDhcp.Host.Configuration;
using BondDhcp.Net;

namespace BondDhcp.Host.Import.Ifupdown;

/// <summary>A command of a stanza, understood.</summary>
/// <param name="Key">routes, addresses, or empty for a command that does what happens here anyway.</param>
/// <param name="Value">The route or the address.</param>
internal readonly record struct UnderstoodCommand(string Key, string Value);

/// <summary>
/// Commands like <c>ip route add 10.1.0.0/16 via 192.168.0.1</c> in stanzas. Only plain words: what a shell would work out
/// (variables, pipes, several commands) is not understood, and is told as it is.
/// </summary>
internal static class IpCommand
{
    private static readonly SearchValues<char> s_shellCharacters = SearchValues.Create("|&;<>()$`*?[]{}~!\"'");

    /// <summary>What the command does; null when it is not understood.</summary>
    /// <param name="command">The command.</param>
    /// <param name="interfaceName">The stanza's interface: a command for another one is another matter.</param>
    public static UnderstoodCommand? Read(string command, string interfaceName)
    {
        string text = command.Replace("$IFACE", interfaceName, StringComparison.Ordinal).Replace("${IFACE}", interfaceName, StringComparison.Ordinal);
        // "|| true" only says that a failure does no harm.
        if (text.EndsWith("|| true", StringComparison.Ordinal) || text.EndsWith("|| :", StringComparison.Ordinal)) text = text[..text.LastIndexOf("||", StringComparison.Ordinal)];
        if (text.AsSpan().ContainsAny(s_shellCharacters)) return null;
        List<string> words = [.. text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)];
        if (words.Count == 0) return null;
        words[0] = Path.GetFileName(words[0]);
        return words[0] switch
        {
            "ip" => ReadIp(words, interfaceName),
            "route" => ReadRoute(words, interfaceName),
            "ifconfig" when words is [_, var name, "up"] && name == interfaceName => new UnderstoodCommand("", ""),
            _ => null,
        };
    }

    private static UnderstoodCommand? ReadIp(List<string> words, string interfaceName)
    {
        words.RemoveAll(word => word is "-4" or "-6");
        // "ip r a", "ip addr add": any beginning of the word.
        if (words.Count < 3) return null;
        string noun = words[1], verb = words[2];
        if (noun.Length > 0 && "link".StartsWith(noun, StringComparison.Ordinal))
            return verb == "set" && words.Contains(interfaceName) && words[^1] == "up" && words.Count <= 6 ? new UnderstoodCommand("", "") : null;
        if (verb.Length == 0 || !("add".StartsWith(verb, StringComparison.Ordinal) || verb is "append" or "change" or "replace")) return null;
        if (!TakeDevice(words, interfaceName)) return null;
        IEnumerable<string> rest = words.Skip(3);
        if (noun.Length > 0 && "route".StartsWith(noun, StringComparison.Ordinal))
        {
            string route = string.Join(' ', rest);
            return StaticRouteText.Read(route, out _) is null ? null : new UnderstoodCommand("routes", route);
        }
        if (!"address".StartsWith(noun, StringComparison.Ordinal) || noun.Length == 0) return null;
        string[] address = [.. rest];
        if (address.Length == 3 && address[1] is "broadcast" or "brd" or "label") address = address[..1];
        if (address.Length != 1) return null;
        string value = address[0].Contains('/', StringComparison.Ordinal) ? address[0] : address[0] + (address[0].Contains(':', StringComparison.Ordinal) ? "/128" : "/32");
        return StaticText.ReadAddress(value, out _) is null ? null : new UnderstoodCommand("addresses", value);
    }

    // route add [-net|-host] TARGET [netmask M] [gw G] [metric N] [dev D], of net-tools.
    private static UnderstoodCommand? ReadRoute(List<string> words, string interfaceName)
    {
        if (words.Count < 3 || words[1] != "add" || !TakeDevice(words, interfaceName)) return null;
        bool isHost = words.Remove("-host");
        words.Remove("-net");
        Queue<string> rest = new(words.Skip(2));
        if (!rest.TryDequeue(out string? target)) return null;
        string? gateway = null, metric = null, mask = null;
        while (rest.TryDequeue(out string? word))
        {
            if (!rest.TryDequeue(out string? value)) return null;
            switch (word)
            {
                case "gw": gateway = value; break;
                case "netmask": mask = value; break;
                case "metric": metric = value; break;
                default: return null;
            }
        }
        if (mask is not null && (!Ipv4Address.TryParse(mask, out Ipv4Address netmask) || !Ipv4Prefix.TryFromMask(netmask, out int length) || (target = FormattableString.Invariant($"{target}/{length}")) is null)) return null;
        if (isHost && !target.Contains('/', StringComparison.Ordinal)) target += "/32";
        string route = target + (gateway is null ? "" : " via " + gateway) + (metric is null ? "" : " metric " + metric);
        return StaticRouteText.Read(route, out _) is null ? null : new UnderstoodCommand("routes", route);
    }

    // "dev X" must name this interface, and is then of no more use.
    private static bool TakeDevice(List<string> words, string interfaceName)
    {
        int at = words.IndexOf("dev");
        if (at < 0) return true;
        if (at + 1 >= words.Count || words[at + 1] != interfaceName) return false;
        words.RemoveRange(at, 2);
        return true;
    }
}
