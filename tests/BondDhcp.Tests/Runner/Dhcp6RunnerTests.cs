using System.Diagnostics;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Client6;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Host.Configuration;
using BondDhcp.Host.Loop;
using BondDhcp.Host.Paths;
using BondDhcp.Host.Runner;
using BondDhcp.Net;
using BondDhcp.Net.Linux;
using BondDhcp.Tests.Kit;
using BondDhcp.Tests.Linux;
using BondDhcp.Tests.Netlink;
using Xunit;

namespace BondDhcp.Tests.Runner;

/// <summary>The runner of DHCPv6 with the real machine and the real kernel, and no server.</summary>
public sealed class Dhcp6RunnerTests
{
    [Fact(DisplayName = "A6-3 nothing is sent before the link-local address is there; then SOLICIT")]
    public void Start_WithoutALinkLocalAddress_WaitsForIt() => Run(bed =>
    {
        Ipv6Interface.Set("c0", "disable_ipv6", "1");
        bed.Runner.Start();
        Assert.Equal("waiting", bed.Runner.Client.StateName);
        Assert.Equal("IPv6 is disabled on this interface (net.ipv6.conf.c0.disable_ipv6)", bed.Runner.Client.Why);
        bed.For(50);
        Assert.Equal(0, bed.Count("sent"));
        Ipv6Interface.Enable("c0");
        bed.Until(() => bed.Count("sent") > 0);
        Assert.Contains("message=SOLICIT", bed.Transcript(), StringComparison.Ordinal);
        Assert.Equal("soliciting", bed.Runner.Client.StateName);
    });

    [Fact(DisplayName = "AP-2 (v6): what an earlier run left on the interface is ours, and stays while it is confirmed")]
    public void Start_WithALeaseOnTheInterface_GoesOnWithIt() => Run((bed, host) =>
    {
        Dhcp6Lease lease = bed.LeaseNow();
        bed.Stored = Fixture6.Memory(lease);
        bed.AwaitLinkLocal();
        // The mark of an address of ours: the record was lost.
        host.Apply(Ipv6Interface.Leased(Fixture6.L.ToString()));
        bed.Runner.Start();
        Assert.Equal("confirming", bed.Runner.Client.StateName);
        bed.Until(() => bed.Count("sent") > 0);
        Assert.Contains("message=CONFIRM", bed.Transcript(), StringComparison.Ordinal);
        bool stopped = false;
        bed.Runner.Stop(release: true, () => stopped = true);
        bed.Until(() => stopped);
        Assert.DoesNotContain(Fixture6.L.ToString(), PrivateNetwork.Ip("-6 addr show dev c0"), StringComparison.Ordinal);
        Assert.Contains("message=RELEASE", bed.Transcript(), StringComparison.Ordinal);
    });

    [Fact(DisplayName = "AH-7 (v6) deleted and made again under another index: taken again, the stored lease asked about")]
    public void Interface_DeletedAndMadeAgain_IsTakenAgain() => Run(bed =>
    {
        bed.Runner.Start();
        bed.Until(() => bed.Count("sent") > 0);
        PrivateNetwork.Ip("link del c0");
        bed.Until(() => bed.Runner.Client.StateName == "waiting");
        Assert.Equal("the interface is gone", bed.Runner.Client.Why);
        PrivateNetwork.Ip("link add c0 type veth peer name s0");
        PrivateNetwork.Ip("link set s0 up");
        bed.Journal.Clear();
        bed.Until(() => bed.Count("sent") > 0);
        Assert.Equal(0, bed.Count("fault"));
    });

    [Fact]
    public void Command_WhileStopped_IsRefused() => Run(bed =>
    {
        string? why = null;
        bed.Runner.Command(DhcpCommand.Renew, (succeeded, refused) => why = refused);
        Assert.Equal("dhcp6 is stopped", why);
    });

    [Fact(DisplayName = "DESIGN: a fault is this interface's alone; it starts again, and after three the stored lease is set aside")]
    public void Fault_InAStep_StartsAgainFromTheStore() => Run(bed =>
    {
        bed.AwaitLinkLocal();
        bed.Loading = () => throw new InvalidOperationException("damaged beyond thought");
        bed.Runner.Start();
        Assert.Equal("damaged beyond thought", bed.Runner.Fault);
        Assert.True(bed.Runner.IsStarted);
        bed.Until(() => bed.SetAside == 1);
        bed.Loading = () => { };
        bed.Until(() => bed.Count("sent") > 0);
        Assert.Null(bed.Runner.Fault);
    });

    [Fact(DisplayName = "AT-10 (v6) started and stopped again and again: no descriptor more than before")]
    public void Runner_StartedAndStopped_LeavesNothing() => Run(bed =>
    {
        bed.AwaitLinkLocal();
        Turn();
        int before = Descriptors();
        for (int i = 0; i < 100; i++) Turn();
        Assert.Equal(before, Descriptors());
        bed.Runner.Dispose();
        bed.Runner.Dispose();

        void Turn()
        {
            bed.Runner.Start();
            Assert.NotEqual("stopped", bed.Runner.Client.StateName);
            bool stopped = false;
            bed.Runner.Stop(release: false, () => stopped = true);
            Assert.True(stopped);
        }
    });

    [Fact(DisplayName = "A6-36 forced restarts: each is another client, and the limit on messages is the interface's: what is over it is delayed, not lost")]
    public void Restarts_InNumbers_AreLimitedTogether() => Run(bed =>
    {
        const int messages = 3;
        TimeSpan interval = TimeSpan.FromSeconds(3);
        bed.Runner.Reconfigure(bed.Runner.Options with { Dhcp6 = bed.Runner.Options.Dhcp6 with { RateLimitMessages = messages, RateLimitInterval = interval } });
        bed.AwaitLinkLocal();
        var clock = Stopwatch.StartNew();
        List<TimeSpan> sent = [];
        for (int i = 0; i < 100; i++)
        {
            bed.Runner.Start();
            bed.For(1);
            bed.Runner.Stop(release: false, () => { });
            while (sent.Count < bed.Count("sent")) sent.Add(clock.Elapsed);
        }
        Assert.InRange(sent.Count, messages, messages * (1 + (int)(clock.Elapsed / interval)));
        bed.Runner.Start();
        int before = bed.Count("sent");
        bed.Until(() => bed.Count("sent") > before);
        sent.Add(clock.Elapsed);
        Assert.InRange(sent[^1] - sent[^(messages + 1)], interval - TimeSpan.FromMilliseconds(100), TimeSpan.MaxValue);
    });

    // The tests beside this one have descriptors too: those of this thread's sockets alone are counted.
    private static int Descriptors() => new DirectoryInfo("/proc/thread-self/fd").EnumerateFileSystemInfos()
        .Count(one => one.LinkTarget is { } target && File.ReadAllText("/proc/thread-self/net/udp6").Contains(Inode(target), StringComparison.Ordinal));

    private static string Inode(string target) => target.StartsWith("socket:[", StringComparison.Ordinal) ? $" {target[8..^1]} " : "no socket";

    private static void Run(Action<Bed> test) => Run((bed, _) => test(bed));

    private static void Run(Action<Bed, Ipv6Interface> test) => Ipv6Interface.Run(host =>
    {
        using var bed = new Bed();
        test(bed, host);
    });

    [Fact(DisplayName = "The unreachable route of a delegated prefix that another program removes is put back, and not fought over")]
    public void PrefixRoute_RemovedByAnotherProgram_IsPutBack() => Run((bed, host) =>
    {
        bed.Stored = Fixture6.Memory(Fixture6.Lease(BoottimeClock.Now.Seconds, prefix: Fixture6.P));
        bed.Runner.Reconfigure(bed.Runner.Options with { Dhcp6 = bed.Runner.Options.Dhcp6 with { PrefixLengthHint = 56 } });
        bed.AwaitLinkLocal();
        host.Apply(Ipv6Interface.Leased(Fixture6.L.ToString()));
        bed.Runner.Start();
        bed.Until(HasRoute);
        Assert.DoesNotContain("removed by another program", bed.Transcript(), StringComparison.Ordinal);
        PrivateNetwork.Ip($"-6 route del unreachable {Fixture6.P}");
        bed.Until(HasRoute);
        Assert.Contains($"route unreachable {Fixture6.P} was removed by another program; it is put back", bed.Transcript(), StringComparison.Ordinal);
        PrivateNetwork.Ip($"-6 route del unreachable {Fixture6.P}");
        bed.Until(() => bed.Runner.ClientWhy?.StartsWith($"route unreachable {Fixture6.P} was removed by another program; put back in ", StringComparison.Ordinal) == true);
        Assert.False(HasRoute());

        static bool HasRoute() => PrivateNetwork.Ip("-6 route show type unreachable").Contains(Fixture6.P.ToString(), StringComparison.Ordinal);
    });

    [Fact(DisplayName = "Without a record the route of a stored lease's prefix is ours, as its addresses are, and goes at a stop; another one stays")]
    public void PrefixRoute_WithoutARecord_IsTakenOver() => Run((bed, host) =>
    {
        bed.Stored = Fixture6.Memory(Fixture6.Lease(BoottimeClock.Now.Seconds, prefix: Fixture6.P));
        bed.Runner.Reconfigure(bed.Runner.Options with { Dhcp6 = bed.Runner.Options.Dhcp6 with { PrefixLengthHint = 56 } });
        PrivateNetwork.Ip($"-6 route add unreachable {Fixture6.P} proto dhcp metric 1024");
        PrivateNetwork.Ip($"-6 route add unreachable {Fixture6.P} proto static metric 512");
        PrivateNetwork.Ip($"-6 route add unreachable {Fixture6.P2} proto dhcp metric 1024");
        bed.AwaitLinkLocal();
        bed.Runner.Start();
        bed.Until(() => bed.Runner.Client.StateName == "rebinding");
        Assert.DoesNotContain("somebody else", bed.Transcript(), StringComparison.Ordinal);
        bool stopped = false;
        bed.Runner.Stop(release: true, () => stopped = true);
        bed.Until(() => stopped);
        string left = PrivateNetwork.Ip("-6 route show type unreachable");
        Assert.DoesNotContain($"{Fixture6.P} dev lo proto dhcp", left, StringComparison.Ordinal);
        Assert.Contains($"{Fixture6.P} dev lo proto static", left, StringComparison.Ordinal);
        Assert.Contains(Fixture6.P2.ToString(), left, StringComparison.Ordinal);
    });

    private sealed class Bed : IDisposable
    {
        private readonly EventLoop _loop = new();
        private readonly NetworkState _network;

        public Bed()
        {
            _network = new NetworkState(_loop);
            var options = new Dhcp6RunnerOptions
            {
                Interface = new InterfaceConfiguration { Name = "c0", Dhcp6 = Dhcp6Mode.Stateful },
                Dhcp6 = new Dhcp6Settings { ClientIdentifier = Fixture6.Client, Iaid = Fixture6.Iaid, DelayFirstSolicit = false },
                Identification = new Dhcp6Identification { ClientIdentifier = Fixture6.Client },
            };
            var memory = new LeaseMemory<Dhcp6Memory>(Load, kept => Stored = kept, kept => Stored = kept, _ => SetAside++);
            Runner = new Dhcp6Runner(
                _loop, _network, new PathGate(_network.Table), options, memory, new KernelEntropy(), (source, report) => Journal.Add((source, report)));
        }

        public Dhcp6Runner Runner { get; }

        public List<(string Source, Report Report)> Journal { get; } = [];

        public Dhcp6Memory Stored { get; set; } = Dhcp6Memory.Empty;

        public Action Loading { get; set; } = () => { };

        public int SetAside { get; private set; }

        public int Count(string name) => Journal.Count(one => one.Report.Event == name);

        public string Transcript() => string.Join('\n', Journal.Select(one =>
            $"{one.Source} {one.Report.Event} " + string.Join(' ', one.Report.Fields.Select(field => $"{field.Name}={field.Value}"))));

        /// <summary>A lease granted a moment ago.</summary>
        public Dhcp6Lease LeaseNow() => Fixture6.Lease(BoottimeClock.Now.Seconds);

        public void AwaitLinkLocal() => Until(() => PrivateNetwork.Ip("-6 addr show dev c0 scope link -tentative").Contains("fe80::", StringComparison.Ordinal));

        public void Until(Func<bool> reached)
        {
            var clock = Stopwatch.StartNew();
            while (!reached())
            {
                _loop.Turn(1);
                if (clock.ElapsedMilliseconds > 15_000) Assert.Fail("it did not come; journal:\n" + Transcript());
            }
        }

        public void For(int milliseconds)
        {
            var clock = Stopwatch.StartNew();
            Until(() => clock.ElapsedMilliseconds >= milliseconds);
        }

        public void Dispose()
        {
            Runner.Dispose();
            _network.Dispose();
            _loop.Dispose();
        }

        private Dhcp6Memory Load()
        {
            Loading();
            return Stored;
        }
    }
}
