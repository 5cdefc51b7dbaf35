using System.Collections.Immutable;
using System.Runtime.InteropServices;
using BondDhcp.Bond.Links;
using BondDhcp.Bond.Netlink;

namespace BondDhcp.Bond.Interop;

/// <summary>RTM_NEWLINK, RTM_DELLINK, RTM_GETLINK, RTM_SETLINK.</summary>
internal static class LinkMessage
{
    public const int HeaderLength = 16;

    /// <summary>Asks for every link, without statistics, which would be most of the answer.</summary>
    public static void WriteDump(NetlinkWriter writer)
    {
        writer.Begin(Rtnl.RTM_GETLINK, Rtnl.NLM_F_DUMP);
        writer.AddHeader(HeaderLength);
        writer.AddUInt32(Rtnl.IFLA_EXT_MASK, Rtnl.RTEXT_FILTER_SKIP_STATS);
    }

    /// <summary>Asks for one link.</summary>
    public static void WriteGet(NetlinkWriter writer, int index)
    {
        writer.Begin(Rtnl.RTM_GETLINK, 0);
        MemoryMarshal.Write(writer.AddHeader(HeaderLength), new IfInfoMessage { Index = index });
        writer.AddUInt32(Rtnl.IFLA_EXT_MASK, Rtnl.RTEXT_FILTER_SKIP_STATS);
    }

    /// <summary>Sets a link up.</summary>
    public static void WriteSetUp(NetlinkWriter writer, int index)
    {
        writer.Begin(Rtnl.RTM_SETLINK, 0);
        var header = new IfInfoMessage { Index = index, Flags = Rtnl.IFF_UP, Change = Rtnl.IFF_UP };
        MemoryMarshal.Write(writer.AddHeader(HeaderLength), header);
    }

    /// <summary>Sets a link down.</summary>
    public static void WriteSetDown(NetlinkWriter writer, int index)
    {
        writer.Begin(Rtnl.RTM_SETLINK, 0);
        MemoryMarshal.Write(writer.AddHeader(HeaderLength), new IfInfoMessage { Index = index, Change = Rtnl.IFF_UP });
    }

    /// <summary>Sets a link's MTU.</summary>
    public static void WriteSetMtu(NetlinkWriter writer, int index, int mtu)
    {
        writer.Begin(Rtnl.RTM_SETLINK, 0);
        MemoryMarshal.Write(writer.AddHeader(HeaderLength), new IfInfoMessage { Index = index });
        writer.AddUInt32(Rtnl.IFLA_MTU, (uint)mtu);
    }

    /// <summary>
    /// Sets promote_secondaries: whether the other addresses of a subnet outlive the first one. The same as the
    /// sysctl of that name, without needing /proc to be writable.
    /// </summary>
    public static void WriteSetPromoteSecondaries(NetlinkWriter writer, int index, bool promote)
    {
        writer.Begin(Rtnl.RTM_SETLINK, 0);
        MemoryMarshal.Write(writer.AddHeader(HeaderLength), new IfInfoMessage { Index = index });
        using (writer.Nest(Rtnl.IFLA_AF_SPEC | Rtnl.NLA_F_NESTED))
        using (writer.Nest(Rtnl.AF_INET | Rtnl.NLA_F_NESTED))
        using (writer.Nest(Rtnl.IFLA_INET_CONF | Rtnl.NLA_F_NESTED))
            writer.AddUInt32(Rtnl.IPV4_DEVCONF_PROMOTE_SECONDARIES, promote ? 1u : 0u);
    }

    /// <summary>
    /// Reads a link. False for what is no description of a link although it has the type: a bridge's word about a
    /// port (another family), a Wi-Fi driver's report (IFLA_WIRELESS), and anything malformed.
    /// </summary>
    public static bool TryRead(NetlinkMessage message, out Link link, out LinkNotice? notice)
    {
        link = null!;
        notice = null;
        if (message.Type is not (Rtnl.RTM_NEWLINK or Rtnl.RTM_DELLINK)) return false;
        if (!message.TrySplit(HeaderLength, out ReadOnlySpan<byte> octets, out NetlinkAttributeReader attributes)) return false;
        IfInfoMessage header = MemoryMarshal.Read<IfInfoMessage>(octets);
        if (header.Family != Rtnl.AF_UNSPEC || header.Index <= 0) return false;

        var draft = new Link
        {
            Index = header.Index,
            Name = "",
            HardwareType = header.HardwareType,
            Flags = (LinkFlags)header.Flags & KnownFlags,
        };
        bool lowerIsElsewhere = false;
        while (attributes.TryRead(out NetlinkAttribute attribute))
        {
            switch (attribute.Type)
            {
                case Rtnl.IFLA_WIRELESS: return false;
                case Rtnl.IFLA_IFNAME: draft = draft with { Name = attribute.AsText() }; break;
                case Rtnl.IFLA_ADDRESS: draft = draft with { Mac = attribute.AsMac() }; break;
                case Rtnl.IFLA_PERM_ADDRESS: draft = draft with { PermanentMac = attribute.AsMac() }; break;
                case Rtnl.IFLA_OPERSTATE: draft = draft with { OperationalState = (OperationalState)(attribute.AsByte() ?? 0) }; break;
                case Rtnl.IFLA_CARRIER: draft = draft with { Carrier = attribute.AsByte() == 1 }; break;
                case Rtnl.IFLA_MTU: draft = draft with { Mtu = attribute.AsInt32() ?? 0 }; break;
                case Rtnl.IFLA_MAX_MTU: draft = draft with { MaxMtu = attribute.AsInt32() ?? 0 }; break;
                case Rtnl.IFLA_MASTER: draft = draft with { MasterIndex = attribute.AsInt32() ?? 0 }; break;
                case Rtnl.IFLA_LINK: draft = draft with { LowerIndex = attribute.AsInt32() ?? 0 }; break;
                // The kernel tells it where the device below is in another namespace, and the index is that one's.
                case Rtnl.IFLA_LINK_NETNSID: lowerIsElsewhere = true; break;
                case Rtnl.IFLA_PROP_LIST: draft = draft with { AlternativeNames = ReadNames(attribute.Nested) }; break;
                case Rtnl.IFLA_LINKINFO: draft = ReadInfo(draft, attribute.Nested); break;
                case Rtnl.IFLA_EVENT: notice = (LinkNotice?)attribute.AsUInt32(); break;
            }
        }
        link = lowerIsElsewhere ? draft with { LowerIndex = 0 } : draft;
        return draft.Name.Length > 0;
    }

    /// <summary>Reads promote_secondaries out of a link's description.</summary>
    public static bool TryReadPromoteSecondaries(NetlinkMessage message, out bool promote)
    {
        promote = false;
        if (message.Type != Rtnl.RTM_NEWLINK) return false;
        if (!message.TrySplit(HeaderLength, out _, out NetlinkAttributeReader attributes)) return false;
        if (!attributes.TryFind(Rtnl.IFLA_AF_SPEC, out NetlinkAttribute families)) return false;
        if (!families.Nested.TryFind(Rtnl.AF_INET, out NetlinkAttribute inet)) return false;
        if (!inet.Nested.TryFind(Rtnl.IFLA_INET_CONF, out NetlinkAttribute settings)) return false;
        // Read, it is an array of 32 bits each that begins with setting 1.
        int offset = (Rtnl.IPV4_DEVCONF_PROMOTE_SECONDARIES - 1) * sizeof(int);
        if (settings.Data.Length < offset + sizeof(int)) return false;
        promote = MemoryMarshal.Read<int>(settings.Data[offset..]) != 0;
        return true;
    }

    // The others (promiscuous, all-multicast) come and go with every tcpdump and are of no interest.
    private const LinkFlags KnownFlags =
        LinkFlags.Up | LinkFlags.Broadcast | LinkFlags.Loopback | LinkFlags.Running | LinkFlags.NoArp
        | LinkFlags.Master | LinkFlags.Slave | LinkFlags.LowerUp | LinkFlags.Dormant;

    private static ImmutableArray<string> ReadNames(NetlinkAttributeReader attributes)
    {
        ImmutableArray<string>.Builder names = ImmutableArray.CreateBuilder<string>();
        while (attributes.TryRead(out NetlinkAttribute attribute))
            if (attribute.Type == Rtnl.IFLA_ALT_IFNAME) names.Add(attribute.AsText());
        return names.ToImmutable();
    }

    private static Link ReadInfo(Link link, NetlinkAttributeReader attributes)
    {
        string? slaveKind = null;
        while (attributes.TryRead(out NetlinkAttribute attribute))
        {
            switch (attribute.Type)
            {
                // The kernel puts the kind before the data that it explains.
                case Rtnl.IFLA_INFO_KIND: link = link with { Kind = attribute.AsText() }; break;
                case Rtnl.IFLA_INFO_SLAVE_KIND: slaveKind = attribute.AsText(); break;
                case Rtnl.IFLA_INFO_DATA when link.Kind == "bond": link = link with { Bond = BondMessage.Read(attribute.Nested) }; break;
                case Rtnl.IFLA_INFO_SLAVE_DATA when slaveKind == "bond": link = link with { BondSlave = ReadSlave(attribute.Nested) }; break;
                case Rtnl.IFLA_INFO_SLAVE_DATA when slaveKind == "bridge":
                    if (attribute.Nested.TryFind(Rtnl.IFLA_BRPORT_STATE, out NetlinkAttribute state)) link = link with { BridgePortState = state.AsByte() };
                    break;
            }
        }
        return link;
    }

    private static BondSlaveState ReadSlave(NetlinkAttributeReader attributes)
    {
        var slave = new BondSlaveState(false, 0, 0, null);
        while (attributes.TryRead(out NetlinkAttribute attribute))
        {
            slave = attribute.Type switch
            {
                Rtnl.IFLA_BOND_SLAVE_STATE => slave with { IsBackup = attribute.AsByte() == 1 },
                Rtnl.IFLA_BOND_SLAVE_MII_STATUS => slave with { MiiStatus = attribute.AsByte() ?? 0 },
                Rtnl.IFLA_BOND_SLAVE_LINK_FAILURE_COUNT => slave with { LinkFailureCount = attribute.AsUInt32() ?? 0 },
                Rtnl.IFLA_BOND_SLAVE_PERM_HWADDR => slave with { PermanentMac = attribute.AsMac() },
                _ => slave,
            };
        }
        return slave;
    }
}
