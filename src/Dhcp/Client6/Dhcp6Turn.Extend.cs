using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Client6;

internal sealed partial class Dhcp6Turn
{
    /// <summary>The earliest T1: ask the granting server, for all IAs together (RFC 9915 section 18.2.4). It ends with T2.</summary>
    private void Renew()
    {
        Dhcp6Lease lease = Client.Lease!;
        Enter(new Dhcp6State.Renewing(
            NewExchange(Dhcp6MessageType.Renew, Dhcp6Timing.Extend, lease.ServerIdentifier) with { EndsAt = lease.RebindAt }));
        AdvanceExtension();
    }

    /// <summary>The earliest T2: ask any server, until the last lease ends (RFC 9915 section 18.2.5).</summary>
    private void Rebind()
    {
        Enter(new Dhcp6State.Rebinding(NewExchange(Dhcp6MessageType.Rebind, Dhcp6Timing.Extend)));
        AdvanceExtension();
    }

    private void AdvanceExtension()
    {
        if (Client.State.ExchangeInState is not { } exchange || Client.Lease is not { } lease || exchange.NextAt > now) return;
        bool renewing = Client.State is Dhcp6State.Renewing;
        if (renewing && exchange.IsOver(now))
        {
            Rebind();
            return;
        }
        exchange = Transmit(exchange, WantAgain(lease));
        Enter(renewing ? new Dhcp6State.Renewing(exchange) : new Dhcp6State.Rebinding(exchange));
    }

    /// <summary>A REPLY to RENEW or REBIND, the verifying one too.</summary>
    /// <param name="reply">The answer.</param>
    /// <param name="lease">The lease in force, or the stored one that is asked about.</param>
    private Dhcp6DropReason ReceiveExtension(Dhcp6Reply reply, Dhcp6Lease lease)
    {
        HearLimits(reply);
        if (!IsAccepted(reply.Status))
        {
            // As if it had not come: the message is repeated at the next timeout (RFC 9915 section 18.2.10).
            TellRefusal(reply);
            return Dhcp6DropReason.None;
        }
        Dhcp6Exchange? exchange = Client.State.ExchangeInState;
        Dhcp6Merged merged = Dhcp6Merged.Of(
            lease.Without(now), reply, Client, surroundings.Gateway, now, exchange is { Type: Dhcp6MessageType.Rebind } ? exchange : null);
        // What a reload wants besides is asked for by a REQUEST where the server makes no bindings for a RENEW.
        if (merged.AnyUnbound || (merged.AnyUnknown && exchange is { AsksAnew: true } && Client.Lease is not null))
        {
            AskForBinding(reply, lease, merged);
            return Dhcp6DropReason.None;
        }
        if (!merged.AnyAnswered || (Client.Lease is null && !merged.AnyGranted && !merged.Lease.IsEmpty)) return Dhcp6DropReason.NoLeases;
        if (merged.Lease.IsEmpty)
        {
            TellRefusal(reply);
            if (Client.Lease is null) Forget(lease);
            Lose(LeaseEnd.Refused);
            BackOff();
            return Dhcp6DropReason.None;
        }
        Dhcp6State before = Client.State;
        // Of a lease that is in force this follows from what was configured before.
        if (Client.Lease is null && lease.Without(merged.Lease) is { IsEmpty: false } gone) Remember(new Dhcp6Memory(RememberedWithout(gone)));
        Adopt(merged.Lease);
        // RFC 9915 section 18.2.10.1: an IA that is not in it is asked for again at the next timeout, as if nothing had come. Where
        // any server is asked the one that has it may answer until then, also if this one refuses it.
        bool isOpen = merged.LeavesOut || (merged.Refuses && before is not Dhcp6State.Renewing);
        if (isOpen || (before is Dhcp6State.Renewing or Dhcp6State.Rebinding && merged.Lease.RenewAt <= now)) Enter(Unfinished(before, merged));
        return Dhcp6DropReason.None;
    }

    private static Dhcp6State Unfinished(Dhcp6State before, in Dhcp6Merged merged)
    {
        bool addresses = merged.AddressesAnswered, prefixes = merged.PrefixesAnswered;
        Instant rebindAt = merged.Lease.RebindAt;
        return before switch
        {
            Dhcp6State.Renewing renewing => new Dhcp6State.Renewing(Partly(renewing.Exchange) with { EndsAt = rebindAt }),
            Dhcp6State.Rebinding rebinding => new Dhcp6State.Rebinding(Partly(rebinding.Exchange)),
            // All of it is in force now, and a server has said that this is its link.
            Dhcp6State.VerifyRebinding { Verification: var verification } => new Dhcp6State.VerifyRebinding(
                verification with { Exchange = Partly(verification.Exchange), Stored = null, NotOnLink = false }),
            _ => before,
        };

        Dhcp6Exchange Partly(Dhcp6Exchange exchange) => exchange with
        {
            AddressesExtended = exchange.AddressesExtended || addresses,
            PrefixesExtended = exchange.PrefixesExtended || prefixes,
        };
    }

    /// <summary>
    /// The server does not know a binding: REQUEST to it with all IAs (RFC 9915 section 18.2.10.1). What is configured stays
    /// until it has answered, so that a server that lost its leases costs nobody an address.
    /// </summary>
    private void AskForBinding(Dhcp6Reply reply, Dhcp6Lease lease, in Dhcp6Merged merged)
    {
        TellRefusal(reply);
        if (Client.Lease is null)
        {
            // Not in force, and now known not to be: what the REQUEST brings is a new lease.
            Forget(lease);
            RequestOf(reply.ServerIdentifier, WantAgain(lease), []);
            return;
        }
        if (merged.AnyGranted)
        {
            PutInForce(merged.Lease);
            TellLease("leaseRenewed", merged.Lease);
        }
        RequestOf(reply.ServerIdentifier, WantAgain(merged.Lease), [], merged.AddressesUnbound, merged.PrefixesUnbound);
    }

    /// <summary>Obsolete since RFC 8415: a server's wish to be asked by multicast, which it always is.</summary>
    private static bool IsAccepted(Dhcp6Status status) => status.IsSuccess || status.Code == Dhcp6StatusCode.UseMulticast;

    /// <summary>Back to the state that the lease's times say.</summary>
    private void ReturnToLease()
    {
        Dhcp6Lease lease = Client.Lease!;
        if (Client.IsUnconfirmed)
            GoOnAsking(new Dhcp6Verification(
                NewExchange(Dhcp6MessageType.Solicit, Dhcp6Timing.Solicit, delay: Dhcp6Timing.Delay(entropy)), Stored: null, NotOnLink: false));
        else if (lease.RebindAt <= now) Enter(new Dhcp6State.Rebinding(NewExchange(Dhcp6MessageType.Rebind, Dhcp6Timing.Extend)));
        else if (lease.RenewAt <= now)
            Enter(new Dhcp6State.Renewing(
                NewExchange(Dhcp6MessageType.Renew, Dhcp6Timing.Extend, lease.ServerIdentifier) with { EndsAt = lease.RebindAt }));
        else Enter(Dhcp6State.Bound.Instance);
    }
}
