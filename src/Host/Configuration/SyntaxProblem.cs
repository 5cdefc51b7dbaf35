using System.Globalization;
using BondDhcp.Net;
using Tomlyn.Syntax;

namespace BondDhcp.Host.Configuration;

/// <summary>
/// What is wrong with a file as TOML, in the words of somebody who writes one. The parser speaks of tokens; what was meant can
/// be seen from the line it complains of.
/// </summary>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
/// <param name="Message">What is wrong and what to write.</param>
internal readonly record struct SyntaxProblem(int Line, int Column, string Message)
{
    private const string HeaderMend = "write [interface.NAME] on a line of its own; a NAME with a dot needs quotes";
    private const string KeyMend = "write KEY = VALUE";

    // What ends a word that was meant as a value.
    private const string Ends = " \t\r\n,]}#";

    // What programs for text make of " and ', and what other languages have in their place.
    private const string TypographicQuotes = "\u201c\u201d\u201e\u201f\u2018\u2019\u201a\u201b\u00ab\u00bb\u2032\u2033\uff02";

    /// <summary>A string that its line does not end; what comes after it on that line and the next was read wrong.</summary>
    public static bool IsOpenString(DiagnosticMessage error) =>
        error.Message.StartsWith("Invalid newline in a string", StringComparison.Ordinal)
        || error.Message.StartsWith("Invalid End-Of-File found on string literal", StringComparison.Ordinal);

    /// <summary>The parser's complaint in our words, and where; its own where it is not known.</summary>
    /// <param name="error">The complaint.</param>
    /// <param name="lines">The file.</param>
    public static SyntaxProblem Of(DiagnosticMessage error, string[] lines)
    {
        (int index, int column) = PlaceOf(error, lines);
        string line = lines[index];
        if (TypographicQuote(line) is var quote and >= 0)
            return new SyntaxProblem(index + 1, quote + 1, "this is a typographic quote, as programs for text make them; write \" in its place");
        if (IsOpenString(error)) return OfOpenString(index, line, column);
        if (error.Message.Contains("for multi-line", StringComparison.Ordinal)) return OfOpenText(lines, index);
        if (IsInOpenArray(error, line)) return OfOpenArray(lines, index, IsHeader(line) && !IsOfEnd(error) ? 0 : column);
        string message = IsHeader(line) ? OfHeader(error.Message, lines) : OfLine(error.Message, line, ref column);
        return new SyntaxProblem(index + 1, column + 1, message);
    }

    /// <summary>
    /// Where a complaint belongs, line and column from 0: what the end of the file came too early for is missing behind the last
    /// line that is not empty, wherever the parser noticed it.
    /// </summary>
    /// <param name="error">The complaint.</param>
    /// <param name="lines">The file.</param>
    public static (int Line, int Column) PlaceOf(DiagnosticMessage error, string[] lines)
    {
        TextPosition at = error.Span.Start;
        bool isEnd = IsOfEnd(error) || at.Line >= lines.Length;
        int line = isEnd ? lines.Length - 1 : at.Line;
        int column = isEnd ? lines[line].Length : Math.Min(at.Column, lines[line].Length);
        if (!isEnd && lines[line].Length > 0) return (line, column);
        while (line > 0 && lines[line].AsSpan().Trim(" \t\r").IsEmpty) column = lines[--line].AsSpan().TrimEnd('\r').Length;
        return (line, column);
    }

    // An array without an end is even said to be at the file's beginning.
    private static bool IsOfEnd(DiagnosticMessage error) => error.Message.Contains("`<eof>`", StringComparison.Ordinal);

    /// <summary>
    /// The complaint is of a section's name. What to read in its place, so that the keys below it are looked at: the section that
    /// was probably meant. Null for other complaints.
    /// </summary>
    public static string? HeaderInstead(DiagnosticMessage error, string[] lines)
    {
        if (error.Span.Start.Line >= lines.Length || FirstPlace(error.Message) is not null) return null;
        string line = lines[error.Span.Start.Line];
        if (!IsHeader(line) || IsInOpenArray(error, line)) return null;
        string name = string.Concat(line.Split('#')[0].Split('.', 2) is [_, var rest] ? rest.Where(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') : []);
        return FormattableString.Invariant($"[interface.\"{(name.Length is 0 or > NameRules.MaxInterfaceNameLength ? $"line{error.Span.Start.Line}" : name)}\"]");
    }

    // [interface.eth1] behind an array without an end looks like an item.
    private static bool IsInOpenArray(DiagnosticMessage error, string line)
    {
        string message = error.Message;
        if (IsOfEnd(error) && message.Contains("for a value", StringComparison.Ordinal)) return true;
        bool isOpen = message.Contains("Expecting a closing `]`", StringComparison.Ordinal);
        if (IsHeader(line)) return isOpen || message.Contains("for a value", StringComparison.Ordinal) || Begins(message, "Missing a `,`");
        // At the end of a line, and so of the file, there is no word that could be wrong, whatever is in front of it.
        int column = Math.Min(error.Span.Start.Column, line.Length);
        return isOpen && (column == line.Length || StartOfWord(line, column) == column);
    }

    private static bool IsHeader(string line) => line.AsSpan().TrimStart() is ['[', ..];

    private static string OfHeader(string error, string[] lines)
    {
        if (FirstPlace(error) is not { } first) return HeaderMend;
        return first <= lines.Length && IsHeader(lines[first - 1])
            ? FormattableString.Invariant($"this section is there already, from line {first} on; put all of its keys into one")
            : FormattableString.Invariant($"what this section says is there already, in line {first}; remove one of them");
    }

    private static string OfLine(string error, string line, ref int column)
    {
        if (FirstPlace(error) is { } first) return FormattableString.Invariant($"'{Word(line, column, "= \t.")}' is given twice, in line {first} already; remove one of them");
        if (Begins(error, "Expecting `=` after a key")) return $"'=' is missing; {KeyMend}";
        if (error.Contains("for a value", StringComparison.Ordinal) || error.Contains("expecting a value", StringComparison.Ordinal)) return OfValue(line, column);
        if (error.Contains("expecting token `newline`", StringComparison.Ordinal) || error.Contains("Expecting a closing `]`", StringComparison.Ordinal))
        {
            int start = StartOfWord(line, column);
            if (start == column || (column < line.Length && line[column] is ',' or ';')) return $"'{Word(line, column, Ends)}' does not belong behind the value; write one key a line, and '#' before a comment";
            column = start;
            return OfValue(line, column);
        }
        if (Begins(error, "Missing a `,`")) return "a comma is missing before this item";
        if (error.Contains("inline table", StringComparison.Ordinal)) return "the table is not complete; write { KEY = VALUE, KEY = VALUE }";
        if (error.Contains("leading ", StringComparison.Ordinal) && Word(line, column = StartOfWord(line, column), Ends) is var zeros)
            return $"'{zeros}' begins with 0; write {Bare(zeros)}, or 0o{Bare(zeros)} for a number in octal";
        if (error.Contains("nderscore", StringComparison.Ordinal) || Begins(error, "Unable to parse integer") || Begins(error, "Invalid capital"))
        {
            column = StartOfWord(line, column);
            return $"'{Word(line, column, Ends)}' is no number that can be read; write digits alone, or 0x and digits in hexadecimal";
        }
        if (Begins(error, "Unable to parse the date")) return OfValue(line, column);
        if (error.Contains("escape", StringComparison.Ordinal) || error.Contains("hexadecimal digits", StringComparison.Ordinal))
            return "a backslash between \" and \" begins an escape such as \\n; write \\\\ for the backslash itself, or the text between ' and '";
        if (error.Contains("control character", StringComparison.Ordinal)) return "there is a control character; remove it";
        if (Begins(error, "Unexpected token")) return $"'{Word(line, column, Ends)}' begins neither a key nor a section; {KeyMend}, or [interface.NAME]";
        return EscapedText.Of(error);
    }

    // Where the parser found no value, or only the beginning of one.
    private static string OfValue(string line, int column)
    {
        string word = Word(line, column, Ends);
        string? number = word.Length < 2 ? null : word[..2] switch
        {
            "0x" => "after 0x come the digits 0 to 9 and a to f",
            "0o" => "after 0o come the digits 0 to 7",
            "0b" => "after 0b come the digits 0 and 1",
            _ => null,
        };
        return word.ToLowerInvariant() switch
        {
            "" or "]" or "}" or "," => "the value is missing; write it behind the '='",
            "=" or ">" => "write a single '=' before the value",
            "true" or "yes" or "on" => $"'{word}' is no value; write true",
            "false" or "no" or "off" => $"'{word}' is no value; write false",
            _ when number is not null => $"'{word}' is no number; {number}",
            _ => $"'{word}' is no value; a string needs quotes: \"{word}\"",
        };
    }

    private static SyntaxProblem OfOpenString(int index, string line, int column)
    {
        int open = OpenQuote(line, out _) is var quote and >= 0 ? quote : column;
        return new SyntaxProblem(index + 1, open + 1, line.AsSpan(open).TrimEnd() is [.., var last] && TypographicQuotes.Contains(last, StringComparison.Ordinal)
            ? "the string that begins here ends with a typographic quote, as programs for text make them; write \" in its place"
            : "the string that begins here has no closing quote on its line; write it");
    }

    // It takes in all that follows: only where it begins says anything.
    private static SyntaxProblem OfOpenText(string[] lines, int last)
    {
        for (int i = Math.Min(last, lines.Length - 1); i >= 0; i--)
        {
            int column = Math.Max(lines[i].LastIndexOf("\"\"\"", StringComparison.Ordinal), lines[i].LastIndexOf("'''", StringComparison.Ordinal));
            if (column >= 0) return new SyntaxProblem(i + 1, column + 1, "the text that begins here has no end; write the three quotes behind it, or one on each side");
        }
        return new SyntaxProblem(last + 1, 1, "a text has no end; write the three quotes behind it");
    }

    // Noticed at the next thing that is no item, which may be lines away.
    private static SyntaxProblem OfOpenArray(string[] lines, int index, int column)
    {
        for (int i = Math.Min(index, lines.Length - 1); i >= 0; i--)
        {
            int end = EndOfValues(i == index ? lines[i].AsSpan(0, Math.Min(column, lines[i].Length)) : lines[i]);
            if (end > 0) return new SyntaxProblem(i + 1, end + 1, "the array has no end; write ']' behind its last item");
        }
        return new SyntaxProblem(index + 1, column + 1, "the array has no end; write ']' behind its last item");
    }

    // The first that is in neither a string nor a comment; -1 for none.
    private static int TypographicQuote(string line)
    {
        int open = -1;
        for (int i = 0; i < line.Length; i++)
        {
            char c = line[i];
            if (open < 0 && c == '#') return -1;
            if (open < 0 && TypographicQuotes.Contains(c, StringComparison.Ordinal)) return i;
            if (open < 0 && c is '"' or '\'') open = i;
            else if (open >= 0 && c == line[open]) open = -1;
            else if (open >= 0 && c == '\\' && line[open] == '"') i++;
        }
        return -1;
    }

    // Behind what is neither a comment nor a blank.
    private static int EndOfValues(ReadOnlySpan<char> line)
    {
        OpenQuote(line, out int end);
        return line[..end].TrimEnd().Length;
    }

    // The quote of the line that is still open at its end, or at that of what is no comment; -1 for none.
    private static int OpenQuote(ReadOnlySpan<char> line, out int end)
    {
        int open = -1;
        end = line.Length;
        for (int i = 0; i < line.Length; i++)
        {
            char c = line[i];
            if (open < 0 && c == '#')
            {
                end = i;
                return -1;
            }
            if (open < 0 && c is '"' or '\'') open = open < 0 ? i : c == line[open] ? -1 : open;
            else if (open >= 0 && c == line[open]) open = -1;
            else if (open >= 0 && c == '\\' && line[open] == '"') i++;
        }
        return open;
    }

    // 192.0.2.1 is read as a number with something behind it.
    private static int StartOfWord(string line, int column)
    {
        int start = Math.Min(column, line.Length);
        while (start > 0 && !Ends.Contains(line[start - 1], StringComparison.Ordinal) && line[start - 1] is not ('[' or '{' or '=' or '"' or '\'')) start--;
        return start;
    }

    private static string Word(string line, int start, string ends)
    {
        int end = start;
        while (end < line.Length && (end == start ? line[end] > ' ' : !ends.Contains(line[end], StringComparison.Ordinal))) end++;
        return EscapedText.Of(line[start..end]);
    }

    private static string Bare(string number) => number.TrimStart('0') is { Length: > 0 } rest ? rest : "0";

    private static bool Begins(string error, string with) => error.StartsWith(with, StringComparison.Ordinal);

    // "is already defined at (3,1) with": the line of the first.
    private static int? FirstPlace(string error)
    {
        const string before = "already defined at (";
        int at = error.IndexOf(before, StringComparison.Ordinal);
        if (at < 0) return null;
        int end = error.IndexOf(',', at);
        return end > 0 && int.TryParse(error.AsSpan(at + before.Length, end - at - before.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int line)
            ? line : null;
    }
}
