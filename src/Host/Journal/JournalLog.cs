using System.Text;
using BondDhcp.Net;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BondDhcp.Host.Journal;

/// <summary>Writes the journal to the log; begins with what this process recorded before the log was there.</summary>
internal sealed class JournalLog(EventJournal journal, ILogger<JournalLog> logger) : IHostedService
{
    /// <summary>Of events a network can cause at will, one in this time for each interface.</summary>
    public static readonly TimeSpan LimitInterval = TimeSpan.FromSeconds(10);

    /// <summary>Before the name of a property that is one field of the event, escaped.</summary>
    public const string FieldPrefix = "Field.";

    /// <summary>A message is our own words and says where to look: with a path and a place it outgrows what a server may say.</summary>
    private const int MaxMessageLength = 1024;

    private readonly Dictionary<(string Interface, string Source, string Event), Instant> _lastLogged = [];
    private long _next;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        // What an earlier process recorded, it logged.
        _next = journal.FirstOfThisRun;
        journal.Recorded += WriteNew;
        WriteNew();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        journal.Recorded -= WriteNew;
        return Task.CompletedTask;
    }

    private void WriteNew()
    {
        for (_next = Math.Max(_next, journal.FirstSequence); _next < journal.NextSequence; _next++) Write(journal[_next]);
    }

    private void Write(in JournalEntry entry)
    {
        LogLevel level = LogSeverity.Of(entry.Report.Event);
        if (!logger.IsEnabled(level) || !Allowed(entry)) return;
        List<KeyValuePair<string, object?>> properties = new(entry.Report.Fields.Length + 5);
        string details = Details(entry.Report, properties);
        if (entry.Interface.Length > 0) properties.Add(new("Interface", entry.Interface));
        properties.Add(new("Source", entry.Source));
        properties.Add(new("Event", entry.Report.Event));
        properties.Add(new("Details", details));
        properties.Add(new("{OriginalFormat}", entry.Interface.Length > 0 ? "{Interface} {Source}: {Event}{Details}" : "{Source}: {Event}{Details}"));
        logger.Log(level, default, properties, null, static (_, _) => "");
    }

    // The daemon's own words, at start or reload, are never too many.
    private bool Allowed(in JournalEntry entry)
    {
        if (entry.Interface.Length == 0 || !LogSeverity.IsLimited(entry.Report.Event)) return true;
        (string, string, string) key = (entry.Interface, entry.Source, entry.Report.Event);
        if (_lastLogged.TryGetValue(key, out Instant last) && entry.At - last < LimitInterval) return false;
        _lastLogged[key] = entry.At;
        return true;
    }

    // One by one, too, for a log that has fields.
    private static string Details(Report report, List<KeyValuePair<string, object?>> properties)
    {
        StringBuilder text = new();
        foreach (ReportField field in report.Fields)
        {
            string value = EscapedText.Of(
                field.Value is bool flag
                    ? (flag ? "true" : "false")
                    : Convert.ToString(field.Value, System.Globalization.CultureInfo.InvariantCulture) ?? "",
                field.Name == "message" ? MaxMessageLength : EscapedText.DefaultLimit);
            properties.Add(new(FieldPrefix + field.Name, value));
            text.Append(' ').Append(field.Name).Append('=').Append(value.Contains(' ', StringComparison.Ordinal) ? $"\"{value}\"" : value);
        }
        return text.ToString();
    }
}
