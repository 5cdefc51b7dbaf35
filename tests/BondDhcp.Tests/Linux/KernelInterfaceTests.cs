using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using BondDhcp.Net.Linux.Interop;
using Xunit;

namespace BondDhcp.Tests.Linux;

/// <summary>What is declared by hand, against what the C compiler makes of the kernel's and the C library's headers.</summary>
public sealed class KernelInterfaceTests
{
    private const string Headers = """
        #define _GNU_SOURCE
        #include <stdio.h>
        #include <stddef.h>
        #include <errno.h>
        #include <fcntl.h>
        #include <signal.h>
        #include <spawn.h>
        #include <sys/wait.h>
        #include <time.h>
        #include <sys/epoll.h>
        #include <sys/inotify.h>
        #include <sys/mman.h>
        #include <sys/socket.h>
        #include <sys/syscall.h>
        #include <sys/timerfd.h>
        #include <net/if.h>
        #include <net/if_arp.h>
        #include <netinet/in.h>
        #include <linux/filter.h>
        #include <linux/if_ether.h>
        #include <linux/if_packet.h>
        """;

    [Fact]
    public void Numbers_AgainstHeaders_AreEqual()
    {
        FieldInfo[] fields = typeof(KernelNumbers).GetFields(BindingFlags.Public | BindingFlags.Static);
        Assert.NotEmpty(fields);
        string body = string.Concat(fields.Select(field => field.Name == "SIG_IGN"
            ? "printf(\"SIG_IGN %ld\\n\", (long)SIG_IGN);\n"
            : $"printf(\"{field.Name} %ld\\n\", (long){field.Name});\n"));
        IEnumerable<string> ours = fields.Select(field => $"{field.Name} {field.GetRawConstantValue()}");
        Assert.Equal(ours, CompileAndRun(body));
    }

    [Fact]
    public void Structs_AgainstHeaders_HaveTheSameLayout()
    {
        (Type Type, string Struct, (string Ours, string Theirs)[] Fields)[] structs =
        [
            (typeof(Timespec), "timespec", [("Seconds", "tv_sec"), ("Nanoseconds", "tv_nsec")]),
            (typeof(Itimerspec), "itimerspec", [("Interval", "it_interval"), ("Value", "it_value")]),
            (typeof(SockFilter), "sock_filter", [("Code", "code"), ("Jt", "jt"), ("Jf", "jf"), ("K", "k")]),
            (typeof(SockFprog), "sock_fprog", [("Length", "len"), ("Filter", "filter")]),
            (typeof(TpacketAuxdata), "tpacket_auxdata",
            [
                ("Status", "tp_status"), ("Length", "tp_len"), ("SnapLength", "tp_snaplen"), ("Mac", "tp_mac"),
                ("Net", "tp_net"), ("VlanTci", "tp_vlan_tci"), ("VlanTpid", "tp_vlan_tpid"),
            ]),
            (typeof(Ifreq), "ifreq",
            [
                ("Name", "ifr_name"), ("Index", "ifr_ifindex"), ("HardwareFamily", "ifr_hwaddr.sa_family"),
                ("Hardware", "ifr_hwaddr.sa_data"),
            ]),
            (typeof(InotifyEvent), "inotify_event", [("Watch", "wd"), ("Mask", "mask"), ("Cookie", "cookie"), ("NameLength", "len")]),
            (typeof(Tmds.Linux.sockaddr_ll), "sockaddr_ll", []),
            (typeof(Tmds.Linux.sockaddr_in6), "sockaddr_in6", []),
            (typeof(Tmds.Linux.msghdr), "msghdr", []),
            (typeof(Tmds.Linux.cmsghdr), "cmsghdr", []),
            (typeof(Tmds.Linux.epoll_event), "epoll_event", []),
        ];
        var body = new StringBuilder();
        List<string> ours = [];
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
        Assert.Equal(ours, CompileAndRun(body.ToString()));
    }

    [Fact]
    public void OpaqueTypes_AgainstHeaders_Fit()
    {
        int[] theirs = [.. CompileAndRun(
            "printf(\"%zu\\n%zu\\n%zu\\n\", sizeof(posix_spawnattr_t), sizeof(posix_spawn_file_actions_t), sizeof(sigset_t));")
            .Select(int.Parse)];
        Assert.InRange(theirs[0], 1, Marshal.SizeOf<SpawnAttributes>());
        Assert.InRange(theirs[1], 1, Marshal.SizeOf<SpawnFileActions>());
        Assert.Equal(theirs[2], System.Runtime.CompilerServices.Unsafe.SizeOf<SignalSet>());
    }

    internal static string[] CompileAndRun(string body, string headers = Headers)
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("bonddhcp-layout-");
        try
        {
            string source = Path.Combine(directory.FullName, "layout.c");
            string program = Path.Combine(directory.FullName, "layout");
            File.WriteAllText(source, $"{headers}\nint main(void)\n{{\n{body}return 0;\n}}\n");
            PrivateNetwork.Command("gcc", $"-o {program} {source}");
            return PrivateNetwork.Command(program, "").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
