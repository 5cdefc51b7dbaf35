using BondDhcp.Dhcp.Arp;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Client;

internal sealed partial class Dhcp4Turn
{
    /// <summary>INIT-REBOOT: a stored lease whose address is not configured is confirmed before use (RFC 2131 section 4.3.2).</summary>
    private void Reboot(Dhcp4Lease stored)
    {
        Dhcp4Verification verification = NewVerification(stored);
        if (Settings.ConflictDetection == ConflictDetection.Fast)
            verification = verification with { Probe = AddressProbe.Begin(stored.Address, strict: false, now, entropy) };
        Enter(new Dhcp4State.Rebooting(stored, verification));
        // The answer of another lease's gateway says nothing about this one.
        Client = Client with { GatewayProbe = null };
        // RFC 4436 section 2: beside the request, which stays broadcast.
        if (!stored.ExpiryUnknown && AskGateway(stored)) SetGateway(GatewayAnswer.Pending);
        AdvanceVerification();
    }

    /// <summary>The path to the server changed under a lease in force: the address stays, and the server is asked.</summary>
    private void Verify(PathClass network)
    {
        Dhcp4Lease lease = Client.Lease!;
        Client = Client with { Beside = null, HeldNak = null };
        if (Client.GatewayProbe is { Known: null }) Client = Client with { GatewayProbe = null };
        Enter(new Dhcp4State.Verifying(NewVerification(lease)));
        if (network == PathClass.Same)
        {
            SetVerification(Client.State.VerificationInState! with { Gateway = GatewayAnswer.Answered, GatewayPresumed = true });
            Announce();
        }
        else if (AskGateway())
        {
            // Not before it is known that this is the network the address belongs to.
            Client = Client with { AnnounceAfterGateway = true };
            SetGateway(GatewayAnswer.Pending);
        }
        else
        {
            Announce();
        }
        AdvanceVerification();
    }

    /// <summary>A renewal was refused in one form: the other one is tried before the lease is given up.</summary>
    private void VerifyOtherForm(Dhcp4Lease lease, bool refusedIsCurrent)
    {
        var current = new VerificationForm(null, Dhcp4Exchange.New(entropy), 0, now, refusedIsCurrent);
        var leases = new VerificationForm(lease.Chaddr, Dhcp4Exchange.New(entropy), 0, now, !refusedIsCurrent);
        Enter(new Dhcp4State.Verifying(new Dhcp4Verification
        {
            StartedAt = now,
            First = refusedIsCurrent ? current : leases,
            Second = refusedIsCurrent ? leases : current,
            SendAt = now,
            RefusedAt = now,
            GiveUpAt = now + Dhcp4Timing.VerificationBudget,
        }));
        if (AskGateway()) SetGateway(GatewayAnswer.Pending);
        AdvanceVerification();
    }

    private Dhcp4Verification NewVerification(Dhcp4Lease lease)
    {
        var current = new VerificationForm(null, Dhcp4Exchange.New(entropy), 0, now, Refused: false);
        VerificationForm? leases = null;
        bool present = surroundings.HostMacs.Contains(lease.Chaddr);
        if (lease.Chaddr != Mac && Settings.Chaddr != ChaddrPolicy.Current && !surroundings.AuthenticatedByEap
            && (present || !lease.DepartedChaddrTried))
            leases = new VerificationForm(lease.Chaddr, Dhcp4Exchange.New(entropy), 0, now, Refused: false);

        bool leasesFirst = leases is not null && present && (lease.KeyedByChaddr || Settings.Chaddr == ChaddrPolicy.Lease);
        double jitter = entropy.NextJitter() * Dhcp4Timing.VerificationBudgetJitter.TotalSeconds;
        return new Dhcp4Verification
        {
            StartedAt = now,
            First = leasesFirst ? leases! : current,
            Second = leasesFirst ? current : leases,
            SecondLimit = present || leases is null ? Dhcp4Timing.VerificationRepeats : 1,
            Spacing = lease.ExpiresAt - now < Dhcp4Timing.VerificationBudget && !lease.ExpiryUnknown
                ? Dhcp4Timing.VerificationSpacingShort
                : Dhcp4Timing.VerificationSpacing,
            SendAt = now,
            GiveUpAt = now + Dhcp4Timing.VerificationBudget + TimeSpan.FromSeconds(jitter),
        };
    }

    private void SetVerification(Dhcp4Verification verification) => Client = Client with
    {
        State = Client.State is Dhcp4State.Rebooting rebooting
            ? rebooting with { Verification = verification }
            : new Dhcp4State.Verifying(verification),
    };

    private void SetGateway(GatewayAnswer answer)
    {
        if (Client.State.VerificationInState is { } verification) SetVerification(verification with { Gateway = answer });
    }

    private void AdvanceVerification()
    {
        if (Client.State.VerificationInState is not { } verification) return;
        if (verification.Probe is { Offender: null } probe && probe.ProbeAt <= now)
        {
            verification = verification with { Probe = AdvanceProbe(probe) };
            SetVerification(verification);
        }
        if (verification.EndsAt <= now)
        {
            if (verification.RefusedAt + Dhcp4Timing.RefusalHold <= now) LeaseRefused();
            else NobodyAnswered(verification);
        }
        else if (verification.SendAt <= now) SendVerification(verification);
    }

    private void SendVerification(Dhcp4Verification verification)
    {
        if (NextForm(verification) is not { } form)
        {
            SetVerification(verification with { SendAt = Instant.Never });
            return;
        }
        if (!MaySend(out Instant at))
        {
            SetVerification(Delayed(verification, form, at));
            return;
        }
        Dhcp4Lease lease = VerifiedLease;
        var message = new Dhcp4Transmission
        {
            Type = Dhcp4MessageType.Request,
            RequestKind = Dhcp4RequestKind.InitReboot,
            Xid = form.Exchange.Xid,
            Secs = Dhcp4Timing.Secs(verification.StartedAt, now),
            // The answer to a path that may change again, and to a server that knows us by another hardware address.
            Broadcast = Client.State is Dhcp4State.Verifying || lease.Chaddr != Mac || TakeBroadcast(otherwise: false),
            Chaddr = form.Chaddr,
            RequestedAddress = lease.Address,
        };
        if (form.Chaddr is not null && IsDeparted(lease)) NoteDepartedTried(lease);
        form = form with
        {
            SentAt = form.Exchange.IsUnderWay ? form.SentAt : now,
            Exchange = Send(message, form.Exchange),
            Sent = form.Sent + 1,
        };
        verification = verification.With(form);
        SetVerification(verification with { SendAt = now + GapAfter(verification) });
    }

    /// <summary>
    /// The cap delays a transmission. Silence says something only about a form that was sent: for the first transmission
    /// of one the time to answer is delayed with it.
    /// </summary>
    private Dhcp4Verification Delayed(Dhcp4Verification verification, VerificationForm form, Instant at)
    {
        verification = verification with { SendAt = at };
        if (form.Sent > 0) return verification;
        return verification with
        {
            GiveUpAt = verification.GiveUpAt + (at - now),
            RefusedAt = verification.RefusedAt is { } refused ? refused + (at - now) : null,
        };
    }

    /// <summary>The first form twice, then the second; after a refusal only the one that is not refused.</summary>
    private static VerificationForm? NextForm(Dhcp4Verification verification)
    {
        VerificationForm first = verification.First;
        if (!first.Refused && first.Sent < Dhcp4Timing.VerificationRepeats) return first;
        VerificationForm? second = verification.Second;
        return second is { Refused: false } && second.Sent < verification.SecondLimit ? second : null;
    }

    private TimeSpan GapAfter(Dhcp4Verification verification) =>
        verification.RefusedAt is not null ? Dhcp4Timing.RefusalRepeat
        // A stored lease in its only form is asked for as any request is (RFC 2131 section 4.1). An address in use is
        // asked for again before a gateway's answer ends the wait.
        : Client.State is Dhcp4State.Rebooting && verification.Second is null && verification.Spacing == Dhcp4Timing.VerificationSpacing
            ? Dhcp4Timing.Backoff(1, entropy)
        : verification.Spacing;

    private Dhcp4Lease VerifiedLease => Client.State is Dhcp4State.Rebooting rebooting ? rebooting.Stored : Client.Lease!;

    private void NoteDepartedTried(Dhcp4Lease lease)
    {
        lease = lease with { DepartedChaddrTried = true };
        Client = Client.State is Dhcp4State.Rebooting rebooting
            ? Client with { State = rebooting with { Stored = lease } }
            : Client with { Lease = lease };
    }

    private Dhcp4DropReason ReceiveInVerification(Dhcp4Reply reply, Dhcp4Verification verification)
    {
        if (reply.Type == Dhcp4MessageType.Offer) return Dhcp4DropReason.UnexpectedMessage;
        VerificationForm form = verification.FormOf(reply.Xid)!;
        if (reply.Type == Dhcp4MessageType.Ack && reply.Yiaddr == VerifiedLease.Address)
        {
            Acknowledged(reply, form, verification);
            return Dhcp4DropReason.None;
        }
        // A DHCPNAK, or an ACK of another address, which is one. A stranger's is believed only if the gateway is silent.
        bool known = VerifiedLease is var lease && (lease.ServerIdentifier == reply.ServerIdentifier || lease.KnownServers.Contains(reply.ServerIdentifier));
        if (!known && verification.Gateway is (GatewayAnswer.Answered or GatewayAnswer.Pending))
        {
            if (verification.Gateway == GatewayAnswer.Pending) SetVerification(verification with { HeldNak = reply });
            Warn($"server {reply.ServerIdentifier}, unknown here, refused the address");
            return Dhcp4DropReason.StrangerNak;
        }
        RefuseForm(reply, form, verification);
        return Dhcp4DropReason.None;
    }

    private void RefuseForm(Dhcp4Reply nak, VerificationForm form, Dhcp4Verification verification)
    {
        if (form.Refused) return;
        TellRefusal(nak);
        verification = verification.With(form with { Refused = true });
        if (verification.AllRefused)
        {
            if (verification.Gateway != GatewayAnswer.Answered && LeaseOfOtherNetwork(nak.ServerIdentifier) is { } other) ChangeNetwork(other);
            else LeaseRefused();
            return;
        }
        // The other form at once and again half a second later; what is silent two seconds after this is lost.
        verification = verification with
        {
            First = verification.First with { Sent = 0 },
            // Where the second form may be sent but once it may have been.
            Second = verification.SecondLimit > 1 ? verification.Second! with { Sent = 0 } : verification.Second,
            RefusedAt = now,
            SendAt = now,
        };
        SetVerification(verification);
        SendVerification(verification);
    }

    /// <summary>
    /// Where the known gateway does not answer, a server that refuses may be that of another network, alike in subnet and
    /// address, from which a lease is stored.
    /// </summary>
    private Dhcp4Lease? LeaseOfOtherNetwork(Ipv4Address server) =>
        Client is { State: Dhcp4State.Verifying, Lease.GatewayMac: { } known }
            ? Client.Memory.Leases.FirstOrDefault(stored =>
                IsOurs(stored) && stored.ExpiresAt > now && stored.ServerIdentifier == server && stored.GatewayMac is { } mac && mac != known)
            : null;

    /// <summary>The refused lease stays good in its own network; here the other one is asked for (RFC 2131 section 4.3.2).</summary>
    private void ChangeNetwork(Dhcp4Lease other)
    {
        LeaveNetwork(heard: null);
        Reboot(other);
    }

    private void LeaseRefused()
    {
        if (Client.State is Dhcp4State.Rebooting rebooting)
        {
            Client = Client with { GatewayProbe = null };
            Forget(rebooting.Stored, hint: null);
        }
        else
        {
            Lose(LeaseEnd.Refused);
        }
        BackOff();
    }

    private void GatewayDecided(Dhcp4Verification verification, GatewayAnswer answer)
    {
        Instant giveUpAt = verification.GiveUpAt;
        bool oneFormReboot = Client.State is Dhcp4State.Rebooting && verification.Second is null;
        if (answer == GatewayAnswer.Answered && !oneFormReboot)
            giveUpAt = Instant.Min(giveUpAt, Instant.Max(now, verification.StartedAt + Dhcp4Timing.VerificationBudgetWithGateway));
        verification = verification with
        {
            Gateway = answer,
            GiveUpAt = giveUpAt,
            // The network is the one the address belongs to: it need not be probed for (RFC 4436 section 2).
            Probe = answer == GatewayAnswer.Answered ? null : verification.Probe,
        };
        SetVerification(verification);
        if (verification.HeldAck is { } ack)
            Acknowledged(ack, verification.FormOf(ack.Xid)!, verification with { HeldAck = null });
        else if (verification.HeldNak is { } nak && answer == GatewayAnswer.Silent)
            RefuseForm(nak, verification.FormOf(nak.Xid)!, verification with { HeldNak = null });
    }

    /// <summary>Nobody answered in time: the address is neither confirmed nor refused.</summary>
    private void NobodyAnswered(Dhcp4Verification verification)
    {
        bool gatewayAnswered = verification.Gateway == GatewayAnswer.Answered;
        if (Client.State is Dhcp4State.Rebooting { Stored: var stored })
        {
            // RFC 2131 section 3.2 (5) lets a client use the rest of its lease; only where the network is known to be the same.
            if (gatewayAnswered && !stored.ExpiryUnknown)
            {
                if (PutInForce(stored, null, "leaseBound")) Announce();
                return;
            }
            Client = Client with { GatewayProbe = null };
            Discover(stored.Address, verification.StartedAt);
            return;
        }
        ReturnToLease();
        Refuse("no server answered");
        if (gatewayAnswered) return;
        Client = Client with { Beside = NewAcquisition(Client.Lease!.Address, now) };
        AdvanceBeside();
    }
}
