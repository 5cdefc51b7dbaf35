using System.Text.Json;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Store;

/// <summary>Writes the format of DHCPv4 leases.</summary>
internal static class Dhcp4MemoryWriter
{
    /// <summary>The format written here.</summary>
    internal const int Version = 1;

    /// <summary>The whole file.</summary>
    internal static byte[] Write(Dhcp4Memory memory, StoreClock clock) => StoreEnvelope.Write(json => WriteMemory(json, memory, clock));

    private static void WriteMemory(Utf8JsonWriter json, Dhcp4Memory memory, StoreClock clock)
    {
        json.WriteStartObject();
        StoredJson.WriteHead(json, Version, clock);
        if (memory.LastAddress is { } last) json.WriteString("lastAddress", last.ToString());
        json.WriteStartArray("leases");
        foreach (Dhcp4Lease lease in memory.Leases) WriteLease(json, lease);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteLease(Utf8JsonWriter json, Dhcp4Lease lease)
    {
        json.WriteStartObject();
        json.WriteString("clientId", HexText.Colons(lease.ClientIdentifier.AsSpan()));
        json.WriteString("chaddr", lease.Chaddr.ToString());
        json.WriteBoolean("keyedByChaddr", lease.KeyedByChaddr);
        json.WriteBoolean("renewWithLeaseChaddr", lease.RenewWithLeaseChaddr);
        json.WriteBoolean("departedChaddrTried", lease.DepartedChaddrTried);
        json.WriteBoolean("expiryUnknown", lease.ExpiryUnknown);
        StoredJson.WriteInstant(json, "obtainedAtBoottime", lease.ObtainedAt);
        StoredJson.WriteInstant(json, "renewAtBoottime", lease.RenewAt);
        StoredJson.WriteInstant(json, "rebindAtBoottime", lease.RebindAt);
        StoredJson.WriteInstant(json, "expiresAtBoottime", lease.ExpiresAt);
        if (lease.GatewayMac is { } gateway) json.WriteString("gatewayMac", gateway.ToString());
        json.WriteStartArray("knownServers");
        foreach (Ipv4Address server in lease.KnownServers) json.WriteStringValue(server.ToString());
        json.WriteEndArray();
        WriteAck(json, lease.Ack);
        json.WriteEndObject();
    }

    // The message, not what was made of it: it is validated anew when it is read.
    private static void WriteAck(Utf8JsonWriter json, Dhcp4Reply ack)
    {
        json.WriteStartObject("ack");
        json.WriteNumber("xid", ack.Xid);
        json.WriteString("chaddr", ack.Chaddr.ToString());
        json.WriteString("yiaddr", ack.Yiaddr.ToString());
        json.WriteString("siaddr", ack.Siaddr.ToString());
        json.WriteString("giaddr", ack.Giaddr.ToString());
        json.WriteStartArray("options");
        foreach (Dhcp4Option option in ack.Options) StoredJson.WriteOption(json, option.Code, option.Data);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
