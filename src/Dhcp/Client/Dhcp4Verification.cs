using BondDhcp.Dhcp.Arp;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Client;

/// <summary>One of the two forms of a verifying request.</summary>
/// <param name="Chaddr">The chaddr presented; null: the interface's current one (form N), else the lease's (form S).</param>
/// <param name="Exchange">Its transaction; each form has its own xid.</param>
/// <param name="Sent">Transmissions so far.</param>
/// <param name="SentAt">The first one: a lease acknowledged counts from here.</param>
/// <param name="Refused">A DHCPNAK that counts has come, or an ACK of another address.</param>
public sealed record VerificationForm(MacAddress? Chaddr, Dhcp4Exchange Exchange, int Sent, Instant SentAt, bool Refused);

/// <summary>What the lease's gateway said during a verification.</summary>
public enum GatewayAnswer
{
    /// <summary>There is none whose hardware address is known.</summary>
    NotAsked,
    /// <summary>Asked, no answer yet.</summary>
    Pending,
    /// <summary>The known hardware address answered (RFC 4436).</summary>
    Answered,
    /// <summary>No answer in time.</summary>
    Silent,
}

/// <summary>
/// Asking the server whether a lease still holds, by INIT-REBOOT requests: with the current hardware address as chaddr
/// (form N, what the RFC says and what snooping switches accept) and with the one the lease was granted under (form S,
/// what servers that know clients by chaddr accept).
/// </summary>
public sealed record Dhcp4Verification
{
    /// <summary>When it began; secs counts from here.</summary>
    public required Instant StartedAt { get; init; }

    /// <summary>The form sent first.</summary>
    public required VerificationForm First { get; init; }

    /// <summary>The other form; null where the lease's chaddr is the current one or may not be presented.</summary>
    public VerificationForm? Second { get; init; }

    /// <summary>How often the second form is sent: once when its device has left this host.</summary>
    public int SecondLimit { get; init; } = Dhcp4Timing.VerificationRepeats;

    /// <summary>Between transmissions: 1 s, or 300 ms where little lease time is left.</summary>
    public TimeSpan Spacing { get; init; } = Dhcp4Timing.VerificationSpacing;

    /// <summary>The next transmission.</summary>
    public required Instant SendAt { get; init; }

    /// <summary>When silence is taken as an answer.</summary>
    public required Instant GiveUpAt { get; init; }

    /// <summary>When the first form was refused; the other one has 2 s from here.</summary>
    public Instant? RefusedAt { get; init; }

    /// <summary>What the gateway said.</summary>
    public GatewayAnswer Gateway { get; init; }

    /// <summary>
    /// <see cref="Gateway"/> is what was found out before the path was needed, from no address: a switch that lets only
    /// some addresses through may treat the lease's differently.
    /// </summary>
    public bool GatewayPresumed { get; init; }

    /// <summary>An ACK to form S that waits for the gateway's answer.</summary>
    public Dhcp4Reply? HeldAck { get; init; }

    /// <summary>A stranger's NAK that waits for the gateway's answer.</summary>
    public Dhcp4Reply? HeldNak { get; init; }

    /// <summary>The conflict window that runs beside it while the address is not in use yet; null when none.</summary>
    public AddressProbe? Probe { get; init; }

    /// <summary>
    /// When it ends without an answer. Not while an ACK waits for the gateway: the gateway's answer, or the end of its
    /// time, ends it then.
    /// </summary>
    public Instant EndsAt => HeldAck is not null ? Instant.Never
        : RefusedAt is { } refused ? Instant.Min(GiveUpAt, refused + Dhcp4Timing.RefusalHold)
        : GiveUpAt;

    /// <summary>True when every form in use has been refused.</summary>
    public bool AllRefused => First.Refused && (Second is null || Second.Refused);

    /// <summary>The form whose exchange has this xid; null for neither.</summary>
    public VerificationForm? FormOf(uint xid) =>
        First.Exchange.Xid == xid ? First : Second?.Exchange.Xid == xid ? Second : null;

    /// <summary>The same verification with <paramref name="form"/> in the place of the one with its xid.</summary>
    public Dhcp4Verification With(VerificationForm form) =>
        First.Exchange.Xid == form.Exchange.Xid ? this with { First = form } : this with { Second = form };
}
