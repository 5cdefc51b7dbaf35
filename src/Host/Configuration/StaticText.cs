using System.Globalization;
using System.Net;
using System.Net.Sockets;
using BondDhcp.Bond.Addressing;
using BondDhcp.Net;

namespace BondDhcp.Host.Configuration;

/// <summary>The text forms of addresses and prefixes of both families, checked by number.</summary>
internal static class StaticText
{
    private const int MaxIpv4Length = 32, MaxIpv6Length = 128;

    /// <summary>Reads <c>ADDRESS/LENGTH</c> as a host can have it; <paramref name="why"/> says what is wrong.</summary>
    public static StaticAddress? ReadAddress(string text, out string why)
    {
        if (ReadPrefix(text) is not { } read)
        {
            why = $"'{EscapedText.Of(text)}' is not ADDRESS/LENGTH, such as \"192.0.2.7/24\" or \"fd00::7/64\"";
            return null;
        }
        why = read.PrefixLength == 0 ? "the prefix length must not be 0"
            : read.Family == AddressFamily.InterNetwork ? WhyNotHost(new StaticAddress(read.Address, read.PrefixLength).Ipv4!.Value)
            : WhyNotIpv6Host(read.Address);
        if (why.Length == 0) return new StaticAddress(read.Address, read.PrefixLength);
        why = $"'{text}': {why}";
        return null;
    }

    /// <summary>Reads <c>PREFIX/LENGTH</c>, host bits as they are written; null for anything else.</summary>
    public static StaticDestination? ReadPrefix(string text)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0 || !TryAddress(text[..slash], out IPAddress? address)) return null;
        if (!int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int length)) return null;
        return length <= FullLength(address) ? new StaticDestination(address, length) : null;
    }

    /// <summary>True for <c>fd00::/8</c> and its like.</summary>
    public static bool IsIpv6Prefix(string text) => ReadPrefix(text) is { Family: AddressFamily.InterNetworkV6 };

    /// <summary>The prefix length that leaves one address: 32 or 128.</summary>
    public static int FullLength(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetwork ? MaxIpv4Length : MaxIpv6Length;

    // IPAddress takes "1" and "0x7f.1" for IPv4, and a scope or brackets for IPv6; none is wanted in a configuration.
    /// <summary>Reads an address without a prefix length.</summary>
    public static bool TryAddress(string text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out IPAddress? address)
    {
        address = null;
        if (!text.Contains(':', StringComparison.Ordinal) && !Ipv4Address.TryParse(text, out _)) return false;
        if (text.AsSpan().ContainsAny("%[]/")) return false;
        return IPAddress.TryParse(text, out address);
    }

    private static string WhyNotHost(Ipv4Prefix given)
    {
        if (!given.Address.IsUsableUnicast) return "no host can have it";
        if (given.PrefixLength >= 31) return ""; // RFC 3021: no broadcast address there
        if (given.Address == given.DirectedBroadcast) return "it is the broadcast address of its network";
        return given.Address == given.Network ? "it is the address of the network itself" : "";
    }

    private static string WhyNotIpv6Host(IPAddress address) =>
        address.IsIPv6Multicast || address.IsIPv4MappedToIPv6 || address.Equals(IPAddress.IPv6Any) || address.Equals(IPAddress.IPv6Loopback)
            ? "no host can have it" : "";
}
