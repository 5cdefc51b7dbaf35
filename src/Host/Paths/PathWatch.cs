using BondDhcp.Bond.Links;
using BondDhcp.Bond.Paths;
using BondDhcp.Dhcp.Client;
using BondDhcp.Host.Loop;
using BondDhcp.Host.Runner;
using BondDhcp.Net;

namespace BondDhcp.Host.Paths;

/// <summary>
/// Knows of every slave below one interface which network it leads into: joins the bond that carries the interface, the
/// lease in force on it and the probes of the slaves.
/// </summary>
internal sealed class PathWatch : IDisposable
{
    private readonly NetworkState _network;
    private readonly PathGate _gate;
    private readonly string _interfaceName;
    private readonly SlaveProbes _probes;
    private readonly Func<string, bool> _pathFailover;
    private Dhcp4Lease? _lease;
    private string? _leaseSsid;
    private string? _leaseIdentity;
    private int _bond;

    /// <summary>A watch that knows of no lease.</summary>
    /// <param name="loop">The loop it lives in.</param>
    /// <param name="network">Links.</param>
    /// <param name="gate">What is below the interface, and which of it can be used.</param>
    /// <param name="interfaceName">The interface the lease is on.</param>
    /// <param name="pathFailover">Whether the bond of this name leaves a slave with a silent gateway.</param>
    /// <param name="journal">Is told of every change.</param>
    public PathWatch(
        EventLoop loop, NetworkState network, PathGate gate, string interfaceName, Func<string, bool> pathFailover, Action<string, Report> journal)
    {
        _pathFailover = pathFailover;
        _network = network;
        _gate = gate;
        _interfaceName = interfaceName;
        _probes = new SlaveProbes(loop, network, pathFailover: false, journal);
        _probes.Changed += () => Changed?.Invoke();
        _probes.Select += (slave, why) =>
        {
            if (BondName is { } bond) Select?.Invoke(bond, slave, why);
        };
    }

    /// <summary>What <see cref="ClassOf"/> or <see cref="AllBackupsSame"/> says has changed.</summary>
    public event Action? Changed;

    /// <summary>The bond of this name should use the slave with this index; why.</summary>
    public event Action<string, int, string>? Select;

    /// <summary>It knows a lease by whose gateway it asks; there may be one that it is not told of.</summary>
    public bool HasLease => _lease is not null;

    /// <summary>The bond that carries the interface at present; null where there is none.</summary>
    public string? BondName => _network.Table.Links.TryGetValue(_bond, out Link? bond) ? bond.Name : null;

    /// <summary>The kernel may announce the address at a failover: every backup leads into the lease's network, or there is no lease.</summary>
    public bool AllBackupsSame => _lease is null || _probes.AllBackupsSame;

    /// <summary>Which network a slave leads into; null for what is no slave below this interface.</summary>
    public (PathClass Network, MacAddress? Gateway)? ClassOf(Link slave)
    {
        if (_bond == 0 || slave.MasterIndex != _bond) return null;
        (PathClass network, MacAddress? gateway, _) = _probes.PathOf(slave.Index);
        return (network, gateway);
    }

    /// <summary>The lease in force is another, or another is known of its gateway.</summary>
    public void NoteLease(Dhcp4Lease? lease)
    {
        _lease = lease;
        if (lease is null) _leaseSsid = _leaseIdentity = null;
        Follow(granted: true);
    }

    /// <summary>
    /// The configuration says something else of the lease that is in force: no server acknowledged anything now, and by which
    /// path it did is not known of a lease that was kept from here.
    /// </summary>
    public void KeepLease(Dhcp4Lease? lease)
    {
        _lease = lease;
        if (lease is null) _leaseSsid = _leaseIdentity = null;
        Follow();
    }

    /// <summary>The client heard its gateway through the active slave.</summary>
    public void NoteGateway(MacAddress mac) => _probes.GatewayHeard(mac);

    /// <summary>Links, supplicants or their states are others than before.</summary>
    public void Follow() => Follow(granted: false);

    private void Follow(bool granted)
    {
        bool tagged = false;
        Link? bond = _network.Table.TryFind(_interfaceName, out Link? link) ? _gate.BondBelow(link, out tagged) : null;
        _bond = bond?.Index ?? 0;
        // The slaves are asked without a tag: of what is behind one their answers say nothing.
        bool asked = !tagged;
        _probes.PathFailover = asked && bond is not null && _pathFailover(bond.Name);
        SlavePath[] slaves = bond is null ? [] : [.. _gate.SlavesOf(bond).Select(slave => PathOf(slave, bond))];
        _probes.Update(slaves);
        if (granted && _lease is not null && slaves.FirstOrDefault(static slave => slave is { IsActive: true, Usable: true }) is { } active)
            Attribute(active);
        _probes.SetLease(asked && _lease is { Gateway: { } gateway }
            ? new LeaseNetwork(gateway, _lease.GatewayMac, _leaseSsid, _leaseIdentity)
            : null);
    }

    // A server that acknowledged the lease just now did so through this path. A wired one has no name: what is known of
    // the network's wireless side stays known.
    private void Attribute(SlavePath active)
    {
        _leaseSsid = active.Ssid ?? _leaseSsid;
        _leaseIdentity = active.EapIdentity ?? _leaseIdentity;
    }

    private SlavePath PathOf(Link slave, Link bond)
    {
        SupplicantGate? supplicant = _gate.Supplicant(slave.Name);
        return new SlavePath(
            slave.Index, slave.Name, _gate.LookAtDevice(slave).Usable, slave.Mac, supplicant?.Ssid, supplicant?.Identity,
            bond.Bond?.ActiveSlave == slave.Index)
        {
            IsPrimary = bond.Bond is { PrimaryReselect: BondState.ReselectAlways } state && state.Primary == slave.Index,
        };
    }

    /// <inheritdoc/>
    public void Dispose() => _probes.Dispose();
}
