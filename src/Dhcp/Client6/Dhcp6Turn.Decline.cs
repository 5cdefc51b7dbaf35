using System.Collections.Immutable;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Client6;

internal sealed partial class Dhcp6Turn
{
    /// <summary>Another host has the address: it goes, its server is told, all else stays (RFC 9915 section 18.2.8).</summary>
    private void AddressDuplicate(Ipv6Address address)
    {
        if (Client.Lease is not { } lease || !lease.Holds(address)) return;
        Tell("conflict", ("address", address));
        // Nobody is told of a lease that may be another network's.
        bool mayBeNamed = !Client.IsUnconfirmed;
        Dhcp6Lease left = lease.Without(address);
        if (left.Addresses.IsEmpty)
        {
            Client = Client with { Conflicts = Client.Conflicts + 1 };
            // Whoever waits for a lease waits for an address; prefixes beside it are no answer to that.
            Refuse($"{address} is in use by another host");
        }
        Instant nextAt = now + DhcpTiming.DelayAfterConflicts(Client.Conflicts);
        if (left.IsEmpty)
        {
            Lose(LeaseEnd.Conflict);
            Enter(new Dhcp6State.Declining(nextAt));
        }
        else
        {
            // Prefixes alone: an address is asked for with the next RENEW, which need not be hours away.
            if (left.Addresses.IsEmpty)
                left = left with { PrefixTimes = left.PrefixTimes with { RenewAt = Instant.Min(left.PrefixTimes.RenewAt, nextAt) } };
            Replace(left);
        }
        if (mayBeNamed) SendDecline(address, lease.ServerIdentifier);
    }

    private void SendDecline(Ipv6Address address, Duid server)
    {
        // One exchange for all that is still unanswered; another server's is given up.
        ImmutableArray<Ipv6Address> addresses = Client.Decline is { } under && under.Exchange.Server!.Equals(server)
            ? under.Addresses.Remove(address).Add(address)
            : [address];
        if (addresses.Length > Dhcp6Lease.MaxLeasesPerIa) addresses = addresses.RemoveAt(0);
        Client = Client with { Decline = new Dhcp6Decline(NewExchange(Dhcp6MessageType.Decline, Dhcp6Timing.GiveBack, server), addresses) };
        AdvanceDecline();
    }

    private void AdvanceDecline()
    {
        if (Client.Decline is not { } decline || decline.Exchange.NextAt > now || !Client.IsReady) return;
        Dhcp6Decline? next = decline.Exchange.IsOver(now)
            ? null
            : decline with { Exchange = Transmit(decline.Exchange, new Dhcp6Wanted(decline.Addresses, default)) };
        Client = Client with { Decline = next };
    }

    /// <summary>Somebody else removed an address: it is put back, seldom and not for ever.</summary>
    private void AddressRemoved(Ipv6Address address)
    {
        // Without a link-local address the kernel has flushed the interface; all is put back with the next one.
        if (Client.Lease is not { } lease || !lease.Holds(address) || Client.LinkLocal is null) return;
        if (!Client.RestoreAt.IsNever) return;
        Instant? next = Client.Restores.NextAt(now);
        Client = Client with { Restores = Client.Restores.Noted(now), RestoreAt = next ?? Instant.Never };
        if (next is not null) return;
        Warn("an address was removed by another program again and again; it is not put back any more");
        Lose(LeaseEnd.Lost);
        Wait("another program removes the addresses");
    }

    private void AdvanceRestore()
    {
        if (Client.RestoreAt > now) return;
        Client = Client with { RestoreAt = Instant.Never };
        if (Client.Lease is not { } lease) return;
        Warn("an address was removed by another program; it is put back");
        ConfigureAgain(lease, lease);
    }
}
