using System.Globalization;
using System.Text.Json;

namespace BondDhcp.Tests.Capture;

/// <summary>
/// Holds one DHCPv6 packet of <c>decode --json</c> against tshark: headers, the tree of options, the octets of each, and
/// the value of each that tshark has fields for. A field nobody thought of is a difference, not silence.
/// </summary>
internal sealed class Tshark6Comparison(JsonElement ours, Tshark6Frame theirs)
{
    private static readonly string[] Types =
    [
        "", "SOLICIT", "ADVERTISE", "REQUEST", "CONFIRM", "RENEW", "REBIND", "REPLY", "RELEASE", "DECLINE", "RECONFIGURE",
        "INFORMATION-REQUEST", "RELAY-FORW", "RELAY-REPL",
    ];

    private static readonly string[] Statuses = ["Success", "UnspecFail", "NoAddrsAvail", "NoBinding", "NotOnLink", "UseMulticast", "NoPrefixAvail"];

    private readonly List<string> _differences = [];

    public static List<string> Differences(JsonElement ours, Tshark6Frame theirs)
    {
        var comparison = new Tshark6Comparison(ours, theirs);
        comparison.CompareLower();
        foreach ((string name, string value) in theirs.Header) comparison.CompareHeader(name, value);
        comparison.CompareOptions("", theirs.Options, ours.GetProperty("options"));
        return comparison._differences;
    }

    private void Expect(string what, string? theirValue, string? ourValue)
    {
        if (theirValue != ourValue) _differences.Add($"frame {theirs.Number}: {what} is {theirValue} for tshark and {ourValue ?? "(null)"} here");
    }

    private string? Text(string name) => ours.GetProperty(name) is { ValueKind: JsonValueKind.Null } ? null : ours.GetProperty(name).ToString();

    private void CompareLower()
    {
        foreach ((string name, string value) in theirs.Lower)
        {
            switch (name)
            {
                case "frame.number": Expect(name, value, Text("frame")); break;
                case "frame.time_epoch": Expect(name, value, TsharkComparison.Epoch(Text("at")!)); break;
                case "eth.src": Expect(name, value, Text("sourceMac")); break;
                case "eth.dst": Expect(name, value, Text("destinationMac")); break;
                case "ipv6.src": Expect(name, value, Text("source")); break;
                case "ipv6.dst": Expect(name, value, Text("destination")); break;
                case "udp.srcport": Expect(name, value, Text("sourcePort")); break;
                case "udp.dstport": Expect(name, value, Text("destinationPort")); break;
            }
        }
    }

    private void CompareHeader(string name, string value)
    {
        switch (name)
        {
            case "dhcpv6.msgtype": Expect(name, NameOf(value), Text("message")); break;
            case "dhcpv6.xid": Expect(name, value[2..], Text("xid")); break;
            case "dhcpv6.hopcount": Expect(name, value, Text("hopCount")); break;
            case "dhcpv6.linkaddr": Expect(name, value, Text("linkAddress")); break;
            case "dhcpv6.peeraddr": Expect(name, value, Text("peerAddress")); break;
            default: _differences.Add($"frame {theirs.Number}: {name} = {value} is compared with nothing"); break;
        }
    }

    private static string NameOf(string type) => Types[int.Parse(type, CultureInfo.InvariantCulture)];

    private void CompareOptions(string where, List<Tshark6Option> options, JsonElement shown)
    {
        JsonElement[] own = [.. shown.EnumerateArray()];
        Expect($"the list of options{where}", string.Join(' ', options.Select(option => option.Code)), string.Join(' ', own.Select(option => option.GetProperty("code").GetInt32())));
        foreach ((Tshark6Option option, JsonElement mine) in options.Zip(own))
        {
            Expect($"option {option.Code}{where} octets", option.Hex, mine.GetProperty("hex").GetString());
            CompareValue(option, mine);
            // tshark does not number what is in vendors' options and in option 56 as options.
            if (option.Inner.Count > 0) CompareOptions($"{where} in option {option.Code}", option.Inner, mine.GetProperty("options"));
            else if (option.Code is not (17 or 56)) Expect($"inner options{where} of option {option.Code}", "absent", mine.TryGetProperty("options", out _) ? "there" : "absent");
        }
    }

    private static bool IsTimeSource((string Name, string Value) field) =>
        field.Name.StartsWith("dhcpv6.ntpserver.", StringComparison.Ordinal) && field.Name is not ("dhcpv6.ntpserver.option.type" or "dhcpv6.ntpserver.option.length");

    private static string InnerValues(JsonElement option) =>
        string.Join(", ", option.GetProperty("options").EnumerateArray().Select(inner => inner.GetProperty("value").GetString()));

    private void CompareValue(Tshark6Option option, JsonElement mine)
    {
        string? value = mine.GetProperty("value").GetString();
        // An option newer than this tshark has no field; its octets have been compared.
        if (option.Fields.Count == 0) return;
        string what = $"option {option.Code}";
        switch (option.Code)
        {
            case 1 or 2 or 53: Expect(what, One("dhcpv6.duid.bytes"), value); break;
            case 3 or 25: Expect(what, $"iaid {One("dhcpv6.iaid")} t1 {One("dhcpv6.iaid.t1")} t2 {One("dhcpv6.iaid.t2")}", value); break;
            case 5: Expect(what, $"{One("dhcpv6.iaaddr.ip")} preferred {One("dhcpv6.iaaddr.pref_lifetime")} valid {One("dhcpv6.iaaddr.valid_lifetime")}", value); break;
            case 26:
                Expect(what, $"{One("dhcpv6.iaprefix.pref_addr")}/{One("dhcpv6.iaprefix.pref_len")} preferred {One("dhcpv6.iaprefix.pref_lifetime")} valid {One("dhcpv6.iaprefix.valid_lifetime")}", value);
                break;
            case 8: Expect(what, One("dhcpv6.elapsed_time"), value + (value == "0" ? "" : "0")); break; // in milliseconds there
            case 9: Expect(what, RelayedName(), value); break;
            case 13: Expect(what, StatusText(), value); break;
            case 16: Expect(what, $"enterprise-{One("dhcpv6.vendorclass.enterprise")} {One("dhcpv6.vendorclass.data")}", value); break;
            case 39: Expect(what, $"{FullName().TrimEnd('.')} flags={One("dhcpv6.client_fqdn_flags")}", value); break;
            case 56: Expect(what, string.Join(", ", option.Fields.Where(IsTimeSource).Select(field => field.Value.TrimEnd('.'))), InnerValues(mine)); break;
            // Structures that decode shows as octets, or by their parts.
            case 4 or 15 or 17 or 18 or 19 or 37 or 38 or 67 or 79: CompareWithOctets(option); break;
            default: Expect(what, string.Join(", ", option.Fields.Select(field => field.Value.TrimEnd('.'))), value); break;
        }

        string One(string name) => option.Fields.FirstOrDefault(field => field.Name == name).Value ?? "(absent)";

        // One name alone without a dot is shown as a top-level domain.
        string FullName() => One("dhcpv6.client_domain") is not "(absent)" and var name ? name : One("dhcpv6.tld");

        string RelayedName() => One("dhcpv6.xid") is ['0', 'x', .. var xid]
            ? $"{NameOf(One("dhcpv6.msgtype"))} xid {xid}"
            : $"{NameOf(One("dhcpv6.msgtype"))} hops {One("dhcpv6.hopcount")} link {One("dhcpv6.linkaddr")} peer {One("dhcpv6.peeraddr")}";

        string StatusText()
        {
            string name = Statuses[int.Parse(One("dhcpv6.status_code"), CultureInfo.InvariantCulture)];
            return option.Fields.Any(field => field.Name == "dhcpv6.status_msg") ? $"{name} ({One("dhcpv6.status_msg")})" : name;
        }
    }

    private void CompareWithOctets(Tshark6Option option)
    {
        byte[] octets = Convert.FromHexString(option.Hex.Replace(":", "", StringComparison.Ordinal));
        foreach ((string name, string field) in option.Fields)
        {
            if (!TsharkComparison.Encodings(field).Any(encoding => octets.AsSpan().IndexOf(encoding) >= 0))
                _differences.Add($"frame {theirs.Number}: option {option.Code} {name} = {field} is not in {option.Hex}");
        }
    }
}
