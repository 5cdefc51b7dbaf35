using System.Collections.Immutable;
using BondDhcp.Dhcp.Arp;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Client;

internal sealed partial class Dhcp4Turn
{
    /// <summary>INIT: a new acquisition, its DHCPDISCOVER at once.</summary>
    /// <param name="wanted">Option 50; null for none.</param>
    /// <param name="secsFrom">Where secs counts from, when this goes on from an earlier attempt.</param>
    private void Discover(Ipv4Address? wanted, Instant? secsFrom = null)
    {
        if (!Client.LinkUsable)
        {
            Enter(new Dhcp4State.Waiting(Client.LinkUnusableWhy));
            return;
        }
        Enter(new Dhcp4State.Selecting(NewAcquisition(wanted, secsFrom ?? now)));
        AdvanceMain();
    }

    private Dhcp4Acquisition NewAcquisition(Ipv4Address? wanted, Instant secsFrom)
    {
        if (Settings.Anonymous) Client = Client with { OptionOrder = entropy.NextUInt32() };
        return new Dhcp4Acquisition
        {
            Exchange = Dhcp4Exchange.New(entropy),
            SecsFrom = secsFrom,
            SendAt = now,
            // RFC 7844 section 3.3: not to regain an address.
            Wanted = Settings.Anonymous ? null : wanted,
        };
    }

    /// <summary>Does what is due of the acquisition that is the client's state.</summary>
    private void AdvanceMain()
    {
        if (Client.State.AcquisitionInState is { } acquisition) Settle(Advance(acquisition, beside: false), beside: false);
    }

    /// <summary>Does what is due of the acquisition beside a lease.</summary>
    private void AdvanceBeside()
    {
        if (Client.Beside is { } acquisition) Settle(Advance(acquisition, beside: true), beside: true);
    }

    /// <summary>Puts an acquisition back where it belongs. Null: it ended, and whoever ended it has set the state.</summary>
    private void Settle(Dhcp4Acquisition? acquisition, bool beside)
    {
        if (acquisition is null) return;
        if (beside)
        {
            Client = Client with { Beside = acquisition };
            return;
        }
        Enter(acquisition.Phase switch
        {
            AcquisitionPhase.Discovering => new Dhcp4State.Selecting(acquisition),
            AcquisitionPhase.Requesting => new Dhcp4State.Requesting(acquisition),
            _ => new Dhcp4State.Probing(acquisition),
        });
    }

    private Dhcp4Acquisition? Advance(Dhcp4Acquisition acquisition, bool beside)
    {
        if (acquisition.Probe is { } probe && probe.ProbeAt <= now && probe.Offender is null)
            acquisition = acquisition with { Probe = AdvanceProbe(probe) };
        switch (acquisition.Phase)
        {
            case AcquisitionPhase.Discovering when acquisition.OffersCloseAt <= now:
                return TakeBestOffer(acquisition, beside);
            case AcquisitionPhase.Discovering when acquisition.SendAt <= now:
                return SendDiscover(acquisition, beside);
            case AcquisitionPhase.Requesting when acquisition.SendAt <= now && acquisition.Sent < Dhcp4Acquisition.MaxRequests:
                return SendRequest(acquisition);
            case AcquisitionPhase.Requesting when acquisition.SendAt <= now:
                Warn($"no answer of server {acquisition.Offer!.ServerIdentifier} to {acquisition.Sent} requests");
                return StartOver(acquisition, acquisition.Offer.Yiaddr, beside);
            case AcquisitionPhase.Probing when acquisition.Probe?.IsClean(now) != false:
                Adopt(acquisition.Granted!, beside);
                return null;
            default:
                return acquisition;
        }
    }

    private Dhcp4Acquisition SendDiscover(Dhcp4Acquisition acquisition, bool beside)
    {
        if (!MaySend(out Instant at)) return acquisition with { SendAt = at };
        int number = acquisition.Sent + 1;
        // Some servers refuse 0, so only the very first message carries it.
        ushort secs = Dhcp4Timing.Secs(acquisition.SecsFrom, now);
        if (number > 1) secs = Math.Max((ushort)1, secs);
        // Every second one from the third on: an access point or filter may pass only one kind of delivery.
        bool broadcast = TakeBroadcast(otherwise: number >= 3 && number % 2 == 1);
        var message = new Dhcp4Transmission
        {
            Type = Dhcp4MessageType.Discover,
            Xid = acquisition.Exchange.Xid,
            Secs = secs,
            Broadcast = broadcast,
            RequestedAddress = acquisition.Wanted,
            RapidCommit = Settings.RapidCommit,
            AutoConfigure = Settings.AutoConfigure,
        };
        // Beside a lease, each attempt also asks the gateway: its answer ends the doubt.
        if (beside && !Settings.Anonymous) AskGateway();
        return acquisition with
        {
            Exchange = Send(message, acquisition.Exchange),
            Secs = secs,
            Broadcast = broadcast,
            Sent = number,
            SendAt = now + Dhcp4Timing.Backoff(number, entropy),
            // A rapid ACK may answer the first of all, which an asking user has had followed by another first.
            RequestedAt = acquisition.Exchange.IsUnderWay ? acquisition.RequestedAt : now,
        };
    }

    private Dhcp4Acquisition SendRequest(Dhcp4Acquisition acquisition)
    {
        if (!MaySend(out Instant at)) return acquisition with { SendAt = at };
        Dhcp4Reply offer = acquisition.Offer!;
        var message = new Dhcp4Transmission
        {
            Type = Dhcp4MessageType.Request,
            RequestKind = Dhcp4RequestKind.Selecting,
            Xid = acquisition.Exchange.Xid,
            Secs = acquisition.Secs,
            Broadcast = TakeBroadcast(otherwise: acquisition.Broadcast),
            RequestedAddress = offer.Yiaddr,
            ServerIdentifier = offer.ServerIdentifier,
        };
        int sent = acquisition.Sent + 1;
        return acquisition with
        {
            Exchange = Send(message, acquisition.Exchange),
            Sent = sent,
            RequestedAt = sent == 1 ? now : acquisition.RequestedAt,
            SendAt = now + Dhcp4Timing.Backoff(sent, entropy),
        };
    }

    /// <summary>The offer led to nothing: a new exchange.</summary>
    private Dhcp4Acquisition? StartOver(Dhcp4Acquisition acquisition, Ipv4Address? wanted, bool beside)
    {
        Dhcp4Acquisition next = NewAcquisition(wanted, acquisition.SecsFrom) with { MayReplace = acquisition.MayReplace };
        return Advance(next, beside);
    }

    private Dhcp4DropReason ReceiveOffer(Dhcp4Reply offer, Dhcp4Acquisition acquisition, bool beside)
    {
        if (acquisition.Phase != AcquisitionPhase.Discovering) return Dhcp4DropReason.UnexpectedMessage;
        if (Settings.AutoConfigure && !beside && offer is { Yiaddr.IsAny: true, AutoConfigure: { } answer })
        {
            // Of the address that another server may offer nothing is said: DHCP goes on as it was.
            Tell("autoConfigure", ("server", offer.ServerIdentifier), ("allowed", answer != 0));
            effects.Add(new Dhcp4Effect.AutoConfigure(answer != 0));
            if (offer.Ipv6OnlyWaitSeconds is null) return Dhcp4DropReason.None;
        }
        if (offer.Ipv6OnlyWaitSeconds is null || !Settings.Ipv6Only || beside)
        {
            // RFC 8925 section 3.2: what was not asked for is ignored, and a lease is used to its end. RFC 2563: an OFFER
            // without an address is no candidate.
            if (offer.Yiaddr.IsAny) return Dhcp4DropReason.NoAddress;
        }
        if (!offer.Yiaddr.IsAny && !HasRequiredOptions(offer)) return Dhcp4DropReason.MissingOption;
        if (acquisition.Offers.Length >= Dhcp4Acquisition.MaxOffers) return Dhcp4DropReason.TooManyOffers;
        if (beside && !IsAcceptableBeside(offer, acquisition)) return Dhcp4DropReason.OtherAddress;

        acquisition = acquisition with
        {
            Offers = acquisition.Offers.Add(offer),
            OffersCloseAt = acquisition.Offers.IsEmpty ? now + Settings.OfferWait : acquisition.OffersCloseAt,
        };
        Settle(acquisition.OffersCloseAt <= now ? TakeBestOffer(acquisition, beside) : acquisition, beside);
        return Dhcp4DropReason.None;
    }

    /// <summary>
    /// Beside a lease whose server is silent, another address is taken only when the lease will not be confirmed any
    /// more: past T2, or with a gateway that does not answer either.
    /// </summary>
    private bool IsAcceptableBeside(Dhcp4Reply offer, Dhcp4Acquisition acquisition) =>
        acquisition.MayReplace
        || Client.Lease is not { } lease
        || offer.Yiaddr == lease.Address
        || lease.RebindAt <= now
        || Client.GatewayWasSilent;

    private Dhcp4Acquisition? TakeBestOffer(Dhcp4Acquisition acquisition, bool beside)
    {
        Dhcp4Reply best = acquisition.Offers.OrderBy(RankOf).First();
        if (Settings.Ipv6Only && best.Ipv6OnlyWaitSeconds is { } seconds && !beside)
        {
            WaitForIpv6Only(seconds);
            return null;
        }
        Dhcp4Acquisition requesting = acquisition with
        {
            Phase = AcquisitionPhase.Requesting,
            Offer = best,
            Offers = ImmutableArray<Dhcp4Reply>.Empty,
            OffersCloseAt = Instant.Never,
            Sent = 0,
            SendAt = now,
            // The window begins with the offer, so that it overlaps the exchange.
            Probe = Settings.ConflictDetection == ConflictDetection.Fast && best.Yiaddr != Client.Lease?.Address
                ? AddressProbe.Begin(best.Yiaddr, strict: false, now, entropy)
                : null,
        };
        if (!beside) Enter(new Dhcp4State.Requesting(requesting));
        return Advance(SendRequest(requesting), beside);
    }

    /// <summary>Lower is better; ties go to the first to arrive.</summary>
    private int RankOf(Dhcp4Reply offer)
    {
        int rank = offer.Chaddr == Mac ? 0 : 4;
        Dhcp4Lease? last = Client.Memory.Leases.IsEmpty ? null : Client.Memory.Leases[0];
        if (last is not null && offer.Yiaddr == last.Address && offer.ServerIdentifier == last.ServerIdentifier) return rank;
        return rank + (offer.Yiaddr == Client.Memory.LastAddress ? 1 : 2);
    }

    private void WaitForIpv6Only(uint seconds)
    {
        // RFC 8925 section 3.4: MIN_V6ONLY_WAIT; all ones is for ever.
        Instant until = seconds == uint.MaxValue
            ? Instant.Never
            : now + TimeSpan.FromSeconds(Math.Max(seconds, Dhcp4Timing.MinV6OnlyWaitSeconds));
        Enter(new Dhcp4State.V6OnlyWait(until));
        Refuse("the network prefers IPv6 only");
    }
}
