using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Store;

/// <summary>
/// Writes the store's format: JSON whose first line holds the SHA-256 of all octets after it, so that the envelope is
/// the same in every version and nothing has to be parsed to see damage.
/// </summary>
internal static class Dhcp4MemoryWriter
{
    /// <summary>The format written here.</summary>
    internal const int Version = 1;

    /// <summary>What stands before the checksum.</summary>
    internal static ReadOnlySpan<byte> Head => "{\"sha256\":\""u8;

    /// <summary>What stands after the checksum; what it covers follows.</summary>
    internal static ReadOnlySpan<byte> Neck => "\",\n"u8;

    /// <summary>Hexadecimal digits of the checksum.</summary>
    internal const int ChecksumDigits = 2 * Sha256.Length;

    /// <summary>How the time of saving is written: UTC, to 100 ns.</summary>
    internal const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'";

    /// <summary>The whole file.</summary>
    internal static byte[] Write(Dhcp4Memory memory, StoreClock clock)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
            WriteMemory(json, memory, clock);
        // The writer's own brace makes way for the envelope's.
        ReadOnlySpan<byte> body = buffer.WrittenSpan[1..].TrimStart((byte)'\n');

        Span<byte> hash = stackalloc byte[Sha256.Length];
        byte[] file = new byte[Head.Length + ChecksumDigits + Neck.Length + body.Length + 1];
        Span<byte> covered = file.AsSpan(Head.Length + ChecksumDigits + Neck.Length);
        body.CopyTo(covered);
        covered[^1] = (byte)'\n';
        Sha256.Hash(covered, hash);
        Head.CopyTo(file);
        Encoding.ASCII.GetBytes(Convert.ToHexStringLower(hash), file.AsSpan(Head.Length));
        Neck.CopyTo(file.AsSpan(Head.Length + ChecksumDigits));
        return file;
    }

    private static void WriteMemory(Utf8JsonWriter json, Dhcp4Memory memory, StoreClock clock)
    {
        json.WriteStartObject();
        json.WriteNumber("version", Version);
        json.WriteString("savedAt", clock.WallClock.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture));
        json.WriteNumber("savedAtBoottime", clock.Now.Ticks);
        json.WriteString("bootId", clock.BootId);
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
        WriteInstant(json, "obtainedAtBoottime", lease.ObtainedAt);
        WriteInstant(json, "renewAtBoottime", lease.RenewAt);
        WriteInstant(json, "rebindAtBoottime", lease.RebindAt);
        WriteInstant(json, "expiresAtBoottime", lease.ExpiresAt);
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
        foreach (Dhcp4Option option in ack.Options) WriteOption(json, option.Code, option.Data);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteOption(Utf8JsonWriter json, byte code, ImmutableArray<byte> data)
    {
        json.WriteStartObject();
        json.WriteNumber("code", code);
        json.WriteString("hex", Convert.ToHexStringLower(data.AsSpan()));
        json.WriteEndObject();
    }

    private static void WriteInstant(Utf8JsonWriter json, string name, Instant instant)
    {
        if (instant.IsNever) json.WriteNull(name);
        else json.WriteNumber(name, instant.Ticks);
    }
}
