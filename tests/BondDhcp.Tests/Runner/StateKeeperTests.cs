using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Store;
using BondDhcp.Host.Daemon;
using BondDhcp.Host.Loop;
using BondDhcp.Host.Runner;
using BondDhcp.Host.Status;
using BondDhcp.Net;
using BondDhcp.Net.Linux;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Runner;

/// <summary>What becomes of state that the disk does not take.</summary>
public sealed class StateKeeperTests : IDisposable
{
    private readonly EventLoop _loop = new();
    private readonly List<string> _told = [];
    private readonly StateKeeper _keeper;
    private readonly TemporaryDirectory _directory = new();
    private volatile string? _problem = "/state/duid: No space left on device";
    private int _tries;

    public StateKeeperTests() =>
        _keeper = new StateKeeper(_loop, (name, report) => _told.Add($"{name} {report.Event}")) { Again = TimeSpan.FromMilliseconds(1) };

    public void Dispose()
    {
        _keeper.Dispose();
        _loop.Dispose();
        _directory.Dispose();
    }

    [Fact(DisplayName = "What a disk does not take is told once, named, tried again, and told when it is there")]
    public void Refused_IsTriedAgain()
    {
        _keeper.Keep("eth0", "the DUID", Save);
        Assert.Equal(0, _tries); // the first packet is not sent yet
        Assert.Empty(_keeper.Unsaved);

        _keeper.Begin();
        Until(() => _told.Count > 0);
        Assert.Equal(new UnsavedState("the DUID", _problem, null), Assert.Single(_keeper.Unsaved));
        Until(() => Volatile.Read(ref _tries) >= 3);
        Assert.Equal(["eth0 warning"], _told);

        _problem = null;
        Until(() => _keeper.Unsaved.IsEmpty);
        Assert.Equal(["eth0 warning", "eth0 stored"], _told);
        int tries = _tries;
        _keeper.Begin();
        Assert.Equal(tries, _tries);
    }

    [Fact(DisplayName = "The newest of what is to be kept takes the place of what could not be written")]
    public void Newer_ReplacesWhatWasRefused()
    {
        _keeper.Begin();
        _keeper.Keep("eth0", "the DUID", Save);
        Until(() => _told.Count > 0);
        _keeper.Keep("eth0", "the DUID", static () => null);
        Until(() => _keeper.Unsaved.IsEmpty);
        Assert.Equal("eth0 stored", _told[^1]);
        int tries = _tries;
        _keeper.Begin();
        Assert.Equal(tries, _tries);
    }

    [Fact(DisplayName = "A slow disk holds nobody up: the loop goes on, what the disk is at is named, of what comes meanwhile the newest is written")]
    public void Slow_IsNotWaitedFor()
    {
        using ManualResetEventSlim disk = new();
        List<string> written = [];
        _keeper.Begin();
        _keeper.Keep("eth0", "the lease", () => Write("first", disk));
        _keeper.Keep("eth0", "the lease", () => Write("second"));
        _keeper.Keep("eth0", "the lease", () => Write("third"));
        _keeper.Keep("eth1", "another lease", () => Write("another"));
        _loop.Turn(1);
        Assert.Equal(["the lease", "another lease"], _keeper.Unsaved.Select(static one => one.What));
        Assert.All(_keeper.Unsaved, static one => Assert.True(one is { Why: null, WritingFor: not null }));
        Assert.Empty(written);

        disk.Set();
        Until(() => _keeper.Unsaved.IsEmpty);
        Assert.Equal(["first", "another", "third"], written);
        Assert.Empty(_told);

        string? Write(string what, ManualResetEventSlim? busy = null)
        {
            busy?.Wait();
            lock (written) written.Add(what);
            return null;
        }
    }

    [Fact(DisplayName = "The end of the daemon waits for the disk: what was kept last is written, and what is not is told")]
    public void End_WaitsForTheDisk()
    {
        List<string> written = [];
        StateKeeper keeper = new(_loop, (name, report) => _told.Add($"{name} {report.Event}"));
        keeper.Keep("eth0", "the lease", () =>
        {
            written.Add("first");
            return null;
        });
        keeper.Begin();
        keeper.Keep("eth0", "the lease", () =>
        {
            written.Add("second");
            return null;
        });
        keeper.Keep("eth0", "the DUID", static () => throw new InvalidOperationException("a fault of ours"));
        keeper.Dispose();
        Assert.Equal(["first", "second"], written);
        Assert.Equal(["eth0 warning"], _told);
        Assert.Equal(new UnsavedState("the DUID", "InvalidOperationException: a fault of ours", null), Assert.Single(keeper.Unsaved));
    }

    [Fact(DisplayName = "A client that is started again gets the lease that the disk did not take")]
    public void Load_AfterARefusal_IsTheNewest()
    {
        // A file where the directory should be.
        string path = Path.Combine(_directory.Path, "state");
        File.WriteAllText(path, "");
        LeaseMemory<Dhcp4Memory> memory = _keeper.MemoryOf("eth0", "dhcp4@eth0", new Dhcp4LeaseStore(path), () => new StoreClock(BoottimeClock.Now, DateTimeOffset.UnixEpoch, "boot"));
        _keeper.Begin();
        Dhcp4Memory kept = Fixture.Memory(Fixture.Lease());
        memory.Save(kept);
        Assert.Same(kept, memory.Load()); // it is not known yet what the disk says
        Until(() => _told.Count > 0);
        Assert.Equal("the state of dhcp4@eth0", Assert.Single(_keeper.Unsaved).What);
        Assert.Same(kept, memory.Load());

        File.Delete(path);
        Assert.Equal(Fixture.L, Assert.Single(memory.Load().Leases).Address);
        Until(() => _keeper.Unsaved.IsEmpty);
        Assert.NotEmpty(Directory.GetFiles(path));
        Assert.NotSame(kept, memory.Load());
    }

    [Fact(DisplayName = "What is set aside does not come back from a write that was under way, and nobody waits for the disk")]
    public void SetAside_ComesAfterWhatIsBeingWritten()
    {
        using ManualResetEventSlim disk = new();
        LeaseMemory<Dhcp4Memory> memory = _keeper.MemoryOf("eth0", "dhcp4@eth0", new Dhcp4LeaseStore(_directory.Path), () => new StoreClock(BoottimeClock.Now, DateTimeOffset.UnixEpoch, "boot"));
        _keeper.Begin();
        _keeper.Keep("", "the DUID", () =>
        {
            disk.Wait();
            return null;
        });
        memory.Save(Fixture.Memory(Fixture.Lease()));
        memory.SetAside("is no use");
        Assert.Empty(memory.Load().Leases);

        disk.Set();
        Until(() => _told.Count > 0);
        Assert.Equal(["eth0 warning"], _told);
        Assert.Empty(memory.Load().Leases);
        Assert.EndsWith(".damaged-1", Assert.Single(Directory.GetFiles(_directory.Path)), StringComparison.Ordinal);

        memory.Save(Fixture.Memory(Fixture.Lease()));
        Until(() => _keeper.Unsaved.IsEmpty);
        Assert.Equal(Fixture.L, Assert.Single(memory.Load().Leases).Address);
    }

    [Fact(DisplayName = "What is to be forgotten before it is given back is waited for, but not on a disk that stands still")]
    public void SaveFirst_WaitsForTheDiskAWhile()
    {
        LeaseMemory<Dhcp4Memory> memory = _keeper.MemoryOf("eth0", "dhcp4@eth0", new Dhcp4LeaseStore(_directory.Path), () => new StoreClock(BoottimeClock.Now, DateTimeOffset.UnixEpoch, "boot"));
        _keeper.Begin();
        memory.SaveFirst(Fixture.Memory(Fixture.Lease()));
        Assert.Empty(_keeper.Unsaved);
        Assert.NotEmpty(Directory.GetFiles(_directory.Path, "*.json"));

        using ManualResetEventSlim disk = new();
        _keeper.Keep("", "the DUID", () =>
        {
            disk.Wait();
            return null;
        });
        memory.SaveFirst(Dhcp4Memory.Empty);
        Assert.Equal(2, _keeper.Unsaved.Length);
        disk.Set();
    }

    private void Until(Func<bool> isSo)
    {
        for (Instant end = BoottimeClock.Now + TimeSpan.FromSeconds(30); !isSo(); _loop.Turn(1)) Assert.True(BoottimeClock.Now < end, "it did not come to be");
    }

    private string? Save()
    {
        Interlocked.Increment(ref _tries);
        return _problem;
    }
}
