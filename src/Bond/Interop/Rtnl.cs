namespace BondDhcp.Bond.Interop;

/// <summary>
/// Numbers of netlink and rtnetlink, in the kernel's own spelling. A test compares each with the C headers.
/// </summary>
public static class Rtnl
{
#pragma warning disable CS1591 // Each is documented by the kernel under its own name.
    // linux/netlink.h
    public const ushort AF_NETLINK = 16;
    public const int NETLINK_ROUTE = 0;
    public const int NETLINK_SOCK_DIAG = 4;
    public const ushort SOCK_DIAG_BY_FAMILY = 20;
    public const byte IPPROTO_UDP = 17;
    public const int SOL_NETLINK = 270;
    public const int NETLINK_ADD_MEMBERSHIP = 1;
    public const int NETLINK_CAP_ACK = 10;
    public const int NETLINK_EXT_ACK = 11;
    public const int NETLINK_GET_STRICT_CHK = 12;

    public const ushort NLMSG_ERROR = 2;
    public const ushort NLMSG_DONE = 3;
    public const ushort NLMSG_OVERRUN = 4;

    public const ushort NLM_F_REQUEST = 0x1;
    public const ushort NLM_F_ACK = 0x4;
    public const ushort NLM_F_DUMP_INTR = 0x10;
    public const ushort NLM_F_DUMP = 0x300;
    public const ushort NLM_F_REPLACE = 0x100;
    public const ushort NLM_F_EXCL = 0x200;
    public const ushort NLM_F_CREATE = 0x400;
    public const ushort NLM_F_APPEND = 0x800;
    public const ushort NLM_F_CAPPED = 0x100;
    public const ushort NLM_F_ACK_TLVS = 0x200;

    public const ushort NLMSGERR_ATTR_MSG = 1;
    public const ushort NLA_F_NESTED = 0x8000;

    // linux/rtnetlink.h
    public const ushort RTM_NEWLINK = 16;
    public const ushort RTM_DELLINK = 17;
    public const ushort RTM_GETLINK = 18;
    public const ushort RTM_SETLINK = 19;
    public const ushort RTM_NEWADDR = 20;
    public const ushort RTM_DELADDR = 21;
    public const ushort RTM_GETADDR = 22;
    public const ushort RTM_NEWROUTE = 24;
    public const ushort RTM_DELROUTE = 25;
    public const ushort RTM_GETROUTE = 26;
    public const ushort RTM_NEWNEIGH = 28;
    public const ushort RTM_GETNEIGH = 30;
    public const ushort RTM_NEWPREFIX = 52;

    public const int RTNLGRP_LINK = 1;
    public const int RTNLGRP_IPV4_IFADDR = 5;
    public const int RTNLGRP_IPV4_ROUTE = 7;
    public const int RTNLGRP_IPV6_IFADDR = 9;
    public const int RTNLGRP_IPV6_ROUTE = 11;
    public const int RTNLGRP_IPV6_IFINFO = 12;
    public const int RTNLGRP_IPV6_PREFIX = 18;

    public const byte AF_UNSPEC = 0;
    public const byte AF_INET = 2;
    public const byte AF_INET6 = 10;

    public const byte RT_SCOPE_UNIVERSE = 0;
    public const byte RT_SCOPE_LINK = 253;
    public const byte RT_TABLE_UNSPEC = 0;
    public const byte RTN_UNICAST = 1;
    public const byte RTN_BLACKHOLE = 6;
    public const byte RTN_UNREACHABLE = 7;
    public const byte RTPROT_STATIC = 4;
    public const byte RTPROT_DHCP = 16;
    public const uint RTNH_F_ONLINK = 4;
    public const uint RTM_F_CLONED = 0x200;

    public const ushort RTA_DST = 1;
    public const ushort RTA_OIF = 4;
    public const ushort RTA_GATEWAY = 5;
    public const ushort RTA_PRIORITY = 6;
    public const ushort RTA_PREFSRC = 7;
    public const ushort RTA_METRICS = 8;
    public const ushort RTA_MULTIPATH = 9;
    public const ushort RTA_TABLE = 15;
    public const ushort RTAX_MTU = 2;
    public const ushort PREFIX_ADDRESS = 1;
    public const ushort PREFIX_CACHEINFO = 2;

    // linux/if_link.h
    public const ushort IFLA_ADDRESS = 1;
    public const ushort IFLA_IFNAME = 3;
    public const ushort IFLA_MTU = 4;
    public const ushort IFLA_LINK = 5;
    public const ushort IFLA_MASTER = 10;
    public const ushort IFLA_WIRELESS = 11;
    public const ushort IFLA_PROTINFO = 12;
    public const ushort IFLA_OPERSTATE = 16;
    public const ushort IFLA_LINKINFO = 18;
    public const ushort IFLA_AF_SPEC = 26;
    public const ushort IFLA_EXT_MASK = 29;
    public const ushort IFLA_CARRIER = 33;
    public const ushort IFLA_LINK_NETNSID = 37;
    public const ushort IFLA_EVENT = 44;
    public const ushort IFLA_MAX_MTU = 51;
    public const ushort IFLA_PROP_LIST = 52;
    public const ushort IFLA_ALT_IFNAME = 53;
    public const ushort IFLA_PERM_ADDRESS = 54;
    public const uint RTEXT_FILTER_SKIP_STATS = 8;

    public const ushort IFLA_INFO_KIND = 1;
    public const ushort IFLA_INFO_DATA = 2;
    public const ushort IFLA_INFO_SLAVE_KIND = 4;
    public const ushort IFLA_INFO_SLAVE_DATA = 5;

    public const ushort IFLA_BOND_MODE = 1;
    public const ushort IFLA_BOND_ACTIVE_SLAVE = 2;
    public const ushort IFLA_BOND_MIIMON = 3;
    public const ushort IFLA_BOND_UPDELAY = 4;
    public const ushort IFLA_BOND_DOWNDELAY = 5;
    public const ushort IFLA_BOND_USE_CARRIER = 6;
    public const ushort IFLA_BOND_ARP_INTERVAL = 7;
    public const ushort IFLA_BOND_ARP_IP_TARGET = 8;
    public const ushort IFLA_BOND_ARP_VALIDATE = 9;
    public const ushort IFLA_BOND_ARP_ALL_TARGETS = 10;
    public const ushort IFLA_BOND_PRIMARY = 11;
    public const ushort IFLA_BOND_PRIMARY_RESELECT = 12;
    public const ushort IFLA_BOND_FAIL_OVER_MAC = 13;
    public const ushort IFLA_BOND_XMIT_HASH_POLICY = 14;
    public const ushort IFLA_BOND_RESEND_IGMP = 15;
    public const ushort IFLA_BOND_NUM_PEER_NOTIF = 16;
    public const ushort IFLA_BOND_ALL_SLAVES_ACTIVE = 17;
    public const ushort IFLA_BOND_MIN_LINKS = 18;
    public const ushort IFLA_BOND_LP_INTERVAL = 19;
    public const ushort IFLA_BOND_PACKETS_PER_SLAVE = 20;
    public const ushort IFLA_BOND_AD_LACP_RATE = 21;
    public const ushort IFLA_BOND_AD_SELECT = 22;
    public const ushort IFLA_BOND_AD_INFO = 23;
    public const ushort IFLA_BOND_AD_ACTOR_SYS_PRIO = 24;
    public const ushort IFLA_BOND_AD_USER_PORT_KEY = 25;
    public const ushort IFLA_BOND_AD_ACTOR_SYSTEM = 26;
    public const ushort IFLA_BOND_TLB_DYNAMIC_LB = 27;
    public const ushort IFLA_BOND_PEER_NOTIF_DELAY = 28;
    public const ushort IFLA_BOND_AD_LACP_ACTIVE = 29;
    public const ushort IFLA_BOND_MISSED_MAX = 30;
    public const ushort IFLA_BOND_NS_IP6_TARGET = 31;
    public const ushort IFLA_BOND_COUPLED_CONTROL = 32;

    public const ushort IFLA_BOND_SLAVE_STATE = 1;
    public const ushort IFLA_BOND_SLAVE_MII_STATUS = 2;
    public const ushort IFLA_BOND_SLAVE_LINK_FAILURE_COUNT = 3;
    public const ushort IFLA_BOND_SLAVE_PERM_HWADDR = 4;

    public const ushort IFLA_BRPORT_STATE = 1;

    public const ushort IFLA_INET_CONF = 1;
    public const ushort IPV4_DEVCONF_PROMOTE_SECONDARIES = 20;

    public const ushort IFLA_INET6_FLAGS = 1;
    public const ushort IFLA_INET6_CONF = 2;
    public const ushort IFLA_INET6_ADDR_GEN_MODE = 8;

    // linux/if_link.h: values of IFLA_INET6_ADDR_GEN_MODE
    public const byte IN6_ADDR_GEN_MODE_EUI64 = 0;
    public const byte IN6_ADDR_GEN_MODE_NONE = 1;

    // linux/ipv6.h: places in IFLA_INET6_CONF
    public const int DEVCONF_FORWARDING = 0;
    public const int DEVCONF_ACCEPT_RA = 3;
    public const int DEVCONF_DISABLE_IPV6 = 26;

    public const uint IFF_UP = 0x1;

    // linux/if_addr.h
    public const ushort IFA_ADDRESS = 1;
    public const ushort IFA_LOCAL = 2;
    public const ushort IFA_BROADCAST = 4;
    public const ushort IFA_CACHEINFO = 6;
    public const ushort IFA_FLAGS = 8;
    public const ushort IFA_RT_PRIORITY = 9;
    public const ushort IFA_PROTO = 11;
    public const uint IFA_F_SECONDARY = 0x1;
    public const uint IFA_F_OPTIMISTIC = 0x4;
    public const uint IFA_F_DADFAILED = 0x8;
    public const uint IFA_F_DEPRECATED = 0x20;
    public const uint IFA_F_TENTATIVE = 0x40;
    public const uint IFA_F_NOPREFIXROUTE = 0x200;

    // linux/neighbour.h
    public const ushort NDA_DST = 1;
    public const ushort NDA_LLADDR = 2;
    public const ushort NDA_IFINDEX = 8;
    public const ushort NUD_REACHABLE = 0x02;
    public const ushort NUD_STALE = 0x04;
    public const ushort NUD_DELAY = 0x08;
    public const ushort NUD_PROBE = 0x10;
    public const ushort NUD_PERMANENT = 0x80;
    public const byte NTF_ROUTER = 0x80;

    // linux/filter.h: the ancillary load that finds a netlink attribute
    public const int SKF_AD_OFF = -0x1000;
    public const int SKF_AD_NLATTR = 12;

    // errno.h, what KernelNumbers lacks
    public const int ENOENT = 2;
    public const int EBUSY = 16;
    public const int EINVAL = 22;
    public const int ETIMEDOUT = 110;
#pragma warning restore CS1591
}
