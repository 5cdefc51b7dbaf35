namespace BondDhcp.Dhcp.Client6;

internal sealed partial class Dhcp6Turn
{
    /// <summary>
    /// What servers are asked for, or which of them are listened to, is another: what nobody has answered, or what was
    /// answered and ignored, is asked anew and not at the end of a back-off, within the limits. A wait after a refusal or a
    /// conflict protects the network and goes on.
    /// </summary>
    private void SearchAnew()
    {
        bool ignored = Client.Ignored is { } answer && answer.Xid == Client.State.ExchangeInState?.Xid;
        Client = Client with { Ignored = null };
        if (!Client.IsReady) return;
        switch (Client.State)
        {
            case Dhcp6State.Soliciting { Solicitation.Exchange.IsUnderWay: true }: SolicitAnew(); break;
            case Dhcp6State.Requesting when ignored && Client.Lease is null: Solicit(); break;
            case Dhcp6State.InformationRequesting { Exchange.IsUnderWay: true }: RequestInformation(); break;
            case Dhcp6State.Renewing when ignored: Renew(); break;
            case Dhcp6State.Rebinding when ignored: Rebind(); break;
        }
    }

    // What is asked for beside the search goes on: it is not the search.
    private void SolicitAnew()
    {
        Dhcp6Exchange? beside = Client.InformationBeside;
        Solicit();
        Client = Client with { InformationBeside = beside };
    }
}
