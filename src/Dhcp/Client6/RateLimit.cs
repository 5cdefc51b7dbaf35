using System.Collections.Immutable;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Client6;

/// <summary>
/// The limit of RFC 9915 section 14.1 per interface: what is over it is delayed, not dropped. It counts what was sent, so
/// that no interval of that length, however it lies, has more; a bucket of tokens would let twice as many through.
/// </summary>
public sealed record RateLimit
{
    private ImmutableArray<Instant> Sent { get; init; } = [];

    /// <summary>When the next message may leave: now, or later.</summary>
    /// <param name="now">Now.</param>
    /// <param name="messages">Messages in any interval, at least 1.</param>
    /// <param name="interval">The interval.</param>
    public Instant AllowedAt(Instant now, int messages, TimeSpan interval) =>
        Sent.Length >= messages ? Instant.Max(now, Sent[^messages] + interval) : now;

    /// <summary>After a message left.</summary>
    /// <param name="now">When.</param>
    /// <param name="messages">As in <see cref="AllowedAt"/>: no more than that are kept.</param>
    public RateLimit MessageSent(Instant now, int messages) =>
        this with { Sent = (Sent.Length < messages ? Sent : Sent.RemoveRange(0, Sent.Length - messages + 1)).Add(now) };
}
