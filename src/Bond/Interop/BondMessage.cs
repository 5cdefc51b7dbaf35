using System.Net;
using System.Runtime.InteropServices;
using BondDhcp.Bond.Links;
using BondDhcp.Bond.Netlink;
using BondDhcp.Bond.Plan;
using BondDhcp.Net;

namespace BondDhcp.Bond.Interop;

/// <summary>What concerns bonds and bridges in RTM_NEWLINK: making and deleting them, their options, their slaves.</summary>
internal static class BondMessage
{
    /// <summary>Makes a bond or bridge with all of its options in one message; refused where the name is taken.</summary>
    public static void WriteCreate(NetlinkWriter writer, string name, string kind, ReadOnlySpan<BondSetting> settings)
    {
        writer.Begin(Rtnl.RTM_NEWLINK, Rtnl.NLM_F_CREATE | Rtnl.NLM_F_EXCL);
        writer.AddHeader(LinkMessage.HeaderLength);
        writer.AddText(Rtnl.IFLA_IFNAME, name);
        WriteInfo(writer, kind, settings);
    }

    /// <summary>Changes options of a bond.</summary>
    public static void WriteOptions(NetlinkWriter writer, int index, ReadOnlySpan<BondSetting> settings)
    {
        writer.Begin(Rtnl.RTM_NEWLINK, 0);
        MemoryMarshal.Write(writer.AddHeader(LinkMessage.HeaderLength), new IfInfoMessage { Index = index });
        WriteInfo(writer, "bond", settings);
    }

    /// <summary>Changes an option whose value is the index of a slave: the slave in use, the primary.</summary>
    public static void WriteSlaveOption(NetlinkWriter writer, int index, ushort attribute, int slaveIndex)
    {
        writer.Begin(Rtnl.RTM_NEWLINK, 0);
        MemoryMarshal.Write(writer.AddHeader(LinkMessage.HeaderLength), new IfInfoMessage { Index = index });
        using (writer.Nest(Rtnl.IFLA_LINKINFO))
        {
            writer.AddText(Rtnl.IFLA_INFO_KIND, "bond");
            using (writer.Nest(Rtnl.IFLA_INFO_DATA)) writer.AddUInt32(attribute, (uint)slaveIndex);
        }
    }

    /// <summary>Gives a link a master, or with 0 takes it from the one it has.</summary>
    public static void WriteSetMaster(NetlinkWriter writer, int index, int masterIndex)
    {
        writer.Begin(Rtnl.RTM_SETLINK, 0);
        MemoryMarshal.Write(writer.AddHeader(LinkMessage.HeaderLength), new IfInfoMessage { Index = index });
        writer.AddUInt32(Rtnl.IFLA_MASTER, (uint)masterIndex);
    }

    /// <summary>Deletes a link.</summary>
    public static void WriteDelete(NetlinkWriter writer, int index)
    {
        writer.Begin(Rtnl.RTM_DELLINK, 0);
        MemoryMarshal.Write(writer.AddHeader(LinkMessage.HeaderLength), new IfInfoMessage { Index = index });
    }

    /// <summary>Reads IFLA_INFO_DATA of a bond.</summary>
    public static BondState Read(NetlinkAttributeReader attributes)
    {
        List<BondSetting> settings = [];
        int active = 0, primary = 0;
        while (attributes.TryRead(out NetlinkAttribute attribute))
        {
            if (attribute.Type == Rtnl.IFLA_BOND_ACTIVE_SLAVE) active = attribute.AsInt32() ?? 0;
            else if (attribute.Type == Rtnl.IFLA_BOND_PRIMARY) primary = attribute.AsInt32() ?? 0;
            else if (BondOptionTable.Find(attribute.Type) is not { } option) continue;
            else if (option.IsList) settings.Add(new BondSetting(option, 0, ReadTargets(attribute.Nested)));
            else if (ReadNumber(attribute, option.Type) is { } number) settings.Add(new BondSetting(option, number, ""));
        }
        BondValues values = new(settings);
        long Number(ushort attribute) => values.Number(attribute) ?? 0;
        return new BondState(
            (byte)Number(Rtnl.IFLA_BOND_MODE), active, primary, (byte)Number(Rtnl.IFLA_BOND_PRIMARY_RESELECT),
            (byte)Number(Rtnl.IFLA_BOND_FAIL_OVER_MAC), (uint)Number(Rtnl.IFLA_BOND_MIIMON), (uint)Number(Rtnl.IFLA_BOND_UPDELAY),
            (uint)Number(Rtnl.IFLA_BOND_DOWNDELAY), (byte)Number(Rtnl.IFLA_BOND_NUM_PEER_NOTIF))
        {
            Values = values,
        };
    }

    private static void WriteInfo(NetlinkWriter writer, string kind, ReadOnlySpan<BondSetting> settings)
    {
        using (writer.Nest(Rtnl.IFLA_LINKINFO))
        {
            writer.AddText(Rtnl.IFLA_INFO_KIND, kind);
            if (settings.IsEmpty) return;
            using (writer.Nest(Rtnl.IFLA_INFO_DATA))
                foreach (BondSetting setting in settings) Write(writer, setting);
        }
    }

    private static void Write(NetlinkWriter writer, BondSetting setting)
    {
        ushort attribute = setting.Option.Attribute;
        switch (setting.Option.Type)
        {
            case BondOptionType.Byte: writer.AddByte(attribute, (byte)setting.Number); break;
            case BondOptionType.UInt32: writer.AddUInt32(attribute, (uint)setting.Number); break;
            case BondOptionType.UInt16:
                ushort number = (ushort)setting.Number;
                writer.Add(attribute, MemoryMarshal.AsBytes(new ReadOnlySpan<ushort>(in number)));
                break;
            case BondOptionType.Mac:
                Span<byte> octets = stackalloc byte[MacAddress.Length];
                new MacAddress((ulong)setting.Number).CopyTo(octets);
                writer.Add(attribute, octets);
                break;
            default:
                using (writer.Nest(attribute))
                {
                    ushort place = 0;
                    foreach (string target in setting.Targets.Split(',', StringSplitOptions.RemoveEmptyEntries))
                        writer.Add(place++, IPAddress.Parse(target).GetAddressBytes());
                }
                break;
        }
    }

    private static long? ReadNumber(NetlinkAttribute attribute, BondOptionType type) => type switch
    {
        BondOptionType.Byte => attribute.AsByte(),
        BondOptionType.UInt16 => attribute.Data.Length == sizeof(ushort) ? MemoryMarshal.Read<ushort>(attribute.Data) : null,
        BondOptionType.UInt32 => attribute.AsUInt32(),
        BondOptionType.Mac => (long?)attribute.AsMac()?.Value,
        _ => null,
    };

    private static string ReadTargets(NetlinkAttributeReader attributes)
    {
        List<string> targets = [];
        while (attributes.TryRead(out NetlinkAttribute attribute))
            if (attribute.Data.Length is 4 or 16) targets.Add(new IPAddress(attribute.Data).ToString());
        return string.Join(',', targets);
    }
}
