using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using BondDhcp.Net;

namespace BondDhcp.Bond.Plan;

/// <summary>The type of a bonding option's netlink attribute.</summary>
public enum BondOptionType
{
    /// <summary>Eight bits.</summary>
    Byte,
    /// <summary>Sixteen bits.</summary>
    UInt16,
    /// <summary>Thirty-two bits.</summary>
    UInt32,
    /// <summary>A hardware address of six octets.</summary>
    Mac,
    /// <summary>A list of IPv4 addresses.</summary>
    Ipv4List,
    /// <summary>A list of IPv6 addresses.</summary>
    Ipv6List,
}

/// <summary>One option of the bonding driver.</summary>
/// <param name="Name">Its name in sysfs and in <c>modinfo bonding</c>.</param>
/// <param name="Attribute">Its netlink attribute.</param>
/// <param name="Type">The attribute's type.</param>
public sealed record BondOption(string Name, ushort Attribute, BondOptionType Type)
{
    /// <summary>Its words, where it has any, by their numbers: the first is 0.</summary>
    public ImmutableArray<string> Words { get; init; } = [];

    /// <summary>The smallest number.</summary>
    public long Min { get; init; }

    /// <summary>The largest number.</summary>
    public long Max { get; init; } = int.MaxValue;

    /// <summary>The number the driver begins with, which a list's is not; null where it cannot be set again.</summary>
    public long? Default { get; init; } = 0;

    /// <summary>Bit N: the driver takes it in mode N.</summary>
    public int Modes { get; init; } = BondMode.All;

    /// <summary>The driver refuses it while the bond has slaves.</summary>
    public bool NeedsNoSlaves { get; init; }

    /// <summary>The driver refuses it while the bond is up.</summary>
    public bool NeedsBondDown { get; init; }

    /// <summary>Milliseconds that the driver keeps as a number of miimon intervals, rounded down.</summary>
    public bool IsInMiimonTicks { get; init; }

    /// <summary>Greatest number of addresses in a list: BOND_MAX_ARP_TARGETS and BOND_MAX_NS_TARGETS.</summary>
    public const int MaxTargets = 16;

    /// <summary>A list of addresses.</summary>
    public bool IsList => Type is BondOptionType.Ipv4List or BondOptionType.Ipv6List;

    /// <summary>The driver takes it in this mode.</summary>
    public bool IsKnownIn(long mode) => (Modes >> (int)mode & 1) != 0;

    /// <summary>Reads a value as it is written in a configuration; <paramref name="why"/> says what would be right.</summary>
    /// <param name="text">A word, a number, a hardware address, or addresses separated by commas.</param>
    /// <param name="setting">The value.</param>
    /// <param name="why">What the value must be; empty when it is.</param>
    public bool TryParse(string text, out BondSetting setting, out string why)
    {
        setting = new BondSetting(this, 0, "");
        why = "";
        if (IsList) return TryParseTargets(text, out setting, out why);
        if (Type == BondOptionType.Mac)
        {
            if (MacAddress.TryParse(text, out MacAddress mac) && mac.IsUnicast)
            {
                setting = new BondSetting(this, (long)mac.Value, "");
                return true;
            }
            why = "must be the hardware address of one station, such as \"02:00:00:00:00:01\"";
            return false;
        }
        if (Words.IndexOf(text) is >= 0 and int number)
        {
            setting = new BondSetting(this, number, "");
            return true;
        }
        bool isNumber = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value);
        if (isNumber && (Words.IsEmpty ? value >= Min && value <= Max : value < Words.Length))
        {
            setting = new BondSetting(this, value, "");
            return true;
        }
        why = Words.IsEmpty
            ? FormattableString.Invariant($"must be a number from {Min} to {Max}")
            : "must be one of " + string.Join(", ", Words.Select(word => $"\"{word}\""));
        return false;
    }

    /// <summary>The value as people write it: the word where it has one.</summary>
    internal string Describe(long number, string targets)
    {
        if (IsList) return targets;
        if (Type == BondOptionType.Mac) return new MacAddress((ulong)number).ToString();
        if (number >= 0 && number < Words.Length) return Words[(int)number];
        return number.ToString(CultureInfo.InvariantCulture);
    }

    private bool TryParseTargets(string text, out BondSetting setting, out string why)
    {
        AddressFamily family = Type == BondOptionType.Ipv4List ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
        List<string> targets = [];
        setting = new BondSetting(this, 0, "");
        why = "";
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            bool dotted = part.Contains(':', StringComparison.Ordinal) || Ipv4Address.TryParse(part, out _);
            if (!dotted || part.Contains('%', StringComparison.Ordinal) || !IPAddress.TryParse(part, out IPAddress? address) || address.AddressFamily != family)
            {
                why = $"'{part}' is not an {(family == AddressFamily.InterNetwork ? "IPv4" : "IPv6")} address";
                return false;
            }
            targets.Add(address.ToString());
        }
        if (targets.Count is 0 or > MaxTargets)
        {
            why = FormattableString.Invariant($"must have 1 to {MaxTargets} addresses");
            return false;
        }
        setting = new BondSetting(this, 0, string.Join(',', targets));
        return true;
    }
}

/// <summary>An option with a value.</summary>
/// <param name="Option">The option.</param>
/// <param name="Number">Its value; for a hardware address the low 48 bits.</param>
/// <param name="Targets">For a list, its addresses separated by commas; otherwise empty.</param>
public readonly record struct BondSetting(BondOption Option, long Number, string Targets)
{
    /// <summary>The value as people write it.</summary>
    public string Text => Option.Describe(Number, Targets);

    /// <summary><c>miimon 100</c>.</summary>
    public override string ToString() => $"{Option.Name} {Text}";
}

/// <summary>The driver's modes by number.</summary>
public static class BondMode
{
    /// <summary>balance-rr.</summary>
    public const int RoundRobin = 0;
    /// <summary>active-backup.</summary>
    public const int ActiveBackup = 1;
    /// <summary>balance-xor.</summary>
    public const int Xor = 2;
    /// <summary>broadcast.</summary>
    public const int Broadcast = 3;
    /// <summary>802.3ad.</summary>
    public const int Lacp = 4;
    /// <summary>balance-tlb.</summary>
    public const int Tlb = 5;
    /// <summary>balance-alb.</summary>
    public const int Alb = 6;

    internal const int All = 0x7f;

    internal static int Only(params ReadOnlySpan<int> modes)
    {
        int mask = 0;
        foreach (int mode in modes) mask |= 1 << mode;
        return mask;
    }
}
