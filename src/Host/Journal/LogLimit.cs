using BondDhcp.Net;

namespace BondDhcp.Host.Journal;

/// <summary>
/// What of one kind of event may be logged: each text once in a time, and so many different ones in it. More than that are left out and
/// counted; a text that was there is not, since nothing is lost with it.
/// </summary>
/// <param name="interval">The time.</param>
/// <param name="maxDifferent">Texts that are remembered.</param>
internal sealed class LogLimit(TimeSpan interval, int maxDifferent)
{
    // Oldest first.
    private readonly List<(string Text, Instant At)> _logged = [];
    private int _leftOut;

    /// <summary>When to say how many were left out; <see cref="Instant.Never"/> when none were.</summary>
    public Instant LeftOutAt { get; private set; } = Instant.Never;

    /// <summary>True when the text is to be logged.</summary>
    public bool Allows(string text, Instant now)
    {
        _logged.RemoveAll(one => now - one.At >= interval);
        if (_logged.Exists(one => one.Text == text)) return false;
        if (_logged.Count < maxDifferent)
        {
            _logged.Add((text, now));
            return true;
        }
        if (_leftOut++ == 0) LeftOutAt = now + interval;
        return false;
    }

    /// <summary>How many were left out; none from here on.</summary>
    public int TakeLeftOut()
    {
        int count = _leftOut;
        _leftOut = 0;
        LeftOutAt = Instant.Never;
        return count;
    }
}
