using BondDhcp.Bond.Addressing;
using BondDhcp.Host.Control;
using BondDhcp.Host.Text;
using BondDhcp.Net;
using Tomlyn.Parsing;
using Tomlyn.Syntax;

namespace BondDhcp.Host.Configuration;

/// <summary>What reading a configuration gave.</summary>
/// <param name="Configuration">Null when there are problems.</param>
/// <param name="Problems">What must be mended.</param>
/// <param name="Warnings">What is accepted and told at start.</param>
internal sealed record ConfigurationResult(
    DaemonConfiguration? Configuration, IReadOnlyList<ConfigurationProblem> Problems, IReadOnlyList<ConfigurationProblem> Warnings);

/// <summary>Reads the configuration from TOML; every problem is found in one go, with its place.</summary>
internal sealed partial class ConfigurationReader
{
    /// <summary>A larger file is not a configuration.</summary>
    private const int MaxFileLength = 1 << 20;

    /// <summary>Lines of which the parser's complaint is told: a file of another kind has hundreds.</summary>
    private const int MaxSyntaxErrors = 20;

    private readonly ProblemList _problems;
    private readonly List<InterfaceDraft> _interfaces = [];
    private DaemonConfiguration _configuration = new();

    private ConfigurationReader(string file) => _problems = new ProblemList(file);

    // Where the group is named; null where none is.
    private ConfigurationValue? _controlGroupKey;

    private readonly record struct KeyPart(string Name, SourceSpan Span);

    /// <summary>Reads a file.</summary>
    public static ConfigurationResult ReadFile(string path)
    {
        (string? text, string? why) = ReadText(path);
        if (text is null) return new ConfigurationResult(null, [new ConfigurationProblem(path, 0, 0, $"cannot be read: {why}{HintFor(path, why)}")], []);
        return Read(path, text, ReadText);
    }

    private static string HintFor(string path, string? why) =>
        why == IoFailure.NotThere ? $"; 'bonddhcp import --output {EscapedText.Of(path)}' makes one from what is there" : "";

    private static (string? Text, string? Why) ReadText(string path)
    {
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > MaxFileLength }) return (null, "it is larger than 1 MiB");
            return (File.ReadAllText(path), null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, IoFailure.Of(e, path));
        }
    }

    /// <summary>Reads text.</summary>
    /// <param name="file">Its name; only shown.</param>
    /// <param name="text">The TOML.</param>
    /// <param name="readOther">
    /// Reads the file that <c>network-conf</c> names: its text, or why there is none. Null: it is not read, and whether other things that
    /// are named are there is not looked at.
    /// </param>
    public static ConfigurationResult Read(string file, string text, Func<string, (string? Text, string? Why)>? readOther = null)
    {
        ConfigurationReader reader = new(file);
        DocumentSyntax document = reader.Parse(text);
        if (document.HasErrors) reader.ReadDamaged(document, text);
        else reader.ReadDocument(document);
        ProblemList? others = readOther is null ? null : reader.JoinNetworkConf(readOther);
        foreach (InterfaceDraft draft in reader._interfaces) reader.CrossCheck(draft);
        // Of a file that was read in part nobody knows what has no effect.
        if (!document.HasErrors)
        {
            EffectCheck.Of(reader._interfaces, reader._problems);
            IaidCheck.Of(reader._interfaces, reader._configuration.ClientIdentifierForm, reader._problems);
        }
        if (readOther is not null) reader.LookAround();
        IReadOnlyList<ConfigurationProblem> problems = [.. reader._problems.Problems, .. others?.Problems ?? []];
        DaemonConfiguration? configuration = problems.Count > 0
            ? null
            : reader._configuration with { Interfaces = [.. reader._interfaces.Select(draft => draft.Configuration)] };
        return new ConfigurationResult(configuration, problems, [.. reader._problems.Warnings, .. others?.Warnings ?? []]);
    }

    // A last line is one with its end as without: the parser itself throws where a file ends behind a backslash.
    private DocumentSyntax Parse(string text) => SyntaxParser.Parse(text is [.., not '\n'] ? text + '\n' : text, _problems.File, validate: true);

    // What is no TOML is told line by line, and what can be read beside it is looked at too.
    private void ReadDamaged(DocumentSyntax document, string text)
    {
        string[] lines = text.Split('\n');
        List<SyntaxProblem> found = [];
        while (found.Count < MaxSyntaxErrors && FirstMisleading(document, lines, out string instead) is { } error)
        {
            found.Add(SyntaxProblem.Of(error, lines));
            lines[error.Span.Start.Line] = instead;
            document = Parse(string.Join('\n', lines));
        }
        lines = text.Split('\n');
        // The first of a line is what is wrong; the rest of it is the parser's attempt to go on.
        List<DiagnosticMessage> errors = [];
        HashSet<int> damaged = [];
        foreach (DiagnosticMessage one in document.Diagnostics)
            if (one.Kind == DiagnosticMessageKind.Error && damaged.Add(SyntaxProblem.PlaceOf(one, lines).Line + 1)) errors.Add(one);
        // That much is another kind of file: what its keys would mean is of no use to anyone.
        int told = Math.Min(errors.Count, MaxSyntaxErrors - found.Count);
        if (told == errors.Count) ReadDocument(document);
        foreach (DiagnosticMessage error in errors.Take(told)) found.Add(SyntaxProblem.Of(error, lines));
        foreach (SyntaxProblem problem in found) damaged.Add(problem.Line);
        _problems.RemoveOfLines(damaged);
        foreach (SyntaxProblem problem in found) _problems.Add(problem.Line, problem.Column, problem.Message);
        if (told < errors.Count) _problems.Add(errors[told].Span, FormattableString.Invariant($"and {errors.Count - told} more"));
    }

    // One by which the lines below are read wrong: a string without an end, until its line is out of the way, or the name of a
    // section.
    private static DiagnosticMessage? FirstMisleading(DocumentSyntax document, string[] lines, out string instead)
    {
        HashSet<int> seen = [];
        foreach (DiagnosticMessage one in document.Diagnostics)
        {
            int line = one.Span.Start.Line;
            if (one.Kind != DiagnosticMessageKind.Error || line >= lines.Length || lines[line].Length == 0 || !seen.Add(line)) continue;
            string? header = SyntaxProblem.HeaderInstead(one, lines);
            instead = header ?? "";
            if (header == lines[line] || (header is null && !SyntaxProblem.IsOpenString(one))) continue;
            return one;
        }
        instead = "";
        return null;
    }

    private void ReadDocument(DocumentSyntax document)
    {
        foreach (KeyValueSyntax item in document.KeyValues) ReadKeyValue([], item);
        foreach (TableSyntaxBase table in document.Tables)
        {
            if (table.Name is null) continue; // reported by the parser
            List<KeyPart> path = Split(table.Name);
            if (table is TableArraySyntax) _problems.Add(table.Span, "an array of tables has no meaning here; write [interface.NAME]");
            else if (IsTablePath(path))
                foreach (KeyValueSyntax item in table.Items) ReadKeyValue(path, item);
        }
    }

    // A table header: only [interface] and [interface.NAME] exist.
    private bool IsTablePath(List<KeyPart> path)
    {
        if (path[0].Name != "interface")
            _problems.Add(path[0].Span, $"unknown table '{EscapedText.Of(path[0].Name)}'; write [interface.NAME]");
        else if (path.Count > 2 && OptionKeys.IsTable(path[2].Name) && path.Skip(3).All(static part => part.Name == "dhcp6"))
            return Draft(path[1]) is not null;
        else if (path is [_, var owner, { Name: var key }, ..] && InterfaceKeys.All.ContainsKey(key))
            _problems.Add(path[2].Span, $"'{key}' is a key of [interface.{EscapedText.Of(owner.Name)}], not a table; write {key} = VALUE there");
        else if (path.Count > 2) RefuseBelow(path);
        else
            return path.Count == 1 || Draft(path[1]) is not null;
        return false;
    }

    private void ReadKeyValue(List<KeyPart> prefix, KeyValueSyntax item)
    {
        if (item.Key is null || item.Value is null) return; // reported by the parser
        List<KeyPart> path = [.. prefix, .. Split(item.Key)];
        if (item.Value is InlineTableSyntax table)
        {
            if (!IsTablePath(path)) return;
            foreach (InlineTableItemSyntax inner in table.Items)
                if (inner.KeyValue is { } keyValue) ReadKeyValue(path, keyValue);
            return;
        }
        KeyPart key = path[^1];
        ConfigurationValue value = new(key.Name, item.Value, _problems);
        if (path is [{ Name: not "interface" } only])
        {
            if (only.Name == "network-conf") _networkConfKey = value;
            if (only.Name == "control-group") _controlGroupKey = value;
            if (DaemonKeys.All.TryGetValue(only.Name, out DaemonKeys.Reader? read)) _configuration = read(_configuration, value);
            else RefuseKey(only, DaemonKeys.All.Keys, InterfaceKeys.All.ContainsKey(only.Name) ? "; it belongs into [interface.NAME]" : null);
        }
        else if (path[0].Name != "interface") IsTablePath(path); // a dotted key that is no table of ours
        else if (path.Count < 3) _problems.Add(key.Span, $"'{EscapedText.Of(key.Name)}' must be a table: write [interface.NAME]");
        else if (path.Count > 3 && OptionKeys.IsTable(path[2].Name)) ReadOption(path, item.Value);
        else if (path.Count > 3 && !InterfaceKeys.All.ContainsKey(path[2].Name)) RefuseBelow(path);
        else if (path.Count > 3) _problems.Add(path[3].Span, $"'{EscapedText.Of(path[2].Name)}' is not a table");
        else if (Draft(path[1]) is { } draft)
        {
            if (InterfaceKeys.All.TryGetValue(key.Name, out InterfaceKeys.Reader? read))
            {
                draft.Values.Add(value);
                read(draft, value);
            }
            else if (BondKeys.WhyNoHardwareAddress(key.Name, draft.Configuration.Name) is { } why) _problems.Add(key.Span, $"{key.Name}: {why}");
            else RefuseKey(key, InterfaceKeys.All.Keys, DaemonKeys.All.ContainsKey(key.Name) ? "; it belongs before the first [table]" : null);
        }
    }

    // [interface.eth0.5] was meant as a VLAN's name, [interface.eth0.sned] as a key of ours.
    private void RefuseBelow(List<KeyPart> path)
    {
        KeyPart part = path[2];
        bool isNumbered = part.Name is [>= '0' and <= '9', ..] || (part.Name is [.., >= '0' and <= '9'] && Suggestion.Nearest(part.Name, InterfaceKeys.All.Keys) is null);
        if (!isNumbered)
        {
            RefuseKey(part, InterfaceKeys.All.Keys, null);
            return;
        }
        string name = path[1].Name;
        for (int i = 2; i < path.Count && !InterfaceKeys.All.ContainsKey(path[i].Name); i++) name += "." + path[i].Name;
        _problems.Add(part.Span, $"write [interface.\"{EscapedText.Of(name)}\"]: a name with a dot needs quotes");
    }

    // [interface.NAME.send] or send = { ... }: the rest of the path is the option, in which dhcp6.NAME may stand without quotes.
    private void ReadOption(List<KeyPart> path, ValueSyntax value)
    {
        if (Draft(path[1]) is not { } draft) return;
        string table = path[2].Name, option = string.Join('.', path.Skip(3).Select(static part => part.Name));
        OptionKeys.Read(draft, table, option, why => _problems.Add(path[3].Span, $"{table}: {why}"), new ConfigurationValue($"{table}.{option}", value, _problems));
    }

    private void RefuseKey(KeyPart key, IEnumerable<string> valid, string? hint) =>
        _problems.Add(key.Span, $"unknown key '{EscapedText.Of(key.Name)}'{hint ?? Suggestion.Phrase(key.Name, valid)}");

    // The interface's draft, made at its first mention; null after a report when its name cannot be one.
    private InterfaceDraft? Draft(KeyPart name)
    {
        foreach (InterfaceDraft known in _interfaces)
            if (known.Configuration.Name == name.Name) return known;
        if (NameRules.WhyNotInterfaceName(name.Name) is { } why)
        {
            _problems.Add(name.Span, why);
            return null;
        }
        InterfaceDraft draft = new(name.Name, name.Span);
        _interfaces.Add(draft);
        return draft;
    }

    private void CrossCheck(InterfaceDraft draft)
    {
        foreach ((StaticRoute route, Action<string> refuse) in draft.Routes)
            if (draft.Configuration.Addresses.Any(own => own.Address.Equals(route.Gateway)))
                refuse($"the gateway {route.Gateway} is this interface's own address");
        MasterCheck.Complete(draft, _interfaces);
        InterfaceKeys.CheckServers(draft);
        Dhcp6Keys.Check(draft);
        StaticKeys.Check(draft);
        NameServerKeys.Check(draft);
        draft.Configuration = draft.Options.Complete(draft.Configuration);
        AnonymityKeys.Check(draft, _configuration);
    }

    // What is named and may come later is worth a word.
    private void LookAround()
    {
        if (!ControlPermission.IsGroup(_configuration.ControlGroup))
            _controlGroupKey?.Warn($"there is no group '{EscapedText.Of(_configuration.ControlGroup)}'; only root may change things");
        foreach (InterfaceDraft draft in _interfaces)
            if (draft.Configuration.Supplicant is { ConfigurationFile: var file } && IsMissing(file))
                draft.Find("supplicant")?.Warn($"there is no file '{EscapedText.Of(file)}'; wpa_supplicant cannot start until it is there");
    }

    // One that must not be looked at may be there.
    private static bool IsMissing(string path)
    {
        try
        {
            File.GetAttributes(path);
            return false;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return error is FileNotFoundException or DirectoryNotFoundException;
        }
    }

    private static List<KeyPart> Split(KeySyntax key)
    {
        List<KeyPart> parts = [Part(key.Key)];
        foreach (DottedKeyItemSyntax item in key.DotKeys) parts.Add(Part(item.Key));
        return parts;
    }

    private static KeyPart Part(BareKeyOrStringValueSyntax? key) => key switch
    {
        BareKeySyntax { Key.Text: { } text } => new KeyPart(text, key.Span),
        StringValueSyntax { Value: { } text } => new KeyPart(text, key.Span),
        _ => new KeyPart("", key?.Span ?? default),
    };
}
