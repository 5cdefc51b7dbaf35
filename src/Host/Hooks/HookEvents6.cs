using System.Net;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Client6;
using BondDhcp.Host.Resolver;
using BondDhcp.Host.Runner;
using BondDhcp.Host.Status;
using BondDhcp.Net;

namespace BondDhcp.Host.Hooks;

/// <summary>
/// What hooks are told of DHCPv6: each address and each prefix by itself, as dhclient-script(8) knows it. Pure.
/// </summary>
internal static class HookEvents6
{
    // One address or prefix of a lease, by what identifies it.
    private readonly record struct Part(string Subject, HookLease6 Its, Dhcp6Lease Lease);

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
            Part? former = before.Cast<Part?>().FirstOrDefault(part => part!.Value.Subject == there.Subject);
            // The same grant again is no news: something else of the lease changed. The same options read otherwise are.
            if (former is { } old && old.Lease.ObtainedAt == there.Lease.ObtainedAt && ReferenceEquals(old.Lease.Reply, there.Lease.Reply)) continue;
            HookReason reason = former is null ? HookReason.Bound6 : change.StateBefore == "rebinding" ? HookReason.Rebind6 : HookReason.Renew6;
            yield return Event(reason, former, there);
        }

        HookEvent Event(HookReason reason, Part? old, Part? @new) => new(interfaceName, reason)
        {
            Subject = (@new ?? old)!.Value.Subject,
            Old = old is { } was ? HookVariables.Of(was.Its, interfaceName, StartOf(was.Lease)) : [],
            New = @new is { } now ? HookVariables.Of(now.Its, interfaceName, StartOf(now.Lease)) : [],
            OldJson = old is { } then ? json => Dhcp6Json.WriteLease(json, Shown(then.Lease, change), boot) : null,
            NewJson = @new is { } given ? json => Dhcp6Json.WriteLease(json, Shown(given.Lease, change), boot) : null,
        };

        DateTimeOffset StartOf(Dhcp6Lease lease) => boot + TimeSpan.FromTicks(lease.ObtainedAt.Ticks);
    }

    private static Dhcp6Snapshot Shown(Dhcp6Lease lease, Dhcp6Change change) =>
        new(change.StateBefore, lease, lease.Reply, lease.ClientIdentifier, lease.Iaid);

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
                PreferredSeconds = SecondsUntil(leased.PreferredUntil, now),
                ValidSeconds = SecondsUntil(leased.ValidUntil, now),
            }, lease);
        }
    }

    private static uint SecondsUntil(Instant end, Instant now) =>
        end.IsNever ? uint.MaxValue : (uint)Math.Clamp(Math.Round((end - now).TotalSeconds), 0, uint.MaxValue - 1d);
}
