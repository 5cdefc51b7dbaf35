using BondDhcp.Net;

namespace BondDhcp.Dhcp.Client;

public sealed partial record Dhcp4Client
{
    /// <summary>The earliest instant at which <see cref="Dhcp4Input.DeadlineReached"/> is due; a function of the state alone.</summary>
    public Instant NextDeadline
    {
        get
        {
            Instant next = Instant.Min(StateDeadline, LeaseDeadline);
            next = Instant.Min(next, Damping.PendingAt);
            next = Instant.Min(next, RestoreAt);
            if (!LinkUsable) return next;
            if (Announcement is { } announcement) next = Instant.Min(next, announcement.NextAt);
            if (GatewayProbe is { } gateway) next = Instant.Min(next, gateway.NextAt);
            if (ConcurrentProbe is { } probe) next = Instant.Min(next, probe.NextAt);
            if (Beside is { } beside) next = Instant.Min(next, DeadlineOf(beside));
            return next;
        }
    }

    /// <summary>T1, T2 and the end, whichever the state has not acted on yet.</summary>
    private Instant LeaseDeadline => Lease is null
        ? Instant.Never
        : State switch
        {
            // A bound client without a link goes on to the next state when it is back.
            Dhcp4State.Bound when LinkUsable && !IsUnconfirmed => Instant.Min(Lease.RenewAt, Lease.ExpiresAt),
            Dhcp4State.Renewing when LinkUsable => Instant.Min(Lease.RebindAt, Lease.ExpiresAt),
            Dhcp4State.Stopped or Dhcp4State.Releasing => Instant.Never,
            _ => Lease.ExpiresAt,
        };

    private Instant StateDeadline => State switch
    {
        Dhcp4State.DeclineWait wait => wait.Until,
        Dhcp4State.NakBackoff wait => wait.Until,
        Dhcp4State.V6OnlyWait wait => wait.Until,
        Dhcp4State.Releasing releasing => releasing.Until,
        _ when !LinkUsable => Instant.Never,
        Dhcp4State.Selecting selecting => DeadlineOf(selecting.Acquisition),
        Dhcp4State.Requesting requesting => DeadlineOf(requesting.Acquisition),
        Dhcp4State.Probing probing => DeadlineOf(probing.Acquisition),
        Dhcp4State.Rebooting rebooting => DeadlineOf(rebooting.Verification),
        Dhcp4State.Verifying verifying => DeadlineOf(verifying.Verification),
        Dhcp4State.Renewing renewing => renewing.Extension.SendAt,
        Dhcp4State.Rebinding rebinding => rebinding.Extension.SendAt,
        _ => Instant.Never,
    };

    private static Instant DeadlineOf(Dhcp4Acquisition acquisition)
    {
        Instant probe = acquisition.Probe?.NextAt ?? Instant.Never;
        return acquisition.Phase switch
        {
            AcquisitionPhase.Discovering => Instant.Min(acquisition.SendAt, acquisition.OffersCloseAt),
            // While the request is out, a clean window waits for the ACK: only the probes themselves are due.
            AcquisitionPhase.Requesting => Instant.Min(acquisition.SendAt, acquisition.Probe is { Offender: null } open ? open.ProbeAt : Instant.Never),
            _ => probe,
        };
    }

    private static Instant DeadlineOf(Dhcp4Verification verification)
    {
        Instant next = Instant.Min(verification.SendAt, verification.EndsAt);
        return verification.Probe is { Offender: null } probe ? Instant.Min(next, probe.ProbeAt) : next;
    }
}
