using System.Buffers;
using System.Text.Json;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Host.Coexistence;
using BondDhcp.Host.Hooks;
using BondDhcp.Host.Metrics;
using BondDhcp.Host.Runner;
using BondDhcp.Host.Status;
using BondDhcp.Net;
using Xunit;

namespace BondDhcp.Tests.Metrics;

public sealed class StatusMetricsTests
{
    private static readonly DateTimeOffset s_boot = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    private static ClientCounters Counters()
    {
        ClientCounters counters = new();
        counters.NoteSent((byte)Dhcp4MessageType.Discover, 1, taken: true);
        counters.NoteSent((byte)Dhcp4MessageType.Discover, 1, taken: true);
        counters.NoteSent((byte)Dhcp4MessageType.Request, 1, taken: true);
        counters.NoteReceived((byte)Dhcp4MessageType.Offer);
        counters.NoteReceived((byte)Dhcp4MessageType.Ack);
        counters.NoteEvent("refused");
        counters.NoteEvent("conflict");
        counters.NoteEvent("leaseBound");
        counters.Acquisitions.Begin(Instant.FromSeconds(10));
        counters.Acquisitions.Ask(Instant.FromSeconds(10));
        counters.Acquisitions.Reach(AcquisitionPart.Offer, Instant.FromSeconds(10) + TimeSpan.FromMilliseconds(2));
        counters.Acquisitions.Reach(AcquisitionPart.Acknowledge, Instant.FromSeconds(10) + TimeSpan.FromMilliseconds(3));
        counters.Acquisitions.End(Instant.FromSeconds(10) + TimeSpan.FromMilliseconds(4));
        counters.Failovers.Begin("192.0.2.50");
        counters.Failovers.Step("192.0.2.50", isVerifying: true, isUsable: true);
        counters.Failovers.Step("192.0.2.50", isVerifying: false, isUsable: true);
        return counters;
    }

    private static Dhcp4Lease Lease() => new()
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
            DomainName = "evil\n\"}",
        },
        ClientIdentifier = [255, 1],
        Chaddr = MacAddress.Parse("02:00:00:00:0a:0a"),
        ObtainedAt = Instant.FromSeconds(10),
        RenewAt = Instant.FromSeconds(70),
        RebindAt = Instant.FromSeconds(115),
        ExpiresAt = Instant.FromSeconds(130),
    };

    private static DaemonSnapshot Snapshot(string name = "bond0") => new("daemon", s_boot)
    {
        Daemon = new DaemonFacts("0.1.0", s_boot.AddSeconds(5), 2000, 976),
        Hooks = new HookSnapshot("/etc/hooks.d", 5, 1, 0),
        Components = [new ComponentSnapshot($"dhcp4@{name}", "running", null), new ComponentSnapshot("slave@enp3s0", "waiting", "x")],
        Interfaces =
        [
            new InterfaceSnapshot
            {
                Name = name,
                Carrier = true,
                IsUsable = true,
                ActiveSlave = "enp3s0",
                Failovers = new FailoverSnapshot(3, "wlp2s0", null, TimeSpan.Zero),
                Slaves =
                [
                    new SlaveSnapshot("enp3s0") { IsActive = true, IsUsable = true, Network = PathClass.Same },
                    new SlaveSnapshot("wlp2s0") { Supplicant = new SupplicantSnapshot("COMPLETED", "evil\\x0a", null) { Restarts = 2 } },
                ],
                Addresses = [new AddressSnapshot("192.0.2.50/24", "dhcp4", Instant.Never), new AddressSnapshot("fe80::1/64", "kernel", Instant.Never)],
                Dhcp4 = new Dhcp4Snapshot("bound", Lease(), [255, 1], null),
                Counters4 = new CountersSnapshot(Counters(), [new("xid", 7)], 1),
                Rivals = [new RivalSnapshot(new Rival(RivalKind.Networkd, "systemd-networkd", "enp3s0", "manages enp3s0"), new RivalAdvice(null, [], ""))],
            },
        ],
    };

    private static string TextOf(DaemonSnapshot snapshot)
    {
        ArrayBufferWriter<byte> output = new();
        using (Utf8JsonWriter json = new(output)) SnapshotJson.WriteStatus(json, snapshot);
        using JsonDocument document = JsonDocument.Parse(output.WrittenMemory);
        StringWriter text = new() { NewLine = "\n" };
        StatusMetrics.Write(text, document.RootElement);
        return text.ToString();
    }

    [Fact]
    public void Status_AsOpenMetrics_IsTheTextBesideThis() => Kit.Snapshot.Matches(TextOf(Snapshot()));

    [Fact]
    public void Status_AsOpenMetrics_FollowsTheGrammar()
    {
        IReadOnlyDictionary<string, MetricFamily> families = OpenMetricsGrammar.Parse(TextOf(Snapshot()));
        Assert.Equal(2, families["bonddhcp_messages_sent"].Samples.Single(sample => sample.Labels["message"] == "DHCPDISCOVER").Value);
        Assert.Equal(1769860930, families["bonddhcp_lease_expiry_timestamp_seconds"].Samples.Single().Value);
        Assert.Equal(1, families["bonddhcp_dhcp_state"].Samples.Sum(sample => sample.Value));
    }

    [Fact]
    public void Status_OfNothing_IsStillMetrics()
    {
        IReadOnlyDictionary<string, MetricFamily> families = OpenMetricsGrammar.Parse(TextOf(new DaemonSnapshot("daemon", s_boot) { Daemon = new DaemonFacts("0.1.0", s_boot, 0, 0) }));
        Assert.Contains("bonddhcp_build_info", families.Keys);
        Assert.DoesNotContain("bonddhcp_dhcp_state", families.Keys);
    }

    [Fact]
    public void Labels_OfOddNames_AreEscaped() =>
        OpenMetricsGrammar.Parse(TextOf(Snapshot("a\"b\\c")));

    [Fact]
    public void Text_OfTheNetwork_IsNoLabel() => Assert.DoesNotContain("evil", TextOf(Snapshot()), StringComparison.Ordinal);
}
