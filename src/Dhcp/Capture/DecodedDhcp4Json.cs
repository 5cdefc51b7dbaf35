using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Capture;

/// <summary>The JSON of a decoded packet. Fields are added, never renamed.</summary>
internal static class DecodedDhcp4Json
{
    public static void Write(Utf8JsonWriter json, DecodedDhcp4 packet)
    {
        json.WriteStartObject();
        json.WriteNumber("frame", packet.Frame);
        json.WriteString("at", packet.At.ToString());
        json.WriteString("protocol", "dhcpv4");
        json.WriteString("source", packet.Source.ToString());
        json.WriteString("destination", packet.Destination.ToString());
        json.WriteNumber("sourcePort", packet.SourcePort);
        json.WriteNumber("destinationPort", packet.DestinationPort);
        json.WriteString("sourceMac", packet.SourceMac?.ToString());
        json.WriteString("destinationMac", packet.DestinationMac?.ToString());
        if (packet.VlanId is { } vlan) json.WriteNumber("vlan", vlan);
        if (packet.Fields is { } fields) WriteFields(json, fields);
        else WriteNoFields(json);
        json.WriteString("problem", packet.Problem);
        json.WriteEndObject();
    }

    private static void WriteFields(Utf8JsonWriter json, DecodedFields fields)
    {
        json.WriteString("message", fields.Name);
        json.WriteString("xid", fields.Xid.ToString("x8", CultureInfo.InvariantCulture));
        json.WriteNumber("op", fields.Op);
        json.WriteNumber("htype", fields.Htype);
        json.WriteNumber("hlen", fields.Hlen);
        json.WriteNumber("hops", fields.Hops);
        json.WriteNumber("secs", fields.Secs);
        json.WriteNumber("flags", fields.Flags);
        json.WriteBoolean("broadcast", fields.Broadcast);
        json.WriteString("ciaddr", fields.Ciaddr.ToString());
        json.WriteString("yiaddr", fields.Yiaddr.ToString());
        json.WriteString("siaddr", fields.Siaddr.ToString());
        json.WriteString("giaddr", fields.Giaddr.ToString());
        json.WriteString("chaddr", fields.Chaddr);
        json.WriteString("sname", fields.Sname);
        json.WriteString("file", fields.File);
        json.WriteStartArray("options");
        foreach (Dhcp4Option option in fields.Options) WriteOption(json, option);
        json.WriteEndArray();
    }

    /// <summary>Every name is there in every object, also when the message is too short to have the field.</summary>
    private static void WriteNoFields(Utf8JsonWriter json)
    {
        foreach (string name in (ReadOnlySpan<string>)["message", "xid", "op", "htype", "hlen", "hops", "secs", "flags", "broadcast",
            "ciaddr", "yiaddr", "siaddr", "giaddr", "chaddr", "sname", "file"])
            json.WriteNull(name);
        json.WriteStartArray("options");
        json.WriteEndArray();
    }

    private static void WriteOption(Utf8JsonWriter json, Dhcp4Option option)
    {
        ReadOnlySpan<byte> data = option.Data.AsSpan();
        json.WriteStartObject();
        WriteOption(json, option.Code, Dhcp4OptionTable.Of(option.Code).Name, Dhcp4OptionText.Format(option.Code, data), data);
        WriteInner(json, Dhcp4SubOptions.Read(option.Code, data));
        json.WriteEndObject();
    }

    private static void WriteOption(Utf8JsonWriter json, uint code, string name, string? value, ReadOnlySpan<byte> data)
    {
        json.WriteNumber("code", code);
        json.WriteString("name", name);
        json.WriteString("value", value);
        json.WriteString("hex", HexText.Colons(data));
    }

    private static void WriteInner(Utf8JsonWriter json, ImmutableArray<SubOption> options)
    {
        if (options.IsEmpty) return;
        json.WriteStartArray("options");
        foreach (SubOption option in options)
        {
            json.WriteStartObject();
            WriteOption(json, option.Code, option.Name, option.Value, option.Data.AsSpan());
            WriteInner(json, option.Options);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
