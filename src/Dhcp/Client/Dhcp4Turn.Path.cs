using BondDhcp.Dhcp.Arp;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Client;

internal sealed partial class Dhcp4Turn
{
    private void Start(Dhcp4Input.Start start)
    {
        Client = Client with
        {
            Memory = start.Memory,
            LinkUsable = start.Usable,
            LinkUnusableWhy = start.Usable ? "" : start.Why,
            LinkUnusableSince = now,
        };
        Dhcp4Lease? newest = start.Memory.Leases.IsEmpty ? null : start.Memory.Leases[0];
        if (start.AddressPresent && newest is not null && IsOurs(newest) && !newest.ExpiryUnknown && newest.ExpiresAt > now
            && (start.Usable || !Settings.Anonymous))
        {
            // The address never left: it stays while its server is asked.
            Client = Client with { Lease = newest };
            effects.Add(new Dhcp4Effect.Configure(newest, newest));
            if (Settings.Anonymous)
            {
                GoOnAnonymously();
                return;
            }
            ReturnToLease();
            if (start.Usable) Verify(PathClass.Unknown);
            return;
        }
        if (start.AddressPresent && newest is not null) effects.Add(new Dhcp4Effect.Deconfigure(newest, LeaseEnd.Expired));
        if (Settings.Anonymous) KeepOwn();
        Begin(gateway: null);
    }

    private bool IsOurs(Dhcp4Lease lease) => lease.ClientIdentifier.SequenceEqual(Client.ClientIdentifier);

    /// <summary>The first attempt on a network: its stored lease, else DHCPDISCOVER.</summary>
    /// <param name="gateway">The hardware address of the network's gateway, where known.</param>
    private void Begin(MacAddress? gateway) => Begin(gateway, Client.Memory.LastAddress);

    private void Begin(MacAddress? gateway, Ipv4Address? otherwise)
    {
        if (!Client.LinkUsable)
        {
            Enter(new Dhcp4State.Waiting(Client.LinkUnusableWhy));
            return;
        }
        // RFC 7844 section 3.3: no INIT-REBOOT, where nobody knows whether the network is the same.
        Dhcp4Lease? stored = Settings.Anonymous ? null : Client.Memory.Leases.FirstOrDefault(lease =>
            IsOurs(lease) && (lease.ExpiresAt > now || lease.ExpiryUnknown) && (gateway is null || lease.GatewayMac == gateway));
        if (stored is not null) Reboot(stored);
        else Discover(otherwise);
    }

    private void LinkBecameUsable(PathClass network, MacAddress? gateway)
    {
        if (Client.LinkUsable) return;
        bool brief = now - Client.LinkUnusableSince <= DhcpTiming.ShortOutage;
        Client = Client with { LinkUsable = true, LinkUnusableWhy = "" };
        if (Client.State is Dhcp4State.Stopped) return;
        // After a longer outage the cable may have been put elsewhere, whatever was known before.
        if (!brief && network == PathClass.Same) network = PathClass.Unknown;
        PathChanged(new PendingPathChange(network, gateway, "carrier"));
    }

    private void LinkBecameUnusable(string why, bool interfaceGone)
    {
        if (interfaceGone && Client.Lease is not null)
        {
            Client = Client with { LinkUsable = false, LinkUnusableWhy = why, LinkUnusableSince = now };
            // The store keeps it: what comes back under this name confirms it before use.
            Lose(LeaseEnd.InterfaceGone);
            if (Client.State is not (Dhcp4State.Stopped or Dhcp4State.Releasing)) Enter(new Dhcp4State.Waiting(why));
            return;
        }
        if (!Client.LinkUsable)
        {
            Client = Client with { LinkUnusableWhy = why };
            if (Client.State is Dhcp4State.Waiting) Enter(new Dhcp4State.Waiting(why));
            return;
        }
        EndWhatRunsBeside();
        Client = Client with
        {
            LinkUsable = false,
            LinkUnusableWhy = why,
            LinkUnusableSince = now,
            Damping = Client.Damping with { Pending = null },
        };
        switch (Client.State)
        {
            case Dhcp4State.Stopped or Dhcp4State.Releasing or Dhcp4State.DeclineWait or Dhcp4State.NakBackoff or Dhcp4State.V6OnlyWait:
                break;
            case var _ when Client.Lease is not null && Settings.Anonymous:
                // What comes up next may be another network, under another hardware address too: by then the address is gone.
                Lose(LeaseEnd.Anonymity);
                Enter(new Dhcp4State.Waiting(why));
                break;
            case var _ when Client.Lease is not null:
                ReturnToLease();
                break;
            default:
                Enter(new Dhcp4State.Waiting(why));
                break;
        }
    }

    /// <summary>The path changed. The first change is acted on at once, a flapping path at intervals; the last state always.</summary>
    private void PathChanged(PendingPathChange change)
    {
        // Another hardware address is another identity there, which began when the address was first read.
        if (Settings.Anonymous && change.Why == PendingPathChange.HardwareAddress) return;
        Client = Client with { Damping = Client.Damping.Changed(now), HeardGateway = null };
        if (Client.State is Dhcp4State.Stopped or Dhcp4State.Releasing || !Client.LinkUsable) return;
        EndWhatNamesTheNetwork(change.Network);
        // An address of another network must not send another frame, flapping or not.
        if (!LeavesAnonymously(change.Network) && Client.Lease is not null && change.Network == PathClass.Different) LeaveNetwork(change.Gateway);
        else if (Client.Damping.Holds(now))
        {
            Client = Client with { Damping = Client.Damping.Held(change, now) };
            if (Client.State is Dhcp4State.Waiting) Enter(new Dhcp4State.Waiting("the path changed too often; the next attempt comes in seconds"));
            AnnounceNewPath(change.Network);
            return;
        }
        ActOnPath(change);
    }

    /// <summary>While verification is held back, the announcements are not (at most one set a second).</summary>
    private void AnnounceNewPath(PathClass network)
    {
        if (Client.Lease is null || Client.IsUnconfirmed) return;
        if (network != PathClass.Same && AskGateway()) Client = Client with { AnnounceAfterGateway = true };
        else Announce();
    }

    private void LeaveNetwork(MacAddress? heard)
    {
        Ipv4Address? gateway = Client.Lease?.Gateway;
        Lose(LeaseEnd.OtherNetwork);
        Client = Client with
        {
            LeftNetwork = true,
            HeardGateway = heard is { } mac && gateway is { } address ? new HeardGateway(address, mac) : null,
        };
        Enter(new Dhcp4State.Waiting("another network"));
    }

    private void ActOnPath(PendingPathChange change)
    {
        Client = Client with { Damping = Client.Damping.Acted(now, Client.Lease is not null) };
        switch (Client.State)
        {
            case Dhcp4State.Selecting or Dhcp4State.Requesting when change.Network == PathClass.Different:
                // The network's own lease, if there is one; nothing of the other network is asked for here.
                Enter(new Dhcp4State.Waiting("another network"));
                if (change.Gateway is { } mac) Begin(mac, otherwise: null);
                else Discover(wanted: null);
                break;
            case Dhcp4State.Selecting { Acquisition: var a }:
                Discover(a.Wanted, a.SecsFrom);
                break;
            case Dhcp4State.Requesting { Acquisition: var a }:
                // The same request under another hardware address is refused by servers that know clients by chaddr.
                Discover(a.Offer!.Yiaddr, a.SecsFrom);
                break;
            case Dhcp4State.Waiting or Dhcp4State.Rebooting or Dhcp4State.Probing when change is { Network: PathClass.Different, Gateway: null }:
                // Certainly another network, but not known which: none of the stored leases is its own.
                Discover(wanted: null);
                break;
            case Dhcp4State.Waiting or Dhcp4State.Rebooting or Dhcp4State.Probing when change.Network == PathClass.Different:
                Begin(change.Gateway, otherwise: null);
                break;
            case Dhcp4State.Rebooting:
                Begin(change.Gateway);
                break;
            case Dhcp4State.Probing { Acquisition: { Probe: { } probe } a }:
                Settle(Advance(a with { Probe = AddressProbe.Begin(probe.Address, probe.Strict, now, entropy) }, beside: false), beside: false);
                break;
            case Dhcp4State.DeclineWait or Dhcp4State.NakBackoff:
                break; // The wait protects the network, not us.
            case Dhcp4State.V6OnlyWait:
                // RFC 8925 section 3.2: a network attachment ends the wait.
                Discover(wanted: null);
                break;
            case Dhcp4State.Waiting:
                Begin(change.Gateway);
                break;
            default:
                if (Client.Lease is null || LeavesAnonymously(change.Network)) Begin(change.Gateway);
                else if (Client.IsUnconfirmed) Replace(Client.Lease);
                else Verify(change.Network);
                break;
        }
    }

    /// <summary>Awake after suspend: what ended meanwhile goes first, before any packet.</summary>
    private void Resume()
    {
        if (Client.Lease is not { } lease)
        {
            if (Client.LinkUsable && Client.State is (Dhcp4State.Selecting or Dhcp4State.Requesting or Dhcp4State.Rebooting or Dhcp4State.Probing))
                PathChanged(new PendingPathChange(PathClass.Unknown, null, "resume"));
            return;
        }
        if (lease.ExpiresAt <= now)
        {
            Expire();
            return;
        }
        if (Settings.Anonymous && Client.LinkUsable)
        {
            // Carried elsewhere in its sleep, it is to tell nobody of the address.
            PathChanged(new PendingPathChange(PathClass.Unknown, null, "resume"));
            return;
        }
        // The kernel counts lifetimes without the time asleep.
        effects.Add(new Dhcp4Effect.Configure(lease, lease));
        if (!Client.LinkUsable) return;
        Client = Client with { Beside = null, HeldNak = null };
        if (lease.RebindAt <= now) Rebind();
        else if (lease.RenewAt <= now) Renew();
        else PathChanged(new PendingPathChange(PathClass.Unknown, null, "resume"));
    }
}
