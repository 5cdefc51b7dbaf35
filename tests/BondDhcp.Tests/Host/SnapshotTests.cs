using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Host.Daemon;
using BondDhcp.Host.Hooks;
using BondDhcp.Host.Resolver;
using BondDhcp.Host.Runner;
using BondDhcp.Host.Status;
using BondDhcp.Net;
using Xunit;

namespace BondDhcp.Tests.Host;

public class SnapshotTests
{
    private static readonly DateTimeOffset s_boot = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    private static Dhcp4Lease Lease(string? domain = null, params (byte Code, string Data)[] options) => new()
    {
        Ack = new Dhcp4Reply
        {
            Type = Dhcp4MessageType.Ack,
            Xid = 1,
            Chaddr = MacAddress.Parse("02:00:00:00:0a:0a"),
            Yiaddr = Ipv4Address.Parse("192.0.2.50"),
            PrefixLength = 24,
            ServerIdentifier = Ipv4Address.Parse("192.0.2.1"),
            LeaseSeconds = 120,
            Routers = [Ipv4Address.Parse("192.0.2.1")],
            DnsServers = [Ipv4Address.Parse("192.0.2.1")],
            DomainName = domain,
            Routes = [new Dhcp4Route(Ipv4Prefix.Default, Ipv4Address.Parse("192.0.2.1")), new Dhcp4Route(Ipv4Prefix.Parse("10.0.0.0/8"), Ipv4Address.Any)],
            Options = [.. options.Select(option => new Dhcp4Option(option.Code, [.. Encoding.Latin1.GetBytes(option.Data)]))],
        },
        ClientIdentifier = [255, 1, 2, 3, 4, 0, 4, 5],
        Chaddr = MacAddress.Parse("02:00:00:00:0a:0a"),
        ObtainedAt = Instant.FromSeconds(10),
        RenewAt = Instant.FromSeconds(70),
        RebindAt = Instant.FromSeconds(115),
        ExpiresAt = Instant.FromSeconds(130),
    };

    private static DaemonSnapshot Snapshot(Dhcp4Snapshot? dhcp4) => new("daemon", s_boot)
    {
        Duid = [0, 4, 5],
        Components = [new ComponentSnapshot("dhcp4@eth0", "waiting", "no carrier")],
        Interfaces =
        [
            new InterfaceSnapshot
            {
                Name = "eth0",
                IsAddressed = true,
                Mac = MacAddress.Parse("02:00:00:00:0b:0b"),
                Carrier = true,
                OperState = "up",
                IsUsable = true,
                Dhcp4 = dhcp4,
                Addresses = [new AddressSnapshot("192.0.2.50/24", "dhcp4", Instant.FromSeconds(130))],
                Drops = [new("xid", 3)],
            },
        ],
    };

    private static JsonDocument Json(Action<Utf8JsonWriter, DaemonSnapshot> write, DaemonSnapshot snapshot)
    {
        ArrayBufferWriter<byte> output = new();
        using (Utf8JsonWriter json = new(output)) write(json, snapshot);
        return JsonDocument.Parse(output.WrittenMemory);
    }

    [Fact(DisplayName = "AC-1 lease --json in the contract's names")]
    public void Lease_AsJson_HasTheContractsFields()
    {
        Dhcp4Snapshot dhcp4 = new("bound", Lease("example.org", (1, "\xff\xff\xff\0")), [255], 0x01020304);
        using JsonDocument document = Json(SnapshotJson.WriteLeases, Snapshot(dhcp4));
        string expected = """
            {"schema":1,"from":"daemon","duid":"00:04:05","interfaces":[{"name":"eth0","mac":"02:00:00:00:0b:0b","dhcp4":{"state":"bound",
            "address":"192.0.2.50/24","routers":["192.0.2.1"],"dns":["192.0.2.1"],"domain":"example.org","searchDomains":[],
            "ntp":[],"captivePortal":null,"timeZone":null,"posixTimeZone":null,"encryptedDns":[],
            "routes":[{"to":"0.0.0.0/0","via":"192.0.2.1"},{"to":"10.0.0.0/8","via":null}],"server":"192.0.2.1",
            "clientId":"ff:01:02:03:04:00:04:05","iaid":16909060,"chaddr":"02:00:00:00:0a:0a","keyedByChaddr":false,"leaseSeconds":120,
            "obtainedAt":"2026-01-31T12:00:10.000Z","renewAt":"2026-01-31T12:01:10.000Z","rebindAt":"2026-01-31T12:01:55.000Z",
            "expiresAt":"2026-01-31T12:02:10.000Z","gatewayMac":null,
            "options":[{"code":1,"name":"subnet-mask","value":"255.255.255.0","hex":"ff:ff:ff:00","origin":"server"}]},"dhcp6":null}]}
            """.ReplaceLineEndings("");
        Assert.Equal(expected, document.RootElement.GetRawText());
    }

    [Fact]
    public void Lease_WithoutALease_HasItsStateAndNothing()
    {
        using JsonDocument document = Json(SnapshotJson.WriteLeases, Snapshot(new Dhcp4Snapshot("selecting", null, [255, 1], null)));
        JsonElement dhcp4 = document.RootElement.GetProperty("interfaces")[0].GetProperty("dhcp4");
        Assert.Equal("selecting", dhcp4.GetProperty("state").GetString());
        foreach (string name in (string[])["address", "domain", "server", "chaddr", "keyedByChaddr", "leaseSeconds", "obtainedAt", "renewAt", "rebindAt", "expiresAt"])
            Assert.Equal(JsonValueKind.Null, dhcp4.GetProperty(name).ValueKind);
        foreach (string name in (string[])["routers", "dns", "searchDomains", "routes", "options"]) Assert.Equal(0, dhcp4.GetProperty(name).GetArrayLength());
    }

    [Fact(DisplayName = "Routes of a lease that are not taken are named with the reason, in JSON and in text")]
    public void Lease_WithARefusedRoute_SaysWhy()
    {
        Dhcp4Lease lease = Lease();
        Dhcp4Snapshot dhcp4 = new("bound", lease, [255], 1) { RefusedRoutes = [new RefusedRoute(lease.Ack.Routes[1], "lease-routes is \"default-only\"")] };
        using JsonDocument document = Json(SnapshotJson.WriteLeases, Snapshot(dhcp4));
        Assert.Equal(
            """[{"to":"0.0.0.0/0","via":"192.0.2.1"},{"to":"10.0.0.0/8","via":null,"why":"lease-routes is \u0022default-only\u0022"}]""",
            document.RootElement.GetProperty("interfaces")[0].GetProperty("dhcp4").GetProperty("routes").GetRawText());
        StringWriter text = new();
        SnapshotText.WriteLeases(text, document.RootElement, s_boot);
        Assert.Contains("  route      10.0.0.0/8 via the link, not taken: lease-routes is \"default-only\"\n", text.ToString(), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "status names what the state directory did not take, or has not after a second")]
    public void Status_WithUnsavedState_NamesIt()
    {
        DaemonFacts daemon = new("1", s_boot, 0, 0) { Unsaved = [new("the DUID", "/state/duid: No space left on device", null), new("one", null, TimeSpan.FromSeconds(12.9)), new("another", null, TimeSpan.FromSeconds(0.9))] };
        using JsonDocument document = Json(SnapshotJson.WriteStatus, Snapshot(null) with { Daemon = daemon });
        Assert.Equal(
            """[{"what":"the DUID","why":"/state/duid: No space left on device","writingSeconds":null},{"what":"one","why":null,"writingSeconds":12},{"what":"another","why":null,"writingSeconds":0}]""",
            document.RootElement.GetProperty("daemon").GetProperty("unsaved").GetRawText());
        StringWriter text = new();
        SnapshotText.WriteStatus(text, document.RootElement, s_boot);
        Assert.Contains("not stored: the DUID, which a restart would not know (/state/duid: No space left on device); tried again every minute\n", text.ToString(), StringComparison.Ordinal);
        Assert.Contains("not stored yet: one, which a restart would not know (the disk has been at it for 12 s)\n", text.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("another", text.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Family_NotConfigured_IsNull()
    {
        using JsonDocument document = Json(SnapshotJson.WriteLeases, Snapshot(null));
        Assert.Equal(JsonValueKind.Null, document.RootElement.GetProperty("interfaces")[0].GetProperty("dhcp4").ValueKind);
    }

    [Fact(DisplayName = "AC-1 status --json in the contract's names")]
    public void Status_AsJson_HasTheContractsFields()
    {
        using JsonDocument document = Json(SnapshotJson.WriteStatus, Snapshot(null));
        string expected = """
            {"schema":1,"from":"daemon","duid":"00:04:05","daemon":null,"hooks":null,"components":[{"name":"dhcp4@eth0","state":"waiting","why":"no carrier"}],
            "interfaces":[{"name":"eth0","mac":"02:00:00:00:0b:0b","carrier":true,"operstate":"up","usable":true,"why":null,"activeSlave":null,
            "failovers":null,"slaves":[],"supplicant":null,"addresses":[{"address":"192.0.2.50/24","origin":"dhcp4","validUntil":"2026-01-31T12:02:10.000Z"}],"drops":{"xid":3},"counters":{"dhcp4":null,"dhcp6":null},"rivals":[],
            "resolver":null,"dhcp4":null,"dhcp6":null}]}
            """.ReplaceLineEndings("");
        Assert.Equal(expected, document.RootElement.GetRawText());
    }

    [Fact(DisplayName = "status names what of name servers and domains is written down")]
    public void Status_OfStaticNameServers_MarksThem()
    {
        ResolverSnapshot both = new("file", ["192.0.2.53", "192.0.2.54"], ["a.example", "b.example"], null) { StaticServers = ["192.0.2.53"], StaticSearchDomains = ["a.example"] };
        using JsonDocument document = Json(SnapshotJson.WriteStatus, Snapshot(null) with { Interfaces = [new InterfaceSnapshot { Name = "eth0", Resolver = both }] });
        Assert.Contains(
            """
            "staticServers":["192.0.2.53"],"staticSearchDomains":["a.example"]
            """.Trim(), document.RootElement.GetProperty("interfaces")[0].GetProperty("resolver").GetRawText(), StringComparison.Ordinal);
        StringWriter text = new();
        SnapshotText.WriteStatus(text, document.RootElement, DateTimeOffset.UnixEpoch);
        Assert.Contains("  resolver   192.0.2.53 (static), 192.0.2.54 to file\n  domains    a.example (static), b.example\n", text.ToString(), StringComparison.Ordinal);
    }

    [Theory(DisplayName = "status names the name servers that the file has no place for")]
    [InlineData("192.0.2.54", "192.0.2.53 to file; left out: 192.0.2.54 (the C library reads three)")]
    [InlineData("192.0.2.53 192.0.2.54", "none to file; left out: 192.0.2.53, 192.0.2.54 (the C library reads three)")]
    public void Status_OfLeftOutNameServers_NamesThem(string leftOut, string shown)
    {
        ResolverSnapshot both = new("file", ["192.0.2.53", "192.0.2.54"], [], null) { LeftOut = [.. leftOut.Split(' ')] };
        using JsonDocument document = Json(SnapshotJson.WriteStatus, Snapshot(null) with { Interfaces = [new InterfaceSnapshot { Name = "eth0", Resolver = both }] });
        StringWriter text = new();
        SnapshotText.WriteStatus(text, document.RootElement, DateTimeOffset.UnixEpoch);
        Assert.Contains($"  resolver   {shown}\n", text.ToString(), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "D12 status says who has the name servers, or names those that nobody takes; text of the network's is escaped")]
    public void Status_OfNameServers_SaysWhoHasThem()
    {
        ResolverSnapshot nobody = new(null, ["192.0.2.53"], ["example.org"], "nobody takes them: why")
        {
            NtpServers = ["192.0.2.1"],
            EncryptedResolvers = [new EncryptedResolver(1, "dns.example") { Protocols = ["dot"] }],
        };
        InterfaceSnapshot one = new() { Name = "eth0", Resolver = nobody };
        DaemonSnapshot snapshot = Snapshot(null) with { Interfaces = [one], Hooks = new HookSnapshot("/etc/hooks.d", 5, 2, 1) };
        using JsonDocument document = Json(SnapshotJson.WriteStatus, snapshot);
        Assert.Equal(
            """
            {"to":null,"servers":["192.0.2.53"],"searchDomains":["example.org"],"leftOut":[],"staticServers":[],"staticSearchDomains":[],"why":"nobody takes them: why","ntp":["192.0.2.1"],"captivePortal":null,"timeZone":null,
            "encryptedDns":[{"priority":1,"name":"dns.example","addresses":[],"protocols":["dot"],"port":null,"dohPath":null}]}
            """.ReplaceLineEndings(""),
            document.RootElement.GetProperty("interfaces")[0].GetProperty("resolver").GetRawText());
        StringWriter text = new();
        SnapshotText.WriteStatus(text, document.RootElement, DateTimeOffset.UnixEpoch);
        Assert.Contains("  resolver   192.0.2.53: nobody takes them: why\n", text.ToString(), StringComparison.Ordinal);
        Assert.Contains("hooks in /etc/hooks.d: 2 failed, 1 events lost", text.ToString(), StringComparison.Ordinal);

        using JsonDocument told = Json(SnapshotJson.WriteStatus, snapshot with { Hooks = new HookSnapshot("/etc/hooks.d", 5, 0, 0), Interfaces = [one with { Resolver = nobody with { Way = "file", Why = "a\u001bb" } }] });
        text = new StringWriter();
        SnapshotText.WriteStatus(text, told.RootElement, DateTimeOffset.UnixEpoch);
        Assert.Contains("  resolver   192.0.2.53 to file: a\\x1bb\n", text.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("hooks", text.ToString(), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "AC-1 AB-14 AB-15 status --json of a bond: slaves, their network and supplicant, and the last failover")]
    public void Status_OfABond_HasItsSlaves()
    {
        InterfaceSnapshot bond = new()
        {
            Name = "bond0",
            ActiveSlave = "wlan0",
            Failovers = new FailoverSnapshot(3, "eth0", "eth0: no carrier", TimeSpan.FromMilliseconds(120)),
            Slaves =
            [
                new SlaveSnapshot("eth0") { Carrier = false, OperState = "down", MiiStatus = "down", Why = "no carrier" },
                new SlaveSnapshot("wlan0")
                {
                    Mac = MacAddress.Parse("02:00:00:00:0b:0b"),
                    IsActive = true,
                    Carrier = true,
                    OperState = "up",
                    IsUsable = true,
                    MiiStatus = "up",
                    Network = PathClass.Same,
                    Supplicant = new SupplicantSnapshot("COMPLETED", "home", "02:00:00:00:01:01"),
                },
                new SlaveSnapshot("usb0") { Why = "not there" },
            ],
        };
        using JsonDocument document = Json(SnapshotJson.WriteStatus, Snapshot(null) with { Interfaces = [bond] });
        JsonElement shown = document.RootElement.GetProperty("interfaces")[0];
        Assert.Equal("wlan0", shown.GetProperty("activeSlave").GetString());
        Assert.Equal("""{"count":3,"previousSlave":"eth0","reason":"eth0: no carrier","withoutLinkSeconds":0.12}""", shown.GetProperty("failovers").GetRawText());
        Assert.Equal(
            """
            [{"name":"eth0","mac":null,"active":false,"carrier":false,"operstate":"down","usable":false,"network":"unknown","networkWhy":null,"miiStatus":"down","supplicant":null,"why":"no carrier"},
            {"name":"wlan0","mac":"02:00:00:00:0b:0b","active":true,"carrier":true,"operstate":"up","usable":true,"network":"same","networkWhy":null,"miiStatus":"up",
            "supplicant":{"state":"COMPLETED","ssid":"home","bssid":"02:00:00:00:01:01","restarts":0},"why":null},
            {"name":"usb0","mac":null,"active":false,"carrier":null,"operstate":null,"usable":false,"network":"unknown","networkWhy":null,"miiStatus":null,"supplicant":null,"why":"not there"}]
            """.ReplaceLineEndings(""), shown.GetProperty("slaves").GetRawText());
        StringWriter output = new();
        SnapshotText.WriteStatus(output, document.RootElement, s_boot);
        Assert.Contains("  slave      wlan0 02:00:00:00:0b:0b, active, up, same network, COMPLETED on ", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("  slave      eth0: no carrier", output.ToString(), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "AC-7 lease shows the client-id as dnsmasq, Kea and ISC dhcpd take it")]
    public void Lease_AsText_ShowsTheNotations()
    {
        using JsonDocument document = Json(SnapshotJson.WriteLeases, Snapshot(new Dhcp4Snapshot("bound", Lease(), [255], 1)));
        StringWriter output = new();
        SnapshotText.WriteLeases(output, document.RootElement, s_boot.AddSeconds(40));
        string text = output.ToString();
        Assert.Contains("dhcp-host=id:ff:01:02:03:04:00:04:05", text);
        Assert.Contains("\"client-id\": \"ff:01:02:03:04:00:04:05\"", text);
        Assert.Contains("option dhcp-client-identifier ff:01:02:03:04:00:04:05;", text);
        Assert.Contains("120 s, renew in 30s, rebind in 1m 15s, expires in 1m 30s", text);
        Assert.Contains("DUID 00:04:05", text);
    }

    [Fact(DisplayName = "AC-11 server text with ESC sequences is escaped in status and lease")]
    public void Texts_OfTheServer_AreEscaped()
    {
        Dhcp4Snapshot dhcp4 = new("bound", Lease(null, (15, "a\x1b[2Jb"), (224, "\x1b"), (56, "\x1b]0;x\a")), [255], 1);
        using JsonDocument document = Json(SnapshotJson.WriteLeases, Snapshot(dhcp4));
        Assert.DoesNotContain('\x1b', document.RootElement.GetRawText());
        StringWriter output = new();
        SnapshotText.WriteLeases(output, document.RootElement, s_boot);
        SnapshotText.WriteStatus(output, document.RootElement, s_boot);
        Assert.DoesNotContain(output.ToString(), c => char.IsControl(c) && c != '\n');
        Assert.Contains(@"a\x1b[2Jb", output.ToString());
    }

    [Theory]
    [InlineData(false, false, true)]
    [InlineData(true, false, true)]
    [InlineData(false, true, false)]
    [InlineData(true, true, false)]
    public void Online_WithALease_IsIpv4(bool ipv4, bool ipv6, bool online) =>
        Assert.Equal(online, OnlineRule.Holds(Snapshot(new Dhcp4Snapshot("bound", Lease(), [255], 1)).Interfaces, ipv4, ipv6));

    [Fact]
    public void Online_DoesNotCountLinkLocalAddresses()
    {
        InterfaceSnapshot one = new() { Name = "eth0", IsAddressed = true, IsUsable = true, Addresses = [new("169.254.7.7/16", "kernel", Instant.Never), new("fe80::1/64", "kernel", Instant.Never)] };
        Assert.False(OnlineRule.Holds([one], ipv4: false, ipv6: false));
        ImmutableArray<InterfaceSnapshot> with6 = [one with { Addresses = [new("fd00::1/64", "kernel", Instant.Never)] }];
        Assert.True(OnlineRule.Holds(with6, ipv4: false, ipv6: true));
        Assert.False(OnlineRule.Holds(with6, ipv4: true, ipv6: false));
        Assert.False(OnlineRule.Holds([with6[0] with { IsUsable = false }], ipv4: false, ipv6: true));
    }
}
