using System.Net;
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

    /// <summary>Reads an IPv6 route of protocol static; false for anything else: other protocols and types, several next hops, cache entries.</summary>
    public static bool TryReadIpv6(NetlinkMessage message, out int interfaceIndex, out StaticRoute route)
    {
        return TryRead(message, out interfaceIndex, out route, out _) && (interfaceIndex > 0 || route.Kind != StaticRouteKind.Unicast);
    }

    private static bool TryRead(NetlinkMessage message, out int interfaceIndex, out StaticRoute route, out ReadOnlySpan<byte> hops)
    {
        (interfaceIndex, route) = (0, null!);
        hops = default;
        if (!message.TrySplit(RouteMessage.HeaderLength, out ReadOnlySpan<byte> octets, out NetlinkAttributeReader attributes)) return false;
        RtMessage header = MemoryMarshal.Read<RtMessage>(octets);
        if (header.Family != Rtnl.AF_INET6 || header.Protocol != Rtnl.RTPROT_STATIC || header.DestinationLength > 128) return false;
        if ((header.Flags & Rtnl.RTM_F_CLONED) != 0 || KindOf(header.Type) is not { } kind) return false;

        IPAddress destination = IPAddress.IPv6Any;
        IPAddress? gateway = null;
        uint table = header.Table, metric = 0;
        while (attributes.TryRead(out NetlinkAttribute attribute))
        {
            switch (attribute.Type)
            {
                case Rtnl.RTA_DST: destination = AddressOf(attribute) ?? destination; break;
                case Rtnl.RTA_OIF: interfaceIndex = attribute.AsInt32() ?? 0; break;
                case Rtnl.RTA_GATEWAY: gateway = AddressOf(attribute); break;
                case Rtnl.RTA_PRIORITY: metric = attribute.AsUInt32() ?? 0; break;
                case Rtnl.RTA_TABLE: table = attribute.AsUInt32() ?? table; break;
                case Rtnl.RTA_MULTIPATH: hops = attribute.Data; break;
            }
        }
        route = new StaticRoute(new StaticDestination(destination, header.DestinationLength)) { Kind = kind, Gateway = gateway, Table = table, Metric = metric };
        return true;
    }

    /// <summary>Asks for the IPv6 routes of protocol static, in every table. A kernel without strict checking of dumps sends every route.</summary>
    public static void WriteDumpIpv6(NetlinkWriter writer)
    {
        writer.Begin(Rtnl.RTM_GETROUTE, Rtnl.NLM_F_DUMP);
        MemoryMarshal.Write(
            writer.AddHeader(RouteMessage.HeaderLength), new RtMessage { Family = Rtnl.AF_INET6, Protocol = Rtnl.RTPROT_STATIC });
    }

    /// <summary>
    /// Reads what a dump tells of IPv6 routes of protocol static through one interface, and of those that lead nowhere. The
    /// kernel tells of those of one destination and metric as of one route with several next hops: here each is its own.
    /// </summary>
    public static bool TryReadIpv6(NetlinkMessage message, int interfaceIndex, out StaticRoute[] routes)
    {
        routes = [];
        if (!TryRead(message, out int index, out StaticRoute route, out ReadOnlySpan<byte> hops)) return false;
        List<StaticRoute> found = [];
        if (index == interfaceIndex || route.Kind != StaticRouteKind.Unicast) found.Add(route);
        // struct rtnexthop: length, flags, weight, ifindex; then its attributes.
        while (hops.Length >= NextHopLength)
        {
            int length = MemoryMarshal.Read<ushort>(hops);
            if (length < NextHopLength || length > hops.Length) break;
            if (MemoryMarshal.Read<int>(hops[4..]) == interfaceIndex)
            {
                var attributes = new NetlinkAttributeReader(hops[NextHopLength..length]);
                found.Add(route with { Gateway = attributes.TryFind(Rtnl.RTA_GATEWAY, out NetlinkAttribute gateway) ? AddressOf(gateway) : null });
            }
            hops = hops[Math.Min(NetlinkWriter.Align(length), hops.Length)..];
        }
        routes = [.. found];
        return routes.Length > 0;
    }

    private const int NextHopLength = 8;

    private static StaticRouteKind? KindOf(byte type) => type switch
    {
        Rtnl.RTN_UNICAST => StaticRouteKind.Unicast,
        Rtnl.RTN_UNREACHABLE => StaticRouteKind.Unreachable,
        Rtnl.RTN_BLACKHOLE => StaticRouteKind.Blackhole,
        _ => null,
    };

    private static IPAddress? AddressOf(NetlinkAttribute attribute) => attribute.AsIpv6Address() is null ? null : new IPAddress(attribute.Data);

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
