using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Client;

internal sealed partial class Dhcp4Turn
{
    /// <summary>A reply to one of our exchanges: V12 and V15 to V19 by state.</summary>
    public Dhcp4DropReason Receive(Dhcp4Reply reply)
    {
        if (!IsServerAllowed(reply.ServerIdentifier)) return Dhcp4DropReason.ServerNotAllowed;
        if (Client.Beside is { } beside && beside.Exchange.Xid == reply.Xid) return ReceiveInAcquisition(reply, beside, true);
        return Client.State switch
        {
            { AcquisitionInState: { } acquisition } => ReceiveInAcquisition(reply, acquisition, beside: false),
            { VerificationInState: { } verification } => ReceiveInVerification(reply, verification),
            { ExtensionInState: { } extension } => ReceiveInExtension(reply, extension),
            _ => Dhcp4DropReason.NoExchange,
        };
    }

    private bool IsServerAllowed(Ipv4Address server) =>
        (Settings.RequireServers.IsEmpty || Settings.RequireServers.Contains(server)) && !Settings.RejectServers.Contains(server);

    private bool HasRequiredOptions(Dhcp4Reply reply)
    {
        foreach (byte code in Settings.RequireOptions)
            if (!reply.Options.Any(option => option.Code == code)) return false;
        return true;
    }

    private Dhcp4DropReason ReceiveInAcquisition(Dhcp4Reply reply, Dhcp4Acquisition acquisition, bool beside)
    {
        if (reply.Type == Dhcp4MessageType.Offer) return ReceiveOffer(reply, acquisition, beside);
        switch (acquisition.Phase)
        {
            case AcquisitionPhase.Discovering when reply.Type == Dhcp4MessageType.Ack && Settings.RapidCommit:
                if (!reply.RapidCommit) return Dhcp4DropReason.RapidCommit;
                if (!HasRequiredOptions(reply)) return Dhcp4DropReason.MissingOption;
                if (beside && !IsAcceptableBeside(reply, acquisition)) return Dhcp4DropReason.OtherAddress;
                Grant(reply, acquisition, beside);
                return Dhcp4DropReason.None;
            case AcquisitionPhase.Discovering:
                return reply.Type == Dhcp4MessageType.Ack ? Dhcp4DropReason.RapidCommit : Dhcp4DropReason.UnexpectedMessage;
            case AcquisitionPhase.Requesting when reply.ServerIdentifier != acquisition.Offer!.ServerIdentifier:
                return Dhcp4DropReason.OtherServer;
            case AcquisitionPhase.Requesting when reply.Type == Dhcp4MessageType.Nak:
                RefusedWhileRequesting(reply, acquisition, beside);
                return Dhcp4DropReason.None;
            case AcquisitionPhase.Requesting when reply.Yiaddr != acquisition.Offer.Yiaddr:
                return Dhcp4DropReason.OtherAddress;
            case AcquisitionPhase.Requesting:
                Grant(reply, acquisition, beside);
                return Dhcp4DropReason.None;
            default:
                return Dhcp4DropReason.UnexpectedMessage;
        }
    }

    private void RefusedWhileRequesting(Dhcp4Reply nak, Dhcp4Acquisition acquisition, bool beside)
    {
        TellRefusal(nak);
        if (!beside)
        {
            BackOff();
            return;
        }
        // The lease it ran beside is untouched; the next attempt comes with the back-off of a first retransmission.
        Dhcp4Acquisition next = NewAcquisition(Client.Lease?.Address, acquisition.SecsFrom) with
        {
            SendAt = now + Dhcp4Timing.Backoff(1, entropy),
            MayReplace = acquisition.MayReplace,
        };
        Client = Client with { Beside = next };
    }

    private void TellRefusal(Dhcp4Reply nak) =>
        Tell("refused", ("server", nak.ServerIdentifier), ("chaddr", nak.Chaddr), ("text", nak.Message));

    /// <summary>NAK_BACKOFF: at once after the first refusal, later after the others.</summary>
    private void BackOff()
    {
        Client = Client with { Refusals = Client.Refusals + 1 };
        Refuse("the server refused");
        TimeSpan wait = DhcpTiming.DelayAfterRefusals(Client.Refusals);
        if (wait == TimeSpan.Zero && Client.LinkUsable)
        {
            Discover(wanted: null);
            return;
        }
        Enter(new Dhcp4State.NakBackoff(now + wait));
    }
}
