using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using BondDhcp.Bond.Interop;
using BondDhcp.Tests.Linux;
using Xunit;

namespace BondDhcp.Tests.Netlink;

/// <summary>What is declared by hand for netlink, against what the C compiler makes of the kernel's headers.</summary>
public sealed class RtnlLayoutTests
{
    private const string Headers = """
        #include <stdio.h>
        #include <stddef.h>
        #include <errno.h>
        #include <netinet/in.h>
        #include <sys/socket.h>
        #include <sys/time.h>
        #include <linux/netlink.h>
        #include <linux/rtnetlink.h>
        #include <linux/if.h>
        #include <linux/if_link.h>
        #include <linux/if_addr.h>
        #include <linux/ip.h>
        #include <linux/ipv6.h>
        #include <linux/neighbour.h>
        #include <linux/filter.h>
        #include <linux/sock_diag.h>
        #include <linux/inet_diag.h>
        """;



    [Fact]
    public void Numbers_AgainstHeaders_AreEqual()
    {
        FieldInfo[] fields = typeof(Rtnl).GetFields(BindingFlags.Public | BindingFlags.Static);
        Assert.True(fields.Length > 100);
        string body = string.Concat(fields.Select(field => $"printf(\"{field.Name} %ld\\n\", (long){field.Name});\n"));
        Assert.Equal(
            fields.Select(field => $"{field.Name} {field.GetRawConstantValue()}"),
            KernelInterfaceTests.CompileAndRun(body, Headers));
    }

    [Fact]
    public void Structs_AgainstHeaders_HaveTheSameLayout()
    {
        (Type Type, string Struct, (string Ours, string Theirs)[] Fields)[] structs =
        [
            (typeof(IfInfoMessage), "ifinfomsg",
                [("Family", "ifi_family"), ("HardwareType", "ifi_type"), ("Index", "ifi_index"), ("Flags", "ifi_flags"), ("Change", "ifi_change")]),
            (typeof(IfAddressMessage), "ifaddrmsg",
                [("Family", "ifa_family"), ("PrefixLength", "ifa_prefixlen"), ("Flags", "ifa_flags"), ("Scope", "ifa_scope"), ("Index", "ifa_index")]),
            (typeof(AddressCacheInfo), "ifa_cacheinfo",
                [("Preferred", "ifa_prefered"), ("Valid", "ifa_valid"), ("Created", "cstamp"), ("Updated", "tstamp")]),
            (typeof(RtMessage), "rtmsg",
                [
                    ("Family", "rtm_family"), ("DestinationLength", "rtm_dst_len"), ("SourceLength", "rtm_src_len"), ("Tos", "rtm_tos"),
                    ("Table", "rtm_table"), ("Protocol", "rtm_protocol"), ("Scope", "rtm_scope"), ("Type", "rtm_type"), ("Flags", "rtm_flags"),
                ]),
            (typeof(PrefixMessageHeader), "prefixmsg",
                [
                    ("Family", "prefix_family"), ("Index", "prefix_ifindex"), ("Type", "prefix_type"), ("Length", "prefix_len"),
                    ("Flags", "prefix_flags"),
                ]),
            (typeof(PrefixCacheInfo), "prefix_cacheinfo", [("Preferred", "preferred_time"), ("Valid", "valid_time")]),
            (typeof(NeighbourMessageHeader), "ndmsg",
                [("Family", "ndm_family"), ("Index", "ndm_ifindex"), ("State", "ndm_state"), ("Flags", "ndm_flags"), ("Type", "ndm_type")]),
            (typeof(NetlinkSocketAddress), "sockaddr_nl", [("Family", "nl_family"), ("PortId", "nl_pid"), ("Groups", "nl_groups")]),
            (typeof(InetDiagSocketId), "inet_diag_sockid",
                [
                    ("SourcePort", "idiag_sport"), ("DestinationPort", "idiag_dport"), ("Source", "idiag_src"), ("Destination", "idiag_dst"),
                    ("Interface", "idiag_if"), ("Cookie0", "idiag_cookie"),
                ]),
            (typeof(InetDiagRequest), "inet_diag_req_v2",
                [("Family", "sdiag_family"), ("Protocol", "sdiag_protocol"), ("Extensions", "idiag_ext"), ("States", "idiag_states"), ("Id", "id")]),
            (typeof(InetDiagMessage), "inet_diag_msg",
                [("Family", "idiag_family"), ("State", "idiag_state"), ("Id", "id"), ("UserId", "idiag_uid"), ("Inode", "idiag_inode")]),
            (typeof(SocketTimeout), "timeval", [("Seconds", "tv_sec"), ("Microseconds", "tv_usec")]),
        ];
        var body = new StringBuilder("printf(\"nlmsghdr %zu\\n\", sizeof(struct nlmsghdr));\nprintf(\"rtattr %zu\\n\", sizeof(struct rtattr));\n");
        List<string> ours = ["nlmsghdr 16", "rtattr 4"];
        foreach ((Type type, string name, (string Ours, string Theirs)[] fields) in structs)
        {
            body.Append($"printf(\"{name} %zu\\n\", sizeof(struct {name}));\n");
            ours.Add($"{name} {Marshal.SizeOf(type)}");
            foreach ((string field, string theirs) in fields)
            {
                body.Append($"printf(\"{name}.{theirs} %zu\\n\", offsetof(struct {name}, {theirs}));\n");
                ours.Add($"{name}.{theirs} {Marshal.OffsetOf(type, field)}");
            }
        }
        Assert.Equal(ours, KernelInterfaceTests.CompileAndRun(body.ToString(), Headers));
    }
}
