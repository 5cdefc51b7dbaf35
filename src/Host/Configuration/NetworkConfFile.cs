using System.Collections.Immutable;
using System.Text;

namespace BondDhcp.Host.Configuration;

/// <summary>One character of a value, and where in the file it stands.</summary>
/// <param name="Character">What quotes and backslashes left.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
internal readonly record struct PlacedCharacter(char Character, int Line, int Column);

/// <summary>One assignment of an environment file.</summary>
/// <param name="Name">What stands before the equals sign.</param>
/// <param name="Line">Where the name stands, from 1.</param>
/// <param name="Column">From 1.</param>
/// <param name="Value">The value.</param>
internal sealed record EnvironmentAssignment(string Name, int Line, int Column, ImmutableArray<PlacedCharacter> Value);

/// <summary>
/// The assignments of an environment file, read as systemd (EnvironmentFile=) and a POSIX shell agree on it: comments,
/// single and double quotes, backslashes. Nothing is evaluated, and a name may hold any character, because interface
/// names do. Pure.
/// </summary>
internal sealed class EnvironmentFile
{
    private const string EscapedInDoubleQuotes = "$`\"\\";

    private readonly string _text;
    private readonly ProblemList _problems;
    private int _position;
    private int _line = 1;
    private int _column = 1;

    private EnvironmentFile(string text, ProblemList problems)
    {
        _text = text;
        _problems = problems;
    }

    /// <summary>Reads a text; lines that are no assignment are another program's and are passed over.</summary>
    public static ImmutableArray<EnvironmentAssignment> Read(string text, ProblemList problems)
    {
        var file = new EnvironmentFile(text.StartsWith('\uFEFF') ? text[1..] : text, problems);
        ImmutableArray<EnvironmentAssignment>.Builder assignments = ImmutableArray.CreateBuilder<EnvironmentAssignment>();
        while (!file.IsAtEnd)
            if (file.ReadLine() is { } assignment) assignments.Add(assignment);
        return assignments.ToImmutable();
    }

    private bool IsAtEnd => _position >= _text.Length;

    private char Current => _text[_position];

    private char Next()
    {
        char c = _text[_position++];
        if (c == '\n')
        {
            _line++;
            _column = 1;
        }
        else
        {
            _column++;
        }
        return c;
    }

    private EnvironmentAssignment? ReadLine()
    {
        SkipBlanks();
        if (IsAtEnd || Current is '\n' or '#' or ';') return SkipLine();
        (int line, int column) = (_line, _column);
        StringBuilder name = new();
        while (!IsAtEnd && Current is not ('\n' or '='))
        {
            name.Append(Next());
            // A shell file may mark what it hands on; systemd knows no such word.
            if (name.Length == 7 && name.ToString() is "export " or "export\t")
            {
                SkipBlanks();
                name.Clear();
                (line, column) = (_line, _column);
            }
        }
        if (IsAtEnd || Current == '\n') return SkipLine();
        Next();
        return new EnvironmentAssignment(name.ToString().TrimEnd(), line, column, ReadValue());
    }

    private EnvironmentAssignment? SkipLine()
    {
        while (!IsAtEnd && Next() != '\n')
        {
        }
        return null;
    }

    private void SkipBlanks()
    {
        while (!IsAtEnd && Current is ' ' or '\t' or '\r') Next();
    }

    private ImmutableArray<PlacedCharacter> ReadValue()
    {
        ImmutableArray<PlacedCharacter>.Builder value = ImmutableArray.CreateBuilder<PlacedCharacter>();
        bool afterBlank = true;
        while (!IsAtEnd && Current != '\n')
        {
            char c = Current;
            if (c == '#' && afterBlank) break;
            (int line, int column) = (_line, _column);
            Next();
            if (c is '\'' or '"') ReadQuoted(c, value, line, column);
            else if (c != '\\') value.Add(new PlacedCharacter(c, line, column));
            else if (!IsAtEnd) ReadEscaped(value);
            afterBlank = c is ' ' or '\t';
        }
        SkipLine();
        return value.ToImmutable();
    }

    // A backslash before the end of a line joins it with the next.
    private void ReadEscaped(ImmutableArray<PlacedCharacter>.Builder value)
    {
        (int line, int column) = (_line, _column);
        if (Current == '\r' && _position + 1 < _text.Length && _text[_position + 1] == '\n') Next();
        char c = Next();
        if (c != '\n') value.Add(new PlacedCharacter(c, line, column));
    }

    private void ReadQuoted(char quote, ImmutableArray<PlacedCharacter>.Builder value, int openLine, int openColumn)
    {
        while (!IsAtEnd)
        {
            (int line, int column) = (_line, _column);
            char c = Next();
            if (c == quote) return;
            if (c == '\\' && quote == '"' && !IsAtEnd && (Current == '\n' || EscapedInDoubleQuotes.Contains(Current, StringComparison.Ordinal)))
                ReadEscaped(value);
            else
                value.Add(new PlacedCharacter(c, line, column));
        }
        _problems.Add(openLine, openColumn, "this quote is not closed");
    }
}
