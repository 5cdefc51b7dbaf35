using System.Collections.Immutable;
using BondDhcp.Net;

namespace BondDhcp.Bond.Plan;

/// <summary>
/// How often the same is done. An act that the kernel took and somebody undid is done three times in a minute and then
/// no more: two programs that each insist would otherwise take turns for ever. One that the kernel refused is tried
/// again after 1 s, then twice as long each time, up to a minute. Immutable.
/// </summary>
public sealed record ActBudget
{
    /// <summary>No act was done yet.</summary>
    public static readonly ActBudget Empty = new();

    /// <summary>Acts that were taken and undone within <see cref="Window"/>, after which it is given up.</summary>
    public const int MaxActs = 3;

    /// <summary>The time in which they are counted.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan s_minDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_maxDelay = TimeSpan.FromSeconds(60);

    // A handful: one for each act that was ever due.
    private ImmutableArray<ActHistory> _histories = [];

    /// <summary>When it may be done again; <see cref="Instant.Zero"/> for one that was not done yet.</summary>
    public Instant NextAt(string key) => Find(key) is { } history ? history.NextAt : Instant.Zero;

    /// <summary>It was done too often.</summary>
    public bool IsContested(string key) => Find(key) is { } history && history.IsContested;

    /// <summary>What the kernel said when it last refused; null when it took it.</summary>
    public string? Refusal(string key) => Find(key) is { } history ? history.Refusal : null;

    /// <summary>It was done as often as may be within the window: to do it once more is a contest. Never of one that is damped.</summary>
    public bool IsExhausted(string key, Instant now) =>
        Find(key) is { } history && !history.IsDamped && history.TakenAt.Count(at => now - at < Window) >= MaxActs;

    /// <summary>It is given up.</summary>
    public ActBudget Contest(string key) =>
        With(Of(key) with { IsContested = true });

    /// <summary>Notes one that is done because it has to be, and undone only by somebody who insists.</summary>
    public ActBudget Taken(string key, Instant now)
    {
        ActHistory history = Of(key);
        ImmutableArray<Instant> recent = [.. history.TakenAt.Where(at => now - at < Window), now];
        return With(history with { TakenAt = recent, NextAt = now + s_minDelay, IsDamped = false });
    }

    /// <summary>Notes one that is done as often as circumstances ask for it, at growing distances.</summary>
    public ActBudget Damped(string key, Instant now, TimeSpan first)
    {
        ActHistory history = Of(key);
        ImmutableArray<Instant> recent = [.. history.TakenAt.Where(at => now - at < Window), now];
        return With(history with { TakenAt = recent, NextAt = now + Delay(first, recent.Length - 1), IsContested = false, IsDamped = true });
    }

    /// <summary>The kernel took what was noted last.</summary>
    public ActBudget Accepted(string key) =>
        Find(key) is { } history && history.Refusal is not null ? With(history with { TimesRefused = 0, Refusal = null }) : this;

    /// <summary>The kernel refused what was noted last: nobody undid it.</summary>
    public ActBudget Refused(string key, Instant now, string refusal)
    {
        ActHistory history = Of(key);
        int times = history.TimesRefused + 1;
        ImmutableArray<Instant> taken = history.TakenAt.IsEmpty ? [] : history.TakenAt.RemoveAt(history.TakenAt.Length - 1);
        return With(history with { TakenAt = taken, TimesRefused = times, NextAt = now + Delay(s_minDelay, times - 1), Refusal = refusal });
    }

    /// <summary>How often in a row the kernel refused.</summary>
    public int TimesRefused(string key) => Find(key) is { } history ? history.TimesRefused : 0;

    private ActHistory? Find(string key) => _histories.FirstOrDefault(one => one.Key == key);

    private ActHistory Of(string key) => Find(key) ?? new ActHistory(key, [], 0, Instant.Zero, false, null);

    private ActBudget With(ActHistory history) => this with
    {
        _histories = Find(history.Key) is { } old ? _histories.Replace(old, history) : _histories.Add(history),
    };

    private static TimeSpan Delay(TimeSpan first, int times)
    {
        // 2^6 s is more than the longest delay.
        TimeSpan delay = first * (1 << Math.Min(times, 10));
        return delay < s_maxDelay ? delay : s_maxDelay;
    }

    private sealed record ActHistory(string Key, ImmutableArray<Instant> TakenAt, int TimesRefused, Instant NextAt, bool IsContested, string? Refusal)
    {
        public bool IsDamped { get; init; }
    }
}
