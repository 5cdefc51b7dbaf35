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

    /// <summary>
    /// How long routers have to make themselves known before it is said that there is none: for three solicitations of the
    /// kernel's, 4 s apart (RFC 4861 section 10).
    /// </summary>
    public static readonly TimeSpan RouterPatience = TimeSpan.FromSeconds(12);

    /// <summary>
    /// Why no route can be expected to lead beyond the link: only routers tell of routes, DHCPv6 does not. Null where one was
    /// heard, and while it is too early to say. Whether a route is there all the same is another question.
    /// </summary>
    /// <param name="link">The interface.</param>
    /// <param name="state">What the kernel says of IPv6 on it.</param>
    /// <param name="listened">How long IPv6 has been usable on it.</param>
    public static string? WhyWithoutRoute(Link link, Ipv6LinkState state, TimeSpan listened)
    {
        const Ipv6LinkFlags heard = Ipv6LinkFlags.AdvertisementReceived | Ipv6LinkFlags.Managed | Ipv6LinkFlags.OtherConfiguration;
        if (listened < RouterPatience) return null;
        // What was heard before they were not processed any more has no routes left.
        if (WhyWithoutAdvertisements(link, state) is { } why) return $"there is no route beyond the link: {why}";
        return (state.Flags & heard) != 0 ? null : "no router is known, so there is no route beyond the link: DHCPv6 gives none";
    }

    // sysctl(8) takes a slash for the dot of a name such as bond0.5.
    private static string SysctlOf(Link link, string setting) => $"net.ipv6.conf.{link.Name.Replace('.', '/')}.{setting}";
}
