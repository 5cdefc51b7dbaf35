using System.Collections.Immutable;

namespace BondDhcp.Dhcp.Store;

/// <summary>What reading a store's file came to: a memory, or why there is none.</summary>
internal sealed record MemoryDocument<TMemory> where TMemory : class
{
    /// <summary>The leases, with the instants of the boot in which they were saved; null when the file cannot be used.</summary>
    internal TMemory? Memory { get; init; }

    /// <summary>The clocks when it was saved; null when <see cref="Memory"/> is.</summary>
    internal StoreClock? SavedAt { get; init; }

    /// <summary>Leases in a sound file that are not valid any more, by the present rules for messages from the network.</summary>
    internal ImmutableArray<string> Refused { get; init; } = [];

    /// <summary>Why the file cannot be used, to follow its name.</summary>
    internal string? Problem { get; init; }

    /// <summary>The format of a sound file that a newer release wrote.</summary>
    internal int? NewerVersion { get; init; }
}
