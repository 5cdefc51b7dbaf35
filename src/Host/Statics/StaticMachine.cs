using System.Collections.Immutable;
using BondDhcp.Bond.Addressing;
using BondDhcp.Dhcp.Client;
using BondDhcp.Net;

namespace BondDhcp.Host.Statics;

/// <summary>
/// Decides when each static address is used: probed, configured, announced, defended, given up and tried again
/// (RFC 5227), and when the fallback addresses and the link-local one (RFC 3927) come and go. Pure and immutable.
/// </summary>
internal sealed record StaticMachine(StaticSettings Settings)
{
    /// <summary>It is to run.</summary>
    public bool IsRunning { get; init; }

    /// <summary>The interface is there.</summary>
    public bool IsThere { get; init; }

    /// <summary>Packets pass.</summary>
    public bool IsUsable { get; init; }

    /// <summary>A lease is in force.</summary>
    public bool IsBound { get; init; }

    /// <summary>The addresses under way; those of fallback only while they are called for.</summary>
    public ImmutableArray<StaticAddressState> Addresses { get; init; } = [];

    /// <summary>The fallback addresses are called for.</summary>
    public bool IsFallback { get; init; }

    /// <summary>When they will be; Never while there is a lease or none are configured.</summary>
    public Instant FallbackAt { get; init; } = Instant.Never;

    /// <summary>When they begin to be probed for that; Never where probing is under way, or does not come before use.</summary>
    public Instant FallbackProbeAt { get; init; } = Instant.Never;

    /// <summary>The address is one that is probed before it is called for.</summary>
    public bool IsEarly(StaticAddressState state) => state.Origin == StaticOrigin.Fallback && !IsFallback;

    /// <summary>The link-local address.</summary>
    public LinkLocalState LinkLocal { get; init; } = new();

    /// <summary>The caps on what is sent.</summary>
    public TransmitBudget Budget { get; init; } = new() { SendsDhcp = false };

    /// <summary>The addresses that are to be on the interface now.</summary>
    public ImmutableArray<StaticAddress> Permitted =>
        [.. Addresses.Where(state => state.IsPermitted).Select(state => state.Address)];

    /// <summary>When <see cref="StaticInput.DeadlineReached"/> is due.</summary>
    public Instant NextDeadline
    {
        get
        {
            if (!IsRunning) return Instant.Never;
            Instant next = Instant.Min(Instant.Min(FallbackAt, FallbackProbeAt), LinkLocal.NextAt);
            foreach (StaticAddressState state in Addresses) next = Instant.Min(next, state.NextAt(IsUsable));
            return next;
        }
    }

    /// <summary>The next machine; what is to be done is appended to <paramref name="effects"/>.</summary>
    public StaticMachine Step(
        StaticInput input, StaticSurroundings surroundings, Instant now, EntropySource entropy, List<StaticEffect> effects) =>
        new StaticTurn(this, surroundings, now, entropy, effects).Take(input);
}
