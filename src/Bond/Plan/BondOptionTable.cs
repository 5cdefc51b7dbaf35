using System.Collections.Immutable;
using BondDhcp.Bond.Interop;

namespace BondDhcp.Bond.Plan;

/// <summary>
/// Every option of the bonding driver that can be configured, from its own table (drivers/net/bonding/bond_options.c).
/// The slave in use and the primary are not here: they are indices, which the plan sets when the slaves are there.
/// </summary>
public static class BondOptionTable
{
    private static readonly ImmutableArray<string> s_offOn = ["off", "on"];
    private static readonly int s_arpModes = BondMode.Only(BondMode.RoundRobin, BondMode.ActiveBackup, BondMode.Xor, BondMode.Broadcast);
    private static readonly int s_lacpModes = BondMode.Only(BondMode.Lacp);

    /// <summary>Modes that have one slave in use, and so a primary.</summary>
    private static readonly int s_primaryModes = BondMode.Only(BondMode.ActiveBackup, BondMode.Tlb, BondMode.Alb);

    /// <summary>The bond's mode; all others depend on it.</summary>
    public static readonly BondOption Mode = new("mode", Rtnl.IFLA_BOND_MODE, BondOptionType.Byte)
    {
        Words = ["balance-rr", "active-backup", "balance-xor", "broadcast", "802.3ad", "balance-tlb", "balance-alb"],
        NeedsNoSlaves = true,
        NeedsBondDown = true,
    };

    /// <summary>Milliseconds between looks at the slaves' carrier; 0 for none.</summary>
    public static readonly BondOption Miimon = new("miimon", Rtnl.IFLA_BOND_MIIMON, BondOptionType.UInt32);

    /// <summary>Milliseconds between ARP requests that watch the slaves; 0 for none. Excludes <see cref="Miimon"/>.</summary>
    public static readonly BondOption ArpInterval = new("arp_interval", Rtnl.IFLA_BOND_ARP_INTERVAL, BondOptionType.UInt32) { Modes = s_arpModes };

    /// <summary>Addresses asked for by the ARP monitor.</summary>
    public static readonly BondOption ArpTargets = new("arp_ip_target", Rtnl.IFLA_BOND_ARP_IP_TARGET, BondOptionType.Ipv4List) { Modes = s_arpModes };

    /// <summary>Which hardware address the bond and its slaves have.</summary>
    public static readonly BondOption FailOverMac = new("fail_over_mac", Rtnl.IFLA_BOND_FAIL_OVER_MAC, BondOptionType.Byte)
    {
        Words = ["none", "active", "follow"],
        NeedsNoSlaves = true,
    };

    /// <summary>When the primary is used again.</summary>
    public static readonly BondOption PrimaryReselect = new("primary_reselect", Rtnl.IFLA_BOND_PRIMARY_RESELECT, BondOptionType.Byte)
    {
        Words = ["always", "better", "failure"],
        Modes = s_primaryModes,
    };

    /// <summary>Gratuitous ARPs and unsolicited neighbour advertisements of the driver after a failover.</summary>
    public static readonly BondOption PeerNotifications = new("num_grat_arp", Rtnl.IFLA_BOND_NUM_PEER_NOTIF, BondOptionType.Byte) { Max = byte.MaxValue, Default = 1 };

    /// <summary><see cref="FailOverMac"/>: the bond has the address of the slave in use.</summary>
    public const int FailOverMacActive = 1;

    /// <summary>In the order in which the driver takes them from one message; what depends on another comes after it.</summary>
    public static readonly ImmutableArray<BondOption> All =
    [
        Mode,
        Miimon,
        new("updelay", Rtnl.IFLA_BOND_UPDELAY, BondOptionType.UInt32) { IsInMiimonTicks = true },
        new("downdelay", Rtnl.IFLA_BOND_DOWNDELAY, BondOptionType.UInt32) { IsInMiimonTicks = true },
        new("peer_notif_delay", Rtnl.IFLA_BOND_PEER_NOTIF_DELAY, BondOptionType.UInt32) { IsInMiimonTicks = true, Max = 300_000 },
        new("use_carrier", Rtnl.IFLA_BOND_USE_CARRIER, BondOptionType.Byte) { Words = s_offOn, Default = 1 },
        ArpInterval,
        ArpTargets,
        new("ns_ip6_target", Rtnl.IFLA_BOND_NS_IP6_TARGET, BondOptionType.Ipv6List) { Modes = s_arpModes },
        new("arp_validate", Rtnl.IFLA_BOND_ARP_VALIDATE, BondOptionType.UInt32)
        {
            Words = ["none", "active", "backup", "all", "filter", "filter_active", "filter_backup"],
            Modes = s_arpModes,
        },
        new("arp_all_targets", Rtnl.IFLA_BOND_ARP_ALL_TARGETS, BondOptionType.UInt32) { Words = ["any", "all"] },
        PrimaryReselect,
        FailOverMac,
        new("xmit_hash_policy", Rtnl.IFLA_BOND_XMIT_HASH_POLICY, BondOptionType.Byte)
        {
            Words = ["layer2", "layer3+4", "layer2+3", "encap2+3", "encap3+4", "vlan+srcmac"],
        },
        new("resend_igmp", Rtnl.IFLA_BOND_RESEND_IGMP, BondOptionType.UInt32) { Max = byte.MaxValue, Default = 1 },
        PeerNotifications,
        new("all_slaves_active", Rtnl.IFLA_BOND_ALL_SLAVES_ACTIVE, BondOptionType.Byte) { Words = s_offOn },
        new("min_links", Rtnl.IFLA_BOND_MIN_LINKS, BondOptionType.UInt32),
        new("lp_interval", Rtnl.IFLA_BOND_LP_INTERVAL, BondOptionType.UInt32) { Min = 1, Default = 1 },
        new("packets_per_slave", Rtnl.IFLA_BOND_PACKETS_PER_SLAVE, BondOptionType.UInt32)
        {
            Max = ushort.MaxValue,
            Default = 1,
            Modes = BondMode.Only(BondMode.RoundRobin),
        },
        new("lacp_active", Rtnl.IFLA_BOND_AD_LACP_ACTIVE, BondOptionType.Byte) { Words = s_offOn, Default = 1, Modes = s_lacpModes, NeedsBondDown = true },
        new("lacp_rate", Rtnl.IFLA_BOND_AD_LACP_RATE, BondOptionType.Byte) { Words = ["slow", "fast"], Modes = s_lacpModes, NeedsBondDown = true },
        new("ad_select", Rtnl.IFLA_BOND_AD_SELECT, BondOptionType.Byte)
        {
            Words = ["stable", "bandwidth", "count"],
            NeedsBondDown = true,
        },
        new("ad_actor_sys_prio", Rtnl.IFLA_BOND_AD_ACTOR_SYS_PRIO, BondOptionType.UInt16)
        {
            Min = 1,
            Max = ushort.MaxValue,
            Default = ushort.MaxValue,
            Modes = s_lacpModes,
            NeedsBondDown = true,
        },
        new("ad_user_port_key", Rtnl.IFLA_BOND_AD_USER_PORT_KEY, BondOptionType.UInt16) { Max = 1023, Modes = s_lacpModes, NeedsBondDown = true },
        new("ad_actor_system", Rtnl.IFLA_BOND_AD_ACTOR_SYSTEM, BondOptionType.Mac) { Default = null, Modes = s_lacpModes, NeedsBondDown = true },
        new("tlb_dynamic_lb", Rtnl.IFLA_BOND_TLB_DYNAMIC_LB, BondOptionType.Byte)
        {
            Words = s_offOn,
            Default = 1,
            Modes = BondMode.Only(BondMode.Tlb, BondMode.Alb),
            NeedsBondDown = true,
        },
        new("coupled_control", Rtnl.IFLA_BOND_COUPLED_CONTROL, BondOptionType.Byte) { Words = s_offOn, Default = 1, Modes = s_lacpModes, NeedsBondDown = true },
        new("arp_missed_max", Rtnl.IFLA_BOND_MISSED_MAX, BondOptionType.Byte) { Min = 1, Max = byte.MaxValue, Default = 2, Modes = s_arpModes },
    ];

    /// <summary>The option with this kernel name, <c>num_unsol_na</c> included, which is the other name of one; null for none.</summary>
    public static BondOption? Find(string name)
    {
        if (name == "num_unsol_na") return PeerNotifications;
        foreach (BondOption option in All)
            if (option.Name == name) return option;
        return null;
    }

    /// <summary>The option with this attribute; null for none.</summary>
    public static BondOption? Find(ushort attribute)
    {
        foreach (BondOption option in All)
            if (option.Attribute == attribute) return option;
        return null;
    }

    /// <summary>The mode has one slave in use, and so a primary.</summary>
    public static bool HasPrimary(long mode) => (s_primaryModes >> (int)mode & 1) != 0;
}
