using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using BondDhcp.Tests.Beds;
using BondDhcp.Tests.Kit;
using Xunit;
using Xunit.Abstractions;

namespace BondDhcp.Tests.Servers;

/// <summary>The commands on a running daemon.</summary>
public sealed class CommandTests(ITestOutputHelper output)
{
    private const string C0 = NetworkBed.ClientInterface;

    [Fact(DisplayName = "AC-1 status --json and lease --json carry what they promise")]
    public async Task StatusAndLease_WhileBound_CarryTheirFields()
    {
        await using Scene scene = await Scene.BindAsync(output, ServerConfiguration.DnsmasqDefault);
        using JsonDocument status = JsonDocument.Parse(await scene.Client.MustAsync("status", "--json"));
        JsonElement component = Assert.Single(status.RootElement.GetProperty("components").EnumerateArray(), c => c.GetProperty("name").GetString() == $"dhcp4@{C0}");
        Assert.Equal("running", component.GetProperty("state").GetString());
        JsonElement one = Assert.Single(status.RootElement.GetProperty("interfaces").EnumerateArray(), i => i.GetProperty("name").GetString() == C0);
        foreach (string name in (string[])["mac", "activeSlave", "slaves", "addresses", "drops"]) Assert.True(one.TryGetProperty(name, out _), name);
        JsonElement address = Assert.Single(one.GetProperty("addresses").EnumerateArray(), a => a.GetProperty("origin").GetString() == "dhcp4");
        Assert.Equal($"{scene.Address}/24", address.GetProperty("address").GetString());

        JsonElement lease = (await scene.Client.LeaseAsync())!.Value;
        foreach (string name in (string[])["state", "address", "routers", "dns", "domain", "searchDomains", "routes", "server", "clientId", "chaddr", "keyedByChaddr", "leaseSeconds", "obtainedAt", "renewAt", "rebindAt", "expiresAt", "options"])
            Assert.True(lease.TryGetProperty(name, out _), name);
        Assert.Contains(lease.GetProperty("options").EnumerateArray(), o =>
            o.GetProperty("code").GetInt32() == 1 && o.GetProperty("name").GetString() == "subnet-mask" && o.GetProperty("value").GetString() == "255.255.255.0" && o.GetProperty("hex").GetString() == "ff:ff:ff:00");
        DateTimeOffset obtained = lease.GetProperty("obtainedAt").GetDateTimeOffset();
        Assert.Equal(600, (lease.GetProperty("expiresAt").GetDateTimeOffset() - obtained).TotalSeconds, 1);
    }

    [Fact(DisplayName = "AC-2, AC-3 no daemon: 3; unknown commands, options and components: 2")]
    public async Task Commands_WithoutDaemonOrSense_FailAsPromised()
    {
        await using Scene scene = await Scene.SetAsync(output, ServerConfiguration.DnsmasqDefault);
        foreach (string[] command in (string[][])[["status"], ["renew", C0], ["timeline"], ["stop", $"dhcp4@{C0}"]])
        {
            ProgramResult result = await scene.Client.CommandAsync(command);
            Assert.Equal(3, result.ExitCode);
            Assert.NotEqual("", result.Error);
        }
        foreach (string[] command in (string[][])[["lease"], ["lease", C0]])
        {
            ProgramResult nothing = await scene.Client.CommandAsync(command);
            Assert.Equal((0, ""), (nothing.ExitCode, nothing.Output));
            Assert.Equal(
                $"bonddhcp: no daemon answers in {scene.Client.RuntimeDirectory}, and the state directory {scene.Client.StateDirectory} holds no lease{(command.Length > 1 ? $" of '{C0}'" : "")}; start one with 'systemctl start bonddhcp' or 'bonddhcp run'\n",
                nothing.Error);
        }
        Assert.Contains("\"interfaces\":[]", (await scene.Client.CommandAsync("lease", "--json")).Output, StringComparison.Ordinal);
        Assert.Equal(2, (await scene.Client.CommandAsync("frobnicate")).ExitCode);
        Assert.Equal(2, (await scene.Client.CommandAsync("lease", "--yaml")).ExitCode);
        Assert.Equal(0, (await scene.Client.CommandAsync("renew", "--help")).ExitCode);
        scene.Client.Start();
        await scene.BoundAsync();
        Assert.Equal(2, (await scene.Client.CommandAsync("start", "dhcp4@nosuch0")).ExitCode);
        Assert.Equal(2, (await scene.Client.CommandAsync("restart", $"frob@{C0}")).ExitCode);
        // Its stderr is no journal: nothing is in front of a line.
        Assert.StartsWith($"{C0} link: interface", scene.Client.Log, StringComparison.Ordinal);
        Assert.Equal(0, await scene.Client.StopAsync());
        ProgramResult stored = await scene.Client.CommandAsync("lease", C0);
        Assert.Equal((0, ""), (stored.ExitCode, stored.Error));
        Assert.StartsWith("from the state directory: no daemon answers\n", stored.Output, StringComparison.Ordinal);
        Assert.Contains(scene.Address.Length > 0 ? scene.Address : "192.0.2.", stored.Output, StringComparison.Ordinal);
    }

    [Theory(DisplayName = "decode - reads standard input, a file or a pipe; what is wrong with it is told of that name")]
    [InlineData("cat \"$2\" | \"$1\" decode -", true)]
    [InlineData("\"$1\" decode - < \"$2\"", true)]
    [InlineData("echo | \"$1\" decode -", false)]
    public async Task Decode_OfStandardInput_IsAsOfAFile(string script, bool succeeds)
    {
        string capture = Path.Combine(SourceTree.Captures6, "isc-cycle.pcap");
        ProgramResult said = await Programs.TryRunAsync(new ProcessStartInfo("sh", ["-c", script, "sh", BondDhcpProcess.Binary, capture]));
        Assert.Equal(succeeds ? 0 : 1, said.ExitCode);
        if (succeeds) Assert.Equal((await Programs.TryRunAsync(new ProcessStartInfo(BondDhcpProcess.Binary, ["decode", capture]))).Output, said.Output);
        else Assert.StartsWith("bonddhcp: standard input: ", said.Error, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "AC-4 somebody else: status works, renew is refused with 1; a member of the control group may")]
    public async Task Renew_ByAnUnprivilegedUser_IsRefused()
    {
        const string nobody = "65534", group = "daemon";
        await using Scene scene = await Scene.BindAsync(output, ServerConfiguration.DnsmasqDefault, globalSettings: $"control-group = \"{group}\"");
        ProgramResult status = await scene.Client.CommandAsAsync(nobody, nobody, "status");
        Assert.True(status.ExitCode == 0, status.ToString());
        ProgramResult renew = await scene.Client.CommandAsAsync(nobody, nobody, "renew", C0);
        Assert.Equal(1, renew.ExitCode);
        Assert.Contains("root", renew.Error, StringComparison.OrdinalIgnoreCase);
        ProgramResult member = await scene.Client.CommandAsAsync(nobody, group, "renew", C0);
        Assert.True(member.ExitCode == 0, member.ToString());
    }

    [Fact(DisplayName = "AC-5 renew and rebind: the exchange starts within 100 ms; 0 on success, 1 on refusal, 4 on time-out")]
    public async Task RenewAndRebind_AtOnce_EndAsPromised()
    {
        await using Scene scene = await Scene.BindAsync(output, ServerConfiguration.IscDefault, new ServerPlan { Authoritative = true });
        foreach (string command in (string[])["renew", "rebind"])
        {
            int mark = scene.Trace.Mark;
            DateTime before = DateTime.UtcNow;
            await scene.Client.MustAsync(command, C0);
            TracedFrame request = await scene.Trace.WaitForDhcpAsync("REQUEST", Scene.Patience, mark);
            Assert.InRange((request.At - before).TotalMilliseconds, 0, 100 + 300);
        }
        scene.Server.Pause();
        ProgramResult late = await scene.Client.CommandAsync("renew", C0, "--timeout", "1");
        Assert.Equal((4, $"bonddhcp: timed out: dhcp4@{C0}: renewing\n"), (late.ExitCode, late.Error));
        scene.Server.Resume();
        await scene.BoundAsync();
        await scene.Server.MovePoolAsync("192.0.2.200", "192.0.2.220");
        ProgramResult refused = await scene.Client.CommandAsync("rebind", C0, "--timeout", "5");
        Assert.Equal(1, refused.ExitCode);
        Assert.NotEqual("", refused.Error);
    }

    [Fact(DisplayName = "AC-7 lease shows client-id and DUID in the notations of dnsmasq, Kea and ISC dhcpd")]
    public async Task Lease_AsText_ShowsTheIdentifiersForServers()
    {
        await using Scene scene = await Scene.BindAsync(output, ServerConfiguration.DnsmasqDefault);
        string onTheWire = scene.Trace.Dhcp("DISCOVER")[0].Dhcp!.ClientId!;
        string colons = string.Join(':', onTheWire.Chunk(2).Select(pair => new string(pair)));
        string text = await scene.Client.MustAsync("lease", C0);
        Assert.Contains($"id:{colons}", text, StringComparison.Ordinal);
        Assert.Contains("client-id", text, StringComparison.Ordinal);
        Assert.Contains("dhcp-client-identifier", text, StringComparison.Ordinal);
        Assert.Equal(colons, (await scene.Client.LeaseAsync())!.Value.GetProperty("clientId").GetString());

        scene.Client.Configure(globalSettings: "duid = \"00:01\"");
        ProgramResult check = await scene.Client.CommandAsync("check");
        Assert.Equal(2, check.ExitCode);
        Assert.Contains($"{scene.Client.ConfigurationFile}:1:", check.Output, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "AC-8 watch --json: one object a line, in order, from the state changes to the packets")]
    public async Task Watch_DuringARenewal_TellsItInOrder()
    {
        await using Scene scene = await Scene.BindAsync(output, ServerConfiguration.DnsmasqDefault);
        await using BedProcess watch = scene.Client.Follow("watch", "--json");
        // Attached or not: renew until something is told. It may have begun in the middle of one; the next is told whole.
        DateTime deadline = DateTime.UtcNow + Scene.Patience;
        while (watch.Lines.Count(l => l.Contains("leaseRenewed", StringComparison.Ordinal)) < 2)
        {
            Assert.True(DateTime.UtcNow < deadline, $"nothing told\n{watch.Output}");
            await scene.Client.MustAsync("renew", C0);
        }
        List<JsonElement> events = [.. watch.Lines.Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.All(events, e => Assert.Equal(DateTimeKind.Utc, e.GetProperty("at").GetDateTime().Kind));
        Assert.Equal(events.Select(e => e.GetProperty("at").GetDateTime()).Order(), events.Select(e => e.GetProperty("at").GetDateTime()));
        int sent = events.FindIndex(events.FindIndex(e => Is(e, "leaseRenewed")), e => Is(e, "sent")), received = events.FindIndex(Math.Max(sent, 0), e => Is(e, "received"));
        Assert.InRange(sent, 0, received - 1);
        Assert.Equal("DHCPREQUEST", events[sent].GetProperty("message").GetString());
        Assert.Equal("DHCPACK", events[received].GetProperty("message").GetString());
        static bool Is(JsonElement e, string name) => e.GetProperty("event").GetString() == name;
    }

    [Fact(DisplayName = "AC-9 junk, a slow client and 100 connections on the control socket harm nothing")]
    public async Task ControlSocket_Abused_GoesOnServing()
    {
        await using Scene scene = await Scene.BindAsync(output, ServerConfiguration.DnsmasqDefault);
        UnixDomainSocketEndPoint control = new(Path.Combine(scene.Client.RuntimeDirectory, "control"));
        using Socket huge = Connect(control);
        byte[] mebibyte = Encoding.ASCII.GetBytes(new string('x', 1 << 20));
        Assert.Throws<SocketException>(() => { for (int i = 0; i < 4; i++) huge.Send(mebibyte); });
        using Socket slow = Connect(control);
        slow.Send([0, 0]);
        // Readers that are not root cannot keep root out, however many they are.
        await using BedProcess crowd = BedProcess.Start("100 watchers", scene.Bed.Client.Program(
            "setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "/bin/sh", "-c",
            $"for i in $(seq 100); do {BondDhcpProcess.Binary} --runtime-dir {scene.Client.RuntimeDirectory} watch & done; wait"));
        await crowd.WaitForLineAsync(line => line.Contains("too many", StringComparison.Ordinal), Scene.Patience);

        await scene.Client.MustAsync("renew", C0);
        slow.ReceiveTimeout = 8000;
        DateTime start = DateTime.UtcNow;
        DrainToEnd(slow);
        Assert.InRange((DateTime.UtcNow - start).TotalSeconds, 0, 6);
        await scene.Client.MustAsync("status");
        scene.AssertNoDeletion();
    }

    [Fact(DisplayName = "AC-10 check: silent and 0 when sound; position and 2 when not; touches nothing")]
    public async Task Check_OfConfigurations_SaysWhere()
    {
        await using Scene scene = await Scene.SetAsync(output, ServerConfiguration.DnsmasqDefault);
        ProgramResult sound = await scene.Client.CommandAsync("check");
        Assert.Equal((0, "", ""), (sound.ExitCode, sound.Output, sound.Error));
        scene.Client.Configure("solicit-delay = false\nsupplicant-driver = \"wired\"");
        ProgramResult noted = await scene.Client.CommandAsync("check");
        Assert.Equal((0, ""), (noted.ExitCode, noted.Output));
        string[] notes = noted.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, notes.Length);
        Assert.StartsWith($"{scene.Client.ConfigurationFile}:", notes[0], StringComparison.Ordinal);
        Assert.EndsWith("solicit-delay: has no effect: dhcp6 is off", notes[0], StringComparison.Ordinal);
        Assert.EndsWith("supplicant-driver: has no effect: there is no 'supplicant'", notes[1], StringComparison.Ordinal);
        scene.Client.Configure("conflict-detektion = \"fast\"", "hostname = 3");
        ProgramResult wrong = await scene.Client.CommandAsync("check");
        Assert.Equal(2, wrong.ExitCode);
        Assert.Contains($"{scene.Client.ConfigurationFile}:1:", wrong.Output, StringComparison.Ordinal);
        Assert.Contains("conflict-detection", wrong.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(scene.Client.StateDirectory));
    }

    [Fact(DisplayName = "AC-13 the same octets in every locale")]
    public async Task Output_InAnyLocale_IsTheSame()
    {
        await using Scene scene = await Scene.BindAsync(output, ServerConfiguration.DnsmasqDefault);
        string[] texts = await Task.WhenAll(((string[])["C", "tr_TR.UTF-8", "de_DE.UTF-8", "fa_IR.UTF-8"]).Select(async locale =>
            (await scene.Client.CommandInLocaleAsync(locale, "lease", "--json")).Output));
        Assert.Contains(scene.Address, texts[0], StringComparison.Ordinal);
        Assert.All(texts, text => Assert.Equal(texts[0], text));
    }

    [Fact(DisplayName = "wait-online waits for the daemon too, returns with the address, and 4 when none comes")]
    public async Task WaitOnline_BeforeTheDaemon_ReturnsWithTheAddress()
    {
        await using Scene scene = await Scene.SetAsync(output, ServerConfiguration.DnsmasqDefault);
        Assert.Equal(4, (await scene.Client.CommandAsync("wait-online", C0, "--timeout", "1")).ExitCode);
        Assert.Equal(4, (await scene.Client.CommandAsync("wait-online", C0, "--timeout", "0")).ExitCode);
        await using BedProcess waiting = scene.Client.Follow("wait-online", C0, "--timeout", "20");
        scene.Client.Start();
        Assert.Equal(0, await waiting.WaitForExitAsync(Scene.Patience));
        await scene.Client.MustAsync("wait-online", "--timeout", "0");
        Assert.Single(scene.Bed.ClientAddresses());
    }

    [Fact(DisplayName = "A time-out says what is missing: each interface that is not online, and what keeps a lease")]
    public async Task TimeOut_OfACommand_SaysWhatIsMissing()
    {
        await using Scene scene = await Scene.SetAsync(output, ServerConfiguration.DnsmasqDefault, globalSettings: "interface.nosuch0.dhcp4 = true");
        scene.Server.Pause();
        scene.Client.Start();
        await scene.Client.WaitForStateAsync("selecting", Scene.Patience);
        // The second DHCPDISCOVER, by which it is known that none answers, leaves 3 to 5 s after the first.
        ProgramResult online = await scene.Client.CommandAsync("wait-online", "--timeout", "7");
        Assert.Equal(4, online.ExitCode);
        Assert.StartsWith("bonddhcp: timed out: ", online.Error, StringComparison.Ordinal);
        Assert.Contains("nosuch0: the interface is not there", online.Error, StringComparison.Ordinal);
        Assert.Contains($"dhcp4@{C0}: no DHCP server answers", online.Error, StringComparison.Ordinal);
        Assert.Single(online.Error.TrimEnd('\n').Split('\n'));
        ProgramResult now = await scene.Client.CommandAsync("wait-online", "--timeout", "0");
        Assert.Equal(4, now.ExitCode);
        Assert.StartsWith("bonddhcp: not online: ", now.Error, StringComparison.Ordinal);
        Assert.Contains("nosuch0: the interface is not there", now.Error, StringComparison.Ordinal);
        ProgramResult restart = await scene.Client.CommandAsync("restart", $"dhcp4@{C0}", "--timeout", "1");
        Assert.Equal(4, restart.ExitCode);
        Assert.StartsWith($"bonddhcp: timed out: dhcp4@{C0}: ", restart.Error, StringComparison.Ordinal);
        scene.Bed.Client.Ip($"link set {C0} down");
        Assert.Equal(4, (online = await scene.Client.CommandAsync("wait-online", C0, "--timeout", "1")).ExitCode);
        Assert.Matches($"^bonddhcp: timed out: {C0}: .+\n$", online.Error);
        Assert.DoesNotContain("nosuch0", online.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_WithoutPermission_SaysThatItTakesRoot()
    {
        await using Scene scene = await Scene.SetAsync(output, ServerConfiguration.DnsmasqDefault);
        ProgramResult run = await scene.Client.CommandAsAsync("65534", "65534", "run", "--runtime-dir", "/bonddhcp-test");
        Assert.Equal((1, "bonddhcp: /bonddhcp-test: Permission denied; run as root\n"), (run.ExitCode, run.Error));
    }

    [Fact(DisplayName = "wait-online -6: waits for a global address that is in use; tentative and link-local ones do not count")]
    public async Task WaitOnline_ForIpv6_ReturnsWithAUsableAddress()
    {
        const string address = "2001:db8::5/64";
        await using Scene scene = await Scene.BindAsync(output, ServerConfiguration.DnsmasqDefault);
        // Nobody answers for an address in the first second: until then it is tentative.
        scene.Bed.Client.Run("/bin/sh", "-c", $"echo 0 > /proc/sys/net/ipv6/conf/{C0}/disable_ipv6; echo 1 > /proc/sys/net/ipv6/conf/{C0}/accept_dad");
        Assert.Equal(4, (await scene.Client.CommandAsync("wait-online", C0, "-6", "--timeout", "1")).ExitCode);
        await scene.Client.MustAsync("wait-online", C0, "--timeout", "1");
        await using BedProcess waiting = scene.Client.Follow("wait-online", C0, "-4", "-6", "--timeout", "20");
        scene.Bed.Client.Ip($"address add {address} dev {C0}");
        Assert.Contains("tentative", scene.Bed.Client.Ip($"-6 address show dev {C0}"), StringComparison.Ordinal);
        Assert.False(waiting.HasExited);
        Assert.Equal(0, await waiting.WaitForExitAsync(Scene.Patience));
        Assert.DoesNotContain("tentative", scene.Bed.Client.Ip($"-6 address show dev {C0} to 2001:db8::/32"), StringComparison.Ordinal);
        Assert.Contains(address, await scene.Client.MustAsync("status", C0), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "The options that --help names do what it says")]
    public async Task Options_OfEveryCommand_Work()
    {
        await using Scene scene = await Scene.BindAsync(output, ServerConfiguration.DnsmasqDefault);
        foreach (string command in (string[])["renew", "rebind", "acquire", "release", "acquire"])
        {
            await scene.Client.MustAsync(command, C0, "-4", "--timeout", "5s");
            ProgramResult ipv6 = await scene.Client.CommandAsync(command, C0, "-6");
            Assert.Equal(1, ipv6.ExitCode);
            Assert.Contains("DHCPv6 is not configured", ipv6.Error, StringComparison.Ordinal);
        }
        await scene.BoundAsync();
        await scene.Client.MustAsync("wait-online", "-4", "--timeout=1");
        foreach (string command in (string[])["status", "lease"])
        {
            string all = await scene.Client.MustAsync(command), one = await scene.Client.MustAsync(command, C0);
            Assert.Contains(scene.Address, one, StringComparison.Ordinal);
            Assert.Contains(scene.Address, all, StringComparison.Ordinal);
            Assert.Equal(2, (await scene.Client.CommandAsync(command, "nosuch0")).ExitCode);
        }
        Assert.Contains("leaseBound", await scene.Client.MustAsync("timeline", "--since", "1h"), StringComparison.Ordinal);
        Assert.Equal("", await scene.Client.MustAsync("timeline", "--since", "0", "--json"));
        await scene.Client.MustAsync("reload");
        string[] own = (await scene.Client.MustAsync("timeline", C0, "--json")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains(own, line => line.Contains("leaseBound", StringComparison.Ordinal));
        Assert.All(own, line => Assert.Contains($"\"interface\":\"{C0}\"", line, StringComparison.Ordinal));
        Assert.Contains("\"source\":\"daemon\"", await scene.Client.MustAsync("timeline", "--json"), StringComparison.Ordinal);
        foreach (string command in (string[])["watch", "timeline"])
        {
            ProgramResult unknown = await scene.Client.CommandAsync(command, "nosuch0");
            Assert.Equal((2, "", "bonddhcp: 'nosuch0' is not configured\n"), (unknown.ExitCode, unknown.Output, unknown.Error));
        }
    }

    private static Socket Connect(UnixDomainSocketEndPoint where)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(where);
        return socket;
    }

    private static void DrainToEnd(Socket socket)
    {
        byte[] buffer = new byte[4096];
        while (socket.Receive(buffer) > 0) { }
    }
}
