using System.Runtime.InteropServices;
using BondDhcp.Bond.Links;
using BondDhcp.Bond.Netlink;
using BondDhcp.Net;

namespace BondDhcp.Bond.Interop;

/// <summary>RTM_NEWADDR, RTM_DELADDR, RTM_GETADDR for IPv4.</summary>
internal static class AddressMessage
{
    public const int HeaderLength = 8;

    /// <summary>Asks for the IPv4 addresses of one interface, or of all for 0.</summary>
    public static void WriteDump(NetlinkWriter writer, int interfaceIndex)
    {
        writer.Begin(Rtnl.RTM_GETADDR, Rtnl.NLM_F_DUMP);
        MemoryMarshal.Write(
            writer.AddHeader(HeaderLength), new IfAddressMessage { Family = Rtnl.AF_INET, Index = interfaceIndex });
    }

    /// <summary>Adds an address; with <paramref name="replace"/>, one that is there gets the new lifetimes, metric and mark.</summary>
    public static void WriteAdd(NetlinkWriter writer, InterfaceAddress address, bool replace)
    {
        writer.Begin(Rtnl.RTM_NEWADDR, (ushort)(Rtnl.NLM_F_CREATE | (replace ? Rtnl.NLM_F_REPLACE : Rtnl.NLM_F_EXCL)));
        WriteIdentity(writer, address);
        if (address.Broadcast is { } broadcast) writer.AddAddress(Rtnl.IFA_BROADCAST, broadcast);
        var lifetimes = new AddressCacheInfo { Preferred = address.PreferredSeconds, Valid = address.ValidSeconds };
        writer.Add(Rtnl.IFA_CACHEINFO, MemoryMarshal.AsBytes(new ReadOnlySpan<AddressCacheInfo>(in lifetimes)));
        if (address.Metric != 0) writer.AddUInt32(Rtnl.IFA_RT_PRIORITY, address.Metric);
        // Kernels before 5.18 pass over it.
        writer.AddByte(Rtnl.IFA_PROTO, address.Protocol);
    }

    /// <summary>Removes exactly this address with this prefix length.</summary>
    public static void WriteRemove(NetlinkWriter writer, InterfaceAddress address)
    {
        writer.Begin(Rtnl.RTM_DELADDR, 0);
        WriteIdentity(writer, address);
    }

    /// <summary>Reads an address; false for anything else.</summary>
    public static bool TryRead(NetlinkMessage message, out InterfaceAddress address)
    {
        address = null!;
        if (message.Type is not (Rtnl.RTM_NEWADDR or Rtnl.RTM_DELADDR)) return false;
        if (!message.TrySplit(HeaderLength, out ReadOnlySpan<byte> octets, out NetlinkAttributeReader attributes)) return false;
        IfAddressMessage header = MemoryMarshal.Read<IfAddressMessage>(octets);
        if (header.Family != Rtnl.AF_INET || header.PrefixLength > 32 || header.Index <= 0) return false;

        Ipv4Address? local = null, broadcast = null;
        uint flags = header.Flags, metric = 0;
        byte protocol = 0;
        var lifetimes = new AddressCacheInfo { Preferred = InterfaceAddress.Forever, Valid = InterfaceAddress.Forever };
        while (attributes.TryRead(out NetlinkAttribute attribute))
        {
            switch (attribute.Type)
            {
                case Rtnl.IFA_LOCAL: local = attribute.AsAddress(); break;
                case Rtnl.IFA_BROADCAST: broadcast = attribute.AsAddress(); break;
                case Rtnl.IFA_FLAGS: flags = attribute.AsUInt32() ?? flags; break;
                case Rtnl.IFA_RT_PRIORITY: metric = attribute.AsUInt32() ?? 0; break;
                case Rtnl.IFA_PROTO: protocol = attribute.AsByte() ?? 0; break;
                case Rtnl.IFA_CACHEINFO: MemoryMarshal.TryRead(attribute.Data, out lifetimes); break;
            }
        }
        if (local is not { } own) return false;
        address = new InterfaceAddress(header.Index, new Ipv4Prefix(own, header.PrefixLength))
        {
            Broadcast = broadcast,
            ValidSeconds = lifetimes.Valid,
            PreferredSeconds = lifetimes.Preferred,
            IsSecondary = (flags & Rtnl.IFA_F_SECONDARY) != 0,
            Protocol = protocol,
            Metric = metric,
        };
        return true;
    }

    // IFA_ADDRESS too: without it a removal would take the first address that matches IFA_LOCAL, whatever its prefix.
    private static void WriteIdentity(NetlinkWriter writer, InterfaceAddress address)
    {
        var header = new IfAddressMessage
        {
            Family = Rtnl.AF_INET,
            PrefixLength = (byte)address.Prefix.PrefixLength,
            // Such an address is no source of what goes beyond the link (RFC 3927 section 2.7).
            Scope = address.Prefix.Address.IsLinkLocal ? Rtnl.RT_SCOPE_LINK : Rtnl.RT_SCOPE_UNIVERSE,
            Index = address.InterfaceIndex,
        };
        MemoryMarshal.Write(writer.AddHeader(HeaderLength), header);
        writer.AddAddress(Rtnl.IFA_LOCAL, address.Prefix.Address);
        writer.AddAddress(Rtnl.IFA_ADDRESS, address.Prefix.Address);
    }
}
