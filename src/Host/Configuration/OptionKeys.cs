using System.Collections.Immutable;
using BondDhcp.Dhcp.Options;
using Tomlyn.Syntax;

namespace BondDhcp.Host.Configuration;

/// <summary>The keys of <c>[interface.NAME]</c> that are about single options: what is asked for, sent, and put in a server's place.</summary>
internal static class OptionKeys
{
    private static readonly Dictionary<string, OptionAct> Acts = new(StringComparer.Ordinal)
    {
        ["send"] = OptionAct.Send,
        ["supersede"] = OptionAct.Supersede,
        ["default"] = OptionAct.Default,
        ["prepend"] = OptionAct.Prepend,
        ["append"] = OptionAct.Append,
    };

    /// <summary>True for a key whose value is a table of options.</summary>
    public static bool IsTable(string key) => Acts.ContainsKey(key);

    /// <summary>Adds their readers.</summary>
    public static void AddTo(Dictionary<string, InterfaceKeys.Reader> keys)
    {
        keys.Add("request", static (draft, value) => ReadNames(draft, value, required: false));
        keys.Add("require", static (draft, value) => ReadNames(draft, value, required: true));
        foreach (string key in Acts.Keys)
            keys.Add(key, static (_, value) => value.Refuse($"must be a table, such as {value.Key} = {{ domain-name = \"example.org\" }}"));
    }

    /// <summary>Reads one option of a table.</summary>
    /// <param name="draft">The interface.</param>
    /// <param name="table">The key of the table.</param>
    /// <param name="option">The key in it.</param>
    /// <param name="refuseName">Says what is wrong with that key, at its place.</param>
    /// <param name="value">Its value.</param>
    public static void Read(InterfaceDraft draft, string table, string option, Action<string> refuseName, ConfigurationValue value)
    {
        OptionAct act = Acts[table];
        if (OptionName.Read(option, out string why) is not { } name) refuseName(why);
        else if (name.WhyNot(act) is { } forbidden) refuseName($"{name} cannot be there: {forbidden}");
        else if (value.Option(out OptionValue written) is { } odd) value.Refuse(odd);
        else if (Encode(name, written, out why) is { } data) draft.Options.Set(name, new OptionOverride(act, name.Code, data), value);
        else value.Refuse(why);
    }

    private static ImmutableArray<byte>? Encode(OptionName name, OptionValue value, out string why) =>
        name.IsIpv6 ? Dhcp6OptionForms.Encode(name.Code, value, out why) : Dhcp4OptionForms.Encode((byte)name.Code, value, out why);

    private static void ReadNames(InterfaceDraft draft, ConfigurationValue value, bool required)
    {
        if (!value.IsArray)
        {
            value.Refuse("must be an array of names or numbers of options, such as [\"ntp-servers\", 43]");
            return;
        }
        foreach ((OptionItem item, SourceSpan span) in value.OptionItems())
        {
            void Refuse(string why) => value.Refuse(new ConfigurationValue.Item("", span), why);
            string? text = item.Text ?? (item.Number is not null ? item.ToString() : null);
            if (text is null) Refuse("must be names or numbers of options");
            else if (OptionName.Read(text, out string unknown) is not { } name) Refuse(unknown);
            else if (name.WhyNotAsk is { } why) Refuse($"{name} cannot be asked for: {why}");
            else draft.Options.Ask(name, required, value, Refuse);
        }
    }
}
