using System.Diagnostics;
using BondDhcp.Host.Coexistence;
using BondDhcp.Host.Coexistence.Linux;
using BondDhcp.Host.Loop;
using BondDhcp.Host.Runner;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using BondDhcp.Tests.Linux;
using Xunit;

namespace BondDhcp.Tests.Coexistence;

/// <summary>A gate by itself: on c0 of a network namespace of its own, with the processes of a directory that looks like /proc.</summary>
public sealed class RivalGateTests
{
    // No process of this machine has such a number.
    private const int Pid = 4_194_400;

    private sealed class Bed : IDisposable
    {
        private readonly TemporaryDirectory _root = new();
        private readonly EventLoop _loop = new();
        private readonly NetworkState _network;

        public Bed()
        {
            _network = new NetworkState(_loop);
            Write("proc/self/net/dev", "");
            Write("proc/self/net/packet", "");
            Write("proc/self/net/udp", "");
            Gate = new RivalGate(_loop, _network, new RivalSearch(_network, new HostSurvey(_root.Path)), "c0", ipv6: false, report => Journal.Add($"{report.Event} {string.Join(' ', report.Fields.Select(field => field.Value))}"));
        }

        public RivalGate Gate { get; }

        public List<string> Journal { get; } = [];

        public bool HasLease { get; set; }

        public bool IsOurs { get; set; }

        public int Resumed { get; private set; }

        public int Paused { get; private set; }

        public bool Begin() => Gate.MayBegin(new GuardedClient(() => HasLease, _ => IsOurs), () => Resumed++, () => Paused++);

        public void Write(string path, string content)
        {
            string file = Path.Combine(_root.Path, path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, content);
        }

        /// <summary>A program comes; with the port of a client, so that a glance sees it.</summary>
        public void Come(string name = "dhclient", string arguments = "dhclient\0c0\0")
        {
            Write($"proc/{Pid}/comm", name + "\n");
            Write($"proc/{Pid}/cmdline", arguments);
            Directory.CreateDirectory(Path.Combine(_root.Path, $"proc/{Pid}/fd"));
            Directory.CreateSymbolicLink(Path.Combine(_root.Path, $"proc/{Pid}/net"), Path.Combine(_root.Path, "proc/self/net"));
            Write("proc/self/net/udp", "  sl  local_address\n    1: 00000000:0044 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 77 2 0 0\n");
        }

        public void Go()
        {
            Directory.Delete(Path.Combine(_root.Path, $"proc/{Pid}"), recursive: true);
            Write("proc/self/net/udp", "");
        }

        /// <summary>Turns the loop until something is so, for 8 s at most.</summary>
        public TimeSpan Until(Func<bool> reached)
        {
            var clock = Stopwatch.StartNew();
            while (!reached())
            {
                _loop.Turn(5);
                if (clock.Elapsed > TimeSpan.FromSeconds(8)) Assert.Fail($"it did not come; looks {Gate.Looks}\n{string.Join('\n', Journal)}");
            }
            return clock.Elapsed;
        }

        public void For(double seconds)
        {
            var clock = Stopwatch.StartNew();
            Until(() => clock.Elapsed.TotalSeconds >= seconds);
        }

        public void Dispose()
        {
            Gate.Dispose();
            _network.Dispose();
            _loop.Dispose();
            _root.Dispose();
        }
    }

    private static void With(Action<Bed> test) => PrivateNetwork.Run(() =>
    {
        using Bed bed = new();
        test(bed);
    });

    [Fact]
    public void Nobody_There_LetsBeginAndLooksOnceAfterwards() => With(bed =>
    {
        Assert.True(bed.Begin());
        Assert.Equal(0, bed.Gate.Looks); // a glance was enough
        bed.For(1.5);
        Assert.Equal(1, bed.Gate.Looks);
        Assert.False(bed.Gate.IsClosed);
        Assert.Null(bed.Gate.Why);
        Assert.Empty(bed.Journal);
    });

    [Fact]
    public void Somebody_AtTheStart_IsWaitedForAndBeginsOnceWhenGone() => With(bed =>
    {
        bed.Come();
        Assert.False(bed.Begin());
        Assert.StartsWith($"dhclient (process {Pid}) was started for c0: ", bed.Gate.Why, StringComparison.Ordinal);
        Assert.Contains("DHCP waits until it leaves the interface alone", Assert.Single(bed.Journal), StringComparison.Ordinal);
        Assert.Equal((0, 0), (bed.Resumed, bed.Paused));
        bed.Go();
        // Nothing tells of it but the slow look.
        Assert.InRange(bed.Until(() => bed.Resumed > 0).TotalSeconds, 1, 7);
        bed.For(0.3);
        Assert.Equal((1, 0, false), (bed.Resumed, bed.Paused, bed.Gate.IsClosed));
        Assert.Equal("rivalGone dhclient c0", bed.Journal[^1]);
    });

    [Fact(DisplayName = "While somebody is waited for, a storm of events leads to one look a second, and the end is seen within little more than that")]
    public void Events_InAStorm_LeadToOneLookASecond() => With(bed =>
    {
        bed.Come();
        Assert.False(bed.Begin());
        int before = bed.Gate.Looks;
        var clock = Stopwatch.StartNew();
        for (int i = 0; clock.Elapsed < TimeSpan.FromSeconds(2.5); i++)
        {
            PrivateNetwork.Ip(i % 2 == 0 ? "address add 192.0.2.9/24 dev c0" : "address delete 192.0.2.9/24 dev c0");
            bed.For(0);
            bed.Begin(); // as a client that is started again and again
        }
        bed.For(0);
        Assert.InRange(bed.Gate.Looks - before, 1, 3);
        bed.Go();
        PrivateNetwork.Ip("link set c0 mtu 1400");
        Assert.InRange(bed.Until(() => bed.Resumed > 0).TotalSeconds, 0, 1.5);
        Assert.Equal(1, bed.Resumed);
    });

    [Fact]
    public void Events_OfOtherLinks_LeadToNoLook() => With(bed =>
    {
        bed.Come();
        Assert.False(bed.Begin());
        int before = bed.Gate.Looks;
        for (int i = 0; i < 20; i++)
        {
            PrivateNetwork.Ip($"link set s0 mtu {1400 + i}");
            PrivateNetwork.Ip($"address add 198.51.100.{i + 1}/24 dev lo");
        }
        bed.For(2);
        Assert.Equal(before, bed.Gate.Looks);
    });

    [Fact]
    public void Somebody_WhoComesToAClientWithoutALease_PausesIt() => With(bed =>
    {
        Assert.True(bed.Begin());
        bed.Come();
        bed.Until(() => bed.Paused > 0);
        Assert.True(bed.Gate.IsClosed);
        bed.Go();
        bed.Until(() => bed.Resumed > 0);
        Assert.Equal((1, 1), (bed.Paused, bed.Resumed));
    });

    [Fact]
    public void Somebody_WhoComesToALease_IsNamedAndNothingElse() => With(bed =>
    {
        bed.HasLease = true;
        Assert.True(bed.Begin());
        bed.Come();
        bed.Gate.Note(Report.Of("conflict"));
        bed.Until(() => bed.Journal.Count > 0);
        Assert.DoesNotContain("waits", bed.Journal[0], StringComparison.Ordinal);
        Assert.Equal("dhclient", Assert.Single(bed.Gate.Rivals).Program);
        Assert.Equal((false, 0), (bed.Gate.IsClosed, bed.Paused));
        // Notes as of a flood of conflicts are one look a second, too.
        int before = bed.Gate.Looks;
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < TimeSpan.FromSeconds(2.2))
        {
            bed.Gate.Note(Report.Of("conflict"));
            bed.For(0.02);
        }
        Assert.InRange(bed.Gate.Looks - before, 1, 2);
        Assert.Single(bed.Journal);
    });

    [Fact]
    public void AddressOfOurs_ThatIsThere_LetsBeginWhoeverElseIs() => With(bed =>
    {
        bed.IsOurs = true;
        bed.Come();
        Assert.True(bed.Begin());
        Assert.Equal("dhclient", Assert.Single(bed.Gate.Rivals).Program);
        Assert.Null(bed.Gate.Why);
    });

    [Fact]
    public void SomebodyWhoOnlyMayConfigure_IsToldOfAndNotWaitedFor() => With(bed =>
    {
        bed.Come("connmand", "connmand\0");
        Assert.True(bed.Begin());
        Assert.False(bed.Gate.IsClosed);
        Assert.Contains("may configure c0", Assert.Single(bed.Journal), StringComparison.Ordinal);
    });

    [Fact]
    public void End_OfTheClient_EndsTheLooking() => With(bed =>
    {
        bed.Come();
        Assert.False(bed.Begin());
        bed.Gate.End();
        int before = bed.Gate.Looks;
        PrivateNetwork.Ip("link set c0 mtu 1400");
        bed.Gate.Note(Report.Of("conflict"));
        bed.For(1.3);
        Assert.Equal((before, false, 0), (bed.Gate.Looks, bed.Gate.IsClosed, bed.Resumed));
        Assert.Empty(bed.Gate.Rivals);
    });
}
