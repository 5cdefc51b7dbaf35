using System.Text.RegularExpressions;
using BondDhcp.Tests.Beds;
using Xunit;
using Xunit.Abstractions;

namespace BondDhcp.Tests.Servers;

/// <summary>
/// A sleep of the machine while no daemon runs: the next one finds CLOCK_BOOTTIME further on, in the same boot, by a time namespace of
/// the kernel. Its timers and the times in its store are on that clock.
/// </summary>
public sealed class SleepTests(ITestOutputHelper output)
{
    private const string C0 = NetworkBed.ClientInterface;

    private static int ValidSeconds(string addresses) => int.Parse(Regex.Match(addresses, "valid_lft ([0-9]+)sec").Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture);

    [Fact(DisplayName = "1.8 DHCPv4: T1 passed in a sleep over a restart: the address stays, the kernel is told what is left, the server is asked at once; timers run on")]
    public async Task Restart_AfterASleepPastT1_AsksAtOnce()
    {
        await using Scene scene = await Scene.BindAsync(output, ServerConfiguration.DnsmasqDefault, new ServerPlan { LeaseSeconds = 600 });
        Assert.Equal(0, await scene.Client.StopAsync());
        scene.Bed.LoseFromServer(0);
        int mark = scene.Trace.Mark;
        scene.Client.BoottimeAheadSeconds = 350;
        scene.Client.Start();
        TracedDhcp request = (await scene.Trace.WaitForDhcpAsync("REQUEST", Scene.Patience, mark)).Dhcp!;
        Assert.Equal((scene.Address, null), (request.RequestedAddress, request.ServerIdentifier));
        Assert.InRange(ValidSeconds(scene.Bed.Client.Ip($"-4 -o address show dev {C0}")), 150, 250);
        // The request is repeated: a deadline on that clock is reached.
        await Wait.UntilAsync(() => scene.Trace.Dhcp("REQUEST", mark).Count >= 2, Scene.Patience, "two requests", () => scene.Trace.ToString());
        scene.Bed.LoseNothing();
        await scene.Client.MustAsync("rebind", C0, "--timeout", "10");
        await scene.BoundAsync();
        Assert.InRange(ValidSeconds(scene.Bed.Client.Ip($"-4 -o address show dev {C0}")), 590, 600);
        scene.AssertNoDeletion();
        Assert.Empty(scene.Trace.Dhcp("DISCOVER", mark));
    }

    [Fact(DisplayName = "1.8 DHCPv4: the lease ended in a sleep over a restart: the address goes, and nothing is sent from it")]
    public async Task Restart_AfterASleepPastTheEnd_RemovesTheAddress()
    {
        await using Scene scene = await Scene.BindAsync(output, ServerConfiguration.KeaDefault, new ServerPlan { LeaseSeconds = 600 });
        Assert.Equal(0, await scene.Client.StopAsync());
        Assert.Single(scene.Bed.ClientAddresses());
        int mark = scene.Trace.Mark, events = scene.Events.All.Count;
        scene.Client.BoottimeAheadSeconds = 700;
        scene.Client.Start();
        TracedFrame first = await scene.Trace.WaitForDhcpAsync("DISCOVER", Scene.Patience, mark);
        await scene.BoundAsync();
        Assert.DoesNotContain(scene.Trace.Frames.Skip(mark).TakeWhile(frame => frame != first), frame => frame.SourceMac == NetworkBed.MacA);
        Assert.Equal("0.0.0.0", first.Dhcp!.Source);
        Assert.True(scene.Events.All.Skip(events).First(one => one.IsAddress(C0)).Deleted, scene.Events.ToString());
    }

    [Theory(DisplayName = "1.8 DHCPv6: T2 passed in a sleep over a restart: REBIND; the lease ended in it: the address goes, and SOLICIT")]
    [InlineData(350, "dhcp6 rebind")]
    [InlineData(700, "dhcp6 solicit")]
    public async Task Restart6_AfterASleep_AsksWhatIsDue(int slept, string asks)
    {
        await using Dhcp6Scene scene = await Dhcp6Scene.SetAsync(output.WriteLine, Dhcp6ServerKind.Kea);
        await scene.BindAsync();
        string address = Assert.Single(scene.Addresses());
        Assert.Equal(0, await scene.Client.StopAsync());
        int mark = scene.Mark, events = scene.Bed.Events.All.Count;
        scene.Client.BoottimeAheadSeconds = slept;
        scene.Client.Start();
        string first = await scene.WaitForPacketAsync(@"\.546 > ff02::1:2\.547", mark);
        Assert.Contains(asks, first, StringComparison.Ordinal);
        await scene.WaitForStateAsync("bound");
        Assert.Equal(
            asks == "dhcp6 solicit",
            scene.Bed.Events.All.Skip(events).Any(one => one.Deleted && one.Text.Contains($" inet6 {address} ", StringComparison.Ordinal)));
        Assert.InRange(ValidSeconds(scene.Bed.Client.Ip($"-6 -o address show dev {C0} scope global")), 590, 600);
    }
}
