using System.Globalization;
using System.Net;
using System.Text.Json;
using BondDhcp.Host.Status;

namespace BondDhcp.Host.Metrics;

/// <summary>
/// Makes the text of <c>status --format openmetrics</c> of the JSON that the daemon answers. Labels are names of ours, of
/// interfaces, and addresses; no text of the network's is among them.
/// </summary>
internal sealed partial class StatusMetrics
{
    private readonly MetricWriter _metrics;
    private readonly JsonElement _status;
    private readonly JsonElement[] _interfaces;

    private StatusMetrics(TextWriter output, JsonElement status)
    {
        _metrics = new MetricWriter(output);
        _status = status;
        _interfaces = [.. SnapshotText.Elements(status, "interfaces")];
    }

    /// <summary>Writes everything.</summary>
    public static void Write(TextWriter output, JsonElement status)
    {
        StatusMetrics metrics = new(output, status);
        metrics.WriteDaemon();
        metrics.WriteInterfaces();
        metrics.WriteSlaves();
        metrics.WriteSupplicants();
        metrics.WriteLeases();
        metrics.WriteCounters();
        metrics.WriteAcquisitions();
        metrics._metrics.End();
    }

    private void WriteDaemon()
    {
        if (Object(_status, "daemon") is { } daemon)
        {
            _metrics.Gauge("build_info", "The program; always 1.").Add(1, ("version", Word(daemon, "version")));
            _metrics.Gauge("start_time", "When the daemon was started, seconds since 1970.", "seconds");
            if (Time(daemon, "startedAt") is { } startedAt) _metrics.Add(startedAt);
            _metrics.Counter("journal_events", "Events that the daemon has recorded.").AddTotal(Number(daemon, "events"));
            _metrics.Counter("journal_events_dropped", "Events that have made room for newer ones.").AddTotal(Number(daemon, "eventsLost"));
        }
        if (Object(_status, "hooks") is { } hooks)
        {
            _metrics.Counter("hook_runs", "Runs of hooks, by how they ended; lost ones were not begun.");
            foreach (string outcome in (string[])["succeeded", "failed", "lost"]) _metrics.AddTotal(Number(hooks, outcome), ("outcome", outcome));
        }
        _metrics.Gauge("component_state", "1 for the state a component is in.");
        foreach (JsonElement component in SnapshotText.Elements(_status, "components"))
            foreach (string state in StateNames.OfComponents)
                _metrics.Add(Word(component, "state") == state ? 1 : 0, ("component", Word(component, "name")), ("state", state));
    }

    private void WriteInterfaces()
    {
        _metrics.Gauge("interface_up", "1 while a frame sent now gets into the network.");
        foreach (JsonElement one in _interfaces) _metrics.Add(Flag(one, "usable"), Of(one));
        _metrics.Gauge("interface_carrier", "1 while the interface has a carrier.");
        foreach (JsonElement one in _interfaces) _metrics.Add(Flag(one, "carrier"), Of(one));
        _metrics.Gauge("addresses", "Addresses on the interface, by who configured them.");
        foreach (JsonElement one in _interfaces)
        {
            List<(string Origin, string Family)> addresses =
                SnapshotText.Elements(one, "addresses").Select(address => (Word(address, "origin"), FamilyOf(Word(address, "address"))));
            foreach ((string Origin, string Family) kind in addresses.Distinct())
                _metrics.Add(addresses.Count(other => other == kind), Of(one), ("family", kind.Family), ("origin", kind.Origin));
        }
        _metrics.Gauge("rivals", "Other programs that configure the interface or a device below it.");
        foreach (JsonElement one in _interfaces) _metrics.Add(SnapshotText.Elements(one, "rivals").Count(), Of(one));
    }

    private void WriteSlaves()
    {
        _metrics.Gauge("slave_active", "1 for the slave that the bond sends through.");
        EachSlave((labels, slave) => _metrics.Add(Flag(slave, "active"), labels));
        _metrics.Gauge("slave_up", "1 while a frame sent through the slave gets into the network.");
        EachSlave((labels, slave) => _metrics.Add(Flag(slave, "usable"), labels));
        _metrics.Gauge("slave_network", "1 for what is known of the network the slave leads into, compared with the lease's.");
        EachSlave((labels, slave) =>
        {
            foreach (string network in StateNames.OfNetworks)
                _metrics.Add(Word(slave, "network") == network ? 1 : 0, [.. labels, ("network", network)]);
        });
        _metrics.Counter("bond_slave_changes", "Changes of the slave in use.");
        foreach (JsonElement one in _interfaces)
            if (Object(one, "failovers") is { } failovers) _metrics.AddTotal(Number(failovers, "count"), Of(one));
    }

    private void WriteSupplicants()
    {
        _metrics.Gauge("supplicant_state", "1 for the state wpa_supplicant says it is in.");
        EachSupplicant((name, supplicant) =>
        {
            foreach (string state in StateNames.OfSupplicants)
                _metrics.Add(Word(supplicant, "state") == state ? 1 : 0, ("interface", name), ("state", state));
        });
        _metrics.Counter("supplicant_restarts", "How often wpa_supplicant ended, or did not start, and was started again.");
        EachSupplicant((name, supplicant) => _metrics.AddTotal(Number(supplicant, "restarts"), ("interface", name)));
    }

    // A slave's supplicant is the slave's, and may be that of an interface of its own section as well.
    private void EachSupplicant(Action<string, JsonElement> then)
    {
        HashSet<string> told = new(StringComparer.Ordinal);
        foreach (JsonElement owner in _interfaces.Concat(_interfaces.SelectMany(one => SnapshotText.Elements(one, "slaves"))))
            if (Object(owner, "supplicant") is { } supplicant && told.Add(Word(owner, "name"))) then(Word(owner, "name"), supplicant);
    }

    private void EachSlave(Action<(string, string)[], JsonElement> then)
    {
        foreach (JsonElement one in _interfaces)
            foreach (JsonElement slave in SnapshotText.Elements(one, "slaves"))
                then([Of(one), ("slave", Word(slave, "name"))], slave);
    }

    private static (string, string) Of(JsonElement one) => ("interface", Word(one, "name"));

    private static string FamilyOf(string address) => IPAddress.TryParse(address.Split('/')[0], out IPAddress? parsed)
        && parsed.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? "ipv6" : "ipv4";

    private static JsonElement? Object(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Object ? value : null;

    private static string Word(JsonElement parent, string name) => SnapshotText.Text(parent, name) ?? "";

    private static double Flag(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.True ? 1 : 0;

    private static double Number(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : 0;

    private static double? Time(JsonElement parent, string name) =>
        SnapshotText.Text(parent, name) is { } text && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out DateTimeOffset at)
            ? at.ToUnixTimeMilliseconds() / 1000.0 : null;
}
