using BondDhcp.Dhcp.Client;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Client6;

public sealed partial record Dhcp6Client
{
    /// <summary>As <see cref="Why"/>, and that the cap on messages holds the next one back.</summary>
    /// <param name="now">The present.</param>
    public string? WhyAt(Instant now) =>
        HeldBackUntil > now && IsReady && State is not (Dhcp6State.Stopped or Dhcp6State.Waiting or Dhcp6State.Releasing)
            ? TransmitBudget.HeldBackWords(HeldBackUntil, now)
            : Why;

    /// <summary>Why it is not as wanted, in words for a person; null when it is, or when nothing has gone wrong yet.</summary>
    public string? Why => State switch
    {
        Dhcp6State.Stopped stopped => stopped.Why,
        Dhcp6State.Waiting waiting => waiting.Why,
        Dhcp6State.Declining => "every address granted is in use by another host; the next attempt waits",
        Dhcp6State.Releasing => null,
        _ when !IsReady => NotReadyWhy,
        Dhcp6State.Soliciting { Solicitation.Exchange.Sent: > 1 } => "no DHCPv6 server offers anything",
        Dhcp6State.Requesting { Request.Exchange: { Sent: > 1, Server: { } server } } => $"server {server} does not answer",
        Dhcp6State.Renewing { Exchange.Sent: > 1 } => $"server {Lease?.ServerIdentifier} does not answer; the lease is in force until it ends",
        Dhcp6State.Rebinding => "no server has extended the lease; it is in force until it ends",
        Dhcp6State.InformationRequesting { Exchange.Sent: > 1 } => "no DHCPv6 server answers",
        Dhcp6State.Bound when WantsMoreThan(Lease) is { } missing => $"the server gave no {missing}",
        _ => null,
    };

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
