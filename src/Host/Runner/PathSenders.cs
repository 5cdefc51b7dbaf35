using System.Collections.Immutable;
using BondDhcp.Dhcp.Client;

namespace BondDhcp.Host.Runner;

/// <summary>
/// Who of this program sends on which device, and what: the caps are a device's, whoever sends on it (both families, an
/// interface and a VLAN on it).
/// </summary>
internal sealed class PathSenders
{
    private readonly List<PathSender> _senders = [];

    /// <summary>The account of one sender; it outlives those who keep it, so that one that is started again goes on with it.</summary>
    /// <param name="interfaceName">The interface as it is configured.</param>
    /// <param name="source">Which part sends: <c>dhcp4</c>, <c>dhcp6</c>, <c>static</c>.</param>
    public PathSender Of(string interfaceName, string source)
    {
        PathSender? sender = _senders.Find(one => one.InterfaceName == interfaceName && one.Source == source);
        if (sender is null) _senders.Add(sender = new PathSender(this, interfaceName, source));
        return sender;
    }

    internal ImmutableArray<TransmitBudget> OthersOn(int device, PathSender self) =>
        [.. _senders.Where(other => other != self && other.Device == device && device != 0).Select(other => other.Budget)];

    internal void Changed(PathSender by)
    {
        foreach (PathSender sender in _senders)
            if (sender != by) sender.Forget();
    }
}

/// <summary>What one sender sent, for the others on its device.</summary>
/// <param name="all">Who sends.</param>
/// <param name="interfaceName">The interface as it is configured.</param>
/// <param name="source">Which part sends.</param>
internal sealed class PathSender(PathSenders all, string interfaceName, string source)
{
    private ImmutableArray<TransmitBudget> _others;
    private int _othersOn;

    /// <summary>The interface as it is configured.</summary>
    public string InterfaceName => interfaceName;

    /// <summary>Which part sends.</summary>
    public string Source => source;

    /// <summary>The device it sends on; 0 while it does not.</summary>
    public int Device { get; private set; }

    /// <summary>What it sent.</summary>
    public TransmitBudget Budget { get; private set; } = new();

    /// <summary>What the others sent that send on this device. The same array while nothing in it changed.</summary>
    public ImmutableArray<TransmitBudget> OthersOn(int device)
    {
        if (_others.IsDefault || _othersOn != device) _others = all.OthersOn(device, this);
        _othersOn = device;
        return _others;
    }

    /// <summary>After a step.</summary>
    /// <param name="device">The device it sends on; 0 while it does not.</param>
    /// <param name="budget">What it sent.</param>
    public void Note(int device, TransmitBudget budget)
    {
        if (device == Device && ReferenceEquals(budget, Budget)) return;
        Device = device;
        Budget = budget;
        all.Changed(this);
    }

    internal void Forget() => _others = default;
}
