using BondDhcp.Dhcp.Client;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Client6;

public sealed partial record Dhcp6Client
{
    /// <summary>
    /// As <see cref="Why"/>, that an address is missing, and that the cap on messages holds the next one back or the kernel did
    /// not take the last one: then nobody was asked, and no server is silent.
    /// </summary>
    /// <param name="now">The present.</param>
    /// <param name="unsent">What the kernel said against the last message; null where it took it.</param>
    public string? WhyAt(Instant now, string? unsent = null)
    {
        string? why = HeldBackUntil > now && IsReady && State is not (Dhcp6State.Stopped or Dhcp6State.Waiting or Dhcp6State.Releasing)
            ? TransmitBudget.HeldBackWords(HeldBackUntil, now)
            : unsent is not null && IsReady && State is not Dhcp6State.Releasing && State.ExchangeInState is { IsUnderWay: true }
                ? $"the last message could not be sent: {unsent}"
            : Why is { } silent && NextQuestion is { } question ? $"{silent}; {TransmitBudget.NextWords(question.Message, question.At, now)}"
            : Why;
        if (Lease is null || RestoreAt.IsNever) return why;
        string missing = RestoreBudget.Words("an address of the lease", RestoreAt, now);
        return why is null ? missing : $"{missing}; {why}";
    }

    /// <summary>Why it is not as wanted, in words for a person; null when it is, or when nothing has gone wrong yet.</summary>
    public string? Why => State switch
    {
        Dhcp6State.Stopped stopped => stopped.Why,
        Dhcp6State.Waiting waiting => waiting.Why,
        Dhcp6State.Declining => "every address granted is in use by another host; the next attempt waits",
        Dhcp6State.Releasing => null,
        _ when !IsReady => NotReadyWhy,
        _ when IgnoredWhy is { } ignored => ignored,
        Dhcp6State.Soliciting { Solicitation.Exchange.Sent: > 1 } => "no DHCPv6 server offers anything",
        Dhcp6State.Requesting { Request.Exchange: { Sent: > 1, Server: { } server } } => $"server {server} does not answer",
        Dhcp6State.Unconfirmed => "no server has confirmed that the lease is of this network; it is in force until it ends, and is not renewed before that",
        Dhcp6State.Renewing { Exchange.IsPartlyAnswered: true } or Dhcp6State.Rebinding { Exchange.IsPartlyAnswered: true } =>
            "a part of the lease is extended, the rest by no server yet; it is in force until it ends",
        Dhcp6State.Renewing { Exchange.Sent: > 1 } => $"server {Lease?.ServerIdentifier} does not answer; the lease is in force until it ends",
        Dhcp6State.Rebinding => "no server has extended the lease; it is in force until it ends",
        Dhcp6State.InformationRequesting { Exchange.Sent: > 1 } => "no DHCPv6 server answers",
        Dhcp6State.Bound when LostToConflict => "every address granted is in use by another host; another one is asked for with the next renewal",
        Dhcp6State.Bound when WantsMoreThan(Lease) is { } missing => $"the server gave no {missing}",
        _ => null,
    };

    /// <summary>The next message to whoever hears it, while none of them is of use; null where it is not that.</summary>
    private (string Message, Instant At)? NextQuestion => !IsReady ? null : State switch
    {
        Dhcp6State.Soliciting { Solicitation: { Advertises.IsEmpty: true, Exchange: { IsUnderWay: true } search } } => ("SOLICIT", search.SendAt),
        Dhcp6State.InformationRequesting { Exchange: { IsUnderWay: true } question } => ("INFORMATION-REQUEST", question.SendAt),
        _ => null,
    };

    /// <summary>The message in force granted addresses, and another host was found to have each of them; prefixes are left.</summary>
    private bool LostToConflict =>
        Conflicts > 0 && Lease is { Addresses.IsEmpty: true } lease
        && lease.Reply.IaNas.Any(ia => ia.Iaid == lease.Iaid && ia.Addresses.Any(static one => one.ValidSeconds > 0));

    /// <summary>What is asked for and not there; null when everything is.</summary>
    private string? WantsMoreThan(Dhcp6Lease? lease) =>
        WantsAddresses && lease?.Addresses.IsEmpty != false ? "address"
        : WantsPrefixes && lease?.Prefixes.IsEmpty != false ? "prefix"
        : null;

    /// <summary>An IA_NA is asked for.</summary>
    internal bool WantsAddresses => Settings.Mode switch
    {
        Dhcp6Mode.Stateful => true,
        Dhcp6Mode.Auto => Router is { Managed: true },
        _ => false,
    };

    /// <summary>An IA_PD is asked for: no flag of a router tells of prefixes, but without a router there is nobody to use one.</summary>
    internal bool WantsPrefixes => Settings.PrefixLengthHint is not null && (Settings.Mode != Dhcp6Mode.Auto || Router is not null);

    /// <summary>A session with a server that grants leases is wanted.</summary>
    internal bool WantsLeases => WantsAddresses || WantsPrefixes;

    /// <summary>Configuration alone is asked for.</summary>
    internal bool WantsInformation => !WantsLeases && (Settings.Mode == Dhcp6Mode.Stateless || Router is { OtherConfiguration: true });

    /// <summary>
    /// Configuration is asked for beside a search for prefixes that finds none: where addresses are not wanted anyway, or
    /// where servers have answered that they have none to give either.
    /// </summary>
    /// <param name="refused">Servers have.</param>
    internal bool WantsInformationBeside(bool refused) =>
        WantsPrefixes && (WantsAddresses ? refused : Settings.Mode == Dhcp6Mode.Stateless || Router is { OtherConfiguration: true });

    /// <summary>The IA_PD's hint where no prefix is there yet (RFC 9915 section 18.2.4).</summary>
    internal Ipv6Prefix PrefixHint => new(Ipv6Address.Any, Settings.PrefixLengthHint ?? 0);
}
