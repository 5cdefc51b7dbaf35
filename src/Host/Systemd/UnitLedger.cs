using BondDhcp.Net;

namespace BondDhcp.Host.Systemd;

/// <summary>
/// What the units of components were told last, and what they are to be told next. What a telling that failed left them in is
/// not known: somebody else may have had a job for one of them, whose outcome is its state now. They are told again a little
/// later, and some times, until that succeeds; then at the next change. A stop that failed keeps no start waiting. Pure: what time it is it is told.
/// </summary>
internal sealed class UnitLedger
{
    /// <summary>After a telling that failed; doubled with each that follows.</summary>
    public static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(1);

    /// <summary>The last of them comes a good minute after the first; what fails until then fails for a reason that a change must mend.</summary>
    public const int MaxRepetitions = 6;

    private const string Start = "start", Stop = "stop", Unknown = "";

    // What each was told last. At the first time nothing is known of what an earlier daemon told.
    private readonly Dictionary<string, string> _words = new(StringComparer.Ordinal);
    private int _failures;
    private bool _givenUp;

    // A stop failed a moment ago. What is to be started in the same round is told all the same, and counts for nothing.
    private bool _startsAreDue;

    /// <summary>When to look again whatever happens; Never while nothing failed.</summary>
    public Instant AgainAt { get; private set; } = Instant.Never;

    /// <summary>Which units are to be told what; null for nothing. Who takes it tells them, and then <see cref="Told"/>.</summary>
    /// <param name="components">Those that there are and that have a unit, with whether they are to run.</param>
    /// <param name="now">CLOCK_BOOTTIME.</param>
    public UnitCall? Next(IReadOnlyList<UnitWish> components, Instant now)
    {
        bool waits = _givenUp || (now < AgainAt && !AgainAt.IsNever);
        if (waits && !_startsAreDue) return null;
        if (!waits) (AgainAt, _startsAreDue) = (Instant.Never, false);
        List<string> stop = [], start = [];
        foreach (UnitWish one in components)
        {
            string? word = _words.GetValueOrDefault(one.Component);
            if (one.Runs && word != Start) start.Add(one.Component);
            else if (!one.Runs && word != Stop) stop.Add(one.Component);
        }
        // Not configured any more.
        foreach ((string component, string word) in _words)
            if (word != Stop && !Contains(components, component)) stop.Add(component);
        return stop.Count > 0 && !_startsAreDue ? new UnitCall(Stop, stop) : start.Count > 0 ? new UnitCall(Start, start) : null;
    }

    /// <summary>How a telling ended; after the last one, when the daemon ends, nothing is told again.</summary>
    public void Told(UnitCall call, bool succeeded, bool isLast, Instant now)
    {
        foreach (string component in call.Components) _words[component] = succeeded || isLast ? call.Verb : Unknown;
        if (_startsAreDue)
        {
            _startsAreDue = false;
            return;
        }
        _startsAreDue = !succeeded && call.Verb == Stop;
        if (succeeded) _failures = 0;
        else if (_failures++ >= MaxRepetitions) _givenUp = true;
        else AgainAt = now + FirstDelay * (1 << (_failures - 1));
    }

    /// <summary>Something changed: nothing is waited for any more.</summary>
    public void Change()
    {
        if (_givenUp) (_givenUp, _failures) = (false, 0);
        (AgainAt, _startsAreDue) = (Instant.Never, false);
    }

    private static bool Contains(IReadOnlyList<UnitWish> components, string name)
    {
        foreach (UnitWish one in components)
            if (one.Component == name) return true;
        return false;
    }
}

/// <summary>A component that has a unit.</summary>
/// <param name="Component"><c>dhcp4@bond0</c>.</param>
/// <param name="Runs">No user stopped it.</param>
internal sealed record UnitWish(string Component, bool Runs);

/// <summary>One call of systemctl(1).</summary>
/// <param name="Verb"><c>start</c> or <c>stop</c>.</param>
/// <param name="Components">What the units stand for.</param>
internal sealed record UnitCall(string Verb, IReadOnlyList<string> Components);
