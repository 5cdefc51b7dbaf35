using System.Globalization;
using System.Text;

namespace BondDhcp.Host.Import;

/// <summary>What is left to do by hand when the clients have ended. Pure.</summary>
internal static class ImportNext
{
    private const string Usual = "/etc/bonddhcp/bonddhcp.toml", Units = "/etc/systemd/system/";

    /// <summary>In one line.</summary>
    /// <param name="draft">What was imported.</param>
    /// <param name="output">Where the configuration was written, from the root; null for stdout.</param>
    public static string Of(ImportDraft draft, string? output)
    {
        List<string> steps = [];
        if (output is null && draft.Supplicants.Count > 0) steps.Add($"run it again with --output {Usual}, which makes the files of wpa_supplicant too");
        else if (output != Usual) steps.Add(output is null ? $"put the configuration into {Usual}" : $"put {output} into {Usual}{Supplicants(draft, output)}");
        // What is left out here stays ifupdown's.
        List<SourceLine> stanzas = [];
        foreach ((string name, SourceLine from) in draft.Stanzas)
            if (draft.Find(name) is not { IsLeftOut: true } && !stanzas.Contains(from)) stanzas.Add(from);
        if (stanzas.Count > 0) steps.Add($"take {Places(stanzas)} out (else ifupdown starts dhclient at the next boot)");
        List<string> units = UnitsOf(draft);
        if (units.Count > 0) steps.Add($"systemctl disable {string.Join(' ', units)}");
        steps.Add("systemctl start bonddhcp");
        return $"next: {(steps.Count == 1 ? "" : string.Join(", ", steps.Take(steps.Count - 1)) + ", then ")}{steps[^1]}";
    }

    // Those that do not stand where the configuration names them: beside one that is written to another place.
    private static string Supplicants(ImportDraft draft, string output)
    {
        StringBuilder text = new();
        foreach (ImportedSupplicant made in draft.Supplicants)
            if (made.BesideOf(output) is var file && file != made.Path) text.Append($" and {file} into {Path.GetDirectoryName(made.Path)}");
        return text.ToString();
    }

    // "/etc/network/interfaces:4, 9 and /etc/network/interfaces.d/wifi:2".
    private static string Places(List<SourceLine> stanzas)
    {
        List<string> files = [];
        foreach (SourceLine stanza in stanzas)
        {
            int at = files.FindIndex(text => text.StartsWith(stanza.File + ":", StringComparison.Ordinal));
            if (at < 0) files.Add(stanza.ToString());
            else files[at] += ", " + stanza.Line.ToString(CultureInfo.InvariantCulture);
        }
        return string.Join(" and ", files);
    }

    private static List<string> UnitsOf(ImportDraft draft)
    {
        List<string> units = [];
        foreach (ImportedInterface one in draft.Interfaces)
            foreach ((string key, List<ImportedValue> values, _) in one.Keys)
                if (key is "dhcp4" or "dhcp6" && values is [{ From: [{ File: var file }, ..] }] && file.StartsWith(Units, StringComparison.Ordinal)) units.Add(Path.GetFileName(file));
        return units;
    }
}
