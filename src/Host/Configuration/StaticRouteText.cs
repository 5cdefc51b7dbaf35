using System.Globalization;
using System.Net;
using System.Net.Sockets;
using BondDhcp.Bond.Addressing;
using BondDhcp.Bond.Links;
using BondDhcp.Net;

namespace BondDhcp.Host.Configuration;

/// <summary>
/// Reads <c>[unreachable|blackhole] [to] PREFIX|default [via A] [src A] [metric N] [table N] [mtu N] [onlink]</c>, the
/// words of <c>ip route</c>.
/// </summary>
internal sealed class StaticRouteText
{
    // Smaller, and the kernel's own minimum of IPv4 (ip_rt_min_pmtu aside) is undercut; larger than any packet.
    private const uint LeastMtu = 68, LargestMtu = 65535;

    private static readonly string[] s_words = ["via", "src", "metric", "table", "mtu", "onlink"];

    private readonly Queue<string> _words;
    private readonly HashSet<string> _seen = [];
    private string _destination = "";
    private StaticRouteKind _kind;
    private IPAddress? _gateway;
    private IPAddress? _source;
    private uint? _metric;
    private uint _table = InstalledRoute.MainTable;
    private int? _mtu;
    private bool _onLink;

    private StaticRouteText(string text) => _words = new Queue<string>(text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Reads a route; null, with the reason, for one that cannot be.</summary>
    public static StaticRoute? Read(string text, out string why)
    {
        var reader = new StaticRouteText(text);
        StaticRoute? route = null;
        why = reader.ReadWords() ?? reader.Build(out route) ?? "";
        if (why.Length > 0) why = $"'{EscapedText.Of(text)}': {EscapedText.Of(why)}";
        return route;
    }

    private string? ReadWords()
    {
        if (_words.TryPeek(out string? first) && first is "unreachable" or "blackhole")
            _kind = _words.Dequeue() == "blackhole" ? StaticRouteKind.Blackhole : StaticRouteKind.Unreachable;
        if (_words.TryPeek(out first) && first == "to") _words.Dequeue();
        if (!_words.TryDequeue(out string? destination)) return "it names no destination";
        _destination = destination;
        while (_words.TryDequeue(out string? word))
        {
            if (!_seen.Add(word)) return $"'{word}' is there twice";
            if (ReadWord(word) is { } why) return why;
        }
        return null;
    }

    private string? ReadWord(string word)
    {
        if (word == "onlink")
        {
            _onLink = true;
            return null;
        }
        if (word is not ("via" or "src" or "metric" or "table" or "mtu"))
            return $"unknown word '{word}'{HintFor(word)}";
        if (!_words.TryDequeue(out string? value)) return $"'{word}' needs {(word is "via" or "src" ? "an address" : "a number")} behind it";
        if (word is "via" or "src")
        {
            if (!StaticText.TryAddress(value, out IPAddress? address))
                return $"'{value}' is not an address; behind '{word}' stands one without a prefix length, such as 192.0.2.1 or fe80::1";
            if (word == "via") _gateway = address;
            else _source = address;
            return null;
        }
        if (word == "table" && TableOf(value) is { } named)
        {
            _table = named;
            return null;
        }
        if (!uint.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out uint number)) return $"'{value}' is not a number";
        return Take(word, number);
    }

    private static string HintFor(string word) => word switch
    {
        "dev" => "; the interface is that of the section: remove it with the name behind it",
        "gw" or "gateway" => "; did you mean 'via'?",
        "netmask" => "; write the length behind the destination, such as 10.1.0.0/16",
        _ when Text.Suggestion.Nearest(word, s_words) is { } nearest => $"; did you mean '{nearest}'?",
        _ => $"; there are {string.Join(", ", s_words)}",
    };

    private string? Take(string word, uint number)
    {
        switch (word)
        {
            case "metric":
                _metric = number;
                return null;
            case "table":
                _table = number;
                return number == 0 ? "there is no table 0" : null;
            default:
                _mtu = (int)Math.Min(number, LargestMtu);
                return number is < LeastMtu or > LargestMtu ? FormattableString.Invariant($"mtu must be from {LeastMtu} to {LargestMtu}") : null;
        }
    }

    // The names that need no file; others are in rt_tables, which only iproute2 reads.
    private static uint? TableOf(string name) => name switch
    {
        "default" => 253,
        "main" => InstalledRoute.MainTable,
        "local" => 255,
        _ => null,
    };

    private string? Build(out StaticRoute? route)
    {
        route = null;
        if (ReadDestination(out StaticDestination destination) is { } why) return why;
        foreach (IPAddress? named in (ReadOnlySpan<IPAddress?>)[_gateway, _source])
            if (named is not null && named.AddressFamily != destination.Family) return $"{named} is of another family than {destination}; write one of the same";
        if (_kind != StaticRouteKind.Unicast && (_gateway is not null || _source is not null || _onLink || _mtu is not null))
            return "a route that leads nowhere takes only a metric and a table";
        if (_onLink && _gateway is null) return "'onlink' needs a 'via'";
        if (_gateway is not null && !IsHost(_gateway)) return $"no router can have the address {_gateway}";
        if (_source is not null && !IsHost(_source)) return $"no host can have the address {_source}";
        if (_gateway is not null && _gateway.Equals(_source)) return "its gateway is its own source address";
        route = new StaticRoute(destination)
        {
            Kind = _kind,
            Gateway = _gateway,
            Source = _source,
            Metric = _metric,
            Table = _table,
            Mtu = _mtu,
            OnLink = _onLink,
        };
        return null;
    }

    private string? ReadDestination(out StaticDestination destination)
    {
        destination = (_gateway ?? _source)?.AddressFamily == AddressFamily.InterNetworkV6
            ? StaticDestination.Ipv6Default : StaticDestination.Ipv4Default;
        if (_destination == "default") return null;
        StaticDestination? read = StaticText.ReadPrefix(_destination);
        if (read is null && StaticText.TryAddress(_destination, out IPAddress? host)) read = new StaticDestination(host, StaticText.FullLength(host));
        if (read is null) return $"'{_destination}' is neither PREFIX/LENGTH nor \"default\"";
        destination = read;
        return read == read.Masked ? null : $"{read} has host bits set; write {read.Masked}";
    }

    private static bool IsHost(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetwork
            ? Ipv4Address.FromBytes(address.GetAddressBytes()).IsUsableUnicast
            : !address.IsIPv6Multicast && !address.Equals(IPAddress.IPv6Any) && !address.Equals(IPAddress.IPv6Loopback);
}
