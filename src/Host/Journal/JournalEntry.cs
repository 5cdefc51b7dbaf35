using BondDhcp.Net;

namespace BondDhcp.Host.Journal;

/// <summary>One thing that happened.</summary>
/// <param name="Sequence">From 1, without gaps.</param>
/// <param name="At">When, on the clock that counts suspended time.</param>
/// <param name="WallClock">When, as people say it.</param>
/// <param name="Interface">The interface; empty for the daemon as a whole.</param>
/// <param name="Source">The part that tells: <c>dhcp4</c>, <c>link</c>, <c>daemon</c>.</param>
/// <param name="Report">What happened.</param>
internal readonly record struct JournalEntry(
    long Sequence, Instant At, DateTimeOffset WallClock, string Interface, string Source, Report Report);
