using System.Diagnostics;
using BondDhcp.Bond.Linux;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Host.Configuration;
using BondDhcp.Host.Loop;
using BondDhcp.Host.Paths;
using BondDhcp.Host.Runner;
using BondDhcp.Net;
using BondDhcp.Net.Linux;
using BondDhcp.Tests.Kit;
using BondDhcp.Tests.Linux;
using Xunit;

namespace BondDhcp.Tests.Runner;

/// <summary>Runners on veth pairs in a namespace of their own, in one loop that the test turns itself.</summary>
internal sealed class RunnerBed : IDisposable
{
    private readonly List<InterfaceRunner> _runners = [];
    private readonly List<ScriptedServer> _servers = [];

    public EventLoop Loop { get; }

    /// <summary>How long the machine has slept, as the loop is told.</summary>
    public TimeSpan Suspended { get; set; }

    public NetworkState Network { get; }

    /// <summary>What the journal was told: interface, event.</summary>
    public List<(string Interface, string Source, Report Report)> Journal { get; } = [];

    /// <summary>What the store holds, by interface.</summary>
    public Dictionary<string, Dhcp4Memory> Stored { get; } = [];

    /// <summary>Interfaces whose stored lease was set aside.</summary>
    public List<string> SetAside { get; } = [];

    /// <summary>Opens the record of what is ours; none is kept unless a test says otherwise.</summary>
    public Func<int, OwnershipFile>? OpenRecord { get; set; }

    /// <summary>Called with each memory to be saved.</summary>
    public Action<string> Saving { get; set; } = _ => { };

    /// <summary>As if there were no supplicant and no backup slave, unless a test says otherwise.</summary>
    public PathGate Gate { get; }

    private RunnerBed()
    {
        Loop = new EventLoop(() => Suspended);
        Network = new NetworkState(Loop);
        Gate = new PathGate(Network.Table);
    }

    public static void Run(Action<RunnerBed> test) => PrivateNetwork.Run(() =>
    {
        using var bed = new RunnerBed();
        test(bed);
    });

    public ScriptedServer Serve(string interfaceName, Ipv4Address? address = null)
    {
        var server = new ScriptedServer(Network.HardwareAddresses.IndexOf(interfaceName)) { Address = address ?? Fixture.L };
        _servers.Add(server);
        return server;
    }

    public InterfaceRunner Add(string name, Func<InterfaceConfiguration, InterfaceConfiguration>? edit = null)
    {
        var configuration = new InterfaceConfiguration { Name = name, Dhcp4 = true };
        var options = new InterfaceRunnerOptions
        {
            Interface = edit?.Invoke(configuration) ?? configuration,
            Dhcp4 = new Dhcp4Settings
            {
                ClientIdentifier = Fixture.ClientIdentifier,
                ConflictDetection = ConflictDetection.Off,
            },
            Identification = new Dhcp4Identification
            {
                ClientIdentifier = Fixture.ClientIdentifier,
                ParameterRequestList = [1, 3, 6],
            },
            OpenRecord = OpenRecord,
        };
        var memory = new LeaseMemory<Dhcp4Memory>(
            () => Stored.GetValueOrDefault(name, Dhcp4Memory.Empty),
            Save,
            Save,
            _ =>
            {
                SetAside.Add(name);
                Stored.Remove(name);
            });
        var runner = new InterfaceRunner(
            Loop, Network, Gate, options, memory, new KernelEntropy(), (source, report) => Journal.Add((name, source, report)));
        _runners.Add(runner);
        return runner;

        void Save(Dhcp4Memory kept)
        {
            Saving(name);
            Stored[name] = kept;
        }
    }

    /// <summary>A runner of c0 that has a lease.</summary>
    public InterfaceRunner Bind(Func<InterfaceConfiguration, InterfaceConfiguration>? edit = null)
    {
        InterfaceRunner runner = Add("c0", edit);
        runner.Start();
        Until(() => runner.Client.StateName == "bound");
        return runner;
    }

    /// <summary>Disposes of a runner and of everything that was noted meanwhile: only what lives on in the process stays.</summary>
    public void Drop(InterfaceRunner runner)
    {
        runner.Dispose();
        _runners.Remove(runner);
        Journal.Clear();
        foreach (ScriptedServer server in _servers)
        {
            server.Heard.Clear();
            server.Arps.Clear();
        }
    }

    /// <summary>Turns the loop until something is so; fails when it takes longer than any machine should need.</summary>
    public TimeSpan Until(Func<bool> reached, int patience = 10_000)
    {
        var clock = Stopwatch.StartNew();
        while (!reached())
        {
            Loop.Turn(1);
            foreach (ScriptedServer server in _servers) server.Serve();
            if (clock.ElapsedMilliseconds > patience) Assert.Fail("it did not come; journal:\n" + Transcript());
        }
        return clock.Elapsed;
    }

    /// <summary>Turns the loop for a while.</summary>
    public void For(int milliseconds)
    {
        var clock = Stopwatch.StartNew();
        Until(() => clock.ElapsedMilliseconds >= milliseconds);
    }

    public string Transcript() => string.Join('\n', Journal.Select(one =>
        $"{one.Interface} {one.Source} {one.Report.Event} " + string.Join(' ', one.Report.Fields.Select(field => $"{field.Name}={field.Value}"))));

    public int Count(string @event) => Journal.Count(one => one.Report.Event == @event);

    public void Dispose()
    {
        foreach (InterfaceRunner runner in _runners) runner.Dispose();
        foreach (ScriptedServer server in _servers) server.Dispose();
        Network.Dispose();
        Loop.Dispose();
    }
}
