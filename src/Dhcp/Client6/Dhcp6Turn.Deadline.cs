namespace BondDhcp.Dhcp.Client6;

internal sealed partial class Dhcp6Turn
{
    /// <summary>Does one round of what is due, the end of leases before all else.</summary>
    public void RunDue()
    {
        if (Client.Lease is { } lease && lease.NextEndAt <= now && Client.State is not (Dhcp6State.Stopped or Dhcp6State.Releasing))
        {
            Expire();
            return;
        }
        AdvanceRestore();
        AdvanceWait();
        if (!Client.IsReady) return;
        AdvanceAnnouncement();
        if (Client.Damping is { Pending: { } change } damping && damping.PendingAt <= now)
        {
            ActOnPath(change);
            return;
        }
        AdvanceRouterSearch();
        AdvanceDecline();
        AdvancePrefixRelease();
        AdvancePrefixChange();
        AdvanceLeaseTimes();
        AdvanceExchange();
        AdvanceInformationBeside();
    }

    private void AdvanceWait()
    {
        switch (Client.State)
        {
            case Dhcp6State.Waiting waiting when waiting.Until <= now:
                Discover();
                break;
            case Dhcp6State.Declining declining when declining.Until <= now && (Client.Decline is null || !Client.IsReady):
                Client = Client with { Decline = null };
                Discover();
                break;
        }
    }

    private void AdvanceLeaseTimes()
    {
        if (Client.Lease is not { } lease || Client.State is not Dhcp6State.Bound) return;
        // After a sleep both may have passed: the granting server is not asked any more.
        if (lease.RebindAt <= now) Rebind();
        else if (lease.RenewAt <= now || Client.AsksAnew) Renew();
    }

    private void AdvanceExchange()
    {
        switch (Client.State)
        {
            case Dhcp6State.Soliciting soliciting: AdvanceSolicit(soliciting.Solicitation); break;
            case Dhcp6State.Requesting requesting: AdvanceRequest(requesting.Request); break;
            case Dhcp6State.Confirming or Dhcp6State.VerifyRebinding or Dhcp6State.Unconfirmed: AdvanceVerification(); break;
            case Dhcp6State.Renewing or Dhcp6State.Rebinding: AdvanceExtension(); break;
            case Dhcp6State.Releasing releasing: AdvanceRelease(releasing); break;
            case Dhcp6State.InformationRequesting requesting: AdvanceInformation(requesting.Exchange); break;
            case Dhcp6State.InformationBound when Client.Information is { } information && information.RefreshAt <= now: RequestInformation(); break;
        }
    }
}
