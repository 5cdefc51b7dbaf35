using System.Collections.Immutable;
using System.Text.Json;

namespace BondDhcp.Host.Control;

/// <summary>What a client asks of the daemon.</summary>
/// <param name="Command">The command's name.</param>
/// <param name="Arguments">Interfaces or components.</param>
internal sealed record ControlRequest(string Command, ImmutableArray<string> Arguments)
{
    /// <summary>More arguments than this nobody types.</summary>
    private const int MaxArguments = 256;

    /// <summary>Deeper nesting has no use here.</summary>
    private static readonly JsonDocumentOptions s_options = new() { MaxDepth = 4 };

    /// <summary><c>-4</c>.</summary>
    public bool Ipv4 { get; init; }

    /// <summary><c>-6</c>.</summary>
    public bool Ipv6 { get; init; }

    /// <summary>For <c>timeline</c>: how far back; null for all there is.</summary>
    public TimeSpan? Since { get; init; }

    /// <summary>For <c>wait-online</c>: what is the case now; nothing is waited for.</summary>
    public bool Now { get; init; }

    /// <summary>Reads untrusted JSON; null when it is not a request.</summary>
    public static ControlRequest? TryRead(ReadOnlyMemory<byte> json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, s_options);
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || Text(root, "command") is not { } command) return null;
            ImmutableArray<string>.Builder arguments = ImmutableArray.CreateBuilder<string>();
            if (root.TryGetProperty("arguments", out JsonElement list))
            {
                if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() > MaxArguments) return null;
                foreach (JsonElement item in list.EnumerateArray())
                {
                    if (item.ValueKind != JsonValueKind.String) return null;
                    arguments.Add(item.GetString()!);
                }
            }
            double? since = root.TryGetProperty("sinceSeconds", out JsonElement seconds) && seconds.ValueKind == JsonValueKind.Number
                && seconds.TryGetDouble(out double value) && value is >= 0 and < uint.MaxValue ? value : null;
            return new ControlRequest(command, arguments.ToImmutable())
            {
                Ipv4 = Flag(root, "ipv4"),
                Ipv6 = Flag(root, "ipv6"),
                Now = Flag(root, "now"),
                Since = since is { } span ? TimeSpan.FromSeconds(span) : null,
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null; // not JSON, or not UTF-8 inside a string: the caller answers that
        }
    }

    /// <summary>Writes what <see cref="TryRead"/> reads.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("command", Command);
        json.WriteStartArray("arguments");
        foreach (string argument in Arguments) json.WriteStringValue(argument);
        json.WriteEndArray();
        json.WriteBoolean("ipv4", Ipv4);
        json.WriteBoolean("ipv6", Ipv6);
        if (Now) json.WriteBoolean("now", true);
        if (Since is { } since) json.WriteNumber("sinceSeconds", since.TotalSeconds);
        json.WriteEndObject();
    }

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool Flag(JsonElement root, string name) =>
        root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.True;
}
