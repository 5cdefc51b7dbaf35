using System.Collections.Immutable;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Client6;

/// <summary>
/// The DHCPv6 client of RFC 9915 for an interface whose hardware address may change. Pure: no I/O, no clock, no log. A
/// value; every step gives the next one and appends what is to be done.
/// </summary>
/// <remarks>
/// Identity (DUID and IAID) never changes by itself, and no server is told a hardware address: a change of the path
/// leaves every exchange alone that another path may answer as well. Under the anonymity profile both are otherwise.
/// </remarks>
public sealed partial record Dhcp6Client
{
    /// <summary>A client that has not been started.</summary>
    public static Dhcp6Client Create(Dhcp6Settings settings) => new() { Settings = settings };

    /// <summary>
    /// As <see cref="Create"/>, in the place of one that ended: what that one sent counts on, because the limit of RFC 9915
    /// section 14.1 is the interface's, whatever is started again on it.
    /// </summary>
    public static Dhcp6Client CreateAfter(Dhcp6Client before, Dhcp6Settings settings) =>
        Create(settings) with { RateLimit = before.RateLimit, Budget = before.Budget };

    /// <summary>The configuration.</summary>
    public required Dhcp6Settings Settings { get; init; }

    /// <summary>The DUID that is sent now; under the anonymity profile that of the settings before a hardware address is known, with which nothing is sent.</summary>
    public Duid ClientIdentifier =>
        Settings.Anonymous && IdentityMac != MacAddress.Zero ? Duid.FromMac(IdentityMac) : Settings.ClientIdentifier;

    /// <summary>The IAID of the IA_NA.</summary>
    public Iaid Iaid => Settings.Anonymous ? Iaid.FromMac(IdentityMac) : Settings.Iaid;

    /// <summary>The IAID of the IA_PD: where no more than one prefix is asked for, 0 tells nothing (RFC 7844 section 4.5.2).</summary>
    internal Iaid PrefixIaid => Settings.Anonymous ? default : Settings.Iaid;

    /// <summary>Where it is.</summary>
    public Dhcp6State State { get; init; } = new Dhcp6State.Stopped("not started");

    /// <summary>The state's name in JSON.</summary>
    public string StateName => State.Name;

    /// <summary>The lease in force: it is configured. Null without one.</summary>
    public Dhcp6Lease? Lease { get; init; }

    /// <summary>What INFORMATION-REQUEST brought; null without it.</summary>
    public Dhcp6Information? Information { get; init; }

    /// <summary>The message whose options (name servers and the like) are in force; null for none.</summary>
    public Dhcp6Reply? Configuration => Lease?.Reply ?? Information?.Reply;

    /// <summary>What is kept across restarts.</summary>
    public Dhcp6Memory Memory { get; init; } = Dhcp6Memory.Empty;

    /// <summary>The link can carry frames.</summary>
    public bool LinkUsable { get; init; }

    /// <summary>Why the link cannot be used; empty when it can.</summary>
    public string LinkUnusableWhy { get; init; } = "not started";

    /// <summary>The link-local address messages go from; null while there is none that is not tentative.</summary>
    public Ipv6Address? LinkLocal { get; init; }

    /// <summary>Why there is no link-local address; empty when there is.</summary>
    public string LinkLocalWhy { get; init; } = "no link-local address yet";

    /// <summary>The flags of the last router advertisement; null while none came.</summary>
    public RouterFlags? Router { get; init; }

    /// <summary>Addresses of the lease that the kernel has not found free yet: not to be used, nor announced.</summary>
    public ImmutableArray<Ipv6Address> Tentative { get; init; } = [];

    /// <summary>A DECLINE under way; null for none.</summary>
    public Dhcp6Decline? Decline { get; init; }

    /// <summary>A RELEASE of prefixes alone under way; null for none.</summary>
    public Dhcp6PrefixRelease? PrefixRelease { get; init; }

    /// <summary>An INFORMATION-REQUEST under way beside a search that finds no leases; null for none.</summary>
    public Dhcp6Exchange? InformationBeside { get; init; }

    /// <summary>SOL_MAX_RT as servers gave it (RFC 9915 section 21.24).</summary>
    public TimeSpan SolMaxRt { get; init; } = Dhcp6Timing.Solicit.MaxTimeout;

    /// <summary>INF_MAX_RT as servers gave it (RFC 9915 section 21.25).</summary>
    public TimeSpan InfMaxRt { get; init; } = Dhcp6Timing.InformationRequest.MaxTimeout;

    /// <summary>Servers' refusals in a row.</summary>
    public int Refusals { get; init; }

    /// <summary>Rounds in a row in which every address was another host's.</summary>
    public int Conflicts { get; init; }

    /// <summary>Messages can be sent.</summary>
    internal bool IsReady => LinkUsable && LinkLocal is not null;

    /// <summary>Why none can; empty when they can.</summary>
    internal string NotReadyWhy => LinkUsable ? LinkLocalWhy : LinkUnusableWhy;

    /// <summary>The hardware address that the identity under the anonymity profile is made of; zero before one is known.</summary>
    internal MacAddress IdentityMac { get; init; }

    /// <summary>The order of options under the anonymity profile; one for a search and what follows of it, as an ordinary client has one.</summary>
    internal uint OptionOrder { get; init; }

    /// <summary>The link-local address under the hardware address before; null once it was spoken of.</summary>
    internal Ipv6Address? FormerLinkLocal { get; init; }

    /// <summary>
    /// The anonymity profile: since a time in which nobody watched the link (before the start, or stopped) nobody has said that
    /// this is the network of the lease in force. No message names that lease, or its server.
    /// </summary>
    internal bool IsUnconfirmed { get; init; }

    /// <summary>The link-local address had last, so that another one is noticed.</summary>
    internal Ipv6Address? LastLinkLocal { get; init; }

    internal Instant LinkUnusableSince { get; init; }

    /// <summary>A SOLICIT has left since the start: the delay of the first one is over.</summary>
    internal bool HasSolicited { get; init; }

    internal PathDamping Damping { get; init; } = new();

    /// <summary>A change of the path that waits for a link-local address.</summary>
    internal PendingPathChange? Unacted { get; init; }

    /// <summary>What was sent, for the caps of each path.</summary>
    public TransmitBudget Budget { get; internal init; } = new();

    /// <summary>Until when the cap holds the next message back for longer than <see cref="TransmitBudget.NotableDelay"/>.</summary>
    internal Instant HeldBackUntil { get; init; }

    internal RateLimit RateLimit { get; init; } = new();

    internal Dhcp6Announcement? Announcement { get; init; }

    internal Instant? LastAnnouncedAt { get; init; }

    /// <summary>The last set of announcements left addresses out that were tentative.</summary>
    internal bool AnnounceWhenReady { get; init; }

    /// <summary>The routers that are asked for an advertisement, where nothing can be done without.</summary>
    internal RouterSearch? RouterSearch { get; init; }

    /// <summary>It was told that routers do not speak of the addresses held any more; once a lease, because anybody can make the flag flap.</summary>
    internal bool UnmanagedTold { get; init; }

    /// <summary>A reload asks for more than the lease holds, or for another length: the server is asked as soon as the client is bound, and until it has answered.</summary>
    internal bool AsksAnew { get; init; }

    /// <summary>The length wanted is told beside the prefixes held, until a server has answered.</summary>
    internal bool HintsAnew { get; init; }

    internal Instant? PrefixChangeActedAt { get; init; }

    internal Instant PrefixChangeAt { get; init; } = Instant.Never;

    internal RestoreBudget Restores { get; init; }

    internal Instant RestoreAt { get; init; } = Instant.Never;

    internal DhcpCommand? PendingCommand { get; init; }

    /// <summary>A lease came that is not told of yet, because its addresses are still tentative.</summary>
    internal bool BoundUntold { get; init; }

    /// <summary>A deadline handler that does not move its deadline is an error; this many turns show it.</summary>
    private const int MaxTurnsAtOnce = 64;

    /// <summary>Takes an input; appends what is to be done to <paramref name="effects"/>, in order.</summary>
    /// <param name="input">What happened.</param>
    /// <param name="surroundings">The interface as the kernel shows it at this moment.</param>
    /// <param name="now">The instant; never before that of the last step.</param>
    /// <param name="entropy">Randomness.</param>
    /// <param name="effects">Appended to.</param>
    public Dhcp6Client Step(
        Dhcp6Input input, Dhcp6Surroundings surroundings, Instant now, EntropySource entropy, List<Dhcp6Effect> effects)
    {
        var turn = new Dhcp6Turn(this, surroundings, now, entropy, effects);
        turn.NoteHardwareAddress();
        turn.Handle(input);
        return Finish(turn, now);
    }

    /// <summary>What an input makes due at once is done at once: no deadline is left in the past.</summary>
    private static Dhcp6Client Finish(Dhcp6Turn turn, Instant now)
    {
        for (int i = 0; turn.Client.NextDeadline <= now; i++)
        {
            if (i == MaxTurnsAtOnce) throw new InvalidOperationException($"A deadline of state {turn.Client.StateName} does not move.");
            turn.RunDue();
        }
        return turn.Client;
    }
}
