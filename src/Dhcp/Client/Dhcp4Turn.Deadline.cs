namespace BondDhcp.Dhcp.Client;

internal sealed partial class Dhcp4Turn
{
    /// <summary>Does one round of what is due, the end of the lease before all else.</summary>
    public void RunDue()
    {
        if (Client.Lease is { } lease && lease.ExpiresAt <= now && Client.State is not (Dhcp4State.Stopped or Dhcp4State.Releasing))
        {
            Expire();
            return;
        }
        if (Client.Damping is { Pending: { } change } damping && damping.PendingAt <= now)
        {
            ActOnPath(change);
            return;
        }
        AdvanceRestore();
        AdvanceWait();
        if (!Client.LinkUsable) return;
        AdvanceGatewayProbe();
        AdvanceConcurrentProbe();
        AdvanceAnnouncement();
        AdvanceLeaseTimes();
        AdvanceMain();
        AdvanceVerification();
        AdvanceExtension();
        AdvanceBeside();
    }

    private void AdvanceWait()
    {
        switch (Client.State)
        {
            case Dhcp4State.Releasing releasing when releasing.Until <= now:
                FinishRelease();
                break;
            case Dhcp4State.DeclineWait wait when wait.Until <= now:
            case Dhcp4State.V6OnlyWait v6 when v6.Until <= now:
                Discover(wanted: null);
                break;
            case Dhcp4State.NakBackoff nak when nak.Until <= now:
                Discover(wanted: null);
                break;
        }
    }

    private void AdvanceLeaseTimes()
    {
        if (Client.Lease is not { } lease || Client.IsUnconfirmed) return;
        // After a sleep both may have passed: the granting server is not asked any more.
        if (Client.State is Dhcp4State.Bound or Dhcp4State.Renewing && lease.RebindAt <= now) Rebind();
        else if (Client.State is Dhcp4State.Bound && lease.RenewAt <= now) Renew();
    }

    private void AdvanceConcurrentProbe()
    {
        if (Client.ConcurrentProbe is not { } probe) return;
        if (probe.ProbeAt <= now) probe = AdvanceProbe(probe);
        Client = Client with { ConcurrentProbe = probe };
        if (!probe.IsClean(now)) return;
        Client = Client with { ConcurrentProbe = null, Conflicts = 0 };
        Announce();
    }
}
