using System.Text.Json;
using BondDhcp.Tests.Beds;
using BondDhcp.Tests.Servers;
using Xunit;
using Xunit.Abstractions;

namespace BondDhcp.Tests.Metrics;

/// <summary>What the daemon counts while things happen to it.</summary>
public sealed class MetricsScenarioTests(ITestOutputHelper output)
{
    private static readonly string s_labels = $"interface=\"{NetworkBed.ClientInterface}\",family=\"ipv4\"";

    [Fact]
    public async Task Lease_WithAFailover_IsCounted()
    {
        await using Scene scene = await Scene.BindAsync(output, ServerConfiguration.DnsmasqDefault);
        await scene.SettledAsync();
        IReadOnlyDictionary<string, MetricFamily> before = await MetricsAsync(scene.Client);
        Assert.Equal(1, Sum(before, "messages_sent", ("message", "DHCPDISCOVER")));
        Assert.Equal(1, Sum(before, "messages_received", ("message", "DHCPACK")));
        Assert.Equal(0, Sum(before, "failovers"));
        Assert.Equal(1, Sum(before, "dhcp_state", ("state", "bound")));
        Assert.Equal(1, before["bonddhcp_time_to_address_seconds"].Samples.Single(sample => sample.Name.EndsWith("_count", StringComparison.Ordinal)).Value);
        Assert.Equal(4, before["bonddhcp_last_acquisition_phase_seconds"].Samples.Count);
        // In step with the packets on the wire: a server next door answers within the time that passed.
        Assert.InRange(before["bonddhcp_last_acquisition_phase_seconds"].Samples.Sum(sample => sample.Value), 0.0001, 10);

        int mark = scene.Trace.Mark;
        scene.Bed.FailOver();
        await scene.Trace.WaitForDhcpAsync("ACK", Scene.Patience, mark);
        await Wait.UntilAsync(() => Sum(MetricsAsync(scene.Client).GetAwaiter().GetResult(), "failovers", ("outcome", "survived")) > 0, Scene.Patience, "the failover");
        IReadOnlyDictionary<string, MetricFamily> after = await MetricsAsync(scene.Client);
        Assert.Equal((1, 0), (Sum(after, "failovers", ("outcome", "survived")), Sum(after, "failovers", ("outcome", "lost"))));
        Assert.Equal(scene.Address + "/24", Assert.Single(after["bonddhcp_lease_info"].Samples).Labels["address"]);
    }

    [Fact]
    public async Task Failover_ThatCostsTheAddress_IsCountedAsLost()
    {
        // Another server has taken over, which does not have the address to give.
        await using Scene scene = await Scene.BindAsync(output, ServerConfiguration.DnsmasqDefault, new ServerPlan { Authoritative = true });
        await scene.SettledAsync();
        await scene.Server.MovePoolAsync("192.0.2.150", "192.0.2.199");
        scene.Bed.FailOver();
        await Wait.UntilAsync(() => Sum(MetricsAsync(scene.Client).GetAwaiter().GetResult(), "failovers", ("outcome", "lost")) > 0, TimeSpan.FromSeconds(40), "the loss");
        IReadOnlyDictionary<string, MetricFamily> after = await MetricsAsync(scene.Client);
        Assert.True(Sum(after, "messages_received", ("message", "DHCPNAK")) > 0);
        Assert.True(Sum(after, "refusals") > 0);
        Assert.Equal(0, Sum(after, "failovers", ("outcome", "survived")));
    }

    [Fact]
    public async Task Server_ThatIsSilent_MakesRetransmissions()
    {
        await using Scene scene = await Scene.SetAsync(output, ServerConfiguration.DnsmasqDefault);
        scene.Server.Pause();
        scene.Client.Start();
        await Wait.UntilAsync(() => scene.Trace.Dhcp("DISCOVER").Count > 1, Scene.Patience, "a second DISCOVER");
        IReadOnlyDictionary<string, MetricFamily> metrics = await MetricsAsync(scene.Client);
        Assert.True(Sum(metrics, "retransmissions") >= 1);
        Assert.Equal(0, Sum(metrics, "time_to_address_seconds"));
        scene.Server.Resume();
        await scene.BoundAsync();
    }

    [Fact]
    public async Task Metrics_ForAnybodyAndWithoutADaemon_AreAsStatusIs()
    {
        await using Scene scene = await Scene.SetAsync(output, ServerConfiguration.DnsmasqDefault);
        ProgramResult nobody = await scene.Client.CommandAsync("status", "--format", "openmetrics");
        Assert.Equal((3, ""), (nobody.ExitCode, nobody.Output));
        scene.Client.Start();
        await scene.BoundAsync();
        ProgramResult unprivileged = await scene.Client.CommandAsAsync("65534", "65534", "status", "--format", "openmetrics");
        Assert.Equal(0, unprivileged.ExitCode);
        OpenMetricsGrammar.Parse(unprivileged.Output);
        using JsonDocument json = JsonDocument.Parse(await scene.Client.MustAsync("status", "--format", "json"));
        Assert.Equal(JsonValueKind.Object, json.RootElement.GetProperty("interfaces")[0].GetProperty("counters").GetProperty("dhcp4").ValueKind);
        Assert.Equal(await scene.Client.MustAsync("status", "--format=text"), await scene.Client.MustAsync("status"));
        ProgramResult wrong = await scene.Client.CommandAsync("status", "--format", "openmetric");
        Assert.Equal(2, wrong.ExitCode);
        Assert.Contains("openmetrics", wrong.Error, StringComparison.Ordinal);
    }

    private async Task<IReadOnlyDictionary<string, MetricFamily>> MetricsAsync(BondDhcpProcess client)
    {
        string text = await client.MustAsync("status", "--format", "openmetrics");
        Assert.Contains(s_labels, text, StringComparison.Ordinal);
        return OpenMetricsGrammar.Parse(text);
    }

    private static double Sum(IReadOnlyDictionary<string, MetricFamily> families, string name, params (string Name, string Value)[] labels) =>
        families.TryGetValue("bonddhcp_" + name, out MetricFamily? family)
            ? family.Samples.Where(sample => labels.All(label => sample.Labels[label.Name] == label.Value)).Sum(sample => sample.Value)
            : 0;
}
