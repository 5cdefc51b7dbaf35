using System.Collections.Immutable;
using BondDhcp.Dhcp.Client6;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using BondDhcp.Tests.Simulation;

namespace BondDhcp.Tests.Simulation6;

/// <summary>
/// What must hold for a DHCPv6 client after every step, whatever went in. Keeps its own account of what is on the
/// interface and of what left.
/// </summary>
internal sealed class Client6Invariants
{
    private const int PerPathAndSecond = 6;
    private const int PerPathAndMinute = 20;
    private const int PerTwentySeconds = 20;

    // Eight, less the two that the bonding driver sends by itself at a failover.
    private const int NeighbourPacketsPerSecond = 6;

    private readonly List<(Instant At, int Path)> _sent = [];
    private readonly List<(Instant At, int Path)> _neighbourPackets = [];
    private readonly HashSet<uint> _xids = [];
    private Instant? _announcedAt;

    /// <summary>What the effects have left on the interface.</summary>
    public ImmutableHashSet<Ipv6Prefix> Configured { get; set; } = [];

    /// <summary>Checks one step. Throws <see cref="InvariantException"/> with the rule that was broken.</summary>
    /// <param name="input">What went in; null for a DHCP message.</param>
    /// <param name="before">The client before it.</param>
    /// <param name="after">The client after it.</param>
    /// <param name="effects">What came out.</param>
    /// <param name="surroundings">The world then.</param>
    /// <param name="now">When.</param>
    public void Check(
        Dhcp6Input? input, Dhcp6Client before, Dhcp6Client after, List<Dhcp6Effect> effects, Dhcp6Surroundings surroundings, Instant now)
    {
        bool mayLeave = before.State is not Dhcp6State.Stopped || input is Dhcp6Input.Start or Dhcp6Input.Command;
        foreach (Dhcp6Effect effect in effects)
        {
            switch (effect)
            {
                case Dhcp6Effect.Transmit { Message: var message }:
                    Require(mayLeave, "after a stop nothing leaves", message);
                    Require(after is { LinkUsable: true, LinkLocal: not null }, "nothing leaves without a link and a link-local address", message);
                    CheckMessage(message, input, after);
                    Count(surroundings.PathIndex, now, message);
                    break;
                case Dhcp6Effect.Announce announce:
                    Require(mayLeave, "after a stop nothing leaves", announce);
                    Require(announce.Addresses[0] == after.LinkLocal, "the link-local address is announced first", announce);
                    Require(announce.Addresses.Skip(1).All(IsConfigured), "an address that is not configured is not announced", announce);
                    Require(_announcedAt is not { } last || now - last >= TimeSpan.FromSeconds(1), "at most one set of announcements a second", announce);
                    _announcedAt = now;
                    CountNeighbourPackets(surroundings.PathIndex, now, announce.Addresses.Length);
                    break;
                case Dhcp6Effect.SolicitRouters:
                    CountNeighbourPackets(surroundings.PathIndex, now, 1);
                    Require(mayLeave && after is { LinkUsable: true, LinkLocal: not null }, "after a stop nothing leaves", effect);
                    break;
                case Dhcp6Effect.Configure configure:
                    Require(Of(configure.Previous).SetEquals(Configured), "configuring says what was configured before", configure);
                    Require(configure.Lease.NextEndAt > now, "nothing is configured that has ended", configure);
                    Require(!configure.Lease.IsEmpty, "something is configured", configure);
                    Configured = Of(configure.Lease);
                    break;
                case Dhcp6Effect.Deconfigure deconfigure:
                    Require(Of(deconfigure.Lease).SetEquals(Configured), "what is removed was there", deconfigure);
                    Configured = [];
                    break;
                case Dhcp6Effect.Persist persist:
                    Require(persist.Memory.Leases.Length <= Dhcp6Memory.MaxLeases, "the memory is bounded", persist);
                    break;
            }
        }
        CheckState(before, after, now);
    }

    private void CheckState(Dhcp6Client before, Dhcp6Client after, Instant now)
    {
        Require(after.NextDeadline > now, "no deadline is in the past", after.StateName);
        Require(Of(after.Lease).SetEquals(Configured), "the lease in force is what is configured", after.StateName);
        Require(
            after.Lease is not { } lease || lease.NextEndAt > now || after.State is Dhcp6State.Stopped or Dhcp6State.Releasing,
            "a lease in use has not ended", after.StateName);
        Require(after.Lease is not { } held || (held.Addresses.Length <= Dhcp6Lease.MaxLeasesPerIa && held.Prefixes.Length <= Dhcp6Lease.MaxLeasesPerIa), "leases are bounded", after.StateName);
        Require(after.Lease is not { } times || times.RenewAt <= times.RebindAt, "T1 is not after T2", after.StateName);
        Require(after.Tentative.All(IsConfigured), "what is tentative is configured", after.StateName);
        Require(after.State is not Dhcp6State.Soliciting { Solicitation.Advertises.Length: > Dhcp6Solicitation.MaxAdvertises }, "ADVERTISEs are bounded", after.StateName);
        Require(
            after.Lease is not null || after.State is not (Dhcp6State.Bound or Dhcp6State.Renewing or Dhcp6State.Rebinding),
            "bound means that there is a lease", after.StateName);
        Require(
            !after.IsUnconfirmed || (after.Lease is not null && after.State is Dhcp6State.Unconfirmed or Dhcp6State.Confirming or Dhcp6State.Stopped),
            "what nobody confirmed is asked about, and nothing else", after.StateName);
        Require(after.Lease is null || after.State is not (Dhcp6State.Soliciting or Dhcp6State.Waiting or Dhcp6State.Declining
            or Dhcp6State.InformationRequesting or Dhcp6State.InformationBound or Dhcp6State.Releasing), "a search begins without a lease", after.StateName);
        Require(after.State is not Dhcp6State.Stopped || after.NextDeadline.IsNever, "stopped, no timer runs", before.StateName);
        Require(
            after.Decline is not { } decline || after.State.ExchangeInState is not { } exchange || decline.Exchange.Xid != exchange.Xid,
            "two exchanges have two transaction ids", after.StateName);
    }

    /// <summary>RFC 9915 appendix A.2.</summary>
    private void CheckMessage(Dhcp6Transmission message, Dhcp6Input? input, Dhcp6Client after)
    {
        Require(message.Xid is > 0 and <= 0xff_ffff, "xid has 24 bits and is not 0", message);
        if (_xids.Add(message.Xid)) Require(message.ElapsedCentiseconds == 0, "the elapsed time of a first message is 0", message);
        bool asksOptions = !message.OptionRequest.IsEmpty;
        bool hasIas = message.IaNas.Length + message.IaPds.Length > 0;
        Ipv6Address[] addresses = [.. message.IaNas.SelectMany(ia => ia.Addresses)];
        Ipv6Prefix[] prefixes = [.. message.IaPds.SelectMany(ia => ia.Prefixes)];
        bool fits = message.Type switch
        {
            Dhcp6MessageType.Solicit => message.ServerIdentifier is null && asksOptions && hasIas && addresses.Length == 0
                // Under the anonymity profile it is also the question whether what is in force is right for the link.
                && (Configured.IsEmpty || (message.Anonymity is not null && after.State is Dhcp6State.Confirming or Dhcp6State.Unconfirmed)),
            Dhcp6MessageType.Request => message.ServerIdentifier is not null && asksOptions && hasIas,
            Dhcp6MessageType.Confirm => message.ServerIdentifier is null && !asksOptions && addresses.Length > 0 && message.IaPds.IsEmpty,
            Dhcp6MessageType.Renew => message.ServerIdentifier is not null && asksOptions && addresses.Length + prefixes.Length > 0,
            Dhcp6MessageType.Rebind => message.ServerIdentifier is null && asksOptions && addresses.Length + prefixes.Length > 0,
            Dhcp6MessageType.Release => message.ServerIdentifier is not null && !asksOptions && addresses.Length + prefixes.Length > 0 && Configured.IsEmpty,
            Dhcp6MessageType.Decline => message.ServerIdentifier is not null && !asksOptions && addresses.Length > 0 && message.IaPds.IsEmpty,
            Dhcp6MessageType.InformationRequest => message.ServerIdentifier is null && asksOptions && !hasIas,
            _ => false,
        };
        Require(fits, "a message has the fields of its kind", message);
        Require(message.Type == Dhcp6MessageType.Solicit || !message.RapidCommit, "rapid commit is a SOLICIT's", message);
        if (message.Type == Dhcp6MessageType.Renew)
            Require(addresses.All(IsConfigured), "RENEW names what is configured", message);
        if (message.Type == Dhcp6MessageType.Decline)
            Require(!addresses.Any(IsConfigured), "what is declined is not in use", message);
        if (message is { Type: Dhcp6MessageType.Release, ElapsedCentiseconds: 0 })
            Require(input is Dhcp6Input.Stop { Release: true } or Dhcp6Input.Command or Dhcp6Input.DeadlineReached, "RELEASE only when asked for", message);
        byte[] buffer = new byte[Dhcp6MessageWriter.MaxLength];
        Dhcp6MessageWriter.Write(message, new Dhcp6Identification { ClientIdentifier = Fixture6.Client }, buffer);
    }

    private void Count(int path, Instant now, Dhcp6Transmission message)
    {
        _sent.Add((now, path));
        if (_sent.Count > 200) _sent.RemoveRange(0, 100);
        int Within(double seconds, int? onPath) => _sent.Count(one => now - one.At < TimeSpan.FromSeconds(seconds) && (onPath is null || one.Path == onPath));
        Require(Within(1, path) <= PerPathAndSecond, "at most 6 messages a second on a path", message);
        Require(Within(60, path) <= PerPathAndMinute, "at most 20 messages a minute on a path", message);
        Require(Within(20, null) <= PerTwentySeconds, "at most 20 messages in 20 s", message);
    }

    private void CountNeighbourPackets(int path, Instant now, int count)
    {
        for (int i = 0; i < count; i++) _neighbourPackets.Add((now, path));
        if (_neighbourPackets.Count > 200) _neighbourPackets.RemoveRange(0, 100);
        Require(
            _neighbourPackets.Count(one => now - one.At < TimeSpan.FromSeconds(1) && one.Path == path) <= NeighbourPacketsPerSecond,
            "at most 6 Neighbour Discovery packets a second on a path", now);
    }

    private bool IsConfigured(Ipv6Address address) => Configured.Contains(new Ipv6Prefix(address, Ipv6Address.Bits));

    private static ImmutableHashSet<Ipv6Prefix> Of(Dhcp6Lease? lease) => lease is null ? [] : Machine6Bench.OnInterface(lease);

    private static void Require(bool holds, string rule, object subject)
    {
        if (!holds) throw new InvariantException($"{rule}: {subject}");
    }
}
