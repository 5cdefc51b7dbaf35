using System.Collections.Immutable;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Client6;

/// <summary>What the rim is to do, in order.</summary>
public abstract record Dhcp6Effect
{
    private Dhcp6Effect()
    {
    }

    /// <summary>Send a DHCP message from the link-local address.</summary>
    public sealed record Transmit(Dhcp6Transmission Message) : Dhcp6Effect;

    /// <summary>
    /// Send an unsolicited neighbour advertisement for each address (Override, to ff02::1, hop limit 255), so that
    /// neighbours learn the present hardware address (RFC 4861 section 7.2.6).
    /// </summary>
    /// <param name="Addresses">In this order: one set of announcements, or what the caps let through of it now.</param>
    public sealed record Announce(ImmutableArray<Ipv6Address> Addresses) : Dhcp6Effect;

    /// <summary>Send a router solicitation from the link-local address to ff02::2.</summary>
    /// <param name="KnownRouters">Of the routers that are known, this many may be asked whether they are still there; told by <see cref="Dhcp6Input.RoutersAsked"/>.</param>
    public sealed record SolicitRouters(int KnownRouters) : Dhcp6Effect;

    /// <summary>
    /// Make the interface hold exactly the lease: add what is missing (addresses as /128 without a prefix route, an
    /// unreachable route for each prefix), refresh lifetimes, remove what <paramref name="Previous"/> had and the lease has
    /// not. New addresses come before old ones go.
    /// </summary>
    /// <param name="Lease">The lease now in force.</param>
    /// <param name="Previous">The lease configured until now; null for none.</param>
    public sealed record Configure(Dhcp6Lease Lease, Dhcp6Lease? Previous) : Dhcp6Effect
    {
        /// <summary>Why what the lease has not any more is gone; null for what the server or the time has ended.</summary>
        public LeaseEnd? Why { get; init; }
    }

    /// <summary>Take away exactly what the lease gave.</summary>
    public sealed record Deconfigure(Dhcp6Lease Lease, LeaseEnd Why) : Dhcp6Effect;

    /// <summary>Keep this across restarts.</summary>
    public sealed record Persist(Dhcp6Memory Memory) : Dhcp6Effect;

    /// <summary>Tell the journal.</summary>
    public sealed record Tell(Report Report) : Dhcp6Effect;

    /// <summary>A user's command ended: with a lease, or refused for the reason given.</summary>
    public sealed record CommandDone(DhcpCommand Command, bool Succeeded, string? Why) : Dhcp6Effect;
}
