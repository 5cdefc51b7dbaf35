using System.Text;
using BondDhcp.Host.Loop;
using BondDhcp.Host.Text;
using BondDhcp.Net;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BondDhcp.Host.Journal;

/// <summary>Writes the journal to the log; begins with what this process recorded before the log was there.</summary>
/// <param name="journal">What is written.</param>
/// <param name="logger">Takes it.</param>
/// <param name="loop">Wakes it for a line that is due without an event; null: that line comes with the next event or at the end.</param>
internal sealed class JournalLog(EventJournal journal, ILogger<JournalLog> logger, EventLoop? loop = null) : IHostedService
{
    /// <summary>Of events a network can cause at will, one in this time for each interface; of warnings, one of each text.</summary>
    public static readonly TimeSpan LimitInterval = TimeSpan.FromSeconds(10);

    /// <summary>Different warnings of one part about one interface in that time. What has more to say is flooded itself.</summary>
    public const int MaxDifferent = 20;

    /// <summary>Before the name of a property that is one field of the event, escaped.</summary>
    public const string FieldPrefix = "Field.";

    /// <summary>A message is our own words and says where to look: with a path and a place it outgrows what a server may say.</summary>
    private const int MaxMessageLength = 1024;

    private readonly Dictionary<(string Interface, string Source, string Event), LogLimit> _limits = [];
    private LoopDeadline? _leftOutDeadline;
    private Instant _leftOutAt = Instant.Never;
    private long _next;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        // What an earlier process recorded, it logged.
        _next = journal.FirstOfThisRun;
        journal.Recorded += WriteNew;
        _leftOutDeadline = loop?.AddDeadline(() => TellLeftOut(_leftOutAt));
        WriteNew();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        journal.Recorded -= WriteNew;
        TellLeftOut(Instant.Never);
        _leftOutDeadline?.Dispose();
        return Task.CompletedTask;
    }

    private void WriteNew()
    {
        for (_next = Math.Max(_next, journal.FirstSequence); _next < journal.NextSequence; _next++) Write(journal[_next]);
    }

    private void Write(in JournalEntry entry)
    {
        if (entry.At >= _leftOutAt) TellLeftOut(entry.At);
        if (!logger.IsEnabled(LogSeverity.Of(entry.Report.Event))) return;
        List<KeyValuePair<string, object?>> properties = new(entry.Report.Fields.Length + 5);
        string details = Details(entry.Report, properties);
        if (Allowed(entry, details)) Write(entry.Interface, entry.Source, entry.Report.Event, details, properties);
    }

    private void Write(string interfaceName, string source, string name, string details, List<KeyValuePair<string, object?>> properties)
    {
        if (interfaceName.Length > 0) properties.Add(new("Interface", interfaceName));
        properties.Add(new("Source", source));
        properties.Add(new("Event", name));
        properties.Add(new("Details", details));
        properties.Add(new("{OriginalFormat}", interfaceName.Length > 0 ? "{Interface} {Source}: {Event}{Details}" : "{Source}: {Event}{Details}"));
        logger.Log(LogSeverity.Of(name), default, properties, null, static (_, _) => "");
    }

    // The daemon's own words, at start or reload, are never too many.
    private bool Allowed(in JournalEntry entry, string details)
    {
        string name = entry.Report.Event;
        if (entry.Interface.Length == 0 || !LogSeverity.IsLimited(name)) return true;
        (string, string, string) key = (entry.Interface, entry.Source, name);
        if (!_limits.TryGetValue(key, out LogLimit? limit)) _limits.Add(key, limit = new LogLimit(LimitInterval, MaxDifferent));
        bool allowed = limit.Allows(LogSeverity.IsToldInWords(name) ? details : "", entry.At);
        WakeAt(Instant.Min(_leftOutAt, limit.LeftOutAt));
        return allowed;
    }

    // Says of each flood how many it was, when its time is over.
    private void TellLeftOut(Instant now)
    {
        Instant next = Instant.Never;
        foreach (((string interfaceName, string source, string name), LogLimit limit) in _limits)
        {
            if (limit.LeftOutAt > now) next = Instant.Min(next, limit.LeftOutAt);
            else if (limit.TakeLeftOut() is var count and > 0)
            {
                List<KeyValuePair<string, object?>> properties = [];
                string message = FormattableString.Invariant($"more were left out here: {count} in {LimitInterval.TotalSeconds} seconds; 'bonddhcp timeline' has them");
                Write(interfaceName, source, name, Details(Report.Of(name, ("message", message), ("leftOut", count)), properties), properties);
            }
        }
        WakeAt(next);
    }

    private void WakeAt(Instant at)
    {
        _leftOutAt = at;
        if (_leftOutDeadline is { } deadline) deadline.At = at;
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
            text.Append(' ').Append(field.Name).Append('=').Append(FieldText.Of(value));
        }
        return text.ToString();
    }
}
