using System.Globalization;
using System.Text;
using Serilog.Core;
using Serilog.Events;

namespace BondDhcp.Host.Daemon;

/// <summary>Who reads stderr.</summary>
internal enum StandardErrorReader
{
    /// <summary>A file, or a program behind a pipe.</summary>
    Other,
    /// <summary>A person.</summary>
    Terminal,
    /// <summary>The system's journal.</summary>
    Journal,
}

/// <summary>
/// Writes log lines to stderr: for the system's journal with the priority in front (sd-daemon(3)), which it takes off
/// again; on a terminal with the time; as they are for whoever else reads, who would have to live with either.
/// </summary>
internal sealed class StandardErrorSink(Stream output, StandardErrorReader reader) : ILogEventSink
{
    /// <inheritdoc/>
    public void Emit(LogEvent logEvent)
    {
        string prefix = reader switch
        {
            StandardErrorReader.Terminal => logEvent.Timestamp.ToString("HH:mm:ss.fff ", CultureInfo.InvariantCulture),
            StandardErrorReader.Journal => string.Create(CultureInfo.InvariantCulture, $"<{Priority(logEvent.Level)}>"),
            _ => "",
        };
        // One line, one write: lines of several writers do not mix.
        output.Write(Encoding.UTF8.GetBytes(prefix + Render(logEvent).ReplaceLineEndings(" | ") + "\n"));
        output.Flush();
    }

    /// <summary>The message, with what an exception says behind it.</summary>
    internal static string Render(LogEvent logEvent)
    {
        StringWriter line = new(CultureInfo.InvariantCulture);
        // ":l" keeps Serilog from putting quotes around strings.
        foreach (Serilog.Parsing.MessageTemplateToken token in logEvent.MessageTemplate.Tokens)
        {
            if (token is Serilog.Parsing.PropertyToken property && logEvent.Properties.TryGetValue(property.PropertyName, out LogEventPropertyValue? value))
                value.Render(line, "l", CultureInfo.InvariantCulture);
            else token.Render(logEvent.Properties, line, CultureInfo.InvariantCulture);
        }
        if (logEvent.Exception is { } exception) line.Write($": {exception}");
        return line.ToString();
    }

    /// <summary>syslog(3)'s number: 3 error, 4 warning, 6 informational, 7 debug.</summary>
    internal static int Priority(LogEventLevel level) => level switch
    {
        LogEventLevel.Fatal => 2,
        LogEventLevel.Error => 3,
        LogEventLevel.Warning => 4,
        LogEventLevel.Information => 6,
        _ => 7,
    };
}
