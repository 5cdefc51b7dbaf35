using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using BondDhcp.Dhcp.Store;
using BondDhcp.Host.Components;
using BondDhcp.Host.Import;
using BondDhcp.Host.Import.Compare;
using BondDhcp.Host.Import.Running;
using BondDhcp.Net;
using BondDhcp.Net.Linux;
using BondDhcp.Tests.Beds;
using Xunit;
using Xunit.Abstractions;

namespace BondDhcp.Tests.Import;

/// <summary>Beside the real ISC dhclient, in namespaces.</summary>
public sealed class ImportDhclientTests(ITestOutputHelper output)
{
    private const string C0 = NetworkBed.ClientInterface;
    private const string Leases = "/var/lib/dhcp/dhclient.leases";
    private const string Leases6 = "/var/lib/dhcp/dhclient6.leases";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(25);

    /// <summary>dhclient is a program of the benchmark's set.</summary>
    private sealed class DhclientFactAttribute : FactAttribute
    {
        public DhclientFactAttribute() => Skip = WhyNot;
    }

    private sealed class DhclientTheoryAttribute : TheoryAttribute
    {
        public DhclientTheoryAttribute() => Skip = WhyNot;
    }

    /// <summary>So is dhcp6c.</summary>
    private sealed class Dhcp6cFactAttribute : FactAttribute
    {
        public Dhcp6cFactAttribute() => Skip = ChildProcess.Find("dhcp6c") is null ? "no dhcp6c here; scripts/setup bench installs it" : null;
    }

    private static string? WhyNot => ChildProcess.Find("dhclient") is null ? "no dhclient here; scripts/setup bench installs it" : null;

    [DhclientTheory(DisplayName = "The first packet of dhclient as import works it out is the one that the real dhclient sends")]
    [InlineData("stock", "")]
    [InlineData("no configuration at all", "")]
    [InlineData("empty request", "request;\nsend host-name \"laptop\";\n")]
    [InlineData("own identifier", "send dhcp-client-identifier \"laptop\";\nsend vendor-class-identifier \"Acme\\040One\";\nalso request ntp-servers, root-path;\n")]
    [InlineData("bare DUID", "send dhcp-client-identifier 00:01:00:01:2a:3b:4c:5d:02:00:00:00:0a:0a;\nsend host-name = gethostname();\n")]
    [InlineData("hardware", "send dhcp-client-identifier = hardware;\n")]
    [InlineData("name", "send fqdn.fqdn \"andare.example.org.\";\nsend dhcp-lease-time 3600;\nsend user-class \"abcd\";\n")]
    [InlineData("name in wire encoding", "send fqdn.fqdn \"andare.example.org.\";\nsend fqdn.encoded on;\nsend fqdn.server-update on;\n")]
    [InlineData("interface", "send host-name \"outside\";\ninterface \"c0\" { send host-name \"inside\"; request routers, vendor-encapsulated-options; }\n")]
    [InlineData("lease in force", "send host-name \"laptop\";\n")]
    [InlineData("lease in force -i", "")]
    [InlineData("lease that ended", "send host-name \"laptop\";\n")]
    public async Task FirstPacket_OfDhclient_IsKnown(string situation, string configuration)
    {
        await using NetworkBed bed = await NetworkBed.CreateAsync(output.WriteLine);
        bool sendsDuid = situation.EndsWith("-i", StringComparison.Ordinal);
        if (situation == "stock") configuration = ImportSnapshotTests.StockDhclientConf;
        using SystemTree tree = new SystemTree().File("/etc/dhcp/dhclient.conf", configuration);
        string expire = situation.StartsWith("lease in force", StringComparison.Ordinal) ? "never" : "4 2026/1/1 00:00:00";
        string leases = (sendsDuid ? "default-duid \"\\000\\001\\000\\0012\\232\\315\\036\\002\\000\\000\\000\\012\\012\";\n" : "")
            + $"lease {{\n  interface \"c0\";\n  fixed-address 192.0.2.62;\n  option subnet-mask 255.255.255.0;\n  option dhcp-lease-time 600;\n  option dhcp-server-identifier 192.0.2.1;\n  renew {expire};\n  rebind {expire};\n  expire {expire};\n}}\n";
        if (situation.StartsWith("lease", StringComparison.Ordinal)) tree.File(Leases, leases);
        string[] files = ["-cf", situation == "no configuration at all" ? "/dev/null" : tree.Root + "/etc/dhcp/dhclient.conf", "-lf", tree.Root + Leases, "-pf", tree.Root + "/pid"];
        tree.File("/var/lib/dhcp/keep", "");

        ImportOutcome outcome = ImportOutcome.Of(
            new ImportRoot(tree.Root), situation == "no configuration at all" ? [] : ["/etc/dhcp/dhclient.conf", .. situation.StartsWith("lease", StringComparison.Ordinal) ? (string[])[Leases] : []],
            [new DhclientProcess(new ProcessIdentity(1, 1), false, [C0]) { SendsDuid = sendsDuid }], _ => MacAddress.Parse(NetworkBed.MacA), TimeProvider.System.GetUtcNow());
        ImmutableArray<byte> identifier = outcome.Identity.Sent(C0);
        if (identifier.IsEmpty) identifier = outcome.Reader.Dhclient?.Of(C0).ClientIdentifier?.Octets ?? [];
        if (situation == "hardware") identifier = [1, .. Convert.FromHexString(NetworkBed.MacA.Replace(":", "", StringComparison.Ordinal))];
        FirstPacket expected = DhclientPacket.Of(
            outcome.Reader.Dhclient?.Of(C0), identifier, ImportState.Last(outcome.Reader, C0, TimeProvider.System.GetUtcNow())?.Lease,
            TimeProvider.System.GetUtcNow(), MacAddress.Parse(NetworkBed.MacA), Environment.MachineName);

        await using BedProcess dhclient = BedProcess.Start("dhclient", bed.Client.Program("dhclient", ["-4", "-d", "-1", .. sendsDuid ? (string[])["-i"] : [], .. files, C0]));
        TracedDhcp sent = (await bed.Trace.WaitForAsync(frame => frame.Dhcp is { Op: 1 }, Patience, "a packet of dhclient")).Dhcp!;
        Assert.Equal(expected.Message, "DHCP" + sent.Message);
        Assert.Equal((expected.Broadcast, expected.Ciaddr.ToString(), expected.Chaddr.ToString()), (sent.Broadcast, sent.Ciaddr, sent.Chaddr));
        Assert.Equal(Lines(expected.Options.Select(one => one.Code).Distinct().Select(code => (code, expected.Find(code)!.Value.ToArray()))), Lines(sent.Options.Where(one => one.Key != 53).Select(one => (one.Key, one.Value))));
    }

    private static string Lines(IEnumerable<(byte Code, byte[] Data)> options) =>
        string.Join('\n', options.OrderBy(one => one.Code).Select(one => $"{one.Code} {Convert.ToHexStringLower(one.Data)} {Encoding.Latin1.GetString(one.Data)}"));

    [DhclientTheory(DisplayName = "A lease that dhclient got without a client identifier goes on under ours, from the imported state: the same address")]
    [InlineData(ServerConfiguration.DnsmasqDefault, "")]
    [InlineData(ServerConfiguration.DnsmasqHost, "")]
    [InlineData(ServerConfiguration.IscDefault, "")]
    [InlineData(ServerConfiguration.IscHost, "")]
    [InlineData(ServerConfiguration.KeaDefault, "")]
    [InlineData(ServerConfiguration.KeaAuthoritative, "")]
    [InlineData(ServerConfiguration.KeaReservation, "")]
    [InlineData(ServerConfiguration.UdhcpdDefault, "")]
    [InlineData(ServerConfiguration.DnsmasqDefault, "-i")]
    [InlineData(ServerConfiguration.IscDefault, "-i")]
    [InlineData(ServerConfiguration.KeaDefault, "-i")]
    public async Task Lease_OfDhclient_GoesOnWithTheSameAddress(ServerConfiguration server, string option)
    {
        await using NetworkBed bed = await NetworkBed.CreateAsync(output.WriteLine);
        await bed.StartServerAsync(server);
        int process = Start(bed, ["-4", .. option.Length > 0 ? (string[])[option] : [], "-lf", Leases]);
        string address = Assert.Single(bed.ClientAddresses());

        BondDhcpProcess client = bed.Add(new BondDhcpProcess(bed.Client));
        ProgramResult import = await client.CommandAsync("import", "--output", client.ConfigurationFile, Conf(bed), Leases);
        output.WriteLine(import.ToString());
        Assert.Equal(0, import.ExitCode);
        Assert.Equal("", import.Output);
        Assert.Contains($"dhclient (process {process}) on c0 is running", import.Error, StringComparison.Ordinal);
        bool isNew = option.Length == 0;
        Assert.Equal(isNew, import.Error.Contains("client-id is NEW", StringComparison.Ordinal));

        Programs.Run("/bin/sh", "-c", $"kill -9 {process}");
        bed.Client.Ip($"address flush dev {C0}");
        Finish(client);
        int mark = bed.Trace.Mark;
        client.Start();
        JsonElement lease = await client.WaitForStateAsync("bound", Patience);
        Assert.Equal(address, lease.GetProperty("address").GetString());
        TracedDhcp first = (await bed.Trace.WaitForDhcpAsync("REQUEST", Patience, mark)).Dhcp!;
        Assert.Equal(address.Split('/')[0], first.RequestedAddress);
        Assert.Empty(bed.Trace.Dhcp("NAK", mark));
        if (!isNew) Assert.Equal(bed.Trace.Dhcp("REQUEST")[0].Dhcp!.ClientId, first.ClientId);
    }

    [DhclientFact(DisplayName = "import --stop-dhclient: the address never leaves the interface, nothing is released, and run goes on with the lease")]
    public async Task StopDhclient_WithALease_LeavesTheAddress()
    {
        await using NetworkBed bed = await NetworkBed.CreateAsync(output.WriteLine);
        await bed.StartServerAsync(ServerConfiguration.DnsmasqDefault);
        int process = Start(bed, ["-4", "-lf", Leases]);
        string address = Assert.Single(bed.ClientAddresses());

        BondDhcpProcess client = bed.Add(new BondDhcpProcess(bed.Client));
        ProgramResult look = await client.CommandAsync("import", Conf(bed), Leases);
        Assert.Contains("c0: the first packet once dhclient has ended by --stop-dhclient; what differs has a star", look.Error, StringComparison.Ordinal);
        ProgramResult import = await client.CommandAsync("import", "--stop-dhclient", "--output", client.ConfigurationFile, Conf(bed), Leases);
        output.WriteLine(import.ToString());
        Assert.Equal(0, import.ExitCode);
        Assert.Equal(PacketOf(import), PacketOf(look));
        Assert.Contains("  broadcast flag ", PacketOf(look), StringComparison.Ordinal);
        Assert.Contains($"dhclient (process {process}) on c0 is stopped, without a release", import.Error, StringComparison.Ordinal);
        Assert.EndsWith($"bonddhcp: next: put {client.ConfigurationFile} into /etc/bonddhcp/bonddhcp.toml, then systemctl start bonddhcp\n", import.Error, StringComparison.Ordinal);
        Assert.Null(ProcessIdentity.Of(process));
        Assert.Equal(address, Assert.Single(bed.ClientAddresses()));

        Finish(client);
        int mark = bed.Trace.Mark;
        client.Start();
        await client.WaitForStateAsync("bound", Patience);
        await bed.Trace.WaitForDhcpAsync("ACK", Patience, mark);
        Assert.Equal(address, Assert.Single(bed.ClientAddresses()));
        Assert.DoesNotContain(bed.Events.Addresses(C0), e => e.Deleted);
        Assert.Empty(bed.Trace.Dhcp("RELEASE"));
        Assert.Empty(bed.Trace.Dhcp("DISCOVER", mark));
        Assert.Equal(address.Split('/')[0], bed.Trace.Dhcp("REQUEST", mark)[0].Dhcp!.RequestedAddress);
        // What dhclient-script installed is ours now: one default route, ours.
        await Wait.UntilAsync(() => bed.Client.Ip("route show default").Trim().Contains("metric 1024", StringComparison.Ordinal), Patience, "the default route");
        Assert.Single(bed.Client.Ip("route show default").Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("dynamic", bed.Client.Ip($"-4 address show dev {C0}"), StringComparison.Ordinal);
        // And it goes when the lease is given back.
        await client.MustAsync("release", C0);
        Assert.Empty(bed.ClientAddresses());
        Assert.Equal("", bed.Client.Ip("route show default").Trim());
    }

    [DhclientFact(DisplayName = "import --stop-dhclient takes away the mark of an earlier release: run goes on with the lease, and names what stays stopped; the MTU is the interface's")]
    public async Task StopDhclient_AfterARelease_TakesTheMarkAway()
    {
        await using NetworkBed bed = await NetworkBed.CreateAsync(output.WriteLine);
        await bed.StartServerAsync(ServerConfiguration.DnsmasqDefault);
        bed.Client.Ip($"link set {C0} mtu 1300");
        Start(bed, ["-4", "-lf", Leases]);
        string address = Assert.Single(bed.ClientAddresses());
        BondDhcpProcess client = bed.Add(new BondDhcpProcess(bed.Client));
        string marks = Path.Combine(Directory.CreateDirectory(client.RuntimeDirectory).FullName, StoppedComponents.FileName);
        File.WriteAllText(marks, $"{StoreClock.ReadBootId()}\ndhcp4@c0 released; idle until acquire\ndhcp6@c0 stopped by command\n");

        ProgramResult look = await client.CommandAsync("import", Conf(bed), Leases);
        Assert.Contains("dhcp4@c0", File.ReadAllText(marks), StringComparison.Ordinal);
        ProgramResult import = await client.CommandAsync("import", "--stop-dhclient", "--output", client.ConfigurationFile, Conf(bed), Leases);
        output.WriteLine(import.ToString());
        Assert.Equal(0, import.ExitCode);
        Assert.Contains("dhcp4@c0 was marked 'released; idle until acquire' by an earlier command; the mark is taken away, and the next 'bonddhcp run' begins it\n", import.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("the mark is taken away", look.Error, StringComparison.Ordinal);
        Assert.Equal($"{StoreClock.ReadBootId()}\ndhcp6@c0 stopped by command\n", File.ReadAllText(marks));
        Assert.Matches("\n  57 [^\n]* 1272 \\*", PacketOf(import));

        Finish(client);
        File.AppendAllText(client.ConfigurationFile, "dhcp6 = true\n");
        int mark = bed.Trace.Mark;
        client.Start();
        await client.WaitForStateAsync("bound", Patience);
        Assert.Equal([4, 0xf8], (await bed.Trace.WaitForDhcpAsync("REQUEST", Patience, mark)).Dhcp!.Options[57]);
        Assert.Equal(address, Assert.Single(bed.ClientAddresses()));
        Assert.Contains("dhcp6@c0 stays stopped by an earlier command: stopped by command; 'bonddhcp start dhcp6@c0' begins it", client.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("dhcp4@c0 stays stopped", client.Log, StringComparison.Ordinal);
    }

    [DhclientFact(DisplayName = "A dhclient on an interface that interfaces(5) makes static is named, and ended by --stop-dhclient; nothing is released")]
    public async Task StopDhclient_OnAStaticInterface_EndsIt()
    {
        await using NetworkBed bed = await NetworkBed.CreateAsync(output.WriteLine);
        await bed.StartServerAsync(ServerConfiguration.DnsmasqDefault);
        int process = Start(bed, ["-4", "-lf", Leases]);
        string interfaces = Path.Combine(bed.Client.Scratch, "interfaces");
        File.WriteAllText(interfaces, "auto c0\niface c0 inet static\n  address 192.0.2.7/24\n");
        BondDhcpProcess client = bed.Add(new BondDhcpProcess(bed.Client));
        ProgramResult named = await client.CommandAsync("import", interfaces, Leases);
        output.WriteLine(named.ToString());
        Assert.Equal(0, named.ExitCode);
        Assert.Contains("and c0 stays static", named.Error, StringComparison.Ordinal);
        Assert.Contains($"dhclient (process {process}) on c0 is running", named.Error, StringComparison.Ordinal);
        ProgramResult stopped = await client.CommandAsync("import", "--stop-dhclient", interfaces, Leases);
        output.WriteLine(stopped.ToString());
        Assert.Equal(0, stopped.ExitCode);
        Assert.Contains($"dhclient (process {process}) on c0 is stopped, without a release", stopped.Error, StringComparison.Ordinal);
        Assert.Null(ProcessIdentity.Of(process));
        Assert.Empty(bed.Trace.Dhcp("RELEASE"));
    }

    [DhclientFact(DisplayName = "A dhclient on a slave of an imported bond is named, and ended by --stop-dhclient without a release; one on a slave of another master is named and left alone")]
    public async Task StopDhclient_OnASlave_EndsIt()
    {
        await using NetworkBed bed = await NetworkBed.CreateAsync(output.WriteLine);
        await bed.StartServerAsync(ServerConfiguration.DnsmasqDefault);
        int process = Start(bed, ["-4", "-lf", Leases]);
        string address = Assert.Single(bed.ClientAddresses());
        string bond = Path.Combine(bed.Client.Scratch, "bond"), other = Path.Combine(bed.Client.Scratch, "other");
        File.WriteAllText(bond, "auto bond0\niface bond0 inet dhcp\n  bond-slaves c0 e0\n  bond-mode active-backup\nauto c0\niface c0 inet manual\n");
        File.WriteAllText(other, "auto e0\niface e0 inet dhcp\n");
        BondDhcpProcess client = bed.Add(new BondDhcpProcess(bed.Client));

        bed.Client.Ip("link add br9 type bridge");
        bed.Client.Ip("link set c0 master br9");
        foreach (string[] arguments in (string[][])[["import", other], ["import", "--stop-dhclient", other]])
        {
            ProgramResult left = await client.CommandAsync(arguments);
            Assert.Equal(0, left.ExitCode);
            Assert.Contains($"dhclient (process {process}) on c0 is running on a slave of br9; that is not imported, and the client is left alone\n", left.Error, StringComparison.Ordinal);
            Assert.NotNull(ProcessIdentity.Of(process));
        }
        bed.Client.Ip("link set c0 nomaster");

        ProgramResult named = await client.CommandAsync("import", bond);
        output.WriteLine(named.ToString());
        Assert.Equal(0, named.ExitCode);
        Assert.Contains($"dhclient (process {process}) on c0 is running on a slave of bond0\n", named.Error, StringComparison.Ordinal);
        Assert.Contains("bonddhcp import --stop-dhclient", named.Error, StringComparison.Ordinal);
        Assert.NotNull(ProcessIdentity.Of(process));
        ProgramResult stopped = await client.CommandAsync("import", "--stop-dhclient", bond);
        output.WriteLine(stopped.ToString());
        Assert.Equal(0, stopped.ExitCode);
        Assert.Contains($"dhclient (process {process}) on c0 is stopped, without a release\nbonddhcp: c0 is a slave of bond0: an address that the client left on it goes", stopped.Error, StringComparison.Ordinal);
        Assert.Null(ProcessIdentity.Of(process));
        Assert.Equal(address, Assert.Single(bed.ClientAddresses()));
        Assert.Empty(bed.Trace.Dhcp("RELEASE"));
    }

    // The table of both first packets, without what is told before and after it.
    private static string PacketOf(ProgramResult result)
    {
        string text = result.Error[result.Error.IndexOf(": the first packet", StringComparison.Ordinal)..];
        return string.Join('\n', text.Split('\n').Skip(1).TakeWhile(line => line.StartsWith("  ", StringComparison.Ordinal)));
    }

    [DhclientFact(DisplayName = "import --stop-dhclient of dhclient -6: address, DUID and IAID stay, CONFIRM and no SOLICIT")]
    public async Task StopDhclient_OfDhcp6_LeavesTheAddress()
    {
        await using Dhcp6Scene scene = await Dhcp6Scene.SetAsync(output.WriteLine, Dhcp6ServerKind.Dnsmasq);
        NetworkBed bed = scene.Bed;
        int process = Start(bed, ["-6", "-lf", Leases6]);
        string address = Dhcp6Addresses(bed);
        Assert.NotEqual("", address);

        File.Delete(scene.Client.ConfigurationFile);
        ProgramResult look = await scene.Client.CommandAsync("import", Conf(bed), Leases6);
        ProgramResult import = await scene.Client.CommandAsync("import", "--stop-dhclient", "--output", scene.Client.ConfigurationFile, Conf(bed), Leases6);
        output.WriteLine(import + File.ReadAllText(scene.Client.ConfigurationFile));
        Assert.Equal(0, import.ExitCode);
        Assert.Equal(PacketOf(import), PacketOf(look));
        Assert.Contains("  option request: in the CONFIRM of dhclient -6 alone, whose answer brings no options; ", import.Error, StringComparison.Ordinal);
        Assert.Contains($"dhclient -6 (process {process}) on c0 is stopped", import.Error, StringComparison.Ordinal);
        Assert.Equal(address, Dhcp6Addresses(bed));

        Finish(scene.Client);
        scene.Client.Start();
        await Wait.UntilAsync(() => scene.ToString()!.Contains("dhcp6 confirm", StringComparison.Ordinal), Patience, "CONFIRM", scene.ToString);
        await Wait.UntilAsync(() => State6(scene.Client) == "bound", Patience, "bound", () => scene.Client.Log);
        Assert.Equal(address, Dhcp6Addresses(bed));
        string trace = scene.ToString()!;
        Assert.DoesNotContain("dhcp6 solicit", trace[trace.IndexOf("dhcp6 confirm", StringComparison.Ordinal)..], StringComparison.Ordinal);
        Assert.DoesNotContain("dhcp6 release", trace, StringComparison.Ordinal);
    }

    [Dhcp6cFact(DisplayName = "The DUID file and the IAID of WIDE's dhcp6c: the server knows the host again, and gives the same address")]
    public async Task Dhcp6c_Imported_GetsTheSameAddress()
    {
        await using Dhcp6Scene scene = await Dhcp6Scene.SetAsync(output.WriteLine, Dhcp6ServerKind.Dnsmasq);
        NetworkBed bed = scene.Bed;
        string conf = Path.Combine(bed.Client.Scratch, "dhcp6c.conf");
        File.WriteAllText(conf, $"interface {C0} {{\n send ia-na 7;\n request domain-name-servers;\n}};\nid-assoc na 7 {{ }};\n");
        await WaitForLinkLocalAsync(bed);
        bed.Client.Run("/bin/sh", "-c", "echo 0 > /proc/sys/net/ipv6/conf/lo/disable_ipv6"); // its control socket is on ::1
        await using (BedProcess dhcp6c = BedProcess.Start("dhcp6c", bed.Client.Program("dhcp6c", "-f", "-c", conf, "-p", conf + ".pid", C0)))
            await Wait.UntilAsync(() => Dhcp6Address(bed) != "", Patience, "the address of dhcp6c", () => dhcp6c.Output);
        string address = Dhcp6Address(bed);
        // Killed, it gives nothing back; its address has no end.
        bed.Client.Ip($"-6 address flush dev {C0} scope global");
        File.Delete(scene.Client.ConfigurationFile);
        ProgramResult import = await scene.Client.CommandAsync("import", "--output", scene.Client.ConfigurationFile, conf, "/var/lib/dhcpv6/dhcp6c_duid");
        output.WriteLine(import + File.ReadAllText(scene.Client.ConfigurationFile));
        Assert.Equal(0, import.ExitCode);
        Finish(scene.Client);
        scene.Client.Start();
        await Wait.UntilAsync(() => State6(scene.Client) == "bound", Patience, "bound", () => scene.Client.Log);
        Assert.Equal(address, Dhcp6Address(bed));
    }

    [DhclientFact(DisplayName = "A dhclient of another network namespace is left alone, and is not spoken of")]
    public async Task StopDhclient_OfAnotherNamespace_DoesNothing()
    {
        await using NetworkBed bed = await NetworkBed.CreateAsync(output.WriteLine);
        await bed.StartServerAsync(ServerConfiguration.DnsmasqDefault);
        int process = Start(bed, ["-4", "-lf", Leases]);
        BondDhcpProcess stranger = bed.Add(new BondDhcpProcess(bed.Server));
        string interfaces = Path.Combine(bed.Server.Scratch, "interfaces");
        File.WriteAllText(interfaces, "auto c0\niface c0 inet dhcp\n");
        ProgramResult import = await stranger.CommandAsync("import", "--stop-dhclient", interfaces);
        Assert.Equal(0, import.ExitCode);
        Assert.DoesNotContain("process", import.Error, StringComparison.Ordinal);
        Assert.True(Directory.Exists($"/proc/{process}"));
    }

    // Of the files of this machine none is read.
    private static string Conf(NetworkBed bed)
    {
        string file = Path.Combine(bed.Client.Scratch, "dhclient.conf");
        File.WriteAllText(file, ImportSnapshotTests.StockDhclientConf);
        return file;
    }

    /// <summary>Starts dhclient in the background as ifupdown does, waits for its lease, and gives its process.</summary>
    private static int Start(NetworkBed bed, string[] options)
    {
        // DHCPv6 needs a link-local address that nobody else has.
        if (options[0] == "-6") WaitForLinkLocalAsync(bed).GetAwaiter().GetResult();
        string pid = Path.Combine(bed.Client.Scratch, "dhclient.pid");
        bed.Client.Run("dhclient", [.. options, "-1", "-pf", pid, C0]);
        DateTime deadline = DateTime.UtcNow + Patience;
        while (DateTime.UtcNow < deadline)
        {
            if (File.Exists(pid) && int.TryParse(File.ReadAllText(pid), out int process) && Directory.Exists($"/proc/{process}")) return process;
            Thread.Sleep(50);
        }
        throw new BedException("dhclient does not stay");
    }

    // The last table is c0's; nothing outside of the namespaces is told of name servers.
    private static void Finish(BondDhcpProcess client) => File.WriteAllLines(
        client.ConfigurationFile, [.. File.ReadLines(client.ConfigurationFile).Where(line => !line.StartsWith("dns = ", StringComparison.Ordinal)), "dns = false"]);

    private static string Dhcp6Addresses(NetworkBed bed) => string.Join('\n', bed.Client.Ip($"-6 -o address show dev {C0} scope global")
        .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(" inet6 ", 2)[1].Split(' ', 2)[0]).Where(one => one.EndsWith("/128", StringComparison.Ordinal)));

    private static Task WaitForLinkLocalAsync(NetworkBed bed) =>
        Wait.UntilAsync(() => bed.Client.Ip($"-6 address show dev {C0} scope link -tentative").Contains("fe80", StringComparison.Ordinal), Patience, "a link-local address");

    // That of the pool: the router's advertisement gives another.
    private static string Dhcp6Address(NetworkBed bed) => bed.Client.Ip($"-6 -o address show dev {C0} scope global")
        .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(" inet6 ", 2)[1].Split('/', 2)[0]).FirstOrDefault(one => one.StartsWith("2001:db8:55::1", StringComparison.Ordinal)) ?? "";

    private static string? State6(BondDhcpProcess client)
    {
        ProgramResult result = client.CommandAsync("lease", C0, "--json").GetAwaiter().GetResult();
        if (result.ExitCode != 0) return null;
        using JsonDocument document = JsonDocument.Parse(result.Output);
        JsonElement interfaces = document.RootElement.GetProperty("interfaces");
        if (interfaces.GetArrayLength() == 0) return null;
        JsonElement dhcp6 = interfaces[0].GetProperty("dhcp6");
        return dhcp6.ValueKind == JsonValueKind.Object ? dhcp6.GetProperty("state").GetString() : null;
    }
}
