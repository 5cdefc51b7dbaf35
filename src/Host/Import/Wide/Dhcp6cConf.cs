using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using BondDhcp.Host.Configuration;
using BondDhcp.Host.Import.Isc;
using BondDhcp.Net;

namespace BondDhcp.Host.Import.Wide;

/// <summary>
/// <c>dhcp6c.conf</c> of WIDE's DHCPv6 client (dhcp6c.conf(5)), brought into the configuration to be. Pure; what has no
/// counterpart is told with its line.
/// </summary>
internal sealed class Dhcp6cConf
{
    private static readonly Dictionary<string, ushort> s_requests = (((string Name, ushort Code)[])
    [
        ("domain-name-servers", 23), ("domain-name", 24), ("ntp-servers", 31), ("sip-server-address", 22), ("sip-domain-name", 21),
        ("sip-server-domain-name", 21), ("nis-server-address", 27), ("nis-domain-name", 29), ("nisp-server-address", 28),
        ("nisp-domain-name", 30), ("bcmcs-server-address", 34), ("bcmcs-domain-name", 33), ("bcmcs-server-domain-name", 33),
        ("refreshtime", 32),
    ]).ToDictionary(one => one.Name, one => one.Code, StringComparer.Ordinal);

    private readonly string _file;
    private readonly ImportDraft _draft;
    private readonly Dictionary<(string Kind, uint Id), IscStatement> _associations = [];
    private readonly Dictionary<string, Dhcp6cSettings> _interfaces = [];

    private Dhcp6cConf(string file, ImportDraft draft) => (_file, _draft) = (file, draft);

    /// <summary>What dhcp6c does on an interface; null where the file does not name it.</summary>
    public Dhcp6cSettings? Of(string interfaceName) => _interfaces.GetValueOrDefault(interfaceName);

    /// <summary>Reads a file's text into the draft.</summary>
    public static Dhcp6cConf Read(string file, string text, ImportDraft draft)
    {
        var conf = new Dhcp6cConf(file, draft);
        ImmutableArray<IscStatement> statements = IscFile.Read(text, out ImmutableArray<(int Line, string Message)> problems);
        foreach ((int line, string message) in problems) draft.Lose(new SourceLine(file, line), message);
        foreach (IscStatement statement in statements)
            if (statement is { Keyword: "id-assoc", Block: not null }) conf._associations[(statement.Word(1), NumberOf(statement.Word(2)))] = statement;
        foreach (IscStatement statement in statements) conf.Take(statement);
        foreach (IscStatement association in conf._associations.Values) conf.TakeAssociation(association);
        return conf;
    }

    private SourceLine At(IscStatement statement) => new(_file, statement.Line);

    private void Lose(IscStatement statement, string why) =>
        _draft.Lose(At(statement), $"'{EscapedText.Of(Encoding.Latin1.GetBytes(statement.Shown))}': {why}");

    // Such as a key of delayed authentication.
    private void LoseValue(IscStatement statement, string why) =>
        _draft.Lose(At(statement), $"'{EscapedText.Of(Encoding.Latin1.GetBytes(statement.Begun(1)))}': {why}");

    private static uint NumberOf(string text) => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) ? number : 0;

    private void Take(IscStatement statement)
    {
        string name = statement.Argument(1);
        switch (statement)
        {
            case { Keyword: "id-assoc", Block: not null }: break;
            case { Keyword: "interface", Block: { } block } when NameRules.WhyNotInterfaceName(name) is null:
                TakeInterface(_draft.Of(name, At(statement)), statement, block);
                break;
            default:
                LoseValue(statement, "no counterpart");
                break;
        }
    }

    private void TakeInterface(ImportedInterface one, IscStatement statement, ImmutableArray<IscStatement> block)
    {
        bool stateless = block.Any(inner => inner.Keyword == "information-only");
        var settings = new Dhcp6cSettings { IsStateless = stateless };
        _interfaces.TryAdd(one.Name, settings);
        _draft.Set(one, "dhcp6", new ImportedValue(stateless ? "\"stateless\"" : "true", At(statement)));
        foreach (IscStatement inner in block)
        {
            switch (inner.Keyword)
            {
                case "information-only": break;
                case "send": Each(inner, words => Send(one, inner, words, settings)); break;
                case "request": Each(inner, words => Request(one, inner, words, settings)); break;
                case "script": Lose(inner, "hooks = \"DIRECTORY\" runs programs at each event"); break;
                default: LoseValue(inner, "no counterpart"); break;
            }
        }
    }

    // The words between commas.
    private static void Each(IscStatement statement, Action<string[]> take)
    {
        List<string> words = [];
        foreach (IscToken token in statement.Tokens.Skip(1).Append(new IscToken(IscTokenKind.Sign, ",", statement.Line)))
        {
            if (token.Kind != IscTokenKind.Sign) words.Add(token.Value);
            else if (words.Count > 0)
            {
                take([.. words]);
                words.Clear();
            }
        }
    }

    private void Send(ImportedInterface one, IscStatement statement, string[] words, Dhcp6cSettings settings)
    {
        switch (words)
        {
            case ["ia-na", var id]:
                Associate(one, statement, "na", NumberOf(id));
                settings.Associations.Add(AssociationOf("na", NumberOf(id)));
                break;
            case ["ia-pd", var id]:
                Associate(one, statement, "pd", NumberOf(id));
                settings.Associations.Add(AssociationOf("pd", NumberOf(id)));
                break;
            case ["rapid-commit"]:
                settings.RapidCommit = true;
                _draft.Set(one, "rapid-commit", new ImportedValue("\"dhcp6\"", At(statement)));
                break;
            default: Lose(statement, $"send {EscapedText.Of(string.Join(' ', words))} has no counterpart"); break;
        }
    }

    // One IAID serves the addresses and the prefixes of an interface, and DHCPv4's client identifier of the form "duid".
    private void Associate(ImportedInterface one, IscStatement statement, string kind, uint id)
    {
        string iaid = id.ToString(CultureInfo.InvariantCulture);
        if (one.Find("iaid") is { } known && known != iaid)
            _draft.Lose(At(statement), $"ia-{kind} {iaid} of {one.Name}: one iaid serves both associations, and {known} is taken; the server sees a new one here");
        else _draft.Set(one, "iaid", new ImportedValue(iaid, At(statement), "the same as before: the server knows the lease by it"));
        if (kind != "pd") return;
        IscStatement? prefix = _associations.GetValueOrDefault(("pd", id))?.Block?.FirstOrDefault(inner => inner.Keyword == "prefix");
        string? hint = prefix is not null && Ipv6Prefix.TryParse(prefix.Argument(1), out Ipv6Prefix wanted) && wanted.PrefixLength is >= 1 and <= 64
            ? wanted.PrefixLength.ToString(CultureInfo.InvariantCulture) : null;
        _draft.Set(one, "prefix-delegation", new ImportedValue(hint ?? "true", prefix is null ? At(statement) : At(prefix)));
    }

    private Dhcp6cAssociation AssociationOf(string kind, uint id)
    {
        List<Dhcp6cWish> wishes = [];
        List<Dhcp6cSubnet> subnets = [];
        foreach (IscStatement inner in _associations.GetValueOrDefault((kind, id))?.Block ?? [])
        {
            string text = inner.Argument(1);
            switch (inner.Keyword)
            {
                case "prefix" or "address" when Ipv6Prefix.TryParse(inner.Keyword == "address" ? text + "/128" : text, out Ipv6Prefix prefix):
                    uint preferred = SecondsOf(inner.Word(2));
                    wishes.Add(new Dhcp6cWish(prefix, preferred, inner.Word(3).Length == 0 ? preferred : SecondsOf(inner.Word(3))));
                    break;
                case "prefix-interface" when inner.Block is { } block:
                    const int usualLength = 16;
                    IscStatement? length = block.FirstOrDefault(one => one.Keyword == "sla-len");
                    subnets.Add(new Dhcp6cSubnet(
                        text, NumberOf(block.FirstOrDefault(one => one.Keyword == "sla-id")?.Word(1) ?? ""), length is null ? usualLength : (int)Math.Min(NumberOf(length.Word(1)), Ipv6Address.Bits))
                    {
                        InterfaceId = ulong.TryParse(block.FirstOrDefault(one => one.Keyword == "ifid")?.Word(1), NumberStyles.None, CultureInfo.InvariantCulture, out ulong identifier) ? identifier : null,
                        IsRandom = block.Any(one => one.Keyword == "ifid-random"),
                    });
                    break;
            }
        }
        return new Dhcp6cAssociation(kind == "pd", id) { Wishes = [.. wishes], Subnets = [.. subnets] };
    }

    private static uint SecondsOf(string text) => text == "infinity" ? uint.MaxValue : NumberOf(text);

    private void Request(ImportedInterface one, IscStatement statement, string[] words, Dhcp6cSettings settings)
    {
        ushort code = 0;
        bool known = words is [var name] && s_requests.TryGetValue(name, out code);
        if (known && !settings.Requested.Contains(code)) settings.Requested.Add(code);
        if (!known)
            Lose(statement, $"request {EscapedText.Of(string.Join(' ', words))} is not known");
        else if (!DhclientToml.IsAskedForAnyway6(code))
            one.Add("request", new ImportedValue(TomlText.Quote(new IscOption(code, true).Key), At(statement)));
    }

    private void TakeAssociation(IscStatement association)
    {
        foreach (IscStatement inner in association.Block!)
        {
            switch (inner.Keyword)
            {
                case "prefix" when Ipv6Prefix.TryParse(inner.Argument(1), out Ipv6Prefix prefix) && prefix.Network.IsAny: break;
                case "prefix": Lose(inner, "only its length is asked for (prefix-delegation)"); break;
                case "address": Lose(inner, "no address is asked for but the one last held"); break;
                case "prefix-interface": Lose(inner, "delegated prefixes are shown and handed to hooks; addresses of them are given by other software"); break;
                default: LoseValue(inner, "no counterpart"); break;
            }
        }
    }
}
