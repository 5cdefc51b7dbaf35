using System.Collections.Immutable;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Client6;

/// <summary>
/// The states of the client, named after the exchange that is under way (RFC 9915 section 18.2). Each holds only what
/// belongs to it; what several states share (the lease in force, a DECLINE beside it, announcements) is the client's.
/// </summary>
public abstract record Dhcp6State
{
    private Dhcp6State()
    {
    }

    /// <summary>The name in JSON and in the journal.</summary>
    public abstract string Name { get; }

    /// <summary>The exchange of the states that have one; null in the others.</summary>
    public virtual Dhcp6Exchange? ExchangeInState => null;

    /// <summary>Not started, stopped, or idle after a release.</summary>
    /// <param name="Why">Shown.</param>
    public sealed record Stopped(string Why) : Dhcp6State
    {
        /// <inheritdoc/>
        public override string Name => "stopped";
    }

    /// <summary>Started, but the link cannot carry a frame, no link-local address or router is there, or the next attempt waits.</summary>
    /// <param name="Why">Shown.</param>
    /// <param name="Until">When it is over by itself; <see cref="Instant.Never"/> when something must happen.</param>
    public sealed record Waiting(string Why, Instant Until) : Dhcp6State
    {
        /// <inheritdoc/>
        public override string Name => "waiting";
    }

    /// <summary>SOLICIT sent, ADVERTISEs are collected.</summary>
    public sealed record Soliciting(Dhcp6Solicitation Solicitation) : Dhcp6State
    {
        /// <inheritdoc/>
        public override string Name => "soliciting";

        /// <inheritdoc/>
        public override Dhcp6Exchange ExchangeInState => Solicitation.Exchange;
    }

    /// <summary>REQUEST to one server sent: for what it advertised, or for a binding that it does not know any more.</summary>
    public sealed record Requesting(Dhcp6Request Request) : Dhcp6State
    {
        /// <inheritdoc/>
        public override string Name => "requesting";

        /// <inheritdoc/>
        public override Dhcp6Exchange ExchangeInState => Request.Exchange;
    }

    /// <summary>CONFIRM sent: are the addresses right for the link? Also of a stored lease that is not configured.</summary>
    public sealed record Confirming(Dhcp6Verification Verification) : Dhcp6State
    {
        /// <inheritdoc/>
        public override string Name => "confirming";

        /// <inheritdoc/>
        public override Dhcp6Exchange ExchangeInState => Verification.Exchange;
    }

    /// <summary>A REBIND with the timing of a CONFIRM sent, because prefixes are held (RFC 9915 section 18.2.12).</summary>
    public sealed record VerifyRebinding(Dhcp6Verification Verification) : Dhcp6State
    {
        /// <inheritdoc/>
        public override string Name => "rebinding";

        /// <inheritdoc/>
        public override Dhcp6Exchange ExchangeInState => Verification.Exchange;
    }

    /// <summary>The lease is in force.</summary>
    public sealed record Bound : Dhcp6State
    {
        /// <summary>The only value.</summary>
        public static readonly Bound Instance = new();

        /// <inheritdoc/>
        public override string Name => "bound";
    }

    /// <summary>
    /// The anonymity profile: the lease is in force, but nobody has said yet that this is its network. Until then it is not
    /// extended, and SOLICITs that name nothing go on asking.
    /// </summary>
    public sealed record Unconfirmed(Dhcp6Verification Verification) : Dhcp6State
    {
        /// <inheritdoc/>
        public override string Name => "bound";

        /// <inheritdoc/>
        public override Dhcp6Exchange ExchangeInState => Verification.Exchange;
    }

    /// <summary>Past the earliest T1: the granting server is asked to extend.</summary>
    public sealed record Renewing(Dhcp6Exchange Exchange) : Dhcp6State
    {
        /// <inheritdoc/>
        public override string Name => "renewing";

        /// <inheritdoc/>
        public override Dhcp6Exchange ExchangeInState => Exchange;
    }

    /// <summary>Past the earliest T2: any server is asked to extend.</summary>
    public sealed record Rebinding(Dhcp6Exchange Exchange) : Dhcp6State
    {
        /// <inheritdoc/>
        public override string Name => "rebinding";

        /// <inheritdoc/>
        public override Dhcp6Exchange ExchangeInState => Exchange;
    }

    /// <summary>Every address was another host's: DECLINE is on its way, and the next attempt waits.</summary>
    /// <param name="Until">Not before this.</param>
    public sealed record Declining(Instant Until) : Dhcp6State
    {
        /// <inheritdoc/>
        public override string Name => "declining";
    }

    /// <summary>RELEASE is on its way; nothing of the lease is in use any more (RFC 9915 section 18.2.7).</summary>
    /// <param name="Exchange">The exchange.</param>
    /// <param name="Lease">What is given back.</param>
    /// <param name="Why">What is shown afterwards.</param>
    public sealed record Releasing(Dhcp6Exchange Exchange, Dhcp6Lease Lease, string Why) : Dhcp6State
    {
        /// <inheritdoc/>
        public override string Name => "releasing";

        /// <inheritdoc/>
        public override Dhcp6Exchange ExchangeInState => Exchange;
    }

    /// <summary>INFORMATION-REQUEST is due or sent.</summary>
    public sealed record InformationRequesting(Dhcp6Exchange Exchange) : Dhcp6State
    {
        /// <inheritdoc/>
        public override string Name => "informationRequesting";

        /// <inheritdoc/>
        public override Dhcp6Exchange ExchangeInState => Exchange;
    }

    /// <summary>The configuration asked for is there.</summary>
    public sealed record InformationBound : Dhcp6State
    {
        /// <summary>The only value.</summary>
        public static readonly InformationBound Instance = new();

        /// <inheritdoc/>
        public override string Name => "informationBound";
    }

    /// <summary>The verification of the states that have one; null in the others.</summary>
    public Dhcp6Verification? VerificationInState => this switch
    {
        Confirming confirming => confirming.Verification,
        VerifyRebinding rebinding => rebinding.Verification,
        Unconfirmed unconfirmed => unconfirmed.Verification,
        _ => null,
    };
}

/// <summary>The search for a server.</summary>
/// <param name="Exchange">Its SOLICITs.</param>
/// <param name="CollectUntil">The end of the first RT; ADVERTISEs before it are collected, the first one after it is taken.</param>
/// <param name="Advertises">Those with something of use, in order of arrival, at most <see cref="MaxAdvertises"/>.</param>
/// <param name="SolMaxRt">SOL_MAX_RT as ADVERTISEs of this exchange gave it.</param>
/// <param name="InfMaxRt">INF_MAX_RT likewise.</param>
/// <param name="Refused">An ADVERTISE had nothing of use.</param>
public sealed record Dhcp6Solicitation(
    Dhcp6Exchange Exchange, Instant CollectUntil, ImmutableArray<Dhcp6Reply> Advertises, HeardLimit SolMaxRt, HeardLimit InfMaxRt, bool Refused)
{
    /// <summary>ADVERTISEs kept; more are counted and dropped.</summary>
    public const int MaxAdvertises = 16;
}

/// <summary>A limit that several servers may give: it counts only where all that give it agree (RFC 9915 section 18.2.9).</summary>
/// <param name="Seconds">What the first one gave; null while none did.</param>
/// <param name="Disagreed">Another one gave another value.</param>
public readonly record struct HeardLimit(uint? Seconds, bool Disagreed)
{
    /// <summary>After one more server that gives <paramref name="seconds"/>, or nothing.</summary>
    public HeardLimit With(uint? seconds) =>
        seconds is null ? this : Seconds is null ? new HeardLimit(seconds, false) : this with { Disagreed = Disagreed || Seconds != seconds };
}

/// <summary>Asking one server for leases.</summary>
/// <param name="Exchange">Its REQUESTs.</param>
/// <param name="Wanted">What is asked for: the addresses and prefixes that were advertised, or those of the lease.</param>
/// <param name="Others">The other servers' ADVERTISEs, the best one first.</param>
/// <param name="AddressesLost">It answered NoBinding for the lease's IA_NA: its addresses stay in force until this is decided.</param>
/// <param name="PrefixesLost">The same of the IA_PD.</param>
public sealed record Dhcp6Request(
    Dhcp6Exchange Exchange, Dhcp6Wanted Wanted, ImmutableArray<Dhcp6Reply> Others, bool AddressesLost, bool PrefixesLost);

/// <summary>Asking whether a lease is right for the link.</summary>
/// <param name="Exchange">CONFIRM, or REBIND with its timing, or a SOLICIT under the anonymity profile.</param>
/// <param name="Stored">The lease asked about where it is not in force; null for the one that is.</param>
/// <param name="NotOnLink">A server said that it is not, or offers something else.</param>
public sealed record Dhcp6Verification(Dhcp6Exchange Exchange, Dhcp6Lease? Stored, bool NotOnLink)
{
    /// <summary>A server has said yes to a part of it; who says no is ignored from then on (RFC 9915 section 18.2.10.3).</summary>
    public bool IsAnswered => Exchange.IsPartlyAnswered;
}

/// <summary>A DECLINE under way beside whatever else the client does.</summary>
/// <param name="Exchange">Its exchange.</param>
/// <param name="Addresses">What another host uses.</param>
public sealed record Dhcp6Decline(Dhcp6Exchange Exchange, ImmutableArray<Ipv6Address> Addresses);

/// <summary>A RELEASE of prefixes under way, beside a lease whose other part stays (RFC 9915 section 18.2.7).</summary>
/// <param name="Exchange">Its exchange.</param>
/// <param name="Prefixes">What is given back.</param>
public sealed record Dhcp6PrefixRelease(Dhcp6Exchange Exchange, ImmutableArray<Ipv6Prefix> Prefixes);

/// <summary>What a message asks for.</summary>
/// <param name="Addresses">Of the IA_NA; default for no IA_NA, empty for whatever the server gives.</param>
/// <param name="Prefixes">Of the IA_PD; default for no IA_PD, empty for whatever the server gives.</param>
public readonly record struct Dhcp6Wanted(ImmutableArray<Ipv6Address> Addresses, ImmutableArray<Ipv6Prefix> Prefixes);
