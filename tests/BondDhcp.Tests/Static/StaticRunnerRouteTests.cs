using BondDhcp.Dhcp.Client;
using BondDhcp.Host.Configuration;
using BondDhcp.Host.Statics;
using BondDhcp.Tests.Kit;
using BondDhcp.Tests.Linux;
using BondDhcp.Tests.Runner;
using Xunit;
using static BondDhcp.Tests.Static.StaticRunnerTests;

namespace BondDhcp.Tests.Static;

/// <summary>Routes of the configuration, and who takes them away: another program, the kernel, or we.</summary>
public sealed class StaticRunnerRouteTests
{
    [Fact(DisplayName = "A route removed by another program is back at once, is told of, and the second time only after 10 s")]
    public void Route_RemovedByOthers_IsPutBack() => RunnerBed.Run(bed =>
    {
        using StaticRunner runner = Add(bed, Settings("192.0.2.60/24", "10.8.0.0/16 via 192.0.2.9") with { ConflictDetection = ConflictDetection.Off });
        runner.Start();
        bed.Until(() => runner.Snapshot.State == StaticState.Running);
        PrivateNetwork.Ip("route del 10.8.0.0/16");
        bed.Until(() => bed.Count("routeRemoved") == 1);
        bed.Until(() => Routes().Contains("10.8.0.0/16", StringComparison.Ordinal));
        // At once it would be one act with the first.
        bed.For(600);
        PrivateNetwork.Ip("route del 10.8.0.0/16");
        bed.For(1500);
        Assert.DoesNotContain("10.8.0.0/16", Routes(), StringComparison.Ordinal);
        Assert.Equal(2, bed.Count("routeRemoved"));
        Assert.Matches("^route 10.8.0.0/16 via 192.0.2.9 was removed by another program; put back in [0-9]+ s$", runner.Snapshot.Why);
    });

    [Fact(DisplayName = "Routes removed one after the other are one act: the second and all after it are back half a second after the first")]
    public void Routes_RemovedOneAfterTheOther_AreOneAct() => RunnerBed.Run(bed =>
    {
        string[] routes = [.. Enumerable.Range(1, 5).Select(number => $"10.{number}.0.0/16")];
        using StaticRunner runner = Add(bed, Settings("192.0.2.60/24", [.. routes.Select(route => $"{route} via 192.0.2.9")]) with { ConflictDetection = ConflictDetection.Off });
        runner.Start();
        bed.Until(() => runner.Snapshot.State == StaticState.Running);
        for (int i = 0; i < routes.Length; i++)
        {
            PrivateNetwork.Ip($"route del {routes[i]}");
            bed.Until(() => bed.Count("routeRemoved") == i + 1);
        }
        bed.Until(() => routes.All(route => Routes().Contains(route, StringComparison.Ordinal)));
        Assert.Equal((StaticState.Running, null), (runner.Snapshot.State, runner.Snapshot.Why));
        Assert.DoesNotContain("again and again", bed.Transcript(), StringComparison.Ordinal);
    });

    [Theory(DisplayName = "An IPv6 route removed by another program is back at once, is told of, and the second time only after 10 s")]
    [InlineData("2001:db8:1::/48 via fe80::1", "2001:db8:1::/48 via fe80::1 dev c0")]
    [InlineData("2001:db8:2::/48", "2001:db8:2::/48 dev c0")]
    [InlineData("default via 2001:db8::1 metric 77", "default via 2001:db8::1 dev c0 metric 77")]
    [InlineData("unreachable fd09::/16", "unreachable fd09::/16")]
    public void Ipv6Route_RemovedByOthers_IsPutBack(string route, string removal) => RunnerBed.Run(bed =>
    {
        EnableIpv6();
        using StaticRunner runner = Add(bed, Settings("2001:db8::5/64", route));
        runner.Start();
        bed.Until(() => runner.Snapshot.State == StaticState.Running);
        // The kernel's word on the link-local address would be another reason to configure again.
        bed.Until(() => Shown("-6").Contains("fe80:", StringComparison.Ordinal) && !Shown("-6").Contains("tentative", StringComparison.Ordinal));
        bed.For(100);
        string there = removal.Split(" dev")[0];
        PrivateNetwork.Ip($"-6 route del {removal}");
        bed.Until(() => bed.Count("routeRemoved") == 1);
        bed.Until(() => PrivateNetwork.Ip("-6 route show").Contains(there, StringComparison.Ordinal));
        // At once it would be one act with the first.
        bed.For(600);
        PrivateNetwork.Ip($"-6 route del {removal}");
        bed.For(1500);
        Assert.DoesNotContain(there, PrivateNetwork.Ip("-6 route show"), StringComparison.Ordinal);
        Assert.Equal(2, bed.Count("routeRemoved"));
        runner.Stop(() => { });
        bed.For(100);
        Assert.Equal(2, bed.Count("routeRemoved"));
    });

    [Fact(DisplayName = "IPv6 routes that the kernel drops with the interface, and those that a reload changes, are not another program's doing")]
    public void Ipv6Routes_OfOurOwnDoing_AreNoTheft() => RunnerBed.Run(bed =>
    {
        EnableIpv6();
        StaticSettings settings = Settings("2001:db8::5/64", "2001:db8:1::/48 via fe80::1", "2001:db8:2::/48 via 2001:db8::1");
        using StaticRunner runner = Add(bed, settings);
        runner.Start();
        bed.Until(() => runner.Snapshot.State == StaticState.Running);
        for (int round = 0; round < 6; round++)
        {
            PrivateNetwork.Ip("link set c0 down");
            if (round % 2 == 0) bed.For(50);
            PrivateNetwork.Ip("link set c0 up");
            bed.Until(() => Routes("-6").Contains("2001:db8:1::/48 via fe80::1", StringComparison.Ordinal));
            runner.Reconfigure(settings with { Routes = [StaticRouteText.Read($"2001:db8:1::/48 via fe80::1 mtu {1300 + round}", out _)!] });
            bed.Until(() => Routes("-6").Contains($"mtu {1300 + round}", StringComparison.Ordinal));
            bed.For(50);
            Assert.DoesNotContain("2001:db8:2::/48", Routes("-6"), StringComparison.Ordinal);
            runner.Reconfigure(settings);
            bed.Until(() => Routes("-6").Contains("2001:db8:2::/48", StringComparison.Ordinal));
        }
        bed.For(50);
        Assert.DoesNotContain("another program", bed.Transcript(), StringComparison.Ordinal);
        Assert.DoesNotContain("actor=external", bed.Transcript(), StringComparison.Ordinal);
    });

    [Fact(DisplayName = "Set down and up quickly, wherever what the kernel says of it is cut in two: no theft, and the routes stay ours")]
    public void DownAndUp_ToldInParts_IsNoTheft() => RunnerBed.Run(bed =>
    {
        EnableIpv6();
        using var directory = new TemporaryDirectory();
        string quick = Path.Combine(directory.Path, "quick");
        using StaticRunner runner = Add(
            bed, Settings("2001:db8::5/64", "2001:db8:1::/48 via fe80::1", "2001:db8:1::/48 via fe80::2", "2001:db8:2::/48 via 2001:db8::1"), directory.Path);
        runner.Start();
        bed.Until(() => runner.Snapshot.State == StaticState.Running);
        bed.Until(() => Shown("-6").Contains("fe80:", StringComparison.Ordinal) && !Shown("-6").Contains("tentative", StringComparison.Ordinal));
        for (int place = 0; place < 24; place++)
        {
            bed.For(30);
            // So many events are taken at once; the rest a turn of the loop later.
            string[] before = [.. Enumerable.Range(0, 256 - place).Select(i => $"address {(i % 2 == 0 ? "add" : "del")} 198.51.100.1/32 dev s0")];
            File.WriteAllLines(quick, [.. before, "link set c0 down", "link set c0 up"]);
            PrivateNetwork.Ip($"-batch {quick}");
            if (before.Length % 2 == 1) PrivateNetwork.Ip("address del 198.51.100.1/32 dev s0");
            // Of several next hops those of one device alone are not shown by it.
            bed.Until(() => PrivateNetwork.Ip("-6 route show") is var routes && routes.Contains("via fe80::1", StringComparison.Ordinal)
                && routes.Contains("via fe80::2", StringComparison.Ordinal) && routes.Contains("2001:db8:2::/48", StringComparison.Ordinal));
            Assert.DoesNotContain("actor=external", bed.Transcript(), StringComparison.Ordinal);
        }
        bed.For(50);
        Assert.DoesNotContain("another program", bed.Transcript(), StringComparison.Ordinal);
        runner.Stop(() => { });
        Assert.Equal("", PrivateNetwork.Ip("-6 route show table all proto static"));
    });

    [Theory(DisplayName = "A route that another program deletes and puts back at once is not restored, and stays ours")]
    [InlineData("-4", "10.8.0.0/16 via 192.0.2.9")]
    [InlineData("-6", "2001:db8:1::/48 via fe80::1")]
    public void Route_BackAtOnce_StaysOurs(string family, string route) => RunnerBed.Run(bed =>
    {
        EnableIpv6();
        using StaticRunner runner = Add(bed, Settings("192.0.2.60/24 2001:db8::5/64", route) with { ConflictDetection = ConflictDetection.Off });
        runner.Start();
        bed.Until(() => runner.Snapshot.State == StaticState.Running);
        bed.Until(() => Shown("-6").Contains("fe80:", StringComparison.Ordinal) && !Shown("-6").Contains("tentative", StringComparison.Ordinal));
        bed.For(100);
        for (int round = 0; round < 5; round++)
        {
            PrivateNetwork.Ip($"{family} route del {route} dev c0 proto static metric 1024");
            PrivateNetwork.Ip($"{family} route add {route} dev c0 proto static metric 1024");
            bed.For(30);
        }
        Assert.DoesNotContain("actor=external", bed.Transcript(), StringComparison.Ordinal);
        runner.Stop(() => { });
        Assert.Equal("", PrivateNetwork.Ip($"{family} route show table all proto static"));
    });

    [Fact(DisplayName = "A route that leads nowhere goes when its interface is gone")]
    public void InterfaceGone_BlackholeGoesToo() => RunnerBed.Run(bed =>
    {
        using StaticRunner runner = Add(bed, Settings("192.0.2.60/24", "blackhole 10.8.0.0/16") with { ConflictDetection = ConflictDetection.Off });
        runner.Start();
        bed.Until(() => runner.Snapshot.State == StaticState.Running);
        Assert.Contains("blackhole 10.8.0.0/16", PrivateNetwork.Ip("route show"), StringComparison.Ordinal);
        PrivateNetwork.Ip("link del c0");
        bed.Until(() => runner.Snapshot.State == StaticState.Waiting);
        Assert.DoesNotContain("10.8.0.0/16", PrivateNetwork.Ip("route show"), StringComparison.Ordinal);
    });
}
