using BondDhcp.Bond.Addressing;
using BondDhcp.Dhcp.Arp;
using BondDhcp.Dhcp.Client;
using BondDhcp.Net;

namespace BondDhcp.Host.Statics;

/// <summary>Where one address stands.</summary>
internal enum StaticPhase
{
    /// <summary>For the interface, or for a carrier.</summary>
    Waiting,
    /// <summary>Whether another host has it is being found out.</summary>
    Probing,
    /// <summary>It is to be on the interface.</summary>
    Configured,
    /// <summary>Another host has it; tried again later.</summary>
    InUse,
    /// <summary>Another program removed it again and again.</summary>
    Contested,
}

/// <summary>Why an address is there.</summary>
internal enum StaticOrigin
{
    /// <summary>It is always there.</summary>
    Static,
    /// <summary>It was written down for when there is no lease.</summary>
    Fallback,
    /// <summary>It was made up for when there is no lease (RFC 3927); another one takes its place when another host has it.</summary>
    LinkLocal,
}

/// <summary>One address and what is known of it. Immutable.</summary>
/// <param name="Address">The address.</param>
/// <param name="Origin">Why it is there.</param>
internal sealed record StaticAddressState(StaticAddress Address, StaticOrigin Origin)
{
    /// <summary>The word of <c>status</c> and events.</summary>
    public static string WordOf(StaticOrigin origin) => origin switch
    {
        StaticOrigin.Fallback => "fallback",
        StaticOrigin.LinkLocal => "link-local",
        _ => "static",
    };

    /// <summary>Where it stands.</summary>
    public StaticPhase Phase { get; init; }

    /// <summary>The conflict window: before use while probing, beside use while configured; null outside one.</summary>
    public AddressProbe? Probe { get; init; }

    /// <summary>A conflict window has closed over it: it was ours before anybody else claimed it.</summary>
    public bool IsVerified { get; init; }

    /// <summary>To be announced when it is there.</summary>
    public bool IsAnnouncementDue { get; init; }

    /// <summary>It was seen on the interface.</summary>
    public bool IsPresent { get; init; }

    /// <summary>Announcements still to be made.</summary>
    public Announcement? Announcement { get; init; }

    /// <summary>When the last set of announcements began.</summary>
    public Instant? AnnouncedAt { get; init; }

    /// <summary>When it is used whether or not probing has come to an end; null until that is begun.</summary>
    public Instant? LatestUseAt { get; init; }

    /// <summary>When it is used without having been probed to the end; Never for one that another host has.</summary>
    public Instant ConfigureAt { get; init; } = Instant.Never;

    /// <summary>When an address in use elsewhere is probed again, or the kernel is made to.</summary>
    public Instant RetryAt { get; init; } = Instant.Never;

    /// <summary>IPv6: how often in a row another host had it (RFC 4862 section 5.4.5); 0 for one that is ours, or not known to be.</summary>
    public int Duplicates { get; init; }

    /// <summary>IPv6: when that was found last.</summary>
    public Instant DuplicateAt { get; init; } = Instant.Never;

    /// <summary>When it was defended last.</summary>
    public Instant? DefendedAt { get; init; }

    /// <summary>When the journal was told of a conflict last.</summary>
    public Instant? ToldAt { get; init; }

    /// <summary>Who has it or claimed it last.</summary>
    public MacAddress? Offender { get; init; }

    /// <summary>How often it was put back of late.</summary>
    public RestoreBudget Restores { get; init; }

    /// <summary>When it is put back next.</summary>
    public Instant RestoreAt { get; init; } = Instant.Never;

    /// <summary>The IPv4 address; null for IPv6, where the kernel does all of this.</summary>
    public Ipv4Address? Ipv4 => Address.Ipv4?.Address;

    /// <summary>It is to be on the interface now.</summary>
    public bool IsPermitted => Phase == StaticPhase.Configured && RestoreAt.IsNever;

    /// <summary>The earliest instant at which something is to be done; packets are sent only while the interface is usable.</summary>
    public Instant NextAt(bool usable)
    {
        Instant next = Instant.Min(ConfigureAt, RestoreAt);
        if (!usable) return next;
        if (Probe is { } probe) next = Instant.Min(next, probe.NextAt);
        if (Announcement is { } announcement) next = Instant.Min(next, announcement.NextAt);
        return Instant.Min(next, RetryAt);
    }
}
