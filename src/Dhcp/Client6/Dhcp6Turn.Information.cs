using BondDhcp.Dhcp.Wire;

namespace BondDhcp.Dhcp.Client6;

internal sealed partial class Dhcp6Turn
{
    /// <summary>Configuration without leases (RFC 9915 section 18.2.6); what was there before stays until the answer.</summary>
    private void RequestInformation() => Enter(new Dhcp6State.InformationRequesting(NewExchange(
        Dhcp6MessageType.InformationRequest, Dhcp6Timing.InformationRequest, delay: Dhcp6Timing.Delay(entropy))));

    private void AdvanceInformation(Dhcp6Exchange exchange)
    {
        if (exchange.SendAt > now) return;
        exchange = exchange with { Schedule = Dhcp6Timing.InformationRequest with { MaxTimeout = Client.InfMaxRt } };
        Enter(new Dhcp6State.InformationRequesting(Transmit(exchange, default)));
    }

    private Dhcp6DropReason ReceiveInformation(Dhcp6Reply reply)
    {
        HearLimits(reply);
        if (!IsAccepted(reply.Status))
        {
            TellRefusal(reply);
            return Dhcp6DropReason.None;
        }
        Client = Client with { Information = new Dhcp6Information(reply, Dhcp6Timing.RefreshAt(reply, now)) };
        Enter(Dhcp6State.InformationBound.Instance);
        foreach (string note in reply.Notes) Warn(note);
        Tell("information", ("server", reply.ServerIdentifier));
        Succeed();
        return Dhcp6DropReason.None;
    }
}
