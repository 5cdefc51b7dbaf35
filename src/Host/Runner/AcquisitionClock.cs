using BondDhcp.Net;

namespace BondDhcp.Host.Runner;

/// <summary>The parts of the way to an address.</summary>
internal enum AcquisitionPart
{
    /// <summary>From a path that carries frames to the first message.</summary>
    Ask,
    /// <summary>From there to the first offer; not there where none was needed.</summary>
    Offer,
    /// <summary>From there to the acknowledgement.</summary>
    Acknowledge,
    /// <summary>From there to an address that can be used: conflict detection is in it.</summary>
    Configure,
}

/// <summary>Measures how long a client without an address takes to get one. Pure; allocates nothing.</summary>
internal sealed class AcquisitionClock
{
    /// <summary>Upper bounds of the histogram's buckets, seconds: a server next door, one with a probe, a retransmission, several.</summary>
    private static readonly double[] s_bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

    // Not Enum.GetValues: its reflection would take a tenth of a millisecond of every start.
    private const int Parts = (int)AcquisitionPart.Configure + 1;

    private readonly long[] _buckets = new long[s_bounds.Length + 1];
    private readonly TimeSpan?[] _running = new TimeSpan?[Parts];
    private readonly TimeSpan?[] _last = new TimeSpan?[Parts];
    private Instant _begunAt = Instant.Never;
    private Instant _reachedAt;

    /// <summary>The bounds of all buckets but the last, seconds.</summary>
    public static ReadOnlySpan<double> Bounds => s_bounds;

    /// <summary>How many took longer than the bound before and no longer than each bound; the last, longer than every one.</summary>
    public ReadOnlySpan<long> Buckets => _buckets;

    /// <summary>How often an address was had.</summary>
    public long Count { get; private set; }

    /// <summary>How long that took, together.</summary>
    public TimeSpan Total { get; private set; }

    /// <summary>How long a part took the last time; null where it was not needed, or there was no time yet.</summary>
    public TimeSpan? this[AcquisitionPart part] => _last[(int)part];

    /// <summary>The path carries frames, and there is no address.</summary>
    public void Begin(Instant now)
    {
        Array.Clear(_running);
        (_begunAt, _reachedAt) = (now, now);
    }

    /// <summary>It does not any more, or nothing is wanted.</summary>
    public void Stop() => _begunAt = Instant.Never;

    /// <summary>A client without an address sent a message.</summary>
    public void Ask(Instant now)
    {
        if (_begunAt.IsNever) Begin(now);
        Reach(AcquisitionPart.Ask, now);
    }

    /// <summary>A part came to its end; the first time counts.</summary>
    public void Reach(AcquisitionPart part, Instant now)
    {
        if (_begunAt.IsNever || _running[(int)part] is not null) return;
        _running[(int)part] = now - _reachedAt;
        _reachedAt = now;
    }

    /// <summary>The address can be used. Nothing when no clock ran: it was there before.</summary>
    public void End(Instant now)
    {
        if (_begunAt.IsNever || _running[(int)AcquisitionPart.Ask] is null) return;
        Reach(AcquisitionPart.Configure, now);
        _running.CopyTo(_last, 0);
        TimeSpan took = now - _begunAt;
        Count++;
        Total += took;
        int bucket = 0;
        while (bucket < s_bounds.Length && took.TotalSeconds > s_bounds[bucket]) bucket++;
        _buckets[bucket]++;
        Stop();
    }
}
