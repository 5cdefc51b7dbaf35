using BondDhcp.Bond.Links;
using BondDhcp.Dhcp.Client;
using BondDhcp.Host.Loop;
using BondDhcp.Host.Paths;
using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Runner;

/// <summary>
/// Runs DHCPv4 on one interface: the only place where the client machine and the kernel meet. What the kernel says
/// becomes inputs, what the machine decides is carried out in order. Called on the loop's thread only.
/// </summary>
internal sealed partial class InterfaceRunner : IDisposable
{
    private readonly EventLoop _loop;
    private readonly NetworkState _network;
    private readonly PathGate _gate;
    private readonly LeaseMemory _memory;
    private readonly EntropySource _entropy;
    private readonly Action<string, Report> _journal;
    private readonly InterfaceSockets _sockets;
    private readonly Dhcp4Transmitter _transmitter;
    private readonly DropCounters _drops = new();
    private readonly FaultHistory _faults = new();
    private readonly LoopDeadline _deadline;
    private readonly LoopDeadline _restart;
    private readonly Action _receivePackets;
    private readonly Action _receiveArp;
    private bool _disposed;

    /// <summary>A runner that has not been started.</summary>
    /// <param name="loop">The loop it lives in.</param>
    /// <param name="network">Links and addresses.</param>
    /// <param name="gate">Says when the interface can carry frames, and by what.</param>
    /// <param name="options">What to run.</param>
    /// <param name="memory">What is kept across restarts.</param>
    /// <param name="entropy">Randomness.</param>
    /// <param name="journal">Is told of everything, with the part that tells: <c>dhcp4</c> or <c>link</c>.</param>
    public InterfaceRunner(
        EventLoop loop, NetworkState network, PathGate gate, InterfaceRunnerOptions options, LeaseMemory memory,
        EntropySource entropy, Action<string, Report> journal)
    {
        _loop = loop;
        _network = network;
        _gate = gate;
        _memory = memory;
        _entropy = entropy;
        _journal = journal;
        Options = options;
        Client = Dhcp4Client.Create(options.Dhcp4);
        _receivePackets = ReceivePackets;
        _receiveArp = ReceiveArp;
        _sockets = new InterfaceSockets(
            loop, network.HardwareAddresses, () => Guard(_receivePackets), () => Guard(_receiveArp));
        _transmitter = new Dhcp4Transmitter(_sockets);
        _deadline = loop.AddDeadline(() => Guard(() => Feed(Dhcp4Input.DeadlineReached.Instance)));
        _restart = loop.AddDeadline(() => Guard(Begin));
        loop.Resumed += Resume;
        network.Changed += Follow;
        gate.Changed += FollowGate;
        Since = BoottimeClock.Now;
    }

    /// <summary>The lease in force is another, is gone, or more is known of it.</summary>
    public event Action? LeaseChanged;

    /// <summary>A lease is on the interface: a new one, an extended one, or the same once more.</summary>
    public event Action<ConfiguredLease>? LeaseConfigured;

    /// <summary>
    /// A lease was taken away and none is in its place. Not told when the runner ends and everything stays.
    /// </summary>
    public event Action<Dhcp4Lease, LeaseEnd>? LeaseEnded;

    /// <summary>The lease's gateway answered the client on the present path, with this hardware address.</summary>
    public event Action<MacAddress>? GatewayHeard;

    /// <summary>The configuration.</summary>
    public InterfaceRunnerOptions Options { get; private set; }

    /// <summary>The machine as it is now.</summary>
    public Dhcp4Client Client { get; private set; }

    /// <summary>The interface as netlink last described it; null while it is not there.</summary>
    public Link? Link => _network.Table.TryFind(Options.Name, out Link? link) ? link : null;

    /// <summary>The interface's hardware address at this moment; null while it is not there.</summary>
    public MacAddress? Mac =>
        Link is { } link && _network.HardwareAddresses.TryRead(link.Index, out MacAddress mac) ? mac : null;

    /// <summary>It is to run: started and not stopped since. A runner with a <see cref="Fault"/> is started again by itself.</summary>
    public bool IsStarted => _started || Fault is not null;

    /// <summary>Packets not used, by reason.</summary>
    public DropCounters Drops => _drops;

    /// <summary>Since when the client is in its state.</summary>
    public Instant Since { get; private set; }

    /// <summary>Why it is not running although it should; null when it is. It is started again by itself.</summary>
    public string? Fault { get; private set; }

    /// <summary>
    /// Sockets are closed and timers end; nothing is sent and everything configured stays. A command under way is
    /// answered.
    /// </summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        _started = false;
        _loop.Resumed -= Resume;
        _network.Changed -= Follow;
        _gate.Changed -= FollowGate;
        _sockets.Dispose();
        _deadline.Dispose();
        _restart.Dispose();
        RefuseCommands("the daemon ends");
    }

    // While links are being followed the table is ahead of what was told here; what comes of it is found at the end.
    private void FollowGate() => Guard(() =>
    {
        if (_link is { } link && _network.Table.Links.TryGetValue(link.Index, out Link? present) && ReferenceEquals(link, present)) FollowPath();
    });

    private void Resume() => Guard(() =>
    {
        if (_started) Feed(new Dhcp4Input.Resumed());
    });
}
