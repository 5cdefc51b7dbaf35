using System.Collections.Immutable;
using BondDhcp.Bond.Links;

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

    /// <summary>Those of the routes that the kernel refused; each is among <see cref="Problems"/> too.</summary>
    public ImmutableArray<RefusedIpv4Route> RefusedRoutes { get; init; } = [];
}

/// <summary>A route that the kernel did not take.</summary>
/// <param name="Route">As it was asked for.</param>
/// <param name="Why">The kernel's words.</param>
public readonly record struct RefusedIpv4Route(InstalledRoute Route, string Why);
