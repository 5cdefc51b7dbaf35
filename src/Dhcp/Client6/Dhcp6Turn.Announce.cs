using System.Collections.Immutable;
using BondDhcp.Dhcp.Client;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Client6;

internal sealed partial class Dhcp6Turn
{
    /// <summary>
    /// Neighbours, servers and routers learn the hardware address before anything is asked, and routers are asked for what
    /// they advertise here. At most one set a second, however the path flaps.
    /// </summary>
    private void AnnounceNewPath(bool othersToo)
    {
        Client = Client with { Announcement = new Dhcp6Announcement(Dhcp6Announcement.Count, NextSetAt, othersToo) { AsksRouters = true } };
        AdvanceAnnouncement();
    }

    private Instant NextSetAt => Client.LastAnnouncedAt is { } last ? Instant.Max(now, last + Dhcp6Announcement.Interval) : now;

    /// <summary>An address that the announcements left out is not tentative any more: neighbours learn of it now.</summary>
    private void AnnounceReady()
    {
        // A set that is still to come has it.
        if (!Client.AnnounceWhenReady || Client.Announcement is { Remaining: > 0 } || !Client.IsReady) return;
        bool othersToo = Client.Announcement is { OthersToo: true };
        Client = Client with { Announcement = new Dhcp6Announcement(1, NextSetAt, othersToo) };
    }

    /// <summary>
    /// The link-local address goes out at once, because servers answer to it, and as much else as the caps let through;
    /// the rest follows as soon as they do. Routers are asked as early as there is room beside the first address.
    /// </summary>
    private void AdvanceAnnouncement()
    {
        if (Client.Announcement is not { } announcement || announcement.NextAt > now || Client.LinkLocal is not { } linkLocal) return;
        int free = NeighbourPacketsFree();
        if (free == 0)
        {
            Client = Client with { Announcement = announcement with { NextAt = NeighbourPacketAllowedAt } };
            return;
        }
        // Of the first set the routers may be all that is left.
        bool begins = announcement is { Left.IsEmpty: true, Remaining: Dhcp6Announcement.Count } or { Left.IsEmpty: true, AsksRouters: false };
        if (begins) announcement = BeginSet(announcement, linkLocal);
        int beforeRouters = announcement.AsksRouters ? Math.Max(free - 1, begins ? 1 : 0) : free;
        int count = Math.Min(announcement.Left.Length, beforeRouters);
        if (count > 0)
        {
            effects.Add(new Dhcp6Effect.Announce(announcement.Left[..count]));
            NeighbourPacketsSent(count);
            announcement = announcement with { Left = announcement.Left[count..] };
        }
        if (announcement.AsksRouters && free > count)
        {
            SolicitRouters(free - count);
            announcement = announcement with { AsksRouters = false };
        }
        bool done = announcement is { Left.IsEmpty: true, AsksRouters: false };
        Client = Client with
        {
            Announcement = !done ? announcement with { NextAt = NeighbourPacketAllowedAt }
                : announcement.Remaining > 0 ? announcement with { NextAt = NextSetAt }
                : null,
        };
    }

    private Dhcp6Announcement BeginSet(Dhcp6Announcement announcement, Ipv6Address linkLocal)
    {
        // The switch learns of the new path by the link-local address.
        Dhcp6Lease? named = Client.IsUnconfirmed ? null : Client.Lease;
        ImmutableArray<Ipv6Address> leased =
            named is { } lease ? [.. lease.Addresses.Select(one => one.Address).Where(address => !Client.Tentative.Contains(address))] : [];
        bool complete = named is not { } all || leased.Length == all.Addresses.Length;
        // Those of the lease are on the interface too.
        ImmutableArray<Ipv6Address> others = announcement.OthersToo ? surroundings.OtherAddresses : [];
        if (Client is { IsUnconfirmed: true, Lease: { } unnamed }) others = others.RemoveAll(unnamed.Holds);
        Client = Client with { LastAnnouncedAt = now, AnnounceWhenReady = !complete };
        return announcement with
        {
            Remaining = announcement.Remaining - 1,
            Left = [.. new[] { linkLocal }.Concat(leased).Concat(others).Distinct().Take(Dhcp6Announcement.MaxAddresses)],
        };
    }

    private Instant NeighbourPacketAllowedAt =>
        Client.Budget.ArpAllowedAt(surroundings.PathIndex, now, surroundings.OtherSenders, surroundings.NeighbourPacketsOfOthers);

    /// <summary>How many Neighbour Discovery packets may leave now.</summary>
    private int NeighbourPacketsFree()
    {
        TransmitBudget budget = Client.Budget;
        int free = 0;
        while (budget.ArpAllowedAt(surroundings.PathIndex, now, surroundings.OtherSenders, surroundings.NeighbourPacketsOfOthers) <= now)
        {
            budget = budget.ArpSent(surroundings.PathIndex, now);
            free++;
        }
        return free;
    }

    private void NeighbourPacketsSent(int count)
    {
        TransmitBudget budget = Client.Budget;
        for (int i = 0; i < count; i++) budget = budget.ArpSent(surroundings.PathIndex, now);
        Client = Client with { Budget = budget };
    }

    /// <summary>Asks for an advertisement; the caps let this many packets through, at least one.</summary>
    private void SolicitRouters(int free)
    {
        effects.Add(new Dhcp6Effect.SolicitRouters(Math.Min(free - 1, MaxRoutersAsked)));
        NeighbourPacketsSent(1);
    }

    // RFC 6059 section 4.3 lets a host ask six; more routers learn of us by the router solicitation.
    private const int MaxRoutersAsked = 6;
}
