using System.Collections.Immutable;
using System.Globalization;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Capture;

/// <summary>A decoded packet for people: a head line, the header fields that say something, an option a line.</summary>
internal static class DecodedDhcp4Text
{
    private const int MaxHexLength = 3 * 64;

    public static void Write(TextWriter output, DecodedDhcp4 packet)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        output.WriteLine(string.Create(
            culture,
            $"{packet.Frame}  {packet.At}  {packet.Fields?.Name ?? "(too short)"}  {packet.Source}:{packet.SourcePort} > {packet.Destination}:{packet.DestinationPort}"));
        if (packet.SourceMac is { } source)
        {
            string vlan = packet.VlanId is { } id ? string.Create(culture, $" vlan {id}") : "";
            string destination = packet.DestinationMac is { } mac ? $" > {mac}" : "";
            output.WriteLine($"    ethernet {source}{destination}{vlan}");
        }
        if (packet.Fields is { } fields) WriteFields(output, fields);
        if (packet.Problem is { } problem) output.WriteLine($"    PROBLEM {problem}");
    }

    private static void WriteFields(TextWriter output, DecodedFields fields)
    {
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"    op {fields.Op} htype {fields.Htype} hlen {fields.Hlen} hops {fields.Hops} xid {fields.Xid:x8} secs {fields.Secs} flags 0x{fields.Flags:x4}{(fields.Broadcast ? " (broadcast)" : "")}"));
        output.WriteLine($"    ciaddr {fields.Ciaddr} yiaddr {fields.Yiaddr} siaddr {fields.Siaddr} giaddr {fields.Giaddr} chaddr {fields.Chaddr}");
        if (fields.Sname.Length > 0) output.WriteLine($"    sname {fields.Sname}");
        if (fields.File.Length > 0) output.WriteLine($"    file {fields.File}");
        foreach (Dhcp4Option option in fields.Options)
        {
            ReadOnlySpan<byte> data = option.Data.AsSpan();
            WriteOption(output, 1, option.Code, Dhcp4OptionTable.Of(option.Code).Name, Dhcp4OptionText.Format(option.Code, data), data);
            WriteInner(output, 2, Dhcp4SubOptions.Read(option.Code, data));
        }
    }

    private static void WriteInner(TextWriter output, int depth, ImmutableArray<SubOption> options)
    {
        foreach (SubOption option in options)
        {
            WriteOption(output, depth, option.Code, option.Name, option.Value, option.Data.AsSpan());
            WriteInner(output, depth + 1, option.Options);
        }
    }

    /// <summary>The value; where there is none, the octets, cut when they are many.</summary>
    private static void WriteOption(TextWriter output, int depth, uint code, string name, string? value, ReadOnlySpan<byte> data)
    {
        string shown = value ?? HexText.Colons(data);
        if (value is null && shown.Length > MaxHexLength) shown = shown[..(MaxHexLength - 1)] + "...";
        string line = string.Create(CultureInfo.InvariantCulture, $"option {code,3} {name,-28} {shown}");
        output.Write(new string(' ', 4 * depth));
        output.WriteLine(line.TrimEnd());
    }
}
