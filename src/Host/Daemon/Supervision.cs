using BondDhcp.Bond.Links;
using BondDhcp.Bond.Linux;
using BondDhcp.Bond.Plan;
using BondDhcp.Bond.Wpa;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Host.Components;
using BondDhcp.Host.Configuration;
using BondDhcp.Host.Loop;
using BondDhcp.Host.Masters;
using BondDhcp.Host.Paths;
using BondDhcp.Host.Resolver;
using BondDhcp.Host.Runner;
using BondDhcp.Host.Statics;
using BondDhcp.Host.Supplicants;
using BondDhcp.Net;

namespace BondDhcp.Host.Daemon;

/// <summary>
/// What stands below and beside the leases: masters, supplicants, static configuration, the probes of slaves. They know
/// nothing of each other; what one of them says to another passes here.
/// </summary>
internal sealed class Supervision : IDisposable
{
    private readonly EventLoop _loop;
    private readonly NetworkState _network;
    private readonly string _runtimeDirectory;
    private readonly string _bootId;
    private readonly EntropySource _entropy;
    private readonly Action<string, string, Report> _journal;
    private readonly Dictionary<string, MasterRunner> _masters = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SupplicantRunner> _supplicants = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StaticRunner> _statics = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PathWatch> _paths = new(StringComparer.Ordinal);
    private readonly Dictionary<string, InterfaceRunner> _clients = new(StringComparer.Ordinal);
    private readonly HashSet<string> _wantedSlaves = new(StringComparer.Ordinal);
    private readonly HashSet<string> _pathFailover = new(StringComparer.Ordinal);
    private readonly HashSet<string> _anonymous = new(StringComparer.Ordinal);
    private RfkillWatch? _rfkill;

    /// <summary>Nothing runs yet.</summary>
    /// <param name="loop">The loop everything lives in.</param>
    /// <param name="network">What the kernel says.</param>
    /// <param name="runtimeDirectory">Where it is recorded what is ours.</param>
    /// <param name="bootId">The kernel's name for this boot.</param>
    /// <param name="entropy">Randomness.</param>
    /// <param name="journal">Is told of everything: interface, part, report.</param>
    public Supervision(
        EventLoop loop, NetworkState network, string runtimeDirectory, string bootId, EntropySource entropy, Action<string, string, Report> journal)
    {
        _loop = loop;
        _network = network;
        _runtimeDirectory = runtimeDirectory;
        _bootId = bootId;
        _entropy = entropy;
        _journal = journal;
        Gate = new PathGate(network.Table) { Supplicant = GateOf, Classify = Classify };
        network.Changed += Follow;
    }

    /// <summary>The host's DUID; null while none was chosen.</summary>
    public Duid? Duid { get; set; }

    /// <summary>Is told what static configuration offers beside addresses and routes: interface, offer; null for nothing any more.</summary>
    public Action<string, NetworkOffer?> Offer { get; init; } = static (_, _) => { };

    /// <summary>Calls what it is given when nobody is being told any more of what was offered.</summary>
    public Action<Action> Settle { get; init; } = static done => done();

    /// <summary>What carries each interface, and whether it can.</summary>
    public PathGate Gate { get; }

    /// <summary>The runner of a master; null while it does not run.</summary>
    public MasterRunner? Master(string name) => _masters.GetValueOrDefault(name);

    /// <summary>The runner of an interface's supplicant; null while none runs.</summary>
    public SupplicantRunner? Supplicant(string name) => _supplicants.GetValueOrDefault(name);

    /// <summary>The runner of an interface's static configuration; null while none runs.</summary>
    public StaticRunner? Static(string name) => _statics.GetValueOrDefault(name);

    /// <summary>The watch of the paths below an interface's DHCPv4 client; null while none runs.</summary>
    public PathWatch? Watch(string name) => _paths.GetValueOrDefault(name);

    /// <summary>Work of any kind but a lease's; not started.</summary>
    public ComponentWork Create(ComponentSpec spec) => spec.Kind switch
    {
        ComponentKind.Master => CreateMaster(spec.Owner.Master!),
        ComponentKind.Slave => new SlaveWork(_loop, spec.Interface, () => Master(spec.Owner.Name), _wantedSlaves),
        ComponentKind.Static => CreateStatic(spec.Owner),
        ComponentKind.Supplicant => CreateSupplicant(spec.Interface, spec.Owner.Supplicant!),
        _ => throw new ArgumentOutOfRangeException(nameof(spec), spec.Kind, null),
    };

    /// <summary>Joins a new client with what it stands on; the action given ends that.</summary>
    public Action Attend(InterfaceRunner runner, InterfaceConfiguration configuration)
    {
        string name = configuration.Name;
        PathWatch watch = new(_loop, _network, Gate, name, _pathFailover.Contains, (source, report) => _journal(name, source, report));
        _paths[name] = watch;
        watch.Changed += OnPathsChanged;
        watch.Select += (bond, slave, why) => Master(bond)?.SelectSlave(slave, why);
        void Told()
        {
            watch.NoteLease(WatchedLease(name, runner));
            // Without a lease the kernel might announce what it likes; with one, only where every backup is known.
            SetPeerNotifications();
            Static(name)?.NoteLease(runner.Client.Lease is not null);
        }
        runner.LeaseChanged += Told;
        runner.GatewayHeard += watch.NoteGateway;
        void Heard(bool allowed) => Static(name)?.NoteAutoConfigure(allowed);
        runner.AutoConfigureHeard += Heard;
        _clients[name] = runner;
        Told();
        return () =>
        {
            runner.LeaseChanged -= Told;
            runner.GatewayHeard -= watch.NoteGateway;
            runner.AutoConfigureHeard -= Heard;
            Forget(_paths, name, watch);
            Forget(_clients, name, runner);
            watch.Dispose();
            Static(name)?.NoteLease(false);
            SetPeerNotifications();
        };
    }

    /// <summary>What the configuration says of bonds that are not ours to make, too.</summary>
    public void Configure(DaemonConfiguration configuration)
    {
        _pathFailover.Clear();
        _anonymous.Clear();
        foreach (InterfaceConfiguration one in configuration.Interfaces)
        {
            if (one.PathFailover) _pathFailover.Add(one.Name);
            if (one.Anonymity) _anonymous.Add(one.Name);
        }
        // The lease is what it was; whether its gateway may be asked for, and whether the kernel may announce, is the configuration's.
        foreach ((string name, PathWatch watch) in _paths) watch.KeepLease(WatchedLease(name, _clients[name]));
        SetPeerNotifications();
    }

    // Under another hardware address nobody is to hear of the lease's gateway, unless the slaves are to be watched by it.
    private Dhcp4Lease? WatchedLease(string name, InterfaceRunner runner) =>
        _anonymous.Contains(name) && !_pathFailover.Contains(name) ? null : runner.Client.Lease;

    /// <summary>Which network a slave leads into.</summary>
    public PathClass ClassOf(Link slave) => Classify(slave).Network;

    /// <inheritdoc/>
    public void Dispose()
    {
        _network.Changed -= Follow;
        foreach (PathWatch watch in _paths.Values) watch.Dispose();
        _rfkill?.Dispose();
    }

    private MasterWork CreateMaster(MasterSettings settings)
    {
        string name = settings.Name;
        MasterRunner runner = new(
            _loop, _network, settings, () => new MasterRecordFile(_runtimeDirectory, name, _bootId), (source, report) => _journal(name, source, report));
        _masters[name] = runner;
        runner.SetUsability(link => Gate.LookAtDevice(link) is var view ? (view.Usable, view.Why) : default);
        SetPeerNotifications();
        return new MasterWork(runner, _wantedSlaves.Contains, () => Forget(_masters, name, runner));
    }

    private StaticWork CreateStatic(InterfaceConfiguration owner)
    {
        string name = owner.Name;
        StaticRunner runner = new(
            _loop, _network, SettingsOf(owner), index => new StaticOwnershipFile(_runtimeDirectory, name, index, _bootId), _entropy,
            (source, report) => _journal(name, source, report));
        _statics[name] = runner;
        runner.Offered += offer => Offer(name, offer);
        runner.NoteLease(_clients.TryGetValue(name, out InterfaceRunner? client) && client.Client.Lease is not null);
        return new StaticWork(runner, _network, Gate, SettingsOf, Settle, () => Forget(_statics, name, runner));
    }

    private StaticSettings SettingsOf(InterfaceConfiguration owner) => StaticSettings.Of(owner, Duid);

    private SupplicantWork CreateSupplicant(string name, SupplicantSettings settings)
    {
        // Opened when the first supplicant needs it.
        _rfkill ??= new RfkillWatch(_loop, (source, report) => _journal("", source, report));
        SupplicantRunner runner = new(
            _loop, _network, settings, _runtimeDirectory, _bootId, _rfkill, (source, report) => _journal(name, source, report));
        _supplicants[name] = runner;
        runner.Changed += OnGateChanged;
        return new SupplicantWork(runner, () =>
        {
            runner.Changed -= OnGateChanged;
            if (Forget(_supplicants, name, runner)) OnGateChanged();
        });
    }

    // Only the one that is meant: another of that name may run already.
    private static bool Forget<T>(Dictionary<string, T> all, string name, T one) where T : class =>
        ReferenceEquals(all.GetValueOrDefault(name), one) && all.Remove(name);

    private SupplicantGate? GateOf(string interfaceName)
    {
        if (Supplicant(interfaceName) is not { } runner) return null;
        WpaView view = runner.View;
        return new SupplicantGate(
            view.PermitsFrames, runner.Why ?? view.State, view.PathGeneration.ToString(System.Globalization.CultureInfo.InvariantCulture), view.AuthenticatedByEap)
        {
            Ssid = view.Ssid,
            Identity = view.EapIdentity,
        };
    }

    private (PathClass Network, MacAddress? Gateway) Classify(Link slave)
    {
        foreach (PathWatch watch in _paths.Values)
            if (watch.ClassOf(slave) is { } known) return known;
        return (PathClass.Unknown, null);
    }

    private void Follow(IReadOnlyList<LinkEvent> events)
    {
        FollowPaths();
        // What lies on a bond may be another interface now, and have no watch.
        if (_anonymous.Count > 0) SetPeerNotifications();
    }

    // What one of them says may end a client and begin another.
    private void FollowPaths()
    {
        foreach (PathWatch watch in _paths.Values.ToArray()) watch.Follow();
    }

    // A supplicant said something: whether a slave can be used may be another answer now.
    private void OnGateChanged()
    {
        FollowPaths();
        foreach (MasterRunner master in _masters.Values) master.Wake();
        Gate.Notify();
    }

    private void OnPathsChanged()
    {
        SetPeerNotifications();
        Gate.Notify();
    }

    // The kernel announces the address at a failover before anybody can say whether it belongs into the new network: it
    // may, while every backup is known to lead into the lease's. Under the anonymity profile it never may: the address goes
    // with the hardware address.
    private void SetPeerNotifications()
    {
        foreach ((string name, MasterRunner master) in _masters)
        {
            bool same = !_anonymous.Any(one => one == name || BondBelow(one) == name)
                && _paths.All(path => path.Value.BondName != name || path.Value.AllBackupsSame);
            master.NumGratArp = same ? byte.MaxValue : (byte)0;
        }
    }

    // With DHCPv6 alone, or static addresses, an interface has no watch that knows.
    private string? BondBelow(string name) => _network.Table.TryFind(name, out Link? link) ? Gate.BondBelow(link, out _)?.Name : null;
}
