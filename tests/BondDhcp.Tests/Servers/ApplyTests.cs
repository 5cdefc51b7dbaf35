using BondDhcp.Tests.Beds;
using Xunit;
using Xunit.Abstractions;

namespace BondDhcp.Tests.Servers;

/// <summary>What of a lease reaches the kernel.</summary>
public sealed class ApplyTests(ITestOutputHelper output)
{
    private const string C0 = NetworkBed.ClientInterface;

    [Fact(DisplayName = "A4-35 a router outside the subnet: a route to it on the link, and the default route through it")]
    public async Task Router_OffLink_IsReachedOnLink()
    {
        const string router = "198.51.100.1";
        await using Scene scene = await Scene.BindAsync(output, ServerConfiguration.DnsmasqDefault, new ServerPlan { Router = router });
        Assert.Contains($"default via {router} dev {C0}", scene.Bed.Client.Ip("route show default"), StringComparison.Ordinal);
        Assert.Matches($"{router} dev {C0} .*scope link", scene.Bed.Client.Ip("route show"));
    }

    [Fact(DisplayName = "A4-34 lease of 5 s, MTU 576: MTU unchanged with a warning; at most 2 REQUESTs before the expiry")]
    public async Task Lease_OfFiveSecondsWithASmallMtu_IsKeptWithFewMessages()
    {
        await using Scene scene = await Scene.BindAsync(output, ServerConfiguration.UdhcpdDefault, new ServerPlan { LeaseSeconds = 5, Extra = "opt mtu 576" });
        Assert.Contains("mtu 1500", scene.Bed.Client.Ip($"link show {C0}"), StringComparison.Ordinal);
        Assert.NotEmpty(await scene.TimelineAsync("warning"));
        scene.Server.Pause();
        int mark = scene.Trace.Mark;
        await scene.Events.WaitForAsync(e => e.Deleted && e.IsAddress(C0), Scene.Patience, "the expiry");
        Assert.InRange(scene.Trace.Dhcp("REQUEST", mark).Count, 1, 2);
        Assert.NotEmpty(await scene.TimelineAsync("leaseExpired"));
    }

    [Fact(DisplayName = "Option 121 beside 3: exactly its routes")]
    public async Task ClasslessRoutes_BesideARouter_AreTheOnlyOnes()
    {
        await using Scene scene = await Scene.BindAsync(output, ServerConfiguration.DnsmasqDefault, new ServerPlan
        {
            Extra = "dhcp-option=121,10.1.0.0/16,192.0.2.7,0.0.0.0/0,192.0.2.8",
        });
        string routes = scene.Bed.Client.Ip("route show");
        Assert.Contains("default via 192.0.2.8", routes, StringComparison.Ordinal);
        Assert.Contains("10.1.0.0/16 via 192.0.2.7", routes, StringComparison.Ordinal);
        Assert.DoesNotContain(ServerPlan.DefaultRouter, routes, StringComparison.Ordinal);
        await scene.Client.MustAsync("release", C0);
        Assert.Equal("", scene.Bed.Client.Ip("route show"));
    }

    [Fact(DisplayName = "A4-23 an infinite lease: the kernel holds the address forever")]
    public async Task Lease_Infinite_StaysForever()
    {
        await using Scene scene = await Scene.BindAsync(output, ServerConfiguration.DnsmasqDefault, new ServerPlan { LeaseSeconds = -1 });
        Assert.Contains("valid_lft forever", scene.Bed.Client.Ip($"-4 -o address show dev {C0}"), StringComparison.Ordinal);
    }

    [Theory(DisplayName = "A4-51 conflict detection on a quiet network: used after the probes, announced twice")]
    [InlineData("fast")]
    [InlineData("concurrent")]
    public async Task Probes_Unanswered_LeadToUse(string detection)
    {
        await using Scene scene = await Scene.BindAsync(output, ServerConfiguration.DnsmasqDefault, settings: $"conflict-detection = \"{detection}\"");
        await Wait.UntilAsync(() => Announcements(scene).Count == 2, Scene.Patience, "two announcements", () => scene.Trace.ToString());
        Assert.Equal(3, scene.Trace.Frames.Count(f => f.Arp is { IsProbe: true } arp && arp.TargetIp == scene.Address && f.DestinationMac == TracedFrame.ToAll));
        // RFC 5227 section 2.3: 2 s apart.
        Assert.InRange((Announcements(scene)[1].At - Announcements(scene)[0].At).TotalSeconds, 1.9, 2.4);
        DateTime configured = scene.Events.Addresses(C0)[0].At;
        DateTime lastProbe = scene.Trace.Frames.Last(f => f.Arp is { IsProbe: true }).At;
        Assert.Equal(detection == "fast", configured > lastProbe);
    }

    private static List<TracedFrame> Announcements(Scene scene) => [.. scene.Trace.Frames.Where(f => f.Arp is { IsAnnouncement: true })];
}
