using System.Net;
using System.Runtime.InteropServices;
using BondDhcp.Bond.Links;
using BondDhcp.Bond.Netlink;

namespace BondDhcp.Bond.Interop;

/// <summary>RTM_NEWADDR, RTM_DELADDR and RTM_GETADDR for IPv6.</summary>
internal static class Ipv6AddressMessage
{
    private const int MaxPrefixLength = 128;
    private const int AddressLength = 16;

    /// <summary>Asks for the IPv6 addresses of one interface.</summary>
    public static void WriteDump(NetlinkWriter writer, int interfaceIndex)
    {
        writer.Begin(Rtnl.RTM_GETADDR, Rtnl.NLM_F_DUMP);
        MemoryMarshal.Write(
            writer.AddHeader(AddressMessage.HeaderLength), new IfAddressMessage { Family = Rtnl.AF_INET6, Index = interfaceIndex });
    }

    /// <summary>Removes exactly this address with this prefix length.</summary>
    public static void WriteRemove(NetlinkWriter writer, Ipv6InterfaceAddress address)
    {
        writer.Begin(Rtnl.RTM_DELADDR, 0);
        var header = new IfAddressMessage
        {
            Family = Rtnl.AF_INET6,
            PrefixLength = (byte)address.PrefixLength,
            Index = address.InterfaceIndex,
        };
        MemoryMarshal.Write(writer.AddHeader(AddressMessage.HeaderLength), header);
        writer.Add(Rtnl.IFA_LOCAL, address.Address.GetAddressBytes());
    }

    /// <summary>Reads an address; false for anything else.</summary>
    public static bool TryRead(NetlinkMessage message, out Ipv6InterfaceAddress address)
    {
        address = null!;
        if (message.Type != Rtnl.RTM_NEWADDR) return false;
        if (!message.TrySplit(AddressMessage.HeaderLength, out ReadOnlySpan<byte> octets, out NetlinkAttributeReader attributes)) return false;
        IfAddressMessage header = MemoryMarshal.Read<IfAddressMessage>(octets);
        if (header.Family != Rtnl.AF_INET6 || header.PrefixLength > MaxPrefixLength || header.Index <= 0) return false;

        // On a point-to-point link IFA_ADDRESS is the other end's; IFA_LOCAL is absent everywhere else.
        IPAddress? local = null, either = null;
        uint flags = header.Flags;
        byte protocol = 0;
        var lifetimes = new AddressCacheInfo { Preferred = InterfaceAddress.Forever, Valid = InterfaceAddress.Forever };
        while (attributes.TryRead(out NetlinkAttribute attribute))
        {
            switch (attribute.Type)
            {
                case Rtnl.IFA_LOCAL when attribute.Data.Length == AddressLength: local = new IPAddress(attribute.Data); break;
                case Rtnl.IFA_ADDRESS when attribute.Data.Length == AddressLength: either = new IPAddress(attribute.Data); break;
                case Rtnl.IFA_FLAGS: flags = attribute.AsUInt32() ?? flags; break;
                case Rtnl.IFA_PROTO: protocol = attribute.AsByte() ?? 0; break;
                case Rtnl.IFA_CACHEINFO: MemoryMarshal.TryRead(attribute.Data, out lifetimes); break;
            }
        }
        if ((local ?? either) is not { } own) return false;
        address = new Ipv6InterfaceAddress(header.Index, own, header.PrefixLength)
        {
            ValidSeconds = lifetimes.Valid,
            IsTentative = (flags & (Rtnl.IFA_F_TENTATIVE | Rtnl.IFA_F_DADFAILED)) != 0,
            Protocol = protocol,
        };
        return true;
    }
}
