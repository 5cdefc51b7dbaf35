namespace BondDhcp.Dhcp.Client;

internal sealed partial class Dhcp4Turn
{
    /// <summary>
    /// What servers are asked for, or which of them are listened to, is another: what nobody has answered, or what was
    /// answered and ignored, is asked anew and not at the end of a back-off, within the caps. It is another transaction,
    /// because in one the requests do not change (RFC 2131 section 3.5). A wait after a refusal or a conflict protects the
    /// network and goes on.
    /// </summary>
    private void SearchAnew()
    {
        bool ignored = Client.IsIgnoredNow;
        Client = Client with { Ignored = null };
        if (!Client.LinkUsable) return;
        switch (Client.State)
        {
            case Dhcp4State.Selecting { Acquisition: var search }: Discover(search.Wanted, search.SecsFrom); break;
            case Dhcp4State.Requesting { Acquisition: var search } when ignored: Discover(search.Wanted, search.SecsFrom); break;
            case Dhcp4State.Renewing when ignored: Renew(); break;
            case Dhcp4State.Rebinding when ignored: Rebind(); break;
        }
        if (Client.Beside is { Phase: AcquisitionPhase.Discovering, Exchange.IsUnderWay: true } beside)
            Client = Client with { Beside = NewAcquisition(beside.Wanted, beside.SecsFrom) with { MayReplace = beside.MayReplace } };
    }
}
