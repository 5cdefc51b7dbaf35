using System.Collections.Immutable;
using System.Text;
using BondDhcp.Net;

namespace BondDhcp.Host.Import.Isc;

/// <summary>
/// A dhclient.conf with the files that it includes, each in the place of its <c>include</c>, as dhclient reads them
/// (clparse.c, parse_client_statement()). Pure but for what gives the files. The <c>include</c> of a file that is not read
/// stays where it is, because what is in it may change all before it.
/// </summary>
/// <param name="draft">Is told of files that are not read.</param>
/// <param name="include">Gives a file by its absolute path.</param>
internal sealed class DhclientFiles(ImportDraft draft, Func<string, IncludedFile> include)
{
    /// <summary>Files within files: nobody nests deeper, and links could make a circle that names do not show.</summary>
    private const int MaxDepth = 8;

    /// <summary>Included files, one that is included twice counted twice: each is named by hand, because there are no patterns.</summary>
    private const int MaxFiles = 64;

    /// <summary>Characters of all included files together: as many as one file may have.</summary>
    private const int MaxLength = 1 << 20;

    private readonly List<string> _open = [];
    private readonly List<(SourceLine From, string Message)> _problems = [];
    private int _files, _length;

    /// <summary>What was wrong in any of the files.</summary>
    public IReadOnlyList<(SourceLine From, string Message)> Problems => _problems;

    /// <summary>The statements of a file's text, in which each character is one octet.</summary>
    public List<IscStatement> Read(string file, string text)
    {
        _open.Add(file);
        ImmutableArray<IscStatement> statements = IscFile.Read(text, out ImmutableArray<(int Line, string Message)> problems, file);
        foreach ((int line, string message) in problems) _problems.Add((new SourceLine(file, line), message));
        List<IscStatement> read = Follow(statements);
        _open.RemoveAt(_open.Count - 1);
        return read;
    }

    private List<IscStatement> Follow(ImmutableArray<IscStatement> statements)
    {
        List<IscStatement> read = [];
        foreach (IscStatement statement in statements)
        {
            if (statement is { Keyword: "include", Block: null }) read.AddRange(Include(statement));
            else if (statement is { Keyword: "interface", Block: { } block }) read.Add(statement with { Block = [.. Follow(block)] });
            else read.Add(statement);
        }
        return read;
    }

    private List<IscStatement> Include(IscStatement statement)
    {
        if (statement.Tokens is not [_, { Kind: IscTokenKind.Text } name, ..])
        {
            Lose(statement, "the name of a file in quotes belongs here, and dhclient reads none without them");
            return [];
        }
        string path = Encoding.UTF8.GetString(name.Octets);
        if (_open.Contains(path))
        {
            Lose(statement, "that file is being read already; it is not read within itself");
            return [];
        }
        string? why = !path.StartsWith('/') ? "dhclient looks for it where it was started; write the whole path"
            : _open.Count > MaxDepth ? "files are within files too deep"
            : _files >= MaxFiles ? FormattableString.Invariant($"more than {MaxFiles} files are included")
            : null;
        _files++;
        if (why is null && ReadText(path, out why) is { } text) return Read(path, text);
        Lose(statement, $"not read: {why}; what it says to dhclient is not known");
        return [statement];
    }

    private string? ReadText(string path, out string? why)
    {
        (_, string? text, why) = include(path);
        if (text is null) return null;
        _length += text.Length;
        if (_length <= MaxLength) return text;
        why = "the included files are longer than any of their kind";
        return null;
    }

    private void Lose(IscStatement statement, string why) =>
        draft.Lose(new SourceLine(statement.File, statement.Line), $"'{EscapedText.Of(Encoding.Latin1.GetBytes(statement.Shown))}': {why}");
}
