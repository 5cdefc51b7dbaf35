using System.Globalization;

namespace BondDhcp.Host.Import;

/// <summary>What is left to do by hand when the clients have ended. Pure.</summary>
internal static class ImportNext
{
    private const string Usual = "/etc/bonddhcp/bonddhcp.toml", Units = "/etc/systemd/system/";

    /// <summary>In one line.</summary>
    /// <param name="draft">What was imported.</param>
    /// <param name="output">Where the configuration was written; null for stdout.</param>
    public static string Of(ImportDraft draft, string? output)
    {
        List<string> steps = [];
        if (output != Usual) steps.Add(output is null ? $"put the configuration into {Usual}" : $"put {output} into {Usual}");
        if (draft.Stanzas.Count > 0) steps.Add($"take {Places(draft.Stanzas)} out (else ifupdown starts dhclient at the next boot)");
        List<string> units = UnitsOf(draft);
        if (units.Count > 0) steps.Add($"systemctl disable {string.Join(' ', units)}");
        steps.Add("systemctl start bonddhcp");
        return $"next: {(steps.Count == 1 ? "" : string.Join(", ", steps.Take(steps.Count - 1)) + ", then ")}{steps[^1]}";
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
