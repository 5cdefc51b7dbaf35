using BondDhcp.Bond.Links;
using BondDhcp.Host.Components;
using BondDhcp.Host.Configuration;
using BondDhcp.Host.Daemon;
using BondDhcp.Host.Runner;
using BondDhcp.Net;
using BondDhcp.Net.Linux;
using BondDhcp.Tests.Kit;
using BondDhcp.Tests.Linux;
using BondDhcp.Tests.Runner;
using Xunit;

namespace BondDhcp.Tests.Host;

/// <summary>What a reload says to masters and to the watch of paths.</summary>
public sealed class SupervisionTests
{
    private const int BondIndex = 200, VlanIndex = 201;

    private static DaemonConfiguration Read(string toml) =>
        ConfigurationReader.Read("f.toml", toml) is { Configuration: { } configuration } ? configuration
        : throw new ArgumentException(string.Join('\n', ConfigurationReader.Read("f.toml", toml).Problems));

    private static Supervision Make(RunnerBed bed, TemporaryDirectory directory) => new(
        bed.Loop, bed.Network, directory.Path, "boot", new KernelEntropy(), (name, source, report) => bed.Journal.Add((name, source, report)));

    private static byte? NumGratArp(Supervision supervision, DaemonConfiguration configuration)
    {
        if (supervision.Master("bond0") is null)
        {
            foreach (ComponentSpec spec in ComponentGraph.Of(configuration))
                if (spec.Kind == ComponentKind.Master) supervision.Create(spec);
        }
        return supervision.Master("bond0")!.Plan.PeerNotifications;
    }

    [Fact(DisplayName = "anonymity switched by a reload, with DHCPv6 alone on the bond: num_grat_arp is 0 at once, and as it was when it is switched off")]
    public void Reload_OfAnonymity_ReachesTheMaster() => RunnerBed.Run(bed =>
    {
        using TemporaryDirectory directory = new();
        using Supervision supervision = Make(bed, directory);
        const string bond = "client-id = \"mac\"\n[interface.bond0]\nslaves = [\"c0\", \"s0\"]\ndhcp4 = false\ndhcp6 = true\n";
        DaemonConfiguration plain = Read(bond), anonymous = Read(bond + "anonymity = true\n");
        supervision.Configure(plain);
        Assert.Equal(byte.MaxValue, NumGratArp(supervision, plain));
        supervision.Configure(anonymous);
        Assert.Equal((byte)0, NumGratArp(supervision, anonymous));
        supervision.Configure(plain);
        Assert.Equal(byte.MaxValue, NumGratArp(supervision, plain));
    });

    [Fact(DisplayName = "An anonymous VLAN with DHCPv6 alone over a bond that is not: num_grat_arp is 0 as soon as it lies there")]
    public void AnonymousVlan_OverABond_IsSeen() => RunnerBed.Run(bed =>
    {
        using TemporaryDirectory directory = new();
        using Supervision supervision = Make(bed, directory);
        DaemonConfiguration configuration = Read(
            "client-id = \"mac\"\n[interface.bond0]\nslaves = [\"c0\", \"s0\"]\ndhcp4 = true\n[interface.\"bond0.5\"]\ndhcp4 = false\ndhcp6 = true\nanonymity = true\n");
        supervision.Configure(configuration);
        Assert.Equal(byte.MaxValue, NumGratArp(supervision, configuration));
        List<LinkEvent> events = [];
        bed.Network.Table.Take(Links.Bond(BondIndex, "bond0", 0), events);
        bed.Network.Table.Take(Links.Up(VlanIndex, "bond0.5") with { Kind = "vlan", LowerIndex = BondIndex }, events);
        // With whatever the kernel says next.
        PrivateNetwork.Ip("address add 198.51.100.1/32 dev s0");
        bed.Network.Drain();
        Assert.Equal((byte)0, NumGratArp(supervision, configuration));
    });

    [Fact(DisplayName = "path-failover switched by a reload under anonymity: the lease's gateway is asked for, or not any more, at once")]
    public void Reload_OfPathFailover_ReachesTheWatch() => RunnerBed.Run(bed =>
    {
        using TemporaryDirectory directory = new();
        using Supervision supervision = Make(bed, directory);
        bed.Serve("s0");
        const string text = "client-id = \"mac\"\n[interface.c0]\ndhcp4 = true\nanonymity = true\n";
        supervision.Configure(Read(text));
        InterfaceRunner runner = bed.Add("c0");
        Action end = supervision.Attend(runner, Read(text).Interfaces[0]);
        runner.Start();
        bed.Until(() => runner.Client.StateName == "bound");
        Assert.False(supervision.Watch("c0")!.HasLease);
        supervision.Configure(WithPathFailover(Read(text)));
        Assert.True(supervision.Watch("c0")!.HasLease);
        supervision.Configure(Read(text));
        Assert.False(supervision.Watch("c0")!.HasLease);
        end();
        Assert.Null(supervision.Watch("c0"));
    });

    [Fact(DisplayName = "A4-64 an OFFER without an address and 116 = 1: a link-local address is used at once; 116 = 0 later: it is given up, and stays so")]
    public void AutoConfigure_OfAServer_ReachesTheLinkLocalAddress() => RunnerBed.Run(bed =>
    {
        using TemporaryDirectory directory = new();
        using Supervision supervision = Make(bed, directory);
        supervision.Duid = Fixture6.Client;
        byte answer = 1;
        ScriptedServer server = bed.Serve("s0");
        server.Edit = reply =>
        {
            reply.Yiaddr = Ipv4Address.Any;
            return reply.Option(116, answer);
        };
        DaemonConfiguration configuration = Read("[interface.c0]\ndhcp4 = true\nipv4-link-local = true\n");
        supervision.Configure(configuration);
        InterfaceRunner runner = bed.Add("c0");
        runner.Reconfigure(runner.Options with { Dhcp4 = runner.Options.Dhcp4 with { AutoConfigure = true } });
        Action end = supervision.Attend(runner, configuration.Interfaces[0]);
        using ComponentWork statics = supervision.Create(Assert.Single(ComponentGraph.Of(configuration), spec => spec.Kind == ComponentKind.Static));
        statics.Start();
        runner.Start();
        // Of itself it would begin after 15 s.
        TimeSpan waited = bed.Until(() => bed.Count("linkLocal") == 1);
        Assert.InRange(waited, TimeSpan.Zero, TimeSpan.FromSeconds(8));
        Assert.Contains("c0 static linkLocal used=True why=a DHCP server has no address and allows it", bed.Transcript(), StringComparison.Ordinal);
        bed.Until(() => PrivateNetwork.Ip("-4 address show dev c0").Contains(" inet 169.254.", StringComparison.Ordinal), patience: 20_000);
        answer = 0;
        bed.Until(() => bed.Count("linkLocal") == 2, patience: 30_000);
        Assert.Contains("c0 static linkLocal used=False why=a DHCP server forbids it", bed.Transcript(), StringComparison.Ordinal);
        bed.Until(() => !PrivateNetwork.Ip("-4 address show dev c0").Contains(" inet 169.254.", StringComparison.Ordinal));
        // Another word of another server does not count against it.
        answer = 1;
        int heard = server.Heard.Count;
        bed.Until(() => server.Heard.Count > heard, patience: 40_000);
        bed.For(100);
        Assert.Equal(2, bed.Count("linkLocal"));
        end();
    });

    private static DaemonConfiguration WithPathFailover(DaemonConfiguration configuration) =>
        configuration with { Interfaces = [configuration.Interfaces[0] with { PathFailover = true }] };
}
