using System.Collections.Immutable;
using BondDhcp.Net;

namespace BondDhcp.Host.Resolver;

/// <summary>What is to be done about somebody who takes name servers.</summary>
/// <param name="Target">Who it is.</param>
internal sealed record ResolverEntry(ResolverTarget Target)
{
    /// <summary>What it is to be told; null for nothing.</summary>
    public ResolverContent? Wanted { get; init; }

    /// <summary>What it was told, or may have been told, last; null for nothing.</summary>
    public ResolverContent? Told { get; init; }

    /// <summary>What it was told it still knows; false after a restart of either side.</summary>
    public bool IsCertain { get; init; }

    /// <summary>Told by an earlier run, and not decided on yet by this one.</summary>
    public bool IsAdopted { get; init; }

    /// <summary>Attempts that failed since the last that did not.</summary>
    public int Failures { get; init; }

    /// <summary>Not before this.</summary>
    public Instant RetryAt { get; init; } = Instant.Zero;

    /// <summary>Why the last attempt failed; null when it did not.</summary>
    public string? Why { get; init; }

    /// <summary>Something is to be done.</summary>
    public bool IsDue => Wanted != Told || (Wanted is not null && !IsCertain);
}

/// <summary>What the machine is told.</summary>
internal abstract record ResolverInput
{
    private ResolverInput()
    {
    }

    /// <summary>What is wanted now, of everybody.</summary>
    /// <param name="All">Who is to be told what.</param>
    /// <param name="Undecided">Interfaces of which it is not known yet what they offer: what was told of them before stays.</param>
    /// <param name="IsFileUndecided">The same of the file: one of its interfaces is undecided.</param>
    /// <param name="Ways">Who is there: nothing is taken back from who is not.</param>
    public sealed record Wanted(
        IReadOnlyList<ResolverWish> All, IReadOnlyList<string> Undecided, bool IsFileUndecided,
        ResolverWays Ways) : ResolverInput;

    /// <summary>The act under way ended.</summary>
    /// <param name="Error">Null when it succeeded.</param>
    public sealed record Ended(string? Error) : ResolverInput;

    /// <summary>Whoever takes name servers this way may have forgotten them, or somebody else may have changed them.</summary>
    public sealed record Lost(ResolverWay Way) : ResolverInput;

    /// <summary><see cref="ResolverMachine.NextDeadline"/> has come.</summary>
    public sealed record Deadline : ResolverInput;
}

/// <summary>One act: tell <paramref name="Target"/>, or take back what it was told.</summary>
/// <param name="Target">Whom.</param>
/// <param name="Content">What; null to take back.</param>
/// <param name="Number">From 1 on: the same may be done twice.</param>
internal readonly record struct ResolverAct(ResolverTarget Target, ResolverContent? Content, long Number);

/// <summary>
/// Keeps those who take name servers at what is wanted: one act at a time, the newest wish only, and back-off while it
/// fails. Immutable; knows no program, file or clock.
/// </summary>
internal sealed record ResolverMachine
{
    /// <summary>After a first failure; doubled up to <see cref="MaxRetryDelay"/>. resolved answers a moment after it starts.</summary>
    public static readonly TimeSpan FirstRetryDelay = TimeSpan.FromMilliseconds(500);

    /// <inheritdoc cref="FirstRetryDelay"/>
    public static readonly TimeSpan MaxRetryDelay = TimeSpan.FromSeconds(60);

    /// <summary>After a sign that somebody forgot: it may come in a row of several.</summary>
    public static readonly TimeSpan SettlingDelay = TimeSpan.FromMilliseconds(200);

    /// <summary>What cannot be taken back after so many attempts is left: the interface may be gone, and all that was known of it.</summary>
    public const int MaxTakeBacks = 3;

    /// <summary>Everybody who is, or was, told something, in the order of <see cref="ResolverTarget.CompareTo"/>.</summary>
    public ImmutableArray<ResolverEntry> Entries { get; private init; } = [];

    /// <summary>What is being done.</summary>
    public ResolverAct? Running { get; init; }

    private long Acts { get; init; }

    // The one that is being told may have forgotten meanwhile.
    private bool RunningIsStale { get; init; }

    /// <summary>When there is something to do again; <see cref="Instant.Never"/> for not by itself.</summary>
    public Instant NextDeadline =>
        Running is not null ? Instant.Never : Entries.Where(static one => one.IsDue).Select(static one => one.RetryAt).DefaultIfEmpty(Instant.Never).Min();

    /// <summary>Nothing runs, and nothing is left to do but what failed before.</summary>
    public bool IsSettled => Running is null && !Entries.Any(static one => one is { IsDue: true, Failures: 0 });

    /// <summary>Begins with what an earlier run told, or may have told.</summary>
    public static ResolverMachine Adopt(IEnumerable<ResolverWish> told) => new()
    {
        Entries = Sorted(told.Select(static one => new ResolverEntry(one.Target) { Told = one.Content, Wanted = one.Content, IsCertain = true, IsAdopted = true })),
    };

    /// <summary>What is to be done about one of them; null for nothing.</summary>
    public ResolverEntry? Find(ResolverTarget target)
    {
        foreach (ResolverEntry entry in Entries)
            if (entry.Target == target) return entry;
        return null;
    }

    /// <summary>Takes an input; the act to be done now, if there is one, is in the result's <see cref="Running"/> alone.</summary>
    public ResolverMachine Step(ResolverInput input, Instant now) => (input switch
    {
        ResolverInput.Wanted wanted => Want(wanted),
        ResolverInput.Ended ended => End(ended.Error, now),
        ResolverInput.Lost lost => Lose(lost.Way, now),
        _ => this,
    }).Begin(now);

    private ResolverMachine Want(ResolverInput.Wanted input)
    {
        List<ResolverEntry> entries = [];
        List<ResolverEntry> added = input.All.Where(wish => Find(wish.Target) is null).Select(static wish => new ResolverEntry(wish.Target));
        foreach (ResolverEntry known in Entries.Concat(added))
        {
            ResolverEntry entry = known;
            ResolverTarget target = entry.Target;
            bool isHeld = entry.IsAdopted && IsUndecided(target, input);
            ResolverContent? wanted = isHeld ? entry.Told : input.All.FirstOrDefault(wish => wish.Target == target)?.Content;
            bool isThere = target.Way switch
            {
                ResolverWay.Resolved => input.Ways.Resolved,
                ResolverWay.Resolvconf => input.Ways.Resolvconf,
                _ => true,
            };
            // Another wish is tried at once, whatever came of the one before.
            if (wanted != entry.Wanted) entry = entry with { Wanted = wanted, Failures = 0, RetryAt = Instant.Zero, Why = null };
            // What an earlier run told is told again when it is found to be right: nobody knows what happened in between.
            if (entry.IsAdopted && !isHeld) entry = entry with { IsAdopted = false, IsCertain = false };
            bool isDone = wanted is null && (!isThere || entry.Told is null) && Running?.Target != target;
            if (!isDone) entries.Add(entry);
        }
        return this with { Entries = Sorted(entries) };
    }

    private static bool IsUndecided(ResolverTarget target, ResolverInput.Wanted input) =>
        target == ResolverTarget.File ? input.IsFileUndecided : input.Undecided.Contains(target.Interface);

    private ResolverMachine End(string? error, Instant now)
    {
        if (Running is not { } act) return this;
        ResolverMachine next = this with { Running = null, RunningIsStale = false };
        if (Find(act.Target) is not { } known) return next;
        ResolverEntry entry = known;
        if (error is null)
        {
            entry = entry with { Told = act.Content, IsCertain = act.Content is not null && !RunningIsStale, Failures = 0, RetryAt = Instant.Zero, Why = null };
        }
        else
        {
            int failures = entry.Failures + 1;
            TimeSpan delay = FirstRetryDelay * Math.Pow(2, Math.Min(failures - 1, 16));
            entry = entry with { Failures = failures, RetryAt = now + (delay < MaxRetryDelay ? delay : MaxRetryDelay), Why = error };
            if (act.Content is null && failures >= MaxTakeBacks) entry = entry with { Told = null };
        }
        return next with
        {
            Entries = entry is { Wanted: null, Told: null } ? Entries.Remove(known) : Entries.Replace(known, entry),
        };
    }

    private ResolverMachine Lose(ResolverWay way, Instant now)
    {
        List<ResolverEntry> entries = Entries.Select(entry => entry.Target.Way != way || entry.Wanted is null
            ? entry
            : entry with { IsCertain = false, Failures = 0, RetryAt = now + SettlingDelay });
        return this with { Entries = [.. entries], RunningIsStale = RunningIsStale || Running?.Target.Way == way };
    }

    // What is to go goes first: the same servers may be on their way to somebody else.
    private ResolverMachine Begin(Instant now)
    {
        if (Running is not null) return this;
        foreach (bool takesBack in (ReadOnlySpan<bool>)[true, false])
        {
            foreach (ResolverEntry entry in Entries)
            {
                if (!entry.IsDue || entry.RetryAt > now || entry.Wanted is null != takesBack) continue;
                // From here on it may have been told, whatever becomes of the act.
                ResolverEntry begun = entry.Wanted is null ? entry : entry with { Told = entry.Told ?? entry.Wanted };
                return this with
                {
                    Acts = Acts + 1,
                    Running = new ResolverAct(entry.Target, entry.Wanted, Acts + 1),
                    Entries = Entries.Replace(entry, begun with { IsCertain = false }),
                };
            }
        }
        return this;
    }

    private static ImmutableArray<ResolverEntry> Sorted(List<ResolverEntry> entries)
    {
        entries.Sort(static (one, other) => one.Target.CompareTo(other.Target));
        return [.. entries];
    }
}
