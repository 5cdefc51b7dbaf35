using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Store;

/// <summary>The values of lease files: written in one way, and read with a <see cref="FormatException"/> that names what is wrong.</summary>
internal static class StoredJson
{
    // Instants are sums of a boot's age and a lease of at most 136 years: beyond this they are made up, and would
    // overflow where they are added.
    private const long MaxInstantTicks = 1L << 60;

    /// <summary>How the time of saving is written: UTC, to 100 ns.</summary>
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'";

    internal static void WriteHead(Utf8JsonWriter json, int version, StoreClock clock)
    {
        json.WriteNumber("version", version);
        json.WriteString("savedAt", clock.WallClock.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture));
        json.WriteNumber("savedAtBoottime", clock.Now.Ticks);
        json.WriteString("bootId", clock.BootId);
    }

    internal static void WriteInstant(Utf8JsonWriter json, string name, Instant instant)
    {
        if (instant.IsNever) json.WriteNull(name);
        else json.WriteNumber(name, instant.Ticks);
    }

    internal static void WriteOption(Utf8JsonWriter json, int code, ImmutableArray<byte> data)
    {
        json.WriteStartObject();
        json.WriteNumber("code", code);
        json.WriteString("hex", Convert.ToHexStringLower(data.AsSpan()));
        json.WriteEndObject();
    }

    internal static StoreClock Clock(JsonElement root) =>
        new(Time(root, "savedAtBoottime"), WallClock(root, "savedAt"), Text(root, "bootId"));

    internal static JsonElement Member(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out JsonElement value) ? value : throw new FormatException(name);

    internal static string Text(JsonElement parent, string name) => TextOf(Member(parent, name), name);

    internal static string? OptionalText(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out JsonElement value) ? TextOf(value, name) : null;

    internal static string TextOf(JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : throw new FormatException(name);

    internal static bool Flag(JsonElement parent, string name) => Member(parent, name).ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw new FormatException(name),
    };

    internal static long Integer(JsonElement parent, string name, long min, long max) =>
        Member(parent, name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out long number) && number >= min && number <= max
            ? number
            : throw new FormatException(name);

    internal static JsonElement.ArrayEnumerator Array(JsonElement parent, string name, int max) =>
        Member(parent, name) is { ValueKind: JsonValueKind.Array } value && value.GetArrayLength() <= max
            ? value.EnumerateArray()
            : throw new FormatException(name);

    internal static Instant Time(JsonElement parent, string name) =>
        Member(parent, name).ValueKind == JsonValueKind.Null ? Instant.Never : new Instant(Integer(parent, name, -MaxInstantTicks, MaxInstantTicks));

    internal static byte[] Hex(JsonElement parent, string name) =>
        HexText.TryParse(Text(parent, name), out byte[]? data) ? data : throw new FormatException(name);

    internal static MacAddress? OptionalMac(JsonElement parent, string name) =>
        OptionalText(parent, name) is { } text ? MacAddress.Parse(text) : null;

    private static DateTimeOffset WallClock(JsonElement parent, string name) =>
        DateTimeOffset.ParseExact(Text(parent, name), TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
