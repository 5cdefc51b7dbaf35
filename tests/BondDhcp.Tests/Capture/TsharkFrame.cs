using System.Text.Json;
using BondDhcp.Tests.Beds;

namespace BondDhcp.Tests.Capture;

/// <summary>One option as tshark shows it: code, data, and every field it finds inside, by name and in order.</summary>
internal sealed record TsharkOption(int Code, int Length, string Hex, List<(string Name, string Value)> Fields);

/// <summary>One frame with DHCPv4 as tshark shows it.</summary>
internal sealed record TsharkFrame(
    int Number, List<(string Name, string Value)> Lower, List<(string Name, string Value)> Header, List<TsharkOption> Options)
{
    private const string OptionType = "dhcp.option.type";

    /// <summary>Every frame of a file in which tshark finds DHCPv4 right after UDP.</summary>
    public static List<TsharkFrame> Read(string file)
    {
        string json = Programs.Run("tshark", "-n", "-r", file, "-T", "json");
        using JsonDocument document = JsonDocument.Parse(json);
        var frames = new List<TsharkFrame>();
        foreach (JsonElement packet in document.RootElement.EnumerateArray())
        {
            JsonElement layers = packet.GetProperty("_source").GetProperty("layers");
            if (layers.TryGetProperty("dhcp", out JsonElement dhcp)) frames.Add(Of(layers, dhcp));
        }
        return frames;
    }

    private static TsharkFrame Of(JsonElement layers, JsonElement dhcp)
    {
        var lower = new List<(string, string)>();
        foreach (string layer in (string[])["frame", "eth", "sll", "ip", "udp"])
            if (layers.TryGetProperty(layer, out JsonElement fields)) Flatten(fields, lower);
        var header = new List<(string, string)>();
        var options = new List<TsharkOption>();
        Collect(dhcp, header, options);
        int number = int.Parse(lower.First(field => field.Item1 == "frame.number").Item2, System.Globalization.CultureInfo.InvariantCulture);
        return new TsharkFrame(number, lower, header, options);
    }

    /// <summary>An option is a code followed by a tree; in an overloaded message the tree of option 52 holds further options.</summary>
    private static void Collect(JsonElement element, List<(string, string)> fields, List<TsharkOption> options)
    {
        JsonProperty[] properties = [.. element.EnumerateObject()];
        for (int i = 0; i < properties.Length; i++)
        {
            if (properties[i].Name != OptionType)
            {
                if (properties[i].Value.ValueKind == JsonValueKind.Object && !IsRemark(properties[i])) Collect(properties[i].Value, fields, options);
                else Flatten(properties[i], fields);
                continue;
            }
            string code = properties[i].Value.GetString()!;
            if (i + 1 == properties.Length || properties[i + 1].Name != OptionType + "_tree") continue;
            var inside = new List<(string Name, string Value)>();
            var nested = new List<TsharkOption>();
            Collect(properties[++i].Value, inside, nested);
            AddOption(options, code, inside);
            options.AddRange(nested);
        }
    }

    /// <summary>Pads and ends are shown as options of code 0 without a length.</summary>
    private static void AddOption(List<TsharkOption> options, string code, List<(string Name, string Value)> inside)
    {
        int length = inside.FindIndex(field => field.Name == "dhcp.option.length");
        if (length < 0) return;
        int value = inside.FindIndex(field => field.Name == "dhcp.option.value");
        string hex = value < 0 ? "" : inside[value].Value;
        options.Add(new TsharkOption(
            int.Parse(code, System.Globalization.CultureInfo.InvariantCulture),
            int.Parse(inside[length].Value, System.Globalization.CultureInfo.InvariantCulture),
            hex,
            [.. inside.Where((_, i) => i != length && i != value)]));
    }

    private static void Flatten(JsonElement element, List<(string, string)> fields)
    {
        foreach (JsonProperty property in element.EnumerateObject()) Flatten(property, fields);
    }

    private static void Flatten(JsonProperty property, List<(string, string)> fields)
    {
        if (IsRemark(property)) return;
        switch (property.Value.ValueKind)
        {
            case JsonValueKind.Object: Flatten(property.Value, fields); break;
            case JsonValueKind.Array:
                foreach (JsonElement item in property.Value.EnumerateArray()) fields.Add((property.Name, item.ToString()));
                break;
            default: fields.Add((property.Name, property.Value.ToString())); break;
        }
    }

    /// <summary>Remarks of tshark's own, not octets of the packet.</summary>
    private static bool IsRemark(JsonProperty property) => property.Name.StartsWith("_ws.", StringComparison.Ordinal);
}
