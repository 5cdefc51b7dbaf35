using BondDhcp.Net;

namespace BondDhcp.Dhcp.Arp;

/// <summary>The conflict window of one address (RFC 5227 section 2.1): when to probe, and when the address counts as free.</summary>
/// <param name="Address">The candidate.</param>
/// <param name="Strict">RFC 5227's own times; otherwise three probes within 200 ms.</param>
/// <param name="Sent">Probes sent.</param>
/// <param name="ProbeAt">The next probe; Never when all are sent.</param>
/// <param name="CleanAt">When silence means that the address is free; of a strict window Never until the last probe is sent.</param>
/// <param name="Offender">Who else claims it; null while nobody does.</param>
public sealed record AddressProbe(
    Ipv4Address Address, bool Strict, int Sent, Instant ProbeAt, Instant CleanAt, MacAddress? Offender)
{
    /// <summary>PROBE_NUM.</summary>
    public const int ProbeCount = 3;

    /// <summary>ANNOUNCE_WAIT.</summary>
    public static readonly TimeSpan AnnounceWait = TimeSpan.FromSeconds(2);

    /// <summary>Between probes of the short window.</summary>
    public static readonly TimeSpan FastGap = TimeSpan.FromMilliseconds(60);

    /// <summary>The short window as a whole: an awake host answers within a few ms, a sleeping station's access point within two beacons.</summary>
    public static readonly TimeSpan FastWindow = TimeSpan.FromMilliseconds(200);

    /// <summary>What is left of the short window after its last probe.</summary>
    public static readonly TimeSpan FastWait = FastWindow - ((ProbeCount - 1) * FastGap);

    /// <summary>Opens the window.</summary>
    public static AddressProbe Begin(Ipv4Address address, bool strict, Instant now, EntropySource entropy) =>
        strict
            // PROBE_WAIT: 0 to 1 s.
            ? new AddressProbe(address, true, 0, now + TimeSpan.FromSeconds(entropy.NextUnit()), Instant.Never, null)
            : new AddressProbe(address, false, 0, now, now + FastWindow, null);

    /// <summary>The earliest instant at which something is to be done.</summary>
    public Instant NextAt => Offender is not null ? Instant.Never : ProbeAt.IsNever ? CleanAt : ProbeAt;

    /// <summary>
    /// True when the window has closed without a conflict. It does not close before all probes are sent: a process that did not run
    /// meanwhile has asked nobody.
    /// </summary>
    public bool IsClean(Instant now) => Offender is null && ProbeAt.IsNever && CleanAt <= now;

    /// <summary>The window after a probe was sent.</summary>
    public AddressProbe ProbeSent(Instant now, EntropySource entropy)
    {
        int sent = Sent + 1;
        if (!Strict)
        {
            return sent < ProbeCount
                ? this with { Sent = sent, ProbeAt = now + FastGap }
                // A probe that came late leaves no less time to answer it.
                : this with { Sent = sent, ProbeAt = Instant.Never, CleanAt = Instant.Max(CleanAt, now + FastWait) };
        }
        return sent < ProbeCount
            // PROBE_MIN to PROBE_MAX: 1 to 2 s.
            ? this with { Sent = sent, ProbeAt = now + TimeSpan.FromSeconds(1 + entropy.NextUnit()) }
            : this with { Sent = sent, ProbeAt = Instant.Never, CleanAt = now + AnnounceWait };
    }

    /// <summary>
    /// The window after an ARP packet of another host: any packet that claims the candidate, and a probe for it
    /// (RFC 5227 section 2.1.1), are conflicts.
    /// </summary>
    public AddressProbe Heard(in ArpPacket packet) =>
        Offender is null && (packet.SenderAddress == Address || (packet.IsProbe && packet.TargetAddress == Address))
            ? this with { Offender = packet.SenderHardware }
            : this;
}
