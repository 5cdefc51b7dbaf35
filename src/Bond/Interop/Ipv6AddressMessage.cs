using System.Net;
using System.Runtime.InteropServices;
using BondDhcp.Bond.Links;
using BondDhcp.Bond.Netlink;

namespace BondDhcp.Bond.Interop;

/// <summary>RTM_NEWADDR, RTM_DELADDR, RTM_GETADDR for IPv6.</summary>
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

    /// <summary>Adds an address for ever; whether another host has it is the kernel's to find out.</summary>
    public static void WriteAdd(NetlinkWriter writer, Ipv6InterfaceAddress address, uint metric)
    {
        writer.Begin(Rtnl.RTM_NEWADDR, Rtnl.NLM_F_CREATE | Rtnl.NLM_F_EXCL);
        WriteIdentity(writer, address);
        if (metric != 0) writer.AddUInt32(Rtnl.IFA_RT_PRIORITY, metric);
        // Kernels before 5.18 pass over it.
        writer.AddByte(Rtnl.IFA_PROTO, address.Protocol);
    }

    /// <summary>Removes an address.</summary>
    public static void WriteRemove(NetlinkWriter writer, Ipv6InterfaceAddress address)
    {
        writer.Begin(Rtnl.RTM_DELADDR, 0);
        WriteIdentity(writer, address);
    }

    /// <summary>Reads an address; false for anything else.</summary>
    public static bool TryRead(NetlinkMessage message, out Ipv6InterfaceAddress address)
    {
        address = null!;
        if (message.Type is not (Rtnl.RTM_NEWADDR or Rtnl.RTM_DELADDR)) return false;
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
            IsDuplicate = (flags & Rtnl.IFA_F_DADFAILED) != 0,
            Protocol = protocol,
        };
        return true;
    }

    private static void WriteIdentity(NetlinkWriter writer, Ipv6InterfaceAddress address)
    {
        var header = new IfAddressMessage
        {
            Family = Rtnl.AF_INET6,
            PrefixLength = (byte)address.PrefixLength,
            Scope = Rtnl.RT_SCOPE_UNIVERSE,
            Index = address.InterfaceIndex,
        };
        MemoryMarshal.Write(writer.AddHeader(AddressMessage.HeaderLength), header);
        writer.AddAddress(Rtnl.IFA_LOCAL, address.Address);
    }
}
