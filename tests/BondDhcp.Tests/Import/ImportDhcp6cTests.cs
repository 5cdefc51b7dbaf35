using System.Collections.Immutable;
using System.Text.Json;
using BondDhcp.Bond.Addressing;
using BondDhcp.Bond.Links;
using BondDhcp.Host.Configuration;
using BondDhcp.Host.Import;
using BondDhcp.Host.Import.Running;
using BondDhcp.Host.Import.Wide;
using BondDhcp.Net;
using BondDhcp.Net.Linux;
using BondDhcp.Tests.Beds;
using BondDhcp.Tests.Coexistence;
using Xunit;
using Xunit.Abstractions;

namespace BondDhcp.Tests.Import;

/// <summary>Beside the real dhcp6c of WIDE, with real servers, in namespaces.</summary>
public sealed class ImportDhcp6cTests(ITestOutputHelper output)
{
    private const string C0 = NetworkBed.ClientInterface, Lan = "w2", ByHand = "fd00:1:1:3::1/64", DuidFile = "/var/lib/dhcpv6/dhcp6c_duid";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(25);

    [PeerTheory("dhcp6c", DisplayName = "import --stop-dhclient of a dhcp6c: nothing is released, its address never leaves, and run asks for the same by REBIND and gets it")]
    [InlineData(Dhcp6ServerKind.Dnsmasq, false)]
    [InlineData(Dhcp6ServerKind.Isc, false)]
    [InlineData(Dhcp6ServerKind.Kea, false)]
    [InlineData(Dhcp6ServerKind.Isc, true)]
    [InlineData(Dhcp6ServerKind.Kea, true)]
    public async Task StopDhcp6c_WithALease_KeepsIt(Dhcp6ServerKind server, bool delegation)
    {
        await using Dhcp6Scene scene = await Dhcp6Scene.SetAsync(output.WriteLine, server);
        NetworkBed bed = scene.Bed;
        string conf = Write(bed, delegation
            ? $"interface {C0} {{\n send ia-na 7, ia-pd 7;\n request domain-name-servers;\n}};\nid-assoc na 7 {{ }};\nid-assoc pd 7 {{ prefix ::/56 infinity; prefix-interface {Lan} {{ sla-id 3; sla-len 8; }}; }};\n"
            : $"interface {C0} {{\n send ia-na 7;\n request domain-name-servers;\n}};\nid-assoc na 7 {{ }};\n");
        int process = await StartAsync(bed, conf, C0);
        await Wait.UntilAsync(() => scene.Addresses().Count == 1 && (!delegation || LanAddress(bed) != ""), Patience, "what dhcp6c gets", scene.ToString);
        string address = scene.Addresses()[0], lan = delegation ? LanAddress(bed) : "";
        // By hand, with a subnet of the same number: the prefix is not taken from it.
        if (delegation) bed.Client.Ip($"-6 address add {ByHand} dev {Lan} nodad");

        File.Delete(scene.Client.ConfigurationFile);
        // What a look shows is what is sent when it has ended.
        ProgramResult look = await scene.Client.CommandAsync("import", conf, DuidFile);
        Assert.Contains("message: SOLICIT of dhcp6c, REBIND of bonddhcp", look.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("of dhcp6c stays", look.Error, StringComparison.Ordinal);
        ProgramResult import = await scene.Client.CommandAsync("import", "--stop-dhclient", "--output", scene.Client.ConfigurationFile, conf, DuidFile);
        output.WriteLine(import.ToString());
        Assert.Equal(0, import.ExitCode);
        Assert.Contains($"dhcp6c (process {process}) on c0 is stopped, without a release", import.Error, StringComparison.Ordinal);
        Assert.Contains($"{address[..^4]} of dhcp6c stays", import.Error, StringComparison.Ordinal);
        Assert.Contains("message: SOLICIT of dhcp6c, REBIND of bonddhcp", import.Error, StringComparison.Ordinal);
        Assert.Equal(delegation, import.Error.Contains($"{Lan}: {lan} of dhcp6c stays there without an end", StringComparison.Ordinal));
        Assert.DoesNotContain(ByHand, import.Error, StringComparison.Ordinal);
        Assert.Null(ProcessIdentity.Of(process));
        Assert.Equal([address], scene.Addresses());

        await File.AppendAllTextAsync(scene.Client.ConfigurationFile, "dns = false\n");
        int mark = scene.Mark;
        scene.Client.Start();
        await scene.WaitForPacketAsync("dhcp6 rebind", mark);
        await scene.WaitForPacketAsync("dhcp6 reply", mark);
        JsonElement lease = await scene.WaitForStateAsync("bound");
        Assert.Equal([address], scene.Addresses());
        // What the server says takes the place of what was assumed, its own DUID too.
        Assert.NotEqual("00:00:75:6e:6b:6e:6f:77:6e", lease.GetProperty("server").GetString());
        await Wait.UntilAsync(() => bed.Client.Ip($"-6 address show dev {C0} scope global").Contains("valid_lft 5", StringComparison.Ordinal), Patience, "the lifetime of the server", scene.ToString);
        if (delegation)
        {
            string prefix = Assert.Single(lease.GetProperty("prefixes").EnumerateArray().ToArray()).GetProperty("prefix").GetString()!;
            Assert.True(Ipv6Prefix.TryParse(prefix, out Ipv6Prefix delegated) && delegated.Contains(Ipv6Address.Parse(lan.Split('/')[0])), $"{prefix} of {lan}");
        }
        Assert.DoesNotContain(bed.Events.All, change => change.Deleted && change.Text.Contains($" inet6 {address}", StringComparison.Ordinal));
        Assert.DoesNotContain(scene.Packets(), line => line.Contains("dhcp6 release", StringComparison.Ordinal));
        Assert.DoesNotContain(scene.Packets(mark), line => line.Contains("dhcp6 solicit", StringComparison.Ordinal));
    }

    [PeerFact("dhcp6c", DisplayName = "A dhcp6c that serves an interface that is not imported as well is named and not stopped; without --stop-dhclient none is")]
    public async Task StopDhcp6c_OfOtherInterfaces_IsRefused()
    {
        await using Dhcp6Scene scene = await Dhcp6Scene.SetAsync(output.WriteLine, Dhcp6ServerKind.Dnsmasq);
        NetworkBed bed = scene.Bed;
        string conf = Write(bed, $"interface {C0} {{ send ia-na 7; }};\ninterface {Lan} {{ send ia-na 8; }};\nid-assoc na 7 {{ }};\nid-assoc na 8 {{ }};\n");
        string only = Path.Combine(bed.Client.Scratch, "only.conf");
        File.WriteAllText(only, $"interface {C0} {{ send ia-na 7; }};\nid-assoc na 7 {{ }};\n");
        int process = await StartAsync(bed, conf, C0, Lan);
        File.Delete(scene.Client.ConfigurationFile);
        ProgramResult named = await scene.Client.CommandAsync("import", "--output", scene.Client.ConfigurationFile, only, DuidFile);
        Assert.Equal(0, named.ExitCode);
        Assert.Contains($"dhcp6c (process {process}) on c0, w2 is running", named.Error, StringComparison.Ordinal);
        ProgramResult refused = await scene.Client.CommandAsync("import", "--stop-dhclient", only, DuidFile);
        output.WriteLine(refused.ToString());
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains($"dhcp6c (process {process}) on c0, w2 is not stopped: it serves w2 as well", refused.Error, StringComparison.Ordinal);
        Assert.NotNull(ProcessIdentity.Of(process));

        // Of another network namespace none is spoken of.
        BondDhcpProcess stranger = bed.Add(new BondDhcpProcess(bed.Server));
        ProgramResult apart = await stranger.CommandAsync("import", "--stop-dhclient", conf);
        Assert.DoesNotContain("process", apart.Error, StringComparison.Ordinal);
        Assert.NotNull(ProcessIdentity.Of(process));
    }

    [PeerFact("dhcp6c", DisplayName = "import --stop-dhclient of a dhcp6c that left nothing: an old lease of dhclient passes for dhclient's, and for none that is in force")]
    public async Task StopDhcp6c_WithALeaseOfDhclient_DoesNotTakeItForItsOwn()
    {
        await using Dhcp6Scene scene = await Dhcp6Scene.SetAsync(output.WriteLine, Dhcp6ServerKind.Dnsmasq);
        NetworkBed bed = scene.Bed;
        // It wants a prefix, which this server has not.
        string conf = Write(bed, $"interface {C0} {{ send ia-pd 7; }};\nid-assoc pd 7 {{ }};\n");
        string leases = Path.Combine(bed.Client.Scratch, "dhclient6.leases");
        static string Lease(string address, long seconds) => FormattableString.Invariant(
            $"lease6 {{ interface \"{C0}\"; ia-na 0:0:a:a {{ starts {DateTimeOffset.UtcNow.ToUnixTimeSeconds()}; iaaddr {address} {{ starts {DateTimeOffset.UtcNow.ToUnixTimeSeconds()}; preferred-life {seconds}; max-life {seconds}; }} }} option dhcp6.server-id 0:3:0:1:2:0:0:0:1:1; }}\n");
        // One that ends later is stored already.
        File.WriteAllText(leases, Lease("fd55::184", 9000));
        Assert.Equal(0, (await scene.Client.CommandAsync("import", leases)).ExitCode);
        File.WriteAllText(leases, Lease("fd55::183", 5000));
        int process = await StartAsync(bed, conf, C0);
        bed.Client.Ip($"-6 address add fd55::183/128 dev {C0} nodad valid_lft 5000 preferred_lft 5000");
        ProgramResult import = await scene.Client.CommandAsync("import", "--stop-dhclient", conf, leases);
        output.WriteLine(import.ToString());
        Assert.Equal(0, import.ExitCode);
        Assert.Contains($"dhcp6c (process {process}) on c0 is stopped", import.Error, StringComparison.Ordinal);
        Assert.Contains("c0: the stored DHCPv6 lease is newer than dhclient's, and stays first", import.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("of dhcp6c stays", import.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("dhcp6c's DHCPv6 lease", import.Error, StringComparison.Ordinal);
    }

    [Theory(DisplayName = "The subnet of a delegated prefix is told by its number and the interface identifier; static addresses and, beside others, unique local ones are not it, and of two neither is")]
    [InlineData("2001:db8:aa00:103::1/64", "", "2001:db8:aa00:103::1")]
    [InlineData("2001:db8:aa00:104::1/64 2001:db8::3/128 2001:db8:3::1/64", "", "")]
    [InlineData("fd00:1:1:3::1/64 2001:db8:aa00:103::1/64", "", "2001:db8:aa00:103::1")]
    [InlineData("fd00:1:1:3::1/64", "", "fd00:1:1:3::1")]
    [InlineData("fd00:1:1:3::2/64", "", "")] // the number alone: given by hand
    [InlineData("2001:db8:aa00:103::2/64", "", "")]
    [InlineData("2001:db8:aa00:103::2/64 2001:db8:aa00:203:0:ff:fe00:b0b/64", "", "2001:db8:aa00:203:0:ff:fe00:b0b")]
    [InlineData("fd00:1:1:3::1/64", "fd00:1:1:3::1/64", "")]
    [InlineData("2001:db8:bb00:3::1/64 2001:db8:aa00:103::1/64", "2001:db8:bb00:3::9/64", "2001:db8:aa00:103::1")]
    [InlineData("2001:db8:bb00:3::1/64 2001:db8:aa00:103::1/64", "192.0.2.7/24", "2001:db8:bb00:3::1 2001:db8:aa00:103::1")]
    public void Subnet_OfADelegatedPrefix_IsToldByItsNumber(string permanent, string written, string expected)
    {
        List<Ipv6InterfaceAddress> there = [.. permanent.Split(' ').Select(Ipv6Prefix.Parse).Select(one => new Ipv6InterfaceAddress(3, one.Address, one.PrefixLength))];
        ImmutableArray<StaticAddress> fixedOnes = [.. written.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(one => StaticText.ReadAddress(one, out _)!)];
        ulong[] identifiers = [1, MacAddress.Parse("02:00:00:00:0b:0b").ModifiedEui64];
        Assert.Equal(expected, string.Join(' ', Dhcp6cLeftovers.Fitting(there, new Dhcp6cSubnet("w2", 3, 8), fixedOnes, identifiers).Select(one => one.Address)));
        Assert.Empty(Dhcp6cLeftovers.Fitting(there, new Dhcp6cSubnet("w2", 3, 8), fixedOnes, []));
    }

    [Fact(DisplayName = "ifid and ifid-random of a prefix-interface are read: they are what the addresses of a delegated prefix are told by")]
    public void PrefixInterface_WithAnIdentifier_IsRead()
    {
        Dhcp6cConf conf = Dhcp6cConf.Read("f", "interface c0 { send ia-pd 1; };\nid-assoc pd 1 { prefix-interface a { sla-id 1; ifid 18446744073709551615; }; prefix-interface b { ifid-random; }; prefix-interface c { ifid x; }; };\n", new ImportDraft());
        ImmutableArray<Dhcp6cSubnet> subnets = Assert.Single(conf.Of("c0")!.Associations).Subnets;
        Assert.Equal([(ulong.MaxValue, false), (null, true), (null, false)], subnets.Select(one => ((ulong?)one.InterfaceId, one.IsRandom)));
    }

    [Theory(DisplayName = "The command line of a dhcp6c says what it serves")]
    [InlineData("dhcp6c -c /etc/wide-dhcpv6/dhcp6c.conf -Df c0", "c0", "/etc/wide-dhcpv6/dhcp6c.conf")]
    [InlineData("/usr/sbin/dhcp6c -Pdefault -p /run/dhcp6c.pid c0 c1", "c0 c1", "")]
    [InlineData("dhcp6c -dc/a.conf -P x c0", "c0", "/a.conf")]
    [InlineData("dhcp6c -i c0", null, "")]
    [InlineData("dhcp6c -f", null, "")]
    public void Process_ByItsCommandLine_IsKnown(string command, string? interfaces, string files)
    {
        Dhcp6cProcess? process = Dhcp6cProcess.Of(new ProcessIdentity(7, 1), command.Split(' '));
        Assert.Equal(interfaces, process is null ? null : string.Join(' ', process.Interfaces));
        if (process is null) return;
        Assert.Equal(files, string.Join(' ', process.Files));
        Assert.Equal((true, false, false), (process.Serves("c0", true), process.Serves("c0", false), process.Serves("c9", true)));
    }

    private static string Write(NetworkBed bed, string text)
    {
        string file = Path.Combine(bed.Client.Scratch, "dhcp6c.conf");
        File.WriteAllText(file, text);
        return file;
    }

    // In the background, as its unit starts it. Its control socket is on ::1.
    private static async Task<int> StartAsync(NetworkBed bed, string conf, params string[] interfaces)
    {
        bed.Client.Run("/bin/sh", "-c", $"echo 0 > /proc/sys/net/ipv6/conf/lo/disable_ipv6; echo 0 > /proc/sys/net/ipv6/conf/{Lan}/disable_ipv6");
        bed.Client.IpBatch($"link set {Lan} up\nlink set w3 up\n");
        foreach (string name in interfaces)
            await Wait.UntilAsync(() => bed.Client.Ip($"-6 address show dev {name} scope link -tentative").Contains("fe80", StringComparison.Ordinal), Patience, "a link-local address");
        string pid = Path.Combine(bed.Client.Scratch, "dhcp6c.pid");
        bed.Client.Run("dhcp6c", ["-c", conf, "-p", pid, .. interfaces]);
        int process = 0;
        await Wait.UntilAsync(() => File.Exists(pid) && int.TryParse(File.ReadAllText(pid), out process) && Directory.Exists($"/proc/{process}"), Patience, "dhcp6c");
        return process;
    }

    private static string LanAddress(NetworkBed bed) => bed.Client.Ip($"-6 -o address show dev {Lan} scope global")
        .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(" inet6 ", 2)[1].Split(' ', 2)[0]).FirstOrDefault(one => one != ByHand) ?? "";
}
