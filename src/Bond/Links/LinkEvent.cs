using BondDhcp.Bond.Addressing;

namespace BondDhcp.Bond.Links;

/// <summary>Something the kernel said about links, addresses and routes, in the order in which it said it.</summary>
public abstract record LinkEvent
{
    private LinkEvent()
    {
    }

    /// <summary>A link is there that was not.</summary>
    public sealed record LinkAppeared(Link Link) : LinkEvent;

    /// <summary>A link is described differently than before. Only raised when something in <see cref="Links.Link"/> differs.</summary>
    public sealed record LinkChanged(Link Old, Link New) : LinkEvent;

    /// <summary>A link is gone: deleted, unplugged or moved to another network namespace.</summary>
    public sealed record LinkGone(Link Link) : LinkEvent;

    /// <summary>The kernel said why it spoke of a link, whether or not anything in it differs. Follows the change it explains.</summary>
    public sealed record LinkNoticed(Link Link, LinkNotice Notice) : LinkEvent;

    /// <summary>An address is there that was not.</summary>
    public sealed record AddressAdded(InterfaceAddress Address) : LinkEvent;

    /// <summary>An address has other lifetimes or properties than before.</summary>
    public sealed record AddressChanged(InterfaceAddress Old, InterfaceAddress New) : LinkEvent;

    /// <summary>An address is gone.</summary>
    public sealed record AddressRemoved(InterfaceAddress Address) : LinkEvent;

    /// <summary>An IPv6 address is there, or is described anew: it came, was found unique or duplicate, or has other lifetimes.</summary>
    public sealed record Ipv6AddressSeen(Ipv6InterfaceAddress Address) : LinkEvent;

    /// <summary>An IPv6 address is gone.</summary>
    public sealed record Ipv6AddressRemoved(Ipv6InterfaceAddress Address) : LinkEvent;

    /// <summary>The flags of IPv6 on a link are others than before: a router said something else, or the link came up.</summary>
    public sealed record Ipv6FlagsChanged(int InterfaceIndex, Ipv6LinkFlags Flags) : LinkEvent;

    /// <summary>A router advertised a prefix, for the first time or again.</summary>
    public sealed record PrefixAdvertised(AdvertisedPrefix Prefix) : LinkEvent;

    /// <summary>The kernel announced an IPv4 route of protocol dhcp or static.</summary>
    public sealed record RouteAdded(InstalledRoute Route) : LinkEvent;

    /// <summary>
    /// The kernel announced the end of an IPv4 route of protocol dhcp or static. It announces none when it flushes routes because their
    /// link was set down or their source address was removed: after those, configure again.
    /// </summary>
    public sealed record RouteRemoved(InstalledRoute Route) : LinkEvent;

    /// <summary>The kernel announced the end of an IPv6 route of protocol dhcp that answers "unreachable".</summary>
    public sealed record UnreachableRouteRemoved(UnreachableRoute Route) : LinkEvent;

    /// <summary>
    /// The kernel announced an IPv6 route of protocol static, or its end: also where its link is set down, before it says so of
    /// the link, and where another takes its place.
    /// </summary>
    /// <param name="InterfaceIndex">ifindex it leaves by; of no meaning for one that leads nowhere.</param>
    /// <param name="Route">The route.</param>
    /// <param name="IsThere">It came; else it went.</param>
    public sealed record Ipv6RouteSeen(int InterfaceIndex, StaticRoute Route, bool IsThere) : LinkEvent;

    /// <summary>
    /// Events were lost and the state was read anew; the differences in links and addresses came before this. Route
    /// events may be missing: configure again what should be there.
    /// </summary>
    public sealed record Resynchronised(string Why) : LinkEvent;
}

/// <summary>IFLA_EVENT: why the kernel spoke of a link.</summary>
public enum LinkNotice
{
    /// <summary>A slave's carrier or the like made a bond choose again.</summary>
    BondingFailover = 3,
    /// <summary>Peers should be told of the hardware address now.</summary>
    NotifyPeers = 4,
    /// <summary>Multicast memberships should be repeated.</summary>
    IgmpResend = 5,
    /// <summary>An option of a bond was changed.</summary>
    BondingOptions = 6,
}
