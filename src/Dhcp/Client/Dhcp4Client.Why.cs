using BondDhcp.Net;

namespace BondDhcp.Dhcp.Client;

public sealed partial record Dhcp4Client
{
    /// <summary>
    /// As <see cref="Why"/>, that the address is missing, and that the cap on messages holds the next one back or the kernel did
    /// not take the last one: then nobody was asked, and no server is silent.
    /// </summary>
    /// <param name="now">The present.</param>
    /// <param name="unsent">What the kernel said against the last message; null where it took it.</param>
    public string? WhyAt(Instant now, string? unsent = null)
    {
        string? why = HeldBackUntil > now && LinkUsable && State is not (Dhcp4State.Stopped or Dhcp4State.Waiting or Dhcp4State.Releasing)
            ? TransmitBudget.HeldBackWords(HeldBackUntil, now)
            : unsent is not null && LinkUsable && HasExchange ? $"the last message could not be sent: {unsent}"
            : Why is { } silent && LinkUsable && State is Dhcp4State.Selecting { Acquisition: { Sent: > 0, Offers.IsEmpty: true } search }
                ? $"{silent}; {TransmitBudget.NextWords("DHCPDISCOVER", search.SendAt, now)}"
            : Why;
        if (Lease is null || RestoreAt.IsNever) return why;
        string missing = RestoreBudget.Words(Lease.Prefix.ToString(), RestoreAt, now);
        return why is null ? missing : $"{missing}; {why}";
    }

    /// <summary>Why it is not as wanted, in words for a person; null when it is, or when nothing has gone wrong yet.</summary>
    public string? Why => State switch
    {
        Dhcp4State.Stopped stopped => stopped.Why,
        Dhcp4State.Waiting waiting => waiting.Why,
        Dhcp4State.DeclineWait => "the address granted is in use by another host; the next attempt waits",
        Dhcp4State.NakBackoff => "the server refused; the next attempt waits",
        Dhcp4State.V6OnlyWait => "the network prefers IPv6 only (RFC 8925)",
        _ when !LinkUsable => LinkUnusableWhy,
        _ when IgnoredWhy is { } ignored => ignored,
        Dhcp4State.Selecting { Acquisition.Sent: > 1 } => "no DHCP server answers",
        Dhcp4State.Requesting { Acquisition: { Sent: > 1, Offer: { } offer } } => $"server {offer.ServerIdentifier} does not answer",
        Dhcp4State.Renewing { Extension.Sent: > 1 } => $"server {Lease?.ServerIdentifier} does not answer; the lease is in force until it ends",
        Dhcp4State.Rebinding => "no server has extended the lease; it is in force until it ends",
        _ when Beside is { Sent: > 1 } => "no server confirms the lease; it is in force until it ends",
        _ => null,
    };
}
