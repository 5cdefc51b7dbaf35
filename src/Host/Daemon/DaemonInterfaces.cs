using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using BondDhcp.Bond.Links;
using BondDhcp.Bond.Linux;
using BondDhcp.Dhcp.Client6;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Dhcp.Store;
using BondDhcp.Host.Coexistence;
using BondDhcp.Host.Coexistence.Linux;
using BondDhcp.Host.Components;
using BondDhcp.Host.Configuration;
using BondDhcp.Host.Hooks;
using BondDhcp.Host.Journal;
using BondDhcp.Host.Loop;
using BondDhcp.Host.Resolver;
using BondDhcp.Host.Runner;
using BondDhcp.Host.Status;
using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Daemon;

/// <summary>Joins configuration, identity and lease store with the runners; what all interfaces share is here.</summary>
internal sealed class DaemonInterfaces : IDisposable
{
    private readonly EventLoop _loop;
    private readonly EventJournal _journal;
    private readonly NetworkState _network;
    private readonly Supervision _supervision;
    private readonly LeaseSharing _sharing;
    private readonly RivalSearch _rivals;
    private readonly Dictionary<(string Name, bool Ipv6), ClientCounters> _counters = [];
    private readonly string _runtimeDirectory;
    private readonly string _bootId;
    private readonly DuidStore _duids;
    private readonly MacIdentifierStore _macs;
    private readonly Dhcp4LeaseStore _leases;
    private readonly Dhcp6LeaseStore _leases6;
    private readonly Dictionary<string, StrongBox<Dhcp6Client?>> _lastClients6 = [];
    private readonly KernelEntropy _entropy = new();
    private readonly StateKeeper _keeper;
    private DaemonConfiguration _configuration = new();
    private Duid? _duid;

    /// <summary>Opens what the interfaces share.</summary>
    /// <param name="loop">The loop they live in.</param>
    /// <param name="journal">Is told of everything.</param>
    /// <param name="stateDirectory">Leases and identity: what outlives a boot.</param>
    /// <param name="runtimeDirectory">The record of what is ours on the interfaces: what does not.</param>
    /// <param name="bootId">The kernel's name for this boot.</param>
    public DaemonInterfaces(EventLoop loop, EventJournal journal, string stateDirectory, string runtimeDirectory, string bootId)
    {
        _runtimeDirectory = runtimeDirectory;
        _loop = loop;
        _journal = journal;
        _network = new NetworkState(loop);
        _rivals = new RivalSearch(_network, new HostSurvey());
        _sharing = new LeaseSharing(
            loop, new ResolverPlaces { StateDirectory = stateDirectory, RuntimeDirectory = runtimeDirectory }, bootId, journal.Record)
        {
            IsUsable = name => _network.Table.TryFind(name, out Link? link) && _supervision!.Gate.Look(link).Usable,
        };
        _supervision = new Supervision(loop, _network, runtimeDirectory, bootId, _entropy, journal.Record)
        {
            Offer = (name, offer) => _sharing.Offer(name, OfferFamily.Static, offer),
            Settle = _sharing.Settle,
        };
        _network.Changed += _ => _sharing.FollowPaths();
        _supervision.Gate.Changed += _sharing.FollowPaths;
        _bootId = bootId;
        _keeper = new StateKeeper(loop, (name, report) => journal.Record(name, "store", report));
        _duids = new DuidStore(stateDirectory);
        _macs = new MacIdentifierStore(stateDirectory);
        _leases = new Dhcp4LeaseStore(stateDirectory);
        _leases6 = new Dhcp6LeaseStore(stateDirectory);
    }

    /// <summary>The octets of the DUID in use.</summary>
    public ImmutableArray<byte> Duid => _duid is null ? [] : [.. _duid.Octets];

    /// <summary>Takes a configuration; whom on every interface it concerns.</summary>
    public Concern Configure(DaemonConfiguration configuration)
    {
        DaemonConfiguration previous = _configuration;
        _configuration = configuration;
        _supervision.Configure(configuration);
        _sharing.Configure(configuration);
        if (_duid is null || !previous.Duid.AsSpan().SequenceEqual(configuration.Duid.AsSpan())) ChooseDuid(configuration);
        return DaemonSettings.Differences(previous, configuration);
    }

    /// <summary>What does a component's work; not started.</summary>
    public ComponentWork Create(ComponentSpec spec) => spec.Kind switch
    {
        ComponentKind.Dhcp4 => CreateDhcp4(spec.Owner),
        ComponentKind.Dhcp6 => CreateDhcp6(spec.Owner),
        _ => _supervision.Create(spec),
    };

    /// <summary>The interfaces for <c>status</c> and <c>lease</c>, or the one asked for.</summary>
    public ImmutableArray<InterfaceSnapshot> Snapshots(string? interfaceName, ComponentSet components) =>
    [
        .. (interfaceName is null ? _configuration.Interfaces.Select(one => one.Name) : [interfaceName])
            .Select(name => SnapshotOf(name, components)),
    ];

    private InterfaceSnapshot SnapshotOf(string name, ComponentSet components)
    {
        InterfaceSnapshot shown = InterfaceView.Of(_network, _supervision, name, _configuration.Find(name), components.FindDhcp4(name), components.FindDhcp6(name));
        return shown with { Resolver = _sharing.ResolverOf(name) };
    }

    private Dhcp4RunnerWork CreateDhcp4(InterfaceConfiguration configuration)
    {
        RivalGate gate = CreateGate(configuration, ipv6: false);
        return new(
            configuration, _network, TryMakeOptions,
            options => options.Interface.Inform ? MakeInformRunner(options, gate) : MakeRunner(options, gate), gate, _sharing.Settle);
    }

    private (Dhcp4Runner Runner, Action End) MakeInformRunner(InterfaceRunnerOptions options, RivalGate gate)
    {
        InformRunner runner = new(_loop, _network, _supervision.Gate, options, _entropy, JournalOf(options.Name, gate))
        {
            Counters = CountersOf(options.Name, ipv6: false),
        };
        return (runner, _sharing.Attend(runner));
    }

    private (Dhcp4Runner Runner, Action End) MakeRunner(InterfaceRunnerOptions options, RivalGate gate)
    {
        InterfaceRunner runner = new(
            _loop, _network, _supervision.Gate, options, _keeper.MemoryOf(options.Name, $"dhcp4@{options.Name}", _leases, Clock), _entropy, JournalOf(options.Name, gate))
        {
            Counters = CountersOf(options.Name, ipv6: false),
        };
        return (runner, _supervision.Attend(runner, options.Interface) + _sharing.Attend(runner));
    }

    // A client that is stopped and started, or made anew by a reload, goes on counting.
    private ClientCounters CountersOf(string name, bool ipv6)
    {
        if (!_counters.TryGetValue((name, ipv6), out ClientCounters? counters)) _counters.Add((name, ipv6), counters = new());
        return counters;
    }

    private RivalGate CreateGate(InterfaceConfiguration configuration, bool ipv6)
    {
        string name = configuration.Name;
        return new RivalGate(_loop, _network, _rivals, name, ipv6, report => _journal.Record(name, ipv6 ? "dhcp6" : "dhcp4", report))
        {
            LooksBelow = () => !ipv6 || _configuration.Find(name) is not ({ Dhcp4: true } or { Inform: true }),
            Devices = () => [name, .. SlaveViews.Of(_network, _supervision, name).Select(slave => slave.Name)],
        };
    }

    private Action<string, Report> JournalOf(string name, RivalGate gate) => (source, report) =>
    {
        _journal.Record(name, source, report);
        gate.Note(report);
    };

    /// <summary>How hooks fare; null where there are none.</summary>
    public HookSnapshot? Hooks => _sharing.HookState;

    /// <summary>Begins what does not come before the first packet: telling others of leases.</summary>
    public void BeginSharing() => _sharing.Begin();

    /// <summary>Takes back what an earlier run gave and the configuration does not ask for any more.</summary>
    /// <param name="isOthers">True of an interface that another daemon holds.</param>
    public void TakeBackAbandoned(Func<string, bool> isOthers) =>
        new AbandonedInterfaces(_network, _runtimeDirectory, _bootId, _journal.Record).TakeBack(_configuration, isOthers);

    private StrongBox<Dhcp6Client?> LastClientOf(string name)
    {
        if (!_lastClients6.TryGetValue(name, out StrongBox<Dhcp6Client?>? last)) _lastClients6.Add(name, last = new());
        return last;
    }

    private Dhcp6RunnerWork CreateDhcp6(InterfaceConfiguration configuration)
    {
        RivalGate gate = CreateGate(configuration, ipv6: true);
        return new(
            configuration, MakeOptions6,
            options =>
            {
                Dhcp6Runner runner = new(
                    _loop, _network, _supervision.Gate, options, _keeper.MemoryOf(options.Interface.Name, $"dhcp6@{options.Interface.Name}", _leases6, Clock), _entropy, JournalOf(options.Interface.Name, gate))
                {
                    Counters = CountersOf(options.Interface.Name, ipv6: true),
                };
                return (runner, _sharing.Attend(runner));
            },
            gate, _sharing.Settle);
    }

    private Dhcp6RunnerOptions MakeOptions6(InterfaceConfiguration one)
    {
        Dhcp6Identity identity = Dhcp6Identity.Create(_configuration, one, _duid!, Environment.MachineName);
        return new Dhcp6RunnerOptions
        {
            Interface = one,
            Dhcp6 = identity.Settings,
            Identification = identity.Identification,
            Last = LastClientOf(one.Name),
            OpenRecord = index => new Ipv6OwnershipFile(_runtimeDirectory, one.Name, index, _bootId),
        };
    }

    /// <summary>Puts DUID and leases of the start on the disk, for which the first packet does not wait; from now on everything at once.</summary>
    public void BeginKeeping() => _keeper.Begin();

    /// <summary>The last chance of the disk to take what is kept while there is somebody to tell that it did not.</summary>
    public void SettleKeeping()
    {
        _keeper.Begin();
        _keeper.Settle();
    }

    /// <inheritdoc cref="StateKeeper.Unsaved"/>
    public ImmutableArray<UnsavedState> Unsaved => _keeper.Unsaved;

    /// <inheritdoc cref="Bond.Links.LinkTable.LiesOn"/>
    public bool LiesOn(string upper, string lower) => _network.Table.LiesOn(upper, lower);

    /// <inheritdoc/>
    public void Dispose()
    {
        _keeper.Dispose();
        _supervision.Dispose();
        _sharing.Dispose();
        _network.Dispose();
    }

    private void ChooseDuid(DaemonConfiguration configuration)
    {
        BondDhcp.Dhcp.Identity.Duid.TryCreate(configuration.Duid.AsSpan(), out Duid? configured);
        // The choice before this one may be on its way to the file.
        _keeper.Settle();
        DuidChoice choice = _duids.Choose(configured, configured is null ? _leases.FindDuid() ?? _leases6.FindDuid(name => configuration.Find(name) is not { Anonymity: true }) : null, MachineId.Read(), _entropy, keep: false);
        _supervision.Duid = _duid = choice.Duid;
        Warn("", choice.Warnings);
        // Also where there is nothing to write: what an earlier choice had still to be is over.
        _keeper.Keep("", "the DUID", () => _duids.Keep(choice));
    }

    // Null while a part of the identity is not to be had: the form "mac" needs the interface, once.
    private InterfaceRunnerOptions? TryMakeOptions(InterfaceConfiguration one)
    {
        MacAddress? mac = _network.Table.TryFind(one.Name, out Bond.Links.Link? link) ? link.Mac : null;
        if (mac is null && _configuration.ClientIdentifierForm == ClientIdentifierForm.Mac && !one.Anonymity) return null;
        InterfaceIdentity identity = InterfaceIdentity.Create(_configuration, one, _duid!, Environment.MachineName, () =>
        {
            ImmutableArray<byte> identifier = _macs.Choose(one.Name, mac!.Value, out ImmutableArray<string> warnings);
            Warn(one.Name, warnings);
            return identifier;
        });
        return new InterfaceRunnerOptions
        {
            Interface = one,
            Dhcp4 = identity.Settings,
            Identification = identity.Identification,
            OpenRecord = index => new OwnershipFile(_runtimeDirectory, one.Name, index, _bootId),
        };
    }

    private StoreClock Clock() => new(BoottimeClock.Now, TimeProvider.System.GetUtcNow(), _bootId);

    private void Warn(string name, ImmutableArray<string> warnings)
    {
        foreach (string warning in warnings) _journal.Record(name, "store", Report.Of("warning", ("message", warning)));
    }
}
