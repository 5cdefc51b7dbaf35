using BondDhcp.Net;

namespace BondDhcp.Bond.Plan;

/// <summary>What is remembered of the bond's changes from one slave to another.</summary>
/// <param name="Count">How many there were since the daemon began to look.</param>
/// <param name="Previous">The slave that was in use before the one that is; null where there was none.</param>
/// <param name="Reason">Why it was left.</param>
/// <param name="At">When.</param>
/// <param name="WithoutLink">How long the bond had no slave with a link in use.</param>
public sealed record FailoverRecord(int Count, string? Previous, string? Reason, Instant At, TimeSpan WithoutLink)
{
    /// <summary>None yet.</summary>
    public static readonly FailoverRecord None = new(0, null, null, Instant.Never, TimeSpan.Zero);
}
