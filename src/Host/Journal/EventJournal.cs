using BondDhcp.Net;

namespace BondDhcp.Host.Journal;

/// <summary>
/// What happened, the newest <see cref="Capacity"/> entries. Readers keep a sequence number and come back; one who
/// comes too late learns how many entries it missed. Used from the loop's thread alone.
/// </summary>
internal sealed class EventJournal(Func<Instant> clock, TimeProvider wallClock)
{
    /// <summary>Hours of an ordinary day's events, and at some 300 bytes each a fraction of a megabyte.</summary>
    public const int Capacity = 1024;

    // Grows to Capacity and is a ring from then on: a daemon with little to tell keeps little.
    private readonly List<JournalEntry> _entries = [];

    /// <summary>The sequence number of the next entry.</summary>
    public long NextSequence { get; private set; } = 1;

    /// <summary>The sequence number of the oldest entry kept; <see cref="NextSequence"/> when there is none.</summary>
    public long FirstSequence => NextSequence - _entries.Count;

    /// <summary>Called after each entry.</summary>
    public event Action? Recorded;

    /// <summary>The entry with this number, at least <see cref="FirstSequence"/> and less than <see cref="NextSequence"/>.</summary>
    public JournalEntry this[long sequence]
    {
        get
        {
            if (sequence < FirstSequence || sequence >= NextSequence) throw new ArgumentOutOfRangeException(nameof(sequence));
            return _entries[Slot(sequence)];
        }
    }

    /// <summary>Adds an entry.</summary>
    public void Record(string @interface, string source, Report report)
    {
        JournalEntry entry = new(NextSequence, clock(), wallClock.GetUtcNow(), @interface, source, report);
        if (_entries.Count < Capacity) _entries.Add(entry);
        else _entries[Slot(NextSequence)] = entry;
        NextSequence++;
        Recorded?.Invoke();
    }

    /// <summary>The first entry not older than <paramref name="age"/>.</summary>
    public long FirstSince(TimeSpan age)
    {
        Instant oldest = clock() - age;
        long sequence = FirstSequence;
        while (sequence < NextSequence && this[sequence].At < oldest) sequence++;
        return sequence;
    }

    private static int Slot(long sequence) => (int)((sequence - 1) % Capacity);
}
