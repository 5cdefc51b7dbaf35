using BondDhcp.Bond.Addressing;
using BondDhcp.Bond.Plan;
using BondDhcp.Host.Components;
using BondDhcp.Host.Configuration;
using BondDhcp.Host.Supplicants;
using BondDhcp.Net;
using Xunit;

namespace BondDhcp.Tests.Host;

/// <summary>What stands on what: the order of start and stop, and what goes with what.</summary>
public sealed class ComponentOrderTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("bonddhcp-test-").FullName;
    private readonly List<string> _log = [];
    private readonly List<Action> _ends = [];
    private bool _slow;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private sealed class Script(ComponentOrderTests test, ComponentSpec spec) : ComponentWork
    {
        public override string State => "running";

        public override string? Why => null;

        public override void Start() => test._log.Add("+" + spec.Name);

        public override void TryAgain() => test._log.Add("!" + spec.Name);

        public override void Stop(bool takeDown, Action done)
        {
            test._log.Add((takeDown ? "-" : "=") + spec.Name);
            if (test._slow) test._ends.Add(done);
            else done();
        }

        public override void Reconfigure(InterfaceConfiguration owner) => test._log.Add("~" + spec.Name);

        public override void Dispose()
        {
        }
    }

    private ComponentSet Started(DaemonConfiguration configuration, Func<string, string, bool>? liesOn = null)
    {
        ComponentSet set = new(spec => new Script(this, spec), new StoppedComponents(_directory, "boot1"), liesOn);
        set.Start(configuration);
        return set;
    }

    private string[] Log()
    {
        string[] log = [.. _log];
        _log.Clear();
        return log;
    }

    private static InterfaceConfiguration Bond(bool releaseOnStop = false) => new()
    {
        Name = "bond0",
        Master = new MasterSettings { Name = "bond0", Kind = MasterKind.Bond, Slaves = [new("eth0"), new("wlan0", IsWireless: true)] },
        Addresses = [TestAddress],
        Dhcp4 = true,
        ReleaseOnStop = releaseOnStop,
    };

    private static StaticAddress TestAddress => StaticAddress.Of(Ipv4Prefix.Parse("192.0.2.7/24"));

    private static DaemonConfiguration Laptop(bool releaseOnStop = false) => new()
    {
        Interfaces = [Bond(releaseOnStop), Wireless],
    };

    private static InterfaceConfiguration Wireless => new()
    {
        Name = "wlan0",
        Supplicant = new SupplicantSettings("wlan0", "/etc/wpa_supplicant/wpa_supplicant.conf", SupplicantSettings.DefaultDriver),
    };

    private static readonly string[] s_started =
        ["+master@bond0", "+slave@eth0", "+slave@wlan0", "+supplicant@wlan0", "+static@bond0", "+dhcp4@bond0"];

    private static readonly string[] s_stopped =
        ["-dhcp4@bond0", "-static@bond0", "-slave@eth0", "-slave@wlan0", "-master@bond0"];

    private void Stop(ComponentSet set, string name) => set.Stop(set.Find(name)!, Assert.Null);

    private void Start(ComponentSet set, string name) => set.Start(set.Find(name)!, Assert.Null);

    [Fact]
    public void Start_IsInTheOrderOfWhatStandsOnWhat()
    {
        Started(Laptop());
        Assert.Equal(s_started, Log());
    }

    [Fact]
    public void EndAll_LeasesFirstAndSupplicantsLast()
    {
        ComponentSet set = Started(Laptop());
        Log();
        bool ended = false;
        set.EndAll(_ => true, _ => ended = true);
        Assert.Equal([.. s_stopped, "-supplicant@wlan0"], Log());
        Assert.True(ended);
    }

    private static InterfaceConfiguration Vlan => new() { Name = "office", Addresses = [TestAddress], Dhcp4 = true };

    [Fact(DisplayName = "stop of a master takes down the VLANs on it first, which other sections configure, and start brings them back; others are not touched")]
    public void StopMaster_StopsTheVlansOnIt_AndStartBringsThemBack()
    {
        bool isThere = true;
        InterfaceConfiguration other = Vlan with { Name = "eth7" };
        ComponentSet set = Started(new DaemonConfiguration { Interfaces = [Bond(), Vlan, other, Wireless] }, (upper, lower) => isThere && (upper, lower) == ("office", "bond0"));
        Log();
        Stop(set, "master@bond0");
        Assert.Equal(
            ["-dhcp4@office", "-dhcp4@bond0", "-static@office", "-static@bond0", "-slave@eth0", "-slave@wlan0", "-master@bond0"], Log());
        Assert.Equal("stopped with master@bond0", set.Find("dhcp4@office")!.Snapshot().Why);
        // It went with the bond.
        isThere = false;
        Start(set, "master@bond0");
        Assert.Equal(
            ["+master@bond0", "+slave@eth0", "+slave@wlan0", "+static@bond0", "+static@office", "+dhcp4@bond0", "+dhcp4@office"], Log());

        isThere = true;
        Stop(set, "master@bond0");
        isThere = false;
        Log();
        Start(set, "dhcp4@office");
        Assert.Equal(
            ["+master@bond0", "+dhcp4@office", "+slave@eth0", "+slave@wlan0", "+static@bond0", "+static@office", "+dhcp4@bond0"], Log());
        isThere = true;
        Stop(set, "slave@eth0");
        Assert.Equal(["-slave@eth0"], Log());
    }

    [Fact]
    public void EndAll_WaitsForEachStage()
    {
        ComponentSet set = Started(Laptop());
        Log();
        _slow = true;
        bool ended = false;
        set.EndAll(_ => true, _ => ended = true);
        foreach (string[] stage in (string[][])[["-dhcp4@bond0"], ["-static@bond0"], ["-slave@eth0", "-slave@wlan0"], ["-master@bond0"], ["-supplicant@wlan0"]])
        {
            Assert.Equal(stage, Log());
            Assert.False(ended);
            Action[] ends = [.. _ends];
            _ends.Clear();
            foreach (Action end in ends) end();
        }
        Assert.True(ended);
    }

    [Fact]
    public void Term_TakesDownWhereItIsConfigured_WithTheSupplicantsOfTheSlaves()
    {
        ComponentSet set = Started(Laptop());
        Log();
        set.EndAtTerm(_ => { });
        Assert.All(Log(), line => Assert.StartsWith("=", line, StringComparison.Ordinal));

        set = Started(Laptop(releaseOnStop: true));
        Log();
        set.EndAtTerm(_ => { });
        Assert.Equal([.. s_stopped, "-supplicant@wlan0"], Log());
    }

    [Fact]
    public void StopMaster_StopsWhatStandsOnIt_AndStartBringsItBack()
    {
        ComponentSet set = Started(Laptop());
        Log();
        Stop(set, "master@bond0");
        Assert.Equal(s_stopped, Log());
        Assert.Equal("stopped with master@bond0", set.Find("slave@eth0")!.Snapshot().Why);
        Start(set, "master@bond0");
        Assert.Equal(s_started.Where(line => line != "+supplicant@wlan0"), Log());
    }

    [Fact]
    public void StartMaster_LeavesAloneWhatTheUserStoppedBefore()
    {
        ComponentSet set = Started(Laptop());
        Stop(set, "dhcp4@bond0");
        Stop(set, "master@bond0");
        Log();
        Start(set, "master@bond0");
        Assert.DoesNotContain("+dhcp4@bond0", Log());
        Assert.Equal(Component.StoppedByCommand, set.Find("dhcp4@bond0")!.Snapshot().Why);
    }

    [Theory]
    [InlineData("dhcp4@bond0")]
    [InlineData("slave@eth0")]
    [InlineData("static@bond0")]
    public void Start_OfWhatStandsOnAStoppedMaster_StartsThatToo(string name)
    {
        ComponentSet set = Started(Laptop());
        Stop(set, "master@bond0");
        Log();
        Start(set, name);
        Assert.Equal("+master@bond0", _log[0]);
        Assert.Contains("+" + name, Log());
    }

    [Fact]
    public void Start_OfTheMasterOfAStoppedDaemon_IsRemembered()
    {
        Stop(Started(Laptop()), "master@bond0");
        Log();
        ComponentSet next = Started(Laptop());
        Assert.Equal(["+supplicant@wlan0"], Log());
        Start(next, "master@bond0");
        Assert.Equal(s_started.Where(line => line != "+supplicant@wlan0"), Log());
    }

    [Fact]
    public void Slave_StoppedAlone_StopsNothingElse()
    {
        ComponentSet set = Started(Laptop());
        Log();
        Stop(set, "slave@wlan0");
        Stop(set, "supplicant@wlan0");
        Assert.Equal(["-slave@wlan0", "-supplicant@wlan0"], Log());
        Start(set, "supplicant@wlan0");
        Start(set, "slave@wlan0");
        Assert.Equal(["+supplicant@wlan0", "+slave@wlan0"], Log());
    }

    [Fact]
    public void BridgeOverABond_GoesBeforeIt()
    {
        DaemonConfiguration stacked = new()
        {
            Interfaces =
            [
                new InterfaceConfiguration { Name = "br0", Master = new MasterSettings { Name = "br0", Kind = MasterKind.Bridge, Slaves = [new("bond0")] }, Dhcp4 = true },
                new InterfaceConfiguration { Name = "bond0", Master = new MasterSettings { Name = "bond0", Kind = MasterKind.Bond, Slaves = [new("eth0")] } },
            ],
        };
        ComponentSet set = Started(stacked);
        Log();
        Stop(set, "master@bond0");
        Assert.Equal(["-slave@bond0", "-slave@eth0", "-master@bond0"], Log().Order(StringComparer.Ordinal).OrderBy(line => line.Contains("master", StringComparison.Ordinal)));
    }

    [Fact]
    public void Reload_WithoutASlave_EndsThatMembershipAlone()
    {
        ComponentSet set = Started(Laptop());
        Log();
        DaemonConfiguration changed = new()
        {
            Interfaces = [Bond() with { Master = Bond().Master! with { Slaves = [new("eth0")] } }, Wireless],
        };
        set.Apply(changed, Concern.Nobody, static _ => { });
        string[] log = Log();
        Assert.Contains("-slave@wlan0", log);
        Assert.DoesNotContain(log, line => line.StartsWith('-') && line != "-slave@wlan0");
        Assert.DoesNotContain(log, line => line.EndsWith("dhcp4@bond0", StringComparison.Ordinal));
    }

    private void FinishStops()
    {
        Action[] ends = [.. _ends];
        _ends.Clear();
        foreach (Action end in ends) end();
    }

    [Fact]
    public void Reload_AnswersWhenWhatIsGoneIsDown()
    {
        ComponentSet set = Started(Laptop());
        Log();
        _slow = true;
        bool done = false;
        set.Apply(new DaemonConfiguration { Interfaces = [Wireless] }, Concern.Nobody, _ => done = true);
        string[] stages = ["-dhcp4@bond0", "-static@bond0", "-slave@eth0 -slave@wlan0", "-master@bond0"];
        foreach (string stage in stages)
        {
            Assert.False(done);
            Assert.Equal(stage, string.Join(' ', Log().Where(line => line[0] == '-')));
            FinishStops();
        }
        Assert.True(done);
    }

    [Fact]
    public void Reload_SlaveOfAnotherMaster_LeavesBeforeItBeginsThere()
    {
        ComponentSet set = Started(Laptop());
        Log();
        _slow = true;
        InterfaceConfiguration old = Bond() with { Master = Bond().Master! with { Slaves = [new("wlan0", IsWireless: true)] } };
        InterfaceConfiguration other = new() { Name = "br0", Master = new MasterSettings { Name = "br0", Kind = MasterKind.Bridge, Slaves = [new("eth0")] } };
        set.Apply(new DaemonConfiguration { Interfaces = [old, other, Wireless] }, Concern.Nobody, static _ => { });
        string[] log = Log();
        Assert.Contains("-slave@eth0", log);
        Assert.Contains("+master@br0", log);
        Assert.DoesNotContain("+slave@eth0", log);
        FinishStops();
        Assert.Equal(["+slave@eth0"], Log());
        Assert.Equal("br0", set.Find("slave@eth0")!.Spec.Owner.Name);
    }

    [Fact]
    public void Reload_BackWhileItIsStillLeaving_BeginsWhenThatHasEnded()
    {
        ComponentSet set = Started(Laptop());
        Log();
        _slow = true;
        set.Apply(new DaemonConfiguration { Interfaces = [Wireless] }, Concern.Nobody, static _ => { });
        set.Apply(Laptop(), Concern.Nobody, static _ => { });
        Assert.DoesNotContain(Log(), line => line[0] == '+');
        for (int stage = 0; stage < 3; stage++) FinishStops();
        Assert.DoesNotContain(Log(), line => line[0] == '+');
        FinishStops();
        Assert.Equal(s_started.Where(line => line != "+supplicant@wlan0"), Log());
    }

    [Fact]
    public void EndAll_WhileSomethingLeaves_WaitsForItAndStillTakesItDown()
    {
        ComponentSet set = Started(Laptop());
        Log();
        _slow = true;
        set.Apply(new DaemonConfiguration { Interfaces = [Wireless] }, Concern.Nobody, static _ => { });
        bool ended = false;
        set.EndAll(_ => false, _ => ended = true);
        for (int stage = 0; stage < 8 && !ended; stage++) FinishStops();
        Assert.True(ended);
        string[] log = Log();
        Assert.Contains("-master@bond0", log);
        Assert.Contains("=supplicant@wlan0", log);
    }

    [Fact]
    public void Start_OfWhatRuns_TriesAgain()
    {
        ComponentSet set = Started(Laptop());
        Log();
        Start(set, "slave@eth0");
        Assert.Equal(["!slave@eth0"], Log());
    }
}
