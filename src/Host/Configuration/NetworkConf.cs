using System.Collections.Immutable;
using System.Text;
using BondDhcp.Bond.Addressing;

namespace BondDhcp.Host.Configuration;

/// <summary>What network.conf says of one interface.</summary>
internal sealed class NetworkConfInterface(string name, int line, int column)
{
    /// <summary>The interface's name: any that the kernel takes.</summary>
    public string Name { get; } = name;

    /// <summary>Where it is first named, from 1.</summary>
    public int Line { get; } = line;

    /// <summary>From 1.</summary>
    public int Column { get; } = column;

    /// <summary>NAMEPRIMARY; null where it is unset or empty.</summary>
    public NetworkConfPrimary? Primary { get; set; }

    /// <summary>NAMEADDRS.</summary>
    public ImmutableArray<StaticAddress> Addresses { get; set; } = [];

    /// <summary>NAMEROUTES, with the place of each.</summary>
    public ImmutableArray<(StaticRoute Route, int Line, int Column)> Routes { get; set; } = [];
}

/// <summary>The preferred slave of a bond, and where it is named.</summary>
/// <param name="Slave">The slave's interface name.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
internal sealed record NetworkConfPrimary(string Slave, int Line, int Column);

/// <summary>
/// <c>/etc/conf.d/network.conf</c>: <c>NAMEPRIMARY</c>, <c>NAMEADDRS</c>, <c>NAMEROUTES</c>. Other variables belong to
/// other software; what is unset or empty has no effect.
/// </summary>
internal sealed class NetworkConf
{
    private readonly List<NetworkConfInterface> _interfaces = [];
    private readonly ProblemList _problems;

    private NetworkConf(ProblemList problems) => _problems = problems;

    private readonly record struct Word(string Text, bool Quoted, int Line, int Column);

    /// <summary>The interfaces, in the order of the file.</summary>
    public IReadOnlyList<NetworkConfInterface> Interfaces => _interfaces;

    /// <summary>The slave that NAMEPRIMARY names; null where there is none.</summary>
    public string? PrimaryOf(string name) => _interfaces.Find(one => one.Name == name)?.Primary?.Slave;

    /// <summary>Reads the file's text; what is wrong goes to <paramref name="problems"/>.</summary>
    public static NetworkConf Read(string text, ProblemList problems)
    {
        var conf = new NetworkConf(problems);
        // The last assignment of a variable is its value, as everywhere.
        IReadOnlyList<EnvironmentAssignment> assignments = EnvironmentFile.Read(text, problems);
        foreach (string name in assignments.Select(one => one.Name).Distinct()) conf.Take(assignments.LastOrDefault(one => one.Name == name)!);
        return conf;
    }

    private void Take(EnvironmentAssignment assignment)
    {
        List<Word> words = Split(assignment.Value);
        if (words.Count == 0) return;
        if (NameBefore("PRIMARY", assignment) is { } bond) TakePrimary(Of(bond, assignment), words);
        else if (NameBefore("ADDRS", assignment) is { } addressed) TakeAddresses(Of(addressed, assignment), words);
        else if (NameBefore("ROUTES", assignment) is { } routed) TakeRoutes(Of(routed, assignment), words);
    }

    // What is before the suffix must be a name that an interface can have: OTHER_SOFTWARE_ADDRS is too long for one.
    private static string? NameBefore(string suffix, EnvironmentAssignment assignment) =>
        assignment.Name.EndsWith(suffix, StringComparison.Ordinal)
        && assignment.Name[..^suffix.Length] is var name && NameRules.WhyNotInterfaceName(name) is null ? name : null;

    private NetworkConfInterface Of(string name, EnvironmentAssignment assignment)
    {
        if (_interfaces.Find(one => one.Name == name) is { } known) return known;
        var added = new NetworkConfInterface(name, assignment.Line, assignment.Column);
        _interfaces.Add(added);
        return added;
    }

    private void TakePrimary(NetworkConfInterface bond, List<Word> words)
    {
        Word word = words[0];
        if (words.Count > 1) Refuse(words[1], $"{bond.Name}PRIMARY: one interface, not several");
        else if (NameRules.WhyNotInterfaceName(word.Text) is { } why) Refuse(word, $"{bond.Name}PRIMARY: {why}");
        else if (word.Text == bond.Name) Refuse(word, $"{bond.Name}PRIMARY: a bond cannot be its own slave");
        else bond.Primary = new NetworkConfPrimary(word.Text, word.Line, word.Column);
    }

    private void TakeAddresses(NetworkConfInterface owner, List<Word> words)
    {
        ImmutableArray<StaticAddress>.Builder addresses = ImmutableArray.CreateBuilder<StaticAddress>();
        foreach (Word word in words.SelectMany(Words))
        {
            if (StaticText.ReadAddress(word.Text, out string why) is not { } address) Refuse(word, $"{owner.Name}ADDRS: {why}");
            else if (addresses.Any(other => other.Address.Equals(address.Address))) Refuse(word, $"{owner.Name}ADDRS: {address.Address} is there twice");
            else addresses.Add(address);
        }
        owner.Addresses = addresses.ToImmutable();
    }

    private void TakeRoutes(NetworkConfInterface owner, List<Word> words)
    {
        ImmutableArray<(StaticRoute, int, int)>.Builder routes = ImmutableArray.CreateBuilder<(StaticRoute, int, int)>();
        foreach (Word word in Joined(words))
        {
            if (StaticRouteText.Read(word.Text, out string why) is { } route) routes.Add((route, word.Line, word.Column));
            else Refuse(word, $"{owner.Name}ROUTES: {why}");
        }
        owner.Routes = routes.ToImmutable();
    }

    // A route in quotes of its own is one; words without quotes between them are one too.
    private static List<Word> Joined(List<Word> words)
    {
        List<Word> routes = [];
        foreach (Word word in words)
        {
            if (!word.Quoted && routes.Count > 0 && !routes[^1].Quoted)
                routes[^1] = routes[^1] with { Text = routes[^1].Text + ' ' + word.Text };
            else if (!string.IsNullOrWhiteSpace(word.Text))
                routes.Add(word);
        }
        return routes;
    }

    private static IEnumerable<Word> Words(Word word)
    {
        int start = 0;
        foreach (string part in word.Text.Split(' ', '\t', '\n', '\r'))
        {
            if (part.Length > 0) yield return word with { Text = part, Column = word.Column + start };
            start += part.Length + 1;
        }
    }

    /// <summary>The words of a value: separated by white space, which quotes inside the value hold together.</summary>
    private static List<Word> Split(ImmutableArray<PlacedCharacter> value)
    {
        List<Word> words = [];
        StringBuilder text = new();
        char quote = '\0';
        bool quoted = false;
        PlacedCharacter start = default;
        foreach (PlacedCharacter placed in value)
        {
            char c = placed.Character;
            if (quote == '\0' && char.IsWhiteSpace(c))
            {
                End();
                continue;
            }
            // The place of a quoted word is that of its first character.
            if (text.Length == 0) start = placed;
            if (quote == '\0' && c is '"' or '\'')
            {
                quote = c;
                quoted = true;
            }
            else if (c == quote)
            {
                quote = '\0';
            }
            else
            {
                text.Append(c);
            }
        }
        End();
        return words;

        void End()
        {
            if (text.Length > 0) words.Add(new Word(text.ToString(), quoted, start.Line, start.Column));
            text.Clear();
            quoted = false;
        }
    }

    private void Refuse(Word word, string message) => _problems.Add(word.Line, word.Column, message);
}
