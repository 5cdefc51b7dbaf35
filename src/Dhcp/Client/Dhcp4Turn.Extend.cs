using BondDhcp.Dhcp.Arp;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Client;

internal sealed partial class Dhcp4Turn
{
    /// <summary>T1: ask the granting server (RFC 2131 section 4.4.5).</summary>
    private void Renew()
    {
        Dhcp4Lease lease = Client.Lease!;
        if (IsDeparted(lease) && Settings.Chaddr != ChaddrPolicy.Current)
        {
            // Another host may own that device by now. A lease under our own hardware address takes its place; the new
            // address is added before this one leaves.
            Enter(new Dhcp4State.Renewing(new Dhcp4Extension(default(Dhcp4Exchange) with { Chaddrs = [] }, now, 0, Instant.Never)));
            Replace(lease);
            return;
        }
        Enter(new Dhcp4State.Renewing(new Dhcp4Extension(Dhcp4Exchange.New(entropy), now, 0, now)));
        AdvanceExtension();
    }

    /// <summary>T2: ask any server.</summary>
    private void Rebind()
    {
        Dhcp4Lease lease = Client.Lease!;
        Enter(new Dhcp4State.Rebinding(new Dhcp4Extension(Dhcp4Exchange.New(entropy), now, 0, now)));
        AdvanceExtension();
        // T1 may have passed unnoticed, in a sleep.
        if (IsDeparted(lease) && Settings.Chaddr != ChaddrPolicy.Current && Client.Beside is not { MayReplace: true }) Replace(lease);
    }

    /// <summary>A lease of the present hardware address is asked for beside this one, whatever address comes with it.</summary>
    private void Replace(Dhcp4Lease lease)
    {
        Client = Client with { Beside = NewAcquisition(lease.Address, now) with { MayReplace = true } };
        AdvanceBeside();
    }

    private void AdvanceExtension()
    {
        if (Client.State.ExtensionInState is not { } extension || extension.SendAt > now) return;
        bool renewing = Client.State is Dhcp4State.Renewing;
        Dhcp4Lease lease = Client.Lease!;
        if (MaySend(out Instant at))
        {
            // What is granted counts from the first transmission, which may come long after the state was entered.
            if (extension.Sent == 0) extension = extension with { StartedAt = now };
            MacAddress? chaddr = ExtensionChaddr(lease, extension.Sent);
            var message = new Dhcp4Transmission
            {
                Type = Dhcp4MessageType.Request,
                RequestKind = renewing ? Dhcp4RequestKind.Renewing : Dhcp4RequestKind.Rebinding,
                Xid = extension.Exchange.Xid,
                Secs = Dhcp4Timing.Secs(extension.StartedAt, now),
                Broadcast = lease.RenewWithLeaseChaddr || Settings.Broadcast == BroadcastPolicy.Always,
                Ciaddr = lease.Address,
                Chaddr = chaddr,
                Source = lease.Address,
                Destination = renewing ? lease.ServerIdentifier : Ipv4Address.Broadcast,
            };
            extension = extension with
            {
                Exchange = Send(message, extension.Exchange),
                Sent = extension.Sent + 1,
                SendAt = NextExtensionAt(extension.Sent + 1, renewing ? lease.RebindAt : lease.ExpiresAt),
            };
        }
        else
        {
            extension = extension with { SendAt = at };
        }
        Enter(renewing ? new Dhcp4State.Renewing(extension) : new Dhcp4State.Rebinding(extension));
    }

    /// <summary>RFC 2131's half-gap schedule; somebody who waits for the answer gets the retransmissions of an acquisition.</summary>
    private Instant NextExtensionAt(int sent, Instant end)
    {
        Instant next = Dhcp4Timing.NextExtension(now, end);
        return Client.PendingCommand is null ? next : Instant.Min(next, now + Dhcp4Timing.Backoff(sent, entropy));
    }

    /// <summary>
    /// The chaddr of a renewal: the current one, unless the last ACK was to the lease's; then that one first, and the
    /// two in turn.
    /// </summary>
    private MacAddress? ExtensionChaddr(Dhcp4Lease lease, int sent) =>
        lease.RenewWithLeaseChaddr && MayPresent(lease) && sent % 2 == 0 ? lease.Chaddr : null;

    /// <summary>True when the lease's chaddr may be put into a message: its device is in this host and the path was not authorised by EAP.</summary>
    private bool MayPresent(Dhcp4Lease lease) =>
        Settings.Chaddr != ChaddrPolicy.Current && !surroundings.AuthenticatedByEap
        && (lease.Chaddr == Mac || surroundings.HostMacs.Contains(lease.Chaddr));

    private Dhcp4DropReason ReceiveInExtension(Dhcp4Reply reply, Dhcp4Extension extension)
    {
        switch (reply.Type)
        {
            case Dhcp4MessageType.Ack:
                Extended(reply, extension.StartedAt);
                return Dhcp4DropReason.None;
            case Dhcp4MessageType.Nak:
                if (!IsKnownServer(reply.ServerIdentifier) && DoubtRefusal(reply)) return Dhcp4DropReason.StrangerNak;
                ExtensionRefused(reply);
                return Dhcp4DropReason.None;
            default:
                return Dhcp4DropReason.UnexpectedMessage;
        }
    }

    private bool IsKnownServer(Ipv4Address server) =>
        Client.Lease is { } lease && (lease.ServerIdentifier == server || lease.KnownServers.Contains(server));

    /// <summary>
    /// A refusal of a server that never granted anything here counts only if the gateway is silent: asks it, and returns
    /// true when the refusal is held until then. False when there is nobody to ask.
    /// </summary>
    private bool DoubtRefusal(Dhcp4Reply nak)
    {
        if (Client.HeldNak is not null) return true;
        if (!AskGateway()) return false;
        Warn($"server {nak.ServerIdentifier}, unknown here, refused the address; the gateway is asked");
        Client = Client with { HeldNak = nak };
        return true;
    }

    /// <summary>An ACK to a renewal or rebinding: adopted whole.</summary>
    private void Extended(Dhcp4Reply ack, Instant startedAt)
    {
        Dhcp4Lease lease = Client.Lease!;
        Dhcp4Lease next = Updated(lease, ack, startedAt);
        if (next.Address == lease.Address)
        {
            PutInForce(next, lease, "leaseRenewed");
            return;
        }
        // Another address: checked, then added before the old one is removed.
        AddressProbe? probe = WindowAtAck(next.Address);
        var acquisition = new Dhcp4Acquisition
        {
            Phase = AcquisitionPhase.Probing,
            Exchange = default(Dhcp4Exchange) with { Chaddrs = [] },
            SecsFrom = now,
            SendAt = Instant.Never,
            Granted = next with { GatewayMac = null },
            Probe = probe,
        };
        if (probe is null) Adopt(acquisition.Granted, beside: false);
        else Settle(Advance(acquisition, beside: false), beside: false);
    }

    /// <summary>The lease after an ACK: facts and times from the ACK, what was learnt from before.</summary>
    private Dhcp4Lease Updated(Dhcp4Lease lease, Dhcp4Reply ack, Instant startedAt)
    {
        (Instant renewAt, Instant rebindAt, Instant expiresAt) = Dhcp4Timing.LeaseTimes(ack, startedAt, entropy);
        bool currentAcknowledged = ack.Chaddr == Mac;
        // What was learnt is the server's habit: forgotten with the server, and unlearnt when it takes another chaddr.
        bool keyed = lease.KeyedByChaddr && ack.ServerIdentifier == lease.ServerIdentifier
            && !(currentAcknowledged && ack.Chaddr != lease.Chaddr);
        return lease with
        {
            Ack = ack,
            Chaddr = ack.Chaddr,
            KeyedByChaddr = keyed,
            RenewWithLeaseChaddr = !currentAcknowledged,
            DepartedChaddrTried = !currentAcknowledged && lease.DepartedChaddrTried,
            ObtainedAt = startedAt,
            RenewAt = renewAt,
            RebindAt = rebindAt,
            ExpiresAt = expiresAt,
            ExpiryUnknown = false,
            KnownServers = Remember(lease.KnownServers, ack.ServerIdentifier),
            GatewayMac = ack.Gateway == lease.Gateway ? lease.GatewayMac : null,
        };
    }

    /// <summary>A refusal that counts: where the other form of the request has not been refused, it is tried first.</summary>
    private void ExtensionRefused(Dhcp4Reply nak)
    {
        TellRefusal(nak);
        Dhcp4Lease lease = Client.Lease!;
        bool currentRefused = nak.Chaddr == Mac;
        bool otherForm = lease.Chaddr != Mac && Settings.Chaddr != ChaddrPolicy.Current && (!currentRefused || MayPresent(lease));
        if (!otherForm)
        {
            Lose(LeaseEnd.Refused);
            BackOff();
            return;
        }
        VerifyOtherForm(lease, refusedIsCurrent: currentRefused);
    }
}
