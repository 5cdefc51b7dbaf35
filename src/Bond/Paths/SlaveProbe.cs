using BondDhcp.Net;

namespace BondDhcp.Bond.Paths;

/// <summary>What the last rounds on a slave have shown.</summary>
public enum PathEvidence
{
    /// <summary>Nothing yet.</summary>
    None,
    /// <summary>The known gateway answered.</summary>
    Gateway,
    /// <summary>Another station answered for the gateway, and the known one did not.</summary>
    OtherStation,
    /// <summary>Another station answered, and the same one on the active slave: the gateway was replaced, or its hardware was.</summary>
    Replaced,
    /// <summary>Nobody answered.</summary>
    Silence,
}

/// <summary>What is known of one slave, and what is being asked on it. Immutable.</summary>
public sealed record SlaveProbe
{
    /// <summary>The slave as it is now.</summary>
    public required SlavePath Path { get; init; }

    /// <summary>Which network it reaches.</summary>
    public PathClass Class { get; init; }

    /// <summary>Why it is classed so, for a person.</summary>
    public string Why { get; init; } = "not asked yet";

    /// <summary>Who answered for the gateway there last; null for nobody.</summary>
    public MacAddress? GatewayMac { get; init; }

    /// <summary>What the class is concluded from.</summary>
    public PathEvidence Evidence { get; init; }

    /// <summary>The last request; null for none yet.</summary>
    public Instant? LastAskedAt { get; init; }

    /// <summary>The next request, or the end of waiting for an answer.</summary>
    public Instant NextAskAt { get; init; } = Instant.Never;

    /// <summary>A round is under way or wanted.</summary>
    internal bool InRound { get; init; }

    /// <summary>Requests of the round.</summary>
    internal int Asked { get; init; }

    /// <summary>Who, other than the known gateway, answered in the round.</summary>
    internal MacAddress? OtherMac { get; init; }

    /// <summary>Rounds in a row without an answer.</summary>
    internal int SilentRounds { get; init; }

    /// <summary>The known gateway's last answer.</summary>
    internal Instant? HeardAt { get; init; }

    /// <summary>Another station answered; whether the gateway was replaced is being asked on the active slave.</summary>
    internal bool AwaitsActive { get; init; }

    /// <summary>Active slave: requests in a row without an answer, at most <see cref="PathProbeTiming.WatchMisses"/>.</summary>
    internal int Misses { get; init; }

    /// <summary>Active slave: the first of them.</summary>
    internal Instant MissedSince { get; init; }

    /// <summary>Active slave: the gateway counts as silent.</summary>
    internal bool GatewaySilent { get; init; }

    /// <summary>It was left for a silent gateway and is not chosen again before this; zero when it was not, or is in use again.</summary>
    internal Instant AvoidedUntil { get; init; }

    /// <summary>It was left for a silent gateway, and the bond has not used it since.</summary>
    internal bool WasLeft => AvoidedUntil > Instant.Zero && !Path.IsActive;

    /// <summary>Rounds in a row that the known gateway answered.</summary>
    internal int AnsweredRounds { get; init; }

    /// <summary>Everything heard is worth nothing any more: another network may be there. What limits the rate stays.</summary>
    internal SlaveProbe Restarted() => new()
    {
        Path = Path,
        Class = Class,
        Why = Why,
        LastAskedAt = LastAskedAt,
        AvoidedUntil = AvoidedUntil,
    };

    internal SlaveProbe RoundWanted(Instant now) => InRound
        ? this
        : this with { InRound = true, Asked = 0, OtherMac = null, NextAskAt = PathProbeTiming.NotBefore(now, LastAskedAt) };
}
