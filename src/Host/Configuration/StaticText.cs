using System.Globalization;
using System.Net;
using System.Net.Sockets;
using BondDhcp.Net;

namespace BondDhcp.Host.Configuration;

/// <summary>The text forms of static addresses and routes, checked by number.</summary>
internal static class StaticText
{
    /// <summary>Reads <c>ADDRESS/LENGTH</c> as a host can have it; <paramref name="why"/> says what is wrong.</summary>
    public static IPAddress? ReadAddress(string text, out string why)
    {
        if (!TrySplit(text, out IPAddress? address, out int length))
        {
            why = $"'{text}' is not ADDRESS/LENGTH, such as \"192.0.2.7/24\" or \"fd00::7/64\"";
            return null;
        }
        why = address.AddressFamily == AddressFamily.InterNetwork
            ? WhyNotHost(Ipv4Address.FromBytes(address.GetAddressBytes()), length)
            : address.IsIPv6Multicast || address.Equals(IPAddress.IPv6Any) || address.Equals(IPAddress.IPv6Loopback)
                ? "no host can have it" : "";
        if (why.Length == 0) return address;
        why = $"'{text}': {why}";
        return null;
    }

    /// <summary>
    /// Reads <c>[unreachable|blackhole] [to] PREFIX|default [via A] [src A] [metric N] [table N] [mtu N] [onlink]</c>.
    /// </summary>
    /// <param name="text">The route.</param>
    /// <param name="gateway">The address after <c>via</c>; null for none.</param>
    /// <returns>What is wrong; empty when nothing is.</returns>
    public static string CheckRoute(string text, out IPAddress? gateway)
    {
        gateway = null;
        Queue<string> words = new(text.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        if (words.TryPeek(out string? first) && first is "unreachable" or "blackhole") words.Dequeue();
        if (words.TryPeek(out first) && first == "to") words.Dequeue();
        if (!words.TryDequeue(out string? destination) || (destination != "default" && !TrySplit(destination, out _, out _)))
            return $"'{text}' does not begin with a PREFIX/LENGTH or \"default\"";
        while (words.TryDequeue(out string? word))
        {
            if (word == "onlink") continue;
            if (word is not ("via" or "src" or "metric" or "table" or "mtu")) return $"'{text}': unknown word '{word}'";
            if (!words.TryDequeue(out string? value)) return $"'{text}': '{word}' needs a value";
            if (word is "via" or "src")
            {
                if (!TryAddress(value, out IPAddress? address)) return $"'{text}': '{value}' is not an address";
                if (word == "via") gateway = address;
            }
            else if (!uint.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _))
                return $"'{text}': '{value}' is not a number";
        }
        return "";
    }

    /// <summary>True for <c>fd00::/8</c> and its like.</summary>
    public static bool IsIpv6Prefix(string text) =>
        TrySplit(text, out IPAddress? address, out _) && address.AddressFamily == AddressFamily.InterNetworkV6;

    private static string WhyNotHost(Ipv4Address address, int length)
    {
        if (!address.IsUsableUnicast) return "no host can have it";
        if (length >= 31) return ""; // RFC 3021: no broadcast address there
        if (length == 0) return "the prefix length must not be 0";
        Ipv4Prefix prefix = new(address, length);
        if (address == prefix.DirectedBroadcast) return "it is the broadcast address of its network";
        return address == prefix.Network ? "it is the address of the network itself" : "";
    }

    private static bool TrySplit(string text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out IPAddress? address, out int length)
    {
        address = null;
        length = 0;
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        return slash > 0
            && TryAddress(text[..slash], out address)
            && int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out length)
            && length <= (address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);
    }

    // IPAddress takes "1" and "0x7f.1" for IPv4, and a scope for IPv6; neither is wanted in a configuration.
    private static bool TryAddress(string text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out IPAddress? address)
    {
        address = null;
        if (!text.Contains(':', StringComparison.Ordinal) && !Ipv4Address.TryParse(text, out _)) return false;
        return !text.Contains('%', StringComparison.Ordinal) && IPAddress.TryParse(text, out address);
    }
}
