using BondDhcp.Bond.Addressing;
using BondDhcp.Bond.Links;
using BondDhcp.Net;
using Xunit;

namespace BondDhcp.Tests.Netlink;

public sealed class Ipv6PlanTests
{
    private const int Index = 5;
    private static readonly Ipv6Address s_one = Ipv6Address.Parse("2001:db8::1");
    private static readonly Ipv6Address s_two = Ipv6Address.Parse("2001:db8::2");
    private static readonly Ipv6Prefix s_prefix = Ipv6Prefix.Parse("2001:db8:aa00::/56");

    [Fact]
    public void Change_NewAddressAndPrefix_ComeBeforeTheOldGo()
    {
        var wanted = new Ipv6Configuration
        {
            Addresses = [new Ipv6WantedAddress(s_two, TimeSpan.FromSeconds(1.2), TimeSpan.FromSeconds(2.5))],
            Prefixes = [s_prefix],
        };
        var old = new OwnedPrefixRoute(Ipv6Prefix.Parse("2001:db8:bb00::/56"), 1024);
        var owned = new Ipv6Ownership { Addresses = [s_one], Routes = [old] };
        Assert.Collection(
            Ipv6Plan.Change(Index, wanted, owned, [new Ipv6InterfaceAddress(Index, s_one, 128)], []),
            act =>
            {
                Ipv6Act.AddAddress add = Assert.IsType<Ipv6Act.AddAddress>(act);
                // Rounded up: the kernel's end is not before ours.
                Assert.Equal((s_two, 128, 2u, 3u, true, false), (add.Address.Address, add.Address.PrefixLength, add.Address.PreferredSeconds, add.Address.ValidSeconds, add.Address.HasNoPrefixRoute, add.Refresh));
            },
            act => Assert.Equal(new Ipv6Act.AddRoute(new UnreachableRoute(s_prefix) { Metric = 1024 }), act),
            act => Assert.Equal(new Ipv6Act.RemoveRoute(old), act),
            act => Assert.Equal(new Ipv6Act.RemoveAddress(s_one), act));
    }

    [Fact]
    public void Change_PreferredLongerThanValid_IsCut()
    {
        var wanted = new Ipv6Configuration { Addresses = [new Ipv6WantedAddress(s_one, TimeSpan.MaxValue, TimeSpan.FromSeconds(9))] };
        Assert.Equal(9u, Assert.IsType<Ipv6Act.AddAddress>(Ipv6Plan.Change(Index, wanted, Ipv6Ownership.None, [], []).Single()).Address.PreferredSeconds);
    }

    [Fact]
    public void Change_WhatIsThere_IsRefreshedWhenOursAndLeftWhenNot()
    {
        Ipv6Configuration wanted = new() { Addresses = [new Ipv6WantedAddress(s_one, TimeSpan.MaxValue, TimeSpan.MaxValue)] };
        var foreign = new Ipv6InterfaceAddress(Index, s_one, 64);
        Assert.Equal(new Ipv6Act.LeaveAddress(foreign), Ipv6Plan.Change(Index, wanted, Ipv6Ownership.None, [foreign], []).Single());
        Ipv6Act recorded = Ipv6Plan.Change(Index, wanted, new Ipv6Ownership { Addresses = [s_one] }, [foreign], []).Single();
        Assert.True(Assert.IsType<Ipv6Act.AddAddress>(recorded).Refresh);
        Ipv6Act marked = Ipv6Plan.Change(Index, wanted, Ipv6Ownership.None, [foreign with { Protocol = InterfaceAddress.OurProtocol }], []).Single();
        Assert.True(Assert.IsType<Ipv6Act.AddAddress>(marked).Refresh);
        Ipv6Act written = Ipv6Plan.Change(Index, wanted, Ipv6Ownership.None, [foreign with { Protocol = InterfaceAddress.StaticMark }], []).Single();
        Assert.IsType<Ipv6Act.LeaveAddress>(written);
    }

    [Fact]
    public void Change_RouteThatIsThere_IsOursOrLeft()
    {
        Ipv6Configuration wanted = new() { Prefixes = [s_prefix] };
        var owned = new Ipv6Ownership { Routes = [new OwnedPrefixRoute(s_prefix, 1024)] };
        var there = new UnreachableRoute(s_prefix) { Metric = 1024 };
        Assert.Empty(Ipv6Plan.Change(Index, wanted, owned, [], [there]));
        Assert.Equal(new Ipv6Act.LeaveRoute(there), Ipv6Plan.Change(Index, wanted, Ipv6Ownership.None, [], [there]).Single());
        UnreachableRoute foreign = there with { Protocol = InstalledRoute.StaticProtocol };
        Assert.Equal(new Ipv6Act.LeaveRoute(foreign), Ipv6Plan.Change(Index, wanted, owned, [], [foreign]).Single());
    }

    [Fact]
    public void Table_WithPrefixesWithoutEnd_StaysBounded()
    {
        // AX-8: a hostile link.
        var table = new Ipv6Table(Index);
        List<Ipv6Event> events = [];
        for (int i = 0; i < 100_000; i++)
        {
            var prefix = new Ipv6Prefix(new Ipv6Address(s_prefix.Address.Value + ((UInt128)(uint)i << 64)), 64);
            table.Take([new LinkEvent.PrefixAdvertised(new AdvertisedPrefix(Index, prefix) { ValidSeconds = 60 })], events);
        }
        Assert.InRange(events.Count, 1, 64);
    }

    [Fact(DisplayName = "A6-46: a router is heard by its flags, whether the kernel had asked or not")]
    public void Table_RouterFlags_AreToldOnce()
    {
        var table = new Ipv6Table(Index);
        List<Ipv6Event> events = [];
        void Say(Ipv6LinkFlags flags) => table.Take([new LinkEvent.Ipv6FlagsChanged(Index, flags)], events);
        Say(Ipv6LinkFlags.Ready);
        Assert.Empty(events);
        Say(Ipv6LinkFlags.Ready | Ipv6LinkFlags.Managed);
        Say(Ipv6LinkFlags.Ready | Ipv6LinkFlags.Managed | Ipv6LinkFlags.SolicitationSent | Ipv6LinkFlags.AdvertisementReceived);
        Assert.Equal(Ipv6LinkFlags.Ready | Ipv6LinkFlags.Managed, Assert.IsType<Ipv6Event.RouterFlags>(Assert.Single(events)).Flags);
        Say(Ipv6LinkFlags.Ready | Ipv6LinkFlags.AdvertisementReceived);
        Assert.Equal(2, events.Count);
        var quiet = new Ipv6Table(Index);
        quiet.Replace([], Ipv6LinkFlags.AdvertisementReceived, events);
        Assert.Equal(3, events.Count);
    }

    [Fact]
    public void Table_LinkLocalInUse_StaysInUse()
    {
        var table = new Ipv6Table(Index);
        List<Ipv6Event> events = [];
        var first = new Ipv6InterfaceAddress(Index, Ipv6Address.Parse("fe80::2"), 64);
        var second = new Ipv6InterfaceAddress(Index, Ipv6Address.Parse("fe80::1"), 64);
        table.Take([new LinkEvent.Ipv6AddressSeen(first with { IsTentative = true })], events);
        Assert.Empty(events);
        table.Take([new LinkEvent.Ipv6AddressSeen(first), new LinkEvent.Ipv6AddressSeen(second)], events);
        Assert.Equal(second.Address, table.LinkLocal);
        table.Take([new LinkEvent.Ipv6AddressRemoved(first), new LinkEvent.Ipv6AddressSeen(first)], events);
        Assert.Equal(second.Address, table.LinkLocal);
        events.Clear();
        table.Take([new LinkEvent.Ipv6AddressRemoved(second), new LinkEvent.Ipv6AddressSeen(first with { InterfaceIndex = 9 })], events);
        Assert.Collection(
            events,
            e => Assert.IsType<Ipv6Event.AddressRemoved>(e),
            e => Assert.Equal(new Ipv6Event.LinkLocalLost(second.Address), e),
            e => Assert.Equal(new Ipv6Event.LinkLocalUsable(first.Address), e));
    }
}
