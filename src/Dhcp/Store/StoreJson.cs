using System.Globalization;
using System.Text.Json;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Store;

/// <summary>The values of a stored memory, which may be damaged or made up: read strictly, a <see cref="FormatException"/> names what is wrong.</summary>
internal static class StoreJson
{
    // How the time of saving is written: UTC, to 100 ns.
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'";

    // Instants are sums of a boot's age and a lease of at most 136 years: beyond this they are made up, and would
    // overflow where they are added.
    private const long MaxInstantTicks = 1L << 60;

    internal static void WriteClock(Utf8JsonWriter json, StoreClock clock)
    {
        json.WriteString("savedAt", clock.WallClock.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture));
        json.WriteNumber("savedAtBoottime", clock.Now.Ticks);
        json.WriteString("bootId", clock.BootId);
    }

    internal static StoreClock Clock(JsonElement parent) => new(
        Time(parent, "savedAtBoottime"),
        DateTimeOffset.ParseExact(Text(parent, "savedAt"), TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
        Text(parent, "bootId"));

    internal static void WriteInstant(Utf8JsonWriter json, string name, Instant instant)
    {
        if (instant.IsNever) json.WriteNull(name);
        else json.WriteNumber(name, instant.Ticks);
    }

    internal static Instant Time(JsonElement parent, string name) =>
        Member(parent, name).ValueKind == JsonValueKind.Null ? Instant.Never : new Instant(Integer(parent, name, -MaxInstantTicks, MaxInstantTicks));

    internal static void WriteOption(Utf8JsonWriter json, int code, ReadOnlySpan<byte> data)
    {
        json.WriteStartObject();
        json.WriteNumber("code", code);
        json.WriteString("hex", Convert.ToHexStringLower(data));
        json.WriteEndObject();
    }

    internal static byte[] Octets(JsonElement parent, string name) =>
        HexText.TryParse(Text(parent, name), out byte[]? data) ? data : throw new FormatException(name);

    internal static JsonElement Member(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out JsonElement value) ? value : throw new FormatException(name);

    internal static string Text(JsonElement parent, string name) => TextOf(Member(parent, name), name);

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

    internal static MacAddress? OptionalMac(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out JsonElement value) ? MacAddress.Parse(TextOf(value, name)) : null;
}
