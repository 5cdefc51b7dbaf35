using System.Collections.Immutable;
using BondDhcp.Dhcp.Client;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Client6;

internal sealed partial class Dhcp6Turn
{
    /// <summary>A lease that a server gave or extended comes into force, and the client is bound.</summary>
    private void Adopt(Dhcp6Lease lease)
    {
        Dhcp6Lease? previous = Client.Lease;
        Dhcp6Exchange? answered = Client.State.ExchangeInState;
        Instant askedAt = answered?.StartedAt ?? now;
        PutInForce(lease);
        Enter(Dhcp6State.Bound.Instance);
        Client = Client with { Refusals = 0, IsUnconfirmed = false };
        if (answered is { AsksAnew: true }) HaveAskedAnew();
        // What changed while there was no lease, and waits, was before the question: it was answered on this very path.
        if (previous is null) Client = Client with { Damping = Client.Damping.Granted(askedAt) };
        foreach (string note in lease.Reply.Notes) Warn(note);
        if (previous is not null)
        {
            TellLease("leaseRenewed", lease);
            Succeed();
        }
        else if (Client.Tentative.IsEmpty)
        {
            TellLease("leaseBound", lease);
            Succeed();
        }
        else
        {
            // Told when the kernel has found the addresses free: only then can they be used.
            Client = Client with { BoundUntold = true };
        }
    }

    /// <summary>Configures and stores a lease; the state is the caller's.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="why">Why what it lacks of the one before is gone; null for what the server or the time has ended.</param>
    private void PutInForce(Dhcp6Lease lease, LeaseEnd? why = null)
    {
        Dhcp6Lease? previous = Client.Lease;
        ImmutableArray<Ipv6Address> added =
            [.. lease.Addresses.Select(leased => leased.Address).Where(address => previous?.Holds(address) != true)];
        Client = Client with
        {
            Lease = lease,
            Information = null,
            RestoreAt = Instant.Never, // all of it is configured now
            // Confirmed for another network, it is no conflict's any more.
            Decline = Client.Decline is { } decline && decline.Addresses.Any(lease.Holds) ? null : Client.Decline,
            Tentative = [.. Client.Tentative.Where(lease.Holds).Union(added)],
            // Given again, it is not to be given back.
            PrefixRelease = Client.PrefixRelease is { } release && release.Prefixes.Any(prefix => lease.Holds(prefix)) ? null : Client.PrefixRelease,
        };
        effects.Add(new Dhcp6Effect.Configure(lease, previous) { Why = why });
        Persist(lease, previous?.Without(lease));
    }

    /// <summary>
    /// The lease in force onto an interface that may have lost its addresses, or never found them free. Whether duplicate
    /// address detection runs anew only the kernel knows: until it calls them usable they are tentative (RFC 4862 section 5.4).
    /// </summary>
    private void ConfigureAgain(Dhcp6Lease lease, Dhcp6Lease previous)
    {
        Client = Client with { Tentative = [.. lease.Addresses.Select(leased => leased.Address)] };
        effects.Add(new Dhcp6Effect.Configure(lease, previous));
    }

    /// <summary>The lease in force shrinks, and nothing new came.</summary>
    private void Replace(Dhcp6Lease left, LeaseEnd? why = null)
    {
        PutInForce(left, why);
        SettleBound();
    }

    /// <summary>The same while it is being extended: what was waited for may be what went.</summary>
    private void Shrink(Dhcp6Lease left, LeaseEnd? why = null)
    {
        Replace(left, why);
        if (Client.State is Dhcp6State.Renewing or Dhcp6State.Rebinding && left.RenewAt > now) Enter(Dhcp6State.Bound.Instance);
    }

    private void TellLease(string name, Dhcp6Lease lease) => Tell(
        name, ("addresses", TextOf(lease.Addresses.Select(one => one.Address.ToString()))),
        ("prefixes", TextOf(lease.Prefixes.Select(one => one.Prefix.ToString()))), ("server", lease.ServerIdentifier));

    private static string? TextOf(IEnumerable<string> values) => string.Join(' ', values) is { Length: > 0 } text ? text : null;

    /// <summary>Duplicate address detection found nobody.</summary>
    private void AddressReady(Ipv6Address address)
    {
        if (!Client.Tentative.Contains(address)) return;
        Client = Client with { Tentative = Client.Tentative.Remove(address), Conflicts = 0 };
        AnnounceReady();
        SettleBound();
    }

    /// <summary>Tells of a new lease once no address of it is tentative.</summary>
    private void SettleBound()
    {
        if (!Client.BoundUntold || !Client.Tentative.IsEmpty || Client.Lease is not { } lease) return;
        Client = Client with { BoundUntold = false };
        TellLease("leaseBound", lease);
        Succeed();
    }

    /// <summary>Stores the lease as the newest, in the place of what was known of its network.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="gone">What is ours no longer; null for nothing.</param>
    private void Persist(Dhcp6Lease lease, Dhcp6Lease? gone = null)
    {
        if (Settings.Anonymous)
        {
            // For the next run to go on with; no other network is remembered.
            Remember(new Dhcp6Memory([lease]));
            return;
        }
        ImmutableArray<Dhcp6Lease> others = RememberedWithout(gone).RemoveAll(other => IsSameNetwork(other, lease));
        if (others.Length >= Dhcp6Memory.MaxLeases) others = others.RemoveAt(others.Length - 1);
        Remember(new Dhcp6Memory(others.Insert(0, lease)));
    }

    private void Forget(Dhcp6Lease lease) =>
        Remember(new Dhcp6Memory(RememberedWithout(lease).RemoveAll(other => IsSameNetwork(other, lease))));

    /// <summary>
    /// What is remembered, without addresses and prefixes that are ours no longer. Given back, declined, or set to a lifetime of 0
    /// by the server of the moment, they are bound to us nowhere, whichever server a lease with them came from (RFC 9915 sections
    /// 18.2.7, 18.2.8 and 18.2.10.1): a CONFIRM would be answered for any address of the link, and a silent network is no refusal.
    /// Those of a network that is known to be another one are that network's business.
    /// </summary>
    private ImmutableArray<Dhcp6Lease> RememberedWithout(Dhcp6Lease? gone) => gone is null || gone.IsEmpty
        ? Client.Memory.Leases
        : [.. Client.Memory.Leases.Select(other => IsElsewhere(other, gone) ? other : other.Without(gone)).Where(left => !left.IsEmpty)];

    private static bool IsElsewhere(Dhcp6Lease left, Dhcp6Lease right) =>
        left.GatewayMac is { } leftMac && right.GatewayMac is { } rightMac && leftMac != rightMac;

    private void Remember(Dhcp6Memory memory)
    {
        Client = Client with { Memory = memory };
        effects.Add(new Dhcp6Effect.Persist(memory));
    }

    /// <summary>The gateway's hardware address tells networks apart; where one is unknown, server and prefixes must do.</summary>
    private static bool IsSameNetwork(Dhcp6Lease left, Dhcp6Lease right)
    {
        if (left.GatewayMac is { } leftMac && right.GatewayMac is { } rightMac) return leftMac == rightMac;
        if (!left.ServerIdentifier.Equals(right.ServerIdentifier)) return false;
        return left.Addresses.Any(one => right.Addresses.Any(other => new Ipv6Prefix(one.Address, SubnetLength).Contains(other.Address)))
            || left.Prefixes.Any(one => right.Prefixes.Any(other => one.Prefix.Overlaps(other.Prefix)));
    }

    // RFC 4291 section 2.5.4: what has interface identifiers.
    private const int SubnetLength = 64;

    /// <summary>All of it goes.</summary>
    private void Lose(LeaseEnd why)
    {
        if (Client.Lease is not { } lease) return;
        Client = Client with
        {
            Lease = null,
            Tentative = [],
            IsUnconfirmed = false,
            BoundUntold = false,
            RestoreAt = Instant.Never,
            PrefixChangeAt = Instant.Never,
            AsksAnew = false,
            HintsAnew = false,
            UnmanagedTold = false,
        };
        effects.Add(new Dhcp6Effect.Deconfigure(lease, why));
        Tell(
            LeaseEndName.EventOf(why),
            ("addresses", TextOf(lease.Addresses.Select(one => one.Address.ToString()))),
            ("prefixes", TextOf(lease.Prefixes.Select(one => one.Prefix.ToString()))),
            ("server", lease.ServerIdentifier), ("why", LeaseEndName.Of(why)));
        if (Settings.Anonymous)
        {
            KeepOwn();
            return;
        }
        // A lease of another network is still good there.
        if (why is not (LeaseEnd.OtherNetwork or LeaseEnd.Lost or LeaseEnd.InterfaceGone)) Forget(lease);
    }

    /// <summary>The valid lifetime of something has ended; the rest goes on.</summary>
    private void Expire()
    {
        Dhcp6Lease lease = Client.Lease!;
        Dhcp6Lease left = lease.Without(now);
        if (!left.IsEmpty)
        {
            Tell(
                "leaseExpired",
                ("addresses", TextOf(lease.Addresses.Except(left.Addresses).Select(one => one.Address.ToString()))),
                ("prefixes", TextOf(lease.Prefixes.Except(left.Prefixes).Select(one => one.Prefix.ToString()))),
                ("server", lease.ServerIdentifier));
            Shrink(left);
            return;
        }
        Lose(LeaseEnd.Expired);
        if (Client.State is not (Dhcp6State.Declining or Dhcp6State.Waiting)) Discover();
    }

    private void ConfigurationFailed(string error)
    {
        if (Client.Lease is null) return;
        Warn($"the lease could not be configured: {error}");
        Refuse($"the lease could not be configured: {error}");
        Lose(LeaseEnd.Lost);
        Enter(new Dhcp6State.Waiting($"the lease could not be configured: {error}", now + DhcpTiming.DeclineDelay));
    }
}
