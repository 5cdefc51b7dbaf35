using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Wire;

namespace BondDhcp.Dhcp.Client6;

internal sealed partial class Dhcp6Turn
{
    /// <summary>The link may be another one: are the leases in force right for it (RFC 9915 section 18.2.12)?</summary>
    private void Verify()
    {
        if (Client.IsUnconfirmed) VerifyAnonymously();
        else Verify(Client.Lease!, stored: false);
    }

    /// <summary>
    /// A lease that stayed on the interface while nobody watched the link is in force again, and asked about; what has no link
    /// yet is asked about when it has one.
    /// </summary>
    private void GoOnUnwatched()
    {
        Client = Client with { IsUnconfirmed = Settings.Anonymous };
        ReturnToLease();
        if (Settings.Anonymous) KeepOwn();
        if (Client.IsReady) Verify();
    }

    /// <summary>The same of a lease that is not configured.</summary>
    private void VerifyStored(Dhcp6Lease lease) => Verify(lease, stored: true);

    private void Verify(Dhcp6Lease lease, bool stored)
    {
        // CONFIRM knows addresses only, and brings no lifetimes: where those have run out or cannot be told, REBIND is asked.
        bool rebind = !lease.Prefixes.IsEmpty || lease.ExpiryUnknown || lease.RebindAt <= now;
        Dhcp6MessageType type = rebind ? Dhcp6MessageType.Rebind : Dhcp6MessageType.Confirm;
        var verification = new Dhcp6Verification(
            NewExchange(type, Dhcp6Timing.Confirm, delay: Dhcp6Timing.Delay(entropy)), stored ? lease : null, NotOnLink: false);
        EnterVerification(verification);
        AdvanceVerification();
    }

    private void EnterVerification(Dhcp6Verification verification) => Enter(verification.Exchange.Type switch
    {
        Dhcp6MessageType.Rebind => new Dhcp6State.VerifyRebinding(verification),
        Dhcp6MessageType.Solicit when Client.State is Dhcp6State.Unconfirmed => new Dhcp6State.Unconfirmed(verification),
        _ => new Dhcp6State.Confirming(verification),
    });

    private void AdvanceVerification()
    {
        if (Client.State.VerificationInState is not { } verification || verification.Exchange.NextAt > now) return;
        if (verification.Exchange.IsOver(now))
        {
            VerificationEnded(verification);
            return;
        }
        // A path is announced before it is asked about, or the answer goes to the hardware address before.
        if (Client.Announcement is { Remaining: Dhcp6Announcement.Count } first && first.NextAt > now)
        {
            EnterVerification(verification with { Exchange = verification.Exchange with { SendAt = first.NextAt } });
            return;
        }
        Dhcp6Lease lease = LeaseOf(verification);
        if (!lease.ExpiryUnknown) lease = lease.Without(now);
        if (lease.IsEmpty)
        {
            Discover();
            return;
        }
        Dhcp6Wanted wanted = verification.Exchange.Type switch
        {
            Dhcp6MessageType.Confirm => Held(lease) with { Prefixes = default },
            Dhcp6MessageType.Solicit => AskedAnonymously(lease),
            _ => WantAgain(lease),
        };
        Dhcp6Exchange exchange = Client.State is Dhcp6State.Unconfirmed ? AtPaceOfSearch(verification.Exchange) : verification.Exchange;
        EnterVerification(verification with { Exchange = Transmit(exchange, wanted) });
    }

    private Dhcp6Lease LeaseOf(Dhcp6Verification verification) => verification.Stored ?? Client.Lease!;

    private Dhcp6DropReason ReceiveInVerification(Dhcp6Reply reply, Dhcp6Verification verification)
    {
        if (verification.Exchange.Type == Dhcp6MessageType.Solicit) return ReceiveAdvertise(reply, verification);
        bool notOnLink = reply.Status.Code == Dhcp6StatusCode.NotOnLink || Find(reply.IaNas, Client.Iaid) is { Status.Code: Dhcp6StatusCode.NotOnLink };
        if (notOnLink)
        {
            // Another server may know better: the exchange goes on to its end (RFC 9915 section 18.2.10.3).
            HearLimits(reply);
            if (!verification.NotOnLink) TellRefusal(reply);
            if (!verification.IsAnswered) EnterVerification(verification with { NotOnLink = true });
            return Dhcp6DropReason.None;
        }
        if (verification.Exchange.Type == Dhcp6MessageType.Rebind) return ReceiveExtension(reply, LeaseOf(verification));
        HearLimits(reply);
        if (IsAccepted(reply.Status)) Verified(verification);
        else TellRefusal(reply);
        return Dhcp6DropReason.None;
    }

    /// <summary>The leases are right for the link, or nobody said otherwise; their lifetimes are those known before.</summary>
    private void Verified(Dhcp6Verification verification)
    {
        if (verification.Stored is { } stored)
        {
            Dhcp6Lease lease = stored.Without(now);
            if (lease.IsEmpty)
            {
                Discover();
                return;
            }
            Adopt(lease with { GatewayMac = surroundings.Gateway ?? lease.GatewayMac });
        }
        DhcpCommand? held = Client.IsUnconfirmed ? Client.PendingCommand : null;
        Client = Client with { IsUnconfirmed = false };
        ReturnToLease();
        if (held is DhcpCommand.Renew or DhcpCommand.Rebind)
        {
            ObeyExtension(held.Value);
            return;
        }
        // A stored lease is told of when the kernel has found its addresses free.
        if (!Client.BoundUntold) Succeed();
    }

    /// <summary>10 s are over. RFC 9915 section 18.2.3: silence says nothing, and the leases go on.</summary>
    private void VerificationEnded(Dhcp6Verification verification)
    {
        if (verification.NotOnLink)
        {
            // They may be good elsewhere: the store keeps those that were not in force, and these.
            Lose(LeaseEnd.OtherNetwork);
            Discover();
            return;
        }
        if (verification.Stored is { } stored)
        {
            bool elsewhere = stored.GatewayMac is { } known && surroundings.Gateway is { } present && known != present;
            if (stored.ExpiryUnknown || elsewhere) Discover();
            else Verified(verification);
            return;
        }
        if (Client.IsUnconfirmed) GoOnAsking(verification);
        else ReturnToLease();
        if (!verification.IsAnswered) Refuse("no server answered");
    }
}
