using System.Globalization;
using BondDhcp.Host.Control.Linux;
using BondDhcp.Host.Daemon;
using BondDhcp.Host.Journal;
using BondDhcp.Net.Linux;
using BondDhcp.Net.Linux.Interop;
using Serilog.Core;
using Serilog.Events;

namespace BondDhcp.Host.Systemd;

/// <summary>
/// Writes log lines with their fields into the system's journal, whose socket nobody waits for; one that it cannot take
/// goes where it would have gone otherwise. While the journal does not read, lines are lost and events are not: they are in
/// the timeline.
/// </summary>
/// <param name="fallback">Takes what the journal does not.</param>
/// <param name="socket">The journal's socket.</param>
internal sealed class SystemJournalSink(ILogEventSink fallback, string socket = SystemJournalSink.Socket) : ILogEventSink
{
    /// <summary>Where systemd-journald listens.</summary>
    public const string Socket = "/run/systemd/journal/socket";

    /// <inheritdoc/>
    public void Emit(LogEvent logEvent)
    {
        if (!TrySend(MessageOf(logEvent).Octets)) fallback.Emit(logEvent);
    }

    internal static JournalMessage MessageOf(LogEvent logEvent)
    {
        JournalMessage message = new();
        message.Add("MESSAGE", StandardErrorSink.Render(logEvent));
        message.Add("PRIORITY", StandardErrorSink.Priority(logEvent.Level).ToString(CultureInfo.InvariantCulture));
        message.Add("SYSLOG_IDENTIFIER", "bonddhcp");
        foreach ((string name, LogEventPropertyValue value) in logEvent.Properties)
        {
            if (value is not ScalarValue { Value: string text } || text.Length == 0) continue;
            if (name == "Interface") message.Add("INTERFACE", text);
            else if (name is "Event" or "Source") message.AddOwn(name, text);
            else if (name.StartsWith(JournalLog.FieldPrefix, StringComparison.Ordinal)) AddField(message, name[JournalLog.FieldPrefix.Length..], text);
        }
        return message;
    }

    // A change of state has "from" and "to": who looks for a state looks for the one it came to.
    private static void AddField(JournalMessage message, string name, string text)
    {
        message.AddOwn(name, text);
        if (name == "to") message.AddOwn("state", text);
    }

    // One that is too long for a datagram goes as a file in memory that nobody can change.
    private bool TrySend(ReadOnlySpan<byte> octets)
    {
        try
        {
            int error = UnixDatagram.Send(socket, octets);
            // stderr leads to the same journal, and is waited for.
            if (error == KernelNumbers.EAGAIN) return true;
            if (error is not (KernelNumbers.EMSGSIZE or KernelNumbers.ENOBUFS)) return error == 0;
            using FileDescriptor file = MemoryFile.Sealed(octets);
            return UnixDatagram.Send(socket, [], file) == 0;
        }
        catch (LinuxException)
        {
            return false; // no descriptor is left
        }
    }
}
