using System.Diagnostics;
using BondDhcp.Bond.Addressing;
using BondDhcp.Bond.Links;
using BondDhcp.Net;
using BondDhcp.Tests.Linux;
using Xunit;

namespace BondDhcp.Tests.Netlink;

/// <summary>What the kernel tells of IPv6 on an interface.</summary>
public sealed class Ipv6WatchTests
{
    private const string One = "2001:db8::100";

    [Fact(DisplayName = "A6-3 (kernel): a link-local address is there when duplicate address detection is over, not before")]
    public void LinkLocal_WhileTentative_IsNotUsable() => Ipv6Interface.Run(host =>
    {
        host.Follow(() => host.Table.Addresses.Any(address => address.Address.IsLinkLocal));
        if (host.Table.Addresses.First(address => address.Address.IsLinkLocal).IsTentative) Assert.Null(host.Table.LinkLocal);
        host.Follow(() => host.Table.LinkLocal is not null);
        Assert.Equal("fe80::ff:fe00:c", Assert.Single(host.Events.OfType<Ipv6Event.LinkLocalUsable>()).Address.ToString());
    }, detectsDuplicates: true);

    [Fact(DisplayName = "AM-25 (kernel): down and up, the link-local address is lost and there again")]
    public void LinkLocal_WhenTheInterfaceIsSetDown_IsLost() => Ipv6Interface.Run(host =>
    {
        Ipv6Address before = host.AwaitLinkLocal();
        PrivateNetwork.Ip("link set c0 down");
        host.Follow(() => host.Table.LinkLocal is null);
        Assert.Equal(before, Assert.Single(host.Events.OfType<Ipv6Event.LinkLocalLost>()).Address);
        PrivateNetwork.Ip("link set c0 address 02:00:00:00:0b:0b");
        PrivateNetwork.Ip("link set c0 up");
        host.Follow(() => host.Table.LinkLocal is not null);
        Assert.Equal("fe80::ff:fe00:b0b", host.Table.LinkLocal.ToString());
    }, detectsDuplicates: true);

    [Fact(DisplayName = "A6-29 (kernel): an address that another host has is told as duplicate, and the others are usable")]
    public void Address_ThatAnotherHostHas_IsDuplicate() => Ipv6Interface.Run(host =>
    {
        Ipv6Interface.Enable("s0");
        PrivateNetwork.Ip($"addr add {One}/64 dev s0 nodad");
        host.AwaitLinkLocal();
        host.Apply(Ipv6Interface.Leased(One, "2001:db8::200"));
        host.Follow(() => host.Events.OfType<Ipv6Event.AddressDuplicate>().Any() && host.Events.OfType<Ipv6Event.AddressUsable>().Any());
        Assert.Equal(One, Assert.Single(host.Events.OfType<Ipv6Event.AddressDuplicate>()).Address.Address.ToString());
        Assert.Equal("2001:db8::200", Assert.Single(host.Events.OfType<Ipv6Event.AddressUsable>()).Address.Address.ToString());
        Assert.DoesNotContain(host.Events, e => e is Ipv6Event.AddressRemoved);
    }, detectsDuplicates: true);

    [Fact]
    public void Address_ForEverThatAnotherHostHas_IsDuplicateAndStays() => Ipv6Interface.Run(host =>
    {
        Ipv6Interface.Enable("s0");
        PrivateNetwork.Ip($"addr add {One}/64 dev s0 nodad");
        host.AwaitLinkLocal();
        host.Apply(new Ipv6Configuration { Addresses = [new Ipv6WantedAddress(Ipv6Interface.Address(One), TimeSpan.MaxValue, TimeSpan.MaxValue)] });
        host.Follow(() => host.Events.OfType<Ipv6Event.AddressDuplicate>().Any());
        Assert.True(host.Table.Find(Ipv6Interface.Address(One))!.IsDuplicate);
        host.Remove();
        host.Follow(() => host.Events.OfType<Ipv6Event.AddressRemoved>().Any());
        Assert.Single(host.Events.OfType<Ipv6Event.AddressDuplicate>());
    }, detectsDuplicates: true);

    [Fact(DisplayName = "AT-5 (v6, kernel): an address that somebody removes is told as removed")]
    public void Address_RemovedBySomebodyElse_IsTold() => Ipv6Interface.Run(host =>
    {
        host.AwaitLinkLocal();
        host.Apply(Ipv6Interface.Leased(One));
        host.Follow(() => host.Events.OfType<Ipv6Event.AddressUsable>().Any());
        PrivateNetwork.Ip($"addr del {One}/128 dev c0");
        host.Follow(() => host.Events.OfType<Ipv6Event.AddressRemoved>().Any());
        Assert.Equal(One, Assert.Single(host.Events.OfType<Ipv6Event.AddressRemoved>()).Address.Address.ToString());
    });

    [Fact(DisplayName = "A6-46 (kernel): flags M and O of router advertisements are told, and read at the start; SLAAC goes on beside a lease")]
    public void Advertisements_OfARouter_AreTold() => Ipv6Interface.Run(host =>
    {
        Ipv6Interface.Enable("s0");
        host.AwaitLinkLocal();
        host.Apply(Ipv6Interface.Leased(One));
        using var router = new RadvdRouter("s0", "AdvManagedFlag on; AdvOtherConfigFlag on; prefix 2001:db8:1::/64 {};");
        host.Follow(() => host.Events.OfType<Ipv6Event.RouterFlags>().Any()
            && host.Table.Addresses.Any(address => address.Address.ToString().StartsWith("2001:db8:1:", StringComparison.Ordinal)));
        Ipv6LinkFlags flags = Assert.Single(host.Events.OfType<Ipv6Event.RouterFlags>()).Flags;
        Assert.True((flags & (Ipv6LinkFlags.Managed | Ipv6LinkFlags.OtherConfiguration)) == (Ipv6LinkFlags.Managed | Ipv6LinkFlags.OtherConfiguration));
        Ipv6LinkState state = host.Rtnl.FindIpv6State(host.Index)!;
        Assert.True((state.Flags & (Ipv6LinkFlags.AdvertisementReceived | Ipv6LinkFlags.Managed)) == (Ipv6LinkFlags.AdvertisementReceived | Ipv6LinkFlags.Managed));
        // The lease changes nothing for what the router gives.
        host.Remove();
        Assert.Contains("2001:db8:1:", Ipv6Interface.Addresses(), StringComparison.Ordinal);
        Assert.Contains("default via fe80::ff:fe00:5 dev c0 proto ra", PrivateNetwork.Ip("-6 route show"), StringComparison.Ordinal);
        List<RouterNeighbour> routers = [];
        Assert.True(host.Rtnl.ReadRouters(host.Index, routers).Succeeded);
        Assert.Equal(new RouterNeighbour(host.Index, Ipv6Interface.Address("fe80::ff:fe00:5"), MacAddress.Parse(PrivateNetwork.ServerMac)), Assert.Single(routers));
    });

    [Fact(DisplayName = "A6-46 (kernel): M taken back is told too")]
    public void Advertisements_WithOtherFlags_AreToldAgain() => Ipv6Interface.Run(host =>
    {
        Ipv6Interface.Enable("s0");
        host.AwaitLinkLocal();
        using (new RadvdRouter("s0", "AdvManagedFlag on; prefix 2001:db8:1::/64 {};"))
            host.Follow(() => host.Events.OfType<Ipv6Event.RouterFlags>().Any());
        host.Events.Clear();
        using var router = new RadvdRouter("s0", "AdvOtherConfigFlag on; prefix 2001:db8:1::/64 {};");
        host.Follow(() => host.Events.OfType<Ipv6Event.RouterFlags>().Any(e =>
            (e.Flags & (Ipv6LinkFlags.Managed | Ipv6LinkFlags.OtherConfiguration)) == Ipv6LinkFlags.OtherConfiguration));
    });

    [Fact(DisplayName = "RFC 9915 18.2.12 (kernel): another on-link prefix is told; the first ones are no change")]
    public void Prefix_BesideKnownOnes_IsTold() => Ipv6Interface.Run(host =>
    {
        Ipv6Interface.Enable("s0");
        host.AwaitLinkLocal();
        using (new RadvdRouter("s0", "prefix 2001:db8:1::/64 {}; prefix 2001:db8:2::/64 {};"))
            host.Follow(() => host.Table.Addresses.Any(address => address.Address.ToString().StartsWith("2001:db8:2:", StringComparison.Ordinal)));
        Assert.DoesNotContain(host.Events, e => e is Ipv6Event.PrefixAppeared);
        using var router = new RadvdRouter("s0", "prefix 2001:db8:3::/64 {};");
        host.Follow(() => host.Events.OfType<Ipv6Event.PrefixAppeared>().Any());
        Assert.Equal("2001:db8:3::/64", Assert.Single(host.Events.OfType<Ipv6Event.PrefixAppeared>()).Prefix.Prefix.ToString());
    });

    [Fact(DisplayName = "No route beyond the link is said when three solicitations had their time and no router was heard, or when none can be")]
    public void Diagnosis_OfAMissingRoute_HasPatience()
    {
        Link link = new() { Index = 2, Name = "c0" };
        Ipv6LinkState silent = new(), forwarding = new() { IsForwarding = true };
        Assert.Null(Ipv6Diagnosis.WhyWithoutRoute(link, silent, TimeSpan.FromSeconds(11.9)));
        Assert.Null(Ipv6Diagnosis.WhyWithoutRoute(link, forwarding, TimeSpan.FromSeconds(11.9)));
        Assert.Equal("no router is known, so there is no route beyond the link: DHCPv6 gives none", Ipv6Diagnosis.WhyWithoutRoute(link, silent, TimeSpan.FromSeconds(12)));
        Assert.Equal(
            "there is no route beyond the link: router advertisements are not processed, because the interface forwards (net.ipv6.conf.c0.accept_ra is 1; 2 processes them all the same)",
            Ipv6Diagnosis.WhyWithoutRoute(link, forwarding with { Flags = Ipv6LinkFlags.AdvertisementReceived }, TimeSpan.FromSeconds(12)));
        Assert.Null(Ipv6Diagnosis.WhyWithoutRoute(link, silent with { Flags = Ipv6LinkFlags.AdvertisementReceived }, TimeSpan.FromHours(1)));
        Assert.Null(Ipv6Diagnosis.WhyWithoutRoute(link, silent with { Flags = Ipv6LinkFlags.OtherConfiguration }, TimeSpan.FromHours(1)));
    }

    [Theory(DisplayName = "(kernel) what leads beyond a link: gateways and default routes through the interface, in any table, several next hops too")]
    [InlineData("default via fe80::1 dev c0", true)]
    [InlineData("default dev c0 table 100", true)]
    [InlineData("2001:db8:9::/48 via fe80::1 dev c0", true)]
    [InlineData("default nexthop via fe80::1 dev s0 nexthop via fe80::2 dev c0", true)]
    [InlineData("2001:db8:9::/64 dev c0", false)]
    [InlineData("default via fe80::1 dev s0", false)]
    [InlineData("unreachable default", false)]
    public void Routes_ThatLeadBeyondTheLink_AreKnown(string route, bool leads) => Ipv6Interface.Run(host =>
    {
        Ipv6Interface.Enable("s0");
        host.AwaitLinkLocal();
        Assert.False(host.Rtnl.LeadsBeyondLink(host.Index));
        PrivateNetwork.Ip($"-6 route add {route}");
        Assert.Equal(leads, host.Rtnl.LeadsBeyondLink(host.Index));
    });

    [Fact(DisplayName = "2.11 (kernel): settings that keep IPv6 or advertisements away are named")]
    public void Diagnosis_OfSettings_NamesThem() => Ipv6Interface.Run(host =>
    {
        host.AwaitLinkLocal();
        Assert.Null(Why(host));
        Assert.Null(Ipv6Diagnosis.WhyWithoutAdvertisements(host.Link, host.Rtnl.FindIpv6State(host.Index)!));
        Ipv6Interface.Set("c0", "accept_ra", "0");
        Assert.Equal(
            "router advertisements are not processed (net.ipv6.conf.c0.accept_ra is 0)",
            Ipv6Diagnosis.WhyWithoutAdvertisements(host.Link, host.Rtnl.FindIpv6State(host.Index)!));
        Ipv6Interface.Set("c0", "accept_ra", "1");
        Ipv6Interface.Set("c0", "forwarding", "1");
        Assert.Contains("2 processes them all the same", Ipv6Diagnosis.WhyWithoutAdvertisements(host.Link, host.Rtnl.FindIpv6State(host.Index)!), StringComparison.Ordinal);
        Ipv6Interface.Set("c0", "accept_ra", "2");
        Assert.Null(Ipv6Diagnosis.WhyWithoutAdvertisements(host.Link, host.Rtnl.FindIpv6State(host.Index)!));
        Ipv6Interface.Set("c0", "disable_ipv6", "1");
        Assert.Equal("IPv6 is disabled on this interface (net.ipv6.conf.c0.disable_ipv6)", Why(host));
        Ipv6Interface.Set("c0", "disable_ipv6", "0");
        PrivateNetwork.Ip("link set c0 mtu 1200");
        Assert.Equal("its MTU is 1200, and IPv6 needs 1280", Why(host));
        PrivateNetwork.Ip("link set c0 mtu 1500");
        Assert.Null(Why(host));
    });

    [Fact]
    public void Reading_AtTheStartAndAfterALoss_TellsTheDifference() => Ipv6Interface.Run(host =>
    {
        host.AwaitLinkLocal();
        PrivateNetwork.Ip($"addr add {One}/128 dev c0 nodad");
        host.Follow(() => host.Table.Find(Ipv6Interface.Address(One)) is not null);
        host.Events.Clear();
        // Events that nobody took in.
        PrivateNetwork.Ip($"addr del {One}/128 dev c0");
        PrivateNetwork.Ip("addr add 2001:db8::200/128 dev c0 nodad");
        List<Ipv6InterfaceAddress> addresses = [];
        Assert.True(host.Rtnl.ReadIpv6Addresses(host.Index, addresses).Succeeded);
        host.Table.Replace(addresses, host.Rtnl.FindIpv6State(host.Index)!.Flags, host.Events);
        Assert.Collection(
            host.Events,
            e => Assert.Equal(One, Assert.IsType<Ipv6Event.AddressRemoved>(e).Address.Address.ToString()),
            e => Assert.Equal("2001:db8::200", Assert.IsType<Ipv6Event.AddressUsable>(e).Address.Address.ToString()));
    });

    private static string? Why(Ipv6Interface host) => Ipv6Diagnosis.WhyWithout(host.Rtnl.FindLink(host.Index)!, host.Rtnl.FindIpv6State(host.Index));

    /// <summary>radvd on an interface, which advertises at once and every few seconds.</summary>
    private sealed class RadvdRouter : IDisposable
    {
        private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("bonddhcp-radvd-");
        private readonly Process _process;

        public RadvdRouter(string interfaceName, string options)
        {
            Ipv6Interface.Set(interfaceName, "forwarding", "1");
            string file = Path.Combine(_directory.FullName, "radvd.conf");
            File.WriteAllText(file, $"interface {interfaceName} {{ AdvSendAdvert on; MinRtrAdvInterval 3; MaxRtrAdvInterval 4; AdvDefaultLifetime 60; {options} }};\n");
            string[] arguments = ["-C", file, "-n", "-m", "stderr", "-p", Path.Combine(_directory.FullName, "pid")];
            _process = Process.Start(new ProcessStartInfo("radvd", arguments) { RedirectStandardError = true })!;
        }

        public void Dispose()
        {
            // Killed, so that it says no farewell.
            _process.Kill();
            _process.WaitForExit();
            _process.Dispose();
            _directory.Delete(recursive: true);
        }
    }
}
