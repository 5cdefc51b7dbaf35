using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using BondDhcp.Host.Journal;
using BondDhcp.Net;
using Xunit;

namespace BondDhcp.Tests.Host;

public class EventJournalTests
{
    private Instant _now = Instant.FromSeconds(100);

    private EventJournal Journal() => new(() => _now, TimeProvider.System);

    private static string Json(JournalEntry entry)
    {
        ArrayBufferWriter<byte> output = new();
        using (Utf8JsonWriter json = new(output)) JournalJson.Write(json, entry);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    [Fact]
    public void Journal_KeepsTheNewestAndTheirNumbers()
    {
        EventJournal journal = Journal();
        for (int i = 1; i <= EventJournal.Capacity + 10; i++) journal.Record("eth0", "test", Report.Of("tick", ("n", i)));
        Assert.Equal(11, journal.FirstSequence);
        Assert.Equal(EventJournal.Capacity + 11, journal.NextSequence);
        for (long sequence = journal.FirstSequence; sequence < journal.NextSequence; sequence++)
        {
            Assert.Equal(sequence, journal[sequence].Sequence);
            Assert.Equal((int)sequence, journal[sequence].Report.Fields[0].Value);
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => journal[10]);
    }

    [Fact]
    public void FirstSince_FindsTheAge()
    {
        EventJournal journal = Journal();
        foreach (double at in (double[])[100, 200, 300])
        {
            _now = Instant.FromSeconds(at);
            journal.Record("eth0", "test", Report.Of("tick"));
        }
        Assert.Equal(1, journal.FirstSince(TimeSpan.FromSeconds(200)));
        Assert.Equal(2, journal.FirstSince(TimeSpan.FromSeconds(199)));
        Assert.Equal(4, journal.FirstSince(TimeSpan.FromSeconds(-1)));
    }

    [Fact]
    public void Entry_AsJson_HasTheContractsFields()
    {
        JournalEntry entry = new(1, _now, new DateTimeOffset(2026, 1, 31, 12, 0, 0, 125, TimeSpan.Zero), "eth0", "dhcp4", Report.Of(
            "sent", ("message", "DHCPDISCOVER"), ("xid", "1f2e3d4c"), ("chaddr", MacAddress.Parse("02:00:00:00:0a:0a")), ("secs", 3), ("broadcast", true)));
        Assert.Equal(
            """{"at":"2026-01-31T12:00:00.125Z","interface":"eth0","source":"dhcp4","event":"sent","message":"DHCPDISCOVER","xid":"1f2e3d4c","chaddr":"02:00:00:00:0a:0a","secs":3,"broadcast":true}""",
            Json(entry));
    }

    [Fact(DisplayName = "AC-11 text of a server's with escape sequences reaches neither JSON nor terminal")]
    public void Entry_WithControlCharacters_IsEscaped()
    {
        JournalEntry entry = new(1, _now, DateTimeOffset.UnixEpoch, "eth0", "dhcp4", Report.Of("refused", ("text", "\u001b[2Jgo away\n")));
        string json = Json(entry);
        Assert.DoesNotContain('\u001b', json);
        using JsonDocument document = JsonDocument.Parse(json);
        Assert.EndsWith(@"refused text=""\x1b[2Jgo away\x0a""", new JournalLine().Format(document.RootElement));
    }

    [Theory(DisplayName = "AC-13 output is the same in every culture")]
    [InlineData(",", "-")]
    [InlineData("\u066b", "\u2212")]
    public void Entry_InAnotherCulture_IsTheSame(string decimalSeparator, string negativeSign)
    {
        CultureInfo culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        culture.NumberFormat.NumberDecimalSeparator = decimalSeparator;
        culture.NumberFormat.NegativeSign = negativeSign;
        culture.DateTimeFormat.TimeSeparator = ".";
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = culture;
            JournalEntry entry = new(1, _now, DateTimeOffset.UnixEpoch, "eth0", "dhcp4", Report.Of("INFO", ("ratio", -1234.5), ("count", 1234567)));
            Assert.Equal("""{"at":"1970-01-01T00:00:00.000Z","interface":"eth0","source":"dhcp4","event":"INFO","ratio":-1234.5,"count":1234567}""", Json(entry));
            using JsonDocument document = JsonDocument.Parse(Json(entry));
            Assert.Equal("00:00:00.000Z   +0.000  eth0     dhcp4    INFO ratio=-1234.5 count=1234567", new JournalLine().Format(document.RootElement));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Lines_ShowTheTimeSinceTheOneBefore()
    {
        JournalLine line = new();
        using JsonDocument first = JsonDocument.Parse("""{"at":"2026-01-31T12:00:00.000Z","interface":"eth0","source":"a","event":"x"}""");
        using JsonDocument second = JsonDocument.Parse("""{"at":"2026-01-31T12:00:01.250Z","interface":null,"source":"a","event":"y"}""");
        Assert.StartsWith("12:00:00.000Z   +0.000  eth0", line.Format(first.RootElement));
        Assert.StartsWith("12:00:01.250Z   +1.250  - ", line.Format(second.RootElement));
    }
}
