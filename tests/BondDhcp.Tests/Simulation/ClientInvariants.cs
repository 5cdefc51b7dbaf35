using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Tests.Simulation;

/// <summary>
/// What must hold for a client after every step, whatever went in. Keeps its own account of what is on the interface
/// and of what left on each path.
/// </summary>
internal sealed class ClientInvariants
{
    private const int DhcpPerSecond = 6;
    private const int DhcpPerMinute = 20;
    // Eight, less the two that the bonding driver sends by itself at a failover.
    private const int ArpPerSecond = 6;

    private readonly Dictionary<int, Queue<Instant>> _dhcp = [];
    private readonly Dictionary<int, Queue<Instant>> _arp = [];

    /// <summary>The address that the effects have left on the interface.</summary>
    public Ipv4Address? Configured { get; set; }

    /// <summary>Checks one step. Throws <see cref="InvariantException"/> with the rule that was broken.</summary>
    /// <param name="input">What went in; null for a DHCP message.</param>
    /// <param name="before">The client before it.</param>
    /// <param name="after">The client after it.</param>
    /// <param name="effects">What came out.</param>
    /// <param name="surroundings">The world then.</param>
    /// <param name="now">When.</param>
    public void Check(
        Dhcp4Input? input, Dhcp4Client before, Dhcp4Client after, List<Dhcp4Effect> effects, Dhcp4Surroundings surroundings, Instant now)
    {
        foreach (Dhcp4Effect effect in effects)
        {
            switch (effect)
            {
                case Dhcp4Effect.Transmit { Message: var message }:
                    Require(MayLeave(before, input), "after a stop nothing leaves", message);
                    CheckMessage(message, input);
                    Require(Count(_dhcp, surroundings.PathIndex, now, TimeSpan.FromMinutes(1), DhcpPerMinute), "at most 20 DHCP messages a minute", message);
                    Require(Within(_dhcp, surroundings.PathIndex, now, TimeSpan.FromSeconds(1)) <= DhcpPerSecond, "at most 6 DHCP messages a second", message);
                    break;
                case Dhcp4Effect.TransmitArp { Packet: var packet, Destination: var destination }:
                    Require(MayLeave(before, input), "after a stop nothing leaves", packet);
                    Require(packet.SenderHardware == surroundings.Mac, "ARP has the present hardware address", packet);
                    // RFC 4436 section 2: only a unicast request may carry an address that is not configured yet.
                    Require(packet.SenderAddress.IsAny || packet.SenderAddress == Configured || destination != MacAddress.Broadcast, "an address that is not configured is not announced", packet);
                    Require(Count(_arp, surroundings.PathIndex, now, TimeSpan.FromSeconds(1), ArpPerSecond), "at most 6 ARP packets a second", packet);
                    break;
                case Dhcp4Effect.Configure configure:
                    Require(
                        configure.Previous?.Address == Configured || (configure.Previous is null && configure.Lease.Address == Configured),
                        "configuring says what was configured before", configure);
                    Require(configure.Lease.ExpiresAt > now, "nothing is configured that has ended", configure);
                    Configured = configure.Lease.Address;
                    break;
                case Dhcp4Effect.Deconfigure deconfigure:
                    Require(deconfigure.Lease.Address == Configured, "what is removed was there", deconfigure);
                    Configured = null;
                    break;
                case Dhcp4Effect.Persist persist:
                    Require(persist.Memory.Leases.Length <= Dhcp4Memory.MaxLeases, "the memory is bounded", persist);
                    break;
            }
        }
        Require(after.NextDeadline > now, "no deadline is in the past", after.StateName);
        Require(after.Lease?.Address == Configured, "the lease in force is the address configured", after.StateName);
        Require(
            after.Lease is not { } lease || lease.ExpiresAt > now || after.State is Dhcp4State.Stopped or Dhcp4State.Releasing,
            "an address in use has not ended", after.StateName);
        Require(after.Lease is not { } held || held.KnownServers.Length <= Dhcp4Lease.MaxKnownServers, "known servers are bounded", after.StateName);
        Require(after.State.AcquisitionInState is not { } a || a.Offers.Length <= Dhcp4Acquisition.MaxOffers, "offers are bounded", after.StateName);
    }

    /// <summary>RFC 2131 tables 4 and 5.</summary>
    private void CheckMessage(Dhcp4Transmission message, Dhcp4Input? input)
    {
        Require(message.Xid != 0, "xid is not 0", message);
        Require(message.Source == message.Ciaddr, "the source is ciaddr", message);
        Require(message.Ciaddr.IsAny || message.Ciaddr == Configured, "ciaddr is configured", message);
        bool fits = (message.Type, message.RequestKind) switch
        {
            (Dhcp4MessageType.Discover, _) => message is { ServerIdentifier: null, Ciaddr.IsAny: true },
            (Dhcp4MessageType.Request, Dhcp4RequestKind.Selecting) => message is { ServerIdentifier: not null, RequestedAddress: not null, Ciaddr.IsAny: true },
            (Dhcp4MessageType.Request, Dhcp4RequestKind.InitReboot) => message is { ServerIdentifier: null, RequestedAddress: not null, Ciaddr.IsAny: true },
            (Dhcp4MessageType.Request, Dhcp4RequestKind.Renewing) => message is { ServerIdentifier: null, RequestedAddress: null, Ciaddr.IsAny: false } && message.Destination != Ipv4Address.Broadcast,
            (Dhcp4MessageType.Request, Dhcp4RequestKind.Rebinding) => message is { ServerIdentifier: null, RequestedAddress: null, Ciaddr.IsAny: false } && message.Destination == Ipv4Address.Broadcast,
            (Dhcp4MessageType.Decline, _) => message is { ServerIdentifier: not null, RequestedAddress: not null, Ciaddr.IsAny: true, Secs: 0 },
            (Dhcp4MessageType.Release, _) => message is { ServerIdentifier: not null, RequestedAddress: null, Ciaddr.IsAny: false, Secs: 0 },
            _ => false,
        };
        Require(fits, "a message has the fields of its kind", message);
        if (message.Type == Dhcp4MessageType.Release)
            Require(input is Dhcp4Input.Stop { Release: true } or Dhcp4Input.Command { What: DhcpCommand.Release }, "RELEASE only when asked for", message);
        if (message.Type == Dhcp4MessageType.Decline)
            Require(input is null or Dhcp4Input.ArpReceived, "DECLINE only for a conflict", message);
    }

    private static bool MayLeave(Dhcp4Client before, Dhcp4Input? input) =>
        before.State is not Dhcp4State.Stopped || input is Dhcp4Input.Start or Dhcp4Input.Command;

    private static bool Count(Dictionary<int, Queue<Instant>> all, int path, Instant now, TimeSpan window, int limit)
    {
        if (!all.TryGetValue(path, out Queue<Instant>? sent)) all[path] = sent = new Queue<Instant>();
        while (sent.TryPeek(out Instant first) && now - first >= window) sent.Dequeue();
        sent.Enqueue(now);
        return sent.Count <= limit;
    }

    private static int Within(Dictionary<int, Queue<Instant>> all, int path, Instant now, TimeSpan window) =>
        all[path].Count(at => now - at < window);

    private static void Require(bool holds, string rule, object subject)
    {
        if (!holds) throw new InvariantException($"{rule}: {subject}");
    }
}

/// <summary>A rule of <see cref="ClientInvariants"/> was broken.</summary>
internal sealed class InvariantException(string rule) : Exception(rule);
