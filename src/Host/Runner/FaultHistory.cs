using BondDhcp.Net;

namespace BondDhcp.Host.Runner;

/// <summary>Faults of one interface: when to try again, and when its stored lease is suspected of causing them.</summary>
internal sealed class FaultHistory
{
    /// <summary>This many faults within <see cref="Window"/> set the stored lease aside.</summary>
    public const int MaxFaults = 3;

    /// <summary>How long a fault is remembered.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(60);

    // Longer at each fault remembered, so that a fault at every start does not load the machine.
    private static readonly TimeSpan s_firstDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_longestDelay = TimeSpan.FromSeconds(30);

    private readonly Queue<Instant> _faults = new();

    /// <summary>Notes a fault; gives how long to wait before the interface is started again.</summary>
    public TimeSpan Note(Instant now, out bool setLeaseAside)
    {
        while (_faults.TryPeek(out Instant oldest) && now - oldest >= Window) _faults.Dequeue();
        _faults.Enqueue(now);
        setLeaseAside = _faults.Count == MaxFaults;
        double delay = s_firstDelay.TotalMilliseconds * Math.Pow(4, Math.Min(_faults.Count - 1, 10));
        return TimeSpan.FromMilliseconds(Math.Min(delay, s_longestDelay.TotalMilliseconds));
    }
}
