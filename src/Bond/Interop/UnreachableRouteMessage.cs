using System.Runtime.InteropServices;
using BondDhcp.Bond.Links;
using BondDhcp.Bond.Netlink;
using BondDhcp.Net;

namespace BondDhcp.Bond.Interop;

/// <summary>RTM_NEWROUTE, RTM_DELROUTE, RTM_GETROUTE for IPv6 routes of the main table that answer "unreachable".</summary>
internal static class UnreachableRouteMessage
{
    /// <summary>Asks for those there are. A kernel without strict checking of dumps sends every route: they are sifted here.</summary>
    public static void WriteDump(NetlinkWriter writer)
    {
        writer.Begin(Rtnl.RTM_GETROUTE, Rtnl.NLM_F_DUMP);
        MemoryMarshal.Write(
            writer.AddHeader(RouteMessage.HeaderLength), new RtMessage { Family = Rtnl.AF_INET6, Type = Rtnl.RTN_UNREACHABLE });
        writer.AddUInt32(Rtnl.RTA_TABLE, InstalledRoute.MainTable);
    }

    /// <summary>Adds a route; EEXIST where one of the same metric is there. The kernel would take no lifetime for one of this kind.</summary>
    public static void WriteAdd(NetlinkWriter writer, UnreachableRoute route)
    {
        writer.Begin(Rtnl.RTM_NEWROUTE, Rtnl.NLM_F_CREATE | Rtnl.NLM_F_EXCL);
        WriteRoute(writer, route);
    }

    /// <summary>Removes a route.</summary>
    public static void WriteRemove(NetlinkWriter writer, UnreachableRoute route)
    {
        writer.Begin(Rtnl.RTM_DELROUTE, 0);
        WriteRoute(writer, route);
    }

    /// <summary>Reads a route; false for anything else.</summary>
    public static bool TryRead(NetlinkMessage message, out UnreachableRoute route)
    {
        route = null!;
        if (message.Type is not (Rtnl.RTM_NEWROUTE or Rtnl.RTM_DELROUTE)) return false;
        if (!message.TrySplit(RouteMessage.HeaderLength, out ReadOnlySpan<byte> octets, out NetlinkAttributeReader attributes)) return false;
        RtMessage header = MemoryMarshal.Read<RtMessage>(octets);
        if (header.Family != Rtnl.AF_INET6 || header.Type != Rtnl.RTN_UNREACHABLE || header.DestinationLength > Ipv6Address.Bits) return false;

        Ipv6Address destination = Ipv6Address.Any;
        uint table = header.Table, metric = 0;
        while (attributes.TryRead(out NetlinkAttribute attribute))
        {
            switch (attribute.Type)
            {
                case Rtnl.RTA_DST: destination = attribute.AsIpv6Address() ?? destination; break;
                case Rtnl.RTA_PRIORITY: metric = attribute.AsUInt32() ?? 0; break;
                case Rtnl.RTA_TABLE: table = attribute.AsUInt32() ?? table; break;
            }
        }
        if (table != InstalledRoute.MainTable) return false;
        route = new UnreachableRoute(new Ipv6Prefix(destination, header.DestinationLength).Masked)
        {
            Metric = metric,
            Protocol = header.Protocol,
        };
        return true;
    }

    private static void WriteRoute(NetlinkWriter writer, UnreachableRoute route)
    {
        var header = new RtMessage
        {
            Family = Rtnl.AF_INET6,
            DestinationLength = (byte)route.Destination.PrefixLength,
            Table = (byte)InstalledRoute.MainTable,
            Protocol = route.Protocol,
            Type = Rtnl.RTN_UNREACHABLE,
            Scope = Rtnl.RT_SCOPE_UNIVERSE,
        };
        MemoryMarshal.Write(writer.AddHeader(RouteMessage.HeaderLength), header);
        writer.AddAddress(Rtnl.RTA_DST, route.Destination.Network);
        writer.AddUInt32(Rtnl.RTA_PRIORITY, route.Metric);
    }
}
