using BondDhcp.Host.Journal;
using BondDhcp.Host.Systemd.Linux;
using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Systemd;

/// <summary>
/// The event journal in the service manager's descriptor store, so that <c>timeline</c> goes on over a restart, whatever
/// ended the process before. Nothing else of this program is kept there; above all no packet socket, which the manager would
/// poll and drop as soon as its interface goes down.
/// </summary>
internal sealed class JournalKeeping : IDisposable
{
    /// <summary>FDNAME.</summary>
    public const string Name = "journal";

    /// <summary>The last entry of a daemon that came to its end.</summary>
    public const string EndedEvent = "ended";

    private const string Source = "daemon";

    private readonly ServiceNotifier _notifier;
    private readonly KeptJournalWriter _writer;

    private JournalKeeping(ServiceNotifier notifier, KeptJournalWriter writer)
    {
        _notifier = notifier;
        _writer = writer;
    }

    /// <summary>
    /// Takes up what an earlier process left and keeps the journal from here on; null where there is no service manager.
    /// Descriptors that the manager hands over and that nothing is known of are closed and named.
    /// </summary>
    /// <param name="journal">What is kept.</param>
    /// <param name="notifier">Takes the file.</param>
    /// <param name="inherited">What the manager handed over; theirs is this method's.</param>
    public static JournalKeeping? Begin(EventJournal journal, ServiceNotifier notifier, IReadOnlyList<InheritedDescriptor> inherited)
    {
        FixedMemoryFile? found = null;
        foreach ((string name, FileDescriptor descriptor) in inherited)
        {
            if (name == Name && found is null) found = Adopt(descriptor, journal);
            else
            {
                descriptor.Dispose();
                Warn(journal, $"the service manager handed over a descriptor '{EscapedText.Of(name)}', of which nothing is known here; it is closed");
            }
        }
        if (!notifier.IsHeard)
        {
            found?.Dispose();
            return null;
        }
        try
        {
            return new JournalKeeping(notifier, found is null ? BeginAnew(journal, notifier) : GoOn(journal, notifier, found));
        }
        catch (LinuxException error)
        {
            Warn(journal, $"events will not be kept over a restart: {error.Message}");
            return null;
        }
    }

    /// <summary>The manager keeps nothing of this program any more.</summary>
    public void Drop() => _notifier.Forget(Name);

    /// <inheritdoc/>
    public void Dispose() => _writer.Dispose();

    private static FixedMemoryFile? Adopt(FileDescriptor descriptor, EventJournal journal)
    {
        FixedMemoryFile? file = FixedMemoryFile.TryAdopt(descriptor, KeptJournal.Length, out string why);
        if (file is null) Warn(journal, $"the events kept by the service manager cannot be used and are left behind: {why}");
        return file;
    }

    private static KeptJournalWriter BeginAnew(EventJournal journal, ServiceNotifier notifier)
    {
        // Where one was found and refused, it is still kept under this name.
        notifier.Forget(Name);
        FixedMemoryFile file = FixedMemoryFile.Create("bonddhcp-" + Name, KeptJournal.Length);
        notifier.Keep(Name, file.Descriptor);
        return new KeptJournalWriter(journal, journal.FirstSequence, file, KeptJournal.Empty);
    }

    private static KeptJournalWriter GoOn(EventJournal journal, ServiceNotifier notifier, FixedMemoryFile found)
    {
        KeptJournalContent content = KeptJournal.Read(found.Read());
        // No earlier process of this boot can have recorded it.
        if (content.Entries.Count > 0 && content.Entries[^1].At > BoottimeClock.Now) content = new([], KeptJournal.Empty, "it is of the future");
        journal.GoOn(content.Entries, Source, Report.Of("restarted", ("after", After(content.Entries))));
        if (content.Problem is null) return new KeptJournalWriter(journal, journal.FirstOfThisRun, found, content.End);
        Warn(journal, $"of the events kept by the service manager a part is left behind: {content.Problem}");
        found.Dispose();
        return BeginAnew(journal, notifier);
    }

    private static string After(IReadOnlyList<JournalEntry> entries) =>
        entries is [.., { Report: { Event: EndedEvent, Fields: [{ Name: "by", Value: string by }, ..] } }] ? by : "an end without a word: a crash, kill or the watchdog";

    private static void Warn(EventJournal journal, string message) => journal.Record("", Source, Report.Of("warning", ("message", message)));
}
