using System.Globalization;
using System.Text;
using System.Text.Json;

namespace BondDhcp.Tests.Capture;

/// <summary>
/// Holds one packet of <c>decode --json</c> against tshark. Every field that tshark shows is either compared by a rule
/// here or reported: a field nobody thought of is a difference, not silence.
/// </summary>
internal sealed class TsharkComparison(JsonElement ours, TsharkFrame theirs)
{
    private readonly List<string> _differences = [];

    /// <summary>What decode does not show: the octets of chaddr beyond hlen.</summary>
    private static readonly HashSet<string> NotShown = ["dhcp.hw.addr_padding"];

    /// <summary>tshark's own counting of the instances of option 119, the one option that it joins.</summary>
    private static readonly HashSet<string> Instances =
        ["dhcp.option.dhcp_dns_domain_search_list_rfc_3396_detected", "dhcp.option.dhcp_dns_domain_search_list_refer_last_option"];

    public static List<string> Differences(JsonElement ours, TsharkFrame theirs)
    {
        var comparison = new TsharkComparison(ours, theirs);
        comparison.CompareLower();
        foreach ((string name, string value) in theirs.Header) comparison.CompareHeader(name, value);
        comparison.CompareOptions();
        return comparison._differences;
    }

    private string Text(string name) => ours.GetProperty(name) is { ValueKind: JsonValueKind.Null } ? "(null)" : ours.GetProperty(name).ToString();

    private void Expect(string what, string theirValue, string ourValue)
    {
        if (theirValue != ourValue) _differences.Add($"frame {theirs.Number}: {what} is {theirValue} for tshark and {ourValue} here");
    }

    private void CompareLower()
    {
        foreach ((string name, string value) in theirs.Lower)
        {
            switch (name)
            {
                case "frame.number": Expect(name, value, Text("frame")); break;
                case "frame.time_epoch": Expect(name, value, Epoch(Text("at"))); break;
                case "eth.src" or "sll.src.eth": Expect(name, value, Text("sourceMac")); break;
                case "eth.dst": Expect(name, value, Text("destinationMac")); break;
                case "ip.src": Expect(name, value, Text("source")); break;
                case "ip.dst": Expect(name, value, Text("destination")); break;
                case "udp.srcport": Expect(name, value, Text("sourcePort")); break;
                case "udp.dstport": Expect(name, value, Text("destinationPort")); break;
            }
        }
    }

    /// <summary>Seconds since 1970 with nine digits, as tshark prints them.</summary>
    internal static string Epoch(string at)
    {
        DateTime second = DateTime.Parse(at[..19] + "Z", CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal);
        string fraction = at[20..^1].PadRight(9, '0');
        return string.Create(CultureInfo.InvariantCulture, $"{(second - DateTime.UnixEpoch).TotalSeconds:F0}.{fraction}");
    }

    private void CompareHeader(string name, string value)
    {
        switch (name)
        {
            case "dhcp.type": Expect(name, value, Text("op")); break;
            case "dhcp.hw.type": Expect(name, value, Hex("htype", 2)); break;
            case "dhcp.hw.len": Expect(name, value, Text("hlen")); break;
            case "dhcp.hops": Expect(name, value, Text("hops")); break;
            case "dhcp.id": Expect(name, value, "0x" + Text("xid")); break;
            case "dhcp.secs": Expect(name, value, Seconds()); break;
            case "dhcp.flags": Expect(name, value, Hex("flags", 4)); break;
            case "dhcp.flags.bc": Expect(name, value is "1" or "True" ? "True" : "False", Text("broadcast")); break;
            case "dhcp.flags.reserved": Expect(name, value, Reserved()); break;
            case "dhcp.ip.client": Expect(name, value, Text("ciaddr")); break;
            case "dhcp.ip.your": Expect(name, value, Text("yiaddr")); break;
            case "dhcp.ip.server": Expect(name, value, Text("siaddr")); break;
            case "dhcp.ip.relay": Expect(name, value, Text("giaddr")); break;
            case "dhcp.hw.mac_addr" or "dhcp.client_hardware_address": Expect(name, value, Text("chaddr")); break;
            case "dhcp.server": Expect(name, value, Text("sname")); break;
            case "dhcp.file": Expect(name, value, Text("file")); break;
            // Shown in place of the text: the octets are compared as the options they are.
            case "dhcp.server_name_overloaded" or "dhcp.boot_filename_overloaded": break;
            case "dhcp.cookie": Expect(name, value, Text("problem").StartsWith("V10", StringComparison.Ordinal) ? "(none)" : "99.130.83.99"); break;
            case "dhcp.option.end" or "dhcp.option.padding": break;
            default:
                if (!NotShown.Contains(name)) _differences.Add($"frame {theirs.Number}: {name} = {value} is compared with nothing");
                break;
        }
    }

    private string Hex(string name, int digits) =>
        "0x" + ours.GetProperty(name).GetInt32().ToString("x" + digits, CultureInfo.InvariantCulture);

    private string Reserved() => "0x" + (ours.GetProperty("flags").GetInt32() & 0x7fff).ToString("x4", CultureInfo.InvariantCulture);

    /// <summary>Some clients send secs little-endian; tshark turns them round when the low octet is 0.</summary>
    private string Seconds()
    {
        int secs = ours.GetProperty("secs").GetInt32();
        bool turned = secs > 255 && (secs & 255) == 0;
        return (turned ? secs >> 8 : secs).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>tshark shows fragments one by one; here they are joined, in order of first appearance (RFC 3396).</summary>
    private void CompareOptions()
    {
        var joined = theirs.Options.GroupBy(option => option.Code)
            .Select(group => (Code: group.Key, Hex: string.Join(':', group.Select(option => option.Hex).Where(hex => hex.Length > 0)), Fields: group.SelectMany(option => option.Fields).Where(field => !Instances.Contains(field.Name)).ToList()))
            .ToList();
        JsonElement[] shown = [.. ours.GetProperty("options").EnumerateArray()];
        // tshark reads sname before file; RFC 3396 section 5 has file before sname.
        if (joined.Any(option => option.Code == 52)) joined.Sort((left, right) => Rank(left.Code).CompareTo(Rank(right.Code)));
        int Rank(int code) => Array.FindIndex(shown, option => option.GetProperty("code").GetInt32() == code);
        Expect("the list of options", string.Join(' ', joined.Select(option => option.Code)), string.Join(' ', shown.Select(option => option.GetProperty("code").GetInt32())));
        foreach (TsharkOption option in theirs.Options)
            Expect($"option {option.Code} length", option.Length.ToString(CultureInfo.InvariantCulture), $"{Octets(option.Hex).Length}");
        foreach ((int code, string hex, List<(string Name, string Value)> fields) in joined)
        {
            JsonElement[] same = [.. shown.Where(option => option.GetProperty("code").GetInt32() == code)];
            if (same.Length != 1) continue;
            Expect($"option {code} octets", hex, same[0].GetProperty("hex").GetString()!);
            CompareFields(code, Octets(hex), fields, same[0]);
        }
    }

    private static byte[] Octets(string hex) => Convert.FromHexString(hex.Replace(":", "", StringComparison.Ordinal));

    private void CompareFields(int code, byte[] octets, List<(string Name, string Value)> fields, JsonElement option)
    {
        // An option newer than this tshark has no field; its octets have been compared.
        if (fields.Count == 0) return;
        string? value = option.GetProperty("value").GetString();
        string[] theirValues = [.. fields.Select(field => field.Value.TrimEnd('\0'))];
        switch (code)
        {
            case 53:
                Expect("the message", MessageName(theirValues[0]), value!);
                Expect("the message", MessageName(theirValues[0]), Text("message"));
                break;
            case 81:
                foreach ((string name, string field) in fields) CompareName(name, field, value);
                break;
            case 21 or 33:
                string between = code == 21 ? " mask " : " via ";
                Expect($"option {code}", string.Join(", ", theirValues.Chunk(2).Select(pair => string.Join(between, pair))), value!);
                break;
            case 121 or 249:
                Expect($"option {code}", string.Join(':', theirValues), option.GetProperty("hex").GetString()!);
                break;
            // Structures that decode shows as octets, or by their parts.
            case 43 or 61 or 77 or 82 or 90 or 97 or 124 or 125 or 145:
                foreach ((string name, string field) in fields) CompareWithOctets(code, name, field, octets);
                break;
            case 19 or 20 or 27 or 29 or 30 or 31 or 34 or 36 or 39:
                Expect($"option {code}", theirValues[0] is "1" or "True" ? "true" : "false", value!);
                break;
            default:
                if (value is not null) Expect($"option {code}", string.Join(", ", theirValues), value);
                else foreach ((string name, string field) in fields) CompareWithOctets(code, name, field, octets);
                break;
        }
    }

    private static string MessageName(string type) => type switch
    {
        "1" => "DHCPDISCOVER",
        "2" => "DHCPOFFER",
        "3" => "DHCPREQUEST",
        "4" => "DHCPDECLINE",
        "5" => "DHCPACK",
        "6" => "DHCPNAK",
        "7" => "DHCPRELEASE",
        "8" => "DHCPINFORM",
        "9" => "DHCPFORCERENEW",
        _ => "type-" + type,
    };

    private void CompareName(string name, string field, string? value)
    {
        switch (name)
        {
            case "dhcp.fqdn.flags": Expect(name, "flags=" + field, value!.Split(' ')[^1]); break;
            case "dhcp.fqdn.name": Expect(name, field.TrimEnd('.'), value!.Contains(' ', StringComparison.Ordinal) ? value.Split(' ')[0] : ""); break;
            // Single bits of the flags just compared, and result codes that RFC 4702 section 2.2 makes meaningless.
            case "dhcp.fqdn.mbz" or "dhcp.fqdn.n" or "dhcp.fqdn.e" or "dhcp.fqdn.o" or "dhcp.fqdn.s" or "dhcp.fqdn.rcode1" or "dhcp.fqdn.rcode2": break;
            default: _differences.Add($"frame {theirs.Number}: {name} = {field} is compared with nothing"); break;
        }
    }

    /// <summary>The value must stand in the option's octets: as octets, text, an address or a number of 1, 2, 4 or 8 octets.</summary>
    private void CompareWithOctets(int code, string name, string field, byte[] octets)
    {
        if (!Encodings(field).Any(encoding => octets.AsSpan().IndexOf(encoding) >= 0))
            _differences.Add($"frame {theirs.Number}: option {code} {name} = {field} is not in {Convert.ToHexStringLower(octets)}");
    }

    internal static IEnumerable<byte[]> Encodings(string field)
    {
        yield return Encoding.UTF8.GetBytes(field);
        if (System.Net.IPAddress.TryParse(field, out System.Net.IPAddress? address)) yield return address.GetAddressBytes();
        string digits = field.Replace(":", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal);
        bool prefixed = field.StartsWith("0x", StringComparison.Ordinal);
        if (prefixed) digits = field[2..];
        if (digits.Length % 2 == 0 && digits.Length > 0 && digits.All(char.IsAsciiHexDigit)) yield return Convert.FromHexString(digits);
        if (!ulong.TryParse(field, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number)) yield break;
        foreach (int length in (int[])[1, 2, 4, 8])
        {
            byte[] octets = new byte[length];
            for (int i = 0; i < length; i++) octets[length - 1 - i] = (byte)(number >> 8 * i);
            if (length == 8 || number >> 8 * length == 0) yield return octets;
        }
    }
}
