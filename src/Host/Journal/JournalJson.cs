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
}
