using BondDhcp.Net;

namespace BondDhcp.Dhcp.Arp;

/// <summary>
/// Asking the lease's router by ARP: by unicast whether it is still there with the hardware address known
/// (RFC 4436 section 2), or by broadcast which one it has.
/// </summary>
/// <param name="Gateway">The router.</param>
/// <param name="Known">Its hardware address; null to learn it.</param>
/// <param name="Sent">Requests sent.</param>
/// <param name="NextAt">The next request, or the end.</param>
public sealed record GatewayProbe(Ipv4Address Gateway, MacAddress? Known, int Sent, Instant NextAt)
{
    /// <summary>One request and two retransmissions (RFC 4436 section 2.2.1).</summary>
    public const int RequestCount = 3;

    /// <summary>The RFC names no time-out.</summary>
    public static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(200);

    /// <summary>At most one procedure in this time (RFC 4436 section 2.2).</summary>
    public static readonly TimeSpan LeastInterval = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Learning was in vain so many times: a switch that lets nothing of a lease through until it has noted it, or a
    /// router that starts up.
    /// </summary>
    public int Rounds { get; init; }

    /// <summary>To the first repetition of a round in vain; each pause is twice the one before, up to <see cref="MaxLearnPause"/>.</summary>
    public static readonly TimeSpan LearnPause = TimeSpan.FromSeconds(2);

    /// <summary>A network without a router that answers is asked no more often.</summary>
    public static readonly TimeSpan MaxLearnPause = TimeSpan.FromMinutes(10);

    /// <summary>The next round of learning, after a pause.</summary>
    public GatewayProbe Again(Instant now)
    {
        double seconds = Math.Min(LearnPause.TotalSeconds * Math.Pow(2, Math.Min(Rounds, 16)), MaxLearnPause.TotalSeconds);
        return this with { Sent = 0, Rounds = Rounds + 1, NextAt = now + TimeSpan.FromSeconds(seconds) };
    }

    /// <summary>True when the last request has had its time.</summary>
    public bool IsOver(Instant now) => Sent >= RequestCount && NextAt <= now;

    /// <summary>The packet to send and the Ethernet address it goes to.</summary>
    public (ArpPacket Packet, MacAddress Destination) RequestBy(MacAddress self, Ipv4Address candidate) =>
        (ArpPacket.RequestFor(self, candidate, Gateway), Known ?? MacAddress.Broadcast);

    /// <summary>True for a reply of the router's, whatever hardware address it gives; nothing is one before it was asked.</summary>
    public bool IsAnsweredBy(in ArpPacket packet) => Sent > 0 && packet.Operation == ArpPacket.Reply && packet.SenderAddress == Gateway;
}
