using System.Globalization;
using System.Text.Json;
using BondDhcp.Dhcp.Wire;

namespace BondDhcp.Dhcp.Capture;

/// <summary>The JSON of a DHCPv4 message.</summary>
internal static class DecodedDhcp4Json
{
    public static void WriteFields(Utf8JsonWriter json, DecodedDhcp4 packet)
    {
        if (packet.Fields is { } fields) WriteFields(json, fields);
        else WriteNoFields(json);
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
        foreach (Dhcp4Option option in fields.Options)
        {
            ReadOnlySpan<byte> data = option.Data.AsSpan();
            string name = Dhcp4OptionTable.Of(option.Code).Name;
            DecodedPacketJson.WriteOption(
                json, option.Code, name, Dhcp4OptionText.Format(option.Code, data), data, Dhcp4SubOptions.Read(option.Code, data));
        }
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
}
