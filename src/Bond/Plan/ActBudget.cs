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

    private ImmutableDictionary<string, ActHistory> _histories = ImmutableDictionary<string, ActHistory>.Empty;

    /// <summary>When it may be done again; <see cref="Instant.Zero"/> for one that was not done yet.</summary>
    public Instant NextAt(string key) => _histories.TryGetValue(key, out ActHistory? history) ? history.NextAt : Instant.Zero;

    /// <summary>It was done too often.</summary>
    public bool IsContested(string key) => _histories.TryGetValue(key, out ActHistory? history) && history.IsContested;

    /// <summary>What the kernel said when it last refused; null when it took it.</summary>
    public string? Refusal(string key) => _histories.TryGetValue(key, out ActHistory? history) ? history.Refusal : null;

    /// <summary>It was done as often as may be within the window: to do it once more is a contest. Never of one that is damped.</summary>
    public bool IsExhausted(string key, Instant now) =>
        _histories.TryGetValue(key, out ActHistory? history) && !history.IsDamped && history.TakenAt.Count(at => now - at < Window) >= MaxActs;

    /// <summary>It is given up.</summary>
    public ActBudget Contest(string key) =>
        With(key, _histories.GetValueOrDefault(key, ActHistory.None) with { IsContested = true });

    /// <summary>Notes one that is done because it has to be, and undone only by somebody who insists.</summary>
    public ActBudget Taken(string key, Instant now)
    {
        ActHistory history = _histories.GetValueOrDefault(key, ActHistory.None);
        ImmutableArray<Instant> recent = [.. history.TakenAt.Where(at => now - at < Window), now];
        return With(key, history with { TakenAt = recent, NextAt = now + s_minDelay, IsDamped = false });
    }

    /// <summary>Notes one that is done as often as circumstances ask for it, at growing distances.</summary>
    public ActBudget Damped(string key, Instant now, TimeSpan first)
    {
        ActHistory history = _histories.GetValueOrDefault(key, ActHistory.None);
        ImmutableArray<Instant> recent = [.. history.TakenAt.Where(at => now - at < Window), now];
        return With(key, history with { TakenAt = recent, NextAt = now + Delay(first, recent.Length - 1), IsContested = false, IsDamped = true });
    }

    /// <summary>The kernel took what was noted last.</summary>
    public ActBudget Accepted(string key) =>
        _histories.TryGetValue(key, out ActHistory? history) && history.Refusal is not null ? With(key, history with { TimesRefused = 0, Refusal = null }) : this;

    /// <summary>The kernel refused what was noted last: nobody undid it.</summary>
    public ActBudget Refused(string key, Instant now, string refusal)
    {
        ActHistory history = _histories.GetValueOrDefault(key, ActHistory.None);
        int times = history.TimesRefused + 1;
        ImmutableArray<Instant> taken = history.TakenAt.IsEmpty ? [] : history.TakenAt.RemoveAt(history.TakenAt.Length - 1);
        return With(key, history with { TakenAt = taken, TimesRefused = times, NextAt = now + Delay(s_minDelay, times - 1), Refusal = refusal });
    }

    /// <summary>How often in a row the kernel refused.</summary>
    public int TimesRefused(string key) => _histories.TryGetValue(key, out ActHistory? history) ? history.TimesRefused : 0;

    private ActBudget With(string key, ActHistory history) => this with { _histories = _histories.SetItem(key, history) };

    private static TimeSpan Delay(TimeSpan first, int times)
    {
        // 2^6 s is more than the longest delay.
        TimeSpan delay = first * (1 << Math.Min(times, 10));
        return delay < s_maxDelay ? delay : s_maxDelay;
    }

    private sealed record ActHistory(ImmutableArray<Instant> TakenAt, int TimesRefused, Instant NextAt, bool IsContested, string? Refusal)
    {
        public static readonly ActHistory None = new([], 0, Instant.Zero, false, null);

        public bool IsDamped { get; init; }
    }
}
