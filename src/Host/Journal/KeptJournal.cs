using System.Buffers.Binary;

namespace BondDhcp.Host.Journal;

/// <summary>Where the next entry is written.</summary>
/// <param name="Half">0 or 1.</param>
/// <param name="Offset">Octets from the start of that half.</param>
/// <param name="Generation">Counts the beginnings of halves, from 1.</param>
internal readonly record struct KeptPlace(int Half, int Offset, long Generation);

/// <summary>What was found in a kept journal.</summary>
/// <param name="Entries">Without gaps, oldest first.</param>
/// <param name="End">Where it goes on.</param>
/// <param name="Problem">What could not be read, a sentence's second half; null when all of it could.</param>
internal sealed record KeptJournalContent(IReadOnlyList<JournalEntry> Entries, KeptPlace End, string? Problem);

/// <summary>
/// The journal's entries as octets of a fixed number, for a file that outlives the process. Two halves are written in
/// turn: when one is full the other begins anew, so that one half's worth of the newest entries is there at any moment.
/// A record has a length, a checksum, sequence number, time and the entry's JSON; a length of 0 ends a half. What is read
/// is taken for untrusted: whatever is in it, the result is entries and a sentence.
/// </summary>
internal static class KeptJournal
{
    /// <summary>Of some 250 octets each, as many entries as <see cref="EventJournal"/> keeps.</summary>
    public const int HalfLength = EventJournal.Capacity * 256;

    /// <summary>Octets in all.</summary>
    public const int Length = 2 * HalfLength;

    /// <summary>Magic and generation.</summary>
    internal const int HalfHeaderLength = 16;

    /// <summary>Length of the JSON, checksum, sequence number, time in ticks.</summary>
    internal const int RecordHeaderLength = 24;

    /// <summary>Octets of a length of 0.</summary>
    internal const int EndLength = sizeof(int);

    /// <summary>A longer entry is kept without what belongs to it: one fault's words are not to drive out everything else.</summary>
    internal const int MaxJsonLength = 8 * 1024;

    private const uint FnvOffset = 2166136261;
    private const uint FnvPrime = 16777619;

    // The last digit is the format's version.
    private static ReadOnlySpan<byte> Magic => "bondjrn1"u8;

    /// <summary>The start of an empty journal's first half.</summary>
    public static KeptPlace Empty => new(1, HalfLength, 0);

    /// <summary>The beginning of a half: its header, and that it ends there.</summary>
    public static byte[] BeginHalf(long generation)
    {
        byte[] head = new byte[HalfHeaderLength + EndLength];
        Magic.CopyTo(head);
        BinaryPrimitives.WriteInt64LittleEndian(head.AsSpan(Magic.Length), generation);
        return head;
    }

    /// <summary>Fills in the header before a record's JSON.</summary>
    public static void FinishRecord(Span<byte> record, in JournalEntry entry, long generation)
    {
        BinaryPrimitives.WriteInt32LittleEndian(record, record.Length - RecordHeaderLength);
        BinaryPrimitives.WriteInt64LittleEndian(record[8..], entry.Sequence);
        BinaryPrimitives.WriteInt64LittleEndian(record[16..], entry.At.Ticks);
        BinaryPrimitives.WriteUInt32LittleEndian(record[4..], Checksum(record[8..], generation));
    }

    /// <summary>Reads what an earlier daemon left.</summary>
    public static KeptJournalContent Read(ReadOnlySpan<byte> octets)
    {
        List<JournalEntry> entries = [];
        if (octets.Length != Length) return new(entries, Empty, "it has another length");
        string? problem = null;
        long first = GenerationOf(octets[..HalfLength], ref problem);
        long second = GenerationOf(octets[HalfLength..], ref problem);
        KeptPlace end = Empty;
        foreach ((int half, long generation) in first <= second ? [(0, first), (1, second)] : ((int, long)[])[(1, second), (0, first)])
        {
            if (generation == 0) continue;
            int length = ReadHalf(octets.Slice(half * HalfLength, HalfLength), generation, entries, ref problem);
            end = new KeptPlace(half, length, generation);
        }
        return new(entries, end, problem);
    }

    // 0 for a half that was never begun, or cannot be used.
    private static long GenerationOf(ReadOnlySpan<byte> half, ref string? problem)
    {
        long generation = BinaryPrimitives.ReadInt64LittleEndian(half[Magic.Length..]);
        if (half.StartsWith(Magic) && generation is > 0 and < long.MaxValue) return generation;
        if (half[..HalfHeaderLength].ContainsAnyExcept((byte)0)) problem = "it is of another format";
        return 0;
    }

    // Gives the place behind the last whole record.
    private static int ReadHalf(ReadOnlySpan<byte> half, long generation, List<JournalEntry> entries, ref string? problem)
    {
        int at = HalfHeaderLength;
        while (at <= HalfLength - EndLength)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(half[at..]);
            if (length == 0) return at;
            if (TryReadRecord(half[at..], length, generation) is not { } entry)
            {
                problem ??= FormattableString.Invariant($"an entry after number {(entries.Count == 0 ? 0 : entries[^1].Sequence)} is damaged");
                return at;
            }
            // What does not follow on what is there begins anew: numbers have no gaps.
            if (entries.Count > 0 && (entry.Sequence != entries[^1].Sequence + 1 || entry.At < entries[^1].At)) entries.Clear();
            entries.Add(entry);
            at += RecordHeaderLength + length;
        }
        return at;
    }

    private static JournalEntry? TryReadRecord(ReadOnlySpan<byte> rest, int length, long generation)
    {
        if (length is < 0 or > MaxJsonLength || rest.Length < RecordHeaderLength + length) return null;
        ReadOnlySpan<byte> record = rest[..(RecordHeaderLength + length)];
        if (BinaryPrimitives.ReadUInt32LittleEndian(record[4..]) != Checksum(record[8..], generation)) return null;
        long sequence = BinaryPrimitives.ReadInt64LittleEndian(record[8..]);
        long at = BinaryPrimitives.ReadInt64LittleEndian(record[16..]);
        // Half the range: room for whatever is counted on from there.
        if (sequence is < 1 or > long.MaxValue / 2 || at is < 0 or > long.MaxValue / 2) return null;
        return JournalJson.TryRead(record[RecordHeaderLength..], sequence, new Net.Instant(at));
    }

    // FNV-1a, begun with the generation: a record of a half's earlier use is none of its present one.
    private static uint Checksum(ReadOnlySpan<byte> octets, long generation)
    {
        uint hash = FnvOffset ^ (uint)generation;
        foreach (byte octet in octets) hash = (hash ^ octet) * FnvPrime;
        return hash;
    }
}
