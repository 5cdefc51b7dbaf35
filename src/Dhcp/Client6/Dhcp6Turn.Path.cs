using BondDhcp.Dhcp.Client;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Client6;

internal sealed partial class Dhcp6Turn
{
    private const string LinkLocalChanged = "linkLocal";

    private void LinkBecameUsable(PathClass network, MacAddress? gateway)
    {
        if (Client.LinkUsable) return;
        bool brief = now - Client.LinkUnusableSince <= DhcpTiming.ShortOutage;
        Client = Client with { LinkUsable = true, LinkUnusableWhy = "" };
        if (Client.State is Dhcp6State.Stopped) return;
        // After a longer outage the cable may have been put elsewhere, whatever was known before.
        if (!brief && network == PathClass.Same) network = PathClass.Unknown;
        PathChanged(new PendingPathChange(network, gateway, "carrier"));
    }

    private void LinkBecameUnusable(string why, bool interfaceGone)
    {
        if (!Client.LinkUsable && !interfaceGone)
        {
            Client = Client with { LinkUnusableWhy = why };
            if (Client.State is Dhcp6State.Waiting { Until.IsNever: true }) Wait(why);
            return;
        }
        if (Client.LinkUsable) Client = Client with { LinkUnusableSince = now };
        Client = Client with { LinkUsable = false, LinkUnusableWhy = why };
        // The store keeps it: what comes back under this name confirms it before use.
        if (interfaceGone)
        {
            Lose(LeaseEnd.InterfaceGone);
            Client = Client with { LinkLocal = null, LinkLocalWhy = why };
        }
        LeaveLinkAnonymously(why);
        FallSilent(why);
    }

    private void LinkLocalGone(string why)
    {
        bool had = Client.LinkLocal is not null;
        Client = Client with { LinkLocal = null, LinkLocalWhy = why };
        if (had) FallSilent(Client.NotReadyWhy);
        else if (Client is { LinkUsable: true, State: Dhcp6State.Waiting { Until.IsNever: true } }) Wait(why);
    }

    /// <summary>Nothing can be sent for now: what is in force stays, what was asked for is asked for anew.</summary>
    private void FallSilent(string why)
    {
        Client = Client with
        {
            Announcement = null,
            RouterSearch = null,
            Unacted = null,
            PrefixChangeAt = Instant.Never,
            Damping = Client.Damping with { Pending = null },
        };
        switch (Client.State)
        {
            case Dhcp6State.Releasing releasing:
                FinishRelease(releasing);
                break;
            case Dhcp6State.Stopped or Dhcp6State.Declining or Dhcp6State.InformationBound or Dhcp6State.Waiting { Until.IsNever: false }:
                break;
            case var _ when Client.Lease is not null:
                ReturnToLease();
                break;
            default:
                Wait(why);
                break;
        }
    }

    /// <summary>A link-local address is there: the first one, one that was away, or another one.</summary>
    private void LinkLocalReady(Ipv6Address address)
    {
        if (Client.LinkLocal == address) return;
        bool another = Client.LastLinkLocal is { } last && last != address;
        Client = Client with { LinkLocal = address, LastLinkLocal = address, LinkLocalWhy = "" };
        FollowLinkLocalOfBefore();
        if (Client.State is Dhcp6State.Stopped or Dhcp6State.Releasing) return;
        // Whatever took it away has taken the lease's addresses too: setting an interface down flushes them.
        if (Client.Lease is { } lease && !Settings.Anonymous) ConfigureAgain(lease, lease);
        if (!Client.LinkUsable) return;
        PendingPathChange change = Client.Unacted ?? new PendingPathChange(PathClass.Unknown, null, LinkLocalChanged);
        Client = Client with { Unacted = null };
        // Servers answer to the address that asked: an exchange from the former one ends (RFC 9915 section 15).
        if (another && Client.State is Dhcp6State.Requesting && Client.Lease is null) Discover();
        else PathChanged(change);
    }

    /// <summary>The path changed. The first change is acted on at once, a flapping path at intervals; the last state always.</summary>
    private void PathChanged(PendingPathChange change)
    {
        // Another hardware address is another identity there, which began when the address was first read.
        if (Settings.Anonymous && change.Why == PendingPathChange.HardwareAddress) return;
        Client = Client with { Damping = Client.Damping.Changed(now) };
        if (MayBeElsewhere(change.Network)) EndWhatNamesTheNetwork();
        if (Client.State is Dhcp6State.Stopped or Dhcp6State.Releasing || !Client.LinkUsable) return;
        // Addresses of another network must not send another frame, flapping or not; nor are its name servers asked.
        bool left = (Client.Lease is not null || Client.Information is not null) && MayBeElsewhere(change.Network);
        if (left) LeaveNetwork(change.Network);
        if (!Client.IsReady)
        {
            Client = Client with { Unacted = change };
            if (Client.State is Dhcp6State.Waiting { Until.IsNever: true }) Wait(Client.NotReadyWhy);
            return;
        }
        bool announces = !Settings.Anonymous || change.Network == PathClass.Same, holds = !left && Client.Damping.Holds(now);
        // Where nothing is in force and nothing was sent before, nobody has a hardware address of ours to forget: the first SOLICIT
        // need not wait for what is said to neighbours.
        bool asksFirst = !left && !holds && Client is { State: Dhcp6State.Waiting, LastAnnouncedAt: null, HasSolicited: false, Lease: null, Information: null };
        if (announces && !asksFirst) AnnounceNewPath(change.Network != PathClass.Different);
        if (holds)
        {
            Client = Client with { Damping = Client.Damping.Held(change, now) };
            if (Client.State is Dhcp6State.Waiting { Until.IsNever: true }) Wait("the path changed too often; the next attempt comes in seconds");
            return;
        }
        ActOnPath(change);
        if (announces && asksFirst) AnnounceNewPath(change.Network != PathClass.Different);
    }

    private void LeaveNetwork(PathClass network)
    {
        Lose(network == PathClass.Different ? LeaseEnd.OtherNetwork : LeaseEnd.Anonymity);
        Client = Client with { Information = null };
        // A wait after a refusal or a conflict goes on.
        if (Client.State is not (Dhcp6State.Declining or Dhcp6State.Waiting { Until.IsNever: false })) Wait("another network");
    }

    private void ActOnPath(PendingPathChange change)
    {
        Client = Client with { Damping = Client.Damping.Acted(now, Client.Lease is not null) };
        bool elsewhere = MayBeElsewhere(change.Network);
        // A change that waited, while a server granted what it was asked for before.
        if (Settings.Anonymous && elsewhere && Client.Lease is not null) LeaveNetwork(change.Network);
        switch (Client.State)
        {
            case Dhcp6State.Stopped or Dhcp6State.Releasing or Dhcp6State.Declining or Dhcp6State.Waiting { Until.IsNever: false }:
                break; // The wait protects the network, not us.
            case Dhcp6State.Requesting when !elsewhere:
                break; // No server is told a hardware address: the next retransmission goes by the new path.
            case var _ when Client.Lease is not null:
                Verify();
                break;
            case Dhcp6State.Soliciting when !elsewhere:
                Solicit();
                break;
            case var _ when elsewhere && change.Gateway is null:
                // Certainly another network, but not known which: none of the stored leases is its own.
                Discover();
                break;
            default:
                Begin(change.Gateway);
                break;
        }
        // The configuration in force beside a search may be another link's (RFC 9915 section 18.2.12).
        if (Client is { State: Dhcp6State.Soliciting, Information: not null, InformationBeside: null }) RequestInformationBeside();
    }

    /// <summary>Prefixes on the link came or went, without a movement (RFC 9915 section 18.2.12): asked about at most once in 30 s.</summary>
    private void PrefixesChanged()
    {
        if (!Client.IsReady || !MindsPrefixes) return;
        Instant at = Client.PrefixChangeActedAt is { } last ? Instant.Max(now, last + Dhcp6Timing.PrefixChangeInterval) : now;
        Client = Client with { PrefixChangeAt = at };
    }

    private void AdvancePrefixChange()
    {
        if (Client.PrefixChangeAt > now) return;
        Client = Client with { PrefixChangeAt = Instant.Never };
        if (!MindsPrefixes) return;
        Client = Client with { PrefixChangeActedAt = now };
        // The cable's other end may be in another network by now: as any change of the path (RFC 7844 section 4.2).
        if (Settings.Anonymous) PathChanged(new PendingPathChange(PathClass.Unknown, null, "prefixes"));
        else if (Client.Lease is null) RequestInformation();
        else if (Client.Lease.Prefixes.IsEmpty) Verify();
        else Renew();
    }

    // Any other state asks a server already; under the anonymity profile by what another network is not told.
    private bool MindsPrefixes => Client.State is Dhcp6State.Bound or Dhcp6State.InformationBound || (Settings.Anonymous && Client.Lease is not null);

    /// <summary>Awake after suspend: what ended meanwhile goes first, before any packet.</summary>
    private void Resume()
    {
        if (Client.Lease is { } held && held.NextEndAt <= now)
        {
            Expire();
            // All of it has ended, and the SOLICIT that follows is new already.
            if (Client.State is Dhcp6State.Soliciting) return;
        }
        if (Client.Lease is not { } lease)
        {
            if (Client.IsReady && Client.State is not Dhcp6State.Waiting) PathChanged(new PendingPathChange(PathClass.Unknown, null, "resume"));
            else EndWhatNamesTheNetwork();
            return;
        }
        // The kernel counts lifetimes without the time asleep.
        if (!Settings.Anonymous) ConfigureAgain(lease, lease);
        // The machine may have been carried elsewhere, however old the lease is (RFC 9915 section 18.2.12). What is due
        // follows the answer; past T2 the question is a REBIND, which is both.
        if (Client.IsReady || Settings.Anonymous) PathChanged(new PendingPathChange(PathClass.Unknown, null, "resume"));
    }
}
