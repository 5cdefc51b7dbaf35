using BondDhcp.Bond.Addressing;
using BondDhcp.Bond.Links;
using BondDhcp.Net;
using BondDhcp.Tests.Linux;
using Xunit;

namespace BondDhcp.Tests.Netlink;

/// <summary>Against the kernel, in a network namespace of their own; ip(8) is the witness.</summary>
public sealed class Ipv4ConfiguratorTests
{
    [Fact]
    public void Apply_OnABareInterface_GivesAddressAndRoutes() => ConfiguredInterface.Run(host =>
    {
        Ipv4Outcome outcome = host.Apply(ConfiguredInterface.Lease);
        Assert.Equal(2, outcome.Done.Length);
        string address = ConfiguredInterface.Addresses();
        Assert.Contains("inet 192.0.2.50/24 metric 1024 brd 192.0.2.255 scope global dynamic", address, StringComparison.Ordinal);
        Assert.Matches("valid_lft (3600|3599)sec preferred_lft (3600|3599)sec", address);
        List<InterfaceAddress> read = [];
        Assert.True(host.Rtnl.ReadAddresses(host.Index, read).Succeeded);
        Assert.Equal(InterfaceAddress.OurProtocol, Assert.Single(read).Protocol);
        Assert.Equal(
            [
                "default via 192.0.2.1 proto dhcp src 192.0.2.50 metric 1024",
                "192.0.2.0/24 proto kernel scope link src 192.0.2.50 metric 1024",
            ],
            ConfiguredInterface.Routes());
    });

    [Fact]
    public void Apply_Again_RefreshesWithoutTakingTheAddressAway() => ConfiguredInterface.Run(host =>
    {
        host.Apply(ConfiguredInterface.Lease);
        host.Events();
        for (int i = 0; i < 50; i++)
        {
            Ipv4Outcome outcome = host.Apply(ConfiguredInterface.Lease with
            {
                Valid = TimeSpan.FromSeconds(7200 + i),
                Preferred = TimeSpan.FromSeconds(7200 + i),
            });
            Assert.Single(outcome.Done);
        }
        IReadOnlyList<LinkEvent> events = host.Events();
        Assert.DoesNotContain(events, e => e is LinkEvent.AddressRemoved or LinkEvent.RouteRemoved or LinkEvent.RouteAdded);
        Assert.Equal(50, events.OfType<LinkEvent.AddressChanged>().Count());
        Assert.Matches("valid_lft 724[89]sec", ConfiguredInterface.Addresses());
    });

    [Fact(DisplayName = "A4-23 (kernel): an infinite lease is there for ever, a long one for as long as it lasts")]
    public void Apply_WithLifetimesOfAnyLength_IsTaken() => ConfiguredInterface.Run(host =>
    {
        host.Apply(ConfiguredInterface.Lease with { Valid = TimeSpan.MaxValue, Preferred = TimeSpan.MaxValue });
        Assert.Contains("valid_lft forever preferred_lft forever", ConfiguredInterface.Addresses(), StringComparison.Ordinal);
        var half = TimeSpan.FromSeconds(0x8000_0000);
        host.Apply(ConfiguredInterface.Lease with { Valid = half, Preferred = half });
        Assert.Matches("valid_lft 214748364[78]sec", ConfiguredInterface.Addresses());
        var most = TimeSpan.FromSeconds(1e11);
        host.Apply(ConfiguredInterface.Lease with { Valid = most, Preferred = most });
        Assert.Matches("valid_lft [0-9]{10}sec", ConfiguredInterface.Addresses());
    });

    [Fact]
    public void Apply_OfALeaseThatIsOver_IsRefused() => ConfiguredInterface.Run(host =>
    {
        Ipv4Outcome outcome = host.TryApply(ConfiguredInterface.Lease with { Valid = TimeSpan.Zero });
        Assert.Equal("192.0.2.50/24: its lifetime is over", outcome.Error);
        Assert.Equal("", ConfiguredInterface.Addresses());
    });

    [Fact(DisplayName = "A4-47 (kernel): another address of the same subnet comes before the old one goes and outlives it")]
    public void Apply_OfAnotherAddressInTheSubnet_KeepsTheNewOne() => ConfiguredInterface.Run(host =>
    {
        host.Apply(ConfiguredInterface.Lease);
        host.Events();
        host.Apply(ConfiguredInterface.Lease with { Address = Ipv4Prefix.Parse("192.0.2.77/24") });
        LinkEvent[] events = [.. host.Events().Where(e => e is LinkEvent.AddressAdded or LinkEvent.AddressRemoved)];
        Assert.Collection(
            events,
            e => Assert.Equal("192.0.2.77/24", Assert.IsType<LinkEvent.AddressAdded>(e).Address.Prefix.ToString()),
            e => Assert.Equal("192.0.2.50/24", Assert.IsType<LinkEvent.AddressRemoved>(e).Address.Prefix.ToString()));
        Assert.Equal(
            [
                "default via 192.0.2.1 proto dhcp src 192.0.2.77 metric 1024",
                "192.0.2.0/24 proto kernel scope link src 192.0.2.77 metric 1024",
            ],
            ConfiguredInterface.Routes());
        Assert.Equal("0", PrivateNetwork.Command("cat", "/proc/sys/net/ipv4/conf/c0/promote_secondaries").Trim());
        Assert.Equal(["192.0.2.77/24"], host.Owned.Addresses.Select(address => address.ToString()));
    });

    [Fact]
    public void Apply_OfAnotherSubnet_ChangesOver() => ConfiguredInterface.Run(host =>
    {
        host.Apply(ConfiguredInterface.Lease);
        host.Apply(ConfiguredInterface.Lease with
        {
            Address = Ipv4Prefix.Parse("198.51.100.9/25"),
            Broadcast = Ipv4Address.Parse("198.51.100.127"),
            Routes = [new Ipv4WantedRoute(Ipv4Prefix.Default, Ipv4Address.Parse("198.51.100.1"))],
        });
        Assert.Equal(
            [
                "default via 198.51.100.1 proto dhcp src 198.51.100.9 metric 1024",
                "198.51.100.0/25 proto kernel scope link src 198.51.100.9 metric 1024",
            ],
            ConfiguredInterface.Routes());
    });

    [Theory(DisplayName = "A4-33 (kernel): /31 and /32 have no broadcast address")]
    [InlineData("192.0.2.50/31")]
    [InlineData("192.0.2.50/32")]
    public void Apply_OfAPointToPointPrefix_SetsNoBroadcast(string prefix) => ConfiguredInterface.Run(host =>
    {
        host.Apply(ConfiguredInterface.Lease with { Address = Ipv4Prefix.Parse(prefix), Broadcast = null });
        Assert.Contains($"inet {prefix} ", ConfiguredInterface.Addresses(), StringComparison.Ordinal);
        Assert.DoesNotContain("brd", ConfiguredInterface.Addresses(), StringComparison.Ordinal);
        Assert.Contains("default via 192.0.2.1 proto dhcp src 192.0.2.50 metric 1024", ConfiguredInterface.Routes());
    });

    [Fact(DisplayName = "A4-34 (kernel): an MTU is set, and put back at the end")]
    public void Apply_WithAnMtu_SetsAndRestoresIt() => ConfiguredInterface.Run(host =>
    {
        host.Apply(ConfiguredInterface.Lease with { Mtu = 1400 });
        Assert.Equal(1400, host.Rtnl.FindLink(host.Index)!.Mtu);
        host.Apply(ConfiguredInterface.Lease with { Mtu = 1400 });
        host.Remove();
        Assert.Equal(1500, host.Rtnl.FindLink(host.Index)!.Mtu);
    });

    [Fact(DisplayName = "A4-34 (kernel): an MTU that the interface refuses costs nothing but itself")]
    public void Apply_WithAnImpossibleMtu_IsAProblemOnly() => ConfiguredInterface.Run(host =>
    {
        Ipv4Outcome outcome = host.TryApply(ConfiguredInterface.Lease with { Mtu = 100_000 });
        Assert.True(outcome.Succeeded);
        Assert.StartsWith("MTU 100000: Invalid argument", Assert.Single(outcome.Problems), StringComparison.Ordinal);
        Assert.Contains("maximum", outcome.Problems[0], StringComparison.Ordinal);
    });

    [Fact(DisplayName = "A4-35 (kernel): a gateway outside the subnet is reached by a host route")]
    public void Apply_WithGatewayOffLink_AddsAHostRoute() => ConfiguredInterface.Run(host =>
    {
        host.Apply(ConfiguredInterface.Lease with { Routes = [new Ipv4WantedRoute(Ipv4Prefix.Default, Ipv4Address.Parse("198.51.100.1"))] });
        Assert.Equal(
            [
                "default via 198.51.100.1 proto dhcp src 192.0.2.50 metric 1024",
                "192.0.2.0/24 proto kernel scope link src 192.0.2.50 metric 1024",
                "198.51.100.1 proto dhcp scope link src 192.0.2.50 metric 1024",
            ],
            ConfiguredInterface.Routes());
        host.Remove();
        Assert.Empty(ConfiguredInterface.Routes());
    });

    [Fact(DisplayName = "A4-36 (kernel): the three classless routes are there, on-link ones too")]
    public void Apply_WithClasslessRoutes_InstallsEach() => ConfiguredInterface.Run(host =>
    {
        host.Apply(ConfiguredInterface.Lease with
        {
            Routes =
            [
                new Ipv4WantedRoute(Ipv4Prefix.Default, Ipv4Address.Parse("192.0.2.1")),
                new Ipv4WantedRoute(Ipv4Prefix.Parse("10.17.0.0/16"), Ipv4Address.Parse("192.0.2.9")),
                new Ipv4WantedRoute(Ipv4Prefix.Parse("198.51.100.0/25"), null),
            ],
        });
        Assert.Equal(
            [
                "default via 192.0.2.1 proto dhcp src 192.0.2.50 metric 1024",
                "10.17.0.0/16 via 192.0.2.9 proto dhcp src 192.0.2.50 metric 1024",
                "192.0.2.0/24 proto kernel scope link src 192.0.2.50 metric 1024",
                "198.51.100.0/25 proto dhcp scope link src 192.0.2.50 metric 1024",
            ],
            ConfiguredInterface.Routes());
    });

    [Fact]
    public void Apply_WithEveryPropertyOfARoute_ReadsItBackTheSame() => ConfiguredInterface.Run(host =>
    {
        host.Apply(ConfiguredInterface.Lease with
        {
            Routes =
            [
                new Ipv4WantedRoute(Ipv4Prefix.Parse("203.0.113.0/24"), Ipv4Address.Parse("198.51.100.1"))
                {
                    Metric = uint.MaxValue, Table = 1000, Mtu = 1400, OnLink = true,
                },
            ],
        });
        string route = PrivateNetwork.Ip("-4 route show table 1000").Trim();
        Assert.Equal("203.0.113.0/24 via 198.51.100.1 dev c0 proto dhcp src 192.0.2.50 metric 4294967295 onlink mtu 1400", route);
        host.Remove();
        Assert.Equal("", PrivateNetwork.Ip("-4 route show table 1000"));
    });

    [Fact]
    public void Apply_AfterTheInterfaceWasDown_BringsTheRoutesBack() => ConfiguredInterface.Run(host =>
    {
        host.Apply(ConfiguredInterface.Lease);
        string[] before = ConfiguredInterface.Routes();
        PrivateNetwork.Ip("link set c0 down");
        PrivateNetwork.Ip("link set c0 up");
        Assert.Equal(["192.0.2.0/24 proto kernel scope link src 192.0.2.50 metric 1024"], ConfiguredInterface.Routes());
        host.Apply(ConfiguredInterface.Lease);
        Assert.Equal(before, ConfiguredInterface.Routes());
    });

    [Fact]
    public void Apply_OnAnInterfaceThatIsDown_GivesTheKernelsWords() => ConfiguredInterface.Run(host =>
    {
        PrivateNetwork.Ip("link set c0 down");
        Ipv4Outcome outcome = host.TryApply(ConfiguredInterface.Lease);
        Assert.True(outcome.Succeeded);
        Assert.Equal("route 0.0.0.0/0 via 192.0.2.1: Network is unreachable: Nexthop has invalid gateway", Assert.Single(outcome.Problems));
        RefusedIpv4Route refused = Assert.Single(outcome.RefusedRoutes);
        Assert.Equal((Ipv4Prefix.Default, "Network is unreachable: Nexthop has invalid gateway"), (refused.Route.Destination, refused.Why));
        Assert.Empty(host.Owned.Routes);
        Assert.True(host.Rtnl.SetUp(host.Index).Succeeded);
        host.Apply(ConfiguredInterface.Lease);
    });

    [Fact]
    public void Apply_OnAnInterfaceThatIsGone_IsRefused() => ConfiguredInterface.Run(host =>
    {
        host.Apply(ConfiguredInterface.Lease);
        PrivateNetwork.Ip("link del c0");
        Assert.Contains("No such device", host.TryApply(ConfiguredInterface.Lease).Error, StringComparison.Ordinal);
        Assert.Equal("No such device", host.TryApply(ConfiguredInterface.Lease with { Mtu = 1400 }).Error);
        Assert.Null(host.Remove().Error);
        Assert.True(host.Owned.IsEmpty);
    });

    [Fact(DisplayName = "AT-4: only what is recorded as ours goes")]
    public void Remove_BesideForeignAddressesAndRoutes_LeavesThem() => ConfiguredInterface.Run(host =>
    {
        host.Apply(ConfiguredInterface.Lease);
        PrivateNetwork.Ip("addr add 192.0.2.60/24 dev c0");
        PrivateNetwork.Ip("addr add 198.51.100.7/24 dev c0");
        PrivateNetwork.Ip("route append default via 192.0.2.1 dev c0 metric 1024");
        PrivateNetwork.Ip("route append default via 192.0.2.2 dev c0 proto dhcp metric 1024");
        PrivateNetwork.Ip("route add 10.0.0.0/8 via 198.51.100.1 dev c0");
        PrivateNetwork.Ip("route add default via 198.51.100.1 dev c0 proto dhcp metric 50");
        host.Events();

        Assert.Empty(host.Remove().Problems);
        Assert.Equal(
            ["192.0.2.50/24"],
            host.Events().OfType<LinkEvent.AddressRemoved>().Select(removed => removed.Address.Prefix.ToString()));
        Assert.Equal(
            [
                "default via 198.51.100.1 proto dhcp metric 50",
                "default via 192.0.2.1 metric 1024",
                "default via 192.0.2.2 proto dhcp metric 1024",
                "10.0.0.0/8 via 198.51.100.1",
                "192.0.2.0/24 proto kernel scope link src 192.0.2.60",
                "198.51.100.0/24 proto kernel scope link src 198.51.100.7",
            ],
            ConfiguredInterface.Routes());
        Assert.True(host.Owned.IsEmpty);
    });

    [Fact(DisplayName = "AT-4: a foreign route of the same destination and metric survives ours")]
    public void Apply_BesideAForeignRouteOfTheSameMetric_DoesNotReplaceIt() => ConfiguredInterface.Run(host =>
    {
        const string Foreign = "default via 198.51.100.2 dev s0 metric 1024";
        PrivateNetwork.Ip("addr add 198.51.100.1/24 dev s0");
        PrivateNetwork.Ip($"route add {Foreign}");
        host.Apply(ConfiguredInterface.Lease);
        Assert.Contains(Foreign, PrivateNetwork.Ip("route show default"), StringComparison.Ordinal);
        host.Apply(ConfiguredInterface.Lease with { Routes = [new Ipv4WantedRoute(Ipv4Prefix.Default, Ipv4Address.Parse("192.0.2.3"))] });
        Assert.Contains("default via 192.0.2.3 proto dhcp src 192.0.2.50 metric 1024", ConfiguredInterface.Routes());
        Assert.DoesNotContain("default via 192.0.2.1 proto dhcp src 192.0.2.50 metric 1024", ConfiguredInterface.Routes());
        host.Remove();
        Assert.Equal(Foreign, PrivateNetwork.Ip("route show default").Trim());
    });

    [Fact(DisplayName = "AT-4: an address that somebody else configured is neither taken over nor removed")]
    public void Apply_OverAForeignAddress_LeavesItForeign() => ConfiguredInterface.Run(host =>
    {
        PrivateNetwork.Ip("addr add 192.0.2.50/24 brd 192.0.2.255 dev c0");
        Ipv4Outcome outcome = host.TryApply(ConfiguredInterface.Lease);
        Assert.True(outcome.Succeeded);
        Assert.Equal("192.0.2.50/24: somebody else configured it; left as it is", Assert.Single(outcome.Problems));
        Assert.Empty(host.Owned.Addresses);
        host.Remove();
        Assert.Contains("192.0.2.50/24", ConfiguredInterface.Addresses(), StringComparison.Ordinal);
        Assert.Contains("forever", ConfiguredInterface.Addresses(), StringComparison.Ordinal);
    });

    [Fact]
    public void Apply_WithoutTheRecord_KnowsItsOwnMark() => ConfiguredInterface.Run(host =>
    {
        host.Apply(ConfiguredInterface.Lease);
        host.Owned = Ipv4Ownership.None;
        host.Events();
        host.Apply(ConfiguredInterface.Lease);
        Assert.Equal(["192.0.2.50/24"], host.Owned.Addresses.Select(address => address.ToString()));
        Assert.DoesNotContain(host.Events(), e => e is LinkEvent.AddressRemoved);
    });

    [Fact]
    public void Remove_OfWhatIsGone_IsNoError() => ConfiguredInterface.Run(host =>
    {
        host.Apply(ConfiguredInterface.Lease);
        PrivateNetwork.Ip("addr flush dev c0");
        Ipv4Outcome outcome = host.Remove();
        Assert.Null(outcome.Error);
        Assert.Empty(outcome.Problems);
        Assert.Empty(outcome.Done);
        Assert.True(outcome.Owned.IsEmpty);
    });

    [Fact]
    public void Apply_AfterSomebodyRemovedTheAddress_AddsItAgain() => ConfiguredInterface.Run(host =>
    {
        host.Apply(ConfiguredInterface.Lease);
        PrivateNetwork.Ip("addr flush dev c0");
        Assert.Contains(host.Events(), e => e is LinkEvent.AddressRemoved);
        host.Apply(ConfiguredInterface.Lease);
        Assert.Equal(2, ConfiguredInterface.Routes().Length);
    });

    [Fact]
    public void Record_OfAnEarlierRun_IsAdoptedOnTheSameInterfaceOnly() => ConfiguredInterface.Run(host =>
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("bonddhcp-owned-");
        try
        {
            host.Apply(ConfiguredInterface.Lease);
            var file = new Bond.Linux.OwnershipFile(directory.FullName, "c0", host.Index, "boot");
            Assert.Null(file.Write(host.Owned));

            Ipv4Ownership read = new Bond.Linux.OwnershipFile(directory.FullName, "c0", host.Index, "boot").Read(out string? warning);
            Assert.Null(warning);
            Assert.Equal(host.Owned.Addresses.AsEnumerable(), read.Addresses);
            Assert.Equal(host.Owned.Routes.AsEnumerable(), read.Routes);
            Assert.True(new Bond.Linux.OwnershipFile(directory.FullName, "c0", host.Index + 1, "boot").Read(out _).IsEmpty);
            Assert.True(new Bond.Linux.OwnershipFile(directory.FullName, "c0", host.Index, "another boot").Read(out _).IsEmpty);
            PrivateNetwork.Run(() =>
                Assert.True(new Bond.Linux.OwnershipFile(directory.FullName, "c0", host.Index, "boot").Read(out _).IsEmpty));

            File.WriteAllText(Path.Combine(directory.FullName, "owned-c0.json"), "{");
            Assert.True(file.Read(out warning).IsEmpty);
            Assert.Contains("is damaged", warning, StringComparison.Ordinal);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    });

    [Fact]
    public void Neighbour_KnownToTheKernel_IsFound() => ConfiguredInterface.Run(host =>
    {
        var gateway = Ipv4Address.Parse("192.0.2.1");
        host.Apply(ConfiguredInterface.Lease);
        Assert.Null(host.Rtnl.FindNeighbour(host.Index, gateway));
        PrivateNetwork.Ip($"neigh add 192.0.2.1 lladdr {PrivateNetwork.ServerMac} dev c0 nud stale");
        Assert.Equal(MacAddress.Parse(PrivateNetwork.ServerMac), host.Rtnl.FindNeighbour(host.Index, gateway));
        PrivateNetwork.Ip("neigh change 192.0.2.1 dev c0 nud failed");
        Assert.Null(host.Rtnl.FindNeighbour(host.Index, gateway));
    });
}
