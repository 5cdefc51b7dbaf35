using BondDhcp.Bond.Addressing;
using BondDhcp.Bond.Links;
using BondDhcp.Bond.Linux;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using BondDhcp.Tests.Linux;
using Xunit;

namespace BondDhcp.Tests.Netlink;

/// <summary>Against the kernel, in a network namespace of their own; ip(8) is the witness.</summary>
public sealed class Ipv6ConfiguratorTests
{
    private const string One = "2001:db8::100";
    private const string Two = "2001:db8::200";

    [Fact(DisplayName = "A6-15 (kernel): a leased address is a /128 without a prefix route, with its lifetimes")]
    public void Apply_OnABareInterface_GivesTheAddresses() => Ipv6Interface.Run(host =>
    {
        host.AwaitLinkLocal();
        Ipv6Outcome outcome = host.Apply(Ipv6Interface.Leased(One, Two));
        Assert.Empty(outcome.Problems);
        Assert.Empty(outcome.Refused);
        Assert.Equal(2, outcome.Done.Length);
        string shown = Ipv6Interface.Addresses();
        Assert.Matches($"inet6 {One}/128 scope global (tentative )?dynamic noprefixroute", shown);
        Assert.Matches($"inet6 {Two}/128 scope global (tentative )?dynamic noprefixroute", shown);
        Assert.Matches("valid_lft (900|899)sec preferred_lft (600|599)sec", shown);
        Ipv6InterfaceAddress read = Assert.Single(outcome.Present, address => address.Address == Ipv6Interface.Address(One));
        Assert.Equal((InterfaceAddress.OurProtocol, true), (read.Protocol, read.HasNoPrefixRoute));
    });

    [Fact(DisplayName = "A6-47 (kernel): there is no route of ours but to the address itself")]
    public void Apply_OfAnAddress_AddsNoRoute() => Ipv6Interface.Run(host =>
    {
        host.AwaitLinkLocal();
        string before = PrivateNetwork.Ip("-6 route show table main");
        host.Apply(Ipv6Interface.Leased(One));
        Assert.Equal(before, PrivateNetwork.Ip("-6 route show table main"));
    });

    [Fact]
    public void Apply_Again_PushesLifetimesAndNeverRemoves() => Ipv6Interface.Run(host =>
    {
        host.AwaitLinkLocal();
        host.Apply(Ipv6Interface.Leased(One));
        for (int i = 1; i <= 20; i++)
        {
            host.Apply(new Ipv6Configuration
            {
                Addresses = [new Ipv6WantedAddress(Ipv6Interface.Address(One), TimeSpan.FromSeconds(1000 + i), TimeSpan.FromSeconds(2000 + i))],
            });
        }
        host.Follow(() => host.Table.Find(Ipv6Interface.Address(One)) is { ValidSeconds: 2020 or 2019 });
        Assert.DoesNotContain(host.Events, e => e is Ipv6Event.AddressRemoved);
        Assert.Single(host.Events.OfType<Ipv6Event.AddressUsable>());
        Assert.Matches("valid_lft 20(20|19)sec preferred_lft 10(20|19)sec", Ipv6Interface.Addresses());
    });

    [Fact]
    public void Apply_WithNoPreferredLifetime_IsDeprecated() => Ipv6Interface.Run(host =>
    {
        host.AwaitLinkLocal();
        var wanted = new Ipv6WantedAddress(Ipv6Interface.Address(One), TimeSpan.FromSeconds(-5), TimeSpan.FromSeconds(60));
        Ipv6Outcome outcome = host.Apply(new Ipv6Configuration { Addresses = [wanted] });
        Assert.True(Assert.Single(outcome.Present, address => address.Address == wanted.Address).IsDeprecated);
        // And preferred again when the server says so.
        outcome = host.Apply(Ipv6Interface.Leased(One));
        Assert.False(Assert.Single(outcome.Present, address => address.Address == wanted.Address).IsDeprecated);
    });

    [Fact]
    public void Apply_WithLifetimesForEver_IsTaken() => Ipv6Interface.Run(host =>
    {
        host.AwaitLinkLocal();
        host.Apply(new Ipv6Configuration { Addresses = [new Ipv6WantedAddress(Ipv6Interface.Address(One), TimeSpan.MaxValue, TimeSpan.MaxValue)] });
        Assert.Contains("valid_lft forever preferred_lft forever", Ipv6Interface.Addresses(), StringComparison.Ordinal);
    });

    [Fact]
    public void Apply_OfOtherAddresses_RemovesOnlyOurs() => Ipv6Interface.Run(host =>
    {
        host.AwaitLinkLocal();
        PrivateNetwork.Ip("addr add 2001:db8:f::1/64 dev c0");
        host.Apply(Ipv6Interface.Leased(One));
        host.Apply(Ipv6Interface.Leased(Two));
        host.Follow(() => host.Table.Find(Ipv6Interface.Address(Two)) is { IsUsable: true } && host.Table.Find(Ipv6Interface.Address(One)) is null);
        Assert.Equal(Two, Assert.Single(host.Owned.Addresses).ToString());
        host.Remove();
        Assert.True(host.Owned.IsEmpty);
        Assert.Contains("2001:db8:f::1/64", Assert.Single(Ipv6Interface.Addresses().Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.NotNull(host.Table.LinkLocal);
    });

    [Fact(DisplayName = "AT-4 (v6): a wanted address that somebody else configured serves, and is not taken away")]
    public void Apply_WhereSomebodyElseHasTheAddress_LeavesIt() => Ipv6Interface.Run(host =>
    {
        host.AwaitLinkLocal();
        PrivateNetwork.Ip($"addr add {One}/64 dev c0");
        Ipv6Outcome outcome = host.Apply(Ipv6Interface.Leased(One));
        Assert.Equal($"{One}/64: somebody else configured it; left as it is", Assert.Single(outcome.Problems));
        Assert.Empty(outcome.Refused);
        Assert.True(host.Owned.IsEmpty);
        host.Remove();
        Assert.Contains($"{One}/64", Ipv6Interface.Addresses(), StringComparison.Ordinal);
    });

    [Fact]
    public void Apply_WhereTheRecordWasLost_KnowsTheMark() => Ipv6Interface.Run(host =>
    {
        host.AwaitLinkLocal();
        host.Apply(Ipv6Interface.Leased(One));
        host.Owned = Ipv6Ownership.None;
        Assert.Empty(host.Apply(Ipv6Interface.Leased(One)).Problems);
        Assert.Equal(One, Assert.Single(host.Owned.Addresses).ToString());
    });

    [Fact]
    public void Apply_OfALeaseThatIsOver_IsRefused() => Ipv6Interface.Run(host =>
    {
        host.AwaitLinkLocal();
        var wanted = new Ipv6WantedAddress(Ipv6Interface.Address(One), TimeSpan.Zero, TimeSpan.Zero);
        RefusedIpv6Address refused = Assert.Single(host.Apply(new Ipv6Configuration { Addresses = [wanted] }).Refused);
        Assert.Equal("Invalid argument: its lifetime is over", refused.Why);
        Assert.Equal("", Ipv6Interface.Addresses());
    });

    [Fact]
    public void Apply_WhereIpv6IsDisabled_SaysSo() => Ipv6Interface.Run(host =>
    {
        Ipv6Interface.Set("c0", "disable_ipv6", "1");
        RefusedIpv6Address refused = Assert.Single(host.Apply(Ipv6Interface.Leased(One)).Refused);
        Assert.Contains("IPv6 is disabled on this device", refused.Why, StringComparison.Ordinal);
        Assert.True(host.Owned.IsEmpty);
    });

    [Fact]
    public void Remove_OfWhatIsGone_IsNoError() => Ipv6Interface.Run(host =>
    {
        host.AwaitLinkLocal();
        host.Apply(Ipv6Interface.Leased(One));
        PrivateNetwork.Ip($"addr del {One}/128 dev c0");
        Assert.Empty(host.Remove().Problems);
        Assert.True(host.Owned.IsEmpty);
        PrivateNetwork.Ip("link del c0");
        host.Owned = new Ipv6Ownership { Addresses = [Ipv6Interface.Address(One)] };
        Assert.Empty(host.Remove().Problems);
    });

    [Fact(DisplayName = "A6-42 (kernel): a delegated prefix gets an unreachable route of protocol dhcp, for as long as it is wanted")]
    public void Apply_OfAPrefix_AddsAnUnreachableRoute() => Ipv6Interface.Run(host =>
    {
        for (int i = 0; i < 3; i++) Assert.Empty(host.Apply(Ipv6Interface.Delegated("2001:db8:aa00::/56")).Problems);
        Assert.Matches("^unreachable 2001:db8:aa00::/56 dev lo proto dhcp .*metric 1024 [^\n]*\n$", Ipv6Interface.Routes());
        host.Apply(Ipv6Interface.Delegated("2001:db8:bb00::/56") with { Metric = 77 });
        Assert.Matches("^unreachable 2001:db8:bb00::/56 dev lo proto dhcp .*metric 77 [^\n]*\n$", Ipv6Interface.Routes());
        // It is not of the interface, and goes when that is gone.
        PrivateNetwork.Ip("link del c0");
        Assert.NotEqual("", Ipv6Interface.Routes());
        host.Remove();
        Assert.Equal("", Ipv6Interface.Routes());
        Assert.True(host.Owned.IsEmpty);
    });

    [Fact(DisplayName = "AT-4 (v6): the unreachable route of somebody else stays")]
    public void Apply_OfAPrefixWithAForeignRoute_LeavesIt() => Ipv6Interface.Run(host =>
    {
        PrivateNetwork.Ip("-6 route add unreachable 2001:db8:aa00::/56 proto static metric 1024");
        Ipv6Outcome outcome = host.Apply(Ipv6Interface.Delegated("2001:db8:aa00::/56"));
        Assert.Equal("route unreachable 2001:db8:aa00::/56: somebody else installed it; left as it is", Assert.Single(outcome.Problems));
        Assert.True(host.Owned.IsEmpty);
        host.Remove();
        Assert.Contains("proto static", Ipv6Interface.Routes(), StringComparison.Ordinal);
    });

    [Fact(DisplayName = "AT-3 (v6): kill -9, and the kernel takes the address away when its time is over")]
    public void Address_ThatNobodyRefreshes_EndsInTheKernel() => Ipv6Interface.Run(host =>
    {
        host.AwaitLinkLocal();
        var wanted = new Ipv6WantedAddress(Ipv6Interface.Address(One), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        host.Apply(new Ipv6Configuration { Addresses = [wanted] });
        host.Follow(() => host.Events.OfType<Ipv6Event.AddressRemoved>().Any(e => e.Address.Address == wanted.Address));
        Assert.Equal("", Ipv6Interface.Addresses());
    });

    [Fact(DisplayName = "AT-4 (v6): what is ours is known again after kill -9, to this interface of this boot alone")]
    public void Record_OfAnEarlierRun_IsReadAgain() => Ipv6Interface.Run(host =>
    {
        using var directory = new TemporaryDirectory();
        host.AwaitLinkLocal();
        Ipv6Configuration wanted = Ipv6Interface.Leased(One) with { Prefixes = [Ipv6Prefix.Parse("2001:db8:aa00::/56")] };
        host.Apply(wanted);
        Assert.Null(new Ipv6OwnershipFile(directory.Path, "c0", host.Index, "boot").Write(host.Owned));

        Ipv6Ownership read = new Ipv6OwnershipFile(directory.Path, "c0", host.Index, "boot").Read(out string? warning);
        Assert.Null(warning);
        Assert.Equal(host.Owned.Addresses.AsEnumerable(), read.Addresses);
        Assert.Equal(host.Owned.Routes.AsEnumerable(), read.Routes);
        Assert.True(new Ipv6OwnershipFile(directory.Path, "c0", host.Index, "another boot").Read(out _).IsEmpty);
        Ipv6Ownership elsewhere = new Ipv6OwnershipFile(directory.Path, "c0", host.Index + 1, "boot").Read(out _);
        Assert.Empty(elsewhere.Addresses);
        Assert.Equal(host.Owned.Routes.AsEnumerable(), elsewhere.Routes);

        host.Owned = read;
        host.Remove();
        Assert.Equal("", Ipv6Interface.Addresses());
        Assert.Equal("", Ipv6Interface.Routes());
    });

    [Theory(DisplayName = "AP-6 (record of DHCPv6): a damaged one is set aside with a message")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"version":2}""")]
    [InlineData("""{"version":1,"bootId":"b","networkNamespace":"n","interfaceIndex":3,"addresses":["192.0.2.1"],"routes":[]}""")]
    [InlineData("""{"version":1,"bootId":"b","networkNamespace":"n","interfaceIndex":3,"addresses":[],"routes":[{"unreachable":"::/200","metric":1}]}""")]
    public void Record_ThatIsDamaged_IsNotRead(string content)
    {
        Assert.Null(Ipv6OwnershipRecord.Read(System.Text.Encoding.UTF8.GetBytes(content), out string? problem));
        Assert.StartsWith("is ", problem, StringComparison.Ordinal);
        using var directory = new TemporaryDirectory();
        File.WriteAllText(Path.Combine(directory.Path, "owned6-c0.json"), content);
        Assert.True(new Ipv6OwnershipFile(directory.Path, "c0", 3, "b").Read(out string? warning).IsEmpty);
        Assert.NotNull(warning);
        Assert.False(File.Exists(Path.Combine(directory.Path, "owned6-c0.json")));
    }
}
