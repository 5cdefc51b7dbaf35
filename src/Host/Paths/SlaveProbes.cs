using System.Collections.Immutable;
using BondDhcp.Bond.Paths;
using BondDhcp.Dhcp.Arp;
using BondDhcp.Dhcp.Linux;
using BondDhcp.Host.Loop;
using BondDhcp.Host.Runner;
using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Paths;

/// <summary>
/// Runs the probe that knows which network each slave of one bond reaches: what it asks goes out on the slaves, what is
/// answered there comes back to it. Called on the loop's thread only.
/// </summary>
internal sealed class SlaveProbes : IDisposable
{
    private const string Source = "paths";

    // So many packets in one turn; a flood leaves the rest of the loop its turn too.
    private const int MaxPacketsPerTurn = 64;

    private readonly EventLoop _loop;
    private readonly NetworkState _network;
    private readonly Action<string, Report> _journal;
    private readonly LoopDeadline _deadline;
    private readonly Dictionary<int, SlaveSocket> _sockets = [];
    private readonly HashSet<int> _unheard = [];
    private PathProbe _probe;
    private bool _disposed;

    /// <summary>Probes of a bond without slaves and without a lease.</summary>
    /// <param name="loop">The loop it lives in.</param>
    /// <param name="network">Tells hardware addresses at this very moment.</param>
    /// <param name="pathFailover">The configuration's <c>path-failover</c>, in mode active-backup; false in any other mode.</param>
    /// <param name="journal">Is told of every change of class, with <c>paths</c> as the source.</param>
    public SlaveProbes(EventLoop loop, NetworkState network, bool pathFailover, Action<string, Report> journal)
    {
        _loop = loop;
        _network = network;
        _journal = journal;
        _probe = PathProbe.Create(pathFailover);
        _deadline = loop.AddDeadline(() => Feed(PathProbeInput.DeadlineReached.Instance));
        loop.Resumed += Resume;
    }

    /// <summary>What <see cref="PathOf"/> or <see cref="AllBackupsSame"/> says has changed.</summary>
    public event Action? Changed;

    /// <summary>Make the slave with this index the active one; why.</summary>
    public event Action<int, string>? Select;

    /// <summary>num_grat_arp is as configured while this is true, and 0 otherwise: the kernel announces before anybody can decide.</summary>
    public bool AllBackupsSame => _probe.AllBackupsSame;

    /// <summary>Whether a slave with a silent gateway is left.</summary>
    public bool PathFailover
    {
        get => _probe.PathFailover;
        set
        {
            if (value != _probe.PathFailover) Feed(new PathProbeInput.Failover(value));
        }
    }

    /// <summary>The slaves as they are now. One that is no longer among them is gone, and its socket with it.</summary>
    public void Update(IReadOnlyList<SlavePath> slaves)
    {
        if (!slaves.SequenceEqual(_probe.Slaves.Select(slave => slave.Path)))
            Feed(new PathProbeInput.Slaves([.. slaves]));
    }

    /// <summary>The network of the lease in force; null without a lease or without a default route in it.</summary>
    public void SetLease(LeaseNetwork? network)
    {
        if (network == _probe.Lease) return;
        // Before anything is asked: the answer may be there as soon as the question has left.
        var watch = new ArpWatch(null, network?.Gateway);
        foreach (int slaveIndex in _sockets.Keys.ToImmutableArray())
            Guard(slaveIndex, () => _sockets[slaveIndex].Socket.Watch = watch);
        Feed(new PathProbeInput.Lease(network));
    }

    /// <summary>The DHCP client heard the lease's gateway on the active slave.</summary>
    public void GatewayHeard(MacAddress mac) => Feed(new PathProbeInput.GatewayHeard(mac));

    /// <summary>Which network a slave reaches, who answers for the gateway there, and why it is said so.</summary>
    public (PathClass Class, MacAddress? GatewayMac, string Why) PathOf(int slaveIndex) =>
        _probe.Find(slaveIndex) is { } slave
            ? (slave.Class, slave.GatewayMac, slave.Why)
            : (PathClass.Unknown, null, "it is not a slave of this bond");

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        _loop.Resumed -= Resume;
        _deadline.Dispose();
        foreach (SlaveSocket one in _sockets.Values) one.Dispose();
        _sockets.Clear();
    }

    private void Resume() => Feed(new PathProbeInput.Resumed());

    private void Feed(PathProbeInput input)
    {
        if (_disposed) return;
        // Not shared with a call that comes back from one of the events.
        List<PathProbeEffect> effects = [];
        _probe = _probe.Step(input, BoottimeClock.Now, effects);
        foreach (PathProbeEffect effect in effects) CarryOut(effect);
        CloseUnused();
        _deadline.At = _probe.NextDeadline;
        if (effects.Any(effect => effect is PathProbeEffect.ClassChanged or PathProbeEffect.AllBackupsSame)) Changed?.Invoke();
        foreach (PathProbeEffect.SelectSlave select in effects.OfType<PathProbeEffect.SelectSlave>()) Select?.Invoke(select.SlaveIndex, select.Why);
    }

    private void CarryOut(PathProbeEffect effect)
    {
        switch (effect)
        {
            case PathProbeEffect.Ask ask: Ask(ask); break;
            case PathProbeEffect.ClassChanged changed:
                _journal(Source, Report.Of("network",
                    ("slave", changed.Slave.Name), ("network", WordOf(changed.New)), ("gatewayMac", changed.GatewayMac), ("why", changed.Why)));
                break;
            case PathProbeEffect.SelectSlave select:
                _journal(Source, Report.Of("pathFailover", ("slave", NameOf(select.SlaveIndex)), ("why", select.Why)));
                break;
            case PathProbeEffect.Warn warning: Warn(warning.Text); break;
        }
    }

    /// <summary>The class as JSON has it.</summary>
    public static string WordOf(PathClass network) => network switch
    {
        PathClass.Same => "same",
        PathClass.Different => "different",
        _ => "unknown",
    };

    // A question that cannot be sent is as good as one lost on the way: the next one comes by the schedule, and netlink
    // tells what became of the slave.
    private void Ask(PathProbeEffect.Ask ask) => Guard(ask.SlaveIndex, () =>
    {
        if (SocketOf(ask.SlaveIndex, ask.Gateway) is not { } socket
            || !_network.HardwareAddresses.TryRead(ask.SlaveIndex, out MacAddress mac)) return;
        SocketResult result = socket.Send(ArpPacket.Probe(mac, ask.Gateway), ask.Destination);
        if (result.Outcome == SocketOutcome.LinkGone) Close(ask.SlaveIndex);
    });

    private ArpSocket? SocketOf(int slaveIndex, Ipv4Address gateway)
    {
        if (_sockets.TryGetValue(slaveIndex, out SlaveSocket? open)) return open.Socket;
        if (ArpSocket.Open(slaveIndex, new ArpWatch(null, gateway)) is not { } socket) return null;
        _sockets[slaveIndex] = new SlaveSocket(
            socket, _loop.Register(socket.Descriptor, Readiness.Read, _ => Guard(slaveIndex, () => Receive(slaveIndex))));
        _unheard.Remove(slaveIndex);
        return socket;
    }

    private void Receive(int slaveIndex)
    {
        // What an answer leads to may close the socket.
        for (int i = 0; i < MaxPacketsPerTurn && _sockets.TryGetValue(slaveIndex, out SlaveSocket? open); i++)
        {
            SocketResult result = open.Socket.Receive(out ArpPacket packet);
            if (result.Outcome == SocketOutcome.LinkGone) Close(slaveIndex);
            if (result.Outcome != SocketOutcome.Done) return;
            // An answer to another station's question says nothing of what we asked.
            if (_network.HardwareAddresses.TryRead(slaveIndex, out MacAddress own) && packet.TargetHardware == own)
                Feed(new PathProbeInput.ArpAnswer(slaveIndex, packet.SenderAddress, packet.SenderHardware));
        }
    }

    /// <summary>The bond works without a slave's probe: what the kernel refuses there is said once, not every 30 s.</summary>
    private void Guard(int slaveIndex, Action act)
    {
        try
        {
            act();
        }
        catch (LinuxException e)
        {
            Close(slaveIndex);
            if (_unheard.Add(slaveIndex)) Warn($"{NameOf(slaveIndex)} cannot be asked which network it reaches: {e.Message}");
        }
    }

    /// <summary>A slave that is not asked wakes nobody.</summary>
    private void CloseUnused()
    {
        foreach (int slaveIndex in _sockets.Keys.ToImmutableArray())
            if (_probe.Find(slaveIndex) is not { NextAskAt.IsNever: false }) Close(slaveIndex);
        _unheard.RemoveWhere(slaveIndex => _probe.Find(slaveIndex) is null);
    }

    private void Close(int slaveIndex)
    {
        if (_sockets.Remove(slaveIndex, out SlaveSocket? open)) open.Dispose();
    }

    private string NameOf(int slaveIndex) => _probe.Find(slaveIndex)?.Path.Name ?? FormattableString.Invariant($"interface {slaveIndex}");

    private void Warn(string message) => _journal(Source, Report.Of("warning", ("message", message)));

    private sealed record SlaveSocket(ArpSocket Socket, LoopWatch Watch) : IDisposable
    {
        public void Dispose()
        {
            Watch.Dispose();
            Socket.Dispose();
        }
    }
}
