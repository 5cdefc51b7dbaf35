using System.Net;
using BondDhcp.Bond.Links;
using BondDhcp.Host.Coexistence;
using Xunit;

namespace BondDhcp.Tests.Coexistence;

public sealed class RivalJudgeTests
{
    private const int Bond = 4, Other = 5;
    private const ulong TheirSocket = 1001, TheirPort = 1002, OurSocket = 2001;

    private static readonly RivalFacts s_quiet = new()
    {
        Interface = "bond0",
        Index = Bond,
        OtherInterfaces = ["lo", "eth9"],
        Addresses = [IPAddress.Parse("192.0.2.5")],
        Ours = new HashSet<ulong> { OurSocket },
    };

    private static ProcessFacts Process(string name, string arguments, params ulong[] sockets) =>
        new(100 + name.Length, name, arguments.Split(' '), new HashSet<ulong>(sockets));

    private static PortHolder Wildcard(int device = 0) => new(IPAddress.Any, device, TheirPort);

    [Fact]
    public void Host_WithNobody_HasNoRival() => Assert.Empty(RivalJudge.Of(s_quiet));

    [Fact]
    public void OurOwnSockets_AreNoRivals() => Assert.Empty(RivalJudge.Of(s_quiet with
    {
        Packets = [new(SocketTable.Ipv4, Bond, OurSocket)],
        Ports = [new(IPAddress.Parse("192.0.2.5"), Bond, OurSocket)],
    }));

    [Theory]
    [InlineData("dhclient", "dhclient -4 -pf /run/dhclient.bond0.pid bond0", "dhclient")]
    [InlineData("dhcpcd", "dhcpcd: bond0 [ip4]", "dhcpcd")]
    [InlineData("busybox", "busybox udhcpc -f -i bond0", "udhcpc")]
    [InlineData("udhcpc", "udhcpc -ibond0", "udhcpc")]
    [InlineData("udhcpc", "udhcpc --interface=bond0", "udhcpc")]
    public void ClientByName_ForTheInterface_IsARivalWithoutASocket(string name, string arguments, string program)
    {
        Rival rival = Assert.Single(RivalJudge.Of(s_quiet with { Processes = [Process(name, arguments)] }));
        Assert.Equal((program, "bond0", true), (rival.Program, rival.Interface, rival.IsCertain));
        Assert.EndsWith("was started for bond0", rival.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dhclient", "dhclient -4 eth9")]
    [InlineData("dhclient", "dhclient -6 bond0")]
    [InlineData("dhcpcd", "dhcpcd: bond0 [ip6]")]
    [InlineData("dhcp6c", "dhcp6c bond0")]
    [InlineData("busybox", "busybox sh -c sleep bond0")]
    [InlineData("sshd", "sshd bond0")]
    public void ProcessByName_ForAnotherInterfaceFamilyOrPurpose_IsNone(string name, string arguments) =>
        Assert.Empty(RivalJudge.Of(s_quiet with { Processes = [Process(name, arguments)] }));

    [Fact]
    public void PacketSocket_OfIpv4_IsAClientsWhenAClientHasItOrWhoHoldsThePort()
    {
        RivalFacts facts = s_quiet with { Packets = [new(SocketTable.Ipv4, Bond, TheirSocket)] };
        Assert.Equal("dhclient", Assert.Single(RivalJudge.Of(facts with { Processes = [Process("dhclient", "dhclient", TheirSocket)] })).Program);
        Assert.Empty(RivalJudge.Of(facts with { Processes = [Process("sniffer", "sniffer", TheirSocket)] }));
    }

    [Fact]
    public void PacketSocket_OfIpv4_OfNobodyKnown_IsToldOfAndNotWaitedFor()
    {
        Rival unknown = Assert.Single(RivalJudge.Of(s_quiet with { Packets = [new(SocketTable.Ipv4, Bond, TheirSocket)] }));
        Assert.Equal("another program has a DHCP client's socket open on bond0", unknown.ToString());
        Assert.False(unknown.IsCertain);
        Assert.Empty(RivalJudge.Of(s_quiet with { Packets = [new(SocketTable.Ipv4, 0, TheirSocket)] }));
    }

    [Fact]
    public void PacketSocket_OfEveryProtocol_IsAClientsOnlyWhenAClientHasIt()
    {
        RivalFacts facts = s_quiet with { Packets = [new(SocketTable.All, Bond, TheirSocket)] };
        Assert.Empty(RivalJudge.Of(facts));
        Assert.Empty(RivalJudge.Of(facts with { Processes = [Process("tcpdump", "tcpdump -i bond0", TheirSocket)] }));
        Assert.Equal("dhclient", Assert.Single(RivalJudge.Of(facts with { Processes = [Process("dhclient", "dhclient", TheirSocket)] })).Program);
    }

    [Theory]
    [InlineData("dhclient", "dhclient -4 -pf /run/x.pid usb0")]
    [InlineData("dhcpcd", "dhcpcd: usb0 [ip4]")]
    [InlineData("udhcpc", "udhcpc -i usb0")]
    public void Port_OfAClientWhoseInterfaceIsGone_IsNotWaitedFor(string name, string arguments) => Assert.Empty(RivalJudge.Of(s_quiet with
    {
        Ports = [Wildcard()],
        Processes = [Process(name, arguments, TheirPort)],
    }));

    [Fact]
    public void PacketSocket_OnAnotherInterface_IsNone() => Assert.Empty(RivalJudge.Of(s_quiet with
    {
        Packets = [new(SocketTable.Ipv4, Other, TheirSocket)],
        Processes = [Process("udhcpc", "udhcpc", TheirSocket)],
    }));

    [Fact]
    public void Port_OfTheInterfaceOrItsAddress_IsARivals()
    {
        Assert.Equal("another program has a DHCP client's socket open on bond0", Assert.Single(RivalJudge.Of(s_quiet with { Ports = [Wildcard(Bond)] })).ToString());
        Rival rival = Assert.Single(RivalJudge.Of(s_quiet with
        {
            Ports = [new(IPAddress.Parse("192.0.2.5"), 0, TheirPort)],
            Processes = [Process("systemd-network", "systemd-networkd", TheirPort)],
        }));
        Assert.Equal((RivalKind.Networkd, "holds port 68 of 192.0.2.5"), (rival.Kind, rival.Evidence));
    }

    [Fact]
    public void Port_OfAnotherInterfaceOrAddress_IsNone() =>
        Assert.Empty(RivalJudge.Of(s_quiet with { Ports = [Wildcard(Other), new(IPAddress.Parse("192.0.2.6"), 0, TheirPort)] }));

    [Fact]
    public void Port_OfEveryInterface_IsItsClientsOwn()
    {
        RivalFacts facts = s_quiet with { Ports = [Wildcard()] };
        Assert.Equal(Rival.UnknownProgram, Assert.Single(RivalJudge.Of(facts)).Program);
        Assert.Equal("perl", Assert.Single(RivalJudge.Of(facts with { Processes = [Process("perl", "perl client.pl", TheirPort)] })).Program);
        // dhclient holds it whatever interface it is for; a sandbox may hide that it is dhclient's.
        Assert.Empty(RivalJudge.Of(facts with { Processes = [Process("dhclient", "dhclient eth9", TheirPort)] }));
        Assert.Empty(RivalJudge.Of(facts with { Processes = [Process("dhclient", "dhclient eth9")] }));
        Assert.Empty(RivalJudge.Of(facts with
        {
            Processes = [Process("perl", "perl client.pl", TheirPort, TheirSocket)],
            Packets = [new(SocketTable.All, Other, TheirSocket)],
        }));
    }

    [Fact]
    public void Dhcpcd_ThatLooksAfterAll_IsARivalUnlessItsConfigurationSparesTheInterface()
    {
        RivalFacts facts = s_quiet with { Ports = [Wildcard()], Processes = [Process("dhcpcd", "dhcpcd: [manager] [ip4] [ip6]", TheirPort)] };
        Rival rival = Assert.Single(RivalJudge.Of(facts));
        Assert.Equal(("dhcpcd", true), (rival.Program, rival.LooksAfterAll));
        Assert.Empty(RivalJudge.Of(facts with { DhcpcdConfiguration = "hostname\ndenyinterfaces wl* bond0\n" }));
        Assert.Single(RivalJudge.Of(facts with { DhcpcdConfiguration = "allowinterfaces bond?\n" }));
    }

    [Fact]
    public void Manager_ThatManages_IsARivalWhileItRuns()
    {
        RivalFacts networkd = s_quiet with { Networkd = new ManagedLink(true, "/etc/systemd/network/20-bond.network") };
        Assert.Empty(RivalJudge.Of(networkd));
        Rival rival = Assert.Single(RivalJudge.Of(networkd with { Processes = [Process("systemd-network", "/lib/systemd/systemd-networkd")] }));
        Assert.Equal((RivalKind.Networkd, "manages bond0 by /etc/systemd/network/20-bond.network"), (rival.Kind, rival.Evidence));
        RivalFacts manager = s_quiet with { NetworkManager = new ManagedLink(true, null) };
        Assert.Empty(RivalJudge.Of(manager));
        Assert.Equal(RivalKind.NetworkManager, Assert.Single(RivalJudge.Of(manager with { Processes = [Process("NetworkManager", "/usr/sbin/NetworkManager")] })).Kind);
    }

    [Fact]
    public void Manager_ThatLeavesTheInterfaceAlone_IsNone() => Assert.Empty(RivalJudge.Of(s_quiet with
    {
        Processes = [Process("systemd-network", "/lib/systemd/systemd-networkd"), Process("NetworkManager", "NetworkManager")],
        Ports = [Wildcard(Other)],
    }));

    [Fact]
    public void Connman_WithoutASocket_OnlyMayBeOne()
    {
        RivalFacts facts = s_quiet with { Processes = [Process("connmand", "connmand -n")] };
        Assert.False(Assert.Single(RivalJudge.Of(facts)).IsCertain);
        Assert.Empty(RivalJudge.Of(facts with { ConnmanConfiguration = "[General]\nNetworkInterfaceBlacklist = vmnet,bond\n" }));
    }

    [Fact]
    public void Dhcp6_HasItsOwnPortAndNoPacketSockets()
    {
        RivalFacts facts = s_quiet with { Ipv6 = true, Packets = [new(SocketTable.Ipv4, Bond, TheirSocket)] };
        Assert.Empty(RivalJudge.Of(facts));
        PortHolder bound = new(IPAddress.Parse("fe80::1"), Bond, TheirPort);
        Rival rival = Assert.Single(RivalJudge.Of(facts with { Ports = [bound], Processes = [Process("dhclient", "dhclient -6", TheirPort)] }));
        Assert.Equal("holds port 546 of bond0", rival.Evidence);
    }

    [Fact(DisplayName = "AP-12 the exact words that keep each of them away")]
    public void Advice_OnEachRival_IsTheExactSnippet()
    {
        static RivalAdvice On(RivalKind kind, bool all = false, int pid = 12, string? file = null) => RivalAdvice.On(
            new Rival(kind, "x", "bond0", "manages bond0") { Pid = pid, LooksAfterAll = all, File = file }, ["bond0", "enp3s0", "wlp2s0"]);

        RivalAdvice networkd = On(RivalKind.Networkd);
        Assert.Equal("/etc/systemd/network/05-bonddhcp.network", networkd.File);
        Assert.Equal(["[Match]", "Name=bond0 enp3s0 wlp2s0", "[Link]", "Unmanaged=yes"], networkd.Content);
        RivalAdvice manager = On(RivalKind.NetworkManager);
        Assert.Equal("/etc/NetworkManager/conf.d/bonddhcp.conf", manager.File);
        Assert.Equal(["[keyfile]", "unmanaged-devices=interface-name:bond0;interface-name:enp3s0;interface-name:wlp2s0"], manager.Content);
        Assert.Equal("dhcpcd --exit bond0", On(RivalKind.Dhcpcd).ToString());
        Assert.Equal(
            "put \"denyinterfaces bond0 enp3s0 wlp2s0\" into /etc/dhcpcd.conf, then: systemctl restart dhcpcd", On(RivalKind.Dhcpcd, all: true).ToString());
        const string import = "systemctl kill --kill-whom=main -s USR2 bonddhcp; bonddhcp import --stop-dhclient; systemctl start bonddhcp (goes on with its address)";
        Assert.Equal($"{import}, or kill -9 12 (leaves its address; DHCP then begins by itself)", On(RivalKind.Dhclient, file: "/run/p").Command);
        Assert.Equal($"{import}, or kill -9 $(cat /run/p) (leaves its address; DHCP then begins by itself)", On(RivalKind.Dhclient, pid: 0, file: "/run/p").Command);
        Assert.Equal(import, On(RivalKind.Dhclient, pid: 0).Command);
        Assert.Equal("kill 12", On(RivalKind.Client).Command);
        Assert.Contains("ss -ulpn", On(RivalKind.Client, pid: 0).Command, StringComparison.Ordinal);
    }
}
