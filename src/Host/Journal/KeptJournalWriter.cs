using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Journal;

/// <summary>Writes each entry of the journal into a file as it comes, behind what is there.</summary>
internal sealed class KeptJournalWriter : IDisposable
{
    /// <summary>Room for nearly every record.</summary>
    private const int UsualLength = 1024;

    private readonly EventJournal _journal;
    private readonly FixedMemoryFile _file;
    private readonly ArrayBufferWriter<byte> _buffer = new(UsualLength);
    private readonly Utf8JsonWriter _json;
    private KeptPlace _place;
    private long _next;

    /// <summary>Writes what the journal has, and what comes; the file is this object's.</summary>
    /// <param name="journal">What is written.</param>
    /// <param name="from">The sequence number of the first entry that is not in the file.</param>
    /// <param name="file">Of <see cref="KeptJournal.Length"/> octets.</param>
    /// <param name="place">Where it goes on.</param>
    public KeptJournalWriter(EventJournal journal, long from, FixedMemoryFile file, KeptPlace place)
    {
        _journal = journal;
        _file = file;
        _json = new Utf8JsonWriter(_buffer, JsonText.Compact);
        _place = place;
        _next = from;
        WriteNew();
        journal.Recorded += WriteNew;
    }

    /// <summary>Writes no more; what is written stays with whoever else has the file.</summary>
    public void Dispose()
    {
        _journal.Recorded -= WriteNew;
        _json.Dispose();
        _file.Dispose();
    }

    private void WriteNew()
    {
        for (_next = Math.Max(_next, _journal.FirstSequence); _next < _journal.NextSequence; _next++) Write(_journal[_next]);
    }

    private void Write(in JournalEntry entry)
    {
        Serialize(entry);
        if (_buffer.WrittenCount - KeptJournal.RecordHeaderLength > KeptJournal.MaxJsonLength)
            Serialize(entry with { Report = Report.Of(entry.Report.Event, ("cut", true)) });
        int length = _buffer.WrittenCount;
        if (_place.Offset + length + KeptJournal.EndLength > KeptJournal.HalfLength && !TryTurn()) return;
        KeptJournal.FinishRecord(MemoryMarshal.AsMemory(_buffer.WrittenMemory).Span, entry, _place.Generation);
        _buffer.GetSpan(KeptJournal.EndLength)[..KeptJournal.EndLength].Clear();
        _buffer.Advance(KeptJournal.EndLength);
        // What cannot be written, because the machine has no memory left, is missing after a restart and nothing else.
        if (_file.TryWrite(_place.Half * KeptJournal.HalfLength + _place.Offset, _buffer.WrittenSpan))
            _place = _place with { Offset = _place.Offset + length };
    }

    private void Serialize(in JournalEntry entry)
    {
        _buffer.ResetWrittenCount();
        _buffer.GetSpan(KeptJournal.RecordHeaderLength)[..KeptJournal.RecordHeaderLength].Clear();
        _buffer.Advance(KeptJournal.RecordHeaderLength);
        _json.Reset();
        JournalJson.Write(_json, entry);
        _json.Flush();
    }

    private bool TryTurn()
    {
        KeptPlace next = new(1 - _place.Half, KeptJournal.HalfHeaderLength, _place.Generation + 1);
        if (!_file.TryWrite(next.Half * KeptJournal.HalfLength, KeptJournal.BeginHalf(next.Generation))) return false;
        _place = next;
        return true;
    }
}
