using System.Runtime.InteropServices;
using BondDhcp.Bond.Links;
using BondDhcp.Bond.Netlink;
using BondDhcp.Net;

namespace BondDhcp.Bond.Interop;

/// <summary>What the kernel says of IPv6 on a link: RTM_NEWLINK of family AF_INET6, RTM_GETLINK's AF_INET6 part, RTM_NEWPREFIX.</summary>
internal static class Ipv6LinkMessage
{
    private const int PrefixHeaderLength = 12;

    // net/if_inet6.h of the kernel, IF_PREFIX_ONLINK and IF_PREFIX_AUTOCONF: no header for programs has them.
    private const byte OnLink = 1;
    private const byte Autonomous = 2;

    /// <summary>Reads the event that tells of changed flags; false for anything else.</summary>
    public static bool TryReadFlags(NetlinkMessage message, out int interfaceIndex, out Ipv6LinkFlags flags)
    {
        flags = Ipv6LinkFlags.None;
        interfaceIndex = 0;
        if (message.Type != Rtnl.RTM_NEWLINK) return false;
        if (!message.TrySplit(LinkMessage.HeaderLength, out ReadOnlySpan<byte> octets, out NetlinkAttributeReader attributes)) return false;
        IfInfoMessage header = MemoryMarshal.Read<IfInfoMessage>(octets);
        if (header.Family != Rtnl.AF_INET6 || header.Index <= 0) return false;
        if (!attributes.TryFind(Rtnl.IFLA_PROTINFO, out NetlinkAttribute protocol)) return false;
        if (!protocol.Nested.TryFind(Rtnl.IFLA_INET6_FLAGS, out NetlinkAttribute value) || value.AsUInt32() is not { } bits) return false;
        interfaceIndex = header.Index;
        flags = (Ipv6LinkFlags)bits;
        return true;
    }

    /// <summary>Reads the IPv6 part of a link's description (<see cref="LinkMessage.WriteGet"/>); false where it has none.</summary>
    public static bool TryReadState(NetlinkMessage message, out Ipv6LinkState state)
    {
        state = null!;
        if (message.Type != Rtnl.RTM_NEWLINK) return false;
        if (!message.TrySplit(LinkMessage.HeaderLength, out _, out NetlinkAttributeReader attributes)) return false;
        if (!attributes.TryFind(Rtnl.IFLA_AF_SPEC, out NetlinkAttribute families)) return false;
        if (!families.Nested.TryFind(Rtnl.AF_INET6, out NetlinkAttribute inet6)) return false;
        if (!inet6.Nested.TryFind(Rtnl.IFLA_INET6_FLAGS, out NetlinkAttribute value) || value.AsUInt32() is not { } bits) return false;
        inet6.Nested.TryFind(Rtnl.IFLA_INET6_CONF, out NetlinkAttribute settings);
        byte? mode = inet6.Nested.TryFind(Rtnl.IFLA_INET6_ADDR_GEN_MODE, out NetlinkAttribute source) ? source.AsByte() : null;
        state = new Ipv6LinkState
        {
            Flags = (Ipv6LinkFlags)bits,
            IsDisabled = Setting(settings, Rtnl.DEVCONF_DISABLE_IPV6) is > 0,
            LinkLocalSource = mode switch
            {
                null or Rtnl.IN6_ADDR_GEN_MODE_EUI64 => LinkLocalSource.HardwareAddress,
                Rtnl.IN6_ADDR_GEN_MODE_NONE => LinkLocalSource.None,
                _ => LinkLocalSource.Other,
            },
            IsForwarding = Setting(settings, Rtnl.DEVCONF_FORWARDING) is > 0,
            AcceptRa = Setting(settings, Rtnl.DEVCONF_ACCEPT_RA) ?? 1,
        };
        return true;
    }

    /// <summary>Reads the prefix of a router advertisement; false for anything else.</summary>
    public static bool TryReadPrefix(NetlinkMessage message, out AdvertisedPrefix prefix)
    {
        prefix = null!;
        if (message.Type != Rtnl.RTM_NEWPREFIX) return false;
        if (!message.TrySplit(PrefixHeaderLength, out ReadOnlySpan<byte> octets, out NetlinkAttributeReader attributes)) return false;
        PrefixMessageHeader header = MemoryMarshal.Read<PrefixMessageHeader>(octets);
        if (header.Family != Rtnl.AF_INET6 || header.Length > Ipv6Address.Bits || header.Index <= 0) return false;

        Ipv6Address? address = null;
        PrefixCacheInfo lifetimes = default;
        while (attributes.TryRead(out NetlinkAttribute attribute))
        {
            switch (attribute.Type)
            {
                case Rtnl.PREFIX_ADDRESS: address = attribute.AsIpv6Address(); break;
                case Rtnl.PREFIX_CACHEINFO: MemoryMarshal.TryRead(attribute.Data, out lifetimes); break;
            }
        }
        if (address is not { } given) return false;
        prefix = new AdvertisedPrefix(header.Index, new Ipv6Prefix(given, header.Length).Masked)
        {
            IsOnLink = (header.Flags & OnLink) != 0,
            IsAutonomous = (header.Flags & Autonomous) != 0,
            ValidSeconds = lifetimes.Valid,
        };
        return true;
    }

    private static int? Setting(NetlinkAttribute settings, int place)
    {
        int offset = place * sizeof(int);
        return settings.Data.Length >= offset + sizeof(int) ? MemoryMarshal.Read<int>(settings.Data[offset..]) : null;
    }
}
