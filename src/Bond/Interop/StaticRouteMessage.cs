using System.Net.Sockets;
using System.Runtime.InteropServices;
using BondDhcp.Bond.Addressing;
using BondDhcp.Bond.Netlink;

namespace BondDhcp.Bond.Interop;

/// <summary>RTM_NEWROUTE and RTM_DELROUTE for routes that somebody wrote down, of both families and every kind.</summary>
internal static class StaticRouteMessage
{
    /// <summary>
    /// Adds a route beside those of the same destination and metric. EEXIST says that this very one is there.
    /// </summary>
    public static void WriteAdd(NetlinkWriter writer, int interfaceIndex, StaticRoute route)
    {
        // Without NLM_F_APPEND, IPv4 refuses a second route of the same metric; IPv6 knows routes by gateway in any case.
        bool ipv4 = route.Destination.Family == AddressFamily.InterNetwork;
        writer.Begin(Rtnl.RTM_NEWROUTE, (ushort)(Rtnl.NLM_F_CREATE | (ipv4 ? Rtnl.NLM_F_APPEND : 0)));
        WriteRoute(writer, interfaceIndex, route);
    }

    /// <summary>Removes the route that agrees in everything given.</summary>
    public static void WriteRemove(NetlinkWriter writer, int interfaceIndex, StaticRoute route)
    {
        writer.Begin(Rtnl.RTM_DELROUTE, 0);
        WriteRoute(writer, interfaceIndex, route);
    }

    private static void WriteRoute(NetlinkWriter writer, int interfaceIndex, StaticRoute route)
    {
        bool ipv4 = route.Destination.Family == AddressFamily.InterNetwork;
        bool onLink = ipv4 && route is { Kind: StaticRouteKind.Unicast, Gateway: null };
        var header = new RtMessage
        {
            Family = ipv4 ? Rtnl.AF_INET : Rtnl.AF_INET6,
            DestinationLength = (byte)route.Destination.PrefixLength,
            Table = route.Table <= byte.MaxValue ? (byte)route.Table : Rtnl.RT_TABLE_UNSPEC,
            Protocol = Rtnl.RTPROT_STATIC,
            Type = route.Kind switch
            {
                StaticRouteKind.Unreachable => Rtnl.RTN_UNREACHABLE,
                StaticRouteKind.Blackhole => Rtnl.RTN_BLACKHOLE,
                _ => Rtnl.RTN_UNICAST,
            },
            Scope = onLink ? Rtnl.RT_SCOPE_LINK : Rtnl.RT_SCOPE_UNIVERSE,
            Flags = route.OnLink ? Rtnl.RTNH_F_ONLINK : 0,
        };
        MemoryMarshal.Write(writer.AddHeader(RouteMessage.HeaderLength), header);
        writer.AddUInt32(Rtnl.RTA_TABLE, route.Table);
        writer.AddAddress(Rtnl.RTA_DST, route.Destination.Address);
        // What goes nowhere leaves by no interface: the kernel refuses one.
        if (route.Kind == StaticRouteKind.Unicast) writer.AddUInt32(Rtnl.RTA_OIF, (uint)interfaceIndex);
        writer.AddUInt32(Rtnl.RTA_PRIORITY, route.Metric ?? 0);
        if (route.Gateway is { } gateway) writer.AddAddress(Rtnl.RTA_GATEWAY, gateway);
        if (route.Source is { } source) writer.AddAddress(Rtnl.RTA_PREFSRC, source);
        if (route.Mtu is not { } mtu) return;
        using (writer.Nest(Rtnl.RTA_METRICS | Rtnl.NLA_F_NESTED)) writer.AddUInt32(Rtnl.RTAX_MTU, (uint)mtu);
    }
}
