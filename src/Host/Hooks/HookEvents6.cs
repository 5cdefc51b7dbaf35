using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Client6;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Host.Resolver;
using BondDhcp.Host.Runner;
using BondDhcp.Host.Status;
using BondDhcp.Net;

namespace BondDhcp.Host.Hooks;

/// <summary>
/// What hooks are told of DHCPv6: each address and each prefix by itself, and configuration without either, as
/// dhclient-script(8) knows it. Pure.
/// </summary>
internal static class HookEvents6
{
    // One address or prefix of a lease, by what identifies it.
    private readonly record struct Part(string Subject, HookLease6 Its, Dhcp6Lease Lease)
    {
        public ImmutableArray<HookVariable> Variables(string interfaceName, DateTimeOffset boot) =>
            HookVariables.Of(Its, interfaceName, boot + TimeSpan.FromTicks(Lease.ObtainedAt.Ticks));
    }

    /// <summary>The events of a change: what went first, then what is there.</summary>
    /// <param name="interfaceName">The interface.</param>
    /// <param name="change">What changed.</param>
    /// <param name="now">CLOCK_BOOTTIME.</param>
    /// <param name="boot">When boot was, as people say it.</param>
    public static IEnumerable<HookEvent> Of(string interfaceName, Dhcp6Change change, Instant now, DateTimeOffset boot)
    {
        Part[] before = [.. PartsOf(change.Before, now)], after = [.. PartsOf(change.After, now)];
        foreach (Part gone in before)
            if (!after.Any(part => part.Subject == gone.Subject)) yield return Event(ReasonOf(change.End), gone, null);
        foreach (Part there in after)
        {
            Part? former = before.Select(static part => (Part?)part).FirstOrDefault(part => part!.Value.Subject == there.Subject);
            // The same grant again is no news: something else of the lease changed. The same options read otherwise are.
            if (former is { } old && old.Lease.ObtainedAt == there.Lease.ObtainedAt && ReferenceEquals(old.Lease.Reply, there.Lease.Reply)) continue;
            HookReason reason = former is null ? HookReason.Bound6 : change.StateBefore == "rebinding" ? HookReason.Rebind6 : HookReason.Renew6;
            yield return Event(reason, former, there);
        }
        if (OfInformation(interfaceName, change, boot) is { } information) yield return information;

        HookEvent Event(HookReason reason, Part? old, Part? @new) => new(interfaceName, reason)
        {
            Subject = (@new ?? old)!.Value.Subject,
            Old = old?.Variables(interfaceName, boot) ?? [],
            New = @new?.Variables(interfaceName, boot) ?? [],
            OldJson = old is { } then ? json => Dhcp6Json.WriteLease(json, Shown(then.Lease, change.StateBefore), boot) : null,
            NewJson = @new is { } given ? json => Dhcp6Json.WriteLease(json, Shown(given.Lease, change.StateAfter), boot) : null,
        };
    }

    /// <summary>The events of addresses and prefixes whose preferred lifetime is over and whose valid lifetime is not.</summary>
    /// <param name="interfaceName">The interface.</param>
    /// <param name="lease">The lease in force.</param>
    /// <param name="told">What was told of already, by subject; added to.</param>
    /// <param name="now">CLOCK_BOOTTIME.</param>
    /// <param name="boot">When boot was, as people say it.</param>
    public static IEnumerable<HookEvent> OfDeprecated(string interfaceName, Dhcp6Lease lease, HashSet<string> told, Instant now, DateTimeOffset boot)
    {
        foreach (Part part in PartsOf(lease, now))
        {
            bool deprecated = part.Its.PreferredSeconds == 0 && part.Its.ValidSeconds > 0;
            if (!deprecated) told.Remove(part.Subject);
            else if (told.Add(part.Subject))
                yield return new HookEvent(interfaceName, HookReason.Depref6) { Subject = part.Subject, Current = part.Variables(interfaceName, boot) };
        }
    }

    /// <summary>When the next preferred lifetime of a lease is over; Never for none.</summary>
    public static Instant NextDeprecation(Dhcp6Lease? lease, Instant now)
    {
        Instant next = Instant.Never;
        foreach (Dhcp6LeasedAddress leased in lease?.Addresses ?? [])
            if (leased.PreferredUntil > now) next = Instant.Min(next, leased.PreferredUntil);
        foreach (Dhcp6LeasedPrefix leased in lease?.Prefixes ?? [])
            if (leased.PreferredUntil > now) next = Instant.Min(next, leased.PreferredUntil);
        return next;
    }

    // Without leases there are options alone: name servers and the like, as dhclient -S hands them out.
    private static HookEvent? OfInformation(string interfaceName, Dhcp6Change change, DateTimeOffset boot)
    {
        // With a lease in force its options are, and are told with it.
        Dhcp6Reply? old = change.Before is null ? change.InformationBefore?.Reply : null;
        Dhcp6Reply? @new = change.After is null ? change.InformationAfter?.Reply : null;
        if (ReferenceEquals(old, @new) || (@new is null && change.After is not null)) return null;
        return new HookEvent(interfaceName, @new is null ? ReasonOf(change.End) : old is null ? HookReason.Bound6 : HookReason.Renew6)
        {
            Old = Variables(old),
            New = Variables(@new),
            OldJson = Json(old, change.StateBefore),
            NewJson = Json(@new, change.StateAfter),
        };

        ImmutableArray<HookVariable> Variables(Dhcp6Reply? reply) => reply is null ? [] : HookVariables.Of(new HookLease6
        {
            ClientDuid = change.ClientIdentifier is { } duid ? [.. duid.Octets] : [],
            ServerDuid = [.. reply.ServerIdentifier.Octets],
            Offer = NetworkOffer.Of(reply),
            Reply = reply,
        }, interfaceName, boot);

        Action<Utf8JsonWriter>? Json(Dhcp6Reply? reply, string state) => reply is null
            ? null
            : json => Dhcp6Json.WriteLease(json, new Dhcp6Snapshot(state, null, reply, change.ClientIdentifier, null), boot);
    }

    private static Dhcp6Snapshot Shown(Dhcp6Lease lease, string state) =>
        new(state, lease, lease.Reply, lease.ClientIdentifier, lease.Iaid);

    private static HookReason ReasonOf(LeaseEnd why) => why switch
    {
        LeaseEnd.Released => HookReason.Release6,
        LeaseEnd.InterfaceGone or LeaseEnd.Lost => HookReason.Stop6,
        _ => HookReason.Expire6,
    };

    private static IEnumerable<Part> PartsOf(Dhcp6Lease? lease, Instant now)
    {
        if (lease is null) yield break;
        HookLease6 common = new()
        {
            Iaid = lease.Iaid.Value,
            ClientDuid = [.. lease.ClientIdentifier.Octets],
            ServerDuid = [.. lease.ServerIdentifier.Octets],
            Offer = NetworkOffer.Of(lease.Reply),
            Reply = lease.Reply,
        };
        foreach (Dhcp6LeasedAddress leased in lease.Addresses)
        {
            yield return new Part(leased.Address.ToString(), common with
            {
                Address = IPAddress.Parse(leased.Address.ToString()),
                PreferredSeconds = SecondsUntil(leased.PreferredUntil, now),
                ValidSeconds = SecondsUntil(leased.ValidUntil, now),
            }, lease);
        }
        foreach (Dhcp6LeasedPrefix leased in lease.Prefixes)
        {
            yield return new Part(leased.Prefix.ToString(), common with
            {
                Prefix = IPAddress.Parse(leased.Prefix.Network.ToString()),
                PrefixLength = leased.Prefix.PrefixLength,
                Excluded = leased.Excluded,
                PreferredSeconds = SecondsUntil(leased.PreferredUntil, now),
                ValidSeconds = SecondsUntil(leased.ValidUntil, now),
            }, lease);
        }
    }

    private static uint SecondsUntil(Instant end, Instant now) =>
        end.IsNever ? uint.MaxValue : (uint)Math.Clamp(Math.Round((end - now).TotalSeconds), 0, uint.MaxValue - 1d);
}
