using System.Runtime.InteropServices;
using BondDhcp.Bond.Links;
using BondDhcp.Bond.Netlink;
using BondDhcp.Net;

namespace BondDhcp.Bond.Interop;

/// <summary>RTM_NEWADDR, RTM_DELADDR, RTM_GETADDR for IPv6.</summary>
internal static class Ipv6AddressMessage
{
    /// <summary>Asks for the IPv6 addresses of one interface.</summary>
    public static void WriteDump(NetlinkWriter writer, int interfaceIndex)
    {
        writer.Begin(Rtnl.RTM_GETADDR, Rtnl.NLM_F_DUMP);
        MemoryMarshal.Write(
            writer.AddHeader(AddressMessage.HeaderLength), new IfAddressMessage { Family = Rtnl.AF_INET6, Index = interfaceIndex });
    }

    /// <summary>
    /// Adds an address; whether another host has it is the kernel's to find out. With <paramref name="replace"/>, one that
    /// is there gets the new lifetimes, mark and prefix length, and is not probed again.
    /// </summary>
    public static void WriteAdd(NetlinkWriter writer, Ipv6InterfaceAddress address, bool replace)
    {
        writer.Begin(Rtnl.RTM_NEWADDR, (ushort)(Rtnl.NLM_F_CREATE | (replace ? Rtnl.NLM_F_REPLACE : Rtnl.NLM_F_EXCL)));
        WriteIdentity(writer, address);
        var lifetimes = new AddressCacheInfo { Preferred = address.PreferredSeconds, Valid = address.ValidSeconds };
        writer.Add(Rtnl.IFA_CACHEINFO, MemoryMarshal.AsBytes(new ReadOnlySpan<AddressCacheInfo>(in lifetimes)));
        writer.AddUInt32(Rtnl.IFA_FLAGS, address.HasNoPrefixRoute ? Rtnl.IFA_F_NOPREFIXROUTE : 0);
        if (address.Metric != 0) writer.AddUInt32(Rtnl.IFA_RT_PRIORITY, address.Metric);
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
        if (header.Family != Rtnl.AF_INET6 || header.PrefixLength > Ipv6Address.Bits || header.Index <= 0) return false;

        // On a point-to-point link IFA_ADDRESS is the other end's; IFA_LOCAL is absent everywhere else.
        Ipv6Address? local = null, either = null;
        uint flags = header.Flags, metric = 0;
        byte protocol = 0;
        var lifetimes = new AddressCacheInfo { Preferred = InterfaceAddress.Forever, Valid = InterfaceAddress.Forever };
        while (attributes.TryRead(out NetlinkAttribute attribute))
        {
            switch (attribute.Type)
            {
                case Rtnl.IFA_LOCAL: local = attribute.AsIpv6Address(); break;
                case Rtnl.IFA_ADDRESS: either = attribute.AsIpv6Address(); break;
                case Rtnl.IFA_FLAGS: flags = attribute.AsUInt32() ?? flags; break;
                case Rtnl.IFA_RT_PRIORITY: metric = attribute.AsUInt32() ?? 0; break;
                case Rtnl.IFA_PROTO: protocol = attribute.AsByte() ?? 0; break;
                case Rtnl.IFA_CACHEINFO: MemoryMarshal.TryRead(attribute.Data, out lifetimes); break;
            }
        }
        if ((local ?? either) is not { } own) return false;
        address = new Ipv6InterfaceAddress(header.Index, own, header.PrefixLength)
        {
            ValidSeconds = lifetimes.Valid,
            PreferredSeconds = lifetimes.Preferred,
            IsTentative = (flags & (Rtnl.IFA_F_TENTATIVE | Rtnl.IFA_F_DADFAILED)) != 0,
            IsDuplicate = (flags & Rtnl.IFA_F_DADFAILED) != 0,
            IsDeprecated = (flags & Rtnl.IFA_F_DEPRECATED) != 0,
            IsOptimistic = (flags & Rtnl.IFA_F_OPTIMISTIC) != 0,
            HasNoPrefixRoute = (flags & Rtnl.IFA_F_NOPREFIXROUTE) != 0,
            Protocol = protocol,
            Metric = metric,
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
