using System.Collections.Immutable;
using System.Globalization;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Capture;

/// <summary>A decoded packet for people: a head line, the message, and what is wrong.</summary>
internal static class DecodedPacketText
{
    private const int MaxHexLength = 3 * 64;

    public static void Write(TextWriter output, DecodedPacket packet)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        // Brackets as in RFC 5952 section 6: an IPv6 address and a port have the colon in common.
        (string? name, string source, string destination) = packet switch
        {
            DecodedDhcp4 v4 => (v4.Fields?.Name, v4.Source.ToString(), v4.Destination.ToString()),
            DecodedDhcp6 v6 => (v6.Message?.Name, $"[{v6.Source}]", $"[{v6.Destination}]"),
            _ => throw new ArgumentOutOfRangeException(nameof(packet)),
        };
        output.WriteLine(string.Create(
            culture,
            $"{packet.Frame}  {packet.At}  {name ?? "(too short)"}  {source}:{packet.SourcePort} > {destination}:{packet.DestinationPort}"));
        if (packet.SourceMac is { } sourceMac)
        {
            string vlan = packet.VlanId is { } id ? string.Create(culture, $" vlan {id}") : "";
            string destinationMac = packet.DestinationMac is { } mac ? $" > {mac}" : "";
            output.WriteLine($"    ethernet {sourceMac}{destinationMac}{vlan}");
        }
        if (packet is DecodedDhcp4 { Fields: { } fields }) DecodedDhcp4Text.WriteFields(output, fields);
        if (packet is DecodedDhcp6 { Message: { } message }) DecodedDhcp6Text.WriteFields(output, message);
        if (packet.Problem is { } problem) output.WriteLine($"    PROBLEM {problem}");
    }

    /// <summary>The value; where there is none, the octets, cut when they are many. Then what is inside.</summary>
    public static void WriteOption(
        TextWriter output, int depth, uint code, string name, string? value, ReadOnlySpan<byte> data, ImmutableArray<SubOption> inner)
    {
        string shown = value ?? HexText.Colons(data);
        if (value is null && shown.Length > MaxHexLength) shown = shown[..(MaxHexLength - 1)] + "...";
        string line = string.Create(CultureInfo.InvariantCulture, $"option {code,3} {name,-28} {shown}");
        output.Write(new string(' ', 4 * depth));
        output.WriteLine(line.TrimEnd());
        foreach (SubOption option in inner) WriteOption(output, depth + 1, option.Code, option.Name, option.Value, option.Data.AsSpan(), option.Options);
    }
}
