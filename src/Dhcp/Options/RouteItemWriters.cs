using BondDhcp.Net;

namespace BondDhcp.Dhcp.Options;

/// <summary>Routes of options 33, 121 and 249, and the filters of option 21, in the notation of <c>ip route</c>.</summary>
internal static class RouteItemWriters
{
    /// <summary><c>[to] PREFIX|default [via ROUTER]</c>; without a router it is on-link (RFC 3442).</summary>
    public static bool Classless(OptionItem item, List<byte> octets)
    {
        if (!TryRead(item, out Ipv4Prefix destination, out Ipv4Address router) || destination != destination.Masked) return false;
        octets.Add((byte)destination.PrefixLength);
        Span<byte> its = stackalloc byte[Ipv4Address.Length];
        destination.Address.CopyTo(its);
        octets.AddRange(its[..((destination.PrefixLength + 7) / 8)]);
        OptionItemWriters.Add(router, octets);
        return true;
    }

    /// <summary><c>[to] ADDRESS via ROUTER</c>, the prefix length being the class's (RFC 2132 section 5.8).</summary>
    public static bool Classful(OptionItem item, List<byte> octets)
    {
        if (!TryRead(item, out Ipv4Prefix destination, out Ipv4Address router) || router.IsAny || destination.PrefixLength == 0) return false;
        // An address that is no network's is a host's.
        bool isNetwork = new Ipv4Prefix(destination.Address, destination.Address.ClassfulPrefixLength) is var its && its == its.Masked;
        if (destination.PrefixLength != (isNetwork ? its.PrefixLength : 32) && destination.PrefixLength != 32) return false;
        OptionItemWriters.Add(destination.Address, octets);
        OptionItemWriters.Add(router, octets);
        return true;
    }

    /// <summary><c>PREFIX/LENGTH</c>, sent as address and mask.</summary>
    public static bool AddressMask(OptionItem item, List<byte> octets)
    {
        if (!Ipv4Prefix.TryParse(item.Text, out Ipv4Prefix prefix)) return false;
        OptionItemWriters.Add(prefix.Address, octets);
        OptionItemWriters.Add(prefix.Mask, octets);
        return true;
    }

    private static bool TryRead(OptionItem item, out Ipv4Prefix destination, out Ipv4Address router)
    {
        destination = default;
        router = default;
        string[] words = item.Text?.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) ?? [];
        if (words is ["to", .. var rest]) words = rest;
        if (words is [_, "on-link"]) words = [words[0]];
        if (words is not ([_] or [_, "via", _])) return false;
        if (words.Length == 3 && (!Ipv4Address.TryParse(words[2], out router) || !router.IsUsableUnicast)) return false;
        if (words[0] == "default")
        {
            destination = Ipv4Prefix.Default;
            return true;
        }
        if (Ipv4Prefix.TryParse(words[0], out destination)) return true;
        if (!Ipv4Address.TryParse(words[0], out Ipv4Address host)) return false;
        destination = new Ipv4Prefix(host, 32);
        return true;
    }
}
