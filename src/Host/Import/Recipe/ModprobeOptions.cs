using BondDhcp.Bond.Plan;
using BondDhcp.Host.Import.Ifupdown;
using BondDhcp.Net;

namespace BondDhcp.Host.Import.Recipe;

/// <summary><c>options bonding ...</c> of modprobe.d(5): what every bond has that nobody told otherwise.</summary>
internal static class ModprobeOptions
{
    /// <summary>Reads a file's text; gives the settings, and tells of those that are none.</summary>
    public static List<(BondOption Option, ImportedValue Value)> Read(string file, string text, ImportDraft draft)
    {
        List<(BondOption, ImportedValue)> settings = [];
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            string[] words = lines[i].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words is not ["options", "bonding", ..]) continue;
            foreach (string word in words.Skip(2))
            {
                var from = new SourceLine(file, i + 1);
                int equals = word.IndexOf('=', StringComparison.Ordinal);
                (string name, string value) = equals < 0 ? (word, "") : (word[..equals], word[(equals + 1)..]);
                if (name is "max_bonds" or "tx_queues" or "debug") continue; // about the driver, not about a bond
                if (BondOptionTable.Find(name) is { } option && option.TryParse(value, out BondSetting setting, out _))
                    settings.Add((option, IfenslaveOptions.Value(setting, from)));
                else draft.Lose(from, $"options bonding {EscapedText.Of(word)}: no option that a bond can be given");
            }
        }
        return settings;
    }
}
