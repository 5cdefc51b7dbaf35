using System.Buffers.Binary;
using System.Net;
using System.Text;
using System.Text.Json;
using BondDhcp.Tests.Beds;
using BondDhcp.Tests.Kit;
using Xunit;
using Xunit.Abstractions;

namespace BondDhcp.Tests.Servers;

/// <summary>The anonymity profile with real servers: every octet that leaves is looked at.</summary>
public sealed class AnonymityTests(ITestOutputHelper output) : IDisposable
{
    private const string C0 = NetworkBed.ClientInterface;
    private const string Settings = "dhcp4 = true\ndhcp6 = true\nanonymity = true\nconflict-detection = \"fast\"\n";
    private const string Global = "client-id = \"mac\"\nhostname = \"telltale\"\n";

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    private static string Hex(string mac) => mac.Replace(":", "", StringComparison.Ordinal);

    // Everything that may tell of an identity, and what it is.
    private sealed record Telltale(string What, byte[] Octets);

    private static IEnumerable<Telltale> TelltalesOf(string mac, string address4, string address6)
    {
        yield return new($"the hardware address {mac}", Convert.FromHexString(Hex(mac)));
        // EUI-64: what the kernel's link-local address has of it.
        yield return new($"the interface identifier of {mac}", Convert.FromHexString($"0000{Hex(mac)[4..6]}fffe{Hex(mac)[6..]}"));
        yield return new($"the address {address4}", IPAddress.Parse(address4).GetAddressBytes());
        yield return new($"the address {address6}", IPAddress.Parse(address6).GetAddressBytes());
    }

    // The frames from a hardware address, as they were on the cable.
    private List<byte[]> FramesFrom(PacketTrace trace, string mac)
    {
        string file = Path.Combine(_directory.Path, "trace.pcap");
        trace.Save(file);
        byte[] pcap = File.ReadAllBytes(file), source = Convert.FromHexString(Hex(mac));
        List<byte[]> frames = [];
        for (int i = 24; i + 16 <= pcap.Length;)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(pcap.AsSpan(i + 8));
            byte[] frame = pcap[(i + 16)..(i + 16 + length)];
            if (frame.AsSpan(6, 6).SequenceEqual(source)) frames.Add(frame);
            i += 16 + length;
        }
        return frames;
    }

    private static void AssertTellNothing(List<byte[]> frames, params IEnumerable<Telltale> telltales)
    {
        Assert.NotEmpty(frames);
        foreach (Telltale telltale in telltales)
            foreach (byte[] frame in frames)
                Assert.True(frame.AsSpan().IndexOf(telltale.Octets) < 0, $"{telltale.What} is in {TracedFrame.Read(default, frame)}: {Convert.ToHexStringLower(frame)}");
    }

    private static async Task<(string Address4, string Address6)> BoundAsync(Dhcp6Scene scene, string mac)
    {
        (string? Address4, string? Address6) found = default;
        await Wait.UntilAsync(
            () =>
            {
                // Without a daemon yet it is the state directory's.
                using JsonDocument document = JsonDocument.Parse(scene.Client.MustAsync("lease", C0, "--json").GetAwaiter().GetResult());
                if (document.RootElement.GetProperty("from").GetString() != "daemon") return false;
                JsonElement one = document.RootElement.GetProperty("interfaces")[0], dhcp4 = one.GetProperty("dhcp4"), dhcp6 = one.GetProperty("dhcp6");
                if (dhcp4.GetProperty("state").GetString() != "bound" || dhcp6.GetProperty("state").GetString() != "bound") return false;
                if (dhcp4.GetProperty("clientId").GetString() != $"01:{mac}" || dhcp6.GetProperty("duid").GetString() != $"00:03:00:01:{mac}") return false;
                found = (dhcp4.GetProperty("address").GetString()!.Split('/')[0], dhcp6.GetProperty("addresses")[0].GetProperty("address").GetString());
                return scene.Addresses().Contains(found.Address6 + "/128") && scene.Bed.ClientAddresses().Any(address => address.StartsWith(found.Address4 + "/", StringComparison.Ordinal));
            },
            Dhcp6Scene.Patience, $"both leases of {mac}", scene.ToString);
        Assert.Single(scene.Bed.ClientAddresses());
        Assert.Single(scene.Addresses());
        return (found.Address4!, found.Address6!);
    }

    private static void BecomeInOneGo(Dhcp6Scene scene, string mac) => scene.Bed.Client.IpBatch($"link set {C0} down\nlink set {C0} address {mac}\nlink set {C0} up\n");

    [Theory(DisplayName = "D13 two hardware addresses on a real server get two leases of each family, and nothing of the first is in any frame from the second")]
    [InlineData(Dhcp6ServerKind.Dnsmasq, ServerConfiguration.DnsmasqDefault)]
    [InlineData(Dhcp6ServerKind.Kea, ServerConfiguration.KeaDefault)]
    public async Task AnotherHardwareAddress_OnARealServer_IsAnotherHost(Dhcp6ServerKind kind, ServerConfiguration ipv4)
    {
        await using Dhcp6Scene scene = await Dhcp6Scene.SetAsync(output.WriteLine, kind);
        await scene.Bed.StartServerAsync(ipv4);
        PacketTrace trace = scene.Bed.Add(await PacketTrace.StartAsync(scene.Bed.Server, NetworkBed.ServerInterface, "arp or ip or ip6"));
        scene.Configure(Settings, Global);
        scene.Client.Start();
        (string address4, string address6) = await BoundAsync(scene, NetworkBed.MacA);
        Assert.Contains("  anonymity  servers know the present hardware address", await scene.Client.MustAsync("status", C0), StringComparison.Ordinal);
        Assert.Contains("\"anonymity\":true", (await scene.Client.MustAsync("status", C0, "--json")).Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
        AssertProfile(trace);
        // Under its own address each of them is there to be found.
        List<byte[]> own = FramesFrom(trace, NetworkBed.MacA);
        Assert.All(TelltalesOf(NetworkBed.MacA, address4, address6), telltale => Assert.Contains(own, frame => frame.AsSpan().IndexOf(telltale.Octets) >= 0));

        // The second identity: a lease of its own, renewed, kept over a restart of the daemon.
        BecomeInOneGo(scene, NetworkBed.MacB);
        (string other4, string other6) = await BoundAsync(scene, NetworkBed.MacB);
        Assert.NotEqual(address4, other4);
        Assert.NotEqual(address6, other6);
        await scene.Client.MustAsync("renew", C0, "-4", "--timeout", "10");
        await scene.Client.MustAsync("renew", C0, "-6", "--timeout", "10");
        AssertStateTellsNothing(scene, address4, address6);
        Assert.Equal(0, await scene.Client.StopAsync());
        scene.Client.Start();
        Assert.Equal((other4, other6), await BoundAsync(scene, NetworkBed.MacB));
        await scene.Client.MustAsync("release", C0, "--timeout", "10");
        AssertProfile(trace);
        List<byte[]> frames = FramesFrom(trace, NetworkBed.MacB);
        AssertTellNothing(frames, TelltalesOf(NetworkBed.MacA, address4, address6));

        // The first one comes back: its server knows it, without being told anything.
        int before = FramesFrom(trace, NetworkBed.MacA).Count;
        BecomeInOneGo(scene, NetworkBed.MacA);
        await scene.Client.MustAsync("acquire", C0, "--timeout", "20");
        Assert.Equal((address4, address6), await BoundAsync(scene, NetworkBed.MacA));
        AssertTellNothing([.. FramesFrom(trace, NetworkBed.MacA).Skip(before)], TelltalesOf(NetworkBed.MacB, other4, other6));

        // Nor the host's name, nor its DUID, which there is, in any frame at all.
        byte[] duid = Convert.FromHexString(File.ReadAllText(Path.Combine(scene.Client.StateDirectory, "duid")).Trim().Replace(":", "", StringComparison.Ordinal));
        AssertTellNothing(
            [.. FramesFrom(trace, NetworkBed.MacA), .. FramesFrom(trace, NetworkBed.MacB)],
            new Telltale("the host's DUID", duid[2..]), new Telltale("the host's name", Encoding.ASCII.GetBytes("telltale")));
    }

    // What RFC 7844 lists, and nothing else, in every message of either family.
    private static void AssertProfile(PacketTrace trace)
    {
        int messages = 0;
        foreach (TracedFrame frame in trace.Frames.Where(frame => frame.SourceMac is NetworkBed.MacA or NetworkBed.MacB))
        {
            if (frame.Dhcp is { } dhcp)
            {
                messages++;
                Assert.Equal(frame.SourceMac, dhcp.Chaddr);
                Assert.Equal("01" + Hex(frame.SourceMac), dhcp.ClientId);
                byte[] allowed = dhcp.Message switch
                {
                    "DISCOVER" => [53, 55, 61],
                    "REQUEST" => dhcp.Ciaddr == "0.0.0.0" ? [50, 53, 54, 55, 61] : [53, 55, 61],
                    _ => [53, 54, 61],
                };
                Assert.Equal(allowed, dhcp.Options.Keys.Order());
                if (dhcp.Options.TryGetValue(55, out byte[]? asked)) Assert.Equal([1, 3, 6, 15, 121], asked.Order().Select(code => (int)code));
            }
            if (frame.Dhcp6 is not { } dhcp6) continue;
            messages++;
            Assert.NotEqual("CONFIRM", dhcp6.Message);
            Assert.Equal("00030001" + Hex(frame.SourceMac), dhcp6.ClientDuid);
            Assert.Equal([Hex(frame.SourceMac)[4..]], dhcp6.Iaids);
            Assert.Empty(dhcp6.Options.Select(option => (int)option.Code).Except([1, 2, 3, 6, 8]));
        }
        Assert.NotEqual(0, messages);
    }

    private static void AssertStateTellsNothing(Dhcp6Scene scene, string address4, string address6)
    {
        // One that is being written is renamed while it is looked at.
        foreach (string file in Directory.EnumerateFiles(scene.Client.StateDirectory, "*", SearchOption.AllDirectories).Where(static file => !file.EndsWith(".tmp", StringComparison.Ordinal)))
            Assert.False(
                File.ReadAllText(file) is var text && (text.Contains(NetworkBed.MacA, StringComparison.Ordinal) || text.Contains(address4 + "\"", StringComparison.Ordinal) || text.Contains(address6 + "\"", StringComparison.Ordinal)),
                file);
    }

    [Fact(DisplayName = "D13 the hardware address changes on an interface that is up, as a bond's does: another lease of each family at once, and the link-local address that stays is warned of")]
    public async Task AnotherHardwareAddress_OnALinkThatIsUp_IsAnotherHost()
    {
        await using Dhcp6Scene scene = await Dhcp6Scene.SetAsync(output.WriteLine, Dhcp6ServerKind.Dnsmasq);
        await scene.Bed.StartServerAsync(ServerConfiguration.DnsmasqDefault);
        PacketTrace trace = scene.Bed.Add(await PacketTrace.StartAsync(scene.Bed.Server, NetworkBed.ServerInterface, "arp or ip or (ip6 and udp)"));
        scene.Configure(Settings, Global);
        scene.Client.Start();
        (string address4, string address6) = await BoundAsync(scene, NetworkBed.MacA);
        scene.Bed.FailOver(NetworkBed.MacB);
        (string other4, string other6) = await BoundAsync(scene, NetworkBed.MacB);
        Assert.NotEqual((address4, address6), (other4, other6));
        AssertProfile(trace);
        // The kernel keeps the link-local address, and with it the identifier that it made of the one before.
        AssertTellNothing(FramesFrom(trace, NetworkBed.MacB), TelltalesOf(NetworkBed.MacA, address4, address6).Where(telltale => !telltale.What.Contains("identifier", StringComparison.Ordinal)));
        Assert.Contains("the link-local address fe80::ff:fe00:a0a is the same as under the hardware address before", scene.Client.Log, StringComparison.Ordinal);
        Assert.Empty(trace.Dhcp("RELEASE"));

        // An address that a maker gave hides nothing, which is said; none of those before was one.
        const string makers = "anonymity hides nothing while the hardware address 00:00:5e:00:53:01";
        Assert.DoesNotContain("anonymity hides nothing", scene.Client.Log, StringComparison.Ordinal);
        scene.Bed.FailOver("00:00:5e:00:53:01");
        await Wait.UntilAsync(() => scene.Client.Log.Contains(makers, StringComparison.Ordinal), Dhcp6Scene.Patience, makers, scene.ToString);
    }

    [Fact(DisplayName = "D13 anonymity switched on by a reload: the lease of before is given back under its own identity, and the new one tells of nothing")]
    public async Task Anonymity_SwitchedOn_BeginsAnew()
    {
        await using Scene scene = await Scene.BindAsync(output, ServerConfiguration.DnsmasqDefault, globalSettings: Global);
        string before = scene.Address;
        int mark = scene.Trace.Mark;
        scene.Client.Configure("anonymity = true", Global);
        await scene.Client.MustAsync("reload");
        await scene.Trace.WaitForDhcpAsync("RELEASE", Scene.Patience, mark);
        TracedDhcp discover = (await scene.Trace.WaitForDhcpAsync("DISCOVER", Scene.Patience, mark)).Dhcp!;
        Assert.Equal([53, 55, 61], discover.Options.Keys.Order().Select(code => (int)code));
        await scene.BoundAsync();
        // Static words of before are nowhere: what is stored is the lease in force.
        string stored = File.ReadAllText(Path.Combine(scene.Client.StateDirectory, "dhcp4-c0.json"));
        Assert.DoesNotContain("lastAddress", stored, StringComparison.Ordinal);
        Assert.NotEqual("", before);

        // And off again: the host's own identity is back.
        mark = scene.Trace.Mark;
        scene.Client.Configure("", Global);
        await scene.Client.MustAsync("reload");
        TracedDhcp ordinary = (await scene.Trace.WaitForDhcpAsync("DISCOVER", Scene.Patience, mark)).Dhcp!;
        Assert.Equal("telltale", Encoding.ASCII.GetString(ordinary.Options[12]));
        Assert.Null(ordinary.RequestedAddress);
        await scene.BoundAsync();
    }

    [Fact(DisplayName = "D13 anonymity: the cable is put elsewhere and back: the address is gone while there is no carrier, and is asked for anew without being named")]
    public async Task Carrier_LostAndBack_NamesNoAddress()
    {
        await using Scene scene = await Scene.BindAsync(output, ServerConfiguration.KeaDefault, settings: "anonymity = true", globalSettings: Global);
        int mark = scene.Trace.Mark;
        scene.Bed.Server.Ip($"link set {NetworkBed.ServerInterface} down");
        await Wait.UntilAsync(() => scene.Bed.ClientAddresses().Count == 0, Scene.Patience, "the address to go", scene.Client.ToString);
        scene.Bed.Server.Ip($"link set {NetworkBed.ServerInterface} up");
        TracedDhcp discover = (await scene.Trace.WaitForDhcpAsync("DISCOVER", Scene.Patience, mark)).Dhcp!;
        Assert.Null(discover.RequestedAddress);
        string before = scene.Address;
        await scene.BoundAsync();
        Assert.Equal(before, scene.Address);
        Assert.DoesNotContain(scene.Trace.Dhcp("REQUEST", mark), frame => frame.Dhcp!.ServerIdentifier is null);
        // Nobody was told of the address before the server gave it.
        Assert.DoesNotContain(scene.Trace.Frames.Skip(mark).TakeWhile(frame => frame.Dhcp?.Message != "ACK"), frame => frame.SourceMac == NetworkBed.MacA && frame.Arp?.SenderIp == before);
    }

    [Theory(DisplayName = "RFC 7844 4.2 (v6): after kill -9 the lease of DHCPv6 is confirmed by an ADVERTISE of its address, and nothing but SOLICIT leaves; after a restart in another network of the same server it goes")]
    [InlineData(Dhcp6ServerKind.Dnsmasq)]
    [InlineData(Dhcp6ServerKind.Kea)]
    [InlineData(Dhcp6ServerKind.Isc)]
    public async Task Restart_OfDhcp6_AsksByASolicit(Dhcp6ServerKind kind)
    {
        await using Dhcp6Scene scene = await Dhcp6Scene.SetAsync(output.WriteLine, kind);
        scene.Configure("dhcp6 = true\nanonymity = true\n", Global);
        await scene.BindAsync();
        string address = Assert.Single(scene.Addresses());
        int mark = scene.Mark;
        await scene.Client.KillAndStartAsync();
        await Wait.UntilAsync(
            () => scene.Client.Log.Contains("state from=confirming to=bound", StringComparison.Ordinal), Dhcp6Scene.Patience, "the lease to be confirmed", scene.ToString);
        Assert.Equal([address], scene.Addresses());
        Assert.DoesNotContain(scene.Packets(mark), static line => System.Text.RegularExpressions.Regex.IsMatch(line, "dhcp6 (confirm|renew|rebind|request|release)"));
        Assert.DoesNotContain("leaseLost", scene.Client.Log, StringComparison.Ordinal);

        await scene.Client.KillAsync();
        await scene.MoveServerAsync("2001:db8:66");
        mark = scene.Mark;
        scene.Client.Start();
        await Wait.UntilAsync(
            () => scene.Addresses() is [var other] && other.StartsWith("2001:db8:66:", StringComparison.Ordinal), Dhcp6Scene.Patience, "another lease", scene.ToString);
        Assert.Contains("why=otherNetwork", scene.Client.Log, StringComparison.Ordinal);
        Assert.DoesNotContain(scene.Packets(mark), static line => System.Text.RegularExpressions.Regex.IsMatch(line, "dhcp6 (confirm|renew|rebind|release)"));
    }

    [Theory(DisplayName = "RFC 7844 4.2 (v6): no server answers after a restart: past T1 and T2 nothing but SOLICIT leaves, status says so, and the addresses stay; the server that is back renews them, another network's ends them, and a release tells nobody")]
    [InlineData("same")]
    [InlineData("other")]
    [InlineData("release")]
    public async Task Restart_OfDhcp6_WithoutAServer_NamesNothing(string then)
    {
        await using Dhcp6Scene scene = await Dhcp6Scene.SetAsync(output.WriteLine, Dhcp6ServerKind.EarlyT1);
        scene.Configure("dhcp6 = true\nanonymity = true\n", Global);
        JsonElement lease = await scene.BindAsync();
        string address = Assert.Single(scene.Addresses());
        DateTimeOffset past = lease.GetProperty("rebindAt").GetDateTimeOffset() + TimeSpan.FromSeconds(0.5);
        scene.StopServer();
        int mark = scene.Mark;
        await scene.Client.KillAndStartAsync();
        await Wait.UntilAsync(
            () => scene.Client.Log.Contains("state from=confirming to=bound", StringComparison.Ordinal), Dhcp6Scene.Patience, "the end of the first question", scene.ToString);
        if (then != "release") await Wait.UntilAsync(() => DateTimeOffset.UtcNow > past, Dhcp6Scene.Patience, "T2", scene.ToString);
        Assert.Equal([address], scene.Addresses());
        const string telling = "dhcp6 (confirm|renew|rebind|request|release|decline)";
        Assert.DoesNotContain(scene.Packets(mark), static line => System.Text.RegularExpressions.Regex.IsMatch(line, telling));
        Assert.Contains("no server has confirmed that the lease is of this network", await scene.Client.MustAsync("status"), StringComparison.Ordinal);
        switch (then)
        {
            case "same":
                await scene.RestartServerAsync();
                await scene.WaitForPacketAsync("dhcp6 (renew|rebind)", mark);
                await Wait.UntilAsync(() => scene.Client.Log.Contains("leaseRenewed", StringComparison.Ordinal), Dhcp6Scene.Patience, "the lease to be extended", scene.ToString);
                Assert.Equal([address], scene.Addresses());
                Assert.DoesNotContain("leaseLost", scene.Client.Log, StringComparison.Ordinal);
                break;
            case "other":
                await scene.MoveServerAsync("2001:db8:66");
                await Wait.UntilAsync(
                    () => scene.Addresses() is [var other] && other.StartsWith("2001:db8:66:", StringComparison.Ordinal), Dhcp6Scene.Patience * 2, "another lease", scene.ToString);
                Assert.DoesNotContain(scene.Packets(mark), static line => System.Text.RegularExpressions.Regex.IsMatch(line, "dhcp6 (confirm|renew|rebind|release)"));
                break;
            default:
                await scene.Client.MustAsync("release", C0, "--timeout", "10");
                Assert.Empty(scene.Addresses());
                Assert.Contains("is not told that its lease is not used any more", scene.Client.Log, StringComparison.Ordinal);
                Assert.DoesNotContain(scene.Packets(mark), static line => System.Text.RegularExpressions.Regex.IsMatch(line, telling));
                break;
        }
    }

    [Fact(DisplayName = "AM-23 check and run refuse anonymity with the shared DUID, with exit code 2 and the mend")]
    public async Task Anonymity_WithTheSharedDuid_IsRefusedByTheProgram()
    {
        await using Scene scene = await Scene.SetAsync(output, ServerConfiguration.DnsmasqDefault, settings: "anonymity = true");
        ProgramResult result = await scene.Client.CommandAsync("check");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("anonymity: cannot go with client-id = \"duid\"", result.Output, StringComparison.Ordinal);
        Assert.Contains("write client-id = \"mac\" before the first [table]", result.Output, StringComparison.Ordinal);
        Assert.Equal(2, (await scene.Client.CommandAsync("run")).ExitCode);
    }
}
