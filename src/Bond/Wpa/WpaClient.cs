using System.Collections.Immutable;
using BondDhcp.Net;

namespace BondDhcp.Bond.Wpa;

/// <summary>A request that waits until the one before it is answered.</summary>
/// <param name="Text">As it is sent.</param>
/// <param name="IsCommand">Somebody waits for the answer.</param>
internal sealed record WpaRequest(string Text, bool IsCommand = false);

/// <summary>
/// The client of a wpa_supplicant's control socket: attaches, follows, asks, notices when it is gone. Pure: the rim
/// connects, sends and receives. One request is out at a time.
/// </summary>
public sealed record WpaClient
{
    /// <summary>How long an answer may take; wpa_cli waits as long.</summary>
    public static readonly TimeSpan ReplyDelay = TimeSpan.FromSeconds(10);

    /// <summary>After so long without a word it is asked whether it is there.</summary>
    public static readonly TimeSpan SilenceDelay = TimeSpan.FromSeconds(60);

    /// <summary>Between attempts to connect, at first.</summary>
    public static readonly TimeSpan FirstRetryDelay = TimeSpan.FromSeconds(1);

    /// <summary>The same where one was just started, which takes it some tens of milliseconds.</summary>
    public static readonly TimeSpan ExpectedRetryDelay = TimeSpan.FromMilliseconds(100);

    /// <summary>Between attempts to connect, at most.</summary>
    public static readonly TimeSpan MaxRetryDelay = TimeSpan.FromSeconds(30);

    /// <summary>Requests in a row without an answer, after each of which it was connected to anew: it hangs.</summary>
    public const int MaxUnanswered = 3;

    /// <summary>Requests that may wait; more only come together when it does not answer.</summary>
    internal const int MaxQueued = 16;

    /// <summary>What is known.</summary>
    public WpaView View { get; internal init; } = WpaView.Nothing;

    /// <summary>Datagrams that made no sense.</summary>
    public long Ignored { get; internal init; }

    /// <summary>When <see cref="WpaInput.Deadline"/> is due.</summary>
    public Instant NextDeadline => Instant.Min(Instant.Min(ReplyDueAt, RetryAt), SilentAt);

    internal bool OnWire { get; init; }
    internal bool IsConnected { get; init; }
    internal string? Outstanding { get; init; }
    internal bool OutstandingIsCommand { get; init; }
    internal bool OutstandingIsStale { get; init; }
    internal ImmutableArray<WpaRequest> Queue { get; init; } = [];
    internal int Unanswered { get; init; }
    internal Instant ReplyDueAt { get; init; } = Instant.Never;
    internal Instant RetryAt { get; init; } = Instant.Never;
    internal Instant SilentAt { get; init; } = Instant.Never;
    internal TimeSpan RetryDelay { get; init; } = FirstRetryDelay;
    internal WpaTrouble Trouble { get; init; } = WpaTrouble.None;
    internal string? ConnectProblem { get; init; }
    internal bool HasCarrier { get; init; } = true;
    internal long EapolBaseline { get; init; }

    /// <summary>A client that does nothing until it is told to expect a supplicant.</summary>
    /// <param name="onWire">The configured driver is the one for wires.</param>
    public static WpaClient Create(bool onWire) => new() { OnWire = onWire, View = WpaView.Nothing with { IsWired = onWire } };

    /// <summary>The next state, and what is to be done in this order.</summary>
    public (WpaClient Next, ImmutableArray<WpaEffect> Effects) Step(WpaInput input, Instant now)
    {
        var turn = new WpaTurn(this, now);
        turn.Take(input);
        return turn.Result();
    }
}

/// <summary>What last kept a connection from coming about.</summary>
/// <param name="Words">For the user; null for nothing.</param>
/// <param name="OutlivesAttempts">It stays true while the same thing is tried again, until that thing is allowed again.</param>
internal sealed record WpaTrouble(string? Words, bool OutlivesAttempts)
{
    public static readonly WpaTrouble None = new(null, false);
}
