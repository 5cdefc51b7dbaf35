using System.Runtime.InteropServices;
using BondDhcp.Bond.Links;
using BondDhcp.Bond.Netlink;
using BondDhcp.Net;

namespace BondDhcp.Bond.Interop;

/// <summary>RTM_GETNEIGH and its answers: one IPv4 neighbour, and the IPv6 routers of an interface.</summary>
internal static class NeighbourMessage
{
    public const int HeaderLength = 12;

    // States in which the kernel itself would send to the hardware address.
    private const ushort ValidStates =
        Rtnl.NUD_REACHABLE | Rtnl.NUD_STALE | Rtnl.NUD_DELAY | Rtnl.NUD_PROBE | Rtnl.NUD_PERMANENT;

    /// <summary>Asks for one neighbour.</summary>
    public static void WriteGet(NetlinkWriter writer, int interfaceIndex, Ipv4Address neighbour)
    {
        writer.Begin(Rtnl.RTM_GETNEIGH, 0);
        MemoryMarshal.Write(
            writer.AddHeader(HeaderLength), new NeighbourMessageHeader { Family = Rtnl.AF_INET, Index = interfaceIndex });
        writer.AddAddress(Rtnl.NDA_DST, neighbour);
    }

    /// <summary>Reads the hardware address of a neighbour; false where it is not known or not valid.</summary>
    public static bool TryRead(NetlinkMessage message, out MacAddress mac)
    {
        mac = default;
        if (message.Type != Rtnl.RTM_NEWNEIGH) return false;
        if (!message.TrySplit(HeaderLength, out ReadOnlySpan<byte> octets, out NetlinkAttributeReader attributes)) return false;
        NeighbourMessageHeader header = MemoryMarshal.Read<NeighbourMessageHeader>(octets);
        if (header.Family != Rtnl.AF_INET || (header.State & ValidStates) == 0) return false;
        while (attributes.TryRead(out NetlinkAttribute attribute))
        {
            if (attribute.Type != Rtnl.NDA_LLADDR || attribute.AsMac() is not { } address) continue;
            mac = address;
            return address.IsUnicast;
        }
        return false;
    }

    /// <summary>Asks for the IPv6 neighbours of one interface. A kernel without strict checking of dumps sends all: the caller sifts.</summary>
    public static void WriteDump(NetlinkWriter writer, int interfaceIndex)
    {
        writer.Begin(Rtnl.RTM_GETNEIGH, Rtnl.NLM_F_DUMP);
        MemoryMarshal.Write(writer.AddHeader(HeaderLength), new NeighbourMessageHeader { Family = Rtnl.AF_INET6 });
        writer.AddUInt32(Rtnl.NDA_IFINDEX, (uint)interfaceIndex);
    }

    /// <summary>Reads a router with a link-local address and a known hardware address; false for any other neighbour.</summary>
    public static bool TryReadRouter(NetlinkMessage message, out RouterNeighbour router)
    {
        router = default;
        if (message.Type != Rtnl.RTM_NEWNEIGH) return false;
        if (!message.TrySplit(HeaderLength, out ReadOnlySpan<byte> octets, out NetlinkAttributeReader attributes)) return false;
        NeighbourMessageHeader header = MemoryMarshal.Read<NeighbourMessageHeader>(octets);
        if (header.Family != Rtnl.AF_INET6 || (header.State & ValidStates) == 0 || (header.Flags & Rtnl.NTF_ROUTER) == 0) return false;
        Ipv6Address? address = null;
        MacAddress? mac = null;
        while (attributes.TryRead(out NetlinkAttribute attribute))
        {
            if (attribute.Type == Rtnl.NDA_DST) address = attribute.AsIpv6Address();
            else if (attribute.Type == Rtnl.NDA_LLADDR) mac = attribute.AsMac();
        }
        if (address is not { IsLinkLocal: true } known || mac is not { IsUnicast: true } station) return false;
        router = new RouterNeighbour(header.Index, known, station);
        return true;
    }
}
