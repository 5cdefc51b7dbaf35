using System.Buffers;
using System.Text;
using System.Text.Json;
using BondDhcp.Host.Journal;
using BondDhcp.Net;
using BondDhcp.Net.Linux;
using Xunit;

namespace BondDhcp.Tests.Systemd;

/// <summary>The journal as octets that outlive the process: whatever happens to them, what is read is entries and a sentence.</summary>
public sealed class KeptJournalTests : IDisposable
{
    private readonly FixedMemoryFile _file = FixedMemoryFile.Create("test", KeptJournal.Length);
    private Instant _now = Instant.FromSeconds(100);

    public void Dispose() => _file.Dispose();

    private EventJournal Journal() => new(() => _now, TimeProvider.System);

    // The writer's is a second descriptor of the same file, as the service manager's is.
    private KeptJournalWriter Writer(EventJournal journal, KeptPlace? place = null) =>
        new(journal, journal.FirstOfThisRun, Open(), place ?? KeptJournal.Empty);

    private FixedMemoryFile Open()
    {
        using FileStream again = new($"/proc/self/fd/{_file.Descriptor.Number}", FileMode.Open, FileAccess.ReadWrite);
        int copy = Tmds.Linux.LibC.dup((int)again.SafeFileHandle.DangerousGetHandle());
        return FixedMemoryFile.TryAdopt(FileDescriptor.Own(copy, "dup"), KeptJournal.Length, out string why) ?? throw new IOException(why);
    }

    private KeptJournalContent Kept => KeptJournal.Read(_file.Read());

    private static string Json(JournalEntry entry)
    {
        ArrayBufferWriter<byte> output = new();
        using (Utf8JsonWriter json = new(output)) JournalJson.Write(json, entry);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private void Record(EventJournal journal, int count, int from = 0)
    {
        for (int i = from; i < from + count; i++)
        {
            _now += TimeSpan.FromMilliseconds(10);
            journal.Record(i % 3 == 0 ? "" : "bond0", "dhcp4", Report.Of(
                "sent", ("message", "DHCPREQUEST"), ("xid", i.ToString("x8")), ("chaddr", MacAddress.Parse("02:00:00:00:0a:0a")), ("n", i), ("ratio", i / 8.0), ("ok", true)));
        }
    }

    [Fact]
    public void Entries_WrittenAndRead_AreTheSameToEveryReader()
    {
        EventJournal journal = Journal();
        journal.Record("bond0", "dhcp4", Report.Of("refused", ("text", "\u001b[2J \"go\" \n\u00e4")));
        using KeptJournalWriter writer = Writer(journal);
        Record(journal, 20);
        KeptJournalContent kept = Kept;
        Assert.Null(kept.Problem);
        Assert.Equal(21, kept.Entries.Count);
        for (int i = 0; i < 21; i++)
        {
            Assert.Equal(Json(journal[i + 1]), Json(kept.Entries[i]));
            Assert.Equal(journal[i + 1].At, kept.Entries[i].At);
            Assert.Equal(i + 1, kept.Entries[i].Sequence);
        }
    }

    [Fact]
    public void Entries_BeyondTheFilesLength_LeaveTheNewest()
    {
        EventJournal journal = Journal();
        using KeptJournalWriter writer = Writer(journal);
        const int Count = 12 * EventJournal.Capacity;
        for (int done = 0; done < Count; done += 100)
        {
            Record(journal, 100, done);
            KeptJournalContent kept = Kept;
            Assert.Null(kept.Problem);
            Assert.Equal(journal.NextSequence - 1, kept.Entries[^1].Sequence);
            Assert.Equal(kept.Entries.Count, kept.Entries[^1].Sequence - kept.Entries[0].Sequence + 1);
            Assert.True(kept.Entries.Count >= Math.Min(done + 100, EventJournal.Capacity), $"{kept.Entries.Count} entries of {done + 100}");
        }
        Assert.InRange(Kept.Entries.Count, EventJournal.Capacity, 4 * EventJournal.Capacity);
    }

    [Fact]
    public void Restart_GoesOnInTheSameFileWithTheNextNumber()
    {
        EventJournal first = Journal();
        using (Writer(first)) Record(first, 5);
        EventJournal second = Journal();
        Record(second, 2, 100); // before the file was looked at
        second.GoOn(Kept.Entries, "daemon", Report.Of("restarted", ("after", "SIGUSR2")));
        Assert.Equal(6, second.FirstOfThisRun);
        using (Writer(second, Kept.End)) Record(second, 3, 200);

        KeptJournalContent kept = Kept;
        Assert.Null(kept.Problem);
        Assert.Equal(Enumerable.Range(1, 11).Select(n => (long)n), kept.Entries.Select(entry => entry.Sequence));
        Assert.Equal("restarted", kept.Entries[5].Report.Event);
        Assert.Equal(kept.Entries[6].At, kept.Entries[5].At);
        Assert.Equal([100L, 101L, 200L, 201L, 202L], kept.Entries.Skip(6).Select(entry => entry.Report.Fields[3].Value));
        Assert.Equal(1, second.FirstSequence);
        Assert.Equal(Json(kept.Entries[0]), Json(second[1]));
    }

    [Fact]
    public void Journal_ThatGoesOnFull_KeepsTheNewest()
    {
        EventJournal first = Journal();
        using (Writer(first)) Record(first, EventJournal.Capacity + 700);
        EventJournal second = Journal();
        second.GoOn(Kept.Entries, "daemon", Report.Of("restarted"));
        Record(second, 900, 5000);
        Assert.Equal(EventJournal.Capacity, second.NextSequence - second.FirstSequence);
        for (long sequence = second.FirstSequence; sequence < second.NextSequence; sequence++) Assert.Equal(sequence, second[sequence].Sequence);
        Assert.Equal(5899, second[second.NextSequence - 1].Report.Fields[3].Value);
    }

    [Fact]
    public void Entry_LongerThanARecord_IsKeptWithoutWhatBelongsToIt()
    {
        EventJournal journal = Journal();
        using KeptJournalWriter writer = Writer(journal);
        journal.Record("", "daemon", Report.Of("fault", ("detail", new string('x', KeptJournal.MaxJsonLength))));
        Record(journal, 1);
        Assert.Equal(["fault", "sent"], Kept.Entries.Select(entry => entry.Report.Event));
        Assert.Equal(new ReportField("cut", true), Assert.Single(Kept.Entries[0].Report.Fields));
    }

    [Fact]
    public void File_CutInTheMiddleOfAnEntry_KeepsTheOthersAndSaysSo()
    {
        EventJournal journal = Journal();
        using (Writer(journal)) Record(journal, 10);
        int end = Kept.End.Offset;
        byte[] octets = _file.Read();
        octets.AsSpan(end - 20, 20).Clear();
        KeptJournalContent kept = KeptJournal.Read(octets);
        Assert.Equal(9, kept.Entries.Count);
        Assert.Equal("an entry after number 9 is damaged", kept.Problem);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void File_WithAnything_IsReadWithoutHarm(int seed)
    {
        EventJournal journal = Journal();
        using (Writer(journal)) Record(journal, 2500);
        byte[] sound = _file.Read();
        Random random = new(seed);
        for (int run = 0; run < 60; run++)
        {
            byte[] octets = (byte[])sound.Clone();
            for (int hits = 1 + random.Next(5); hits > 0; hits--) octets[random.Next(octets.Length)] = (byte)random.Next(256);
            KeptJournalContent kept = KeptJournal.Read(octets);
            for (int i = 1; i < kept.Entries.Count; i++) Assert.Equal(kept.Entries[i - 1].Sequence + 1, kept.Entries[i].Sequence);
            Assert.All(kept.Entries, entry => Json(entry));
            Assert.InRange(kept.End.Offset, 0, KeptJournal.HalfLength);
            if (kept.Problem is null) Assert.True(kept.Entries.Count > 0);
        }
        random.NextBytes(sound);
        Assert.Equal("it is of another format", KeptJournal.Read(sound).Problem);
        Assert.NotNull(KeptJournal.Read(sound.AsSpan(1)).Problem);
        Assert.Null(KeptJournal.Read(new byte[KeptJournal.Length]).Problem);
    }

    [Theory]
    [InlineData("""{"at":"2026-01-31T12:00:00.125Z","interface":null,"source":null,"event":"x"}""")]
    [InlineData("""{"at":"today","interface":null,"source":"a","event":"x"}""")]
    [InlineData("""{"at":"2026-01-31T12:00:00.125Z","interface":null,"source":"a","event":"x","list":[1]}""")]
    [InlineData("""{"at":"2026-01-31T12:00:00.125Z","interface":null,"source":"a","event":"x","huge":1e999}""")]
    [InlineData("""{"at":"2026-01-31T12:00:00.125Z","source":"a","event":"x"}""")]
    [InlineData("[]")]
    [InlineData("{")]
    public void Json_ThatIsNoEntry_IsNone(string json) =>
        Assert.Null(JournalJson.TryRead(Encoding.UTF8.GetBytes(json), 1, Instant.Zero));

    [Fact]
    public void File_FromElsewhere_IsTakenOnlyAsItWasMade()
    {
        Assert.Null(FixedMemoryFile.TryAdopt(FixedMemoryFile.Create("other", 4096).Descriptor, KeptJournal.Length, out string why));
        Assert.Equal($"it has 4096 octets, not {KeptJournal.Length}", why);
        Assert.Null(FixedMemoryFile.TryAdopt(MemoryFile.Of("x"u8), 1, out why));
        Assert.Equal("it is not sealed as it was", why);
        Assert.Null(FixedMemoryFile.TryAdopt(MemoryFile.Sealed("x"u8), 1, out why));
        Assert.Equal("it is not sealed as it was", why);
        FileDescriptor epoll = FileDescriptor.Own(Tmds.Linux.LibC.epoll_create1(0), "epoll_create1");
        Assert.Null(FixedMemoryFile.TryAdopt(epoll, 1, out why));
        Assert.Equal("it is no file", why);
        Assert.Equal(-1, epoll.Number);
    }
}
