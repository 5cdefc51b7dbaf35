using System.Collections.Immutable;

namespace BondDhcp.Bond.Addressing;

/// <summary>What came of configuring an interface.</summary>
public sealed record Ipv4Outcome
{
    /// <summary>Null when the address is there as wanted (or gone as wanted); otherwise what the kernel said against it.</summary>
    public string? Error { get; init; }

    /// <summary>True without <see cref="Error"/>; a route or the MTU may still have been refused.</summary>
    public bool Succeeded => Error is null;

    /// <summary>What is ours now: record it.</summary>
    public required Ipv4Ownership Owned { get; init; }

    /// <summary>What was done, in order, without what was so already.</summary>
    public ImmutableArray<Ipv4Act> Done { get; init; } = [];

    /// <summary>What is not as wanted although the address is: one sentence each, with the kernel's words.</summary>
    public ImmutableArray<string> Problems { get; init; } = [];
}
