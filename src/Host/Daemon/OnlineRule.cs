using System.Collections.Immutable;
using BondDhcp.Host.Status;
using BondDhcp.Net;

namespace BondDhcp.Host.Daemon;

/// <summary>When an interface counts as online.</summary>
internal static class OnlineRule
{
    /// <summary>True when there is an interface to wait for: one with DHCP or addresses.</summary>
    public static bool Concerns(ImmutableArray<InterfaceSnapshot> interfaces) => interfaces.Any(static one => one.IsAddressed);

    /// <summary>
    /// True when every interface with DHCP or addresses has an address of a family that is asked for; of any one where
    /// none is named. An address on an interface that gets no frame into the network counts for nothing.
    /// </summary>
    public static bool Holds(ImmutableArray<InterfaceSnapshot> interfaces, bool ipv4, bool ipv6)
    {
        if (!Concerns(interfaces)) return false;
        foreach (InterfaceSnapshot one in interfaces)
            if (WhyNot(one, ipv4, ipv6) is not null) return false;
        return true;
    }

    /// <summary>Why an interface is not online; null when it is, or is not waited for.</summary>
    public static string? WhyNot(InterfaceSnapshot one, bool ipv4, bool ipv6)
    {
        if (!one.IsAddressed) return null;
        if (!one.IsUsable) return one.Why ?? "no frame gets through";
        bool has4 = one.Dhcp4?.Lease is not null || one.Addresses.Any(IsUsableIpv4);
        bool has6 = one.Addresses.Any(IsUsableIpv6);
        if (ipv4 && !has4) return "no IPv4 address";
        if (ipv6 && !has6) return "no IPv6 address";
        return has4 || has6 ? null : "no address";
    }

    private static bool IsUsableIpv4(AddressSnapshot address) =>
        Ipv4Prefix.TryParse(address.Address, out Ipv4Prefix prefix) && !prefix.Address.IsLinkLocal && prefix.Address.IsUsableUnicast;

    private static bool IsUsableIpv6(AddressSnapshot address) =>
        address.Address.Contains(':', StringComparison.Ordinal)
        && System.Net.IPAddress.TryParse(address.Address.Split('/')[0], out System.Net.IPAddress? value)
        && !value.IsIPv6LinkLocal;
}
