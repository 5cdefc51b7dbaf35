using System.Runtime.InteropServices;
using BondDhcp.Bond.Netlink;
using BondDhcp.Net;

namespace BondDhcp.Bond.Interop;

/// <summary>RTM_GETNEIGH and its answer for IPv4.</summary>
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
}
