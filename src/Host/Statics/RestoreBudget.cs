using BondDhcp.Net;

namespace BondDhcp.Host.Statics;

/// <summary>
/// How often what another program removes is put back: at once, then once in <see cref="StaticTiming.RestoreInterval"/>,
/// and after <see cref="StaticTiming.MaxRestores"/> no more until it was left in peace for twice that time. Immutable.
/// </summary>
/// <param name="Count">How often it was put back of late.</param>
/// <param name="LastAt">When it was, or is to be, put back last; null for not yet.</param>
internal readonly record struct RestoreBudget(int Count, Instant? LastAt)
{
    /// <summary>When it may be put back; null for not any more.</summary>
    public Instant? NextAt(Instant now) =>
        IsCalm(now) ? now
        : Count >= StaticTiming.MaxRestores ? null
        : LastAt is { } last ? Instant.Max(now, last + StaticTiming.RestoreInterval) : now;

    /// <summary>After it was removed at <paramref name="now"/>, and is put back at <see cref="NextAt"/> or not at all.</summary>
    public RestoreBudget Noted(Instant now) =>
        IsCalm(now) ? new RestoreBudget(1, now) : new RestoreBudget(Count + 1, NextAt(now) ?? now);

    private bool IsCalm(Instant now) =>
        LastAt is not { } last || now - last > StaticTiming.RestoreInterval + StaticTiming.RestoreInterval;
}
