using System.Globalization;
using System.Text.Json;
using BondDhcp.Tests.Beds;

namespace BondDhcp.Tests.Capture;

/// <summary>One DHCPv6 option as tshark shows it: code, data, every field it finds in it but inner options, and these.</summary>
internal sealed record Tshark6Option(int Code, string Hex, List<(string Name, string Value)> Fields, List<Tshark6Option> Inner);

/// <summary>One frame with DHCPv6 as tshark shows it.</summary>
internal sealed record Tshark6Frame(
    int Number, List<(string Name, string Value)> Lower, List<(string Name, string Value)> Header, List<Tshark6Option> Options)
{
    private const string OptionName = "dhcpv6.option.type_str";

    /// <summary>Octets of code and length.</summary>
    private const int OptionHeaderLength = 4;

    /// <summary>Every frame of a file in which tshark finds DHCPv6.</summary>
    public static List<Tshark6Frame> Read(string file)
    {
        // -x adds to every field the octets it was read from.
        string json = Programs.Run("tshark", "-n", "-r", file, "-T", "json", "-x");
        using JsonDocument document = JsonDocument.Parse(json);
        var frames = new List<Tshark6Frame>();
        foreach (JsonElement packet in document.RootElement.EnumerateArray())
        {
            JsonElement layers = packet.GetProperty("_source").GetProperty("layers");
            if (layers.TryGetProperty("dhcpv6", out JsonElement dhcp)) frames.Add(Of(layers, dhcp));
        }
        return frames;
    }

    private static Tshark6Frame Of(JsonElement layers, JsonElement dhcp)
    {
        var lower = new List<(string, string)>();
        foreach (string layer in (string[])["frame", "eth", "ipv6", "udp"])
            if (layers.TryGetProperty(layer, out JsonElement fields)) Collect(fields, lower, []);
        var header = new List<(string, string)>();
        var options = new List<Tshark6Option>();
        Collect(dhcp, header, options);
        int number = int.Parse(lower.First(field => field.Item1 == "frame.number").Item2, CultureInfo.InvariantCulture);
        return new Tshark6Frame(number, lower, header, options);
    }

    /// <summary>An option is a name followed by a tree; inner options are options in that tree.</summary>
    private static void Collect(JsonElement element, List<(string, string)> fields, List<Tshark6Option> options)
    {
        string raw = "";
        foreach (JsonProperty property in element.EnumerateObject())
        {
            if (property.Name == OptionName + "_raw") raw = property.Value[0].GetString()!;
            else if (property.Name == OptionName + "_tree") options.Add(OptionOf(property.Value, raw));
            else if (property.Name == OptionName || property.Name.EndsWith("_raw", StringComparison.Ordinal) || IsRemark(property)) continue;
            else if (property.Value.ValueKind == JsonValueKind.Object) Collect(property.Value, fields, options);
            else fields.Add((property.Name, property.Value.ToString()));
        }
    }

    private static Tshark6Option OptionOf(JsonElement tree, string raw)
    {
        var fields = new List<(string Name, string Value)>();
        var inner = new List<Tshark6Option>();
        Collect(tree, fields, inner);
        int code = int.Parse(fields.First(field => field.Name == "dhcpv6.option.type").Value, CultureInfo.InvariantCulture);
        int length = int.Parse(fields.First(field => field.Name == "dhcpv6.option.length").Value, CultureInfo.InvariantCulture);
        fields.RemoveAll(field => field.Name is "dhcpv6.option.type" or "dhcpv6.option.length");
        string hex = raw.Substring(2 * OptionHeaderLength, 2 * length);
        return new Tshark6Option(code, string.Join(':', hex.Chunk(2).Select(octet => new string(octet))), fields, inner);
    }

    /// <summary>Remarks of tshark's own, not octets of the packet.</summary>
    private static bool IsRemark(JsonProperty property) => property.Name.StartsWith("_ws.", StringComparison.Ordinal)
        || property.Name is "dhcpv6.clientfqdn.bad_msgtype" or "dhcpv6.bad_msgtype" or "dhcpv6.malformed_option" or "dhcpv6.expert.tld_lookup";
}
