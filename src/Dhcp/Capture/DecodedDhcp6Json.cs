using System.Globalization;
using System.Text.Json;
using BondDhcp.Dhcp.Wire;

namespace BondDhcp.Dhcp.Capture;

/// <summary>The JSON of a DHCPv6 message. Every name is there in every object; a relay agent's message has no xid of its own.</summary>
internal static class DecodedDhcp6Json
{
    public static void WriteFields(Utf8JsonWriter json, DecodedDhcp6 packet)
    {
        DecodedDhcp6Message? message = packet.Message;
        json.WriteString("message", message?.Name);
        json.WriteString("xid", message?.Xid?.ToString("x6", CultureInfo.InvariantCulture));
        if (message?.HopCount is { } hops) json.WriteNumber("hopCount", hops);
        else json.WriteNull("hopCount");
        json.WriteString("linkAddress", message?.LinkAddress?.ToString());
        json.WriteString("peerAddress", message?.PeerAddress?.ToString());
        json.WriteStartArray("options");
        foreach (Dhcp6Option option in message?.Options ?? [])
        {
            ReadOnlySpan<byte> data = option.Data.AsSpan();
            string name = Dhcp6OptionTable.Of(option.Code).Name;
            DecodedPacketJson.WriteOption(
                json, option.Code, name, Dhcp6OptionText.Format(option.Code, data), data, Dhcp6SubOptions.Read(option.Code, data));
        }
        json.WriteEndArray();
    }
}
