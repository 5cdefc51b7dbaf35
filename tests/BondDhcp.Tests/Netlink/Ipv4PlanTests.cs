using System.Collections.Immutable;
using BondDhcp.Bond.Addressing;
using BondDhcp.Bond.Links;
using BondDhcp.Net;
using Xunit;

namespace BondDhcp.Tests.Netlink;

public sealed class Ipv4PlanTests
{
    private const int Index = 5;
    private const int Mtu = 1500;

    private static readonly Ipv4Configuration s_lease = new()
    {
        Address = Ipv4Prefix.Parse("192.0.2.50/24"),
        Broadcast = Ipv4Address.Parse("192.0.2.255"),
        Valid = TimeSpan.FromSeconds(3600),
        Preferred = TimeSpan.FromSeconds(3600),
        Metric = 1024,
        Routes = [new Ipv4WantedRoute(Ipv4Prefix.Default, Ipv4Address.Parse("192.0.2.1"))],
    };

    [Fact]
    public void Change_FromNothing_AddsAddressThenRoutes() =>
        Assert.Equal(["+192.0.2.50/24", "+0.0.0.0/0 via 192.0.2.1"], Words(Ipv4Plan.Change(Index, s_lease, Ipv4Ownership.None, Mtu)));

    [Fact]
    public void Change_ToTheSame_RefreshesOnly() =>
        Assert.Equal(["=192.0.2.50/24", "+0.0.0.0/0 via 192.0.2.1"], Words(Ipv4Plan.Change(Index, s_lease, Owned(s_lease), Mtu)));

    [Fact(DisplayName = "A4-47 (plan): the new address and its routes come before the old ones go")]
    public void Change_ToAnotherAddress_RemovesTheOldOneLast() =>
        Assert.Equal(
            ["+192.0.2.77/24", "+0.0.0.0/0 via 192.0.2.1", "-0.0.0.0/0 via 192.0.2.1", "-192.0.2.50/24"],
            Words(Ipv4Plan.Change(Index, s_lease with { Address = Ipv4Prefix.Parse("192.0.2.77/24") }, Owned(s_lease), Mtu)));

    [Fact]
    public void Change_ToAnotherPrefixLength_IsAnotherAddress() =>
        Assert.Equal(
            ["+192.0.2.50/25", "+0.0.0.0/0 via 192.0.2.1", "-192.0.2.50/24"],
            Words(Ipv4Plan.Change(Index, s_lease with { Address = Ipv4Prefix.Parse("192.0.2.50/25") }, Owned(s_lease), Mtu)));

    [Fact(DisplayName = "A4-35 (plan): a gateway outside the subnet gets a host route first")]
    public void Routes_WithGatewayOffLink_BeginWithAHostRoute()
    {
        Ipv4Configuration wanted = s_lease with { Routes = [new Ipv4WantedRoute(Ipv4Prefix.Default, Ipv4Address.Parse("198.51.100.1"))] };
        Assert.Equal(
            ["+192.0.2.50/24", "+198.51.100.1/32", "+0.0.0.0/0 via 198.51.100.1"],
            Words(Ipv4Plan.Change(Index, wanted, Ipv4Ownership.None, Mtu)));
        Assert.Equal(
            ["-0.0.0.0/0 via 198.51.100.1", "-198.51.100.1/32", "-192.0.2.50/24"],
            Words(Ipv4Plan.Remove(Index, Owned(wanted), Mtu)));
    }

    [Fact]
    public void Routes_WithGatewayInAnOnLinkPrefix_NeedNoHostRoute()
    {
        Ipv4Configuration wanted = s_lease with
        {
            Routes =
            [
                new Ipv4WantedRoute(Ipv4Prefix.Default, Ipv4Address.Parse("198.51.100.1")),
                new Ipv4WantedRoute(Ipv4Prefix.Parse("198.51.100.0/25"), null),
            ],
        };
        Assert.Equal(
            ["198.51.100.0/25", "0.0.0.0/0 via 198.51.100.1"], Ipv4Plan.RoutesOf(Index, wanted).Select(Name));
    }

    [Fact]
    public void Routes_CarrySourceMetricAndMark()
    {
        InstalledRoute route = Ipv4Plan.RoutesOf(Index, s_lease)[0];
        Assert.Equal(
            (Ipv4Address.Parse("192.0.2.50"), 1024u, InstalledRoute.DhcpProtocol, InstalledRoute.MainTable),
            (route.PreferredSource, route.Metric, route.Protocol, route.Table));
    }

    [Theory(DisplayName = "A4-23 (plan): lifetimes of any length fit the kernel's 32 bits")]
    [InlineData(0.1, 1u)]
    [InlineData(1.0, 1u)]
    [InlineData(1.1, 2u)]
    [InlineData(2147483648.0, 2147483648u)]
    [InlineData(4294967294.0, 4294967294u)]
    [InlineData(4294967295.0, 4294967294u)]
    [InlineData(9e10, 4294967294u)]
    public void Lifetime_InSeconds_IsRoundedUpAndFinite(double seconds, uint expected)
    {
        var span = TimeSpan.FromSeconds(seconds);
        InterfaceAddress address = Ipv4Plan.AddressOf(Index, s_lease with { Valid = span, Preferred = span });
        Assert.Equal((expected, expected), (address.ValidSeconds, address.PreferredSeconds));
    }

    [Fact]
    public void Lifetime_Infinite_IsForever() =>
        Assert.Equal(uint.MaxValue, Ipv4Plan.AddressOf(Index, s_lease with { Valid = TimeSpan.MaxValue, Preferred = TimeSpan.MaxValue }).ValidSeconds);

    [Fact]
    public void Lifetime_PreferredBeyondValid_IsShortened()
    {
        InterfaceAddress address = Ipv4Plan.AddressOf(Index, s_lease with { Preferred = TimeSpan.MaxValue });
        Assert.Equal((3600u, 3600u), (address.ValidSeconds, address.PreferredSeconds));
    }

    [Fact]
    public void Mtu_ThatALeaseSets_IsPutBackUnlessSomebodyElseChangedIt()
    {
        Ipv4Configuration wanted = s_lease with { Mtu = 1400 };
        Assert.Equal("mtu 1400", Words(Ipv4Plan.Change(Index, wanted, Ipv4Ownership.None, Mtu))[^1]);
        Ipv4Ownership owned = Ipv4Plan.Claim(Index, wanted, Ipv4Ownership.None, Mtu);
        Assert.Equal(new OwnedMtu(1500, 1400), owned.Mtu);
        Assert.DoesNotContain("mtu", string.Concat(Words(Ipv4Plan.Change(Index, wanted, owned, 1400))));
        Assert.Equal("mtu 1500", Words(Ipv4Plan.Change(Index, s_lease, owned, 1400))[^1]);
        Assert.Equal("mtu 1500", Words(Ipv4Plan.Remove(Index, owned, 1400))[^1]);
        Assert.DoesNotContain("mtu", string.Concat(Words(Ipv4Plan.Remove(Index, owned, 1300))));
    }

    [Fact]
    public void Claim_DuringAChange_HoldsOldAndNew()
    {
        Ipv4Ownership owned = Ipv4Plan.Claim(Index, s_lease with { Address = Ipv4Prefix.Parse("192.0.2.77/24") }, Owned(s_lease), Mtu);
        Assert.Equal(["192.0.2.50/24", "192.0.2.77/24"], owned.Addresses.Select(address => address.ToString()));
        Assert.Equal(2, owned.Routes.Length);
    }

    [Fact]
    public void Record_WrittenAndRead_IsTheSame()
    {
        Ipv4Configuration wanted = s_lease with
        {
            Mtu = 1400,
            Routes =
            [
                new Ipv4WantedRoute(Ipv4Prefix.Default, Ipv4Address.Parse("192.0.2.1")) { Mtu = 1300, Table = 1000, Metric = uint.MaxValue },
                new Ipv4WantedRoute(Ipv4Prefix.Parse("198.51.100.0/25"), null) { OnLink = true },
            ],
        };
        Ipv4Ownership owned = Ipv4Plan.Claim(Index, wanted, Owned(s_lease), Mtu);
        byte[] written = new OwnershipRecord("boot", "net:[1]", Index, false, owned).Write();
        OwnershipRecord read = OwnershipRecord.Read(written, out string? problem)!;
        Assert.Null(problem);
        Assert.Equal(owned.Addresses.AsEnumerable(), read.Ipv4.Addresses);
        Assert.Equal(owned.Routes.AsEnumerable(), read.Ipv4.Routes);
        Assert.Equal(owned.Mtu, read.Ipv4.Mtu);
        Assert.Equal(written, read.Write());
        Assert.True(read.IsFor("boot", "net:[1]", Index));
        Assert.False(read.IsFor("boot", "net:[2]", Index));
        Assert.False(read.IsFor("other", "net:[1]", Index));
        Assert.False(read.IsFor("boot", "net:[1]", Index + 1));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"version\":2}")]
    [InlineData("{\"version\":1}")]
    [InlineData("{\"version\":\"1\"}")]
    [InlineData("{\"version\":1,\"bootId\":null,\"networkNamespace\":\"\",\"interfaceIndex\":1,\"linkCreated\":false,\"addresses\":[],\"routes\":[]}")]
    [InlineData("{\"version\":1,\"bootId\":\"b\",\"networkNamespace\":\"\",\"interfaceIndex\":1e99,\"linkCreated\":false,\"addresses\":[],\"routes\":[]}")]
    [InlineData("{\"version\":1,\"bootId\":\"b\",\"networkNamespace\":\"\",\"interfaceIndex\":1,\"linkCreated\":false,\"addresses\":[\"1.2.3.4/33\"],\"routes\":[]}")]
    [InlineData("{\"version\":1,\"bootId\":\"b\",\"networkNamespace\":\"\",\"interfaceIndex\":1,\"linkCreated\":false,\"addresses\":[5],\"routes\":[]}")]
    [InlineData("{\"version\":1,\"bootId\":\"b\",\"networkNamespace\":\"\",\"interfaceIndex\":1,\"linkCreated\":false,\"addresses\":[],\"routes\":[{}]}")]
    public void Record_ThatIsDamaged_IsRefusedWithAReason(string text)
    {
        Assert.Null(OwnershipRecord.Read(System.Text.Encoding.UTF8.GetBytes(text), out string? problem));
        Assert.NotNull(problem);
    }

    private static Ipv4Ownership Owned(Ipv4Configuration wanted) => Ipv4Plan.Claim(Index, wanted, Ipv4Ownership.None, Mtu);

    private static string Name(InstalledRoute route) => route.Gateway is { } gateway ? $"{route.Destination} via {gateway}" : $"{route.Destination}";

    private static string[] Words(ImmutableArray<Ipv4Act> acts) =>
    [
        .. acts.Select(act => act switch
        {
            Ipv4Act.AddAddress add => $"{(add.Refresh ? '=' : '+')}{add.Address.Prefix}",
            Ipv4Act.RemoveAddress remove => $"-{remove.Address.Prefix}",
            Ipv4Act.AddRoute add => $"+{Name(add.Route)}",
            Ipv4Act.RemoveRoute remove => $"-{Name(remove.Route)}",
            Ipv4Act.SetMtu set => $"mtu {set.Mtu}",
            _ => "?",
        }),
    ];
}
