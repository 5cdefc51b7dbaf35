using BondDhcp.Dhcp.Client;
using BondDhcp.Host.Components;
using BondDhcp.Host.Configuration;
using BondDhcp.Host.Status;
using Xunit;

namespace BondDhcp.Tests.Host;

public sealed class ComponentTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("bonddhcp-test-").FullName;
    private readonly List<string> _log = [];
    private Action? _stopDone;
    private bool _failToStart;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private sealed class Script(ComponentTests test, ComponentSpec spec) : Dhcp4Work
    {
        public override string State => "running";

        public override string? Why => null;

        public override Dhcp4Snapshot Client => new("bound", null, [], null);

        public override IEnumerable<KeyValuePair<string, long>> Drops => [];

        public override void Start() =>
            test._log.Add(test._failToStart ? throw new IOException("no such thing") : $"start {spec.Interface} {spec.Owner.Metric}");

        public override void Stop(bool takeDown, Action done)
        {
            test._log.Add(takeDown ? "release" : "keep");
            test._stopDone = done;
        }

        public override void Reconfigure(InterfaceConfiguration owner) => test._log.Add($"reconfigure {owner.Name} {owner.Metric}");

        public override void Execute(DhcpCommand command, Action<bool, string?> done)
        {
            test._log.Add(command.ToString());
            if (command == DhcpCommand.Renew) done(false, "the server said no");
            else done(true, null);
        }

        public override void Dispose() => test._log.Add("dispose");
    }

    private StoppedComponents Stopped(string boot = "boot1") => new(_directory, boot);

    private ComponentSet Set(StoppedComponents stopped) => new(spec => new Script(this, spec), stopped);

    private static DaemonConfiguration Configured(params (string Name, uint Metric)[] interfaces) => new()
    {
        Interfaces = [.. interfaces.Select(one => new InterfaceConfiguration { Name = one.Name, Dhcp4 = true, Metric = one.Metric })],
    };

    private string[] Log()
    {
        string[] log = [.. _log];
        _log.Clear();
        return log;
    }

    private void FinishStop()
    {
        Action done = _stopDone!;
        _stopDone = null;
        done();
    }

    [Fact]
    public void Stop_ReleasesAndHoldsUntilStart_AlsoInTheNextDaemon()
    {
        ComponentSet set = Set(Stopped());
        set.Start(Configured(("eth0", 1)));
        bool answered = false;
        set.Stop(set.All[0], error => answered = error is null);
        Assert.False(answered);
        FinishStop();
        Assert.True(answered);
        Assert.Equal(["start eth0 1", "release", "dispose"], Log());

        ComponentSet next = Set(Stopped());
        next.Start(Configured(("eth0", 1)));
        Assert.Empty(Log());
        Assert.Equal(new ComponentSnapshot("dhcp4@eth0", "stopped", "stopped by command"), next.All[0].Snapshot());
        next.Apply(Configured(("eth0", 2)), identityChanged: false, static _ => { });
        Assert.Empty(Log());
        next.Start(next.All[0], Assert.Null);
        Assert.Equal(["start eth0 2"], Log());

        Set(Stopped()).Start(Configured(("eth0", 1)));
        Assert.Equal(["start eth0 1"], Log());
    }

    [Fact]
    public void Stop_IsForgottenAtReboot()
    {
        Stopped().Add("dhcp4@eth0", "stopped by command");
        Set(Stopped("boot2")).Start(Configured(("eth0", 1)));
        Assert.Equal(["start eth0 1"], Log());
    }

    [Fact]
    public void Stop_ThatCannotBeRecorded_StopsAndSaysSo()
    {
        ComponentSet set = Set(Stopped());
        set.Start(Configured(("eth0", 1)));
        // As on a disk that takes nothing.
        Directory.CreateDirectory(Path.Combine(_directory, StoppedComponents.FileName, "in-the-way"));
        string? error = null;
        set.Stop(set.All[0], why => error = why);
        FinishStop();
        Assert.Equal(["start eth0 1", "release", "dispose"], Log());
        Assert.StartsWith("done, but", error, StringComparison.Ordinal);
        Assert.Equal("stopped", set.All[0].Snapshot().State);
    }

    [Fact]
    public void StartDuringStop_WaitsForItsEnd()
    {
        ComponentSet set = Set(Stopped());
        set.Start(Configured(("eth0", 1)));
        set.Stop(set.All[0], Assert.Null);
        set.Start(set.All[0], Assert.Null);
        Assert.Equal(["start eth0 1", "release"], Log());
        FinishStop();
        Assert.Equal(["dispose", "start eth0 1"], Log());
    }

    [Fact]
    public void Commands_AreIdempotent()
    {
        ComponentSet set = Set(Stopped());
        set.Start(Configured(("eth0", 1)));
        set.Start(set.All[0], Assert.Null);
        Assert.Equal(["start eth0 1"], Log());
        set.Stop(set.All[0], Assert.Null);
        FinishStop();
        Log();
        set.Stop(set.All[0], Assert.Null);
        set.FindDhcp4("eth0")!.Execute(DhcpCommand.Release, Assert.Null);
        Assert.Empty(Log());
        set.FindDhcp4("eth0")!.Execute(DhcpCommand.Renew, error => Assert.Equal("dhcp4@eth0 is stopped", error));
        set.FindDhcp4("eth0")!.Execute(DhcpCommand.Acquire, error => Assert.StartsWith("dhcp4@eth0 is stopped", error, StringComparison.Ordinal));
        Assert.Empty(Log());
        set.Start(set.All[0], Assert.Null);
        Assert.Equal(["start eth0 1"], Log());
    }

    [Fact]
    public void Refusal_ReachesTheCaller()
    {
        ComponentSet set = Set(Stopped());
        set.Start(Configured(("eth0", 1)));
        string? why = null;
        set.FindDhcp4("eth0")!.Execute(DhcpCommand.Renew, error => why = error);
        Assert.Equal("the server said no", why);
    }

    [Fact]
    public void Start_ThatFails_SaysWhyAndCanBeTriedAgain()
    {
        _failToStart = true;
        ComponentSet set = Set(Stopped());
        set.Start(Configured(("eth0", 1)));
        Assert.Equal(new ComponentSnapshot("dhcp4@eth0", "failed", "no such thing"), set.All[0].Snapshot());
        _failToStart = false;
        set.Start(set.All[0], Assert.Null);
        Assert.Equal("running", set.All[0].Snapshot().State);
    }

    [Fact]
    public void Reload_TouchesOnlyWhatDiffers()
    {
        ComponentSet set = Set(Stopped());
        set.Start(Configured(("eth0", 1), ("eth1", 1)));
        Log();
        set.Apply(Configured(("eth0", 1), ("eth1", 1)), identityChanged: false, static _ => { });
        Assert.Empty(Log());
        set.Apply(Configured(("eth0", 1), ("eth1", 5)), identityChanged: false, static _ => { });
        Assert.Equal(["reconfigure eth1 5"], Log());
        set.Apply(Configured(("eth0", 1), ("eth2", 7)), identityChanged: false, static _ => { });
        Assert.Equal(["release", "start eth2 7"], Log());
        FinishStop();
        Assert.Equal(["dhcp4@eth0", "dhcp4@eth2"], set.All.Select(component => component.Name));
    }

    [Fact]
    public void Reload_OfReleaseOnStop_DisturbsNothing()
    {
        ComponentSet set = Set(Stopped());
        set.Start(Configured(("eth0", 1)));
        Log();
        DaemonConfiguration changed = new() { Interfaces = [new InterfaceConfiguration { Name = "eth0", Dhcp4 = true, Metric = 1, ReleaseOnStop = true }] };
        set.Apply(changed, identityChanged: false, static _ => { });
        Assert.Empty(Log());
        Assert.True(set.All[0].Spec.Owner.ReleaseOnStop);
    }

    [Fact]
    public void EndAll_CallsBackWhenTheLastIsDone()
    {
        ComponentSet set = Set(Stopped());
        set.Start(Configured(("eth0", 1), ("eth1", 1)));
        bool done = false;
        List<Action> stops = [];
        set.EndAll(component => { if (_stopDone is { } earlier) stops.Add(earlier); return component.Name == "dhcp4@eth1"; }, _ => done = true);
        stops.Add(_stopDone!);
        Assert.Equal(["start eth0 1", "start eth1 1", "keep", "release"], Log());
        stops[0]();
        Assert.False(done);
        stops[1]();
        Assert.True(done);
    }
}
