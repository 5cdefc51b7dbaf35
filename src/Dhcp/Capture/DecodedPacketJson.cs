using System.Collections.Immutable;
using System.Text.Json;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Capture;

/// <summary>The JSON of a decoded packet. Fields are added, never renamed.</summary>
internal static class DecodedPacketJson
{
    public static void Write(Utf8JsonWriter json, DecodedPacket packet)
    {
        (string protocol, string source, string destination) = packet switch
        {
            DecodedDhcp4 v4 => ("dhcpv4", v4.Source.ToString(), v4.Destination.ToString()),
            DecodedDhcp6 v6 => ("dhcpv6", v6.Source.ToString(), v6.Destination.ToString()),
            _ => throw new ArgumentOutOfRangeException(nameof(packet)),
        };
        json.WriteStartObject();
        json.WriteNumber("frame", packet.Frame);
        json.WriteString("at", packet.At.ToString());
        json.WriteString("protocol", protocol);
        json.WriteString("source", source);
        json.WriteString("destination", destination);
        json.WriteNumber("sourcePort", packet.SourcePort);
        json.WriteNumber("destinationPort", packet.DestinationPort);
        json.WriteString("sourceMac", packet.SourceMac?.ToString());
        json.WriteString("destinationMac", packet.DestinationMac?.ToString());
        if (packet.VlanId is { } vlan) json.WriteNumber("vlan", vlan);
        if (packet is DecodedDhcp4 dhcp4) DecodedDhcp4Json.WriteFields(json, dhcp4);
        else if (packet is DecodedDhcp6 dhcp6) DecodedDhcp6Json.WriteFields(json, dhcp6);
        json.WriteString("problem", packet.Problem);
        json.WriteEndObject();
    }

    /// <summary>An option, and what is inside it.</summary>
    public static void WriteOption(
        Utf8JsonWriter json, uint code, string name, string? value, ReadOnlySpan<byte> data, ImmutableArray<SubOption> inner)
    {
        json.WriteStartObject();
        json.WriteNumber("code", code);
        json.WriteString("name", name);
        json.WriteString("value", value);
        json.WriteString("hex", HexText.Colons(data));
        if (!inner.IsEmpty)
        {
            json.WriteStartArray("options");
            foreach (SubOption option in inner) WriteOption(json, option.Code, option.Name, option.Value, option.Data.AsSpan(), option.Options);
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }
}
