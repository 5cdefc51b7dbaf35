using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Store;

/// <summary>Reads the format of <see cref="Dhcp4MemoryWriter"/>, which may have been damaged or made up.</summary>
internal static class Dhcp4MemoryReader
{
    // Instants are sums of a boot's age and a lease of at most 136 years: beyond this they are made up, and would
    // overflow where they are added.
    private const long MaxInstantTicks = 1L << 60;

    /// <summary>Reads a whole file; never throws.</summary>
    internal static Dhcp4MemoryDocument Read(ReadOnlyMemory<byte> file)
    {
        if (!IsIntact(file.Span)) return Damaged("does not match its checksum");
        try
        {
            using JsonDocument json = JsonDocument.Parse(file);
            return ReadMemory(json.RootElement);
        }
        catch (Exception error) when (error is JsonException or FormatException or InvalidOperationException)
        {
            // InvalidOperationException: a string with an escaped half of a surrogate pair.
            return Damaged("is not a lease file: " + error.Message);
        }
    }

    private static bool IsIntact(ReadOnlySpan<byte> file)
    {
        ReadOnlySpan<byte> head = Dhcp4MemoryWriter.Head;
        ReadOnlySpan<byte> neck = Dhcp4MemoryWriter.Neck;
        int covered = head.Length + Dhcp4MemoryWriter.ChecksumDigits + neck.Length;
        if (file.Length < covered || !file.StartsWith(head) || !file[..covered].EndsWith(neck)) return false;
        Span<byte> hash = stackalloc byte[Sha256.Length];
        Span<byte> stored = stackalloc byte[Sha256.Length];
        Sha256.Hash(file[covered..], hash);
        return Convert.FromHexString(file.Slice(head.Length, Dhcp4MemoryWriter.ChecksumDigits), stored, out _, out _) == OperationStatus.Done
            && hash.SequenceEqual(stored);
    }

    private static Dhcp4MemoryDocument ReadMemory(JsonElement root)
    {
        int version = (int)Integer(root, "version", 0, int.MaxValue);
        if (version > Dhcp4MemoryWriter.Version) return new Dhcp4MemoryDocument { NewerVersion = version };
        if (version < Dhcp4MemoryWriter.Version) return Damaged(FormattableString.Invariant($"is of format {version}, which no release wrote"));

        var leases = ImmutableArray.CreateBuilder<Dhcp4Lease>();
        var refused = ImmutableArray.CreateBuilder<string>();
        foreach (JsonElement element in Array(root, "leases", Dhcp4Memory.MaxLeases))
        {
            if (ReadAck(Member(element, "ack"), out Dhcp4DropReason reason) is { } ack) leases.Add(ReadLease(element, ack));
            else refused.Add($"a stored lease is not used, as a DHCPACK like it would not be: {reason}");
        }
        return new Dhcp4MemoryDocument
        {
            Memory = new Dhcp4Memory(leases.DrainToImmutable(), OptionalAddress(root, "lastAddress")),
            SavedAt = new StoreClock(Time(root, "savedAtBoottime"), WallClock(root, "savedAt"), Text(root, "bootId")),
            Refused = refused.DrainToImmutable(),
        };
    }

    private static Dhcp4Lease ReadLease(JsonElement lease, Dhcp4Reply ack) => new()
    {
        Ack = ack,
        ClientIdentifier = Dhcp4ClientIdentifier.TryParse(Text(lease, "clientId"), out ImmutableArray<byte> identifier)
            ? identifier
            : throw new FormatException("clientId"),
        Chaddr = Mac(Text(lease, "chaddr")),
        KeyedByChaddr = Flag(lease, "keyedByChaddr"),
        RenewWithLeaseChaddr = Flag(lease, "renewWithLeaseChaddr"),
        DepartedChaddrTried = Flag(lease, "departedChaddrTried"),
        ExpiryUnknown = Flag(lease, "expiryUnknown"),
        ObtainedAt = Time(lease, "obtainedAtBoottime"),
        RenewAt = Time(lease, "renewAtBoottime"),
        RebindAt = Time(lease, "rebindAtBoottime"),
        ExpiresAt = Time(lease, "expiresAtBoottime"),
        GatewayMac = lease.TryGetProperty("gatewayMac", out JsonElement mac) ? Mac(TextOf(mac, "gatewayMac")) : null,
        KnownServers = [.. Array(lease, "knownServers", Dhcp4Lease.MaxKnownServers).Select(server => Address(TextOf(server, "knownServers")))],
    };

    private static Dhcp4Reply? ReadAck(JsonElement ack, out Dhcp4DropReason reason)
    {
        var message = new StoredAckMessage(
            (uint)Integer(ack, "xid", 0, uint.MaxValue), Mac(Text(ack, "chaddr")),
            Address(Text(ack, "yiaddr")), Address(Text(ack, "siaddr")), Address(Text(ack, "giaddr")));
        foreach (JsonElement option in Array(ack, "options", byte.MaxValue))
        {
            byte code = (byte)Integer(option, "code", 1, 254);
            if (!HexText.TryParse(Text(option, "hex"), out byte[]? data)) throw new FormatException("hex");
            message.Add(code, data);
        }
        return message.Read(out reason);
    }

    private static JsonElement Member(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out JsonElement value) ? value : throw new FormatException(name);

    private static string Text(JsonElement parent, string name) => TextOf(Member(parent, name), name);

    private static string TextOf(JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : throw new FormatException(name);

    private static bool Flag(JsonElement parent, string name) => Member(parent, name).ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw new FormatException(name),
    };

    private static long Integer(JsonElement parent, string name, long min, long max) =>
        Member(parent, name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out long number) && number >= min && number <= max
            ? number
            : throw new FormatException(name);

    private static JsonElement.ArrayEnumerator Array(JsonElement parent, string name, int max) =>
        Member(parent, name) is { ValueKind: JsonValueKind.Array } value && value.GetArrayLength() <= max
            ? value.EnumerateArray()
            : throw new FormatException(name);

    private static Instant Time(JsonElement parent, string name) =>
        Member(parent, name).ValueKind == JsonValueKind.Null ? Instant.Never : new Instant(Integer(parent, name, -MaxInstantTicks, MaxInstantTicks));

    private static DateTimeOffset WallClock(JsonElement parent, string name) => DateTimeOffset.ParseExact(
        Text(parent, name), Dhcp4MemoryWriter.TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    private static Ipv4Address? OptionalAddress(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out JsonElement value) ? Address(TextOf(value, name)) : null;

    private static Ipv4Address Address(string text) =>
        Ipv4Address.TryParse(text, out Ipv4Address address) ? address : throw new FormatException("address");

    private static MacAddress Mac(string text) => MacAddress.Parse(text);

    private static Dhcp4MemoryDocument Damaged(string problem) => new() { Problem = problem };
}
