using BondDhcp.Dhcp.Options;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Host.Text;
using BondDhcp.Net;

namespace BondDhcp.Host.Configuration;

/// <summary>An option that the configuration names.</summary>
/// <param name="IsIpv6">Of DHCPv6.</param>
/// <param name="Code">Its code.</param>
internal readonly record struct OptionName(bool IsIpv6, ushort Code)
{
    /// <summary>Before the name or number of an option of DHCPv6.</summary>
    private const string Ipv6Prefix = "dhcp6.";

    /// <summary>Reads a name or number; null, with the reason, for none that is known.</summary>
    public static OptionName? Read(string text, out string why)
    {
        why = "";
        bool isIpv6 = text.StartsWith(Ipv6Prefix, StringComparison.Ordinal);
        string name = isIpv6 ? text[Ipv6Prefix.Length..] : text;
        ushort? code = isIpv6 ? Dhcp6OptionTable.Find(name)?.Code : Dhcp4OptionTable.Find(name)?.Code;
        if (code is { } found) return new OptionName(isIpv6, found);
        why = $"unknown option '{EscapedText.Of(text)}'{Hint(name, isIpv6)}";
        return null;
    }

    /// <summary>As the configuration may name it.</summary>
    public override string ToString() => IsIpv6 ? Ipv6Prefix + Dhcp6OptionTable.Of(Code).Name : Dhcp4OptionTable.Of((byte)Code).Name;

    /// <summary>Why the configuration cannot do this with the option; null where it can.</summary>
    public string? WhyNot(OptionAct act)
    {
        string? why = (IsIpv6, act) switch
        {
            (false, OptionAct.Send) => Dhcp4OptionRules.WhyNotSend((byte)Code),
            (false, _) => Dhcp4OptionRules.WhyNotChange((byte)Code),
            (true, OptionAct.Send) => Dhcp6OptionRules.WhyNotSend(Code),
            (true, _) => Dhcp6OptionRules.WhyNotChange(Code),
        };
        if (why is not null || act is not (OptionAct.Prepend or OptionAct.Append)) return why;
        bool isList = IsIpv6 ? Dhcp6OptionForms.IsList(Code) : Dhcp4OptionForms.IsList((byte)Code);
        return isList ? null : "it is no list; use 'supersede' or 'default'";
    }

    /// <summary>Why a server cannot be asked for the option; null where it can.</summary>
    public string? WhyNotAsk => IsIpv6 ? Dhcp6OptionRules.WhyNotAsk(Code) : Dhcp4OptionRules.WhyNotAsk((byte)Code);

    private static string Hint(string name, bool isIpv6)
    {
        if (name.Length > 0 && name.All(char.IsAsciiDigit)) return isIpv6 ? "; numbers go from 1 to 65535" : "; numbers go from 1 to 254";
        List<string> meant = [];
        if (Suggestion.Nearest(name, isIpv6 ? Dhcp6OptionTable.Names : Dhcp4OptionTable.Names) is { } nearest) meant.Add($"'{(isIpv6 ? Ipv6Prefix : "")}{nearest}'");
        if (!isIpv6 && Dhcp6OptionTable.Find(name) is not null) meant.Add($"'{Ipv6Prefix}{name}'");
        if (isIpv6 && Dhcp4OptionTable.Find(name) is not null) meant.Add($"'{name}'");
        return meant.Count == 0 ? "" : $"; did you mean {string.Join(" or ", meant)}?";
    }
}
