using System.Collections.Immutable;
using BondDhcp.Bond.Addressing;
using BondDhcp.Host.Configuration;
using Xunit;

namespace BondDhcp.Tests.Static;

public sealed class StaticPlanTests
{
    private static StaticAddress Address(string text) => StaticText.ReadAddress(text, out _)!;

    private static StaticRoute Route(string text) => StaticRouteText.Read(text, out _)!;

    private static StaticConfiguration Wanted(string addresses, params ReadOnlySpan<string> routes)
    {
        ImmutableArray<StaticRoute>.Builder read = ImmutableArray.CreateBuilder<StaticRoute>();
        foreach (string route in routes) read.Add(Route(route));
        return new StaticConfiguration
        {
            Addresses = [.. addresses.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Address)],
            Routes = read.ToImmutable(),
            Metric = 1024,
        };
    }

    [Fact(DisplayName = "AS-5 a gateway that no prefix holds is on-link; a link-local one and one in a prefix are not")]
    public void Gateway_OffLink_IsOnLink()
    {
        StaticConfiguration wanted = Wanted(
            "192.0.2.60/24 2001:db8::5/64",
            "default via 198.51.100.1", "10.0.0.0/8 via 192.0.2.1", "default via fe80::1", "2001:db8:1::/48 via 2001:db8:2::1", "fd01::/16 via 2001:db8::1");
        Assert.Equal(
            ["198.51.100.1", "2001:db8:2::1"],
            wanted.InstalledRoutes.Where(route => route.OnLink).Select(route => route.Gateway!.ToString()).Order());
        Assert.All(wanted.InstalledRoutes, route => Assert.Equal(1024u, route.Metric));
    }

    [Fact]
    public void Gateway_ReachedByAnOnLinkRoute_NeedsNothing_AndThatRouteComesFirst()
    {
        StaticConfiguration wanted = Wanted("", "default via 198.51.100.1", "198.51.100.0/24");
        Assert.Equal(["198.51.100.0/24", "0.0.0.0/0 via 198.51.100.1"], wanted.InstalledRoutes.Select(route => route.ToString()));
        Assert.DoesNotContain(wanted.InstalledRoutes, route => route.OnLink);
    }

    [Fact]
    public void Route_WhoseAddressIsStillProbed_Waits()
    {
        StaticConfiguration wanted = Wanted("192.0.2.60/24", "default via 192.0.2.1", "10.0.0.0/8 src 192.0.2.60 via 198.51.100.1", "unreachable 172.16.0.0/12");
        ImmutableArray<StaticAct> acts = StaticPlan.Change(wanted, [], StaticOwnership.None, []);
        Assert.Equal("unreachable 172.16.0.0/12", Assert.IsType<StaticAct.AddRoute>(Assert.Single(acts)).Route.ToString());
        Assert.Equal(4, StaticPlan.Change(wanted, wanted.Addresses, StaticOwnership.None, []).Length);
    }

    [Fact]
    public void Change_LeavesWhatStays_AddsBeforeItRemoves()
    {
        StaticConfiguration before = Wanted("192.0.2.60/24 192.0.2.61/24", "10.0.0.0/8 via 192.0.2.1");
        StaticConfiguration after = Wanted("192.0.2.60/24 192.0.2.62/24", "10.0.0.0/8 via 192.0.2.2");
        var owned = new StaticOwnership { Addresses = before.Addresses, Routes = before.InstalledRoutes };
        ImmutableArray<PresentAddress> present = [.. before.Addresses.Select(address => new PresentAddress(address, 17, false, false))];
        Assert.Equal(
            [
                new StaticAct.AddAddress(Address("192.0.2.62/24")),
                new StaticAct.AddRoute(after.InstalledRoutes[0]),
                new StaticAct.RemoveRoute(before.InstalledRoutes[0]),
                new StaticAct.RemoveAddress(Address("192.0.2.61/24")),
            ],
            StaticPlan.Change(after, after.Addresses, owned, present).AsEnumerable());
    }

    [Fact]
    public void Ipv6Route_WithAnotherMtu_GoesBeforeItComes()
    {
        StaticConfiguration before = Wanted("", "fd01::/16 via fe80::1 mtu 1400");
        StaticConfiguration after = Wanted("", "fd01::/16 via fe80::1 mtu 1300");
        Assert.Equal(
            [new StaticAct.RemoveRoute(before.InstalledRoutes[0]), new StaticAct.AddRoute(after.InstalledRoutes[0])],
            StaticPlan.Change(after, [], new StaticOwnership { Routes = before.InstalledRoutes }, []).AsEnumerable());
    }

    [Fact]
    public void Record_WrittenAndRead_IsTheSame()
    {
        StaticConfiguration wanted = Wanted("192.0.2.60/24 fd00::2/64", "default via fe80::1 mtu 1400", "10.0.0.0/8 via 192.0.2.1 src 192.0.2.60 table 9", "blackhole fd09::/16");
        var record = new StaticOwnershipRecord("boot", "net:[1]", 7, new StaticOwnership { Addresses = wanted.Addresses, Routes = wanted.InstalledRoutes });
        StaticOwnershipRecord read = StaticOwnershipRecord.Read(record.Write(), out string? problem)!;
        Assert.Null(problem);
        Assert.Same(read.Owned, read.OwnedOn("boot", "net:[1]", 7));
        Assert.True(read.OwnedOn("", "net:[1]", 7).IsEmpty);
        Assert.True(read.OwnedOn("boot", "net:[2]", 7).IsEmpty);
        // On another interface of that name: what leads nowhere is still there, and still ours.
        StaticOwnership elsewhere = read.OwnedOn("boot", "net:[1]", 8);
        Assert.Empty(elsewhere.Addresses);
        Assert.Equal("blackhole fd09::/16", Assert.Single(elsewhere.Routes).ToString());
        Assert.Equal(record.Owned.Addresses.AsEnumerable(), read.Owned.Addresses);
        Assert.Equal(record.Owned.Routes.AsEnumerable(), read.Owned.Routes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"version\":2}")]
    [InlineData("{\"version\":1,\"bootId\":\"b\",\"networkNamespace\":\"\",\"interfaceIndex\":1,\"addresses\":[\"1.2.3.4/33\"],\"routes\":[]}")]
    [InlineData("{\"version\":1,\"bootId\":\"b\",\"networkNamespace\":\"\",\"interfaceIndex\":1,\"addresses\":[\"1.2.3.4/-1\"],\"routes\":[]}")]
    [InlineData("{\"version\":1,\"bootId\":\"b\",\"networkNamespace\":\"\",\"interfaceIndex\":1,\"addresses\":[5],\"routes\":[{}]}")]
    [InlineData("{\"version\":1,\"bootId\":\"b\",\"networkNamespace\":\"\",\"interfaceIndex\":1,\"addresses\":[],\"routes\":[{\"kind\":0,\"to\":\"10.0.0.0/8\",\"via\":\"fe80::1\",\"table\":254,\"onLink\":false}]}")]
    public void Record_OfAnythingElse_IsRefused(string content)
    {
        Assert.Null(StaticOwnershipRecord.Read(System.Text.Encoding.UTF8.GetBytes(content), out string? problem));
        Assert.NotNull(problem);
    }
}
