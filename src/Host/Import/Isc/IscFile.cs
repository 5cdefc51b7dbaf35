using System.Collections.Immutable;
using System.Text;

namespace BondDhcp.Host.Import.Isc;

/// <summary>
/// The statements of dhclient.conf, of dhclient's lease files and of WIDE's dhcp6c.conf, which share one shape. Pure and
/// tolerant: what is damaged is a problem with its line, and what is sound around it is read.
/// </summary>
internal sealed class IscFile
{
    /// <summary>Blocks within blocks: a lease has three, and more is no file of these programs.</summary>
    private const int MaxDepth = 8;

    /// <summary>Tokens of one file: a lease has less than 200, and a larger file would have been cut by its program.</summary>
    private const int MaxTokens = 200_000;

    /// <summary>Problems told of one file: what is all wrong need not be said line by line.</summary>
    private const int MaxProblems = 20;

    private const string Signs = ";{},=()";

    private readonly string _text, _file;
    private readonly ImmutableArray<(int Line, string Message)>.Builder _problems = ImmutableArray.CreateBuilder<(int, string)>();
    private List<IscToken> _tokens = [];
    private int _position;
    private int _line = 1;

    private IscFile(string text, string file) => (_text, _file) = (text, file);

    /// <summary>Reads a file's text, in which each character is one octet.</summary>
    /// <param name="text">The text.</param>
    /// <param name="problems">What was wrong, each with its line from 1.</param>
    /// <param name="name">The file's name, which each statement has then.</param>
    public static ImmutableArray<IscStatement> Read(string text, out ImmutableArray<(int Line, string Message)> problems, string name = "")
    {
        var file = new IscFile(text, name);
        file.Split();
        file._position = 0;
        ImmutableArray<IscStatement> statements = file.ReadStatements(0);
        problems = file._problems.ToImmutable();
        return statements;
    }

    private void Problem(int line, string message)
    {
        if (_problems.Count < MaxProblems) _problems.Add((line, message));
    }

    private void Split()
    {
        while (_position < _text.Length)
        {
            char c = _text[_position];
            if (c == '\n') _line++;
            if (char.IsWhiteSpace(c) || c == '\0') _position++;
            else if (c == '#') SkipLine();
            else if (_tokens.Count == MaxTokens)
            {
                Problem(_line, "the file is longer than any of its kind; the rest is not read");
                return;
            }
            else if (c == '"') ReadText();
            else if (Signs.Contains(c, StringComparison.Ordinal))
            {
                _tokens.Add(new IscToken(IscTokenKind.Sign, c.ToString(), _line));
                _position++;
            }
            else ReadWord();
        }
    }

    private void SkipLine()
    {
        while (_position < _text.Length && _text[_position] != '\n') _position++;
    }

    private void ReadWord()
    {
        int start = _position;
        while (_position < _text.Length && _text[_position] is var c && !char.IsWhiteSpace(c) && c is not ('"' or '#' or '\0') && !Signs.Contains(c, StringComparison.Ordinal))
            _position++;
        _tokens.Add(new IscToken(IscTokenKind.Word, _text[start.._position], _line));
    }

    // conflex.c read_string(): \t \r \n \b, up to three octal digits, \x and two hexadecimal ones, else the character itself.
    private void ReadText()
    {
        int line = _line;
        StringBuilder value = new();
        for (_position++; _position < _text.Length; _position++)
        {
            char c = _text[_position];
            if (c == '"')
            {
                _position++;
                _tokens.Add(new IscToken(IscTokenKind.Text, value.ToString(), line));
                return;
            }
            if (c == '\n') _line++;
            value.Append(c == '\\' ? ReadEscape() : c);
        }
        Problem(line, "a quote is not closed");
        _tokens.Add(new IscToken(IscTokenKind.Text, value.ToString(), line));
    }

    // Leaves the position at the escape's last character.
    private char ReadEscape()
    {
        if (_position + 1 >= _text.Length) return '\\';
        char c = _text[++_position];
        switch (c)
        {
            case 't': return '\t';
            case 'r': return '\r';
            case 'n': return '\n';
            case 'b': return '\b';
            case 'x': return ReadNumber(2, 16, 0);
            case >= '0' and <= '7':
                _position--;
                return ReadNumber(3, 8, 0);
            default:
                if (c == '\n') _line++;
                return c;
        }
    }

    private char ReadNumber(int digits, int radix, int value)
    {
        for (int i = 0; i < digits && _position + 1 < _text.Length; i++)
        {
            int digit = char.IsAsciiHexDigit(_text[_position + 1]) ? Convert.ToInt32(_text[_position + 1].ToString(), 16) : radix;
            if (digit >= radix) break;
            value = value * radix + digit;
            _position++;
        }
        return (char)(value & 0xff);
    }

    private ImmutableArray<IscStatement> ReadStatements(int depth)
    {
        ImmutableArray<IscStatement>.Builder statements = ImmutableArray.CreateBuilder<IscStatement>();
        while (_position < _tokens.Count)
        {
            if (_tokens[_position].Is('}'))
            {
                if (depth > 0) return statements.ToImmutable();
                Problem(_tokens[_position].Line, "a '}' closes nothing");
                _position++;
            }
            else if (_tokens[_position].Is(';')) _position++;
            else if (ReadStatement(depth) is { } statement) statements.Add(statement);
        }
        return statements.ToImmutable();
    }

    private IscStatement? ReadStatement(int depth)
    {
        int line = _tokens[_position].Line;
        ImmutableArray<IscToken>.Builder tokens = ImmutableArray.CreateBuilder<IscToken>();
        for (; _position < _tokens.Count; _position++)
        {
            IscToken token = _tokens[_position];
            if (token.Is(';'))
            {
                _position++;
                return new IscStatement(line, tokens.ToImmutable(), null) { File = _file };
            }
            if (token.Is('{')) return ReadBlock(line, tokens.ToImmutable(), depth);
            if (token.Is('}')) break;
            tokens.Add(token);
        }
        Problem(line, "a ';' is missing");
        return tokens.Count > 0 ? new IscStatement(line, tokens.ToImmutable(), null) { File = _file } : null;
    }

    private IscStatement? ReadBlock(int line, ImmutableArray<IscToken> tokens, int depth)
    {
        if (depth == MaxDepth)
        {
            Problem(line, "blocks are within blocks too deep; the rest is not read");
            _tokens = [];
            return null;
        }
        _position++;
        ImmutableArray<IscStatement> block = ReadStatements(depth + 1);
        if (_position >= _tokens.Count) Problem(line, "this block is not closed");
        else _position++;
        return tokens.IsEmpty ? null : new IscStatement(line, tokens, block) { File = _file };
    }
}
