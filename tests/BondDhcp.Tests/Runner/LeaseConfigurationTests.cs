using System.Collections.Immutable;
using BondDhcp.Bond.Addressing;
using BondDhcp.Bond.Links;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Host.Configuration;
using BondDhcp.Host.Runner;
using BondDhcp.Net;
using Xunit;

namespace BondDhcp.Tests.Runner;

public sealed class LeaseConfigurationTests
{
    private static readonly Instant s_now = Instant.FromSeconds(1000);

    private static readonly InterfaceConfiguration s_settings = new() { Name = "bond0" };

    [Fact]
    public void Lease_Ordinary_BecomesAddressAndDefaultRoute()
    {
        LeaseConfiguration result = Map(Lease());
        Assert.Equal("192.0.2.50/24", result.Wanted.Address.ToString());
        Assert.Equal("192.0.2.255", result.Wanted.Broadcast.ToString());
        Assert.Equal(TimeSpan.FromSeconds(2600), result.Wanted.Valid);
        Assert.Equal(TimeSpan.FromSeconds(2600), result.Wanted.Preferred);
        Assert.Equal(1024u, result.Wanted.Metric);
        Assert.Equal(["0.0.0.0/0 via 192.0.2.1"], Routes(result));
        Assert.Empty(result.RefusedRoutes);
        Assert.Empty(result.Warnings);
    }

    [Fact(DisplayName = "A4-23 (configuration): an infinite lease has infinite lifetimes")]
    public void Lease_Infinite_HasInfiniteLifetimes() =>
        Assert.Equal(TimeSpan.MaxValue, Map(Lease() with { ExpiresAt = Instant.Never }).Wanted.Valid);

    [Theory(DisplayName = "A4-33 (configuration): /31 and /32 get no broadcast address")]
    [InlineData(30, true)]
    [InlineData(31, false)]
    [InlineData(32, false)]
    public void Prefix_OfTwoOrOneAddress_HasNoBroadcast(int prefixLength, bool broadcast) =>
        Assert.Equal(broadcast, Map(With(ack => ack with { PrefixLength = prefixLength, BroadcastAddress = null })).Wanted.Broadcast is not null);

    [Theory(DisplayName = "A4-34 (configuration): an MTU below 1280 is ignored with a warning, one beyond the interface's most is limited")]
    [InlineData(null, 9000, null, 0)]
    [InlineData(576, 9000, null, 1)]
    [InlineData(1279, 9000, null, 1)]
    [InlineData(1280, 9000, 1280, 0)]
    [InlineData(9000, 9000, 9000, 0)]
    [InlineData(9001, 9000, 9000, 1)]
    [InlineData(65535, 0, 65535, 0)]
    public void Mtu_IsTakenWithinLimits(int? offered, int max, int? expected, int warnings)
    {
        LeaseConfiguration result = LeaseConfiguration.Of(With(ack => ack with { Mtu = offered }), s_settings, s_now, max);
        Assert.Equal(expected, result.Wanted.Mtu);
        Assert.Equal(warnings, result.Warnings.Length);
    }

    [Fact(DisplayName = "A4-35 (configuration): a router outside the subnet is reached by a host route")]
    public void Router_OutsideTheSubnet_GetsAHostRoute()
    {
        LeaseConfiguration result = Map(WithRoutes(("0.0.0.0/0", "198.51.100.1")));
        Assert.Equal(
            ["198.51.100.1/32", "0.0.0.0/0 via 198.51.100.1"],
            Ipv4Plan.RoutesOf(5, result.Wanted).Select(Name));
    }

    [Fact(DisplayName = "A4-36 (configuration): exactly the three classless routes")]
    public void Routes_Classless_AreTaken()
    {
        LeaseConfiguration result = Map(WithRoutes(("0.0.0.0/0", "192.0.2.1"), ("10.17.0.0/16", "192.0.2.9"), ("198.51.100.0/25", "0.0.0.0")));
        Assert.Equal(["0.0.0.0/0 via 192.0.2.1", "10.17.0.0/16 via 192.0.2.9", "198.51.100.0/25"], Routes(result));
    }

    [Fact(DisplayName = "A4-36 (configuration): with lease-routes limited the halves of the default route are refused")]
    public void Routes_HalvesOfTheDefault_AreRefused()
    {
        LeaseConfiguration result = Map(WithRoutes(("0.0.0.0/1", "192.0.2.66"), ("128.0.0.0/1", "192.0.2.66"), ("0.0.0.0/0", "192.0.2.1")));
        Assert.Equal(["0.0.0.0/0 via 192.0.2.1"], Routes(result));
        Assert.Equal(2, result.RefusedRoutes.Length);
        Assert.All(result.RefusedRoutes, refused => Assert.NotEqual("", refused.Why));
    }

    [Fact]
    public void Routes_ClasslessWithoutDefault_InstallNone()
    {
        LeaseConfiguration result = Map(With(ack => ack with
        {
            Routers = [Ipv4Address.Parse("192.0.2.1")],
            Routes = [Route("10.17.0.0/16", "192.0.2.9")],
        }));
        Assert.Equal(["10.17.0.0/16 via 192.0.2.9"], Routes(result));
    }

    [Fact]
    public void Route_ThatComesWithTheAddress_IsNotDoubled() =>
        Assert.Empty(Routes(Map(WithRoutes(("192.0.2.0/24", "0.0.0.0")))));

    [Theory]
    [InlineData("127.0.0.0/8", "192.0.2.1")]
    [InlineData("127.0.0.53/32", "192.0.2.1")]
    [InlineData("224.0.0.0/4", "192.0.2.1")]
    [InlineData("239.1.0.0/16", "192.0.2.1")]
    [InlineData("169.254.169.254/32", "192.0.2.1")]
    [InlineData("64.0.0.0/7", "192.0.2.1")]
    [InlineData("10.0.0.0/8", "192.0.2.50")]
    [InlineData("10.0.0.0/8", "224.0.0.1")]
    [InlineData("10.0.0.0/8", "169.254.1.1")]
    [InlineData("0.0.0.0/0", "169.254.1.1")]
    public void Route_WithLimited_IsRefused(string destination, string gateway)
    {
        LeaseConfiguration result = Map(WithRoutes((destination, gateway)));
        Assert.Empty(result.Wanted.Routes);
        Assert.Equal(destination, Assert.Single(result.RefusedRoutes).Route.Destination.ToString());
    }

    [Theory]
    [InlineData("10.1.2.0/24", "192.0.2.1", true)]
    [InlineData("10.0.0.0/8", "192.0.2.1", true)]
    [InlineData("10.2.0.0/16", "192.0.2.1", false)]
    [InlineData("10.2.0.0/16", "10.1.0.1", true)]
    [InlineData("0.0.0.0/0", "192.0.2.1", false)]
    [InlineData("0.0.0.0/0", "10.1.0.1", true)]
    public void Route_TouchingAProtectedPrefix_IsRefusedWhateverThePolicy(string destination, string gateway, bool isRefused)
    {
        foreach (LeaseRoutes policy in (LeaseRoutes[])[LeaseRoutes.Accept, LeaseRoutes.Limited])
        {
            InterfaceConfiguration settings = s_settings with { LeaseRoutes = policy, ProtectedRoutes = [Ipv4Prefix.Parse("10.1.0.0/16")] };
            LeaseConfiguration result = LeaseConfiguration.Of(WithRoutes((destination, gateway)), settings, s_now, 0);
            Assert.Equal(isRefused, result.Wanted.Routes.IsEmpty);
        }
    }

    [Fact]
    public void ProtectedPrefix_ThatHoldsTheSubnet_DoesNotCostTheDefaultRoute()
    {
        InterfaceConfiguration settings = s_settings with { ProtectedRoutes = [Ipv4Prefix.Parse("192.0.0.0/8")] };
        Assert.Equal(["0.0.0.0/0 via 192.0.2.1"], Routes(LeaseConfiguration.Of(Lease(), settings, s_now, 0)));
    }

    [Theory]
    [InlineData(nameof(LeaseRoutes.Accept), 3)]
    [InlineData(nameof(LeaseRoutes.Limited), 2)]
    [InlineData(nameof(LeaseRoutes.DefaultOnly), 1)]
    [InlineData(nameof(LeaseRoutes.Ignore), 0)]
    public void Policy_SaysHowManyAreTaken(string policy, int taken)
    {
        InterfaceConfiguration settings = s_settings with { LeaseRoutes = Enum.Parse<LeaseRoutes>(policy) };
        Dhcp4Lease lease = WithRoutes(("0.0.0.0/0", "192.0.2.1"), ("10.17.0.0/16", "192.0.2.9"), ("128.0.0.0/1", "192.0.2.1"));
        LeaseConfiguration result = LeaseConfiguration.Of(lease, settings, s_now, 0);
        Assert.Equal(taken, result.Wanted.Routes.Length);
        Assert.Equal(3 - taken, result.RefusedRoutes.Length);
    }

    private static LeaseConfiguration Map(Dhcp4Lease lease) => LeaseConfiguration.Of(lease, s_settings, s_now, maxMtu: 9000);

    private static IEnumerable<string> Routes(LeaseConfiguration result) =>
        result.Wanted.Routes.Select(route => route.Gateway is { } gateway ? $"{route.Destination} via {gateway}" : $"{route.Destination}");

    private static string Name(InstalledRoute route) =>
        route.Gateway is { } gateway ? $"{route.Destination} via {gateway}" : $"{route.Destination}";

    private static Dhcp4Route Route(string destination, string gateway) =>
        new(Ipv4Prefix.Parse(destination), Ipv4Address.Parse(gateway));

    private static Dhcp4Lease WithRoutes(params (string Destination, string Gateway)[] routes) =>
        With(ack => ack with { Routes = [.. routes.Select(route => Route(route.Destination, route.Gateway))] });

    private static Dhcp4Lease With(Func<Dhcp4Reply, Dhcp4Reply> change)
    {
        Dhcp4Lease lease = Lease();
        return lease with { Ack = change(lease.Ack) };
    }

    private static Dhcp4Lease Lease() => new()
    {
        Ack = new Dhcp4Reply
        {
            Type = Dhcp4MessageType.Ack,
            Xid = 1,
            Chaddr = MacAddress.Parse("02:00:00:00:0a:0a"),
            Yiaddr = Ipv4Address.Parse("192.0.2.50"),
            ServerIdentifier = Ipv4Address.Parse("192.0.2.1"),
            LeaseSeconds = 3600,
            PrefixLength = 24,
            Routers = [Ipv4Address.Parse("192.0.2.1")],
            Routes = [Route("0.0.0.0/0", "192.0.2.1")],
            BroadcastAddress = Ipv4Address.Parse("192.0.2.255"),
        },
        ClientIdentifier = ImmutableArray<byte>.Empty,
        Chaddr = MacAddress.Parse("02:00:00:00:0a:0a"),
        ObtainedAt = Instant.Zero,
        RenewAt = Instant.FromSeconds(1800),
        RebindAt = Instant.FromSeconds(3150),
        ExpiresAt = Instant.FromSeconds(3600),
    };
}
