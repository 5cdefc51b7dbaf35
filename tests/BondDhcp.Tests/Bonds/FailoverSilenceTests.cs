using BondDhcp.Tests.Beds.Scenarios;
using BondDhcp.Tests.Beds.Uml;
using Xunit;
using Xunit.Abstractions;
using static BondDhcp.Tests.Bonds.BondAssert;

namespace BondDhcp.Tests.Bonds;

/// <summary>How long the network is away at a failover, with five servers.</summary>
[Collection(SilenceCollection.Name)]
public sealed class FailoverSilenceTests(SilenceMachine machine, ITestOutputHelper output)
{
    public static IReadOnlyList<BedScenario> Scenarios => FailoverSilence.Scenarios;

    [UmlFact(DisplayName = "Failover and back with dnsmasq: same address, never away, silent for at most 0.5 s beyond the driver's own time")]
    public void Silence_WithDnsmasq_IsShort() => IsShort("dnsmasq");

    [UmlFact(DisplayName = "Failover and back with Kea: same address, never away, silent for at most 0.5 s beyond the driver's own time")]
    public void Silence_WithKea_IsShort() => IsShort("kea");

    [UmlFact(DisplayName = "Failover and back with Kea, match-client-id false: same address, never away, silent for at most 0.5 s beyond the driver's own time")]
    public void Silence_WithKeaByChaddr_IsShort() => IsShort("kea-chaddr");

    [UmlFact(DisplayName = "Failover and back with ISC dhcpd: same address, never away, silent for at most 0.5 s beyond the driver's own time")]
    public void Silence_WithDhcpd_IsShort() => IsShort("dhcpd");

    [UmlFact(DisplayName = "Failover and back with udhcpd: same address, never away, silent for at most 0.5 s beyond the driver's own time")]
    public void Silence_WithUdhcpd_IsShort() => IsShort("udhcpd");

    private void IsShort(string server)
    {
        BedEvidence seen = machine[Scenarios.Single(scenario => scenario.Name == FailoverSilence.Of(server).Name), output];
        TimeSpan detection = FailoverSilence.Detection(seen);
        TimeSpan there = PingSilence.Longest(seen, "failover"), back = PingSilence.Longest(seen, "failback");
        output.WriteLine($"{server}: the driver noticed after {detection.TotalMilliseconds:0} ms; silent for {there.TotalMilliseconds:0} ms, on the way back for {back.TotalMilliseconds:0} ms");
        SameLease(seen.Lease("before"), seen.Lease("failover"));
        SameLease(seen.Lease("failover"), seen.Lease("end"));
        Assert.Equal(0, FailoverSilence.Deletions(seen));
        KeptTheAddress(seen);
        Assert.InRange(detection, TimeSpan.FromTicks(1), FailoverTime);
        Assert.InRange(there, TimeSpan.Zero, detection + FailoverSilence.Limit + Slack);
        // The slave that is left still works: the driver takes no time.
        Assert.InRange(back, TimeSpan.Zero, FailoverSilence.Limit + Slack);
    }
}
