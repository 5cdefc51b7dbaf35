using System.Collections.Immutable;
using System.Globalization;
using BondDhcp.Host.Journal;
using BondDhcp.Host.Loop;
using BondDhcp.Host.Status;
using BondDhcp.Host.Systemd;
using BondDhcp.Host.Systemd.Linux;
using BondDhcp.Net;
using BondDhcp.Net.Linux;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Systemd;

/// <summary>What a service manager is told, by a socket of its kind.</summary>
public sealed class ServiceNotifierTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly EventLoop _loop = new();
    private readonly DatagramReader _manager;
    private readonly EventJournal _journal = new(() => BoottimeClock.Now, TimeProvider.System);

    public ServiceNotifierTests() => _manager = new DatagramReader(Path.Combine(_directory.Path, "notify"));

    public void Dispose()
    {
        _manager.Dispose();
        _loop.Dispose();
        _directory.Dispose();
    }

    private ServiceNotifier Notifier(string? watchdog = null) => new(_loop, name => name switch
    {
        "NOTIFY_SOCKET" => _manager.Path,
        "WATCHDOG_USEC" => watchdog,
        _ => null,
    });

    private string[] Told()
    {
        List<string> told = [];
        while (_manager.TryRead() is { } one)
        {
            one.Descriptor?.Dispose();
            told.Add(one.Text);
        }
        return [.. told];
    }

    [Fact]
    public void Reloading_HasTheMonotonicClock()
    {
        using ServiceNotifier notifier = Notifier();
        long before = Environment.TickCount64;
        notifier.Reloading();
        notifier.Ready();
        string[] told = Told();
        Assert.Equal(2, told.Length);
        Assert.StartsWith("RELOADING=1\nMONOTONIC_USEC=", told[0], StringComparison.Ordinal);
        long microseconds = long.Parse(told[0].Split('=')[^1], CultureInfo.InvariantCulture);
        Assert.InRange(microseconds / 1000, before - 100, Environment.TickCount64 + 100); // which counts in ticks of the kernel
        Assert.Equal("READY=1", told[1]);
    }

    [Fact(DisplayName = "AT-9 STOPPING=1 comes first, then how long it may take")]
    public void Stopping_ComesFirst()
    {
        using ServiceNotifier notifier = Notifier();
        notifier.Stopping(TimeSpan.FromSeconds(15));
        Assert.Equal(["STOPPING=1", "EXTEND_TIMEOUT_USEC=15000000"], Told());
    }

    [Fact]
    public void Status_TwiceTheSame_IsToldOnce()
    {
        using ServiceNotifier notifier = Notifier();
        foreach (string text in (string[])["a", "a", "b", "a"]) notifier.Status(text);
        Assert.Equal(["STATUS=a", "STATUS=b", "STATUS=a"], Told());
    }

    [Fact(DisplayName = "A NOTIFY_SOCKET that no socket can have is no reason to end")]
    public void Socket_ThatCannotBe_EndsNothing()
    {
        using ServiceNotifier notifier = new(_loop, name => name switch { "NOTIFY_SOCKET" => "/" + new string('x', 300), "WATCHDOG_USEC" => "200000", _ => null });
        notifier.Ready();
        notifier.Status("a");
    }

    [Fact]
    public void Watchdog_IsToldTwiceInItsTime()
    {
        using ServiceNotifier notifier = Notifier("200000");
        Instant end = BoottimeClock.Now + TimeSpan.FromSeconds(1);
        while (BoottimeClock.Now < end) _loop.Turn(50);
        string[] told = Told();
        Assert.All(told, one => Assert.Equal("WATCHDOG=1", one));
        Assert.InRange(told.Length, 5, 11);
    }

    [Fact(DisplayName = "AP-9 a loop that does not turn tells nothing: no WATCHDOG=1 until it turns again")]
    public void Watchdog_WithoutATurnOfTheLoop_IsNotTold()
    {
        using ServiceNotifier notifier = Notifier("200000");
        Assert.Equal(["WATCHDOG=1"], Told());
        Thread.Sleep(500);
        Assert.Empty(Told());
        _loop.Turn(50);
        Assert.Equal(["WATCHDOG=1"], Told());
    }

    [Fact(DisplayName = "AP-9 the service as packaged: the watchdog waits for 60 s, the daemon tells it itself, and is restarted when it does not")]
    public void Unit_HasAWatchdogOfAMinute()
    {
        string[] unit = File.ReadAllLines(Path.Combine(SourceTree.Root, "packaging/systemd/bonddhcp.service"));
        Assert.Contains("WatchdogSec=60", unit);
        // Of the reasons for a restart the watchdog is one (systemd.service(5), table 1).
        Assert.Contains("Restart=on-failure", unit);
        Assert.Contains("NotifyAccess=main", unit);
    }

    [Fact]
    public void Journal_WithoutAManager_IsKeptNowhere()
    {
        using ServiceNotifier none = new(_loop, _ => null);
        Assert.False(none.IsHeard);
        Assert.Null(JournalKeeping.Begin(_journal, none, []));
    }

    [Fact(DisplayName = "AP-10 the journal is a memfd by the name 'journal', FDPOLL=0; the next process finds the events in it and says that the daemon restarted; stop drops it")]
    public void Journal_IsKeptAndFound()
    {
        using ServiceNotifier notifier = Notifier();
        FileDescriptor kept;
        using (JournalKeeping first = JournalKeeping.Begin(_journal, notifier, [])!)
        {
            _journal.Record("bond0", "dhcp4", Report.Of("leaseBound", ("address", "192.0.2.5")));
            Assert.Equal("FDSTOREREMOVE=1\nFDNAME=journal", _manager.TryRead()!.Text);
            Datagram stored = _manager.TryRead()!;
            Assert.Equal("FDSTORE=1\nFDNAME=journal\nFDPOLL=0", stored.Text);
            kept = stored.Descriptor!;
        }
        Assert.Contains("memfd:bonddhcp-journal", new FileInfo($"/proc/self/fd/{kept.Number}").LinkTarget!, StringComparison.Ordinal);

        EventJournal next = new(() => BoottimeClock.Now, TimeProvider.System);
        next.Record("bond0", "dhcp4", Report.Of("state", ("from", "stopped"), ("to", "rebooting")));
        using JournalKeeping second = JournalKeeping.Begin(next, notifier, [new InheritedDescriptor("journal", kept)])!;
        Assert.Equal(["leaseBound", "restarted", "state"], Events(next));
        Assert.StartsWith("an end without a word", (string)next[2].Report.Fields[0].Value, StringComparison.Ordinal);
        Assert.Empty(Told()); // it is still kept
        second.Drop();
        Assert.Equal(["FDSTOREREMOVE=1\nFDNAME=journal"], Told());
    }

    [Fact]
    public void Journal_ThatIsDamaged_IsLeftWithAWordAndBegunAnew()
    {
        using ServiceNotifier notifier = Notifier();
        FixedMemoryFile file = FixedMemoryFile.Create("x", KeptJournal.Length);
        Assert.True(file.TryWrite(0, "no journal"u8));
        _journal.Record("bond0", "dhcp4", Report.Of("state", ("from", "stopped"), ("to", "selecting")));
        _journal.Record("bond0", "dhcp4", Report.Of("sent", ("message", "DHCPDISCOVER")));
        using JournalKeeping keeping = JournalKeeping.Begin(_journal, notifier, [new InheritedDescriptor("journal", file.Descriptor)])!;
        Assert.Equal(["restarted", "state", "sent", "warning"], Events(_journal));
        Assert.Contains("of another format", _journal[_journal.NextSequence - 1].Report.Fields[0].Value.ToString(), StringComparison.Ordinal);
        Assert.Equal(["FDSTOREREMOVE=1\nFDNAME=journal", "FDSTORE=1\nFDNAME=journal\nFDPOLL=0"], Told());
    }

    [Fact]
    public void Journal_ThatWasNeverWrittenTo_IsNoEndOfTheDaemon()
    {
        using ServiceNotifier notifier = Notifier();
        FixedMemoryFile file = FixedMemoryFile.Create("x", KeptJournal.Length);
        _journal.Record("bond0", "dhcp4", Report.Of("state", ("from", "stopped"), ("to", "selecting")));
        using JournalKeeping keeping = JournalKeeping.Begin(_journal, notifier, [new InheritedDescriptor("journal", file.Descriptor)])!;
        Assert.Equal(["restarted", "state"], Events(_journal).Take(2));
        _journal.Record("bond0", "dhcp4", Report.Of("sent", ("message", "DHCPDISCOVER")));
        Assert.Equal("sent", _journal[_journal.NextSequence - 1].Report.Event);
    }

    [Fact]
    public void Descriptors_ThatNothingIsKnownOf_AreClosedAndNamed()
    {
        using ServiceNotifier notifier = Notifier();
        FileDescriptor socket = FileDescriptor.Own(Tmds.Linux.LibC.socket(Tmds.Linux.LibC.AF_UNIX, Tmds.Linux.LibC.SOCK_STREAM, 0), "socket");
        FileDescriptor other = MemoryFile.Of("x"u8);
        using JournalKeeping keeping = JournalKeeping.Begin(
            _journal, notifier, [new InheritedDescriptor("pack\u001bet", socket), new InheritedDescriptor("journal", other)])!;
        Assert.Equal((-1, -1), (socket.Number, other.Number));
        Assert.Equal(["warning", "warning"], Events(_journal));
        Assert.Contains(@"'pack\x1bet'", _journal[1].Report.Fields[0].Value.ToString(), StringComparison.Ordinal);
        Assert.Contains("cannot be used", _journal[2].Report.Fields[0].Value.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void StatusLine_SaysHowEveryInterfaceFares()
    {
        InterfaceSnapshot bond = new()
        {
            Name = "bond0",
            IsAddressed = true,
            IsUsable = true,
            ActiveSlave = "w1",
            Dhcp4 = new Dhcp4Snapshot("bound", null, [], null),
            Dhcp6 = new Dhcp6Snapshot("soliciting", null, null, null, null),
            Addresses = [new AddressSnapshot("192.0.2.5/24", "dhcp4", Instant.Never), new AddressSnapshot("198.51.100.1/24", "foreign", Instant.Never)],
        };
        InterfaceSnapshot plain = new()
        {
            Name = "eth2",
            IsAddressed = true,
            Why = "no carrier",
            Addresses = [new AddressSnapshot("198.51.100.2/24", "static", Instant.Never)],
        };
        ImmutableArray<InterfaceSnapshot> all = [bond, plain, new InterfaceSnapshot { Name = "w1" }];
        Assert.Equal(
            "bond0 over w1: dhcp4 bound 192.0.2.5/24, dhcp6 soliciting; eth2: static 198.51.100.2/24, no carrier",
            ServiceStatus.Of(new DaemonSnapshot("daemon", default) { Interfaces = all }));
    }

    private static string[] Events(EventJournal journal) =>
        [.. Enumerable.Range(0, (int)(journal.NextSequence - journal.FirstSequence)).Select(i => journal[journal.FirstSequence + i].Report.Event)];
}
