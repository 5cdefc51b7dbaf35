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
            Announcement = null,
            RouterSearch = null,
            Unacted = null,
            PrefixChangeAt = Instant.Never,
            HasSolicited = false,
            SolMaxRt = Dhcp6Timing.Solicit.MaxTimeout,
            InfMaxRt = Dhcp6Timing.InformationRequest.MaxTimeout,
        };
        KeepOwn();
        WarnOfLinkLocal();
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

    /// <summary>Messages go from the link-local address, which is the kernel's; one that outlives a hardware address ties the two together.</summary>
    private void WarnOfLinkLocal()
    {
        if (!Settings.Anonymous || Client.LinkLocal is not { } present || present != Client.FormerLinkLocal) return;
        Warn($"the link-local address {present} is the same as under the hardware address before, and tells that both are one host; set the interface down and up, with addr_gen_mode 0 or 3");
        Client = Client with { FormerLinkLocal = null };
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
    /// After a time in which nobody watched the link, a RENEW that is due names server and addresses to whoever is there, which is
    /// more than a CONFIRM does (RFC 7844 section 4.2).
    /// </summary>
    private bool IsRenewalTooTelling(Dhcp6Lease lease) => Settings.Anonymous && lease.RenewAt <= now;

    /// <summary>The link is gone, and what comes up next may be another network, under another hardware address too.</summary>
    private void LeaveLinkAnonymously(string why)
    {
        if (!Settings.Anonymous || Client.State is Dhcp6State.Stopped or Dhcp6State.Releasing) return;
        Lose(LeaseEnd.Anonymity);
        Client = Client with { Information = null, Decline = null };
        if (Client.State is not (Dhcp6State.Declining or Dhcp6State.Waiting { Until.IsNever: false })) Wait(why);
    }

    private Dhcp6Anonymity? AnonymityNow => Settings.Anonymous ? new Dhcp6Anonymity(Client.ClientIdentifier, Client.OptionOrder) : null;
}
