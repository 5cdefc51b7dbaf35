using System.Collections.Immutable;
using BondDhcp.Dhcp.Arp;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Client;

internal sealed partial class Dhcp4Turn
{
    /// <summary>The ACK of an acquisition: the address is used once the conflict window is clean.</summary>
    private void Grant(Dhcp4Reply ack, Dhcp4Acquisition acquisition, bool beside)
    {
        Dhcp4Lease lease = NewLease(ack, acquisition.RequestedAt);
        AddressProbe? probe = acquisition.Probe ?? WindowAtAck(ack.Yiaddr);
        if (probe?.Offender is { } offender)
        {
            DeclineGranted(lease, offender, beside);
            return;
        }
        if (probe is null || probe.IsClean(now))
        {
            Adopt(lease, beside);
            return;
        }
        Settle(Advance(acquisition with { Phase = AcquisitionPhase.Probing, Granted = lease, Probe = probe }, beside), beside);
    }

    /// <summary>The window that opens with the ACK where none opened before it; null when the address may be used at once.</summary>
    private AddressProbe? WindowAtAck(Ipv4Address address) =>
        address == Client.Lease?.Address
            ? null
            : Settings.ConflictDetection switch
            {
                ConflictDetection.Before => AddressProbe.Begin(address, strict: true, now, entropy),
                ConflictDetection.Fast => AddressProbe.Begin(address, strict: false, now, entropy),
                _ => null,
            };

    private Dhcp4Lease NewLease(Dhcp4Reply ack, Instant requestedAt)
    {
        (Instant renewAt, Instant rebindAt, Instant expiresAt) = Dhcp4Timing.LeaseTimes(ack, requestedAt, entropy);
        MacAddress? gateway = Client.HeardGateway is { } heard && heard.Address == ack.Gateway ? heard.Mac : null;
        // The network may be one we know: what was learnt of this server there still holds.
        Dhcp4Lease? known = Client.Memory.Leases.FirstOrDefault(
            lease => (gateway is null ? !Client.LeftNetwork : lease.GatewayMac == gateway)
                && lease.ServerIdentifier == ack.ServerIdentifier && lease.Prefix.Masked == new Ipv4Prefix(ack.Yiaddr, ack.PrefixLength).Masked);
        return new Dhcp4Lease
        {
            Ack = ack,
            ClientIdentifier = Client.ClientIdentifier,
            Chaddr = ack.Chaddr,
            KeyedByChaddr = known?.KeyedByChaddr ?? false,
            ObtainedAt = requestedAt,
            RenewAt = renewAt,
            RebindAt = rebindAt,
            ExpiresAt = expiresAt,
            GatewayMac = gateway,
            KnownServers = Remember(known?.KnownServers ?? [], ack.ServerIdentifier),
        };
    }

    private static ImmutableArray<Ipv4Address> Remember(ImmutableArray<Ipv4Address> servers, Ipv4Address server)
    {
        ImmutableArray<Ipv4Address> others = servers.Remove(server);
        if (others.Length >= Dhcp4Lease.MaxKnownServers) others = others.RemoveAt(others.Length - 1);
        return others.Insert(0, server);
    }

    /// <summary>A new lease comes into force, in the place of the one there may be.</summary>
    private void Adopt(Dhcp4Lease lease, bool beside)
    {
        Dhcp4Lease? previous = Client.Lease;
        if (beside) Client = Client with { Beside = null };
        // A new address on the old network: its gateway need not be learnt again. Many networks have the same addresses.
        if (previous is { GatewayMac: not null } && !Client.IsUnconfirmed && previous.Gateway == lease.Gateway && previous.ServerIdentifier == lease.ServerIdentifier)
            lease = lease with { GatewayMac = previous.GatewayMac };
        if (!PutInForce(lease, previous, previous?.Address == lease.Address ? "leaseRenewed" : "leaseBound")) return;
        // What changed while there was no lease, and waits, was before the request: the server granted it on this very path.
        if (previous is null && lease.Chaddr == Mac) Client = Client with { Damping = Client.Damping.Granted(lease.ObtainedAt) };
        if (Settings.ConflictDetection == ConflictDetection.Concurrent && previous?.Address != lease.Address)
        {
            Client = Client with { ConcurrentProbe = AddressProbe.Begin(lease.Address, strict: false, now, entropy) };
            return;
        }
        Client = Client with { Conflicts = 0 };
        Announce();
        // Its hardware address is known from a question that named no address; asked from this one, it may treat us otherwise.
        if (previous is null && Client.HeardGateway is { } heard && heard.Mac == lease.GatewayMac) AskGateway();
        // Granted under a hardware address that the interface has no longer: the server learns the present one now, and
        // not at T1 by a renewal that it may refuse.
        if (lease.Chaddr != Mac && !lease.RenewWithLeaseChaddr) Verify(PathClass.Unknown);
    }

    /// <summary>Configures a lease, stores it, and enters BOUND. False for one that ended before it could be used.</summary>
    private bool PutInForce(Dhcp4Lease lease, Dhcp4Lease? previous, string eventName)
    {
        if (lease.ExpiresAt <= now)
        {
            // A lease of seconds and a slow server, or a machine that slept: the time counts from the request.
            Warn($"the lease of {lease.Address} ended before it could be used");
            if (Client.Lease is { } held && held.ExpiresAt > now)
            {
                ReturnToLease();
                if (Client.IsUnconfirmed) Replace(held);
            }
            else Discover(lease.Address);
            return false;
        }
        bool gatewayWasSilent = Client.GatewayWasSilent;
        Client = Client with { Lease = lease, Refusals = 0, HeldNak = null, Beside = null, GatewayWasSilent = false, IsUnconfirmed = false, RestoreAt = Instant.Never };
        // What still runs for the address that leaves ends with it.
        if (previous?.Address != lease.Address) Client = Client with { Announcement = null, ConcurrentProbe = null, DefendedAt = null };
        effects.Add(new Dhcp4Effect.Configure(lease, previous));
        Enter(Dhcp4State.Bound.Instance);
        foreach (string note in lease.Ack.Notes) Warn(note);
        Tell(eventName,
            ("address", lease.Prefix), ("server", lease.ServerIdentifier), ("chaddr", lease.Chaddr),
            ("keyedByChaddr", lease.KeyedByChaddr), ("leaseSeconds", lease.Ack.LeaseSeconds),
            ("after", Math.Round((now - lease.ObtainedAt).TotalSeconds, 6)));
        Persist(lease);
        LearnGateway(again: gatewayWasSilent);
        Succeed();
        return true;
    }

    /// <summary>Stores the lease as the newest, in the place of what was known of its network.</summary>
    private void Persist(Dhcp4Lease lease)
    {
        if (lease.GatewayMac is not null) Client = Client with { LeftNetwork = false };
        if (Settings.Anonymous)
        {
            // For the next run to go on with; no other network is remembered.
            Remember(new Dhcp4Memory([lease], null));
            return;
        }
        ImmutableArray<Dhcp4Lease> others = Client.Memory.Leases.RemoveAll(other => IsReplacedBy(lease, other));
        if (others.Length >= Dhcp4Memory.MaxLeases) others = others.RemoveAt(others.Length - 1);
        Remember(new Dhcp4Memory(others.Insert(0, lease), lease.Address));
    }

    /// <summary>What is stored of the lease's network goes.</summary>
    /// <param name="lease">What is not ours any more.</param>
    /// <param name="hint">The address to ask for next; null for none.</param>
    /// <param name="givenBack">Released or declined: no server's lease with this address is asked for again (RFC 2131 sections 4.3.3 and 4.3.4).</param>
    private void Forget(Dhcp4Lease lease, Ipv4Address? hint, bool givenBack = false)
    {
        ImmutableArray<Dhcp4Lease> left = Client.Memory.Leases.RemoveAll(other => IsReplacedBy(lease, other) || (givenBack && MayBeTheSame(other, lease)));
        Remember(new Dhcp4Memory(left, Settings.Anonymous ? null : hint));
    }

    /// <summary>The same address, perhaps of another server; in a network that is known to be another one it is another host's business.</summary>
    private static bool MayBeTheSame(Dhcp4Lease left, Dhcp4Lease right) =>
        left.Address == right.Address && (left.GatewayMac is not { } leftMac || right.GatewayMac is not { } rightMac || leftMac == rightMac);

    private void Remember(Dhcp4Memory memory)
    {
        Client = Client with { Memory = memory };
        effects.Add(new Dhcp4Effect.Persist(memory));
    }

    private bool IsReplacedBy(Dhcp4Lease lease, Dhcp4Lease other) =>
        IsSameNetwork(other, lease) && !(Client.LeftNetwork && lease.GatewayMac is null && other.GatewayMac is not null);

    /// <summary>The gateway's hardware address tells networks apart; where one is unknown, server and subnet must do.</summary>
    private static bool IsSameNetwork(Dhcp4Lease left, Dhcp4Lease right) =>
        left.GatewayMac is { } leftMac && right.GatewayMac is { } rightMac
            ? leftMac == rightMac && left.Prefix.Masked == right.Prefix.Masked
            : left.ServerIdentifier == right.ServerIdentifier && left.Prefix.Masked == right.Prefix.Masked;

    /// <summary>The address goes.</summary>
    private void Lose(LeaseEnd why, Ipv4Address? hint = null)
    {
        if (Client.Lease is not { } lease) return;
        EndWhatRunsBeside();
        Client = Client with { Lease = null, DefendedAt = null, RestoreAt = Instant.Never, IsUnconfirmed = false };
        effects.Add(new Dhcp4Effect.Deconfigure(lease, why));
        Tell(LeaseEndName.EventOf(why), ("address", lease.Prefix), ("server", lease.ServerIdentifier), ("why", LeaseEndName.Of(why)));
        if (Settings.Anonymous)
        {
            KeepOwn();
            return;
        }
        // A lease of another network is still good there.
        if (why is not (LeaseEnd.OtherNetwork or LeaseEnd.Lost or LeaseEnd.InterfaceGone))
            Forget(lease, hint, givenBack: why is LeaseEnd.Released or LeaseEnd.Conflict);
    }

    private void Expire()
    {
        Ipv4Address address = Client.Lease!.Address;
        Lose(LeaseEnd.Expired, address);
        // Probing: the renewal moved us to another address, which is ours as soon as its window is clean.
        if (Client.State is not (Dhcp4State.DeclineWait or Dhcp4State.NakBackoff or Dhcp4State.V6OnlyWait or Dhcp4State.Probing))
            Discover(address);
    }

    private void ConfigurationFailed(string error)
    {
        if (Client.Lease is null || Client.State is Dhcp4State.Stopped) return;
        Warn($"the address could not be configured: {error}");
        Refuse($"the address could not be configured: {error}");
        Lose(LeaseEnd.Lost);
        Enter(new Dhcp4State.DeclineWait(now + DhcpTiming.DeclineDelay));
    }
}
