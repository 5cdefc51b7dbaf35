using System.Collections.Immutable;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Client;

/// <summary>
/// The cap on what is sent, per path: switches with DHCP rate limiting or ARP inspection shut a port down at 15 packets
/// a second, and a bond that flaps must not bring its own ports down.
/// </summary>
public sealed record TransmitBudget
{
    /// <summary>DHCP messages in any second.</summary>
    public const int DhcpPerSecond = 6;

    /// <summary>DHCP messages in any minute.</summary>
    public const int DhcpPerMinute = 20;

    /// <summary>Of these, kept back for DHCPDECLINE and DHCPRELEASE, which are sent once and cannot wait.</summary>
    public const int KeptPerSecond = 1;

    /// <inheritdoc cref="KeptPerSecond"/>
    public const int KeptPerMinute = 2;

    /// <summary>ARP packets in any second, those of the kernel's own announcements counted.</summary>
    public const int ArpPerSecond = 8;

    /// <summary>What the bonding driver sends by itself at a failover (num_grat_arp).</summary>
    public const int KernelAnnouncements = 2;

    /// <summary>What a bond's path probe sends on one slave (<c>PathProbeTiming.RequestGap</c> apart).</summary>
    public const int PathProbeRequests = 2;

    /// <summary>Paths accounted for at once; the least recent is forgotten.</summary>
    public const int MaxPaths = 8;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Minute = TimeSpan.FromSeconds(60);

    private ImmutableArray<PathUse> Paths { get; init; } = [];

    /// <summary>When the next DHCP message that may wait may leave on this path: now, or later.</summary>
    public Instant DhcpAllowedAt(int path, Instant now) =>
        DhcpAllowedAt(path, now, DhcpPerSecond - KeptPerSecond, DhcpPerMinute - KeptPerMinute);

    /// <summary>True when a DHCPDECLINE or DHCPRELEASE may leave on this path now.</summary>
    public bool AllowsLastWord(int path, Instant now) => DhcpAllowedAt(path, now, DhcpPerSecond, DhcpPerMinute) <= now;

    private Instant DhcpAllowedAt(int path, Instant now, int perSecond, int perMinute)
    {
        ImmutableArray<Instant> sent = UseOf(path).Dhcp;
        Instant allowed = now;
        if (sent.Length >= perSecond) allowed = Instant.Max(allowed, sent[^perSecond] + Second);
        if (sent.Length >= perMinute) allowed = Instant.Max(allowed, sent[^perMinute] + Minute);
        return allowed;
    }

    /// <summary>When the next ARP packet may leave on this path.</summary>
    /// <param name="path">The path.</param>
    /// <param name="now">Now.</param>
    /// <param name="ofOthers">Packets a second to leave to others; one a second stays in any case.</param>
    public Instant ArpAllowedAt(int path, Instant now, int ofOthers = KernelAnnouncements)
    {
        ImmutableArray<Instant> sent = UseOf(path).Arp;
        int own = Math.Clamp(ArpPerSecond - ofOthers, 1, ArpPerSecond);
        return sent.Length >= own ? Instant.Max(now, sent[^own] + Second) : now;
    }

    /// <summary>After a DHCP message left.</summary>
    public TransmitBudget DhcpSent(int path, Instant now)
    {
        PathUse use = UseOf(path);
        return With(use with { Dhcp = Append(use.Dhcp, now, DhcpPerMinute) });
    }

    /// <summary>After an ARP packet left.</summary>
    public TransmitBudget ArpSent(int path, Instant now)
    {
        PathUse use = UseOf(path);
        return With(use with { Arp = Append(use.Arp, now, ArpPerSecond) });
    }

    private PathUse UseOf(int path)
    {
        foreach (PathUse use in Paths)
            if (use.Path == path) return use;
        return new PathUse(path, [], []);
    }

    private TransmitBudget With(PathUse use)
    {
        ImmutableArray<PathUse>.Builder paths = ImmutableArray.CreateBuilder<PathUse>(Paths.Length + 1);
        foreach (PathUse other in Paths)
            if (other.Path != use.Path) paths.Add(other);
        if (paths.Count >= MaxPaths) paths.RemoveAt(0);
        paths.Add(use);
        return this with { Paths = paths.ToImmutable() };
    }

    private static ImmutableArray<Instant> Append(ImmutableArray<Instant> sent, Instant now, int limit) =>
        (sent.Length < limit ? sent : sent.RemoveAt(0)).Add(now);

    private sealed record PathUse(int Path, ImmutableArray<Instant> Dhcp, ImmutableArray<Instant> Arp);
}
