using System.Collections.Immutable;
using BondDhcp.Bond.Addressing;

namespace BondDhcp.Host.Statics;

/// <summary>How static configuration of an interface stands.</summary>
internal enum StaticState
{
    /// <summary>Everything is there as it was written down.</summary>
    Running,
    /// <summary>Something is still to come: the interface, a carrier, the end of probing.</summary>
    Waiting,
    /// <summary>Not started, or stopped.</summary>
    Stopped,
    /// <summary>Something cannot be had: in use by another host, refused by the kernel, removed by another program.</summary>
    Failed,
}

/// <summary>An address of static configuration that is on the interface.</summary>
/// <param name="Address">The address.</param>
/// <param name="Origin"><c>static</c>, <c>fallback</c> or <c>link-local</c>.</param>
internal sealed record StaticAddressView(StaticAddress Address, string Origin);

/// <summary>What <c>status</c> shows of it.</summary>
/// <param name="State">How it stands.</param>
/// <param name="Why">Why it is not <see cref="StaticState.Running"/>, and what is worth a word where it is; null for nothing.</param>
/// <param name="Addresses">Those on the interface that are ours.</param>
internal sealed record StaticSnapshot(StaticState State, string? Why, ImmutableArray<StaticAddressView> Addresses);
