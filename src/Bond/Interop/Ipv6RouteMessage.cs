using System.Runtime.InteropServices;
using BondDhcp.Bond.Netlink;

namespace BondDhcp.Bond.Interop;

/// <summary>RTM_GETROUTE for IPv6: does anything lead beyond a link? Whoever installed it, in whatever table.</summary>
internal static class Ipv6RouteMessage
{
    // struct rtnexthop: length, flags, weight, ifindex; then its attributes.
    private const int NextHopLength = 8;

    /// <summary>Asks for the routes through one interface. A kernel without strict checking of dumps sends every route: they are sifted when read.</summary>
    public static void WriteDump(NetlinkWriter writer, int interfaceIndex)
    {
        writer.Begin(Rtnl.RTM_GETROUTE, Rtnl.NLM_F_DUMP);
        MemoryMarshal.Write(writer.AddHeader(RouteMessage.HeaderLength), new RtMessage { Family = Rtnl.AF_INET6 });
        writer.AddUInt32(Rtnl.RTA_OIF, (uint)interfaceIndex);
    }

    /// <summary>True for a route that leads beyond the link of the interface: through a gateway, or to everywhere. A route to the link itself has neither.</summary>
    public static bool LeadsBeyond(NetlinkMessage message, int interfaceIndex)
    {
        if (message.Type != Rtnl.RTM_NEWROUTE) return false;
        if (!message.TrySplit(RouteMessage.HeaderLength, out ReadOnlySpan<byte> octets, out NetlinkAttributeReader attributes)) return false;
        RtMessage header = MemoryMarshal.Read<RtMessage>(octets);
        if (header.Family != Rtnl.AF_INET6 || header.Type != Rtnl.RTN_UNICAST || (header.Flags & Rtnl.RTM_F_CLONED) != 0) return false;
        bool toEverywhere = header.DestinationLength == 0, hasGateway = false, isThrough = false;
        while (attributes.TryRead(out NetlinkAttribute attribute))
        {
            switch (attribute.Type)
            {
                case Rtnl.RTA_OIF: isThrough = attribute.AsInt32() == interfaceIndex; break;
                case Rtnl.RTA_GATEWAY: hasGateway = true; break;
                case Rtnl.RTA_MULTIPATH when HasHop(attribute.Data, interfaceIndex, toEverywhere): return true;
            }
        }
        return isThrough && (toEverywhere || hasGateway);
    }

    private static bool HasHop(ReadOnlySpan<byte> hops, int interfaceIndex, bool toEverywhere)
    {
        while (hops.Length >= NextHopLength)
        {
            int length = MemoryMarshal.Read<ushort>(hops);
            if (length < NextHopLength || length > hops.Length) return false;
            if (MemoryMarshal.Read<int>(hops[4..]) == interfaceIndex
                && (toEverywhere || new NetlinkAttributeReader(hops[NextHopLength..length]).TryFind(Rtnl.RTA_GATEWAY, out _))) return true;
            hops = hops[Math.Min(NetlinkWriter.Align(length), hops.Length)..];
        }
        return false;
    }
}
