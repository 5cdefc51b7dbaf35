using System.Collections.Immutable;
using System.Net;
using BondDhcp.Bond.Links;
using BondDhcp.Bond.Linux;
using BondDhcp.Dhcp.Arp;
using BondDhcp.Host.Loop;
using BondDhcp.Host.Resolver;
using BondDhcp.Host.Runner;
using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Statics;

/// <summary>
/// Keeps what was written down for one interface on it: where <see cref="StaticMachine"/> and the kernel meet. Called on
/// the loop's thread only.
/// </summary>
internal sealed partial class StaticRunner : IDisposable
{
    private readonly EventLoop _loop;
    private readonly NetworkState _network;
    private readonly EntropySource _entropy;
    private readonly Action<string, Report> _journal;
    private readonly Func<int, StaticOwnershipFile>? _openRecord;
    private readonly StaticConfigurator _configurator;
    private readonly StaticArpSockets _arp;
    private readonly LoopDeadline _deadline;
    private readonly LoopDeadline _again;
    private readonly FaultHistory _faults = new();
    private readonly List<StaticEffect> _effects = [];
    private StaticMachine _machine;
    private ImmutableArray<IPAddress> _sharedServers = [];
    private ImmutableArray<string> _sharedDomains = [];
    private bool _beginning;
    private bool _carryingOut;
    private bool _disposed;

    /// <summary>A runner that has not been started.</summary>
    /// <param name="loop">The loop it lives in.</param>
    /// <param name="network">Links and addresses.</param>
    /// <param name="settings">What was written down.</param>
    /// <param name="openRecord">Opens the record of what is ours on the interface with this index; null where none is kept.</param>
    /// <param name="entropy">Randomness.</param>
    /// <param name="journal">Is told of everything, with the part that tells: <c>static</c>.</param>
    public StaticRunner(
        EventLoop loop, NetworkState network, StaticSettings settings, Func<int, StaticOwnershipFile>? openRecord,
        EntropySource entropy, Action<string, Report> journal)
    {
        _loop = loop;
        _network = network;
        _entropy = entropy;
        _journal = journal;
        _openRecord = openRecord;
        _machine = new StaticMachine(settings);
        _configurator = new StaticConfigurator(network.Rtnl);
        _arp = new StaticArpSockets(loop, packet => Guard(() => Feed(new StaticInput.ArpReceived(packet))));
        _deadline = loop.AddDeadline(() => Guard(() => Feed(new StaticInput.DeadlineReached())));
        _again = loop.AddDeadline(() => Guard(TryAgain));
        network.Changed += Follow;
    }

    /// <summary>What was written down.</summary>
    public StaticSettings Settings => _machine.Settings;

    /// <summary>It is to run: started and not stopped since.</summary>
    public bool IsStarted => _machine.IsRunning || Fault is not null;

    /// <summary>Why it is not running although it should; null when it is. It is started again by itself.</summary>
    public string? Fault { get; private set; }

    /// <summary>What was to be taken away by <see cref="Stop"/> or other settings and could not be; null for nothing.</summary>
    public string? LeftOver { get; private set; }

    /// <summary>
    /// What is written down beside addresses and routes is offered from now on, or null: not any more. A fault ends no offer, as
    /// it takes no address away.
    /// </summary>
    public event Action<NetworkOffer?>? Offered;

    /// <summary>Something is offered at present.</summary>
    public bool IsOffering => !_sharedServers.IsEmpty || !_sharedDomains.IsEmpty;

    /// <summary>Begins; what an earlier run left is adopted untouched. Nothing when it is started already.</summary>
    public void Start() => Guard(Begin);

    /// <summary>Ends, and takes away exactly what was given: routes, then addresses. What could not be is <see cref="LeftOver"/>.</summary>
    /// <param name="done">Is told when that is done, at once.</param>
    public void Stop(Action done)
    {
        bool wasFaulty = Fault is not null;
        Fault = null;
        Guard(() =>
        {
            // After a fault nothing is known of the interface, but the record is.
            if (wasFaulty && _link is null && _network.Table.TryFind(Settings.Name, out Link? link)) Learn(link);
            if (_link is not null) RemoveAll();
        });
        if (Fault is { } fault) LeftOver = $"internal fault: {fault}";
        // What could not be taken away does not keep the rest from ending: nobody is told of it any more either.
        Guard(End);
        Fault = null;
        Guard(Share);
        Fault = null;
        _again.At = Instant.Never;
        done();
    }

    /// <summary>Goes on under other settings of the same interface; what stays is not touched.</summary>
    public void Reconfigure(StaticSettings settings) => Guard(() => Feed(new StaticInput.Reconfigure(settings)));

    /// <summary>DHCP has a lease in force, or has none: with one, the fallback addresses go.</summary>
    public void NoteLease(bool bound) => Guard(() => Feed(new StaticInput.Lease(bound)));

    /// <summary>A DHCP server has no address for us, and says whether a link-local one may be taken.</summary>
    public void NoteAutoConfigure(bool allowed) => Guard(() => Feed(new StaticInput.AutoConfigure(allowed)));

    /// <summary>Nothing is sent any more and everything configured stays.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        _network.Changed -= Follow;
        _arp.Dispose();
        _deadline.Dispose();
        _again.Dispose();
    }

    private void Begin()
    {
        if (_machine.IsRunning) return;
        Fault = null;
        _beginning = true;
        try
        {
            Feed(new StaticInput.Start());
            if (_network.Table.TryFind(Settings.Name, out Link? link)) TakeLink(link);
        }
        finally
        {
            _beginning = false;
        }
        Share();
    }

    private void End()
    {
        Feed(new StaticInput.Stop());
        LeaveLink();
    }

    private void Feed(StaticInput input)
    {
        _machine = _machine.Step(input, LookAround(), BoottimeClock.Now, _entropy, _effects);
        CarryOut();
    }

    // The hardware address is asked for, not remembered: netlink may not have told of the last failover yet.
    private StaticSurroundings LookAround()
    {
        MacAddress mac = _link is { } link && _network.HardwareAddresses.TryRead(link.Index, out MacAddress read)
            ? read : _link?.Mac ?? MacAddress.Zero;
        return new StaticSurroundings(mac, _network.HostMacs, Path, Sender.OthersOn(Path));
    }

    private int Path => _link?.Bond is { ActiveSlave: > 0 and int active } ? active : _link?.Index ?? 0;

    private PathSender Sender => _network.Senders.Of(Settings.Name, "static");

    // Carrying out an effect may be an input itself; what that decides is done after what was decided before.
    private void CarryOut()
    {
        // Who has nothing to announce or defend leaves the path to the others.
        Sender.Note(_machine is { IsRunning: true, Addresses.IsEmpty: false } ? Path : 0, _machine.Budget);
        if (_carryingOut) return;
        _carryingOut = true;
        try
        {
            // Before anything is sent: on a quiet link the answer is there before the next system call.
            WatchArp();
            for (int i = 0; i < _effects.Count; i++) CarryOut(_effects[i]);
        }
        finally
        {
            _effects.Clear();
            _carryingOut = false;
        }
        WatchArp();
        _deadline.At = _machine.NextDeadline;
        Share();
    }

    // Nobody can be told of an interface that is not there. Whether it is is not known after a fault, nor at the beginning
    // before it was looked for: what is offered stays until then.
    private void Share()
    {
        if (_beginning || Fault is not null) return;
        bool isThere = _machine.IsRunning && _link is not null;
        (ImmutableArray<IPAddress> servers, ImmutableArray<string> domains) = isThere ? (Settings.NameServers, Settings.SearchDomains) : ([], []);
        if (servers.AsSpan().SequenceEqual(_sharedServers.AsSpan(), null) && domains.AsSpan().SequenceEqual(_sharedDomains.AsSpan())) return;
        (_sharedServers, _sharedDomains) = (servers, domains);
        Offered?.Invoke(NetworkOffer.Of(servers, domains));
    }

    private void CarryOut(StaticEffect effect)
    {
        switch (effect)
        {
            case StaticEffect.Apply: Apply(); break;
            case StaticEffect.AskAgain ask: AskAgain(ask.Address); break;
            case StaticEffect.Transmit transmit: Transmit(transmit.Packet); break;
            case StaticEffect.Tell tell: Journal(tell.Report); break;
            default: throw new ArgumentOutOfRangeException(nameof(effect), effect, null);
        }
    }

    private void WatchArp() => _arp.Watch(
        _link?.Index ?? 0, [.. _machine.Addresses.Select(state => state.Ipv4).OfType<Ipv4Address>()]);

    private void Transmit(ArpPacket packet)
    {
        Dhcp.Linux.SocketResult result = _arp.Send(packet);
        // Lost like any packet that is lost on the way; netlink tells of an interface that went.
        if (result.Outcome == Dhcp.Linux.SocketOutcome.Done && !packet.IsProbe)
            Journal(Report.Of("announced", ("address", packet.SenderAddress), ("mac", packet.SenderHardware)));
    }

    private void Journal(Report report) => _journal("static", report);

    private void Warn(string message) => Journal(Report.Of("warning", ("message", message)));

    /// <summary>A fault here is static configuration's alone: it is named, and begun again.</summary>
    private void Guard(Action step)
    {
        if (_disposed) return;
        try
        {
            step();
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            TimeSpan delay = _faults.Note(BoottimeClock.Now, out _);
            Journal(Report.Of("fault", ("message", fault.Message), ("detail", fault.ToString())));
            _machine = new StaticMachine(Settings) { IsBound = _machine.IsBound, Budget = _machine.Budget };
            _deadline.At = Instant.Never;
            LeaveLink();
            Fault = fault.Message;
            _again.At = BoottimeClock.Now + delay;
        }
    }
}
