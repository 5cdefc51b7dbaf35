using System.Collections.Immutable;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Client;

/// <summary>
/// How a flapping path is followed: the first change at once, then at most once a second, and with more than
/// <see cref="QuietChanges"/> changes in a minute at growing intervals up to <see cref="MaxHold"/>. The last state is
/// always acted on.
/// </summary>
public sealed record PathDamping
{
    /// <summary>Changes in a minute that are still followed once a second.</summary>
    public const int QuietChanges = 5;

    /// <summary>The longest hold.</summary>
    public static readonly TimeSpan MaxHold = TimeSpan.FromSeconds(30);

    /// <summary>Between verifications of a lease in force.</summary>
    private static readonly TimeSpan LeastHold = TimeSpan.FromSeconds(1);

    /// <summary>Between new attempts without one: nothing is kept waiting for a reply that may still come.</summary>
    private static readonly TimeSpan LeastHoldWithoutLease = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan Window = TimeSpan.FromSeconds(60);

    private ImmutableArray<Instant> Changes { get; init; } = [];

    private Instant HeldUntil { get; init; }

    private TimeSpan Hold { get; init; }

    /// <summary>The change that waits for the hold to end; null when none does.</summary>
    public PendingPathChange? Pending { get; init; }

    private Instant PendingSince { get; init; }

    /// <summary>When the pending change is acted on; Never without one.</summary>
    public Instant PendingAt => Pending is null ? Instant.Never : HeldUntil;

    /// <summary>True when a change now must wait.</summary>
    public bool Holds(Instant now) => now < HeldUntil;

    /// <summary>A change happened.</summary>
    public PathDamping Changed(Instant now)
    {
        ImmutableArray<Instant> recent = Changes.RemoveAll(at => now - at >= Window);
        // Only "more than QuietChanges" matters, so no more than that are kept.
        return this with { Changes = (recent.Length > QuietChanges ? recent.RemoveAt(0) : recent).Add(now) };
    }

    /// <summary>A change must wait; it takes the place of one that waited already.</summary>
    public PathDamping Held(PendingPathChange change, Instant now) => this with { Pending = change, PendingSince = now };

    /// <summary>A server granted what was asked for at this instant: a change that waited then is verified by that.</summary>
    public PathDamping Granted(Instant requestedAt) => requestedAt >= PendingSince ? this with { Pending = null } : this;

    /// <summary>A change is acted on now.</summary>
    public PathDamping Acted(Instant now, bool leaseInForce)
    {
        bool flapping = Changes.Count(at => now - at < Window) > QuietChanges;
        TimeSpan hold = !flapping ? (leaseInForce ? LeastHold : LeastHoldWithoutLease) : Hold + Hold < MaxHold ? Hold + Hold : MaxHold;
        return this with { Hold = hold, HeldUntil = now + hold, Pending = null };
    }
}

/// <summary>A change of the path that has not been acted on.</summary>
/// <param name="Network">What is known of the network now reached.</param>
/// <param name="Gateway">Its gateway's hardware address, where that is known.</param>
/// <param name="Why">For the journal.</param>
public sealed record PendingPathChange(PathClass Network, MacAddress? Gateway, string Why)
{
    /// <summary><see cref="Why"/> where the hardware address is another.</summary>
    public const string HardwareAddress = "hardwareAddress";
}
