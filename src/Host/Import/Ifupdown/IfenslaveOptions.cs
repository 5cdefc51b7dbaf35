using BondDhcp.Bond.Plan;
using BondDhcp.Host.Configuration;
using BondDhcp.Net;

namespace BondDhcp.Host.Import.Ifupdown;

/// <summary>
/// The options of Debian's ifenslave: <c>bond-slaves</c> and the driver's options in the bond's stanza, <c>bond-master</c>
/// and <c>bond-primary</c> in the slave's; with hyphens or underscores, <c>slaves</c> alone too.
/// </summary>
internal static class IfenslaveOptions
{
    private const string Prefix = "bond-";

    /// <summary>Takes an option; false for one that is none of these.</summary>
    /// <param name="draft">Gets it.</param>
    /// <param name="one">The stanza's interface.</param>
    /// <param name="name">The option's name with hyphens.</param>
    /// <param name="option">The option.</param>
    public static bool Take(ImportDraft draft, ImportedInterface one, string name, InterfacesOption option)
    {
        if (name == "slaves") name = "bond-slaves";
        if (!name.StartsWith(Prefix, StringComparison.Ordinal)) return false;
        switch (name[Prefix.Length..])
        {
            case "slaves":
                draft.Set(one, "kind", new ImportedValue("\"bond\"", option.From));
                foreach (string slave in option.Words)
                    if (slave != "none") AddSlave(draft, one, slave, option.From);
                break;
            case "master" when option.Words is [var master] && NameRules.WhyNotInterfaceName(master) is null:
                ImportedInterface bond = draft.Of(master, option.From);
                draft.Set(bond, "kind", new ImportedValue("\"bond\"", option.From));
                AddSlave(draft, bond, one.Name, option.From);
                break;
            // In the bond's stanza, or in a slave's beside bond-master; several are a preference that only the first can have.
            case "primary" when option.Words is [var primary, ..]:
                TakePrimary(draft, one, primary, option);
                break;
            case var key:
                TakeOption(draft, one, key.Replace('-', '_'), option);
                break;
        }
        return true;
    }

    private static void AddSlave(ImportDraft draft, ImportedInterface bond, string slave, SourceLine from)
    {
        if (NameRules.WhyNotInterfaceName(slave) is { } why) draft.Lose(from, why);
        else if (slave != bond.Name) bond.Add("slaves", new ImportedValue(TomlText.Quote(slave), from));
    }

    private static void TakePrimary(ImportDraft draft, ImportedInterface one, string primary, InterfacesOption option)
    {
        ImportedInterface bond = draft.Interfaces.FirstOrDefault(other => other.Items("slaves").Any(slave => slave.Text == TomlText.Quote(one.Name))) ?? one;
        if (NameRules.WhyNotInterfaceName(primary) is { } why) draft.Lose(option.From, why);
        else if (bond.Find("primary") is not { } known) draft.Set(bond, "primary", new ImportedValue(TomlText.Quote(primary), option.From));
        else if (known != TomlText.Quote(primary)) draft.Lose(option.From, $"bond-primary {option.Value}: {bond.Name} has one primary, {known}");
        if (option.Words.Length > 1) draft.Lose(option.From, $"'{EscapedText.Of(option.Value)}': a bond has one primary; the first is taken");
    }

    private static void TakeOption(ImportDraft draft, ImportedInterface one, string key, InterfacesOption option)
    {
        string text = option.Value;
        if (BondOptionTable.Find(key) is not { } known)
        {
            draft.Lose(option.From, $"'{EscapedText.Of($"{option.Name} {text}")}': the bonding driver has no such option, or it is of ifenslave alone");
            return;
        }
        if (known.IsList) text = string.Join(',', option.Words).Replace("+", "", StringComparison.Ordinal);
        if (!known.TryParse(text, out BondSetting setting, out string why))
            draft.Lose(option.From, $"'{EscapedText.Of($"{option.Name} {text}")}': {why}");
        else draft.Set(one, known.Name, Value(setting, option.From));
    }

    /// <summary>A setting of the driver as a value.</summary>
    public static ImportedValue Value(BondSetting setting, SourceLine from)
    {
        string text = setting.Text;
        bool isNumber = text.Length > 0 && text.All(char.IsAsciiDigit);
        return new ImportedValue(isNumber ? text : TomlText.Quote(text), from);
    }
}
