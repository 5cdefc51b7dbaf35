using BondDhcp.Bond.Addressing;
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
    /// <param name="readOther">Reads the file that <c>network-conf</c> names: its text, or why there is none. Null: it is not read.</param>
    public static ConfigurationResult Read(string file, string text, Func<string, (string? Text, string? Why)>? readOther = null)
    {
        ConfigurationReader reader = new(file);
        DocumentSyntax document = SyntaxParser.Parse(text, file, validate: true);
        // The first of a line is what is wrong; the rest of it is the parser's attempt to go on.
        List<DiagnosticMessage> errors = [.. document.Diagnostics.Where(one => one.Kind == DiagnosticMessageKind.Error).DistinctBy(one => one.Span.Start.Line)];
        foreach (DiagnosticMessage message in errors.Take(MaxSyntaxErrors)) reader._problems.Add(message.Span, message.Message + HintFor(message.Message));
        // That much is another kind of file: what its keys would mean is of no use to anyone.
        if (errors.Count > MaxSyntaxErrors) reader._problems.Add(errors[MaxSyntaxErrors].Span, FormattableString.Invariant($"and {errors.Count - MaxSyntaxErrors} more"));
        else reader.ReadDocument(document);
        ProblemList? others = readOther is null ? null : reader.JoinNetworkConf(readOther);
        foreach (InterfaceDraft draft in reader._interfaces) reader.CrossCheck(draft);
        IReadOnlyList<ConfigurationProblem> problems = [.. reader._problems.Problems, .. others?.Problems ?? []];
        DaemonConfiguration? configuration = problems.Count > 0
            ? null
            : reader._configuration with { Interfaces = [.. reader._interfaces.Select(draft => draft.Configuration)] };
        return new ConfigurationResult(configuration, problems, [.. reader._problems.Warnings, .. others?.Warnings ?? []]);
    }

    // slaves = enp3s0: the parser cannot know that a name was meant.
    private static string HintFor(string message) =>
        message.StartsWith("Unexpected token", StringComparison.Ordinal) && message.Contains("for a value", StringComparison.Ordinal) ? "; a string needs quotes" : "";

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
        else if (path.Count > 2)
            _problems.Add(path[2].Span, $"write [interface.\"{EscapedText.Of(string.Join('.', path.Skip(1).Select(part => part.Name)))}\"]: a name with a dot needs quotes");
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
            if (DaemonKeys.All.TryGetValue(only.Name, out DaemonKeys.Reader? read)) _configuration = read(_configuration, value);
            else RefuseKey(only, DaemonKeys.All.Keys, InterfaceKeys.All.ContainsKey(only.Name) ? "; it belongs into [interface.NAME]" : null);
        }
        else if (path[0].Name != "interface") IsTablePath(path); // a dotted key that is no table of ours
        else if (path.Count < 3) _problems.Add(key.Span, $"'{EscapedText.Of(key.Name)}' must be a table: write [interface.NAME]");
        else if (path.Count > 3 && OptionKeys.IsTable(path[2].Name)) ReadOption(path, item.Value);
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
        foreach (BondDhcp.Net.Ipv4Address server in draft.Configuration.RequireServers)
            if (draft.Configuration.RejectServers.Contains(server))
                _problems.Add(draft.Span, $"require-server and reject-server both name {server}");
        foreach (BondDhcp.Dhcp.Identity.Duid server in draft.Configuration.RequireDuids)
            if (draft.Configuration.RejectDuids.Contains(server))
                _problems.Add(draft.Span, $"require-server and reject-server both name {server}");
        Dhcp6Keys.Check(draft);
        StaticKeys.Check(draft);
        draft.Configuration = draft.Options.Complete(draft.Configuration);
        AnonymityKeys.Check(draft, _configuration);
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
