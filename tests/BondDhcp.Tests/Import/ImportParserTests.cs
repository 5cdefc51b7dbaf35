using System.Collections.Immutable;
using System.Text;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Client6;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Dhcp.Store;
using BondDhcp.Host.Import;
using BondDhcp.Host.Import.Ifupdown;
using BondDhcp.Host.Import.Isc;
using BondDhcp.Host.Import.Running;
using BondDhcp.Net;
using BondDhcp.Net.Linux;
using Xunit;

namespace BondDhcp.Tests.Import;

/// <summary>Details of the files.</summary>
public sealed class ImportParserTests
{
    private static readonly StoreClock Clock = new(Instant.FromSeconds(1000), SystemTree.Now, "boot-1");

    [Theory(DisplayName = "Texts in ISC's files: octal, hexadecimal and other escapes give their octets")]
    [InlineData(@"\000\001\0122\232", "00010a329a")]
    [InlineData(@"a\""b\\c\x4a\t", "6122625c634a09")]
    [InlineData(@"\7z\18", "077a0138")]
    [InlineData("\u00e4", "e4")]
    public void Text_WithEscapes_GivesOctets(string text, string octets)
    {
        ImmutableArray<IscStatement> statements = IscFile.Read($"x \"{text}\";", out ImmutableArray<(int, string)> problems);
        Assert.Empty(problems);
        Assert.Equal(octets, Convert.ToHexStringLower(Assert.Single(statements).Tokens[1].Octets));
    }

    [Theory(DisplayName = "What is damaged is a problem with its line, and the rest is read")]
    [InlineData("a 1;\nb {\n c 2;\n", 2, "this block is not closed")]
    [InlineData("a 1;\n}\nb 2;", 2, "a '}' closes nothing")]
    [InlineData("a { b 1 }\nc 2;", 1, "a ';' is missing")]
    [InlineData("a 1;\nb \"x;\n", 2, "a quote is not closed")]
    [InlineData("a{a{a{a{a{a{a{a{a{a{", 1, "blocks are within blocks too deep; the rest is not read")]
    public void File_Damaged_IsReadAsFarAsItGoes(string text, int line, string message)
    {
        ImmutableArray<IscStatement> statements = IscFile.Read(text, out ImmutableArray<(int Line, string Message)> problems);
        Assert.Contains((line, message), problems);
        if (text.StartsWith("a ", StringComparison.Ordinal)) Assert.Equal("a", statements[0].Keyword);
    }

    [Theory(DisplayName = "Dates of lease files: calendar, epoch, never")]
    [InlineData("expire 4 2026/11/26 11:07:30;", "2026-11-26T11:07:30")]
    [InlineData("expire 4 2026/1/2 1:7:3;", "2026-01-02T01:07:03")]
    [InlineData("expire epoch 1795690621; # Thu Nov 26 10:57:01 2026", "2026-11-26T10:57:01")]
    [InlineData("expire never;", "9999-12-31T23:59:59")]
    [InlineData("expire 4 2026/13/26 11:07:30;", null)]
    [InlineData("expire epoch x;", null)]
    [InlineData("expire epoch 99999999999999999;", null)]
    public void Time_InEachForm_IsRead(string text, string? expected) =>
        Assert.Equal(expected, IscTime.Read(IscFile.Read(text, out _)[0], 1)?.UtcDateTime.ToString("s"));

    [Theory(DisplayName = "Values of options become their octets")]
    [InlineData("host-name \"vm\"", "766d")]
    [InlineData("routers 192.0.2.1, 192.0.2.2", "c0000201c0000202")]
    [InlineData("domain-search \"a.example.\", \"b.example\"", "0161076578616d706c6500016207 6578616d706c6500")]
    [InlineData("rfc3442-classless-static-routes 24,10,1,0,192,0,2,1", "180a0100c0000201")]
    [InlineData("unknown-224 1:2:ff", "0102ff")]
    [InlineData("time-offset -18000", "ffffb9b0")]
    [InlineData("dhcp-lease-time infinite", "ffffffff")]
    [InlineData("ip-forwarding true", "01")]
    [InlineData("interface-mtu 1500", "05dc")]
    [InlineData("interface-mtu 70000", null)]
    [InlineData("routers example.org", null)]
    [InlineData("dhcp-client-identifier 1:0:a0:24:ab:fb:9c", "0100a024abfb9c")]
    [InlineData("dhcp6.name-servers 2001:db8::1,fe80::1", "20010db8000000000000000000000001fe800000000000000000000000000001")]
    public void Option_Written_BecomesOctets(string text, string? octets)
    {
        IscStatement statement = IscFile.Read($"option {text};", out _)[0];
        IscOption option = new IscOptionNames().Find(statement.Argument(1))!.Value;
        Assert.Equal(octets?.Replace(" ", "", StringComparison.Ordinal), IscOptionValue.Read(option, statement, 2, out _) is { } read ? Convert.ToHexStringLower(read.AsSpan()) : null);
    }

    [Fact(DisplayName = "Of a lease file the last unexpired lease of an interface is taken, others of other interfaces apart")]
    public void Last_OfSeveral_IsTheUnexpiredOne()
    {
        static string Lease(string address, string expire) =>
            $"lease {{ interface \"c0\"; fixed-address {address}; option dhcp-server-identifier 192.0.2.1; renew 4 2026/11/26 10:00:00; rebind 4 2026/11/26 10:00:00; expire {expire}; }}\n";
        using SystemTree tree = new SystemTree().File("/var/lib/dhcp/dhclient.leases",
            Lease("192.0.2.7", "never") + Lease("192.0.2.8", "epoch 1795700000") + Lease("192.0.2.9", "4 2026/11/26 10:30:00") + "lease { interface \"c1\"; fixed-address 192.0.2.10; }");
        Assert.Equal("192.0.2.8", ImportState.Last(tree.Import().Reader, "c0", SystemTree.Now)!.Value.Lease.Address.ToString());
    }

    [Fact(DisplayName = "A lease of dhclient becomes one of the store: the same facts, times and options")]
    public void Lease_OfDhclient_BecomesOurs()
    {
        DhclientLeaseFile file = DhclientLeaseFile.Read("""
            lease {
              interface "c0"; fixed-address 192.0.2.62; filename ""; server-name "x";
              option subnet-mask 255.255.255.0; option routers 192.0.2.254; option dhcp-lease-time 600; option dhcp-message-type 5;
              option dhcp-server-identifier 192.0.2.1; option unknown-225 "a\001"; option fqdn.fqdn "x.";
              renew 4 2026/11/26 11:02:05; rebind 4 2026/11/26 11:06:15; expire 4 2026/11/26 11:07:30;
            }
            """);
        Assert.Empty(file.Problems);
        Dhcp4Lease lease = ImportedLeases.Of(file.Leases[0], [1, 2, 3], MacAddress.Parse("02:00:00:00:0a:0a"), Clock, out _)!;
        Assert.Equal("192.0.2.62/24", lease.Prefix.ToString());
        Assert.Equal("192.0.2.1", lease.ServerIdentifier.ToString());
        Assert.Equal("192.0.2.254", lease.Gateway.ToString());
        Assert.Equal((1125.0, 1375.0, 1450.0, 850.0), (lease.RenewAt.Seconds, lease.RebindAt.Seconds, lease.ExpiresAt.Seconds, lease.ObtainedAt.Seconds));
        Assert.Contains(lease.Ack.Options, option => option.Code == 225 && option.Data.SequenceEqual("a\u0001"u8.ToArray()));
        Assert.False(lease.DepartedChaddrTried);
    }

    [Theory(DisplayName = "A lease that no server's message could have granted is refused with the reason")]
    [InlineData("option dhcp-server-identifier 192.0.2.1; bootp;", "BOOTP")]
    [InlineData("option subnet-mask 255.255.255.0;", "a DHCPACK like it would not be taken: it does not name one server (dhcp-server-identifier)")]
    public void Lease_ThatCannotBe_IsRefused(string inside, string why)
    {
        DhclientLeaseFile file = DhclientLeaseFile.Read($"lease {{ interface \"c0\"; fixed-address 192.0.2.62; {inside} expire never; }}");
        Assert.Null(ImportedLeases.Of(file.Leases[0], [1, 2], null, Clock, out string reason));
        Assert.Contains(why, reason, StringComparison.Ordinal);
    }

    [Theory(DisplayName = "lease6 with the IAID in hexadecimal or in quotes: address, IAID, lifetimes")]
    [InlineData("61:62:63:64")]
    [InlineData("\"abcd\"")]
    public void Lease6_OfDhclient_BecomesOurs(string iaid)
    {
        DhclientLeaseFile file = DhclientLeaseFile.Read($$"""
            lease6 { interface "c0";
              ia-na {{iaid}} { starts 1795690800; renew 300; rebind 525; iaaddr fd55::183 { starts 1795690800; preferred-life 500; max-life 600; } }
              ia-pd {{iaid}} { starts 1795690800; renew 300; rebind 525; iaprefix fd55:1::/56 { starts 1795690800; preferred-life 500; max-life 4294967295; } }
              option dhcp6.server-id 0:3:0:1:2:0:0:0:1:1; option dhcp6.name-servers fd55::1; option dhcp6.status-code success "success"; }
            lease6 { interface "c1"; released; ia-na 1:2:3:4 { } }
            """);
        Assert.Empty(file.Problems);
        DhclientLease6 only = Assert.Single(file.Leases6);
        Assert.Equal(0x61626364u, only.Addresses!.Iaid);
        Assert.True(Duid.TryParse("00:03:00:01:02:00:00:00:0a:0a", out Duid? duid));
        Dhcp6Lease lease = ImportedLeases.Of(only, new Iaid(7), duid, Clock, out _)!;
        Assert.True(lease.Holds(Ipv6Address.Parse("fd55::183")));
        Assert.Equal(Instant.FromSeconds(1000), lease.ObtainedAt);
        Assert.Equal(Instant.FromSeconds(1600), lease.Addresses[0].ValidUntil);
        Assert.Equal("fd55:1::/56", lease.Prefixes[0].Prefix.ToString());
        Assert.Equal(Instant.Never, lease.Prefixes[0].ValidUntil);
        Assert.Equal("fd55::1", lease.Reply.DnsServers[0].ToString());
    }

    [Theory(DisplayName = "Commands of stanzas: routes and addresses in plain words are understood, all else is not")]
    [InlineData("ip route add 10.1.0.0/16 via 192.0.2.1", "routes", "10.1.0.0/16 via 192.0.2.1")]
    [InlineData("/sbin/ip -4 r a default via 192.0.2.1 dev $IFACE || true", "routes", "default via 192.0.2.1")]
    [InlineData("route add -net 10.1.0.0 netmask 255.255.0.0 gw 192.0.2.1 dev c0", "routes", "10.1.0.0/16 via 192.0.2.1")]
    [InlineData("route add -host 10.1.0.9 gw 192.0.2.1", "routes", "10.1.0.9/32 via 192.0.2.1")]
    [InlineData("ip addr add 192.0.2.9/24 dev c0 label c0:1", "addresses", "192.0.2.9/24")]
    [InlineData("ip addr add 192.0.2.9/24 brd + dev c0", "addresses", "192.0.2.9/24")]
    [InlineData("ip -6 address add 2001:db8::9/64 dev c0", "addresses", "2001:db8::9/64")]
    [InlineData("ip link set dev c0 up", "", "")]
    [InlineData("ip route add 10.1.0.0/16 dev c1", null, "")]
    [InlineData("ip route add 10.1.0.0/16 via $GATEWAY", null, "")]
    [InlineData("iptables-restore < /etc/rules", null, "")]
    [InlineData("ip rule add fwmark 1 table 7", null, "")]
    public void Command_InPlainWords_IsUnderstood(string command, string? key, string value)
    {
        UnderstoodCommand? understood = IpCommand.Read(command, "c0");
        Assert.Equal(key, understood?.Key);
        Assert.Equal(value, understood?.Value ?? "");
    }

    [Theory(DisplayName = "Each file is told by what is in it, whatever it is called")]
    [InlineData("auto lo\niface lo inet loopback\n", ImportFileKind.Interfaces)]
    [InlineData("# x\nsend host-name \"a\";\n", ImportFileKind.DhclientConf)]
    [InlineData("include \"/etc/dhcp/local.conf\";\nlease {\n interface \"c0\";\n}\n", ImportFileKind.DhclientConf)]
    [InlineData("default-duid \"\\000\";\n", ImportFileKind.DhclientLeases)]
    [InlineData("lease6 {\n interface \"c0\";\n}\n", ImportFileKind.DhclientLeases)]
    [InlineData("interface eth0 {\n send ia-na 0;\n};\nid-assoc na 0 { };\n", ImportFileKind.Dhcp6cConf)]
    [InlineData("bond0ADDRS='192.0.2.7/24'\n", ImportFileKind.NetworkConf)]
    [InlineData("options bonding mode=1\n", ImportFileKind.Modprobe)]
    [InlineData("\u000a\0\0\u0003\0\u0001\u0002\0\0\0\u0001\u0001", ImportFileKind.Dhcp6cDuid)]
    [InlineData("root:x:0:0::/root:/bin/sh\n", ImportFileKind.Unknown)]
    [InlineData("", ImportFileKind.Unknown)]
    public void Kind_OfAFile_IsToldByItsContent(string text, object kind) =>
        Assert.Equal((ImportFileKind)kind, ImportFileKinds.Of("/tmp/file", Encoding.Latin1.GetBytes(text)));

    [Fact(DisplayName = "interfaces: inherited stanzas, continued lines, files in files and a file that includes itself")]
    public void Interfaces_WithInheritance_AreResolved()
    {
        using SystemTree tree = new SystemTree()
            .File("/etc/network/interfaces", "source /etc/network/interfaces\nsource-directory interfaces.d\niface base inet static\n  netmask 24\n  gateway 192.0.2.1\nauto c0\niface c0 inherits base\n  address \\\n  192.0.2.7\niface c0 inet static\n  address 198.51.100.7/24\n")
            .File("/etc/network/interfaces.d/one", "auto c1\niface c1 inet6 static\n  address 2001:db8::7\n").File("/etc/network/interfaces.d/one.bak", "iface c2 inet dhcp\n");
        ImportOutcome outcome = tree.Import();
        Assert.Equal(["192.0.2.7/24", "198.51.100.7/24"], outcome.Configuration.Find("c0")!.Addresses.Select(one => one.ToString()));
        Assert.Equal("0.0.0.0/0 via 192.0.2.1", Assert.Single(outcome.Configuration.Find("c0")!.Routes).ToString());
        Assert.Equal("2001:db8::7/64", Assert.Single(outcome.Configuration.Find("c1")!.Addresses).ToString());
        Assert.Null(outcome.Configuration.Find("c2"));
    }

    [Fact(DisplayName = "Symbolic links of another root stay inside it: absolute ones, dots, chains and circles")]
    public void Root_WithLinks_IsNeverLeft()
    {
        using SystemTree tree = new SystemTree()
            .File("/etc/passwd", "inside").File("/real/file", "real")
            .Link("/absolute", "/etc/passwd").Link("/dots", "../../../../../../etc/passwd").Link("/chain", "absolute").Link("/directory", "/real")
            .Link("/circle", "circle2").Link("/circle2", "/circle");
        var root = new ImportRoot(tree.Root);
        foreach (string path in (string[])["/absolute", "/dots", "/chain", "/../etc/passwd", "/directory/../etc/passwd"]) Assert.Equal("inside", root.ReadText(path));
        Assert.Equal("real", root.ReadText("/directory/file"));
        Assert.Null(root.ReadOctets("/circle", out string? why));
        Assert.Equal("too many symbolic links", why);
        Assert.Equal(["/directory/file"], root.Glob("/direct*/f?le"));
    }

    [Fact(DisplayName = "A pattern names so many files at most, the first ones in order, of however many directories")]
    public void Glob_OfManyFiles_GivesTheFirst()
    {
        using SystemTree tree = new();
        for (int i = 0; i < 40; i++)
            for (int k = 39; k >= 0; k--) tree.File(FormattableString.Invariant($"/etc/d{i:00}/f{k:00}.conf"), "");
        IReadOnlyList<string> found = new ImportRoot(tree.Root).Glob("/etc/d*/f*.conf");
        Assert.Equal((1000, "/etc/d00/f00.conf", "/etc/d24/f39.conf"), (found.Count, found[0], found[^1]));
        Assert.Equal(found.Order(StringComparer.Ordinal), found);
    }

    [Fact(DisplayName = "What is no regular file, or larger than any of these, is not read; a FIFO lets nobody wait")]
    public void Root_WithOddFiles_SaysWhy()
    {
        using SystemTree tree = new SystemTree().File("/large", new byte[(1 << 20) + 1]);
        Linux.PrivateNetwork.Command("mkfifo", Path.Combine(tree.Root, "fifo"));
        var root = new ImportRoot(tree.Root);
        Assert.Null(root.ReadOctets("/fifo", out string? why));
        Assert.Equal("it is no regular file", why);
        Assert.Null(root.ReadOctets("/large", out why));
        Assert.Equal("it is larger than 1048576 octets", why);
    }

    [Fact(DisplayName = "A file that is there is trusted where it is root's or ours, nobody else can write it, and it is no link; which is not followed")]
    public void File_OfAnother_IsUntrusted()
    {
        using SystemTree tree = new SystemTree().File("/sound", new byte[1 << 17]).File("/other", "").File("/group", "").File("/all", "").Link("/link", "sound");
        string Of(string name) => Path.Combine(tree.Root, name);
        Linux.PrivateNetwork.Command("chown", "65534 " + Of("other"));
        Linux.PrivateNetwork.Command("mkfifo", Of("fifo"));
        File.SetUnixFileMode(Of("sound"), UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        File.SetUnixFileMode(Of("group"), UnixFileMode.UserRead | UnixFileMode.GroupWrite);
        File.SetUnixFileMode(Of("all"), UnixFileMode.UserRead | UnixFileMode.OtherWrite);
        Assert.Equal(
            [null, "belongs to another user", "can be written by its group or by others", "can be written by its group or by others", "is a symbolic link", "is not a regular file"],
            ((string[])["sound", "other", "group", "all", "link", "fifo"]).Select(name => StateFile.WhyUntrusted(Of(name))));
        Assert.NotNull(StateFile.MakePrivate(Of("link")));
        Assert.Null(StateFile.MakePrivate(Of("all")));
        Assert.Equal(
            (UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead, UnixFileMode.UserRead | UnixFileMode.UserWrite),
            (File.GetUnixFileMode(Of("sound")), File.GetUnixFileMode(Of("all"))));
    }

    [Fact(DisplayName = "Values that the configuration's reader refuses are left out and told, whatever they are")]
    public void Import_OfImpossibleValues_LeavesThemOut()
    {
        using SystemTree tree = new SystemTree().File("/etc/network/interfaces", """
            auto bond0
            iface bond0 inet static
                address 192.0.2.255/24
                address 192.0.2.7/24
                bond-slaves wlan0 eth0
                bond-mode 802.3ad
                bond-miimon 100
                bond-fail-over-mac none
                bond-primary eth9
            auto eth0
            iface eth0 inet dhcp
            """);
        ImportOutcome outcome = tree.Import();
        Assert.Equal(["192.0.2.7/24"], outcome.Configuration.Find("bond0")!.Addresses.Select(one => one.ToString()));
        string told = string.Join('\n', outcome.Reader.Draft.Lost);
        foreach (string part in (string[])["192.0.2.255", "primary", "'wlan0' is wireless", "dhcp4 of eth0"]) Assert.Contains(part, told, StringComparison.Ordinal);
    }

    [Theory(DisplayName = "An interface that is static by now stays static, whatever lease of dhclient is still in force; the lease is told with the reason")]
    [InlineData("iface c0 inet static\n  address 192.0.2.7/24\niface c0 inet6 static\n  address 2001:db8::7/64\n", false, false)]
    [InlineData("iface c0 inet static\n  address 192.0.2.7/24\niface c0 inet6 auto\n", false, true)]
    [InlineData("iface c0 inet static\n  address 192.0.2.7/24\niface c0 inet dhcp\n", true, true)]
    [InlineData("iface c0 inet manual\niface c0:1 inet static\n  address 192.0.2.7/24\n", true, true)]
    public void Lease_OfAnInterfaceThatIsStatic_IsLeftOut(string stanzas, bool dhcp4, bool dhcp6)
    {
        static string Lease(string address) =>
            $"lease {{ interface \"c0\"; fixed-address {address}; option dhcp-server-identifier 192.0.2.1; expire 4 2026/11/27 10:00:00; }}\n";
        using SystemTree tree = new SystemTree().File("/etc/network/interfaces", "auto c0\n" + stanzas)
            .File("/var/lib/dhcp/dhclient.leases", Lease("192.0.2.61") + Lease("192.0.2.62"))
            .File("/var/lib/dhcp/dhclient6.leases", "lease6 { interface \"c0\"; ia-na 0:0:a:a { iaaddr fd55::183 { starts 1795690800; max-life 60000; } } option dhcp6.server-id 0:3:0:1:2:0:0:0:1:1; }\n");
        ImportOutcome outcome = tree.Import();
        BondDhcp.Host.Configuration.InterfaceConfiguration c0 = outcome.Configuration.Find("c0")!;
        Assert.Equal((dhcp4, dhcp6, "192.0.2.7/24"), (c0.Dhcp4, c0.Dhcp6 is not null, c0.Addresses[0].ToString()));
        string[] told = [.. outcome.Reader.Draft.Lost.Select(note => note.ToString())];
        Assert.Equal(!dhcp4, told.Contains("/var/lib/dhcp/dhclient.leases:2: the lease of 192.0.2.62 on c0 is in force, but /etc/network/interfaces:2 says static, and c0 stays static"));
        Assert.Equal(!dhcp6, told.Contains("/var/lib/dhcp/dhclient6.leases:1: the DHCPv6 lease on c0 is in force, but /etc/network/interfaces:4 says static, and c0 stays static"));
        // Whoever holds the lease is at work there all the same, and ended with the others.
        Assert.Equal(["c0"], outcome.Taken(isDhcp6: false));
        Assert.Equal(["c0"], outcome.Taken(isDhcp6: true));
        Assert.Equal((dhcp4 ? 0 : 1) + (dhcp6 ? 0 : 1), told.Count(note => note.Contains("stays static", StringComparison.Ordinal)));
    }

    [Fact(DisplayName = "Of several DUIDs the one of a DHCPv6 lease in force is the host's; then dhcp6c's, then that of a DHCPv4 lease file")]
    public void Duid_OfSeveral_IsTheOneInUse()
    {
        const string wide = "00:01:00:01:2a:3b:4c:5d:02:00:00:00:0b:0b", isc = "00:01:00:01:32:9a:cd:1e:02:00:00:00:0a:0a";
        using SystemTree tree = new SystemTree()
            .File("/etc/network/interfaces", "auto c0\niface c0 inet dhcp\n  client no\niface c0 inet6 dhcp\n  request_prefix 1\nauto c1\niface c1 inet6 auto\n  dhcp 1\n")
            .File("/var/lib/dhcpv6/dhcp6c_duid", Convert.FromHexString("0e00000100012a3b4c5d020000000b0b"))
            .File("/var/lib/dhcp/dhclient.leases", $"default-duid {isc};\nlease {{ interface \"c0\"; fixed-address 192.0.2.62; expire never; }}\n");
        ImportOutcome outcome = tree.Import(new() { ["c0"] = "02:00:00:00:0a:0a" });
        Assert.Equal(wide, outcome.Identity.Duid?.ToString());
        // "client no": dhclient is started without -i, and sends no identifier.
        Assert.Empty(outcome.Identity.Sent("c0"));
        Assert.Equal(Dhcp6Mode.Stateless, outcome.Configuration.Find("c1")!.Dhcp6);
        Assert.Equal(56, outcome.Configuration.Find("c0")!.PrefixLengthHint);

        tree.File("/var/lib/dhcp/dhclient6.leases", $"default-duid {isc};\nlease6 {{ interface \"c0\"; ia-na 0:0:a:a {{ iaaddr fd55::183 {{ starts 1795690800; max-life 600; }} }} option dhcp6.server-id 0:3:0:1:2:0:0:0:1:1; }}\n");
        Assert.Equal(isc, tree.Import().Identity.Duid?.ToString());
    }

    [Theory(DisplayName = "The command line of a dhclient says what it serves")]
    [InlineData("dhclient -4 -v -i -pf /run/dhclient.c0.pid -lf /var/lib/dhcp/dhclient.c0.leases -I -df /var/lib/dhcp/dhclient6.c0.leases c0", false, "c0", true)]
    [InlineData("/sbin/dhclient -6 -nw -cf /etc/d.conf c0 c1", true, "c0 c1", false)]
    [InlineData("dhclient", false, "", false)]
    public void Process_ByItsCommandLine_IsKnown(string command, bool isDhcp6, string interfaces, bool sendsDuid)
    {
        DhclientProcess process = DhclientProcess.Of(new ProcessIdentity(7, 1), command.Split(' '))!;
        Assert.Equal((isDhcp6, interfaces, sendsDuid), (process.IsDhcp6, string.Join(' ', process.Interfaces), process.SendsDuid));
        Assert.True(process.Serves("c0", isDhcp6));
        Assert.Null(DhclientProcess.Of(new ProcessIdentity(7, 1), ["dhclient", "-r", "c0"]));
    }
}
