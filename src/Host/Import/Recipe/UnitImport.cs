using System.Globalization;
using System.Text;
using BondDhcp.Host.Configuration;

namespace BondDhcp.Host.Import.Recipe;

/// <summary>
/// The template units of the recipe that this program replaces, and wpa_supplicant's own: which instances are enabled says
/// what an interface is to have.
/// </summary>
/// <param name="root">Where units are.</param>
/// <param name="draft">Gets what they say.</param>
internal sealed class UnitImport(ImportRoot root, ImportDraft draft)
{
    private const string Enabled = "/etc/systemd/system";

    private static readonly string[] s_directories =
        [Enabled, "/usr/local/lib/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"];

    private readonly HashSet<string> _static = [];

    /// <summary>The files of dhclient and dhcp6c that enabled units name beside the usual ones.</summary>
    public List<string> Files { get; } = [];

    /// <summary>The interfaces of enabled <c>static@</c> units.</summary>
    public IReadOnlySet<string> Static => _static;

    /// <summary>Looks at every enabled instance.</summary>
    public void Take()
    {
        foreach (string directory in root.List(Enabled))
        {
            if (!directory.EndsWith(".wants", StringComparison.Ordinal) && !directory.EndsWith(".requires", StringComparison.Ordinal)) continue;
            foreach (string link in root.List($"{Enabled}/{directory}")) TakeLink($"{Enabled}/{directory}/{link}", link);
        }
    }

    private void TakeLink(string path, string name)
    {
        int at = name.IndexOf('@', StringComparison.Ordinal);
        if (at <= 0 || !name.EndsWith(".service", StringComparison.Ordinal)) return;
        string template = name[..at], instance = Unescaped(name[(at + 1)..^".service".Length]);
        if (NameRules.WhyNotInterfaceName(instance) is not null) return;
        var from = new SourceLine(path, 0);
        switch (template)
        {
            case "dhclient":
                draft.Set(draft.Of(instance, from), "dhcp4", new ImportedValue("true", from));
                TakeArguments(template, instance);
                break;
            case "dhcp6c":
                draft.Of(instance, from).Set("dhcp6", new ImportedValue("true", from));
                TakeArguments(template, instance);
                break;
            case "static": _static.Add(instance); break;
            case "master":
                // The recipe's own rule.
                bool bridge = instance.Contains("br", StringComparison.Ordinal);
                draft.Of(instance, from).Set("kind", new ImportedValue(bridge ? "\"bridge\"" : "\"bond\"", from));
                break;
            case "supplicant" or "wpa_supplicant" or "wpa_supplicant-nl80211" or "wpa_supplicant-wired":
                TakeSupplicant(template, instance, from);
                break;
            default:
                if (IsSlaveUnit(template)) TakeSlave(instance, template, from);
                break;
        }
    }

    private void TakeSlave(string bond, string slave, SourceLine from)
    {
        ImportedInterface master = draft.Of(bond, from);
        bool bridge = bond.Contains("br", StringComparison.Ordinal);
        master.Set("kind", new ImportedValue(bridge ? "\"bridge\"" : "\"bond\"", from));
        master.Add("slaves", new ImportedValue(TomlText.Quote(slave), from));
    }

    // "slave@.service" under another name, by a hard link, a symbolic one or a copy: the slave's.
    private bool IsSlaveUnit(string template) =>
        NameRules.WhyNotInterfaceName(template) is null && TextOf(template) is { } text && TextOf("slave") is { } slave && text == slave;

    private string? TextOf(string template)
    {
        foreach (string directory in s_directories)
            if (root.ReadText($"{directory}/{template}@.service") is { } text) return text;
        return null;
    }

    private string[] CommandOf(string template, string instance)
    {
        string? line = TextOf(template)?.Split('\n').FirstOrDefault(one => one.StartsWith("ExecStart=", StringComparison.Ordinal));
        if (line is null) return [];
        string text = line["ExecStart=".Length..].Replace("%I", instance, StringComparison.Ordinal).Replace("%i", instance, StringComparison.Ordinal);
        return text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
    }

    // "-c FILE" or "-cFILE".
    private static string? Argument(string[] command, string option)
    {
        for (int i = 1; i < command.Length; i++)
        {
            if (command[i] == option) return i + 1 < command.Length ? command[i + 1] : null;
            if (option.Length == 2 && command[i].StartsWith(option, StringComparison.Ordinal)) return command[i][option.Length..];
        }
        return null;
    }

    private void TakeArguments(string template, string instance)
    {
        string[] command = CommandOf(template, instance);
        foreach (string option in template == "dhclient" ? ["-cf", "-lf"] : (string[])["-c"])
            if (Argument(command, option) is { } file && file.StartsWith('/')) Files.Add(file);
    }

    private void TakeSupplicant(string template, string instance, SourceLine from)
    {
        string[] command = CommandOf(template, instance);
        ImportedInterface one = draft.Of(instance, from);
        string file = Argument(command, "-c") ?? "/etc/wpa_supplicant/wpa_supplicant.conf";
        draft.Set(one, "supplicant", new ImportedValue(TomlText.Quote(file), from));
        if (Argument(command, "-D") is { Length: > 0 } driver)
            draft.Set(one, "supplicant-driver", new ImportedValue(TomlText.Quote(driver), from));
    }

    // systemd-escape(1): a hyphen of the name is "\x2d".
    private static string Unescaped(string instance)
    {
        const int escapeLength = 4;
        StringBuilder text = new();
        for (int i = 0; i < instance.Length; i++)
        {
            bool isEscape = i + escapeLength <= instance.Length && instance[i] == '\\' && instance[i + 1] == 'x';
            if (isEscape && byte.TryParse(instance.AsSpan(i + 2, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte octet))
            {
                text.Append((char)octet);
                i += escapeLength - 1;
            }
            else text.Append(instance[i]);
        }
        return text.ToString();
    }
}
