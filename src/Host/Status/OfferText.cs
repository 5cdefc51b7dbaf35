using System.Text.Json;

namespace BondDhcp.Host.Status;

/// <summary>What is offered beside addresses, and who is told of it, for people.</summary>
internal static class OfferText
{
    /// <summary>
    /// One line with who takes an interface's name servers, or why nobody does, and one with the domains, where any are written
    /// down. What is written down is named so.
    /// </summary>
    public static void WriteResolver(TextWriter output, JsonElement one)
    {
        if (!one.TryGetProperty("resolver", out JsonElement resolver) || resolver.ValueKind != JsonValueKind.Object) return;
        List<string> leftOut = Words(resolver, "leftOut");
        string servers = Marked(resolver, "servers", "staticServers", leftOut), domains = Marked(resolver, "searchDomains", "staticSearchDomains", []);
        if (servers.Length == 0 && domains.Length == 0 && leftOut.Count == 0) return;
        string cut = leftOut.Count == 0 ? "" : $"; left out: {string.Join(", ", leftOut)} (the C library reads three)";
        string to = SnapshotText.Text(resolver, "to") is { } taker ? $" to {taker}" : "";
        string why = SnapshotText.Text(resolver, "why") is { } reason ? $": {reason}" : "";
        output.WriteLine($"  resolver   {(servers.Length > 0 ? servers : leftOut.Count > 0 ? "none" : "domains")}{to}{cut}{why}");
        if (Words(resolver, "staticSearchDomains").Count > 0) output.WriteLine($"  domains    {domains}");
    }

    private static string Marked(JsonElement resolver, string all, string written, List<string> without)
    {
        List<string> own = Words(resolver, written);
        return string.Join(", ", Words(resolver, all).Where(word => !without.Contains(word)).Select(word => own.Contains(word) ? $"{word} (static)" : word));
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

    /// <summary>A line for everything that the state directory did not take, or has not yet.</summary>
    public static void WriteUnsaved(TextWriter output, JsonElement status)
    {
        if (!status.TryGetProperty("daemon", out JsonElement daemon) || daemon.ValueKind != JsonValueKind.Object) return;
        foreach (JsonElement unsaved in SnapshotText.Elements(daemon, "unsaved"))
        {
            string? what = SnapshotText.Text(unsaved, "what");
            if (!unsaved.TryGetProperty("writingSeconds", out JsonElement writing) || writing.ValueKind != JsonValueKind.Number)
                output.WriteLine($"not stored: {what}, which a restart would not know ({SnapshotText.Text(unsaved, "why")}); tried again every minute");
            // Every disk takes a while.
            else if (writing.GetInt64() is > 0 and var seconds)
                output.WriteLine(FormattableString.Invariant($"not stored yet: {what}, which a restart would not know (the disk has been at it for {seconds} s)"));
        }
    }

    private static List<string> Words(JsonElement parent, string name) =>
        SnapshotText.Elements(parent, name).Select(static item => Text.TerminalText.Of(item.GetString() ?? ""));
}
