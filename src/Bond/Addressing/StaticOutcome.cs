using System.Collections.Immutable;

namespace BondDhcp.Bond.Addressing;

/// <summary>What came of static configuration.</summary>
public sealed record StaticOutcome
{
    /// <summary>What is ours now: record it.</summary>
    public required StaticOwnership Owned { get; init; }

    /// <summary>What was done, in order, without what was so already.</summary>
    public ImmutableArray<StaticAct> Done { get; init; } = [];

    /// <summary>The addresses on the interface afterwards.</summary>
    public ImmutableArray<PresentAddress> Present { get; init; } = [];

    /// <summary>What is as wanted, but not by us and not ours to remove.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];

    /// <summary>What is not as wanted: one sentence each, with the kernel's words.</summary>
    public ImmutableArray<string> Problems { get; init; } = [];

    /// <summary>Those of <see cref="Problems"/> that are about something which was to be taken away and is still there.</summary>
    public ImmutableArray<string> LeftOver { get; init; } = [];
}
