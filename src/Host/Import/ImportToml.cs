using System.Text;

namespace BondDhcp.Host.Import;

/// <summary>Which value stands on a line of the text.</summary>
/// <param name="Table">The interface; null for the keys before the first table.</param>
/// <param name="Key">The key.</param>
/// <param name="Item">The item of a list; null for the key as a whole.</param>
internal sealed record TomlPlace(ImportedInterface? Table, string Key, ImportedValue? Item);

/// <summary>The configuration to be as TOML, each line with where it came from.</summary>
internal sealed class ImportToml
{
    /// <summary>Longer comments are cut into lines at blanks.</summary>
    private const int Width = 118;

    /// <summary>The order of keys; those that are not here come last.</summary>
    private static readonly string[] s_order =
    [
        "hostname", "client-id", "duid", "network-conf", "hooks",
        "kind", "slaves", "primary", "mode", "miimon", "fail_over_mac", "dhcp4", "dhcp6", "iaid", "prefix-delegation", "addresses", "routes", "fallback", "name-servers", "search-domains",
    ];

    private readonly StringBuilder _text = new();
    private readonly Dictionary<int, TomlPlace> _places = [];
    private int _line = 1;

    private ImportToml()
    {
    }

    /// <summary>The text.</summary>
    public string Text => _text.ToString();

    /// <summary>What stands on a line, from 1; null for a comment.</summary>
    public TomlPlace? At(int line) => _places.GetValueOrDefault(line);

    /// <summary>Writes a draft.</summary>
    /// <param name="draft">The draft.</param>
    /// <param name="files">The files that were read.</param>
    public static ImportToml Write(ImportDraft draft, IReadOnlyList<string> files)
    {
        var toml = new ImportToml();
        toml.Comment($"Made by bonddhcp import from {(files.Count == 0 ? "no file" : string.Join(", ", files))}.");
        toml.Notes("Without a counterpart, and left out:", draft.Lost);
        toml.Notes("To know:", draft.Remarks);
        toml.Table(null, draft.Global);
        foreach (ImportedInterface one in draft.Interfaces)
        {
            toml.Line("");
            if (one.IsLeftOut)
            {
                toml.Comment($"No [interface.{TomlText.Key(one.Name)}]: nothing of {one.From} is carried over (an empty section would bring it up).");
                continue;
            }
            toml.Line(Commented($"[interface.{TomlText.Key(one.Name)}]", [one.From], ""));
            // With a key of its own it is not taken for a section that was forgotten.
            if (one.Keys.Count == 0) toml.Line("kind = \"existing\" # brought up, and nothing else");
            toml.Table(one, one);
        }
        return toml;
    }

    private void Table(ImportedInterface? one, ImportedTable table)
    {
        if (one is null && table.Keys.Count > 0) Line("");
        foreach ((string key, List<ImportedValue> values, bool isList) in table.Keys.OrderBy(entry => Array.IndexOf(s_order, entry.Key) is >= 0 and var at ? at : s_order.Length))
        {
            if (!isList)
            {
                _places[_line] = new TomlPlace(one, key, null);
                Line(Commented($"{key} = {values[0].Text}", values[0].From, values[0].Remark));
                continue;
            }
            _places[_line] = new TomlPlace(one, key, null);
            Line($"{key} = [");
            foreach (ImportedValue item in values)
            {
                _places[_line] = new TomlPlace(one, key, item);
                Line(Commented($"  {item.Text},", item.From, item.Remark));
            }
            Line("]");
        }
    }

    private static string Commented(string text, IEnumerable<SourceLine> from, string remark)
    {
        string comment = string.Join(", ", from);
        if (remark.Length > 0) comment = comment.Length > 0 ? $"{comment}: {remark}" : remark;
        return comment.Length > 0 ? $"{text} # {TomlText.Comment(comment)}" : text;
    }

    private void Notes(string title, IReadOnlyList<ImportNote> notes)
    {
        if (notes.Count == 0) return;
        Line("#");
        Comment(title);
        foreach (ImportNote note in notes) Comment("- " + note, "  ");
    }

    private void Comment(string text, string indent = "")
    {
        string rest = TomlText.Comment(text);
        string prefix = "# ";
        while (rest.Length > Width && rest.LastIndexOf(' ', Width) is > 20 and var cut)
        {
            Line(prefix + rest[..cut]);
            rest = rest[(cut + 1)..];
            prefix = "# " + indent;
        }
        Line(prefix + rest);
    }

    private void Line(string line)
    {
        _text.Append(line).Append('\n');
        _line++;
    }
}
