using System.Collections.Immutable;
using System.Text;

namespace BondDhcp.Host.Import.Isc;

/// <summary>What a token is.</summary>
internal enum IscTokenKind
{
    /// <summary>A word, a number, an address or octets with colons between them: whatever stands without quotes.</summary>
    Word,
    /// <summary>Text in quotes, its escapes resolved; each character is one octet.</summary>
    Text,
    /// <summary>One of <c>; { } , = ( )</c>.</summary>
    Sign,
}

/// <summary>One token of a file of ISC's or WIDE's programs.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Value">Its characters, of which each is one octet of the file.</param>
/// <param name="Line">From 1.</param>
internal readonly record struct IscToken(IscTokenKind Kind, string Value, int Line)
{
    /// <summary>True for this sign.</summary>
    public bool Is(char sign) => Kind == IscTokenKind.Sign && Value[0] == sign;

    /// <summary>The octets.</summary>
    public byte[] Octets => Encoding.Latin1.GetBytes(Value);

    /// <summary>As it may be shown: quotes where there were some.</summary>
    public string Shown => Kind == IscTokenKind.Text ? $"\"{Value}\"" : Value;
}

/// <summary>A statement: words up to a semicolon, or up to the end of a block in braces.</summary>
/// <param name="Line">Where it begins, from 1.</param>
/// <param name="Tokens">The words before the semicolon or the block; at least one.</param>
/// <param name="Block">The statements between braces; null where there are no braces.</param>
internal sealed record IscStatement(int Line, ImmutableArray<IscToken> Tokens, ImmutableArray<IscStatement>? Block)
{
    /// <summary>The file, as it is shown; empty where there is but one.</summary>
    public string File { get; init; } = "";

    /// <summary>The first word in lower case, because keywords have no case; empty where the first token is none.</summary>
    public string Keyword => Word(0).ToLowerInvariant();

    /// <summary>The word at this place; empty where there is none.</summary>
    public string Word(int index) => index < Tokens.Length && Tokens[index].Kind == IscTokenKind.Word ? Tokens[index].Value : "";

    /// <summary>The word or text at this place; empty where there is none.</summary>
    public string Argument(int index) => index < Tokens.Length && Tokens[index].Kind != IscTokenKind.Sign ? Tokens[index].Value : "";

    /// <summary>Its first words alone, where the rest may be a secret: a key, or the value of an option of which nobody knows the use.</summary>
    /// <param name="count">How many of the words.</param>
    public string Begun(int count)
    {
        string text = "";
        for (int i = 0; i < count && Word(i) is { Length: > 0 } word; i++) text += word + " ";
        return text + "...";
    }

    /// <summary>What stands there, for people.</summary>
    public string Shown => string.Join(' ', Tokens.Select(token => token.Shown)).Replace(" ,", ",", StringComparison.Ordinal) + (Block is null ? "" : " { ... }");
}
