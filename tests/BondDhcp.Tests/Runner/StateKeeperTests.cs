using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Store;
using BondDhcp.Host.Daemon;
using BondDhcp.Host.Loop;
using BondDhcp.Host.Runner;
using BondDhcp.Host.Status;
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
    private string? _problem = "/state/duid: No space left on device";
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
        Assert.Empty(_keeper.Refused);

        _keeper.Begin();
        Assert.Equal(1, _tries);
        Assert.Equal(new UnsavedState("the DUID", _problem!), Assert.Single(_keeper.Refused));
        while (_tries < 3) _loop.Turn(1);
        Assert.Equal(["eth0 warning"], _told);

        _problem = null;
        while (!_keeper.Refused.IsEmpty) _loop.Turn(1);
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
        _keeper.Keep("eth0", "the DUID", static () => null);
        Assert.Empty(_keeper.Refused);
        Assert.Equal(["eth0 warning", "eth0 stored"], _told);
        _keeper.Begin();
        Assert.Equal(1, _tries);
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
        Assert.Equal("the state of dhcp4@eth0", Assert.Single(_keeper.Refused).What);
        Assert.Same(kept, memory.Load());

        File.Delete(path);
        Assert.Equal(Fixture.L, Assert.Single(memory.Load().Leases).Address);
        Assert.Empty(_keeper.Refused);
        Assert.NotEmpty(Directory.GetFiles(path));
    }

    private string? Save()
    {
        _tries++;
        return _problem;
    }
}
