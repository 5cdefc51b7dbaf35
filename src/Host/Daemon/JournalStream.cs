using System.Buffers;
using System.Text.Json;
using BondDhcp.Host.Control;
using BondDhcp.Host.Journal;

namespace BondDhcp.Host.Daemon;

/// <summary>
/// Events on a connection. A reader's place is a number; nothing is kept for it, so that a slow one costs no memory
/// and is told how many it missed.
/// </summary>
internal static class JournalStream
{
    /// <summary>Written in one go; the next piece when it is taken.</summary>
    private const int PieceLength = 16 * 1024;

    /// <summary><c>watch</c>: everything from now on, or what is of one interface.</summary>
    public static void Follow(ControlCall call, EventJournal journal, Func<DateTimeOffset> now, string? only = null)
    {
        long next = journal.NextSequence;
        journal.Recorded += call.Pump;
        call.Ended += () => journal.Recorded -= call.Pump;
        call.Stream(output =>
        {
            next = Append(output, journal, next, now, only);
            return true;
        });
    }

    /// <summary><c>timeline</c>: what is kept, or what of it is of one interface, and no more.</summary>
    public static void Replay(ControlCall call, EventJournal journal, Func<DateTimeOffset> now, string? only = null)
    {
        long next = call.Request.Since is { } age ? journal.FirstSince(age) : journal.FirstSequence;
        long end = journal.NextSequence;
        // Entries from before the first kept one are gone; whoever asks for all is told.
        bool tellGap = call.Request.Since is null && next > 1;
        call.Stream(output =>
        {
            if (tellGap) ControlFrame.Append(output, json => JournalJson.WriteGap(json, now(), next - 1));
            tellGap = false;
            next = Append(output, journal, next, now, only, end);
            if (next < end) return true;
            ControlFrame.Append(output, WriteEnd);
            return false;
        });
    }

    // What was missed is told whatever it was of: nobody knows any more.
    private static long Append(
        ArrayBufferWriter<byte> output, EventJournal journal, long next, Func<DateTimeOffset> now, string? only, long end = long.MaxValue)
    {
        if (next < journal.FirstSequence)
        {
            long missed = Math.Min(end, journal.FirstSequence) - next;
            ControlFrame.Append(output, json => JournalJson.WriteGap(json, now(), missed));
            next += missed;
        }
        while (next < Math.Min(end, journal.NextSequence) && output.WrittenCount < PieceLength)
        {
            JournalEntry entry = journal[next++];
            if (only is null || entry.Interface == only) ControlFrame.Append(output, json => JournalJson.Write(json, entry));
        }
        return next;
    }

    private static void WriteEnd(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("exit", 0);
        json.WriteEndObject();
    }
}
