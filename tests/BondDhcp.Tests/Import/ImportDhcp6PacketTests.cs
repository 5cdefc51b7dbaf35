using System.Globalization;
using BondDhcp.Dhcp.Client6;
using BondDhcp.Host.Configuration;
using BondDhcp.Host.Import;
using BondDhcp.Host.Import.Compare;
using BondDhcp.Host.Import.Running;
using BondDhcp.Net;
using BondDhcp.Net.Linux;
using BondDhcp.Tests.Beds;
using BondDhcp.Tests.Coexistence;
using Xunit;
using Xunit.Abstractions;

namespace BondDhcp.Tests.Import;

/// <summary>First packets of DHCPv6: as import works them out, and as the real programs send them.</summary>
public sealed class ImportDhcp6PacketTests(ITestOutputHelper output)
{
    private const string C0 = NetworkBed.ClientInterface;
    private const string Leases = "/var/lib/dhcp/dhclient6.leases", Conf = "/etc/dhcp/dhclient.conf", WideConf = "/etc/wide-dhcpv6/dhcp6c.conf";
    private const string Interfaces = "auto c0\niface c0 inet6 dhcp\n";
    private const string Duid = "default-duid \"\\000\\001\\000\\0012\\232\\315\\036\\002\\000\\000\\000\\012\\012\";\n";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(25);
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();
    private static readonly MacAddress Mac = MacAddress.Parse(NetworkBed.MacA);

    private static string Lease(string inside, long starts) => string.Create(CultureInfo.InvariantCulture, $$"""
        lease6 {
          interface "c0";
          {{inside.Replace("STARTS", starts.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)}}
          option dhcp6.client-id 0:1:0:1:32:9a:cd:1e:2:0:0:0:a:a;
          option dhcp6.server-id 0:3:0:1:2:0:0:0:1:1;
        }

        """);

    private const string Address = "ia-na 00:00:0a:0b { starts STARTS; renew 300; rebind 525; iaaddr 2001:db8:55::183 { starts STARTS; preferred-life 500; max-life 600; } }\n";
    private const string Prefix = "ia-pd 00:00:0a:0c { starts STARTS; renew 300; rebind 525; iaprefix 2001:db8:aa00::/56 { starts STARTS; preferred-life 500; max-life 600; } }\n";

    [PeerTheory("dhclient", DisplayName = "The first packet of dhclient -6 as import works it out is the one that the real dhclient sends")]
    [InlineData("stock", "", "", "SOLICIT")]
    [InlineData("nothing", "", "", "SOLICIT")]
    [InlineData("nothing asked for", "request;\nsend host-name \"laptop\";\n", "", "SOLICIT")]
    [InlineData("more asked for", "also request dhcp6.sip-servers-addresses, dhcp6.fqdn;\nsend dhcp6.rapid-commit;\nsend dhcp6.reconf-accept;\n", "", "SOLICIT")]
    [InlineData("name", "send fqdn.fqdn \"andare.example.org.\";\nsend fqdn.encoded on;\nsend fqdn.server-update on;\nrequest dhcp6.name-servers;\n", "", "SOLICIT")]
    [InlineData("name of one part", "send fqdn.fqdn \"andare\";\nsend fqdn.no-client-update on;\nrequest subnet-mask, dhcp6.sntp-servers;\n", "", "SOLICIT")]
    [InlineData("interface", "send dhcp6.rapid-commit;\ninterface \"c0\" { request dhcp6.domain-search; }\n", "", "SOLICIT")]
    [InlineData("stateless", "", "-S", "INFORMATION-REQUEST")]
    [InlineData("prefix", "", "-P", "SOLICIT")]
    [InlineData("prefix and address", "", "-N -P --prefix-len-hint 56", "SOLICIT")]
    [InlineData("two addresses", "", "-N -N", "SOLICIT")]
    [InlineData("address in force", "", "", "CONFIRM")]
    [InlineData("prefix in force", "", "-P", "REBIND")]
    [InlineData("both in force", "send dhcp6.rapid-commit;\n", "-N -P", "REBIND")]
    [InlineData("prefix in force, address wanted", "", "", "REBIND")]
    [InlineData("ended", "", "", "SOLICIT")]
    [InlineData("released", "", "", "SOLICIT")]
    public async Task FirstPacket_OfDhclient6_IsKnown(string situation, string configuration, string options, string message)
    {
        await using NetworkBed bed = await BedAsync();
        if (situation == "stock") configuration = ImportSnapshotTests.StockDhclientConf;
        long starts = situation == "ended" ? 1700000000 : Now.ToUnixTimeSeconds();
        string lease = situation switch
        {
            "address in force" or "ended" => Lease(Address, starts),
            "prefix in force" or "prefix in force, address wanted" => Lease(Prefix, starts),
            "both in force" => Lease(Address + Prefix, starts),
            "released" => Lease("released;\n" + Address, starts),
            _ => "",
        };
        using SystemTree tree = new SystemTree().File("/etc/network/interfaces", Interfaces).File(Conf, configuration);
        if (situation != "nothing") tree.File(Leases, Duid + lease);
        tree.File("/var/lib/dhcp/keep", "");
        string[] command = ["dhclient", "-6", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries), "-d", "-1", "-cf", situation == "nothing" ? "/dev/null" : tree.Root + Conf, "-lf", tree.Root + Leases, "-pf", tree.Root + "/pid", C0];
        DhclientProcess process = DhclientProcess.Of(new ProcessIdentity(1, 1), command)!;
        Assert.Equal([C0], process.Interfaces);
        string[] paths = situation == "nothing" ? ["/etc/network/interfaces"] : ["/etc/network/interfaces", Conf, Leases];
        ImportOutcome outcome = ImportOutcome.Of(new ImportRoot(tree.Root), [.. paths], [process], _ => Mac, Now);
        (string program, FirstPacket6 expected) = Assert.Single(Theirs6.Of(outcome.Reader, outcome.Configuration.Find(C0)!, Mac, process, Now));
        Assert.Equal(("dhclient -6", message), (program, expected.Message));
        await AssertSentAsync(bed, command, expected, compareDuid: situation != "nothing");
    }

    [PeerTheory("dhcp6c", DisplayName = "The first packet of dhcp6c as import works it out is the one that the real dhcp6c sends")]
    [InlineData("interface c0 { send ia-na 7; request domain-name-servers; };\nid-assoc na 7 { };\n")]
    [InlineData("interface c0 { send ia-na 0, ia-pd 1; };\nid-assoc na { };\nid-assoc pd 1 { prefix ::/60 infinity; };\n")]
    [InlineData("interface c0 {\n send ia-na 7, ia-pd 9, rapid-commit;\n request domain-name-servers, domain-name, sip-server-address, nis-domain-name, refreshtime;\n request bcmcs-server-address, ntp-servers;\n};\nid-assoc na 7 { address 2001:db8::9 3600 7200; };\nid-assoc pd 9 { prefix ::/56 infinity; prefix 2001:db8:aa::/48 100 200; prefix-interface lo { sla-id 1; sla-len 8; }; };\n")]
    [InlineData("interface c0 { send ia-na 7, ia-na 8, ia-pd 9; request domain-name-servers, domain-name-servers; };\nid-assoc na 7 { address 2001:db8::9 3600; };\nid-assoc na 8 { address 2001:db8::9 3600 infinity; };\nid-assoc pd 9 { prefix 2001:db8:aa::/48 100; };\n")]
    [InlineData("interface c0 { information-only; request domain-name-servers, refreshtime; };\n")]
    public async Task FirstPacket_OfDhcp6c_IsKnown(string configuration)
    {
        await using NetworkBed bed = await BedAsync();
        bed.Client.Run("/bin/sh", "-c", "echo 0 > /proc/sys/net/ipv6/conf/lo/disable_ipv6"); // its control socket is on ::1
        byte[] duid = Convert.FromHexString("0e00000100012a3b4c5d020000000b0b");
        await File.WriteAllBytesAsync($"/proc/{bed.Client.HolderId}/root/var/lib/dhcpv6/dhcp6c_duid", duid);
        using SystemTree tree = new SystemTree().File(WideConf, configuration).File("/var/lib/dhcpv6/dhcp6c_duid", duid);
        ImportOutcome outcome = tree.Import();
        (string program, FirstPacket6 expected) = Assert.Single(Theirs6.Of(outcome.Reader, outcome.Configuration.Find(C0)!, Mac, null, Now));
        Assert.Equal("dhcp6c", program);
        await AssertSentAsync(bed, ["dhcp6c", "-f", "-c", tree.Root + WideConf, "-p", tree.Root + "/pid", C0], expected, compareDuid: true);
    }

    private async Task<NetworkBed> BedAsync()
    {
        NetworkBed bed = await NetworkBed.CreateAsync(output.WriteLine);
        bed.Client.Run("/bin/sh", "-c", $"echo 0 > /proc/sys/net/ipv6/conf/{C0}/disable_ipv6");
        await Wait.UntilAsync(() => bed.Client.Ip($"-6 address show dev {C0} scope link -tentative").Contains("fe80", StringComparison.Ordinal), Patience, "a link-local address");
        return bed;
    }

    private static async Task AssertSentAsync(NetworkBed bed, string[] command, FirstPacket6 expected, bool compareDuid)
    {
        PacketTrace trace = bed.Add(await PacketTrace.StartAsync(bed.Server, NetworkBed.ServerInterface, "udp port 547"));
        await using BedProcess client = BedProcess.Start(command[0], bed.Client.Program(command[0], command[1..]));
        TracedDhcp6 sent = (await trace.WaitForAsync(frame => frame.Dhcp6 is not null, Patience, $"a packet of {command[0]}")).Dhcp6!;
        Assert.Equal(expected.Message, sent.Message);
        // A DUID that is not there is made now, of the time.
        bool IsCompared(ushort code) => compareDuid || code != 1;
        Assert.Equal(
            string.Join('\n', expected.Options.Where(one => IsCompared(one.Code)).Select(one => $"{one.Code} {Convert.ToHexStringLower(one.Data.AsSpan())}")),
            string.Join('\n', sent.Options.Where(one => IsCompared(one.Code)).OrderBy(one => one.Code).Select(one => $"{one.Code} {Convert.ToHexStringLower(one.Value)}")));
    }

    [Fact(DisplayName = "Both first packets of DHCPv6 side by side: every option in a line, and each difference in words")]
    public void Comparison_OfDhcp6c_NamesEachDifference()
    {
        using SystemTree tree = new SystemTree()
            .File(WideConf, "interface c0 {\n send ia-na 7, ia-pd 9;\n request domain-name-servers, nis-domain-name;\n};\nid-assoc na 7 { address 2001:db8::9 3600; };\nid-assoc pd 9 { prefix 2001:db8:aa::/48 infinity; };\n");
        ImportOutcome outcome = tree.Import();
        InterfaceConfiguration c0 = outcome.Configuration.Find(C0)!;
        FirstPacket6 theirs = Assert.Single(Theirs6.Of(outcome.Reader, c0, Mac, null, Now)).Packet;
        Assert.True(BondDhcp.Dhcp.Identity.Duid.TryParse("00:03:00:01:02:00:00:00:0a:0a", out BondDhcp.Dhcp.Identity.Duid? duid));
        FirstPacket6 ours = OurPacket6.Of(Dhcp6Identity.Create(outcome.Configuration, c0, duid, "laptop"), Dhcp6Memory.Empty, false, Instant.FromSeconds(1), Kit.ScriptedEntropy.Middle())!;
        PacketComparison6 comparison = new("dhcp6c", theirs, ours);
        Kit.Snapshot.Matches(string.Join('\n', comparison.Lines()) + "\n");
    }

    [Theory(DisplayName = "A stored lease of DHCPv6 is what ours asks about first, as dhclient would")]
    [InlineData(Address, "CONFIRM")]
    [InlineData(Prefix, "REBIND")]
    public void Comparison_OfDhclientWithALease_DiffersInWhatIsAskedFor(string association, string message)
    {
        using SystemTree tree = new SystemTree().File("/etc/network/interfaces", Interfaces).File(Leases, Duid + Lease(association, SystemTree.Now.ToUnixTimeSeconds()));
        ImportOutcome outcome = tree.Import(new() { [C0] = NetworkBed.MacA });
        InterfaceConfiguration c0 = outcome.Configuration.Find(C0)!;
        DhclientProcess process = DhclientProcess.Of(new ProcessIdentity(1, 1), ["dhclient", "-6", association == Prefix ? "-P" : "-N", C0])!;
        FirstPacket6 theirs = Assert.Single(Theirs6.Of(outcome.Reader, c0, Mac, process, SystemTree.Now)).Packet;
        Dhcp6Identity identity = Dhcp6Identity.Create(outcome.Configuration, c0, outcome.Identity.Duid!, "laptop");
        BondDhcp.Dhcp.Store.StoreClock clock = new(Instant.FromSeconds(1000), SystemTree.Now, "boot-1");
        Dhcp6Lease lease = ImportedLeases.Of(ImportState.Last6(outcome.Reader, C0, SystemTree.Now)!.Value.Lease, identity.Settings.Iaid, identity.Settings.ClientIdentifier, clock, out _)!;
        FirstPacket6 ours = OurPacket6.Of(identity, new Dhcp6Memory([lease]), true, clock.Now, Kit.ScriptedEntropy.Middle())!;
        Assert.Equal((message, message), (theirs.Message, ours.Message));
        string told = string.Join('\n', new PacketComparison6("dhclient -6", theirs, ours).Differences());
        foreach (string same in (string[])["message", "DUID", "IAID", "elapsed", "rapid"]) Assert.DoesNotContain(same, told, StringComparison.Ordinal);
    }
}
