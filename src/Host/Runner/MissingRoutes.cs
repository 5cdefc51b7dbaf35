using System.Collections.Immutable;
using BondDhcp.Dhcp.Client;
using BondDhcp.Net;

namespace BondDhcp.Host.Runner;

/// <summary>Routes of ours that another program removed, and when they are put back: seldom and not for ever (<see cref="RestoreBudget"/>).</summary>
internal sealed class MissingRoutes
{
    private RestoreBudget _budget;

    /// <summary>They, in words, in the order in which they went.</summary>
    public ImmutableArray<string> Names { get; private set; } = [];

    /// <summary>When they are put back; Never where there are none, or not any more.</summary>
    public Instant BackAt { get; private set; } = Instant.Never;

    /// <summary>True for some that are left to whoever removes them.</summary>
    public bool AreGivenUp => !Names.IsEmpty && BackAt.IsNever;

    /// <summary>Notes some that are gone. Several at once are one act, and so is what goes while others wait to be put back.</summary>
    public void Add(IEnumerable<string> names, Instant now)
    {
        if (BackAt.IsNever)
        {
            Instant? next = _budget.NextAt(now);
            _budget = _budget.Noted(now);
            BackAt = next ?? Instant.Never;
        }
        Names = [.. Names.Union(names)];
    }

    /// <summary>They are there again, or not wanted any more. How often they went is not forgotten.</summary>
    public void Forget() => (Names, BackAt) = ([], Instant.Never);
}
