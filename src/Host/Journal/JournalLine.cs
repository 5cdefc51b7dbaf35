using System.Globalization;
using System.Text;
using System.Text.Json;
using BondDhcp.Host.Text;

namespace BondDhcp.Host.Journal;

/// <summary>Prints events, as they come from the daemon in JSON, as lines with the time since the one before.</summary>
internal sealed class JournalLine
{
    private DateTimeOffset? _previous;

    /// <summary><c>12:00:00.123Z  +0.004  eth0 dhcp4  sent message=DHCPDISCOVER xid=1f2e3d4c</c>.</summary>
    public string Format(JsonElement entry)
    {
        StringBuilder line = new();
        if (Text(entry, "at") is { } at && DateTimeOffset.TryParse(at, CultureInfo.InvariantCulture, out DateTimeOffset time))
        {
            double delta = _previous is { } previous ? (time - previous).TotalSeconds : 0;
            _previous = time;
            line.Append(CultureInfo.InvariantCulture, $"{time.UtcDateTime:HH:mm:ss.fff}Z {delta,8:+0.000;-0.000;+0.000}  ");
        }
        line.Append(CultureInfo.InvariantCulture, $"{Text(entry, "interface") ?? "-",-8} {Text(entry, "source"),-8} {Text(entry, "event")}");
        foreach (JsonProperty field in entry.EnumerateObject())
        {
            if (field.Name is "at" or "interface" or "source" or "event") continue;
            line.Append(' ').Append(TerminalText.Of(field.Name)).Append('=').Append(Quoted(field.Value));
        }
        return line.ToString();
    }

    private static string? Text(JsonElement entry, string name) =>
        entry.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? TerminalText.Of(value.GetString()!) : null;

    private static string Quoted(JsonElement value) =>
        FieldText.Of(TerminalText.Of(value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText()));
}
