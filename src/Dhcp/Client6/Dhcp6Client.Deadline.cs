using BondDhcp.Net;

namespace BondDhcp.Dhcp.Client6;

public sealed partial record Dhcp6Client
{
    /// <summary>The earliest instant at which <see cref="Dhcp6Input.DeadlineReached"/> is due; a function of the state alone.</summary>
    public Instant NextDeadline
    {
        get
        {
            Instant next = Instant.Min(StateDeadline, LeaseDeadline);
            next = Instant.Min(next, RestoreAt);
            if (!IsReady) return next;
            next = Instant.Min(next, Damping.PendingAt);
            if (Announcement is { } announcement) next = Instant.Min(next, announcement.NextAt);
            if (RouterSearch is { } search) next = Instant.Min(next, search.NextAt);
            if (Decline is { } decline) next = Instant.Min(next, decline.Exchange.NextAt);
            if (PrefixRelease is { } release) next = Instant.Min(next, release.Exchange.NextAt);
            if (InformationBeside is { } beside) next = Instant.Min(next, beside.NextAt);
            return Instant.Min(next, PrefixChangeAt);
        }
    }

    /// <summary>T1, T2 and the end of each lease, whichever the state has not acted on yet.</summary>
    private Instant LeaseDeadline => Lease is null
        ? Instant.Never
        : State switch
        {
            // Without a link the lease goes on; what is due then is done when it is back.
            Dhcp6State.Bound when IsReady && AsksAnew => Instant.Zero,
            Dhcp6State.Bound when IsReady => Instant.Min(Lease.RenewAt, Lease.NextEndAt),
            Dhcp6State.Stopped or Dhcp6State.Releasing => Instant.Never,
            _ => Lease.NextEndAt,
        };

    private Instant StateDeadline => State switch
    {
        Dhcp6State.Waiting waiting => waiting.Until,
        Dhcp6State.Declining declining when Decline is null || !IsReady => declining.Until,
        _ when !IsReady => Instant.Never,
        Dhcp6State.Soliciting { Solicitation: var solicitation } => solicitation.Advertises.IsEmpty
            ? solicitation.Exchange.NextAt
            : Instant.Min(solicitation.Exchange.NextAt, solicitation.CollectUntil),
        Dhcp6State.InformationBound => Information?.RefreshAt ?? Instant.Never,
        { ExchangeInState: { } exchange } => exchange.NextAt,
        _ => Instant.Never,
    };
}
