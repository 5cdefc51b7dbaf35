using System.Collections.Immutable;

namespace BondDhcp.Dhcp.Wire;

/// <summary>What was odd about a message but no reason to drop it, in words.</summary>
internal ref struct ReplyNotes
{
    /// <summary>Notes kept of one message: a crafted one could be all oddities.</summary>
    public const int MaxNotes = 32;

    private ImmutableArray<string>.Builder? _notes;

    /// <summary>Keeps a note, up to <see cref="MaxNotes"/>.</summary>
    public void Add(string note)
    {
        _notes ??= ImmutableArray.CreateBuilder<string>();
        if (_notes.Count < MaxNotes) _notes.Add(note);
    }

    /// <summary>The notes in order.</summary>
    public readonly ImmutableArray<string> ToImmutable() => _notes?.ToImmutable() ?? [];
}
