using BondDhcp.Dhcp.Client6;

namespace BondDhcp.Host.Configuration;

/// <summary>The keys of <c>[interface.NAME]</c> that are about DHCPv6 alone.</summary>
internal static class Dhcp6Keys
{
    /// <summary>What is hinted at where a prefix is wanted and no length is named: enough for 256 subnets.</summary>
    private const int DefaultPrefixLength = 56;

    /// <summary>Adds their readers.</summary>
    public static void AddTo(Dictionary<string, InterfaceKeys.Reader> keys)
    {
        keys.Add("dhcp6", static (draft, value) => draft.Configuration = draft.Configuration with { Dhcp6 = ReadMode(value) });
        keys.Add("solicit-delay", static (draft, value) => draft.Configuration = draft.Configuration with { SolicitDelay = value.Boolean() });
        keys.Add("prefix-delegation", static (draft, value) =>
        {
            draft.Configuration = draft.Configuration with { PrefixLengthHint = ReadPrefixLength(value) };
            draft.PrefixDelegation = value;
        });
    }

    /// <summary>What can be said only when the whole section has been read.</summary>
    public static void Check(InterfaceDraft draft)
    {
        if (draft is { Configuration: { Dhcp6: null, PrefixLengthHint: not null }, PrefixDelegation: { } value })
            value.Refuse("needs DHCPv6; add dhcp6 = true, \"stateless\" or \"auto\", or remove it");
    }

    private static Dhcp6Mode? ReadMode(ConfigurationValue value)
    {
        if (value.AsBoolean is { } on) return on ? Dhcp6Mode.Stateful : null;
        switch (value.AsText)
        {
            case "stateless": return Dhcp6Mode.Stateless;
            case "auto": return Dhcp6Mode.Auto;
            default:
                value.Refuse("must be true, false, \"stateless\" or \"auto\"");
                return null;
        }
    }

    private static int? ReadPrefixLength(ConfigurationValue value)
    {
        if (value.AsBoolean is { } on) return on ? DefaultPrefixLength : null;
        if (value.AsInteger is >= 1 and <= 64 and { } length) return (int)length;
        value.Refuse("must be true, false or a prefix length from 1 to 64");
        return null;
    }
}
