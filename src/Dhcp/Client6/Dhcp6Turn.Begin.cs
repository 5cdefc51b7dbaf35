using BondDhcp.Dhcp.Client;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Client6;

internal sealed partial class Dhcp6Turn
{
    private void Start(Dhcp6Input.Start start)
    {
        Client = Client with
        {
            Memory = start.Memory,
            LinkUsable = start.Usable,
            LinkUnusableWhy = start.Usable ? "" : start.Why,
            LinkUnusableSince = now,
            LinkLocal = start.LinkLocal,
            LastLinkLocal = start.LinkLocal,
            Router = start.Router,
        };
        Dhcp6Lease? newest = start.Memory.Leases.IsEmpty ? null : start.Memory.Leases[0];
        if (start.Present && newest is not null)
        {
            Dhcp6Lease left = Fitting(newest).Without(now);
            bool isHeld = IsOurs(newest) && !newest.ExpiryUnknown && !left.IsEmpty && (start.Usable || !Settings.Anonymous);
            if (isHeld)
            {
                // It never left: it stays while a server is asked.
                Client = Client with { Lease = left };
                ConfigureAgain(left, newest);
                GoOnUnwatched();
                return;
            }
            effects.Add(new Dhcp6Effect.Deconfigure(newest, LeaseEnd.Expired));
        }
        if (Settings.Anonymous) KeepOwn();
        Begin(gateway: null);
    }

    private bool IsOurs(Dhcp6Lease lease) => lease.ClientIdentifier.Equals(Client.ClientIdentifier) && lease.Iaid == Client.Iaid;

    /// <summary>A lease of another configuration, without what is not asked for any more.</summary>
    private Dhcp6Lease Fitting(Dhcp6Lease lease) => lease with
    {
        Addresses = Settings.Mode == Dhcp6Mode.Stateless ? [] : lease.Addresses,
        Prefixes = Settings.PrefixLengthHint is null ? [] : lease.Prefixes,
    };

    /// <summary>The first attempt on a network: its stored lease, else SOLICIT; INFORMATION-REQUEST where no leases are wanted.</summary>
    /// <param name="gateway">The hardware address of the network's gateway, where known.</param>
    private void Begin(MacAddress? gateway)
    {
        if (!Client.IsReady)
        {
            Wait(Client.NotReadyWhy);
        }
        else if (Client.WantsLeases)
        {
            Dhcp6Lease? stored = Settings.Anonymous ? null : Client.Memory.Leases.FirstOrDefault(lease =>
                IsOurs(lease) && (lease.ExpiresAt > now || lease.ExpiryUnknown) && !Fitting(lease).IsEmpty
                && (gateway is null || lease.GatewayMac == gateway));
            if (stored is null) Solicit();
            else VerifyStored(Fitting(stored));
        }
        else
        {
            BeginWithoutLeases();
        }
    }

    /// <summary>The attempt after a lease ended, or where none of those stored is this network's.</summary>
    private void Discover()
    {
        if (Client.IsReady && Client.WantsLeases) Solicit();
        else if (Client.IsReady) BeginWithoutLeases();
        else Wait(Client.NotReadyWhy);
    }

    private void BeginWithoutLeases()
    {
        if (Client.WantsInformation)
        {
            RequestInformation();
            return;
        }
        if (Client.Router is not null)
        {
            Wait("the router advertises no DHCPv6");
            return;
        }
        Wait("no router has advertised itself yet");
        Client = Client with { RouterSearch = new RouterSearch(0, now + Dhcp6Timing.Delay(entropy)) };
    }

    /// <summary>Three router solicitations, then whatever comes by itself (RFC 4861 section 6.3.7).</summary>
    private void AdvanceRouterSearch()
    {
        if (Client.RouterSearch is not { } search || search.NextAt > now) return;
        if (Client.State is not Dhcp6State.Waiting || search.Sent == Dhcp6Timing.MaxRouterSolicitations)
        {
            Client = Client with { RouterSearch = null };
            if (Client.State is Dhcp6State.Waiting { Until.IsNever: true }) Wait("no router advertises itself");
            return;
        }
        int free = NeighbourPacketsFree();
        if (free == 0)
        {
            Client = Client with { RouterSearch = search with { NextAt = NeighbourPacketAllowedAt } };
            return;
        }
        SolicitRouters(free);
        Client = Client with { RouterSearch = new RouterSearch(search.Sent + 1, now + Dhcp6Timing.RouterSolicitationInterval) };
    }

    private void RouterAdvertised(RouterFlags flags)
    {
        if (Client.Router == flags) return;
        Client = Client with { Router = flags, RouterSearch = null };
        if (Settings.Mode != Dhcp6Mode.Auto || !Client.IsReady) return;
        TellOfUnmanaged(flags);
        switch (Client.State)
        {
            case Dhcp6State.Bound when Client is { WantsAddresses: true, Lease.Addresses.IsEmpty: true }:
                // Its RENEW has an IA_NA without leases (RFC 9915 section 18.2.4). A flag that flaps is followed as prefixes are.
                PrefixesChanged();
                break;
            // What is in force stays: an advertisement can be anybody's, and a router may change its mind.
            case var _ when Client.Lease is not null:
            case Dhcp6State.Stopped or Dhcp6State.Releasing or Dhcp6State.Declining or Dhcp6State.Waiting { Until.IsNever: false }:
                break;
            case Dhcp6State.InformationRequesting or Dhcp6State.InformationBound when !Client.WantsLeases:
            case Dhcp6State.Soliciting or Dhcp6State.Requesting or Dhcp6State.Confirming or Dhcp6State.VerifyRebinding when Client.WantsLeases:
                break;
            default:
                Begin(gateway: null);
                break;
        }
    }

    private void TellOfUnmanaged(RouterFlags flags)
    {
        if (flags.Managed || Client.UnmanagedTold || Client.Lease is null or { Addresses.IsEmpty: true }) return;
        Client = Client with { UnmanagedTold = true };
        Warn("routers no longer say that addresses come by DHCPv6; the lease in force is kept, and renewed as long as a server extends it");
    }
}
