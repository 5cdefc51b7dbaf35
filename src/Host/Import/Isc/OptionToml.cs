using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Host.Import.Isc;

/// <summary>Options with their values as the configuration's tables <c>send</c>, <c>supersede</c> and the like have them.</summary>
internal static class OptionToml
{
    /// <summary>A value of the option's kind where its octets are one, else <c>"hex:.."</c>.</summary>
    public static string Value(IscOption option, ImmutableArray<byte> data)
    {
        ReadOnlySpan<byte> octets = data.AsSpan();
        string? value = option.IsDhcp6 ? Value6(option.Code, octets) : Value4((byte)option.Code, octets);
        return value ?? TomlText.Quote("hex:" + HexText.Colons(octets));
    }

    private static string? Value4(byte code, ReadOnlySpan<byte> octets)
    {
        Dhcp4OptionInfo option = Dhcp4OptionTable.Of(code);
        if (!option.Length.Allows(octets.Length)) return null;
        return option.Kind switch
        {
            Dhcp4OptionKind.Boolean => octets[0] switch { 0 => "false", 1 => "true", _ => null },
            Dhcp4OptionKind.Byte => Number(octets[0]),
            Dhcp4OptionKind.UInt16 => Number(BinaryPrimitives.ReadUInt16BigEndian(octets)),
            Dhcp4OptionKind.Int32 => Number(BinaryPrimitives.ReadInt32BigEndian(octets)),
            Dhcp4OptionKind.Seconds => Number(BinaryPrimitives.ReadUInt32BigEndian(octets)),
            Dhcp4OptionKind.Address => TomlText.Quote(Ipv4Address.FromBytes(octets).ToString()),
            Dhcp4OptionKind.AddressList => Addresses(octets),
            Dhcp4OptionKind.Text => Text(octets),
            Dhcp4OptionKind.NameList => DomainNames.TryReadUncompressedList(octets, out ImmutableArray<string> names) ? Strings(names) : null,
            Dhcp4OptionKind.ClasslessRoutes => Routes(code, octets),
            _ => null,
        };
    }

    private static string? Value6(ushort code, ReadOnlySpan<byte> octets)
    {
        Dhcp6OptionInfo option = Dhcp6OptionTable.Of(code);
        if (!option.Length.Allows(octets.Length)) return null;
        switch (option.Kind)
        {
            case Dhcp6OptionKind.Byte: return Number(octets[0]);
            case Dhcp6OptionKind.UInt16: return Number(BinaryPrimitives.ReadUInt16BigEndian(octets));
            case Dhcp6OptionKind.Seconds: return Number(BinaryPrimitives.ReadUInt32BigEndian(octets));
            case Dhcp6OptionKind.Text: return Text(octets);
            case Dhcp6OptionKind.NameList: return DomainNames.TryReadUncompressedList(octets, out ImmutableArray<string> names) ? Strings(names) : null;
            case Dhcp6OptionKind.Name: return DomainNames.TryReadUncompressed(octets, out string name) ? TomlText.Quote(name) : null;
            case Dhcp6OptionKind.Address: return TomlText.Quote(Ipv6Address.FromBytes(octets).ToString());
            case Dhcp6OptionKind.AddressList:
                List<string> addresses = [];
                for (; !octets.IsEmpty; octets = octets[Ipv6Address.Length..]) addresses.Add(Ipv6Address.FromBytes(octets[..Ipv6Address.Length]).ToString());
                return Strings(addresses);
            default: return null;
        }
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Strings(IEnumerable<string> items) => TomlText.Array(items.Select(TomlText.Quote));

    private static string Addresses(ReadOnlySpan<byte> octets)
    {
        List<string> addresses = [];
        for (; !octets.IsEmpty; octets = octets[Ipv4Address.Length..]) addresses.Add(Ipv4Address.FromBytes(octets[..Ipv4Address.Length]).ToString());
        return Strings(addresses);
    }

    // Plain words alone: what is anything else keeps its octets, and so does what would be read as such.
    private static string? Text(ReadOnlySpan<byte> octets) =>
        octets.ContainsAnyExceptInRange((byte)0x20, (byte)0x7e) || octets.StartsWith("hex:"u8) ? null : TomlText.Quote(Encoding.ASCII.GetString(octets));

    private static string? Routes(byte code, ReadOnlySpan<byte> octets) =>
        Dhcp4OptionText.Format(code, octets) is { } text
            ? Strings(text.Split(", ").Select(route => route.Replace(" on-link", "", StringComparison.Ordinal)))
            : null;
}
