using System.Buffers;
using System.Globalization;
using System.Text.Json;
using BondDhcp.Dhcp.Client6;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Host.Status;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Host;

public sealed class Dhcp6SnapshotTests
{
    private static readonly DateTimeOffset s_boot = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    private static DaemonSnapshot Snapshot(Dhcp6Snapshot? dhcp6) => new("daemon", s_boot)
    {
        Interfaces = [new InterfaceSnapshot { Name = "bond0", IsAddressed = true, Dhcp6 = dhcp6 }],
    };

    private static Dhcp6Snapshot Bound
    {
        get
        {
            Dhcp.Client6.Dhcp6Lease lease = Fixture6.Lease(10, prefix: Fixture6.P);
            return new Dhcp6Snapshot("bound", lease, lease.Reply, Fixture6.Client, Fixture6.Iaid);
        }
    }

    private static JsonDocument Json(DaemonSnapshot snapshot)
    {
        ArrayBufferWriter<byte> output = new();
        using (Utf8JsonWriter json = new(output)) SnapshotJson.WriteLeases(json, snapshot);
        return JsonDocument.Parse(output.WrittenMemory);
    }

    [Fact(DisplayName = "AC-1 lease --json of DHCPv6 in the contract's names")]
    public void Lease_AsJson_HasTheContractsFields()
    {
        using JsonDocument document = Json(Snapshot(Bound));
        JsonElement dhcp6 = document.RootElement.GetProperty("interfaces")[0].GetProperty("dhcp6");
        string text = dhcp6.GetRawText();
        string expected = """
            {"state":"bound","duid":"00:04:8b:af:2d:96:b4:a2:48:6c:9e:15:ce:ee:09:6b:5c:cd","iaid":"32:e8:19:18","server":"00:03:00:01:02:00:00:00:00:01",
            "addresses":[{"address":"2001:db8::100","preferredUntil":"2026-01-31T12:10:10.000Z","validUntil":"2026-01-31T12:15:10.000Z"}],
            "prefixes":[{"prefix":"2001:db8:1200::/56","excluded":null,"preferredUntil":"2026-01-31T12:10:10.000Z","validUntil":"2026-01-31T12:15:10.000Z"}],
            "dns":["2001:db8::53"],"searchDomains":[],"ntp":[],"captivePortal":null,"timeZone":null,"posixTimeZone":null,"encryptedDns":[],"obtainedAt":"2026-01-31T12:00:10.000Z","renewAt":"2026-01-31T12:05:10.000Z",
            "rebindAt":"2026-01-31T12:08:10.000Z","expiresAt":"2026-01-31T12:15:10.000Z","options":[
            """.ReplaceLineEndings("");
        Assert.StartsWith(expected, text, StringComparison.Ordinal);
        JsonElement dns = dhcp6.GetProperty("options").EnumerateArray().Single(option => option.GetProperty("code").GetInt32() == 23);
        Assert.Equal("2001:db8::53", dns.GetProperty("value").GetString());
        Assert.Equal("20:01:0d:b8:00:00:00:00:00:00:00:00:00:00:00:53", dns.GetProperty("hex").GetString());
    }

    [Fact(DisplayName = "lease shows time servers, portal and time zone of DHCPv6 as those of DHCPv4, in JSON and for people")]
    public void Lease_WithReportedOptions_ShowsThem()
    {
        byte[] server = new byte[16];
        Fixture6.Dns.CopyTo(server);
        Dhcp.Client6.Dhcp6Lease lease = Fixture6.Lease(10) with
        {
            Reply = Fixture6.Reply(null, null, 1).Option(56, [0, 1, 0, 16, .. server]).Option(56, [0, 3, 0, 5, 3, (byte)'n', (byte)'t', (byte)'p', 0])
                .Option(103, [.. "https://portal.example/"u8]).Option(41, [.. "CET-1"u8]).Option(42, [.. "Europe/Berlin"u8]).ToReply(),
        };
        using JsonDocument document = Json(Snapshot(new Dhcp6Snapshot("bound", lease, lease.Reply, Fixture6.Client, Fixture6.Iaid)));
        JsonElement dhcp6 = document.RootElement.GetProperty("interfaces")[0].GetProperty("dhcp6");
        Assert.Contains(
            """
            "ntp":["2001:db8::53","ntp"],"captivePortal":"https://portal.example/","timeZone":"Europe/Berlin","posixTimeZone":"CET-1","encryptedDns":[]
            """.Trim(), dhcp6.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(
            ["2001:db8::53", "ntp"],
            dhcp6.GetProperty("options").EnumerateArray().Where(option => option.GetProperty("code").GetInt32() == 56).Select(option => option.GetProperty("value").GetString()));
        StringWriter text = new();
        SnapshotText.WriteLeases(text, document.RootElement, DateTimeOffset.UnixEpoch);
        Assert.Contains("  ntp        2001:db8::53, ntp\n  portal     https://portal.example/\n  time zone  Europe/Berlin\n", text.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Lease_WithoutALease_HasItsStateAndNothing()
    {
        using JsonDocument document = Json(Snapshot(new Dhcp6Snapshot("soliciting", null, null, Fixture6.Client, Fixture6.Iaid)));
        JsonElement dhcp6 = document.RootElement.GetProperty("interfaces")[0].GetProperty("dhcp6");
        Assert.Equal("soliciting", dhcp6.GetProperty("state").GetString());
        foreach (string name in (string[])["server", "obtainedAt", "renewAt", "rebindAt", "expiresAt"])
            Assert.Equal(JsonValueKind.Null, dhcp6.GetProperty(name).ValueKind);
        foreach (string name in (string[])["addresses", "prefixes", "dns", "searchDomains", "options"]) Assert.Equal(0, dhcp6.GetProperty(name).GetArrayLength());
    }

    [Fact(DisplayName = "RFC 9915 21.23 configuration without a lease: from whom, since when, and when it is asked for again")]
    public void Information_WithoutALease_HasItsServerAndTimes()
    {
        Dhcp6Reply reply = Fixture6.Empty(xid: 1).Dns(Fixture6.Dns).ToReply();
        Dhcp6Information information = new(reply, Instant.FromSeconds(610)) { ObtainedAt = Instant.FromSeconds(10) };
        using JsonDocument document = Json(Snapshot(new Dhcp6Snapshot("informationBound", null, reply, Fixture6.Client, Fixture6.Iaid) { Information = information }));
        JsonElement dhcp6 = document.RootElement.GetProperty("interfaces")[0].GetProperty("dhcp6");
        Assert.Equal(
            ("2026-01-31T12:00:10.000Z", "2026-01-31T12:10:10.000Z", JsonValueKind.Null),
            (dhcp6.GetProperty("obtainedAt").GetString(), dhcp6.GetProperty("renewAt").GetString(), dhcp6.GetProperty("expiresAt").ValueKind));
        using StringWriter text = new() { NewLine = "\n" };
        SnapshotText.WriteStatus(text, document.RootElement, DateTimeOffset.Parse("2026-01-31T12:00:10Z", System.Globalization.CultureInfo.InvariantCulture));
        Assert.Contains($"  informed   by {Fixture6.Server}, asked again in 10m 00s\n", text.ToString(), StringComparison.Ordinal);

        // One that is never asked for again.
        information = information with { RefreshAt = Instant.Never };
        using JsonDocument never = Json(Snapshot(new Dhcp6Snapshot("informationBound", null, reply, Fixture6.Client, Fixture6.Iaid) { Information = information }));
        Assert.Equal(JsonValueKind.Null, never.RootElement.GetProperty("interfaces")[0].GetProperty("dhcp6").GetProperty("renewAt").ValueKind);
    }

    [Fact]
    public void Family_NotConfigured_IsNull()
    {
        using JsonDocument document = Json(Snapshot(null));
        Assert.Equal(JsonValueKind.Null, document.RootElement.GetProperty("interfaces")[0].GetProperty("dhcp6").ValueKind);
    }

    [Fact(DisplayName = "AC-7 (v6) the DUID in the forms that dnsmasq, Kea and ISC dhcpd take")]
    public void Lease_AsText_ShowsLeaseAndIdentity()
    {
        using JsonDocument document = Json(Snapshot(Bound));
        using StringWriter output = new(CultureInfo.InvariantCulture);
        SnapshotText.WriteLeases(output, document.RootElement, s_boot.AddSeconds(10));
        string text = output.ToString();
        Assert.Contains("lease      2001:db8::100 from 00:03:00:01:02:00:00:00:00:01, preferred in 10m 00s, valid in 15m 00s", text, StringComparison.Ordinal);
        Assert.Contains("prefix     2001:db8:1200::/56 from", text, StringComparison.Ordinal);
        Assert.Contains("times      renew in 5m 00s, rebind in 8m 00s, expires in 15m 00s", text, StringComparison.Ordinal);
        Assert.Contains("dns        2001:db8::53", text, StringComparison.Ordinal);
        string duid = Fixture6.Client.ToString();
        foreach (string form in (string[])[$"dhcp-host=id:{duid},", $"\"duid\": \"{duid}\"", $"option dhcp6.client-id {duid};"])
            Assert.Contains(form, text, StringComparison.Ordinal);
    }
}
