using System.Net;
using BondDhcp.Dhcp.Client;
using BondDhcp.Host.Configuration;
using BondDhcp.Host.Resolver;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Resolver;

/// <summary>Who is to be told what.</summary>
public sealed class ResolverPlanTests
{
    private static readonly NetworkOffer s_v4 = Offer(["192.0.2.53", "192.0.2.54"], "example.org");
    private static readonly NetworkOffer s_v6 = Offer(["2001:db8::53", "fe80::1"], null, "lab.example", "example.org");

    internal static NetworkOffer Offer(string[] servers, string? domain = null, params string[] search) =>
        new() { DnsServers = [.. servers.Select(IPAddress.Parse)], DomainName = domain, SearchDomains = [.. search] };

    private static ResolverPolicy Policy(DnsOutput output, string name = "bond0", uint metric = 1024) => new(name, output, metric);

    [Fact(DisplayName = "D12 resolved where it runs, else resolvconf, else nobody, who is named")]
    public void Route_Auto_GoesToWhoIsThere()
    {
        ResolverRoute both = ResolverPlan.Route([s_v4], Policy(DnsOutput.Auto), new ResolverWays(true, true));
        Assert.Equal(new ResolverTarget(ResolverWay.Resolved, "bond0"), both.Target);
        Assert.Equal(new ResolverTarget(ResolverWay.Resolvconf, "bond0"), ResolverPlan.Route([s_v4], Policy(DnsOutput.Auto), new ResolverWays(false, true)).Target);
        ResolverRoute nobody = ResolverPlan.Route([s_v4], Policy(DnsOutput.Auto), default);
        Assert.Null(nobody.Target);
        Assert.Equal("192.0.2.53 192.0.2.54", nobody.Content!.Servers);
        Assert.StartsWith("nobody takes them", nobody.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void Route_File_GoesThereWhoeverElseIsThere() =>
        Assert.Equal(ResolverTarget.File, ResolverPlan.Route([s_v4], Policy(DnsOutput.File), new ResolverWays(true, true)).Target);

    [Fact]
    public void Route_False_GoesToNobody()
    {
        ResolverRoute route = ResolverPlan.Route([s_v4], Policy(DnsOutput.None), new ResolverWays(true, true));
        Assert.Equal((null, "dns is false"), (route.Target, route.Why));
    }

    [Fact]
    public void Merge_OfBothFamilies_HasDhcpv4First_NoneTwice()
    {
        ResolverContent content = ResolverPlan.Merge([s_v4, s_v6], Policy(DnsOutput.Auto), withScope: false)!;
        Assert.Equal("192.0.2.53 192.0.2.54 2001:db8::53 fe80::1", content.Servers);
        // The domain of a family without a search list, and the other's list.
        Assert.Equal("example.org lab.example", content.Search);
        Assert.Equal("192.0.2.53 192.0.2.54 2001:db8::53 fe80::1%bond0", ResolverPlan.Merge([s_v4, s_v6], Policy(DnsOutput.File), withScope: true)!.Servers);
    }

    [Fact]
    public void Merge_OfADomainBesideASearchList_HasTheListAlone() =>
        Assert.Equal("a.example b.example", ResolverPlan.Merge([Offer([], "c.example", "a.example", "b.example")], Policy(DnsOutput.Auto), false)!.Search);

    [Fact(DisplayName = "AX-5 a name that is no name, and a server that no host is, reach nobody")]
    public void Merge_OfWhatIsNotValid_LeavesItOut()
    {
        NetworkOffer bad = Offer(["127.0.0.1", "0.0.0.0", "224.0.0.1", "::1", "ff02::1", "::ffff:192.0.2.1"], "a;reboot", "$(id)", "b\nnameserver 6.6.6.6", "\x1b[2J", "ok.example");
        ResolverContent content = ResolverPlan.Merge([bad], Policy(DnsOutput.File), true)!;
        Assert.Equal(("", "ok.example"), (content.Servers, content.Search));
        Assert.Equal("search ok.example\n", content.ToResolvConf());
        Assert.Null(ResolverPlan.Merge([Offer(["127.0.0.1"], "`id`")], Policy(DnsOutput.File), true));
    }

    [Theory]
    [InlineData("-x")]
    [InlineData("7")]
    [InlineData("a$b")]
    [InlineData("a;b")]
    public void Route_OfANameThatMeansSomethingElse_GoesToNobody(string name)
    {
        ResolverRoute route = ResolverPlan.Route([s_v4], Policy(DnsOutput.Auto, name), new ResolverWays(true, true));
        Assert.Null(route.Target);
        Assert.NotNull(route.Why);
        Assert.NotNull(ResolverPlan.Route([s_v4], Policy(DnsOutput.File, name), default).Target);
    }

    [Fact]
    public void Wanted_OfSeveralInTheFile_IsOneTextByMetric()
    {
        ResolverRoute[] routes =
        [
            ResolverPlan.Route([Offer(["192.0.2.53"], "slow.example")], Policy(DnsOutput.File, "wlan0", 2000), default),
            ResolverPlan.Route([Offer(["198.51.100.53", "192.0.2.53"], "fast.example")], Policy(DnsOutput.File, "eth0", 100), default),
            ResolverPlan.Route([s_v4], Policy(DnsOutput.Auto, "bond0"), new ResolverWays(false, true)),
            default,
        ];
        var wanted = ResolverPlan.Wanted(routes);
        Assert.Equal([new ResolverTarget(ResolverWay.Resolvconf, "bond0"), ResolverTarget.File], wanted.Select(one => one.Target));
        Assert.Equal("search fast.example slow.example\nnameserver 198.51.100.53\nnameserver 192.0.2.53\n", wanted[1].Content.ToResolvConf());
    }

    [Theory(DisplayName = "The file has the three that the C library reads, one at least of each interface with a path, and says which are left out")]
    [InlineData("eth0=192.0.2.1,192.0.2.2,2001:db8::1 eth1=198.51.100.1", "192.0.2.1 192.0.2.2 198.51.100.1", "2001:db8::1")]
    [InlineData("eth0=192.0.2.1,192.0.2.2 eth1=198.51.100.1,198.51.100.2 eth2=203.0.113.1,203.0.113.2", "192.0.2.1 198.51.100.1 203.0.113.1", "192.0.2.2 198.51.100.2 203.0.113.2")]
    [InlineData("eth0=192.0.2.1 eth1=198.51.100.1 eth2=203.0.113.1 eth3=192.0.2.99", "192.0.2.1 198.51.100.1 203.0.113.1", "192.0.2.99")]
    // The same server by both is one, and speaks for both.
    [InlineData("eth0=192.0.2.1,192.0.2.2 eth1=192.0.2.2,198.51.100.1", "192.0.2.1 192.0.2.2 198.51.100.1", "")]
    [InlineData("eth0=192.0.2.1,192.0.2.2,192.0.2.3 eth1=192.0.2.2,198.51.100.1", "192.0.2.1 192.0.2.2 192.0.2.3", "198.51.100.1")]
    // One without a path gives way, and has what is left.
    [InlineData("-eth0=192.0.2.1,192.0.2.2,192.0.2.3 eth1=198.51.100.1", "198.51.100.1 192.0.2.1 192.0.2.2", "192.0.2.3")]
    [InlineData("-eth0=192.0.2.1 eth1=198.51.100.1,198.51.100.2,198.51.100.3", "198.51.100.1 198.51.100.2 198.51.100.3", "192.0.2.1")]
    // A server on this host needs none.
    [InlineData("-eth0=127.0.0.1 eth1=198.51.100.1,198.51.100.2,198.51.100.3", "127.0.0.1 198.51.100.1 198.51.100.2", "198.51.100.3")]
    [InlineData("-eth0=192.0.2.1,192.0.2.2,192.0.2.3,192.0.2.4 -eth1=198.51.100.1", "192.0.2.1 192.0.2.2 192.0.2.3", "192.0.2.4 198.51.100.1")]
    public void Wanted_OfTheFile_IsWhatIsRead(string interfaces, string told, string leftOut)
    {
        ResolverRoute[] routes = [.. interfaces.Split(' ').Select(one => one.Split('=')).Select(static one =>
            ResolverPlan.Route([Offer(one[1].Split(',')) with { ServersAreOwners = true }], Policy(DnsOutput.File, one[0].TrimStart('-')), default) with { IsUnusable = one[0][0] == '-' })];
        ResolverContent content = Assert.Single(ResolverPlan.Wanted(routes)).Content;
        Assert.Equal((told, leftOut), (content.Servers, content.LeftOut));
        Assert.Equal(
            string.Concat(told.Split(' ').Select(server => $"nameserver {server}\n")) + (leftOut.Length == 0 ? "" : $"# Left out, because the C library reads three: {leftOut}\n"),
            content.ToResolvConf());
    }

    [Fact(DisplayName = "Who is told otherwise has all of them, and no comment")]
    public void Wanted_OfOthers_IsNotCut()
    {
        ResolverRoute route = ResolverPlan.Route([Offer(["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"])], Policy(DnsOutput.Auto), new ResolverWays(false, true));
        ResolverContent content = Assert.Single(ResolverPlan.Wanted([route])).Content;
        Assert.Equal((4, ""), (content.ServerList.Length, content.LeftOut));
    }

    [Fact]
    public void Offer_OfALease_IsWhatItsAckSays()
    {
        Dhcp4Lease lease = Fixture.Lease() with
        {
            Ack = Fixture.Ack(1, Fixture.A).Text(15, "example.org").Address(42, Fixture.Server2).Text(101, "Europe/Berlin").Text(100, "CET-1").Text(114, "https://p.example/").ToReply(),
        };
        NetworkOffer offer = NetworkOffer.Of(lease);
        Assert.Equal(["192.0.2.1"], offer.DnsServers.Select(one => one.ToString()));
        Assert.Equal(("example.org", "Europe/Berlin", "https://p.example/"), (offer.DomainName, offer.TimeZone, offer.CaptivePortal));
        Assert.Equal("192.0.2.2", Assert.Single(offer.NtpServers));
    }
}
