using BondDhcp.Net;

namespace BondDhcp.Host.Statics;

/// <summary>Where the IPv4 link-local address of an interface stands (RFC 3927). Immutable.</summary>
internal sealed record LinkLocalState
{
    /// <summary>One is called for: there is no lease, and no server forbids it.</summary>
    public bool IsUsed { get; init; }

    /// <summary>When it will be; Never while there is a lease, a server forbids it, or none is configured.</summary>
    public Instant UseAt { get; init; } = Instant.Never;

    /// <summary>A server of this network forbids it (RFC 2563 section 2.2).</summary>
    public bool IsForbidden { get; init; }

    /// <summary>Which address of the sequence is tried.</summary>
    public int Attempt { get; init; }

    /// <summary>Addresses that others had, on this network.</summary>
    public int Conflicts { get; init; }

    /// <summary>When the next address is tried after so many conflicts; Never while one is.</summary>
    public Instant TryAt { get; init; } = Instant.Never;

    /// <summary>The earliest instant at which something is to be done.</summary>
    public Instant NextAt => Instant.Min(UseAt, TryAt);
}
