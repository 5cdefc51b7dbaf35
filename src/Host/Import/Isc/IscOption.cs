using System.Globalization;
using BondDhcp.Dhcp.Wire;

namespace BondDhcp.Host.Import.Isc;

/// <summary>An option as ISC's files name it.</summary>
/// <param name="Code">Its code.</param>
/// <param name="IsDhcp6">It is of DHCPv6.</param>
internal readonly record struct IscOption(ushort Code, bool IsDhcp6)
{
    /// <summary>How its value is written where the file itself defines it; null where the option's own table says so.</summary>
    public IscValueKind? Defined { get; init; }

    /// <summary>As a key of the configuration: the name that <c>decode</c> prints, the number where there is none.</summary>
    public string Key
    {
        get
        {
            string number = Code.ToString(CultureInfo.InvariantCulture);
            if (IsDhcp6) return "dhcp6." + (Dhcp6OptionTable.Of(Code) is { Source.Length: > 0 } known6 ? known6.Name : number);
            return Dhcp4OptionTable.Of((byte)Code) is { Source.Length: > 0 } known ? known.Name : number;
        }
    }

    /// <summary><c>dhcp6.</c> for the names of DHCPv6, nothing for those of DHCPv4.</summary>
    public const string Dhcp6Prefix = "dhcp6.";
}

/// <summary>
/// Option names as dhcp-options(5) has them, with those that a file defines itself (<c>option NAME code N = TYPE;</c>).
/// </summary>
internal sealed class IscOptionNames
{
    private readonly Dictionary<string, IscOption> _defined = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Names that a file defines: a definition comes before its use.</summary>
    public void Define(string name, IscOption option) => _defined[name] = option;

    /// <summary>The option of a name; null where it is not known. <c>unknown-224</c> and bare numbers are 224.</summary>
    public IscOption? Find(string name)
    {
        if (_defined.TryGetValue(name, out IscOption own)) return own;
        bool isDhcp6 = name.StartsWith(IscOption.Dhcp6Prefix, StringComparison.OrdinalIgnoreCase);
        string bare = isDhcp6 ? name[IscOption.Dhcp6Prefix.Length..] : name.StartsWith("dhcp.", StringComparison.OrdinalIgnoreCase) ? name[5..] : name;
        if (bare.StartsWith("unknown-", StringComparison.OrdinalIgnoreCase)) bare = bare["unknown-".Length..];
        // ISC's names have no case.
        string known = bare.ToLowerInvariant();
        ushort code = isDhcp6 ? Dhcp6OptionTable.Find(known)?.Code ?? 0 : Dhcp4OptionTable.Find(known)?.Code ?? 0;
        return code > 0 && (isDhcp6 || code < byte.MaxValue) ? new IscOption(code, isDhcp6) : null;
    }
}
