using System.Collections.Immutable;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Client6;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Machine6;

/// <summary>Announcements after a change of the path, under the cap on ARP and Neighbour Discovery of one path.</summary>
public class AnnouncementTests
{
    private static readonly ImmutableArray<Ipv6Address> s_others =
        [.. Enumerable.Range(1, 20).Select(number => Ipv6Address.Parse($"fd00::{number:x}"))];

    [Fact(DisplayName = "AM-31 many addresses: the link-local one and the lease's at once, the rest over the next seconds, 8 a second with the kernel's")]
    public void ManyAddresses_PathChanges_AreAnnouncedUnderTheCap()
    {
        Machine6Bench bench = new Machine6Bench().Bind();
        bench.Surroundings = bench.Surroundings with { OtherAddresses = s_others };
        double at = bench.Seconds;
        bench.FailOver();
        Dhcp6Effect.Announce first = Assert.Single(bench.Effects.OfType<Dhcp6Effect.Announce>());
        Assert.Equal([Fixture6.LinkLocal, Fixture6.L, .. s_others[..3]], first.Addresses.AsEnumerable());
        Assert.Single(bench.Effects.OfType<Dhcp6Effect.SolicitRouters>());

        List<(double At, Ipv6Address Address)> announced = [.. first.Addresses.Select(address => (at, address))];
        while (bench.Seconds < at + 10)
        {
            bench.Effects.Clear();
            bench.After(0.01);
            foreach (Ipv6Address address in bench.Effects.OfType<Dhcp6Effect.Announce>().SelectMany(one => one.Addresses)) announced.Add((bench.Seconds, address));
            Assert.Empty(bench.Effects.OfType<Dhcp6Effect.SolicitRouters>());
        }
        Ipv6Address[] set = [Fixture6.LinkLocal, Fixture6.L, .. s_others[..(Dhcp6Announcement.MaxAddresses - 2)]];
        Assert.Equal([.. set, .. set], announced.Select(one => one.Address));
        foreach ((double from, _) in announced)
            Assert.InRange(announced.Count(one => one.At >= from && one.At < from + 0.98), 1, TransmitBudget.ArpPerSecond - TransmitBudget.KernelAnnouncements);
    }

    [Fact(DisplayName = "AM-31 a driver that announces every address itself leaves one a second: the link-local address, the routers, then the lease's")]
    public void KernelAnnounces_PathChanges_LeavesItTheCap()
    {
        Machine6Bench bench = new Machine6Bench().Bind();
        bench.Surroundings = bench.Surroundings with { NeighbourPacketsOfOthers = 12, OtherAddresses = s_others[..1] };
        bench.FailOver();
        Assert.Equal([Fixture6.LinkLocal], Assert.Single(bench.Effects.OfType<Dhcp6Effect.Announce>()).Addresses.AsEnumerable());
        Assert.Empty(bench.Effects.OfType<Dhcp6Effect.SolicitRouters>());
        bench.After(1.01);
        Assert.Equal(0, Assert.Single(bench.Effects.OfType<Dhcp6Effect.SolicitRouters>()).KnownRouters);
        bench.After(2.05);
        Assert.Equal([Fixture6.LinkLocal, Fixture6.L, s_others[0]], bench.Effects.OfType<Dhcp6Effect.Announce>().Select(one => Assert.Single(one.Addresses)));
        bench.After(5);
        Assert.Equal(6, bench.Effects.OfType<Dhcp6Effect.Announce>().Count());
        Assert.Null(bench.Client.Announcement);
    }

    [Fact]
    public void RoutersAskedBeside_CountAsPacketsOfThePath()
    {
        Machine6Bench bench = new Machine6Bench().Bind();
        bench.FailOver();
        Assert.Equal(3, Assert.Single(bench.Effects.OfType<Dhcp6Effect.SolicitRouters>()).KnownRouters);
        bench.Step(new Dhcp6Input.RoutersAsked(3)).Forget();
        // All six are used: the second set, a second later, is the next that leaves.
        bench.Surroundings = bench.Surroundings with { PathIndex = 2 };
        bench.Step(new Dhcp6Input.AddressReady(Fixture6.L)).After(0.9);
        Assert.Empty(bench.Effects.OfType<Dhcp6Effect.Announce>());
        bench.After(0.2);
        Assert.Single(bench.Effects.OfType<Dhcp6Effect.Announce>());
    }
}
