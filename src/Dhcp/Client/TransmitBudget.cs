using System.Collections.Immutable;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Client;

/// <summary>
/// The cap on what is sent, per path: switches with DHCP rate limiting or ARP inspection shut a port down at 15 packets
/// a second, and a bond that flaps must not bring its own ports down. Each sender keeps what it sent itself and is told
/// what others sent on the same path (<c>others</c>): the caps are the path's, and a least part of them is each one's own,
/// so that none has to wait for another to fall silent.
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

    /// <summary>DHCP messages in any second that are left to each other sender: a question and the REQUEST after its answer.</summary>
    public const int LeastPerSecond = 2;

    /// <summary>DHCP messages in any minute that are left to each other sender: an acquisition whose first half was lost once.</summary>
    public const int LeastPerMinute = 4;

    /// <summary>ARP and Neighbour Discovery packets in any second, those of the kernel's own announcements counted.</summary>
    public const int ArpPerSecond = 8;

    /// <summary>Of these, left to each other sender: an announcement.</summary>
    public const int LeastArpPerSecond = 1;

    /// <summary>What the bonding driver sends by itself at a failover (num_grat_arp).</summary>
    public const int KernelAnnouncements = 2;

    /// <summary>What a bond's path probe sends on one slave (<c>PathProbeTiming.RequestGap</c> apart).</summary>
    public const int PathProbeRequests = 2;

    /// <summary>Paths accounted for at once; the least recent is forgotten.</summary>
    public const int MaxPaths = 8;

    /// <summary>
    /// Held back for longer than this is worth a word: the cap of a second is met in the ordinary course of a failover.
    /// </summary>
    public static readonly TimeSpan NotableDelay = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Minute = TimeSpan.FromSeconds(60);

    /// <summary>False for who sends ARP alone: nothing of the DHCP messages has to be left to it.</summary>
    public bool SendsDhcp { get; init; } = true;

    private ImmutableArray<PathUse> Paths { get; init; } = [];

    /// <summary>When the next DHCP message that may wait may leave on this path: now, or later.</summary>
    /// <param name="path">The path.</param>
    /// <param name="now">Now.</param>
    /// <param name="others">What others that send on this path sent; empty for none.</param>
    public Instant DhcpAllowedAt(int path, Instant now, ImmutableArray<TransmitBudget> others)
    {
        ImmutableArray<Instant> own = UseOf(path).Dhcp;
        const int perSecond = DhcpPerSecond - KeptPerSecond, perMinute = DhcpPerMinute - KeptPerMinute;
        int sharers = others.Count(static other => other.SendsDhcp);
        Instant at = After(own, OwnPart(perSecond, LeastPerSecond, sharers), Second, now);
        at = After(own, OwnPart(perMinute, LeastPerMinute, sharers), Minute, at);
        ImmutableArray<Instant> all = Together(own, path, others, static use => use.Dhcp);
        return After(all, perMinute, Minute, After(all, perSecond, Second, at));
    }

    /// <summary>For people: that the cap of a minute holds a message back, and for how long.</summary>
    /// <param name="until">When it may leave; after <paramref name="now"/>.</param>
    /// <param name="now">Now.</param>
    public static string HeldBackWords(Instant until, Instant now) =>
        FormattableString.Invariant($"held back: {DhcpPerMinute} DHCP messages in a minute are the limit, the next in {Math.Ceiling((until - now).TotalSeconds)} s");

    /// <summary>Says when a message that nobody of use has answered is sent again.</summary>
    public static string NextWords(string message, Instant at, Instant now) =>
        FormattableString.Invariant($"the next {message} in {Math.Max(1, Math.Ceiling((at - now).TotalSeconds))} s");

    /// <summary>True when a DHCPDECLINE or DHCPRELEASE may leave on this path now.</summary>
    public bool AllowsLastWord(int path, Instant now, ImmutableArray<TransmitBudget> others)
    {
        ImmutableArray<Instant> all = Together(UseOf(path).Dhcp, path, others, static use => use.Dhcp);
        return After(all, DhcpPerMinute, Minute, After(all, DhcpPerSecond, Second, now)) <= now;
    }

    /// <summary>When the next ARP or Neighbour Discovery packet may leave on this path.</summary>
    /// <param name="path">The path.</param>
    /// <param name="now">Now.</param>
    /// <param name="others">As in <see cref="DhcpAllowedAt"/>.</param>
    /// <param name="ofOthers">Packets a second to leave to those who keep no account; one a second for every sender stays in any case.</param>
    public Instant ArpAllowedAt(int path, Instant now, ImmutableArray<TransmitBudget> others, int ofOthers = KernelAnnouncements)
    {
        ImmutableArray<Instant> own = UseOf(path).Arp;
        int perSecond = Math.Clamp(ArpPerSecond - ofOthers, Math.Min(LeastArpPerSecond * (1 + others.Length), ArpPerSecond), ArpPerSecond);
        Instant at = After(own, OwnPart(perSecond, LeastArpPerSecond, others.Length), Second, now);
        return After(Together(own, path, others, static use => use.Arp), perSecond, Second, at);
    }

    // What a sender may use where others send too: all but the least part of each of them.
    private static int OwnPart(int all, int least, int others) => Math.Max(least, all - (least * others));

    private static Instant After(ImmutableArray<Instant> sent, int limit, TimeSpan window, Instant at) =>
        sent.Length >= limit ? Instant.Max(at, sent[^limit] + window) : at;

    private static ImmutableArray<Instant> Together(
        ImmutableArray<Instant> own, int path, ImmutableArray<TransmitBudget> others, Func<PathUse, ImmutableArray<Instant>> kind)
    {
        if (others.IsEmpty) return own;
        ImmutableArray<Instant>.Builder all = own.ToBuilder();
        foreach (TransmitBudget other in others) all.AddRange(kind(other.UseOf(path)));
        all.Sort();
        return all.ToImmutable();
    }

    /// <summary>After a DHCP message left.</summary>
    public TransmitBudget DhcpSent(int path, Instant now)
    {
        PathUse use = UseOf(path);
        return With(use with { Dhcp = Append(use.Dhcp, now, DhcpPerMinute) });
    }

    /// <summary>After an ARP or Neighbour Discovery packet left.</summary>
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
