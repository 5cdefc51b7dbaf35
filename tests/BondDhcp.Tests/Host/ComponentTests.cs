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
    private string? _leftOver;
    private InterfaceConfiguration? _noted;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private sealed class Script(ComponentTests test, ComponentSpec spec) : Dhcp4Work
    {
        public override string State => "running";

        public override string? Why => null;

        public override string? LeftOver => test._leftOver;

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

        public override void Note(InterfaceConfiguration owner) => test._noted = owner;

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

    [Fact(DisplayName = "What stays stopped or released over a restart is named at the start, each with what begins it")]
    public void Idle_AfterStopAndRelease_IsNamedWithWhatBeginsIt()
    {
        StoppedComponents earlier = Stopped();
        earlier.Add("dhcp4@eth0", LeaseComponent.Released);
        earlier.Add("dhcp4@eth1", Component.StoppedByCommand);
        earlier.Add("dhcp4@eth2", "stopped with dhcp4@eth1");
        earlier.Add("dhcp4@eth3", "stopped with master@gone");
        earlier.Add("dhcp4@eth9", Component.StoppedByCommand); // not configured any more
        ComponentSet set = Set(Stopped());
        set.Start(Configured(("eth0", 1), ("eth1", 1), ("eth2", 1), ("eth3", 1), ("eth4", 1)));
        Assert.Equal(
            [
                "dhcp4@eth0 stays stopped by an earlier command: released; idle until acquire; 'bonddhcp acquire eth0 -4' begins it",
                "dhcp4@eth1 stays stopped by an earlier command: stopped by command; 'bonddhcp start dhcp4@eth1' begins it",
                "dhcp4@eth2 stays stopped by an earlier command: stopped with dhcp4@eth1; 'bonddhcp start dhcp4@eth1' begins it",
                "dhcp4@eth3 stays stopped by an earlier command: stopped with master@gone; 'bonddhcp start dhcp4@eth3' begins it",
            ],
            set.Idle());
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
        next.Apply(Configured(("eth0", 2)), Concern.Nobody, static _ => { });
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

    [Fact(DisplayName = "What a stop could not take away is told to who asked for it, and it is stopped all the same")]
    public void Stop_ThatLeavesSomething_SaysSo()
    {
        ComponentSet set = Set(Stopped());
        set.Start(Configured(("eth0", 1)));
        string? error = null;
        set.Stop(set.All[0], why => error = why);
        _leftOver = "192.0.2.9/24: refused";
        FinishStop();
        Assert.Equal("dhcp4@eth0: not taken away: 192.0.2.9/24: refused", error);
        Assert.Equal("stopped", set.All[0].Snapshot().State);
        set.Stop(set.All[0], Assert.Null);
    }

    [Fact(DisplayName = "What a reload could not take away is told to who asked for it: of what it ends, and of what goes on")]
    public void Apply_ThatLeavesSomething_SaysSo()
    {
        ComponentSet set = Set(Stopped());
        set.Start(Configured(("eth0", 1), ("eth1", 1)));
        string? error = null;
        _leftOver = "192.0.2.9/24: refused";
        set.Apply(Configured(("eth0", 2), ("eth1", 1)), Concern.Nobody, why => error = why);
        Assert.Equal("dhcp4@eth0: not taken away: 192.0.2.9/24: refused", error);
        _leftOver = null;
        set.Apply(Configured(("eth0", 2)), Concern.Nobody, why => error = why);
        _leftOver = "192.0.2.8/24: refused";
        FinishStop();
        Assert.Equal("dhcp4@eth1: not taken away: 192.0.2.8/24: refused", error);
    }

    [Fact(DisplayName = "Who is not concerned by a reload knows the new section all the same")]
    public void Apply_TellsEverybodyOfTheSection()
    {
        ComponentSet set = Set(Stopped());
        set.Start(Configured(("eth0", 1)));
        Log();
        set.Apply(new DaemonConfiguration { Interfaces = [new InterfaceConfiguration { Name = "eth0", Dhcp4 = true, Metric = 1, SolicitDelay = false }] }, Concern.Dhcp6, static _ => { });
        Assert.Empty(Log());
        Assert.False(_noted!.SolicitDelay);
        set.Apply(Configured(("eth0", 1)), Concern.Dhcp4, static _ => { });
        Assert.Equal(["reconfigure eth0 1"], Log());
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
        set.Apply(Configured(("eth0", 1), ("eth1", 1)), Concern.Nobody, static _ => { });
        Assert.Empty(Log());
        set.Apply(Configured(("eth0", 1), ("eth1", 5)), Concern.Nobody, static _ => { });
        Assert.Equal(["reconfigure eth1 5"], Log());
        set.Apply(Configured(("eth0", 1), ("eth2", 7)), Concern.Nobody, static _ => { });
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
        set.Apply(changed, Concern.Nobody, static _ => { });
        Assert.Empty(Log());
        Assert.True(set.All[0].Spec.Owner.ReleaseOnStop);
    }

    [Theory(DisplayName = "A reload disturbs the clients that a change concerns, and no other")]
    [InlineData("name-servers = [\"192.0.2.53\"]", false, false)]
    [InlineData("search-domains = [\"example.org\"]", false, false)]
    [InlineData("dns = \"file\"", false, false)]
    [InlineData("routes = [\"192.0.2.0/24\"]", false, false)]
    [InlineData("addresses = [\"192.0.2.9/24\"]", false, false)]
    [InlineData("fallback = [\"192.0.2.9/24\"]", false, false)]
    [InlineData("release-on-stop = true", false, false)]
    [InlineData("rapid-commit = \"dhcp4\"", true, false)]
    [InlineData("rapid-commit = \"dhcp6\"", false, true)]
    [InlineData("rapid-commit = true", true, true)]
    [InlineData("metric = 7", true, true)]
    [InlineData("iaid = 7", true, true)]
    public void Reload_DisturbsWhomItConcerns(string key, bool dhcp4, bool dhcp6)
    {
        const string text = "[interface.eth0]\ndhcp4 = true\ndhcp6 = true\n";
        InterfaceConfiguration before = ConfigurationReader.Read("f.toml", text).Configuration!.Interfaces[0];
        InterfaceConfiguration after = ConfigurationReader.Read("f.toml", text + key).Configuration!.Interfaces[0];
        Assert.False(before.SameAs(after));
        foreach (Concern concern in new[] { InterfaceSettings.Differences(before, after), InterfaceSettings.Differences(after, before) })
            Assert.Equal((dhcp4, dhcp6), (ComponentChange.Disturbs(ComponentKind.Dhcp4, concern), ComponentChange.Disturbs(ComponentKind.Dhcp6, concern)));
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
