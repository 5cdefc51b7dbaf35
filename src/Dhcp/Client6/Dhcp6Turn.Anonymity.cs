using System.Collections.Immutable;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Client6;

/// <summary>
/// The anonymity profile (RFC 7844): identity, hardware address and leases change together, and nothing of one identity is in
/// a message under another. A network that may be another one is met with a SOLICIT.
/// </summary>
internal sealed partial class Dhcp6Turn
{
    /// <summary>
    /// Who the client is follows from the hardware address (RFC 7844 sections 4.3 and 4.5). What came by the one before is
    /// dropped without a word: giving it back from the new address would tell whose it was.
    /// </summary>
    public void NoteHardwareAddress()
    {
        if (!Settings.Anonymous || surroundings.Mac == MacAddress.Zero || surroundings.Mac == Client.IdentityMac) return;
        bool first = Client.IdentityMac == MacAddress.Zero;
        Client = Client with
        {
            IdentityMac = surroundings.Mac,
            OptionOrder = entropy.NextUInt32(),
            FormerLinkLocal = first ? null : Client.LastLinkLocal,
        };
        if (first) KeepOwn();
        else BeginAnotherIdentity();
    }

    private void BeginAnotherIdentity()
    {
        if (Client.State is Dhcp6State.Releasing releasing)
        {
            FinishRelease(releasing);
            return;
        }
        Lose(LeaseEnd.Anonymity);
        Client = Client with
        {
            Information = null,
            InformationBeside = null,
            Decline = null,
            PrefixRelease = null,
            Announcement = null,
            RouterSearch = null,
            Unacted = null,
            PrefixChangeAt = Instant.Never,
            HasSolicited = false,
            SolMaxRt = Dhcp6Timing.Solicit.MaxTimeout,
            InfMaxRt = Dhcp6Timing.InformationRequest.MaxTimeout,
        };
        KeepOwn();
        FollowLinkLocalOfBefore();
        // A wait after a refusal or a conflict protects the network, not us.
        if (Client.State is Dhcp6State.Stopped or Dhcp6State.Declining or Dhcp6State.Waiting { Until.IsNever: false }) return;
        if (!Client.IsReady)
        {
            Wait(Client.NotReadyWhy);
            return;
        }
        Wait("the hardware address is another one");
        Client = Client with
        {
            Damping = Client.Damping.Changed(now).Held(new PendingPathChange(PathClass.Unknown, null, PendingPathChange.HardwareAddress), now),
        };
    }

    /// <summary>
    /// Messages go from the link-local address, which is the kernel's; one that outlives a hardware address ties the two together.
    /// As every message tells it anyway, neighbours are told too: those that have the hardware address before would send answers
    /// there, until they notice after half a minute and more (RFC 4861 section 7.3).
    /// </summary>
    private void FollowLinkLocalOfBefore()
    {
        if (!Settings.Anonymous || Client.LinkLocal is not { } present || present != Client.FormerLinkLocal) return;
        Warn($"the link-local address {present} is the same as under the hardware address before, and tells that both are one host; set the interface down and up, with addr_gen_mode 0 or 3");
        Client = Client with { FormerLinkLocal = null };
        if (Client.State is Dhcp6State.Stopped or Dhcp6State.Releasing) return;
        // Of it alone, and no router is asked: what was known before is nobody's business.
        Client = Client with { Announcement = new Dhcp6Announcement(1, NextSetAt, OthersToo: false) };
    }

    /// <summary>Of what is remembered the rest is forgotten, in the store too.</summary>
    private void KeepOwn()
    {
        int own = Client.Lease is null ? 0 : 1;
        if (Client.Memory.Leases.Length > own) Remember(own == 0 ? Dhcp6Memory.Empty : new Dhcp6Memory([Client.Lease!]));
    }

    /// <summary>The network may be another one: nobody there hears of what is in force, nor of what is asked for (RFC 7844 section 4.2).</summary>
    private bool MayBeElsewhere(PathClass network) => network == PathClass.Different || (Settings.Anonymous && network == PathClass.Unknown);

    /// <summary>
    /// Are the leases in force right for the link, where the network may be another one? A SOLICIT that names nothing asks for
    /// that: what is in it follows from the hardware address, and was in the last one (RFC 7844 section 4.2: no CONFIRM, but
    /// directly the search for a server). An ADVERTISE of what is in force says that it is: to the same client a server gives the
    /// same. Its identity says nothing, because one server may serve many links. Nobody is sent a REQUEST, and no server has
    /// promised anything by an ADVERTISE.
    /// </summary>
    private void VerifyAnonymously()
    {
        Client = Client with { OptionOrder = entropy.NextUInt32() };
        Enter(new Dhcp6State.Confirming(new Dhcp6Verification(
            NewExchange(Dhcp6MessageType.Solicit, Dhcp6Timing.Confirm, delay: Dhcp6Timing.Delay(entropy)), Stored: null, NotOnLink: false)));
        AdvanceVerification();
    }

    /// <summary>
    /// Nobody answered. The lease goes on, as after a CONFIRM (RFC 9915 section 18.2.3), but a RENEW at T1 would name server and
    /// addresses to whoever is there by then: the question goes on, at the pace of a search (RFC 9915 section 18.2.1), until it is
    /// answered or the lease has ended.
    /// </summary>
    private void GoOnAsking(Dhcp6Verification verification) => Enter(new Dhcp6State.Unconfirmed(
        verification with { Exchange = AtPaceOfSearch(verification.Exchange) with { EndsAt = Instant.Never } }));

    private Dhcp6Exchange AtPaceOfSearch(Dhcp6Exchange exchange) =>
        exchange with { Schedule = Dhcp6Timing.Solicit with { MaxTimeout = Client.SolMaxRt } };

    /// <summary>A server that offers something else came late: whoever knows the lease has the time of a CONFIRM from here.</summary>
    private static Dhcp6Exchange AtPaceOfConfirm(Dhcp6Exchange exchange, Instant now) => exchange with
    {
        Schedule = Dhcp6Timing.Confirm,
        Timeout = Dhcp6Timing.Confirm.InitialTimeout,
        SendAt = Instant.Min(exchange.SendAt, now + Dhcp6Timing.Confirm.InitialTimeout),
        EndsAt = now + Dhcp6Timing.Confirm.MaxDuration,
    };

    /// <summary>RENEW and REBIND of a user wait for the answer to a question that names nothing.</summary>
    private void ObeyWhenConfirmed()
    {
        if (Client.State is Dhcp6State.Unconfirmed) VerifyAnonymously();
    }

    private Dhcp6Wanted AskedAnonymously(Dhcp6Lease lease) => new(
        lease.Addresses.IsEmpty ? default(ImmutableArray<Ipv6Address>) : [],
        lease.Prefixes.IsEmpty ? default(ImmutableArray<Ipv6Prefix>) : [Client.PrefixHint]);

    private Dhcp6DropReason ReceiveAdvertise(Dhcp6Reply reply, Dhcp6Verification verification)
    {
        if (reply.Type != Dhcp6MessageType.Advertise) return Dhcp6DropReason.RapidCommit;
        HearLimits(reply);
        Dhcp6Lease lease = Client.Lease!;
        bool isKnown = OfferedAddresses(reply).Any(lease.Holds)
            || OfferedPrefixes(reply).Any(offered => lease.Prefixes.Any(held => held.Prefix == offered));
        if (isKnown) Verified(verification);
        // A server that has nothing to give says nothing of what another gave (RFC 9915 section 18.2.9).
        else if (Completeness(reply) == 0) TellRefusal(reply);
        // Another server may know of it: the exchange goes on to its end.
        else if (Client.State is Dhcp6State.Unconfirmed)
            Enter(new Dhcp6State.Confirming(verification with { NotOnLink = true, Exchange = AtPaceOfConfirm(verification.Exchange, now) }));
        else EnterVerification(verification with { NotOnLink = true });
        return Dhcp6DropReason.None;
    }

    /// <summary>The link is gone, and what comes up next may be another network, under another hardware address too.</summary>
    private void LeaveLinkAnonymously(string why)
    {
        if (!Settings.Anonymous || Client.State is Dhcp6State.Stopped or Dhcp6State.Releasing) return;
        Lose(LeaseEnd.Anonymity);
        Client = Client with { Information = null, Decline = null, PrefixRelease = null };
        if (Client.State is not (Dhcp6State.Declining or Dhcp6State.Waiting { Until.IsNever: false })) Wait(why);
    }

    /// <summary>
    /// What is under way beside a lease, and would name the former network's server or addresses in this one: flapping or not, it
    /// is not repeated here.
    /// </summary>
    private void EndWhatNamesTheNetwork()
    {
        if (!Settings.Anonymous) return;
        Client = Client with { Decline = null, PrefixRelease = null };
        if (Client.State is Dhcp6State.Releasing releasing) FinishRelease(releasing);
        else if (Client is { Lease: null, State: Dhcp6State.Requesting or Dhcp6State.Soliciting { Solicitation.Advertises.IsEmpty: false } })
            Wait("perhaps another network");
    }

    private Dhcp6Anonymity? AnonymityNow => Settings.Anonymous ? new Dhcp6Anonymity(Client.ClientIdentifier, Client.OptionOrder) : null;
}
