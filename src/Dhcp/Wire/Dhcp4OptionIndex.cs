using System.Collections.Immutable;

namespace BondDhcp.Dhcp.Wire;

/// <summary>
/// Where the options of one message begin, found in one pass, so that reading twenty of them does not walk the message
/// twenty times. Lives on the stack.
/// </summary>
internal ref struct Dhcp4OptionIndex
{
    /// <summary>Elements of the table the caller provides: one for each code.</summary>
    public const int TableLength = 256;

    // No option begins at the start of the message, where the header is.
    private const ushort Absent = 0;

    // Found by the view: fragments of one option (RFC 3396), which it joins, and options without data.
    private const ushort Elsewhere = ushort.MaxValue;

    private readonly Span<ushort> _offsets;

    /// <summary>Indexes a message.</summary>
    /// <param name="message">A well-formed one.</param>
    /// <param name="table">At least <see cref="TableLength"/> elements of the caller's stack, any content.</param>
    public Dhcp4OptionIndex(in Dhcp4MessageView message, Span<ushort> table)
    {
        Message = message;
        _offsets = table[..TableLength];
        _offsets.Clear();
        Dhcp4OptionWalker walker = message.Fragments;
        while (walker.MoveNext())
        {
            ref ushort offset = ref _offsets[walker.Code];
            if (offset == Absent) Count++;
            // Data of no octets are nowhere; the view finds them, and so it does the fragments of a split option.
            offset = offset == Absent && message.Octets.Overlaps(walker.Data, out int at) ? (ushort)at : Elsewhere;
        }
    }

    /// <summary>The message.</summary>
    public Dhcp4MessageView Message { get; }

    /// <summary>Different options in the message.</summary>
    public int Count { get; }

    /// <summary>The data of an option, fragments joined; false when it is absent.</summary>
    public readonly bool TryGet(byte code, out ReadOnlySpan<byte> data)
    {
        ushort offset = _offsets[code];
        data = default;
        if (offset == Absent) return false;
        if (offset == Elsewhere) return Message.TryGetOption(code, out data);
        data = Message.Octets.Slice(offset, Message.Octets[offset - 1]);
        return true;
    }

    /// <summary>As <see cref="Dhcp4MessageView.CopyOptions"/>.</summary>
    public readonly ImmutableArray<Dhcp4Option> CopyOptions()
    {
        ImmutableArray<Dhcp4Option>.Builder options = ImmutableArray.CreateBuilder<Dhcp4Option>(Count);
        Span<bool> seen = stackalloc bool[TableLength];
        Dhcp4OptionWalker walker = Message.Fragments;
        while (walker.MoveNext())
        {
            if (seen[walker.Code]) continue;
            seen[walker.Code] = true;
            TryGet(walker.Code, out ReadOnlySpan<byte> data);
            options.Add(new Dhcp4Option(walker.Code, [.. data]));
        }
        return options.MoveToImmutable();
    }
}
