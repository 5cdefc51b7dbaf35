using System.Text.Json;
using BondDhcp.Tests.Beds;
using Xunit;
using Xunit.Abstractions;

namespace BondDhcp.Tests.Servers;

/// <summary>
/// The one thing: a lease that outlives MAC changes, whatever the server keys it by. c0 filters foreign unicast as a NIC
/// does, and every MAC belongs to a device of this host.
/// </summary>
public abstract class TwelveConfigurationsTests(ITestOutputHelper output)
{
    /// <summary>AM-9: final state BOUND within this time.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(5);

    protected async Task KeepsTheAddressAsync(ServerConfiguration configuration)
    {
        await using Scene scene = await Scene.BindAsync(output, configuration);
        scene.Bed.FilterForeignUnicast();
        string address = scene.Address;

        Verification first = await ChangeAsync(scene, NetworkBed.MacB);
        Verification second = await ChangeAsync(scene, NetworkBed.MacC);
        // Where N drew a NAK, the form that this server takes was learnt, and is the only one sent now.
        if (first.Naks > 0)
        {
            Assert.True(first.KeyedByChaddr);
            Assert.Equal((1, 0), (second.Requests, second.Naks));
        }
        await ChangeAsync(scene, NetworkBed.MacA);

        Assert.Equal(address, scene.Address);
        scene.AssertNoDeletion();
        scene.AssertNothingGivenBack();
    }

    private static async Task<Verification> ChangeAsync(Scene scene, string mac)
    {
        int mark = scene.Trace.Mark, events = scene.Events.All.Count;
        scene.Bed.FailOver(mac);
        KernelEvent changed = await scene.Events.WaitForAsync(e => e.Text.Contains(mac, StringComparison.Ordinal), Scene.Patience, "the new MAC", events);
        TracedFrame acknowledged = await scene.Trace.WaitForDhcpAsync("ACK", Scene.Patience, mark);
        // By what was on the wire: a command that asks about it may wait for a disk.
        Assert.True(acknowledged.At - changed.At < Settled, $"acknowledged after {acknowledged.At - changed.At}");
        JsonElement lease = await scene.BoundAsync();
        return new(
            scene.Trace.Dhcp("REQUEST", mark).Select(f => f.Dhcp!.Xid).Distinct().Count(), scene.Trace.Dhcp("NAK", mark).Count, lease.GetProperty("keyedByChaddr").GetBoolean());
    }

    private sealed record Verification(int Requests, int Naks, bool KeyedByChaddr);
}

public sealed class DnsmasqConfigurationsTests(ITestOutputHelper output) : TwelveConfigurationsTests(output)
{
    [Theory(DisplayName = "AM-9 BOUND, three MAC changes in a row")]
    [InlineData(ServerConfiguration.DnsmasqDefault)]
    [InlineData(ServerConfiguration.DnsmasqIgnoreClientId)]
    [InlineData(ServerConfiguration.DnsmasqHost)]
    public Task MacChange_WhileBound_KeepsTheAddress(ServerConfiguration configuration) => KeepsTheAddressAsync(configuration);
}

public sealed class IscConfigurationsTests(ITestOutputHelper output) : TwelveConfigurationsTests(output)
{
    [Theory(DisplayName = "AM-9 BOUND, three MAC changes in a row")]
    [InlineData(ServerConfiguration.IscDefault)]
    [InlineData(ServerConfiguration.IscIgnoreClientUids)]
    [InlineData(ServerConfiguration.IscHost)]
    public Task MacChange_WhileBound_KeepsTheAddress(ServerConfiguration configuration) => KeepsTheAddressAsync(configuration);
}

public sealed class KeaConfigurationsTests(ITestOutputHelper output) : TwelveConfigurationsTests(output)
{
    [Theory(DisplayName = "AM-9 BOUND, three MAC changes in a row")]
    [InlineData(ServerConfiguration.KeaDefault)]
    [InlineData(ServerConfiguration.KeaAuthoritative)]
    [InlineData(ServerConfiguration.KeaMatchClientIdFalse)]
    [InlineData(ServerConfiguration.KeaReservation)]
    public Task MacChange_WhileBound_KeepsTheAddress(ServerConfiguration configuration) => KeepsTheAddressAsync(configuration);
}

public sealed class UdhcpdConfigurationsTests(ITestOutputHelper output) : TwelveConfigurationsTests(output)
{
    [Theory(DisplayName = "AM-9 BOUND, three MAC changes in a row")]
    [InlineData(ServerConfiguration.UdhcpdDefault)]
    [InlineData(ServerConfiguration.UdhcpdStaticLease)]
    public Task MacChange_WhileBound_KeepsTheAddress(ServerConfiguration configuration) => KeepsTheAddressAsync(configuration);
}
