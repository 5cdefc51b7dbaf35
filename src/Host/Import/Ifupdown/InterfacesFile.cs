using System.Collections.Immutable;
using System.Text;

namespace BondDhcp.Host.Import.Ifupdown;

/// <summary>One option of a stanza: a keyword and the rest of its line.</summary>
/// <param name="Name">As it is written.</param>
/// <param name="Value">The rest, without blanks around it.</param>
/// <param name="From">Where it stands.</param>
internal sealed record InterfacesOption(string Name, string Value, SourceLine From)
{
    /// <summary>The name alone, as it may be shown: who writes <c>wpa-psk=phrase</c> has the phrase in the first word.</summary>
    public string ShownName => NameIn(Name);

    /// <summary>What of a first word can be the name of an option.</summary>
    public static string NameIn(string word)
    {
        int end = 0;
        while (end < word.Length && (char.IsAsciiLetterOrDigit(word[end]) || word[end] is '-' or '_')) end++;
        return word[..end];
    }

    /// <summary>The value's words.</summary>
    public string[] Words => Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>An <c>iface</c> stanza with what it inherits.</summary>
/// <param name="Name">The interface, or what a template is called.</param>
/// <param name="Family">inet, inet6 or another; empty for a template.</param>
/// <param name="Method">dhcp, static and so on; empty for a template.</param>
/// <param name="From">Where it stands.</param>
/// <param name="Options">Its options, those inherited before its own.</param>
internal sealed record InterfacesStanza(string Name, string Family, string Method, SourceLine From, ImmutableArray<InterfacesOption> Options);

/// <summary>
/// <c>/etc/network/interfaces</c> (interfaces(5)): stanzas, inherited ones resolved, other files included. Pure but for
/// what gives the included files; what is damaged is told with its line.
/// </summary>
internal sealed class InterfacesFile
{
    /// <summary>Files within files: one that includes itself is an error, and nobody nests deeper.</summary>
    private const int MaxDepth = 8;

    /// <summary>Lines of all files together.</summary>
    private const int MaxLines = 50_000;

    private readonly ImportDraft _draft;
    private readonly Func<string, bool, string, IEnumerable<IncludedFile>> _include;
    private readonly List<InterfacesStanza> _stanzas = [];
    private readonly Dictionary<string, SourceLine> _started = [];
    private List<InterfacesOption>? _options;
    private (string Name, string Family, string Method, string Inherits, SourceLine From)? _open;
    private int _lines;

    private InterfacesFile(ImportDraft draft, Func<string, bool, string, IEnumerable<IncludedFile>> include) => (_draft, _include) = (draft, include);

    /// <summary>The stanzas, in the order of the files.</summary>
    public IReadOnlyList<InterfacesStanza> Stanzas => _stanzas;

    /// <summary>True for an interface that <c>auto</c> or <c>allow-hotplug</c> names: ifupdown brings it up by itself.</summary>
    public bool IsStarted(string name) => _started.ContainsKey(name);

    /// <summary>The interfaces that ifupdown brings up by itself, and where it is told so.</summary>
    public IReadOnlyDictionary<string, SourceLine> Started => _started;

    /// <summary>Reads a file's text.</summary>
    /// <param name="file">Its name.</param>
    /// <param name="text">The text.</param>
    /// <param name="draft">Is told of what is damaged.</param>
    /// <param name="include">Gives the files of a pattern (false) or a directory (true) that a file names.</param>
    public static InterfacesFile Read(string file, string text, ImportDraft draft, Func<string, bool, string, IEnumerable<IncludedFile>> include)
    {
        var read = new InterfacesFile(draft, include);
        read.ReadText(file, text, 0);
        read.Close();
        return read;
    }

    private void ReadText(string file, string text, int depth)
    {
        foreach ((string line, int number) in LogicalLines(text))
        {
            if (++_lines > MaxLines)
            {
                if (_lines == MaxLines + 1) _draft.Lose(new SourceLine(file, number), "the files have more lines than any of their kind; the rest is not read");
                return;
            }
            string[] words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0 || words[0][0] == '#') continue;
            var from = new SourceLine(file, number);
            if (words[0] is "source" or "source-directory" or "source-dir") Include(words, from, depth);
            else TakeLine(words, line, from);
        }
    }

    // A backslash at the end joins a line with the next one.
    private static IEnumerable<(string Line, int Number)> LogicalLines(string text)
    {
        StringBuilder joined = new();
        int number = 0, first = 1;
        foreach (string raw in text.Split('\n'))
        {
            number++;
            if (joined.Length == 0) first = number;
            string line = raw.TrimEnd('\r');
            bool goesOn = line.EndsWith('\\') && !joined.ToString().TrimStart().StartsWith('#');
            joined.Append(goesOn ? line[..^1] + ' ' : line);
            if (goesOn) continue;
            yield return (joined.ToString().Trim(), first);
            joined.Clear();
        }
        if (joined.Length > 0) yield return (joined.ToString().Trim(), first);
    }

    private void Include(string[] words, SourceLine from, int depth)
    {
        if (words.Length < 2 || depth == MaxDepth)
        {
            _draft.Lose(from, depth == MaxDepth ? $"'{words[0]}': files are within files too deep; not read" : $"'{words[0]}' names no file");
            return;
        }
        foreach (string pattern in words.Skip(1))
        {
            foreach (IncludedFile included in _include(pattern, words[0] != "source", from.File))
            {
                if (included.Text is null) _draft.Lose(from, $"{included.Name} cannot be read: {included.Why}");
                else ReadText(included.Name, included.Text, depth + 1);
            }
        }
    }

    private void TakeLine(string[] words, string line, SourceLine from)
    {
        string keyword = words[0];
        if (keyword is "iface" or "template")
        {
            Close();
            Open(words, from);
        }
        else if (keyword == "auto" || keyword.StartsWith("allow-", StringComparison.Ordinal))
        {
            Close();
            foreach (string name in words.Skip(1)) _started.TryAdd(name, from);
        }
        else if (keyword is "mapping" or "no-auto-down" or "no-scripts" or "rename")
        {
            Close();
            if (keyword is "no-auto-down" or "no-scripts") _draft.Lose(from, $"'{line}': it is about ifup and ifdown");
            else _draft.Lose(from, $"'{line}': interfaces are known by the kernel's name");
            // What follows belongs to it, and to no interface.
            _options = keyword == "mapping" ? [] : null;
        }
        else if (_options is null) _draft.Lose(from, $"'{InterfacesOption.NameIn(keyword)} ...' belongs to no stanza"); // it may be a pass phrase
        else _options.Add(new InterfacesOption(keyword, line[keyword.Length..].Trim(), from));
    }

    private void Open(string[] words, SourceLine from)
    {
        string name = words.Length > 1 ? words[1] : "";
        string family = "", method = "", inherits = "";
        bool hasMore = false;
        for (int i = 2; i < words.Length; i++)
        {
            if (words[i] == "inherits" && i + 1 < words.Length) inherits = words[++i];
            else if (family.Length == 0) family = words[i];
            else if (method.Length == 0) method = words[i];
            else hasMore = true;
        }
        if (hasMore) _draft.Lose(from, "'iface' has words behind the method, which are not taken"); // it may be a pass phrase, too
        if (name.Length == 0) _draft.Lose(from, "'iface' names no interface");
        _options = [];
        _open = (name, family, method, inherits, from);
    }

    private void Close()
    {
        if (_open is { Name.Length: > 0 } open && _options is { } options)
        {
            InterfacesStanza? parent = open.Inherits.Length > 0 ? _stanzas.FindLast(one => one.Name == open.Inherits) : null;
            if (open.Inherits.Length > 0 && parent is null) _draft.Lose(open.From, $"inherits {open.Inherits}, which is not there before it");
            // An option of its own stands for the inherited one of that name; commands add up.
            IEnumerable<InterfacesOption> inherited = parent?.Options.Where(one => IsCommand(one.Name) || !options.Exists(own => own.Name == one.Name)) ?? [];
            _stanzas.Add(new InterfacesStanza(
                open.Name, open.Family.Length > 0 ? open.Family : parent?.Family ?? "", open.Method.Length > 0 ? open.Method : parent?.Method ?? "",
                open.From, [.. inherited, .. options]));
        }
        _open = null;
        _options = null;
    }

    /// <summary>The option is a command that is run, of which there may be several.</summary>
    public static bool IsCommand(string name) => name is "up" or "pre-up" or "post-up" or "down" or "pre-down" or "post-down";
}
