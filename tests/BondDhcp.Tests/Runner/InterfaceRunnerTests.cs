using BondDhcp.Bond.Linux;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Host.Configuration;
using BondDhcp.Host.Runner;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using BondDhcp.Tests.Linux;
using Xunit;

namespace BondDhcp.Tests.Runner;

/// <summary>The runner with the real machine, the real kernel and a server of frames.</summary>
public sealed class InterfaceRunnerTests
{
    private const string NewMac = "02:00:00:00:00:1c";

    [Fact]
    public void Start_ServerAnswers_ConfiguresAddressAndRoutesAndTellsIt() => RunnerBed.Run(bed =>
    {
        ScriptedServer server = bed.Serve("s0");
        InterfaceRunner runner = bed.Bind();
        Assert.Contains("192.0.2.50/24", PrivateNetwork.Ip("-4 address show dev c0"), StringComparison.Ordinal);
        Assert.Contains("default via 192.0.2.1", PrivateNetwork.Ip("route show dev c0 proto dhcp"), StringComparison.Ordinal);
        Assert.Equal([Dhcp4MessageType.Discover, Dhcp4MessageType.Request], server.Heard.Select(one => one.Type));
        bed.Until(() => bed.Count("routeAdded") > 0 && bed.Count("addressAdded") > 0);
        Assert.Equal(2, bed.Count("sent"));
        Assert.Equal(2, bed.Count("received"));
        Assert.NotEqual(Instant.Zero, runner.Since);
        Assert.Single(bed.Stored["c0"].Leases);
    });

    [Theory(DisplayName = "A route that the settings or the kernel refuse is named as not taken, and is none once the lease has gone")]
    [InlineData(true)]
    [InlineData(false)]
    public void Route_NotTaken_IsNamed(bool byTheSettings) => RunnerBed.Run(bed =>
    {
        // 10.0.0.0/8 via the subnet's broadcast address, which is nobody's.
        bed.Serve("s0").Edit = reply => reply.Option(121, 8, 10, 192, 0, 2, 255, 0, 192, 0, 2, 1);
        InterfaceRunner runner = bed.Bind(one => byTheSettings ? one with { LeaseRoutes = LeaseRoutes.DefaultOnly } : one);
        RefusedRoute refused = Assert.Single(runner.RefusedRoutes);
        Assert.Equal(new Dhcp4Route(Ipv4Prefix.Parse("10.0.0.0/8"), Ipv4Address.Parse("192.0.2.255")), refused.Route);
        Assert.Equal(byTheSettings ? "lease-routes is \"default-only\"" : "Invalid argument: Nexthop has invalid gateway", refused.Why);
        Assert.Contains("default via 192.0.2.1", PrivateNetwork.Ip("route show"), StringComparison.Ordinal);

        bool stopped = false;
        runner.Stop(release: true, () => stopped = true);
        bed.Until(() => stopped);
        Assert.Empty(runner.RefusedRoutes);
    });

    [Fact]
    public void Address_OfAnotherProgram_TakenAway_IsPutBackAsOurs() => RunnerBed.Run(bed =>
    {
        bed.Serve("s0");
        // Left by an initramfs or by another client, which ends its own address some time.
        PrivateNetwork.Ip("address add 192.0.2.50/24 dev c0");
        bed.Bind();
        PrivateNetwork.Ip("address del 192.0.2.50/24 dev c0");
        bed.Until(() => bed.Journal.Exists(one => one.Report.Event == "addressRemoved"));
        bed.Until(() => PrivateNetwork.Ip("-4 address show dev c0").Contains("192.0.2.50/24", StringComparison.Ordinal));
    });

    [Fact]
    public void Stop_WithRelease_TakesAwayExactlyWhatTheLeaseGave() => RunnerBed.Run(bed =>
    {
        ScriptedServer server = bed.Serve("s0");
        using var directory = new TemporaryDirectory();
        bed.OpenRecord = index => new OwnershipFile(directory.Path, "c0", index, "boot");
        PrivateNetwork.Ip("address add 198.51.100.7/24 dev c0");
        PrivateNetwork.Ip("route add 203.0.113.0/24 via 198.51.100.1");
        InterfaceRunner runner = bed.Bind();
        // Written when nothing is to be read any more.
        bed.Until(() => Directory.GetFiles(directory.Path).Length == 1);
        bool stopped = false;
        runner.Stop(release: true, () => stopped = true);
        bed.Until(() => stopped);
        string addresses = PrivateNetwork.Ip("-4 address show dev c0");
        Assert.DoesNotContain("192.0.2.50", addresses, StringComparison.Ordinal);
        Assert.Contains("198.51.100.7/24", addresses, StringComparison.Ordinal);
        string routes = PrivateNetwork.Ip("route show dev c0");
        Assert.DoesNotContain("default", routes, StringComparison.Ordinal);
        Assert.Contains("203.0.113.0/24", routes, StringComparison.Ordinal);
        bed.Until(() => server.Heard.Exists(one => one.Type == Dhcp4MessageType.Release));
        // Nothing is ours, and nothing says so.
        Assert.Empty(Directory.GetFiles(directory.Path));
    });

    [Fact]
    public void HardwareAddress_ChangesWhileBound_IsAnnouncedAndVerifiedFromTheNewOne() => RunnerBed.Run(bed =>
    {
        ScriptedServer server = bed.Serve("s0");
        InterfaceRunner runner = bed.Bind();
        bed.Until(() => runner.Client.Lease?.GatewayMac is not null);
        server.Heard.Clear();
        bed.Journal.Clear();
        PrivateNetwork.Ip($"link set c0 address {NewMac}");
        bed.Until(() => server.Heard.Count > 0 && runner.Client.StateName == "bound" && bed.Count("announced") > 0);
        var mac = MacAddress.Parse(NewMac);
        Assert.Equal((Dhcp4MessageType.Request, mac, mac), server.Heard[0]);
        Assert.Equal(mac, runner.Client.Lease!.Chaddr);
        Assert.Equal(1, bed.Count("hardwareAddress"));
        Assert.Equal(0, bed.Count("addressRemoved"));
        Assert.Equal(mac, runner.Mac);
    });

    [Fact(DisplayName = "AH-6 admin-down and up: the same sockets, routes put back, lease kept, DHCP resumes within 1 s")]
    public void Interface_DownAndUp_ResumesWithTheSameLease() => RunnerBed.Run(bed =>
    {
        ScriptedServer server = bed.Serve("s0");
        InterfaceRunner runner = bed.Bind();
        Dhcp4Lease lease = runner.Client.Lease!;
        PrivateNetwork.Ip("link set c0 down");
        bed.Until(() => !runner.Client.LinkUsable);
        Assert.Same(lease, runner.Client.Lease);
        Assert.Empty(PrivateNetwork.Ip("route show dev c0 proto dhcp"));
        server.Heard.Clear();
        // The runner sets it up again at once only where it takes it anew: what an administrator set down stays down.
        bed.For(30);
        Assert.False(runner.Client.LinkUsable);
        PrivateNetwork.Ip("link set c0 up");
        TimeSpan took = bed.Until(() => server.Heard.Count > 0);
        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        // The first answers may be lost: the kernel activates the other end's queue up to a second later.
        bed.Until(() => runner.Client.StateName == "bound");
        Assert.Contains("default via 192.0.2.1", PrivateNetwork.Ip("route show dev c0 proto dhcp"), StringComparison.Ordinal);
        Assert.Equal(0, bed.Count("fault"));
    });

    [Fact(DisplayName = "AH-7 deleted and made again under another index: sockets anew, the lease goes on, no fault")]
    public void Interface_DeletedAndMadeAgain_IsTakenAgain() => RunnerBed.Run(bed =>
    {
        bed.Serve("s0");
        InterfaceRunner runner = bed.Bind();
        PrivateNetwork.Ip("link delete c0");
        bed.Until(() => !runner.Client.LinkUsable);
        Assert.Null(runner.Link);
        Assert.Null(runner.Mac);
        PrivateNetwork.Ip($"link add c0 index 77 address {NewMac} type veth peer name s1 address {PrivateNetwork.ServerMac}");
        PrivateNetwork.Ip("link set s1 up");
        ScriptedServer server = bed.Serve("s1");
        bed.Until(() => server.Heard.Count > 0 && runner.Client.StateName == "bound");
        Assert.Equal(77, runner.Link?.Index);
        Assert.Contains("192.0.2.50/24", PrivateNetwork.Ip("-4 address show dev c0"), StringComparison.Ordinal);
        Assert.Equal(0, bed.Count("fault"));
    });

    [Fact(DisplayName = "AH-12 the interface leaves for another namespace while it sends: removal, no fault")]
    public void Interface_MovedToAnotherNamespace_IsRemoval() => RunnerBed.Run(bed =>
    {
        ScriptedServer server = bed.Serve("s0");
        server.Silent = true;
        InterfaceRunner runner = bed.Add("c0");
        runner.Start();
        bed.Until(() => server.Heard.Count > 0);
        // A process that sleeps in a namespace of its own is where it goes.
        using System.Diagnostics.Process elsewhere = System.Diagnostics.Process.Start("unshare", "-n sleep 20")!;
        bed.Until(() => File.ReadAllText($"/proc/{elsewhere.Id}/comm").StartsWith("sleep", StringComparison.Ordinal));
        PrivateNetwork.Ip($"link set c0 netns {elsewhere.Id}");
        // Before netlink is read, so that the send meets an interface that is gone.
        runner.Command(DhcpCommand.Acquire, static (_, _) => { });
        bed.Until(() => !runner.Client.LinkUsable);
        Assert.Equal("waiting", runner.Client.StateName);
        Assert.Equal(0, bed.Count("fault"));
        elsewhere.Kill();
    });

    [Fact]
    public void Interface_AbsentAtStart_IsTakenWhenItComesAndSetUp() => RunnerBed.Run(bed =>
    {
        InterfaceRunner runner = bed.Add("late0");
        runner.Start();
        Assert.Equal("waiting", runner.Client.StateName);
        PrivateNetwork.Ip("link add late1 type veth peer name s1");
        PrivateNetwork.Ip("link set s1 up");
        ScriptedServer server = bed.Serve("s1");
        bed.For(20);
        Assert.Empty(server.Heard);
        PrivateNetwork.Ip("link set late1 name late0");
        bed.Until(() => runner.Client.StateName == "bound");
        Assert.Contains("UP", PrivateNetwork.Ip("-o link show late0"), StringComparison.Ordinal);
    });

    [Fact]
    public void Interface_RenamedAway_IsLeft() => RunnerBed.Run(bed =>
    {
        bed.Serve("s0");
        InterfaceRunner runner = bed.Bind();
        PrivateNetwork.Ip("link set c0 name other0");
        bed.Until(() => !runner.Client.LinkUsable);
        PrivateNetwork.Ip("link set other0 name c0");
        bed.Until(() => runner.Client.LinkUsable && runner.Client.StateName == "bound");
        Assert.Equal(0, bed.Count("addressRemoved"));
    });

    [Fact]
    public void Address_RemovedByAnother_IsPutBack() => RunnerBed.Run(bed =>
    {
        bed.Serve("s0");
        bed.Bind();
        PrivateNetwork.Ip("address delete 192.0.2.50/24 dev c0");
        bed.Until(() => PrivateNetwork.Ip("-4 address show dev c0").Contains("192.0.2.50/24", StringComparison.Ordinal));
        Assert.Contains("default via 192.0.2.1", PrivateNetwork.Ip("route show dev c0 proto dhcp"), StringComparison.Ordinal);
    });

    [Fact]
    public void Renew_ByUnicast_ComesFromTheAddressAndIsAcknowledged() => RunnerBed.Run(bed =>
    {
        ScriptedServer server = bed.Serve("s0");
        InterfaceRunner runner = bed.Bind();
        server.Heard.Clear();
        bool? succeeded = null;
        runner.Command(DhcpCommand.Renew, (done, _) => succeeded = done);
        bed.Until(() => succeeded is not null);
        Assert.True(succeeded);
        Assert.Equal(Dhcp4MessageType.Request, Assert.Single(server.Heard).Type);
    });

    [Fact]
    public void Packets_OfNoUse_AreCountedAndToldOnce() => RunnerBed.Run(bed =>
    {
        ScriptedServer server = bed.Serve("s0");
        int copies = 0;
        InterfaceRunner runner = bed.Bind();
        using var link = new RawLink(bed.Network.HardwareAddresses.IndexOf("s0"));
        byte[] frame = RawLink.Frame(MacAddress.Broadcast, ScriptedServer.Mac, 0x0800, new ReplyPacket().ToArray());
        for (; copies < 5; copies++) link.Send(frame);
        bed.Until(() => runner.Drops[Dhcp4DropReason.NoExchange] == copies);
        Assert.Equal(1, bed.Count("dropped"));
        Report told = bed.Journal.Single(one => one.Report.Event == "dropped").Report;
        byte[] packet = new ReplyPacket().ToArray();
        string xid = Convert.ToHexStringLower(packet.AsSpan(20 + 8 + 4, 4));
        Assert.Equal(xid, Assert.Single(told.Fields, field => field.Name == "xid").Value);
        Assert.Equal([new KeyValuePair<string, long>("noExchange", copies)], runner.Drops.Seen);
        Assert.NotNull(server);
    });

    [Fact(DisplayName = "AP-15 two runners in one loop: independent, disposed twice, stopped within 100 ms")]
    public void Runners_TwoInOneLoop_AreIndependent() => RunnerBed.Run(bed =>
    {
        PrivateNetwork.Ip($"link add c1 address {NewMac} type veth peer name s1 address {PrivateNetwork.ServerMac}");
        PrivateNetwork.Ip("link set s1 up");
        bed.Serve("s0");
        ScriptedServer other = bed.Serve("s1", Fixture.L2);
        InterfaceRunner first = bed.Add("c0");
        InterfaceRunner second = bed.Add("c1");
        first.Start();
        second.Start();
        bed.Until(() => first.Client.StateName == "bound" && second.Client.StateName == "bound");
        Assert.Equal((Fixture.L, Fixture.L2), (first.Client.Lease!.Address, second.Client.Lease!.Address));

        // The best of a few: a busy machine takes its time from any of them, but not from all.
        TimeSpan best = TimeSpan.MaxValue;
        for (int i = 0; i < 5 && best > TimeSpan.FromMilliseconds(100); i++)
        {
            first.Start();
            bed.Until(() => first.Client.StateName == "bound");
            bool stopped = false;
            first.Stop(release: true, () => stopped = true);
            TimeSpan took = bed.Until(() => stopped);
            best = took < best ? took : best;
        }
        Assert.InRange(best, TimeSpan.Zero, TimeSpan.FromMilliseconds(100));
        first.Dispose();
        first.Dispose();
        Assert.Equal("bound", second.Client.StateName);
        other.Heard.Clear();
        bool renewed = false;
        second.Command(DhcpCommand.Renew, (done, _) => renewed = done);
        bed.Until(() => renewed);
    });

    [Fact]
    public void Fault_InOneRunner_IsItsOwnAndStartsItAgain() => RunnerBed.Run(bed =>
    {
        PrivateNetwork.Ip($"link add c1 address {NewMac} type veth peer name s1 address {PrivateNetwork.ServerMac}");
        PrivateNetwork.Ip("link set s1 up");
        bed.Serve("s0");
        bed.Serve("s1", Fixture.L2);
        int faults = 0;
        bed.Saving = name =>
        {
            if (name == "c0" && faults < FaultHistory.MaxFaults)
            {
                faults++;
                throw new InvalidOperationException("a fault on purpose");
            }
        };
        InterfaceRunner first = bed.Add("c0");
        InterfaceRunner second = bed.Add("c1");
        first.Start();
        second.Start();
        bed.Until(() => first.Fault is not null);
        Assert.True(first.IsStarted);
        bed.Until(() => first.Client.StateName == "bound" && second.Client.StateName == "bound");
        Assert.Equal(FaultHistory.MaxFaults, bed.Count("fault"));
        Assert.Equal(["c0"], bed.SetAside);
        Assert.Null(first.Fault);
    });

    [Fact]
    public void Reconfigure_OtherMetric_ChangesRoutesAndKeepsTheAddress() => RunnerBed.Run(bed =>
    {
        bed.Serve("s0");
        InterfaceRunner runner = bed.Bind();
        bed.Until(() => bed.Count("addressAdded") > 0);
        runner.Reconfigure(runner.Options with { Interface = runner.Options.Interface with { Metric = 77 } });
        string routes = PrivateNetwork.Ip("route show dev c0 proto dhcp");
        Assert.Contains("metric 77", routes, StringComparison.Ordinal);
        Assert.DoesNotContain("metric 1024", routes, StringComparison.Ordinal);
        bed.For(20);
        Assert.Equal(0, bed.Count("addressRemoved"));
    });

    [Fact]
    public void Reconfigure_RoutesIgnored_RefusesThemInTheJournal() => RunnerBed.Run(bed =>
    {
        bed.Serve("s0");
        bed.Bind(configuration => configuration with { LeaseRoutes = LeaseRoutes.Ignore });
        Assert.Empty(PrivateNetwork.Ip("route show dev c0 proto dhcp"));
        Assert.Equal(1, bed.Count("warning"));
    });
}
