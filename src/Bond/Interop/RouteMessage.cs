using System.Runtime.InteropServices;
using BondDhcp.Bond.Links;
using BondDhcp.Bond.Netlink;
using BondDhcp.Net;

namespace BondDhcp.Bond.Interop;

/// <summary>RTM_NEWROUTE, RTM_DELROUTE, RTM_GETROUTE for unicast IPv4 routes through one interface.</summary>
internal static class RouteMessage
{
    public const int HeaderLength = 12;

    /// <summary>
    /// Asks for the routes of one protocol, of one interface (0: all) and one table (0: all). A kernel without strict
    /// checking of dumps sends every route: the caller sifts in any case.
    /// </summary>
    public static void WriteDump(NetlinkWriter writer, int interfaceIndex, byte protocol, uint table)
    {
        writer.Begin(Rtnl.RTM_GETROUTE, Rtnl.NLM_F_DUMP);
        MemoryMarshal.Write(writer.AddHeader(HeaderLength), new RtMessage { Family = Rtnl.AF_INET, Protocol = protocol });
        if (interfaceIndex != 0) writer.AddUInt32(Rtnl.RTA_OIF, (uint)interfaceIndex);
        if (table != 0) writer.AddUInt32(Rtnl.RTA_TABLE, table);
    }

    /// <summary>
    /// Adds a route after those of the same destination and metric. Not NLM_F_REPLACE: that would take away the first
    /// of these whoever installed it, through whatever interface.
    /// </summary>
    public static void WriteAdd(NetlinkWriter writer, InstalledRoute route)
    {
        writer.Begin(Rtnl.RTM_NEWROUTE, Rtnl.NLM_F_CREATE | Rtnl.NLM_F_APPEND);
        WriteRoute(writer, route);
    }

    /// <summary>Removes the route that agrees in everything given.</summary>
    public static void WriteRemove(NetlinkWriter writer, InstalledRoute route)
    {
        writer.Begin(Rtnl.RTM_DELROUTE, 0);
        WriteRoute(writer, route);
    }

    /// <summary>Reads a route; false for anything else: other families and types, several next hops, cache entries.</summary>
    public static bool TryRead(NetlinkMessage message, out InstalledRoute route)
    {
        route = null!;
        if (message.Type is not (Rtnl.RTM_NEWROUTE or Rtnl.RTM_DELROUTE)) return false;
        if (!message.TrySplit(HeaderLength, out ReadOnlySpan<byte> octets, out NetlinkAttributeReader attributes)) return false;
        RtMessage header = MemoryMarshal.Read<RtMessage>(octets);
        if (header.Family != Rtnl.AF_INET || header.Type != Rtnl.RTN_UNICAST || header.DestinationLength > 32) return false;
        if ((header.Flags & Rtnl.RTM_F_CLONED) != 0) return false;

        Ipv4Address destination = Ipv4Address.Any;
        Ipv4Address? gateway = null, source = null;
        int interfaceIndex = 0;
        uint table = header.Table, metric = 0;
        int? mtu = null;
        while (attributes.TryRead(out NetlinkAttribute attribute))
        {
            switch (attribute.Type)
            {
                case Rtnl.RTA_DST: destination = attribute.AsAddress() ?? destination; break;
                case Rtnl.RTA_OIF: interfaceIndex = attribute.AsInt32() ?? 0; break;
                case Rtnl.RTA_GATEWAY: gateway = attribute.AsAddress(); break;
                case Rtnl.RTA_PREFSRC: source = attribute.AsAddress(); break;
                case Rtnl.RTA_PRIORITY: metric = attribute.AsUInt32() ?? 0; break;
                case Rtnl.RTA_TABLE: table = attribute.AsUInt32() ?? table; break;
                case Rtnl.RTA_METRICS: mtu = ReadMtu(attribute.Nested); break;
            }
        }
        if (interfaceIndex <= 0) return false;
        route = new InstalledRoute(interfaceIndex, new Ipv4Prefix(destination, header.DestinationLength).Masked, gateway)
        {
            Table = table,
            Metric = metric,
            PreferredSource = source,
            Protocol = header.Protocol,
            Mtu = mtu,
            OnLink = (header.Flags & Rtnl.RTNH_F_ONLINK) != 0,
        };
        return true;
    }

    private static void WriteRoute(NetlinkWriter writer, InstalledRoute route)
    {
        var header = new RtMessage
        {
            Family = Rtnl.AF_INET,
            DestinationLength = (byte)route.Destination.PrefixLength,
            Table = route.Table <= byte.MaxValue ? (byte)route.Table : Rtnl.RT_TABLE_UNSPEC,
            Protocol = route.Protocol,
            Type = Rtnl.RTN_UNICAST,
            Scope = route.Gateway is null ? Rtnl.RT_SCOPE_LINK : Rtnl.RT_SCOPE_UNIVERSE,
            Flags = route.OnLink ? Rtnl.RTNH_F_ONLINK : 0,
        };
        MemoryMarshal.Write(writer.AddHeader(HeaderLength), header);
        writer.AddUInt32(Rtnl.RTA_TABLE, route.Table);
        writer.AddAddress(Rtnl.RTA_DST, route.Destination.Network);
        writer.AddUInt32(Rtnl.RTA_OIF, (uint)route.InterfaceIndex);
        writer.AddUInt32(Rtnl.RTA_PRIORITY, route.Metric);
        if (route.Gateway is { } gateway) writer.AddAddress(Rtnl.RTA_GATEWAY, gateway);
        if (route.PreferredSource is { } source) writer.AddAddress(Rtnl.RTA_PREFSRC, source);
        if (route.Mtu is not { } mtu) return;
        using (writer.Nest(Rtnl.RTA_METRICS | Rtnl.NLA_F_NESTED)) writer.AddUInt32(Rtnl.RTAX_MTU, (uint)mtu);
    }

    private static int? ReadMtu(NetlinkAttributeReader attributes)
    {
        while (attributes.TryRead(out NetlinkAttribute attribute))
            if (attribute.Type == Rtnl.RTAX_MTU) return attribute.AsInt32();
        return null;
    }
}
