using System.Text;
using BondDhcp.Host.Configuration;
using BondDhcp.Net;

namespace BondDhcp.Host.Import.Ifupdown;

/// <summary>
/// The <c>wpa-</c> options of Debian's wpasupplicant (its ifupdown.sh and functions.sh): the name of a configuration file, or a network
/// in lines of the stanza, of which a file is made. No value of theirs is told to anyone else: what is misspelt may be a secret too.
/// </summary>
internal sealed class WpaOptions
{
    private const string Prefix = "wpa-", DefaultDriver = "nl80211,wext", WiredDriver = "wired";

    /// <summary>The daemon starts it in its own way.</summary>
    private static readonly string[] s_ofTheStart = ["debug-level", "logfile", "verbosity", "maint-debug", "action-script", "bridge"];

    private readonly ImportDraft _draft;
    private readonly InterfacesStanza _stanza;
    private readonly Func<string, string?> _read;
    private readonly Dictionary<string, InterfacesOption> _options = [];

    private WpaOptions(ImportDraft draft, InterfacesStanza stanza, Func<string, string?> read) => (_draft, _stanza, _read) = (draft, stanza, read);

    /// <summary>True for a name, with hyphens, that is for them.</summary>
    public static bool Is(string name) => name.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Takes those of a stanza.</summary>
    /// <param name="draft">Gets them.</param>
    /// <param name="one">The stanza's interface.</param>
    /// <param name="stanza">The stanza.</param>
    /// <param name="read">The text of a file; null where it cannot be had.</param>
    public static void Take(ImportDraft draft, ImportedInterface one, InterfacesStanza stanza, Func<string, string?> read)
    {
        var wpa = new WpaOptions(draft, stanza, read);
        foreach (InterfacesOption option in stanza.Options)
            if (option.Name.Replace('_', '-') is var name && Is(name)) wpa._options[name[Prefix.Length..]] = option;
        if (wpa._options.Count > 0) wpa.Take(one);
    }

    private InterfacesOption? Remove(string name) => _options.Remove(name, out InterfacesOption? option) && option.Value.Length > 0 ? option : null;

    // One on behalf of which another program runs, such as the wireless one of a bridge.
    private ImportedInterface Target(ImportedInterface one)
    {
        if (Remove("iface") is not { } other) return one;
        if (NameRules.WhyNotInterfaceName(other.Value) is null) return _draft.Of(other.Value, other.From);
        Lose(other, "no name of an interface");
        return one;
    }

    private void Take(ImportedInterface one)
    {
        one = Target(one);
        TakeDriver(one);
        bool isRoaming = TakeFile(one, out string? file);
        foreach (string name in s_ofTheStart)
            if (Remove(name) is { } option) Lose(option, "bonddhcp starts wpa_supplicant in its own way");
        if (isRoaming) LoseAll("wpa_action is not run: one configuration of the interface serves every network");
        else if (file is not null) LoseAll($"beside wpa-conf: add it to {EscapedText.Of(file)}");
        else TakeNetwork(one);
        LoseAll("Debian's wpasupplicant makes nothing of it, or wpa_supplicant knows it no more");
    }

    private void TakeDriver(ImportedInterface one)
    {
        if (Remove("driver") is not { } driver) return;
        // As the script does with drivers that are no more.
        if (driver.Value is "hostap" or "ipw" or "madwifi" or "ndiswrapper")
            _draft.Lose(driver.From, $"wpa-driver {driver.Value}: wpa_supplicant has it no more; {DefaultDriver} is taken, as by Debian's script");
        else _draft.Set(one, "supplicant-driver", new ImportedValue(TomlText.Quote(driver.Value), driver.From));
    }

    // wpa-roam counts before wpa-conf, and "managed" is the word for lines in the stanza.
    private bool TakeFile(ImportedInterface one, out string? file)
    {
        InterfacesOption? conf = Remove("conf"), roam = Remove("roam");
        file = null;
        if ((roam ?? conf) is not { } named || (roam is null && named.Value == "managed")) return false;
        file = named.Value;
        _draft.Set(one, "supplicant", new ImportedValue(TomlText.Quote(named.Value), named.From));
        return roam is not null;
    }

    private void TakeNetwork(ImportedInterface one)
    {
        bool isWired = one.Find("supplicant-driver") == TomlText.Quote(WiredDriver);
        if (Remove("essid") is { } essid) _options["ssid"] = essid;
        if (!isWired && !IsGiven("ssid") && !IsGiven("key-mgmt")) return;
        InterfacesOption first = _stanza.Options.First(option => Is(option.Name.Replace('_', '-')));
        TakeSecret();
        List<string> fields = [];
        foreach ((string name, WpaForm form) in WpaFields.All)
        {
            if (Remove(name) is not { } option) continue;
            if (WpaFields.Of(name, form, option.Value, out string why) is { } field) fields.Add(field);
            else
            {
                Lose(option, why);
                if (name != "ssid") continue;
                // Without it the network would be any.
                LoseAll("the network's SSID is not taken");
                return;
            }
        }
        string? scan = Remove("ap-scan") is { } scanning ? ScanOf(scanning) : null;
        if (isWired) scan = "ap_scan=0"; // the script forces it
        Make(one, first.From, scan, fields);
    }

    private bool IsGiven(string name) => _options.TryGetValue(name, out InterfacesOption? option) && option.Value.Length > 0;

    private string? ScanOf(InterfacesOption option)
    {
        if (option.Value is "0" or "1" or "2") return $"ap_scan={option.Value}";
        Lose(option, "ap_scan is 0, 1 or 2");
        return null;
    }

    // The later of these counts where several are given.
    private void TakeSecret()
    {
        foreach (string name in (string[])["psk-file", "passphrase-file"])
        {
            if (Remove(name) is not { } option) continue;
            if (_read(option.Value)?.TrimEnd('\n') is { Length: > 0 } secret) _options["psk"] = option with { Value = secret };
            else Lose(option, "the file is empty or cannot be read");
        }
        if (Remove("passphrase") is { } phrase) _options["psk"] = phrase;
    }

    private void Make(ImportedInterface one, SourceLine from, string? scan, List<string> fields)
    {
        if (!StatePath.IsInterfaceName(one.Name)) return;
        StringBuilder text = new($"# Made by bonddhcp import of the wpa- lines of {one.Name}. It may hold secrets: nobody but root is to read it.\n");
        text.Append("ctrl_interface=/run/wpa_supplicant\n");
        if (scan is not null) text.Append(scan).Append('\n');
        text.Append("network={\n");
        foreach (string field in fields) text.Append("  ").Append(field).Append('\n');
        text.Append("}\n");
        SupplicantPlace place = _draft.SupplicantPlace;
        var made = new ImportedSupplicant(one.Name, place.FileOf(one.Name), text.ToString());
        if (_draft.Supplicants.Find(other => other.InterfaceName == one.Name) is { } known)
        {
            if (known.Text != made.Text) _draft.Lose(from, $"the wpa- lines of {one.Name}: an earlier stanza has others, which are taken");
            return;
        }
        string remark = place.IsWritten ? "made of the wpa- lines" : "to be made of the wpa- lines, which hold secrets: import --output FILE writes it beside FILE";
        _draft.Set(one, "supplicant", new ImportedValue(TomlText.Quote(made.Path), from, remark));
        if (one.Find("supplicant") == TomlText.Quote(made.Path)) _draft.Supplicants.Add(made);
    }

    private void LoseAll(string why)
    {
        foreach (InterfacesOption option in _options.Values) Lose(option, why);
        _options.Clear();
    }

    private void Lose(InterfacesOption option, string why) => _draft.Lose(option.From, $"'{option.ShownName} ...': {why}");
}
