using System.Collections.Immutable;
using System.Text.Json;

namespace BondDhcp.Host.Hooks;

/// <summary>
/// Why hooks are run, by the words of dhclient-script(8), in capitals there. MEDIUM, ARPCHECK, ARPSEND, TIMEOUT and NBI never
/// occur: what they are for is done otherwise.
/// </summary>
internal enum HookReason
{
    /// <summary>DHCPv4 begins on the interface.</summary>
    Preinit,
    /// <summary>A new lease, or another address.</summary>
    Bound,
    /// <summary>The server extended the lease.</summary>
    Renew,
    /// <summary>A server extended it after the one that granted it was silent.</summary>
    Rebind,
    /// <summary>A server confirmed the lease after a start, or after the path changed.</summary>
    Reboot,
    /// <summary>The lease ended, was refused, or belongs to another network.</summary>
    Expire,
    /// <summary>No lease could be had for a while.</summary>
    Fail,
    /// <summary>The interface is gone, or the address cannot be kept.</summary>
    Stop,
    /// <summary>The lease was given back.</summary>
    Release,
    /// <summary>DHCPv6 begins on the interface.</summary>
    Preinit6,
    /// <summary>A new address or prefix.</summary>
    Bound6,
    /// <summary>Its server extended it.</summary>
    Renew6,
    /// <summary>A server extended it.</summary>
    Rebind6,
    /// <summary>Its preferred lifetime is over.</summary>
    Depref6,
    /// <summary>Its valid lifetime is over, or it was refused.</summary>
    Expire6,
    /// <summary>The interface is gone, or DHCPv6 ends without giving back.</summary>
    Stop6,
    /// <summary>It was given back.</summary>
    Release6,
}

/// <summary>One thing that happened, for hooks.</summary>
/// <param name="Interface">The interface.</param>
/// <param name="Reason">What happened.</param>
internal sealed record HookEvent(string Interface, HookReason Reason)
{
    /// <summary>The word that hooks know.</summary>
    public string Word => Reason.ToString().ToUpperInvariant();

    /// <summary>4 or 6.</summary>
    public int Family => Reason >= HookReason.Preinit6 ? 6 : 4;

    /// <summary>What it is about where an interface has several: a DHCPv6 address or prefix. Events of others are not merged with it.</summary>
    public string Subject { get; init; } = "";

    /// <summary>Variables that get the prefix <c>old_</c>: what was until now.</summary>
    public ImmutableArray<HookVariable> Old { get; init; } = [];

    /// <summary>Variables that get the prefix <c>new_</c>: what is from now on.</summary>
    public ImmutableArray<HookVariable> New { get; init; } = [];

    /// <summary>Variables that get the prefix <c>cur_</c>: what is and only loses its preference.</summary>
    public ImmutableArray<HookVariable> Current { get; init; } = [];

    /// <summary>Writes the object <c>old</c> of the JSON; null where there is none.</summary>
    public Action<Utf8JsonWriter>? OldJson { get; init; }

    /// <summary>Writes the object <c>new</c> of the JSON; null where there is none.</summary>
    public Action<Utf8JsonWriter>? NewJson { get; init; }

    /// <summary>When it happened, as people say it.</summary>
    public DateTimeOffset At { get; init; } = TimeProvider.System.GetUtcNow();

    /// <summary>It brings a lease, or brings one on.</summary>
    public bool IsBinding => Reason is HookReason.Bound or HookReason.Renew or HookReason.Rebind or HookReason.Reboot
        or HookReason.Bound6 or HookReason.Renew6 or HookReason.Rebind6;

    /// <summary>It brings on what was there.</summary>
    public bool IsExtension => IsBinding && Reason is not (HookReason.Bound or HookReason.Bound6);
}

/// <summary>One variable, without its prefix.</summary>
/// <param name="Name">As dhclient calls it: <c>ip_address</c>.</param>
/// <param name="Value">Checked once more before it is handed out.</param>
internal readonly record struct HookVariable(string Name, string Value);
