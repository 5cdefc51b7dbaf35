using System.Collections.Immutable;
using System.Text;
using BondDhcp.Dhcp.Options;
using BondDhcp.Host.Configuration;
using BondDhcp.Net;

namespace BondDhcp.Host.Import.Isc;

/// <summary>
/// dhclient.conf(5). Pure; what has no counterpart here is told with its line, and so is what is damaged. Nothing is
/// evaluated but literals, <c>gethostname()</c> and <c>hardware</c>.
/// </summary>
internal sealed partial class DhclientConf
{
    /// <summary>Its script, of which ours does all: another one is another matter.</summary>
    private static readonly string[] s_usualScripts = ["/sbin/dhclient-script", "/usr/sbin/dhclient-script", "/etc/dhclient-script"];

    private readonly ImportDraft _draft;
    private readonly IscOptionNames _names = new();
    private readonly Dictionary<string, List<IscStatement>> _blocks = [];
    private readonly Dictionary<string, DhclientSettings> _interfaces = [];
    private readonly List<DhclientFixed> _fixed = [];

    private DhclientConf(ImportDraft draft) => _draft = draft;

    /// <summary>The settings outside of interfaces.</summary>
    public DhclientSettings Global { get; } = new();

    /// <summary>The interfaces that have settings of their own.</summary>
    public IReadOnlyCollection<string> Interfaces => _interfaces.Keys;

    /// <summary>The settings of an interface: its own, else those outside.</summary>
    public DhclientSettings Of(string name) => _interfaces.GetValueOrDefault(name, Global);

    /// <summary>Addresses of <c>lease</c> and <c>alias</c> blocks.</summary>
    public IReadOnlyList<DhclientFixed> Fixed => _fixed;

    /// <summary>Reads a file's text, in which each character is one octet.</summary>
    /// <param name="file">Its name; only shown.</param>
    /// <param name="text">The text.</param>
    /// <param name="draft">Is told of what is not taken.</param>
    /// <param name="include">Gives a file that is included, by its absolute path.</param>
    public static DhclientConf Read(string file, string text, ImportDraft draft, Func<string, IncludedFile> include)
    {
        var conf = new DhclientConf(draft);
        var files = new DhclientFiles(draft, include);
        foreach (IscStatement statement in files.Read(file, text)) conf.Take(statement, conf.Global, conf.TakeBlock);
        foreach ((SourceLine from, string message) in files.Problems) draft.Lose(from, message);
        // What is outside counts for every interface, also where it stands behind it.
        foreach ((string name, List<IscStatement> block) in conf._blocks)
        {
            DhclientSettings own = conf.Global.Copy();
            foreach (IscStatement statement in block) conf.Take(statement, own, inner => conf.TakeFixedIn(inner, name));
            conf._interfaces.Add(name, own);
        }
        return conf;
    }

    private static SourceLine At(IscStatement statement) => new(statement.File, statement.Line);

    private void Lose(IscStatement statement, string why) =>
        _draft.Lose(At(statement), $"'{Shown(statement.Shown)}': {why}");

    private void LoseValue(IscStatement statement, int words, string why) =>
        _draft.Lose(At(statement), $"'{Shown(statement.Begun(words))}': {why}");

    private static string Shown(string text) => EscapedText.Of(Encoding.Latin1.GetBytes(text));

    private void Take(IscStatement statement, DhclientSettings settings, Func<IscStatement, bool> takeBlock)
    {
        switch (statement.Keyword)
        {
            case "send": Send(statement, settings); break;
            case "request": Request(statement, 1, settings, also: false); break;
            case "require": Require(statement, 1, settings, also: false); break;
            case "also" when statement.Word(1).Equals("request", StringComparison.OrdinalIgnoreCase): Request(statement, 2, settings, also: true); break;
            case "also" when statement.Word(1).Equals("require", StringComparison.OrdinalIgnoreCase): Require(statement, 2, settings, also: true); break;
            case "supersede": Modify(statement, OptionAct.Supersede, settings); break;
            case "default": Modify(statement, OptionAct.Default, settings); break;
            case "prepend": Modify(statement, OptionAct.Prepend, settings); break;
            case "append": Modify(statement, OptionAct.Append, settings); break;
            case "reject": Reject(statement, settings); break;
            case "option": Define(statement); break;
            case "include": settings.Unread ??= At(statement); break; // one that could be read is not here any more
            case "select-timeout": SelectTimeout(statement, settings); break;
            case "timeout" or "retry" or "reboot" or "backoff-cutoff" or "initial-interval" or "initial-delay":
                Lose(statement, "the schedule is the one of RFC 2131 and needs no tuning; the first packet leaves at once");
                break;
            case "script" when s_usualScripts.Contains(statement.Argument(1)): break;
            case "script": Lose(statement, "no script sets addresses here; hooks = \"DIRECTORY\" runs programs at each event, and hooks/dhclient-hooks runs those of dhclient-script"); break;
            case "db-time-format" or "lease-id-format": break; // about dhclient's own files, which are read in any format
            case "hardware" or "media" or "medium" or "anycast-mac": Lose(statement, "the hardware is the kernel's, and is asked at every packet"); break;
            case "do-forward-updates" or "key" or "zone": LoseValue(statement, 1, "DNS updates are left to the server (hostname with a dot: option 81)"); break;
            default:
                if (!takeBlock(statement)) LoseValue(statement, 1, "no counterpart");
                break;
        }
    }

    private bool TakeBlock(IscStatement statement)
    {
        switch (statement)
        {
            case { Keyword: "interface", Block: { } block } when NameRules.WhyNotInterfaceName(statement.Argument(1)) is null:
                if (_blocks.TryGetValue(statement.Argument(1), out List<IscStatement>? known)) known.AddRange(block);
                else _blocks.Add(statement.Argument(1), [.. block]);
                return true;
            default:
                return TakeFixedIn(statement, null);
        }
    }

    private bool TakeFixedIn(IscStatement statement, string? interfaceName)
    {
        if (statement is not { Keyword: "lease" or "alias", Block: { } block }) return false;
        TakeFixed(statement, block, interfaceName);
        return true;
    }

    // A lease of the configuration is used when no server answers; an alias is there beside the lease.
    private void TakeFixed(IscStatement statement, ImmutableArray<IscStatement> block, string? within)
    {
        string? name = block.FirstOrDefault(one => one.Keyword == "interface")?.Argument(1) ?? within;
        string address = block.FirstOrDefault(one => one.Keyword == "fixed-address")?.Argument(1) ?? "";
        string mask = block.FirstOrDefault(one => one.Keyword == "option" && one.Argument(1) == "subnet-mask")?.Argument(2) ?? "";
        if (!Ipv4Address.TryParse(address, out Ipv4Address read) || !read.IsUsableUnicast || (name is not null && NameRules.WhyNotInterfaceName(name) is not null))
        {
            Lose(statement, "it has no address");
            return;
        }
        DateTimeOffset? until = DateTimeOffset.MaxValue;
        foreach (IscStatement one in block)
            if (one.Keyword == "expire") until = IscTime.Read(one, 1);
        if (until is null)
        {
            Lose(statement, "its 'expire' is no time");
            return;
        }
        int length = Ipv4Address.TryParse(mask, out Ipv4Address netmask) && Ipv4Prefix.TryFromMask(netmask, out int bits) ? bits : read.ClassfulPrefixLength;
        _fixed.Add(new DhclientFixed(name, new Ipv4Prefix(read, length).ToString(), statement.Keyword == "alias", until.Value, At(statement)));
        foreach (IscStatement one in block)
        {
            if (one.Keyword is "interface" or "fixed-address" or "renew" or "rebind" or "expire" or "bootp") continue;
            if (one.Keyword == "option" && one.Argument(1) == "subnet-mask") continue;
            Lose(one, $"of a fixed address only the address is taken; a route to go with it belongs into routes of {name ?? "the interface"}");
        }
    }

    private void Define(IscStatement statement)
    {
        if (DhclientLeaseFile.Definition(statement) is { } option) _names.Define(statement.Argument(1), option);
        else Lose(statement, "an option space of its own; use the number of the option that carries it, with \"hex:..\"");
    }
}
