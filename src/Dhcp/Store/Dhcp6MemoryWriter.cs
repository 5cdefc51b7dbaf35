using System.Text.Json;
using BondDhcp.Dhcp.Client6;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Store;

/// <summary>Writes the leases of DHCPv6 in the store's format.</summary>
internal static class Dhcp6MemoryWriter
{
    /// <summary>The format written here.</summary>
    internal const int Version = 1;

    /// <summary>The whole file.</summary>
    internal static byte[] Write(Dhcp6Memory memory, StoreClock clock) => StoreEnvelope.Write(json =>
    {
        json.WriteStartObject();
        json.WriteNumber("version", Version);
        StoreJson.WriteClock(json, clock);
        json.WriteStartArray("leases");
        foreach (Dhcp6Lease lease in memory.Leases) WriteLease(json, lease);
        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static void WriteLease(Utf8JsonWriter json, Dhcp6Lease lease)
    {
        json.WriteStartObject();
        json.WriteString("duid", HexText.Colons(lease.ClientIdentifier.Octets));
        json.WriteNumber("iaid", lease.Iaid.Value);
        json.WriteBoolean("expiryUnknown", lease.ExpiryUnknown);
        StoreJson.WriteInstant(json, "obtainedAtBoottime", lease.ObtainedAt);
        if (lease.GatewayMac is { } gateway) json.WriteString("gatewayMac", gateway.ToString());
        WriteTimes(json, "addressTimes", lease.AddressTimes);
        json.WriteStartArray("addresses");
        foreach (Dhcp6LeasedAddress leased in lease.Addresses)
        {
            json.WriteStartObject();
            json.WriteString("address", leased.Address.ToString());
            WriteLifetimes(json, leased.PreferredUntil, leased.ValidUntil);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        WriteTimes(json, "prefixTimes", lease.PrefixTimes);
        json.WriteStartArray("prefixes");
        foreach (Dhcp6LeasedPrefix leased in lease.Prefixes)
        {
            json.WriteStartObject();
            json.WriteString("prefix", leased.Prefix.ToString());
            if (leased.Excluded is { } excluded) json.WriteString("excluded", excluded.ToString());
            WriteLifetimes(json, leased.PreferredUntil, leased.ValidUntil);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        WriteReply(json, lease.Reply);
        json.WriteEndObject();
    }

    private static void WriteTimes(Utf8JsonWriter json, string name, Dhcp6IaTimes times)
    {
        json.WriteStartObject(name);
        StoreJson.WriteInstant(json, "renewAtBoottime", times.RenewAt);
        StoreJson.WriteInstant(json, "rebindAtBoottime", times.RebindAt);
        json.WriteEndObject();
    }

    private static void WriteLifetimes(Utf8JsonWriter json, Instant preferred, Instant valid)
    {
        StoreJson.WriteInstant(json, "preferredUntilBoottime", preferred);
        StoreJson.WriteInstant(json, "validUntilBoottime", valid);
    }

    // The message, not what was made of it: it is validated anew when it is read.
    private static void WriteReply(Utf8JsonWriter json, Dhcp6Reply reply)
    {
        json.WriteStartObject("reply");
        json.WriteNumber("xid", reply.Xid);
        json.WriteStartArray("options");
        foreach (Dhcp6Option option in reply.Options) StoreJson.WriteOption(json, option.Code, option.Data.AsSpan());
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
