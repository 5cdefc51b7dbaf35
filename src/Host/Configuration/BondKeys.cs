using System.Globalization;
using BondDhcp.Bond.Plan;
using BondDhcp.Net;

namespace BondDhcp.Host.Configuration;

/// <summary>The keys about masters and their slaves; the bonding driver's options by their kernel names.</summary>
internal static class BondKeys
{
    /// <summary>Adds their readers.</summary>
    public static void AddTo(Dictionary<string, InterfaceKeys.Reader> keys)
    {
        keys.Add("kind", static (draft, value) => draft.Master.Kind = (
            value.Word(("existing", MasterKind.Existing), ("bond", MasterKind.Bond), ("bridge", MasterKind.Bridge)), value));
        keys.Add("slaves", ReadSlaves);
        keys.Add("primary", ReadPrimary);
        keys.Add("enforce", static (draft, value) => draft.Master.Enforce = value.Boolean());
        keys.Add("path-failover", static (draft, value) =>
        {
            bool wanted = value.Boolean();
            draft.Configuration = draft.Configuration with { PathFailover = wanted };
            draft.Master.PathFailover = wanted ? value : null;
        });
        foreach (BondOption option in BondOptionTable.All) keys.Add(option.Name, (draft, value) => ReadOption(draft, option, value));
        // The driver has two names for it.
        keys.Add("num_unsol_na", static (draft, value) => ReadOption(draft, BondOptionTable.PeerNotifications, value));
    }

    /// <summary>
    /// Why no hardware address can be given under one of the names that other programs have for it; null for other keys. The driver
    /// would take one for a bond, say yes and do nothing.
    /// </summary>
    public static string? WhyNoHardwareAddress(string key, string name) => key is "mac" or "mac-address" or "hwaddress" or "hardware-address"
        ? $"no effect with fail_over_mac=active: the hardware address of {name} is that of the slave in use; remove it"
        : null;

    private static void ReadSlaves(InterfaceDraft draft, ConfigurationValue value)
    {
        foreach (ConfigurationValue.Item item in value.Items())
        {
            if (NameRules.WhyNotInterfaceName(item.Text) is { } why) value.Refuse(item, why);
            else if (item.Text == draft.Configuration.Name) value.Refuse(item, $"'{EscapedText.Of(item.Text)}' cannot be its own slave");
            else if (draft.Slaves.Exists(slave => slave.Name == item.Text)) value.Refuse(item, $"'{EscapedText.Of(item.Text)}' is there twice");
            else draft.Slaves.Add((item.Text, value, item));
        }
    }

    private static void ReadPrimary(InterfaceDraft draft, ConfigurationValue value)
    {
        string name = value.Text();
        if (name.Length == 0) return;
        if (NameRules.WhyNotInterfaceName(name) is { } why) value.Refuse(why);
        else draft.Master.Primary = (name, value);
    }

    private static void ReadOption(InterfaceDraft draft, BondOption option, ConfigurationValue value)
    {
        bool isSwitch = option.Words is ["off", "on"];
        string? text =
            value.AsInteger is { } number ? number.ToString(CultureInfo.InvariantCulture)
            : isSwitch && value.AsBoolean is { } on ? (on ? "on" : "off")
            : option.IsList && value.AsText is null ? string.Join(',', value.Items().Select(item => item.Text))
            : value.AsText;
        string why = option.Words.IsEmpty
            ? FormattableString.Invariant($"must be a number from {option.Min} to {option.Max}")
            : "must be one of " + string.Join(", ", option.Words.Select(word => $"\"{word}\""));
        if (text is null || !option.TryParse(text, out BondSetting setting, out why))
        {
            string hint = text is not null && !option.Words.IsEmpty ? Text.Suggestion.Phrase(text, option.Words) : "";
            value.Refuse(why + hint);
            return;
        }
        if (draft.Master.Options.Exists(other => other.Setting.Option == option)) value.Refuse($"{option.Name} is given already");
        else draft.Master.Options.Add((setting, value));
    }
}
