using System.Net;
using BondDhcp.Bond.Addressing;
using BondDhcp.Host.Configuration;
using Xunit;

namespace BondDhcp.Tests.Static;

public sealed class StaticTextTests
{
    private static StaticRoute Route(string text)
    {
        StaticRoute? route = StaticRouteText.Read(text, out string why);
        Assert.Equal("", why);
        return route!;
    }

    [Fact]
    public void Route_WithEveryWord_IsRead()
    {
        StaticRoute route = Route("to 10.1.0.0/16 via 192.168.0.1 src 192.168.0.2 metric 7 table 100 mtu 1400 onlink");
        Assert.Equal(new StaticDestination(IPAddress.Parse("10.1.0.0"), 16), route.Destination);
        Assert.Equal(IPAddress.Parse("192.168.0.1"), route.Gateway);
        Assert.Equal(IPAddress.Parse("192.168.0.2"), route.Source);
        Assert.Equal((7u, 100u, 1400, true), (route.Metric!.Value, route.Table, route.Mtu!.Value, route.OnLink));
    }

    [Theory]
    [InlineData("default via 192.0.2.1", "0.0.0.0/0 via 192.0.2.1")]
    [InlineData("default via fe80::1", "::/0 via fe80::1")]
    [InlineData("default src fd00::2", "::/0 src fd00::2")]
    [InlineData("default", "0.0.0.0/0")]
    [InlineData("to 2001:db8:1::/48 via fe80::1", "2001:db8:1::/48 via fe80::1")]
    [InlineData("unreachable 10.0.0.0/8", "unreachable 10.0.0.0/8")]
    [InlineData("blackhole to fd00::/8", "blackhole fd00::/8")]
    [InlineData("10.9.9.9 via 192.0.2.1", "10.9.9.9/32 via 192.0.2.1")]
    [InlineData("10.0.0.0/8 table main", "10.0.0.0/8")]
    [InlineData("10.0.0.0/8 table local", "10.0.0.0/8 table 255")]
    public void Route_IsRead(string text, string meant) => Assert.Equal(meant, Route(text).ToString());

    [Theory(DisplayName = "AS-7 routes that cannot be are refused")]
    [InlineData("", "names no destination")]
    [InlineData("to", "names no destination")]
    [InlineData("via 192.0.2.1", "unknown word")]
    [InlineData("10.0.0.0/33", "neither PREFIX/LENGTH")]
    [InlineData("10.0.0.1/8", "write 10.0.0.0/8")]
    [InlineData("10.0.0.0/8 via fe80::1", "another family")]
    [InlineData("default via 192.0.2.1 src fd00::2", "another family")]
    [InlineData("10.0.0.0/8 via", "needs an address behind it")]
    [InlineData("10.0.0.0/8 via 300.1.1.1", "is not an address")]
    [InlineData("10.0.0.0/8 via fe80::1%eth0", "is not an address")]
    [InlineData("10.0.0.0/8 via 255.255.255.255", "no router can have")]
    [InlineData("10.0.0.0/8 metric -1", "is not a number")]
    [InlineData("10.0.0.0/8 metric 1 metric 2", "twice")]
    [InlineData("10.0.0.0/8 table 0", "no table 0")]
    [InlineData("10.0.0.0/8 table office", "is not a number")]
    [InlineData("10.0.0.0/8 mtu 67", "from 68 to 65535")]
    [InlineData("10.0.0.0/8 onlink", "needs a 'via'")]
    [InlineData("10.0.0.0/8 dev eth0", "unknown word 'dev'")]
    [InlineData("10.0.0.0/8 metrc 5", "did you mean 'metric'")]
    [InlineData("unreachable 10.0.0.0/8 via 192.0.2.1", "leads nowhere")]
    [InlineData("10.0.0.0/8 via 192.0.2.1 src 192.0.2.1", "its own source")]
    public void Route_Impossible_IsRefused(string text, string why)
    {
        Assert.Null(StaticRouteText.Read(text, out string said));
        Assert.Contains(why, said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("192.0.2.255/31")]
    [InlineData("192.0.2.0/32")]
    [InlineData("fe80::5/64")]
    [InlineData("2001:db8::/127")]
    public void Address_AtTheEdge_IsAccepted(string text) => Assert.NotNull(StaticText.ReadAddress(text, out _));

    [Theory(DisplayName = "AS-7 addresses that no host can have are refused")]
    [InlineData("192.0.2.255/24")]
    [InlineData("0.0.0.0/8")]
    [InlineData("300.1.1.1/24")]
    [InlineData("192.0.2.1/33")]
    [InlineData("192.0.2.1/0")]
    [InlineData("192.0.2.1")]
    [InlineData("224.0.0.1/24")]
    [InlineData("127.0.0.1/8")]
    [InlineData("::/64")]
    [InlineData("::1/128")]
    [InlineData("fd00::1/129")]
    [InlineData("::ffff:192.0.2.1/120")]
    [InlineData("[fd00::1]/64")]
    [InlineData("1/24")]
    [InlineData("")]
    public void Address_Impossible_IsRefused(string text)
    {
        Assert.Null(StaticText.ReadAddress(text, out string why));
        Assert.NotEqual("", why);
    }
}
