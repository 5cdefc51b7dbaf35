using System.Globalization;
using System.Text.Json;
using BondDhcp.Host.Text;

namespace BondDhcp.Host.Status;

/// <summary>Prints the JSON of <c>status</c> and <c>lease</c> for people. Text of the network's is escaped.</summary>
internal static class SnapshotText
{
    /// <summary>What <c>status</c> prints.</summary>
    public static void WriteStatus(TextWriter output, JsonElement status, DateTimeOffset now)
    {
        foreach (JsonElement component in Elements(status, "components"))
        {
            string why = Text(component, "why") is { } text ? $": {text}" : "";
            output.WriteLine($"{Text(component, "name"),-24} {Text(component, "state")}{why}");
        }
        OfferText.WriteHooks(output, status);
        OfferText.WriteUnsaved(output, status);
        foreach (JsonElement one in Elements(status, "interfaces"))
        {
            output.WriteLine();
            string carrier = Text(one, "operstate") is { } operstate ? $"  {operstate}" : "  not there";
            output.WriteLine($"{Text(one, "name")}  {Text(one, "mac") ?? "-"}{carrier}");
            if (Text(one, "why") is { } unusable) output.WriteLine($"  waiting    {unusable}");
            RivalJson.WriteText(output, one);
            foreach (JsonElement slave in Elements(one, "slaves")) output.WriteLine($"  slave      {SlaveLine(slave)}");
            WriteFailovers(output, one);
            if (SupplicantText(one) is { } supplicant) output.WriteLine($"  supplicant {supplicant}");
            WriteAnonymity(output, one);
            WriteDhcp4(output, one, now);
            WriteDhcp6(output, one, now);
            OfferText.WriteResolver(output, one);
            foreach (JsonElement address in Elements(one, "addresses"))
                output.WriteLine($"  address    {Text(address, "address")} ({Text(address, "origin")}){Until(address, "validUntil", now)}");
            string[] drops = [.. Properties(one, "drops").Select(drop => $"{TerminalText.Of(drop.Name)} {drop.Value.GetRawText()}")];
            if (drops.Length > 0) output.WriteLine($"  dropped    {string.Join(", ", drops)}");
        }
    }

    /// <summary>What <c>lease</c> prints.</summary>
    public static void WriteLeases(TextWriter output, JsonElement leases, DateTimeOffset now)
    {
        if (Text(leases, "from") != "daemon") output.WriteLine("from the state directory: no daemon answers");
        if (Text(leases, "duid") is { } duid) output.WriteLine($"DUID {duid}");
        foreach (JsonElement one in Elements(leases, "interfaces"))
        {
            output.WriteLine();
            output.WriteLine($"{Text(one, "name")}  {Text(one, "mac") ?? "-"}");
            WriteAnonymity(output, one);
            WriteDhcp4(output, one, now);
            if (one.TryGetProperty("dhcp4", out JsonElement dhcp4) && dhcp4.ValueKind == JsonValueKind.Object)
            {
                WriteClientIdentifier(output, dhcp4);
                WriteOptions(output, dhcp4);
            }
            WriteDhcp6(output, one, now);
            if (!one.TryGetProperty("dhcp6", out JsonElement dhcp6) || dhcp6.ValueKind != JsonValueKind.Object) continue;
            WriteDuid(output, dhcp6);
            WriteOptions(output, dhcp6);
        }
    }

    private static void WriteOptions(TextWriter output, JsonElement family)
    {
        foreach (JsonElement option in Elements(family, "options"))
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"  option {Number(option, "code"),3} {Text(option, "name"),-22} {Text(option, "value")}"));
    }

    private static string SlaveLine(JsonElement slave)
    {
        string name = Text(slave, "mac") is { } mac ? $"{Text(slave, "name")} {mac}" : Text(slave, "name") ?? "-";
        List<string> facts = [];
        if (Flag(slave, "active")) facts.Add("active");
        if (Text(slave, "operstate") is { } operstate) facts.Add(operstate);
        // Ports of a bridge are one network by what a bridge is.
        if (Text(slave, "network") is { } network && Text(slave, "miiStatus") is not null && Flag(slave, "usable")) facts.Add(network + " network" + (Text(slave, "networkWhy") is { } asked ? $" ({asked})" : ""));
        if (SupplicantText(slave) is { } supplicant) facts.Add(supplicant);
        string why = Text(slave, "why") is { } text ? $": {text}" : "";
        return string.Join(", ", [name, .. why.Length > 0 && !Flag(slave, "usable") ? [] : facts]) + why;
    }

    private static string? SupplicantText(JsonElement parent)
    {
        if (!parent.TryGetProperty("supplicant", out JsonElement supplicant) || supplicant.ValueKind != JsonValueKind.Object) return null;
        string at = Text(supplicant, "ssid") is { } ssid ? $" on {ssid}" : "";
        string by = Text(supplicant, "bssid") is { } bssid ? $" ({bssid})" : "";
        return Text(supplicant, "state") + at + by;
    }

    private static void WriteFailovers(TextWriter output, JsonElement one)
    {
        if (!one.TryGetProperty("failovers", out JsonElement failovers) || failovers.ValueKind != JsonValueKind.Object) return;
        if (Number(failovers, "count") == "0") return;
        if (Text(one, "activeSlave") is null && Text(failovers, "previousSlave") is { } lost)
        {
            output.WriteLine($"  failovers  {Number(failovers, "count")}; no slave is in use since {lost} was lost{(Text(failovers, "reason") is { } cause ? $" ({cause})" : "")}");
            return;
        }
        string from = Text(failovers, "previousSlave") is { } previous ? $", the last from {previous}" : "";
        string reason = Text(failovers, "reason") is { } why ? $" ({why})" : "";
        output.WriteLine($"  failovers  {Number(failovers, "count")}{from}{reason}, {Seconds(failovers, "withoutLinkSeconds")} s without a link");
    }

    private static void WriteAnonymity(TextWriter output, JsonElement one)
    {
        if (Flag(one, "anonymity")) output.WriteLine("  anonymity  servers know the present hardware address, and nothing else that tells one network of another");
    }

    private static bool Flag(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.True;

    private static void WriteDhcp4(TextWriter output, JsonElement one, DateTimeOffset now)
    {
        if (!one.TryGetProperty("dhcp4", out JsonElement dhcp4) || dhcp4.ValueKind != JsonValueKind.Object) return;
        output.WriteLine($"  dhcp4      {Text(dhcp4, "state")}");
        if (Text(dhcp4, "address") is not { } address) return;
        string chaddr = dhcp4.TryGetProperty("keyedByChaddr", out JsonElement keyed) && keyed.ValueKind == JsonValueKind.True
            ? ", which the server insists on" : "";
        if (Flag(dhcp4, "inform")) output.WriteLine($"  informed   {address} by {Text(dhcp4, "server")}{Until(dhcp4, "renewAt", now, "asked again")}");
        else output.WriteLine($"  lease      {address} from {Text(dhcp4, "server")}, chaddr {Text(dhcp4, "chaddr")}{chaddr}");
        if (!Flag(dhcp4, "inform"))
            output.WriteLine($"  times      {Number(dhcp4, "leaseSeconds")} s{Until(dhcp4, "renewAt", now, "renew")}{Until(dhcp4, "rebindAt", now, "rebind")}{Until(dhcp4, "expiresAt", now, "expires")}");
        foreach (JsonElement route in Elements(dhcp4, "routes"))
            output.WriteLine($"  route      {Text(route, "to")} via {Text(route, "via") ?? "the link"}{(Text(route, "why") is { } why ? $", not taken: {why}" : "")}");
        WriteList(output, "dns", dhcp4, "dns");
        WriteList(output, "search", dhcp4, "searchDomains");
        if (Text(dhcp4, "domain") is { } domain) output.WriteLine($"  domain     {domain}");
        WriteConfigured(output, dhcp4);
        OfferText.WriteReported(output, dhcp4);
    }

    private static void WriteDhcp6(TextWriter output, JsonElement one, DateTimeOffset now)
    {
        if (!one.TryGetProperty("dhcp6", out JsonElement dhcp6) || dhcp6.ValueKind != JsonValueKind.Object) return;
        output.WriteLine($"  dhcp6      {Text(dhcp6, "state")}");
        if (Text(dhcp6, "server") is not { } server) return;
        foreach (JsonElement address in Elements(dhcp6, "addresses"))
            output.WriteLine($"  lease      {Text(address, "address")} from {server}{Until(address, "preferredUntil", now, "preferred")}{Until(address, "validUntil", now)}");
        foreach (JsonElement prefix in Elements(dhcp6, "prefixes"))
        {
            string excluded = Text(prefix, "excluded") is { } part ? $" without {part}" : "";
            output.WriteLine($"  prefix     {Text(prefix, "prefix")}{excluded} from {server}{Until(prefix, "validUntil", now)}");
        }
        bool informed = !Elements(dhcp6, "addresses").Any() && !Elements(dhcp6, "prefixes").Any();
        if (informed) output.WriteLine($"  informed   by {server}{Until(dhcp6, "renewAt", now, "asked again")}");
        string times = informed ? "" : $"{Until(dhcp6, "renewAt", now, "renew")}{Until(dhcp6, "rebindAt", now, "rebind")}{Until(dhcp6, "expiresAt", now, "expires")}";
        if (times.Length > 0) output.WriteLine($"  times      {times[2..]}");
        WriteList(output, "dns", dhcp6, "dns");
        WriteList(output, "search", dhcp6, "searchDomains");
        WriteConfigured(output, dhcp6);
        OfferText.WriteReported(output, dhcp6);
    }

    // Where a value is not the server's, whoever wonders about it is told where it comes from.
    private static void WriteConfigured(TextWriter output, JsonElement family)
    {
        string names = string.Join(", ", Elements(family, "options").Where(static option => Text(option, "origin") == "configuration").Select(static option => Text(option, "name")));
        if (names.Length > 0) output.WriteLine($"  overridden {names}, by the configuration");
    }

    // As dnsmasq's dhcp-host=, Kea's reservations and ISC dhcpd's host declarations take it.
    private static void WriteDuid(TextWriter output, JsonElement dhcp6)
    {
        if (Text(dhcp6, "duid") is not { Length: > 0 } duid) return;
        output.WriteLine($"  duid       {duid}, IAID {Text(dhcp6, "iaid")}");
        output.WriteLine($"    dnsmasq  dhcp-host=id:{duid},[...]");
        output.WriteLine($"    Kea      \"duid\": \"{duid}\"");
        output.WriteLine($"    ISC      host-identifier option dhcp6.client-id {duid};");
    }

    // As dnsmasq's dhcp-host=, Kea's reservations and ISC dhcpd's host declarations take it.
    private static void WriteClientIdentifier(TextWriter output, JsonElement dhcp4)
    {
        if (Text(dhcp4, "clientId") is not { Length: > 0 } clientId) return;
        output.WriteLine($"  client-id  {clientId}");
        output.WriteLine($"    dnsmasq  dhcp-host=id:{clientId},...");
        output.WriteLine($"    Kea      \"client-id\": \"{clientId}\"");
        output.WriteLine($"    ISC      host-identifier option dhcp-client-identifier {clientId};");
    }

    internal static void WriteList(TextWriter output, string label, JsonElement parent, string name)
    {
        string list = string.Join(", ", Elements(parent, name).Select(item => TerminalText.Of(item.GetString() ?? "")));
        if (list.Length > 0) output.WriteLine($"  {label,-10} {list}");
    }

    private static string Until(JsonElement parent, string name, DateTimeOffset now, string label = "valid")
    {
        if (Text(parent, name) is not { } text) return "";
        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out DateTimeOffset at)) return "";
        return at < now ? $", {label} {TimeText.Duration(now - at)} ago" : $", {label} in {TimeText.Duration(at - now)}";
    }

    internal static string? Text(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? TerminalText.Of(value.GetString()!) : null;

    internal static string Number(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetRawText() : "-";

    private static string Seconds(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number
            ? value.GetDouble().ToString("0.##", CultureInfo.InvariantCulture) : "-";

    internal static IEnumerable<JsonElement> Elements(JsonElement parent, string name)
    {
        if (!parent.TryGetProperty(name, out JsonElement value) || value.ValueKind != JsonValueKind.Array) yield break;
        foreach (JsonElement item in value.EnumerateArray()) yield return item;
    }

    private static IEnumerable<JsonProperty> Properties(JsonElement parent, string name)
    {
        if (!parent.TryGetProperty(name, out JsonElement value) || value.ValueKind != JsonValueKind.Object) yield break;
        foreach (JsonProperty property in value.EnumerateObject()) yield return property;
    }
}
