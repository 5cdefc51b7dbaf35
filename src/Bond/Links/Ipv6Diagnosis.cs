namespace BondDhcp.Bond.Links;

/// <summary>Why IPv6 cannot work on an interface, in words that name what to change. Pure; nothing is changed for anybody.</summary>
public static class Ipv6Diagnosis
{
    // RFC 8200 section 5; the kernel takes IPv6 from a link with less.
    private const int LeastMtu = 1280;

    /// <summary>Why the interface has no IPv6; null when it has.</summary>
    /// <param name="link">The interface.</param>
    /// <param name="state">What the kernel says of IPv6 on it; null where it says nothing.</param>
    public static string? WhyWithout(Link link, Ipv6LinkState? state)
    {
        if (link.Mtu is > 0 and < LeastMtu)
            return FormattableString.Invariant($"its MTU is {link.Mtu}, and IPv6 needs {LeastMtu}");
        if (state is null) return "the kernel has no IPv6";
        return state.IsDisabled ? $"IPv6 is disabled on this interface ({SysctlOf(link, "disable_ipv6")})" : null;
    }

    /// <summary>Why router advertisements are not listened to, and with them the flags that <c>dhcp6 = "auto"</c> follows; null when they are.</summary>
    public static string? WhyWithoutAdvertisements(Link link, Ipv6LinkState state) =>
        state.ProcessesAdvertisements ? null
        : state.AcceptRa == 1 ? $"router advertisements are not processed, because the interface forwards ({SysctlOf(link, "accept_ra")} is 1; 2 processes them all the same)"
        : $"router advertisements are not processed ({SysctlOf(link, "accept_ra")} is {state.AcceptRa})";

    // sysctl(8) takes a slash for the dot of a name such as bond0.5.
    private static string SysctlOf(Link link, string setting) => $"net.ipv6.conf.{link.Name.Replace('.', '/')}.{setting}";
}
