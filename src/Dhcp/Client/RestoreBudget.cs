using BondDhcp.Net;

namespace BondDhcp.Dhcp.Client;

/// <summary>
/// How often what another program removes is put back: at once, then once in <see cref="DhcpTiming.RestoreInterval"/>, and
/// after <see cref="DhcpTiming.MaxRestores"/> no more until it was left in peace for twice that time. One removal more is
/// forgiven: <c>ip address flush</c> looks again after its first round, and takes away what was put back meanwhile. Immutable.
/// </summary>
/// <param name="Count">How often it was put back of late.</param>
/// <param name="LastAt">When it was, or is to be, put back last; null for not yet.</param>
/// <param name="IsForgiven">The one removal was.</param>
public readonly record struct RestoreBudget(int Count, Instant? LastAt, bool IsForgiven)
{
    /// <summary>For people: that something is missing, and when it is put back.</summary>
    /// <param name="what">What is missing.</param>
    /// <param name="at">When it is put back.</param>
    /// <param name="now">Now.</param>
    public static string Words(string what, Instant at, Instant now) =>
        FormattableString.Invariant($"{what} was removed by another program; put back in {Math.Max(1, Math.Ceiling((at - now).TotalSeconds))} s");

    /// <summary>When it may be put back; null for not any more.</summary>
    public Instant? NextAt(Instant now) =>
        LastAt is not { } last || IsCalm(now) ? now
        : IsSameAct(now) ? last + DhcpTiming.FlushDelay
        : Count >= DhcpTiming.MaxRestores ? null
        : Instant.Max(now, last + DhcpTiming.RestoreInterval);

    /// <summary>After it was removed at <paramref name="now"/>, and is put back at <see cref="NextAt"/> or not at all.</summary>
    public RestoreBudget Noted(Instant now) =>
        IsCalm(now) ? new RestoreBudget(1, now, IsForgiven: false)
        : IsSameAct(now) ? this with { IsForgiven = true }
        : new RestoreBudget(Count + 1, NextAt(now) ?? now, IsForgiven);

    private bool IsCalm(Instant now) =>
        LastAt is not { } last || now - last > DhcpTiming.RestoreInterval + DhcpTiming.RestoreInterval;

    private bool IsSameAct(Instant now) => !IsForgiven && LastAt is { } last && now <= last + DhcpTiming.FlushDelay;
}
