using BondDhcp.Dhcp.Wire;

namespace BondDhcp.Dhcp.Client6;

internal sealed partial class Dhcp6Turn
{
    /// <summary>A message that answers one of our exchanges.</summary>
    public Dhcp6DropReason Receive(Dhcp6Reply reply, Dhcp6Exchange exchange)
    {
        if (!IsServerAllowed(reply)) return Dhcp6DropReason.ServerNotAllowed;
        if (exchange.Type == Dhcp6MessageType.Decline)
        {
            // Whatever its status says (RFC 9915 section 18.2.10.2).
            Client = Client with { Decline = null };
            return Dhcp6DropReason.None;
        }
        if (Client.PrefixRelease?.Exchange.Xid == exchange.Xid)
        {
            Client = Client with { PrefixRelease = null };
            return Dhcp6DropReason.None;
        }
        switch (Client.State)
        {
            case Dhcp6State.Soliciting when exchange.Type == Dhcp6MessageType.InformationRequest: return ReceiveInformation(reply);
            case Dhcp6State.Soliciting soliciting: return ReceiveInSolicit(reply, soliciting.Solicitation);
            case Dhcp6State.Requesting requesting: return ReceiveInRequest(reply, requesting.Request);
            case { VerificationInState: { } verification }: return ReceiveInVerification(reply, verification);
            case Dhcp6State.Renewing or Dhcp6State.Rebinding: return ReceiveExtension(reply, Client.Lease!);
            case Dhcp6State.InformationRequesting: return ReceiveInformation(reply);
            case Dhcp6State.Releasing releasing:
                FinishRelease(releasing);
                return Dhcp6DropReason.None;
            default:
                return Dhcp6DropReason.NoExchange;
        }
    }

    private bool IsServerAllowed(Dhcp6Reply reply) =>
        (Settings.RequireServers.IsEmpty || Settings.RequireServers.Contains(reply.ServerIdentifier))
        && !Settings.RejectServers.Contains(reply.ServerIdentifier);
}
