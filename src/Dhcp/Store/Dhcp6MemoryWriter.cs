using System.Text.Json;
using BondDhcp.Dhcp.Client6;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Store;

/// <summary>Writes the format of DHCPv6 leases.</summary>
internal static class Dhcp6MemoryWriter
{
    /// <summary>The format written here.</summary>
    internal const int Version = 1;

    /// <summary>The whole file.</summary>
    internal static byte[] Write(Dhcp6Memory memory, StoreClock clock) => StoreEnvelope.Write(json =>
    {
        json.WriteStartObject();
        StoredJson.WriteHead(json, Version, clock);
        json.WriteStartArray("leases");
        foreach (Dhcp6Lease lease in memory.Leases) WriteLease(json, lease);
        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static void WriteLease(Utf8JsonWriter json, Dhcp6Lease lease)
    {
        json.WriteStartObject();
        json.WriteString("duid", lease.ClientIdentifier.ToString());
        json.WriteNumber("iaid", lease.Iaid.Value);
        json.WriteBoolean("expiryUnknown", lease.ExpiryUnknown);
        StoredJson.WriteInstant(json, "obtainedAtBoottime", lease.ObtainedAt);
        if (lease.GatewayMac is { } gateway) json.WriteString("gatewayMac", gateway.ToString());
        WriteTimes(json, "addressTimes", lease.AddressTimes);
        json.WriteStartArray("addresses");
        foreach (Dhcp6LeasedAddress address in lease.Addresses)
        {
            json.WriteStartObject();
            json.WriteString("address", address.Address.ToString());
            WriteLifetimes(json, address.PreferredUntil, address.ValidUntil);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        WriteTimes(json, "prefixTimes", lease.PrefixTimes);
        json.WriteStartArray("prefixes");
        foreach (Dhcp6LeasedPrefix prefix in lease.Prefixes)
        {
            json.WriteStartObject();
            json.WriteString("prefix", prefix.Prefix.ToString());
            if (prefix.Excluded is { } excluded) json.WriteString("excluded", excluded.ToString());
            WriteLifetimes(json, prefix.PreferredUntil, prefix.ValidUntil);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        WriteReply(json, lease.Reply);
        json.WriteEndObject();
    }

    private static void WriteTimes(Utf8JsonWriter json, string name, Dhcp6IaTimes times)
    {
        json.WriteStartObject(name);
        StoredJson.WriteInstant(json, "renewAtBoottime", times.RenewAt);
        StoredJson.WriteInstant(json, "rebindAtBoottime", times.RebindAt);
        json.WriteEndObject();
    }

    private static void WriteLifetimes(Utf8JsonWriter json, Instant preferredUntil, Instant validUntil)
    {
        StoredJson.WriteInstant(json, "preferredUntilBoottime", preferredUntil);
        StoredJson.WriteInstant(json, "validUntilBoottime", validUntil);
    }

    // The message, not what was made of it: it is validated anew when it is read.
    private static void WriteReply(Utf8JsonWriter json, Dhcp6Reply reply)
    {
        json.WriteStartObject("reply");
        json.WriteNumber("xid", reply.Xid);
        json.WriteStartArray("options");
        foreach (Dhcp6Option option in reply.Options) StoredJson.WriteOption(json, option.Code, option.Data);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
