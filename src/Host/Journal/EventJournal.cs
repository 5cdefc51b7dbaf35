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

    // Of the entry that was added to the empty list: its place is the first.
    private long _origin = 1;

    /// <summary>The sequence number of the next entry.</summary>
    public long NextSequence { get; private set; } = 1;

    /// <summary>The sequence number of the first entry that this process recorded itself; those before are an earlier one's.</summary>
    public long FirstOfThisRun { get; private set; } = 1;

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
        Add(new(NextSequence, clock(), wallClock.GetUtcNow(), @interface, source, report));
        Recorded?.Invoke();
    }

    /// <summary>
    /// Puts the entries of an earlier process before those recorded until now, and between them <paramref name="between"/>
    /// at the time of this process's first entry. Sequence numbers go on from the earlier ones. To be called before
    /// anybody reads.
    /// </summary>
    /// <param name="earlier">Without gaps, oldest first.</param>
    /// <param name="source">The part that tells of the restart.</param>
    /// <param name="between">What it tells.</param>
    public void GoOn(IReadOnlyList<JournalEntry> earlier, string source, Report between)
    {
        List<JournalEntry> own = [];
        for (long sequence = FirstSequence; sequence < NextSequence; sequence++) own.Add(this[sequence]);
        _entries.Clear();
        NextSequence = _origin = earlier.Count > 0 ? earlier[0].Sequence : 1;
        foreach (JournalEntry entry in earlier) Add(entry);
        FirstOfThisRun = NextSequence;
        JournalEntry first = own.Count > 0 ? own[0] : new(0, clock(), wallClock.GetUtcNow(), "", source, between);
        Add(new(NextSequence, first.At, first.WallClock, "", source, between));
        foreach (JournalEntry entry in own) Add(entry with { Sequence = NextSequence });
    }

    /// <summary>The first entry not older than <paramref name="age"/>.</summary>
    public long FirstSince(TimeSpan age)
    {
        Instant oldest = clock() - age;
        long sequence = FirstSequence;
        while (sequence < NextSequence && this[sequence].At < oldest) sequence++;
        return sequence;
    }

    private void Add(in JournalEntry entry)
    {
        if (_entries.Count < Capacity) _entries.Add(entry);
        else _entries[Slot(NextSequence)] = entry;
        NextSequence++;
    }

    private int Slot(long sequence) => (int)((sequence - _origin) % Capacity);
}
