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
        InterfaceRunner runner = Bind(bed);
        Assert.Contains("192.0.2.50/24", PrivateNetwork.Ip("-4 address show dev c0"), StringComparison.Ordinal);
        Assert.Contains("default via 192.0.2.1", PrivateNetwork.Ip("route show dev c0 proto dhcp"), StringComparison.Ordinal);
        Assert.Equal([Dhcp4MessageType.Discover, Dhcp4MessageType.Request], server.Heard.Select(one => one.Type));
        bed.Until(() => bed.Count("routeAdded") > 0 && bed.Count("addressAdded") > 0);
        Assert.Equal(2, bed.Count("sent"));
        Assert.Equal(2, bed.Count("received"));
        Assert.NotEqual(Instant.Zero, runner.Since);
        Assert.Single(bed.Stored["c0"].Leases);
    });

    [Fact]
    public void Address_OfAnotherProgram_TakenAway_IsPutBackAsOurs() => RunnerBed.Run(bed =>
    {
        bed.Serve("s0");
        // Left by an initramfs or by another client, which ends its own address some time.
        PrivateNetwork.Ip("address add 192.0.2.50/24 dev c0");
        Bind(bed);
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
        InterfaceRunner runner = Bind(bed);
        Assert.Single(Directory.GetFiles(directory.Path));
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
    public void Stop_WithoutRelease_LeavesTheAddressForTheNextRun() => RunnerBed.Run(bed =>
    {
        ScriptedServer server = bed.Serve("s0");
        InterfaceRunner first = Bind(bed);
        bool stopped = false;
        first.Stop(release: false, () => stopped = true);
        Assert.True(stopped);
        first.Dispose();
        PrivateNetwork.Ip($"link set c0 address {NewMac}");
        bed.Journal.Clear();

        InterfaceRunner second = bed.Add("c0");
        second.Start();
        Assert.Equal("verifying", second.Client.StateName);
        bed.Until(() => second.Client.StateName == "bound");
        bed.For(20);
        Assert.Equal(0, bed.Count("addressRemoved"));
        Assert.DoesNotContain(server.Heard, one => one.Type == Dhcp4MessageType.Release);
        second.Stop(release: true, () => stopped = true);
        bed.Until(() => second.Client.StateName == "stopped");
        Assert.Equal("", PrivateNetwork.Ip("-4 address show dev c0").Trim());
        Assert.Equal("", PrivateNetwork.Ip("route show dev c0").Trim());
    });

    [Fact]
    public void HardwareAddress_ChangesWhileBound_IsAnnouncedAndVerifiedFromTheNewOne() => RunnerBed.Run(bed =>
    {
        ScriptedServer server = bed.Serve("s0");
        InterfaceRunner runner = Bind(bed);
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
        InterfaceRunner runner = Bind(bed);
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
        InterfaceRunner runner = Bind(bed);
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
        InterfaceRunner runner = Bind(bed);
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
        Bind(bed);
        PrivateNetwork.Ip("address delete 192.0.2.50/24 dev c0");
        bed.Until(() => PrivateNetwork.Ip("-4 address show dev c0").Contains("192.0.2.50/24", StringComparison.Ordinal));
        Assert.Contains("default via 192.0.2.1", PrivateNetwork.Ip("route show dev c0 proto dhcp"), StringComparison.Ordinal);
    });

    [Fact]
    public void Renew_ByUnicast_ComesFromTheAddressAndIsAcknowledged() => RunnerBed.Run(bed =>
    {
        ScriptedServer server = bed.Serve("s0");
        InterfaceRunner runner = Bind(bed);
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
        InterfaceRunner runner = Bind(bed);
        using var link = new RawLink(bed.Network.HardwareAddresses.IndexOf("s0"));
        byte[] frame = RawLink.Frame(MacAddress.Broadcast, ScriptedServer.Mac, 0x0800, new ReplyPacket().ToArray());
        for (; copies < 5; copies++) link.Send(frame);
        bed.Until(() => runner.Drops[Dhcp4DropReason.NoExchange] == copies);
        Assert.Equal(1, bed.Count("dropped"));
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
        InterfaceRunner runner = Bind(bed);
        bed.Until(() => bed.Count("addressAdded") > 0);
        runner.Reconfigure(runner.Options with { Interface = runner.Options.Interface with { Metric = 77 } });
        string routes = PrivateNetwork.Ip("route show dev c0 proto dhcp");
        Assert.Contains("metric 77", routes, StringComparison.Ordinal);
        Assert.DoesNotContain("metric 1024", routes, StringComparison.Ordinal);
        bed.For(20);
        Assert.Equal(0, bed.Count("addressRemoved"));
    });

    [Theory(DisplayName = "A mask superseded while no daemon ran: the lease's address is known as ours and goes on with the other prefix, without a gap")]
    [InlineData(false)]
    [InlineData(true)]
    public void Mask_SupersededMeanwhile_ChangesThePrefixAndKeepsTheAddress(bool withoutRecord) => RunnerBed.Run(bed =>
    {
        using var directory = new TemporaryDirectory();
        bed.OpenRecord = index => new OwnershipFile(directory.Path, "c0", index, "boot");
        bed.Serve("s0");
        InterfaceRunner first = Bind(bed);
        bed.Until(() => bed.Count("addressAdded") > 0);
        first.Stop(release: false, static () => { });
        bed.Drop(first);
        if (withoutRecord) foreach (string file in Directory.GetFiles(directory.Path)) File.Delete(file);

        InterfaceRunner second = bed.Add("c0", Mask16);
        second.Start();
        Assert.Equal("verifying", second.Client.StateName);
        Assert.Equal(["192.0.2.50/16"], Addresses());
        bed.Until(() => second.Client.StateName == "bound");
        Assert.Equal(["192.0.2.50/16"], Addresses());
        Assert.Equal(0, bed.Count("warning"));
        // At every moment one of the two was there.
        string[] told = [.. bed.Journal.Where(one => one.Report.Event is "addressAdded" or "addressRemoved").Select(one => one.Report.Event)];
        Assert.Equal(["addressAdded", "addressRemoved"], told);
        Assert.Contains("default via 192.0.2.1", PrivateNetwork.Ip("route show dev c0 proto dhcp"), StringComparison.Ordinal);
    });

    [Fact(DisplayName = "A mask superseded while no daemon ran, and the lease over meanwhile: its address goes, whatever its prefix")]
    public void Mask_SupersededMeanwhile_LeaseOver_TakesTheAddressAway() => RunnerBed.Run(bed =>
    {
        using var directory = new TemporaryDirectory();
        bed.OpenRecord = index => new OwnershipFile(directory.Path, "c0", index, "boot");
        ScriptedServer server = bed.Serve("s0");
        InterfaceRunner first = Bind(bed);
        first.Stop(release: false, static () => { });
        bed.Drop(first);
        Dhcp4Memory memory = bed.Stored["c0"];
        bed.Stored["c0"] = memory with { Leases = [memory.Leases[0] with { ExpiresAt = Instant.Zero }] };
        server.Silent = true;

        InterfaceRunner second = bed.Add("c0", Mask16);
        second.Start();
        Assert.Empty(Addresses());
    });

    [Theory(DisplayName = "Where the kernel keeps no marks and no record says so, a lease's address is ours with the lease's prefix alone")]
    [InlineData("192.0.2.50/24", "")]
    [InlineData("192.0.2.50/25", "192.0.2.50/25")]
    public void Address_WithoutMarkOrRecord_IsOursByItsPrefix(string found, string left) => RunnerBed.Run(bed =>
    {
        bed.Serve("s0");
        InterfaceRunner first = Bind(bed);
        first.Stop(release: false, static () => { });
        bed.Drop(first);
        PrivateNetwork.Ip("address del 192.0.2.50/24 dev c0");
        PrivateNetwork.Ip($"address add {found} dev c0");
        // The kernel's own mark is what tells a kernel that has them.
        PrivateNetwork.Ip("address flush dev lo");
        bed.Network.Drain();

        InterfaceRunner second = Bind(bed);
        Assert.Contains(found, Addresses());
        bool stopped = false;
        second.Stop(release: true, () => stopped = true);
        bed.Until(() => stopped);
        Assert.Equal(left, string.Join(' ', Addresses()));
    });

    private static InterfaceConfiguration Mask16(InterfaceConfiguration configuration) =>
        configuration with { Options4 = ConfigurationReader.Read("f.toml", "[interface.c0]\ndhcp4 = true\nsupersede = { subnet-mask = \"255.255.0.0\" }").Configuration!.Interfaces[0].Options4 };

    private static string[] Addresses() =>
        [.. PrivateNetwork.Ip("-4 -o address show dev c0").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3])];

    [Fact]
    public void Reconfigure_RoutesIgnored_RefusesThemInTheJournal() => RunnerBed.Run(bed =>
    {
        bed.Serve("s0");
        Bind(bed, configuration => configuration with { LeaseRoutes = LeaseRoutes.Ignore });
        Assert.Empty(PrivateNetwork.Ip("route show dev c0 proto dhcp"));
        Assert.Equal(1, bed.Count("warning"));
    });

    private static InterfaceRunner Bind(RunnerBed bed, Func<InterfaceConfiguration, InterfaceConfiguration>? edit = null)
    {
        InterfaceRunner runner = bed.Add("c0", edit);
        runner.Start();
        bed.Until(() => runner.Client.StateName == "bound");
        return runner;
    }
}
