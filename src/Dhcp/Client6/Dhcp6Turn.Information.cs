using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Wire;

namespace BondDhcp.Dhcp.Client6;

internal sealed partial class Dhcp6Turn
{
    /// <summary>Configuration without leases (RFC 9915 section 18.2.6); what was there before stays until the answer.</summary>
    private void RequestInformation() => Enter(new Dhcp6State.InformationRequesting(NewExchange(
        Dhcp6MessageType.InformationRequest, Dhcp6Timing.InformationRequest, delay: Dhcp6Timing.Delay(entropy))));

    /// <summary>
    /// The same beside a search that has found no leases: a network that delegates no prefix still has name servers. The
    /// search goes on.
    /// </summary>
    private void RequestInformationBeside() => Client = Client with
    {
        InformationBeside = NewExchange(Dhcp6MessageType.InformationRequest, Dhcp6Timing.InformationRequest, delay: Dhcp6Timing.Delay(entropy)),
    };

    private bool IsInformationMissing(Dhcp6Solicitation solicitation) =>
        solicitation.Exchange.Sent >= Dhcp6Timing.SolicitsBeforeInformation && solicitation.Advertises.IsEmpty
        && Client.InformationBeside is null && Client.WantsInformationBeside(solicitation.Refused)
        && (Client.Information is not { } information || information.RefreshAt <= now);

    private void AdvanceInformationBeside()
    {
        if (Client.InformationBeside is not { } exchange || exchange.NextAt > now) return;
        exchange = exchange with { Schedule = Dhcp6Timing.InformationRequest with { MaxTimeout = Client.InfMaxRt } };
        exchange = Transmit(exchange, default);
        Client = Client with { InformationBeside = exchange };
    }

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
        Client = Client with { Information = new Dhcp6Information(reply, Dhcp6Timing.RefreshAt(reply, now)) { ObtainedAt = now } };
        bool beside = Client.State is Dhcp6State.Soliciting;
        if (beside) Client = Client with { InformationBeside = null };
        else Enter(Dhcp6State.InformationBound.Instance);
        foreach (string note in reply.Notes) Warn(note);
        Tell("information", ("server", reply.ServerIdentifier));
        // Who waits for a lease goes on waiting.
        if (!beside || Client.PendingCommand is not DhcpCommand.Acquire) Succeed();
        return Dhcp6DropReason.None;
    }
}
