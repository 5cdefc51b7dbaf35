using System.Collections.Immutable;
using System.Text.Json;
using BondDhcp.Net;

namespace BondDhcp.Host.Journal;

/// <summary>An entry as one JSON object: at, interface, source, event and what belongs to it.</summary>
internal static class JournalJson
{
    /// <summary>The event that stands for entries nobody can have any more.</summary>
    public const string GapEvent = "gap";

    /// <summary>Writes one entry.</summary>
    public static void Write(Utf8JsonWriter json, in JournalEntry entry)
    {
        WriteStart(json, entry.WallClock, entry.Interface, entry.Source, entry.Report.Event);
        foreach (ReportField field in entry.Report.Fields)
        {
            json.WritePropertyName(field.Name);
            WriteValue(json, field.Value);
        }
        json.WriteEndObject();
    }

    /// <summary>Writes that <paramref name="missed"/> entries before this place are gone.</summary>
    public static void WriteGap(Utf8JsonWriter json, DateTimeOffset at, long missed)
    {
        WriteStart(json, at, "", "journal", GapEvent);
        json.WriteNumber("missed", missed);
        json.WriteEndObject();
    }

    /// <summary>Reads an entry that <see cref="Write"/> wrote; null for anything else.</summary>
    /// <param name="json">The object.</param>
    /// <param name="sequence">The entry's number, which is not in it.</param>
    /// <param name="at">Its time on the clock that counts suspended time, which is not in it.</param>
    public static JournalEntry? TryRead(ReadOnlySpan<byte> json, long sequence, Instant at)
    {
        try
        {
            Utf8JsonReader reader = new(json);
            using JsonDocument document = JsonDocument.ParseValue(ref reader);
            JsonElement root = document.RootElement;
            ImmutableArray<ReportField>.Builder fields = ImmutableArray.CreateBuilder<ReportField>();
            foreach (JsonProperty property in root.EnumerateObject())
                if (property.Name is not ("at" or "interface" or "source" or "event")) fields.Add(new ReportField(property.Name, ReadValue(property.Value)));
            return new JournalEntry(
                sequence, at, root.GetProperty("at").GetDateTimeOffset(), root.GetProperty("interface").GetString() ?? "",
                ReadText(root, "source"), new Report(ReadText(root, "event"), fields.ToImmutable()));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return null;
        }
    }

    private static void WriteStart(Utf8JsonWriter json, DateTimeOffset at, string @interface, string source, string name)
    {
        json.WriteStartObject();
        json.WriteString("at", Text.TimeText.Rfc3339(at));
        if (@interface.Length > 0) json.WriteString("interface", @interface);
        else json.WriteNull("interface");
        json.WriteString("source", source);
        json.WriteString("event", name);
    }

    private static void WriteValue(Utf8JsonWriter json, object value)
    {
        switch (value)
        {
            case bool b: json.WriteBooleanValue(b); break;
            case int i: json.WriteNumberValue(i); break;
            case long l: json.WriteNumberValue(l); break;
            case uint u: json.WriteNumberValue(u); break;
            case double d: json.WriteNumberValue(d); break;
            default: json.WriteStringValue(value.ToString()); break;
        }
    }

    private static string ReadText(JsonElement root, string name) => root.GetProperty(name).GetString() ?? throw new FormatException(name);

    private static object ReadValue(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Number when value.TryGetInt64(out long whole) => whole,
        JsonValueKind.Number when value.GetDouble() is var real && double.IsFinite(real) => real,
        _ => throw new FormatException("no value of an event's"),
    };
}
