using BondDhcp.Host.Configuration;
using BondDhcp.Net;

namespace BondDhcp.Host.Import.Ifupdown;

/// <summary>The options of Debian's bridge-utils: <c>bridge_ports</c>, and what else a bridge can be given.</summary>
internal static class BridgeOptions
{
    /// <summary>Takes an option; false for one that is none of these.</summary>
    /// <param name="draft">Gets it.</param>
    /// <param name="one">The stanza's interface.</param>
    /// <param name="name">The option's name with hyphens.</param>
    /// <param name="option">The option.</param>
    public static bool Take(ImportDraft draft, ImportedInterface one, string name, InterfacesOption option)
    {
        if (!name.StartsWith("bridge-", StringComparison.Ordinal)) return false;
        if (name != "bridge-ports")
        {
            // What the kernel does by itself needs no word.
            if (name is not "bridge-fd" and not "bridge-waitport" and not "bridge-maxwait" && !(name == "bridge-stp" && option.Value is "off" or "no"))
                draft.Lose(option.From, $"'{EscapedText.Of($"{option.Name} {option.Value}")}': a bridge has the kernel's settings here");
            return true;
        }
        draft.Set(one, "kind", new ImportedValue("\"bridge\"", option.From));
        bool plain = true;
        foreach (string port in option.Words)
        {
            if (port == "none") continue;
            if (port is "all" or "regex" or "noregex") plain = false;
            if (!plain || NameRules.WhyNotInterfaceName(port) is not null) draft.Lose(option.From, $"bridge_ports {EscapedText.Of(port)}: name each port in slaves");
            else one.Add("slaves", new ImportedValue(TomlText.Quote(port), option.From));
        }
        return true;
    }
}
