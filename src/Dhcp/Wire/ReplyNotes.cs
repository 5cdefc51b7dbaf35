using System.Collections.Immutable;

namespace BondDhcp.Dhcp.Wire;

/// <summary>What was odd about a message but no reason to drop it, in words.</summary>
internal ref struct ReplyNotes
{
    /// <summary>Notes kept of one message: a crafted one could be all oddities.</summary>
    public const int MaxNotes = 32;

    // A note is a line of a log.
    private const int MaxNames = 4;
    private const int MaxNameLength = 64;

    private ImmutableArray<string>.Builder? _notes;

    /// <summary>Keeps a note, up to <see cref="MaxNotes"/>.</summary>
    public void Add(string note)
    {
        _notes ??= ImmutableArray.CreateBuilder<string>();
        if (_notes.Count < MaxNotes) _notes.Add(note);
    }

    /// <summary>Keeps a note of names in a list that are none, if there are any.</summary>
    /// <param name="option">The list, as notes call it.</param>
    /// <param name="refused">The names, escaped.</param>
    public void AddRefused(string option, ImmutableArray<string> refused)
    {
        if (refused.IsEmpty) return;
        string names = string.Join(", ", refused.Take(MaxNames).Select(static name => name.Length > MaxNameLength ? name[..MaxNameLength] + "..." : name));
        string more = refused.Length > MaxNames ? $" and {refused.Length - MaxNames} more" : "";
        Add($"{option}: left out, not a valid name: {names}{more}");
    }

    /// <summary>The notes in order.</summary>
    public readonly ImmutableArray<string> ToImmutable() => _notes?.ToImmutable() ?? [];
}
