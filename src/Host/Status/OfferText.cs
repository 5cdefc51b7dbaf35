using System.Text.Json;

namespace BondDhcp.Host.Status;

/// <summary>What is offered beside addresses, and who is told of it, for people.</summary>
internal static class OfferText
{
    /// <summary>One line with who takes an interface's name servers, or why nobody does.</summary>
    public static void WriteResolver(TextWriter output, JsonElement one)
    {
        if (!one.TryGetProperty("resolver", out JsonElement resolver) || resolver.ValueKind != JsonValueKind.Object) return;
        string servers = string.Join(", ", Words(resolver, "servers"));
        if (servers.Length == 0 && !Words(resolver, "searchDomains").Any()) return;
        string to = SnapshotText.Text(resolver, "to") is { } taker ? $" to {taker}" : "";
        string why = SnapshotText.Text(resolver, "why") is { } reason ? $": {reason}" : "";
        output.WriteLine($"  resolver   {(servers.Length == 0 ? "domains" : servers)}{to}{why}");
    }

    /// <summary>What is reported of a lease and otherwise left alone.</summary>
    public static void WriteReported(TextWriter output, JsonElement lease)
    {
        SnapshotText.WriteList(output, "ntp", lease, "ntp");
        if (SnapshotText.Text(lease, "captivePortal") is { } portal) output.WriteLine($"  portal     {portal}");
        if ((SnapshotText.Text(lease, "timeZone") ?? SnapshotText.Text(lease, "posixTimeZone")) is { } zone) output.WriteLine($"  time zone  {zone}");
        foreach (JsonElement resolver in SnapshotText.Elements(lease, "encryptedDns"))
        {
            string at = string.Join(' ', Words(resolver, "addresses").Prepend(SnapshotText.Text(resolver, "name")));
            string by = string.Join('/', Words(resolver, "protocols"));
            output.WriteLine($"  dnr        {at}{(by.Length == 0 ? "" : $" ({by})")}");
        }
    }

    /// <summary>One line when a hook failed, or none was told.</summary>
    public static void WriteHooks(TextWriter output, JsonElement status)
    {
        if (!status.TryGetProperty("hooks", out JsonElement hooks) || hooks.ValueKind != JsonValueKind.Object) return;
        if (SnapshotText.Number(hooks, "failed") == "0" && SnapshotText.Number(hooks, "lost") == "0") return;
        output.WriteLine($"hooks in {SnapshotText.Text(hooks, "directory")}: {SnapshotText.Number(hooks, "failed")} failed, {SnapshotText.Number(hooks, "lost")} events lost; 'bonddhcp timeline' shows what they said");
    }

    private static List<string> Words(JsonElement parent, string name) =>
        SnapshotText.Elements(parent, name).Select(static item => Text.TerminalText.Of(item.GetString() ?? ""));
}
