using System.Text.Json;
using BondDhcp.Host.Status;

namespace BondDhcp.Host.Metrics;

/// <summary>Leases, and what their clients counted.</summary>
internal sealed partial class StatusMetrics
{
    private static readonly (string Name, string Label, string[] States)[] s_families =
        [("dhcp4", "ipv4", StateNames.OfDhcp4), ("dhcp6", "ipv6", StateNames.OfDhcp6)];

    private void WriteLeases()
    {
        _metrics.Gauge("dhcp_state", "1 for the state the client is in.");
        EachClient((labels, client, states) =>
        {
            foreach (string state in states) _metrics.Add(Word(client, "state") == state ? 1 : 0, [.. labels, ("state", state)]);
        });
        _metrics.Gauge("lease_info", "The leased addresses and prefixes; always 1.");
        EachClient((labels, client, _) =>
        {
            foreach (string address in AddressesOf(client)) _metrics.Add(1, [.. labels, ("address", address)]);
        });
        WriteLeaseTime("lease_obtained_timestamp", "obtainedAt", "When the lease was obtained or last extended, seconds since 1970.");
        WriteLeaseTime("lease_renew_timestamp", "renewAt", "When its extension begins, seconds since 1970.");
        WriteLeaseTime("lease_rebind_timestamp", "rebindAt", "When any server is asked to extend it, seconds since 1970.");
        WriteLeaseTime("lease_expiry_timestamp", "expiresAt", "When it ends, seconds since 1970; not there for one that never does.");
    }

    private void WriteLeaseTime(string name, string field, string help)
    {
        _metrics.Gauge(name, help, "seconds");
        EachClient((labels, client, _) =>
        {
            if (Time(client, field) is { } at) _metrics.Add(at, labels);
        });
    }

    private void WriteCounters()
    {
        WriteByKey("messages_sent", "sent", "message", "DHCP messages sent.");
        WriteByKey("messages_received", "received", "message", "DHCP messages received and used.");
        WriteCount("send_errors", "sendErrors", "Messages that the kernel did not take.");
        WriteCount("retransmissions", "retransmissions", "Messages sent that were of the type and transaction of the one before.");
        WriteCount("refusals", "refusals", "Refusals that counted: DHCPNAK, or no address by status.");
        WriteByKey("packets_dropped", "drops", "reason", "Packets not used, by reason.");
        WriteCount("address_conflicts", "conflicts", "Conflicts of an address of ours.");
        _metrics.Gauge("foreign_servers", "Servers heard since the start whose lease is not in force.");
        EachCounted((labels, counted) => _metrics.Add(Number(counted, "foreignServers"), labels));
        _metrics.Counter("failovers", "Changes of the path under a lease, by what became of its address.");
        EachCounted((labels, counted) =>
        {
            _metrics.AddTotal(Number(counted, "failoversSurvived"), [.. labels, ("outcome", "survived")]);
            _metrics.AddTotal(Number(counted, "failoversLost"), [.. labels, ("outcome", "lost")]);
        });
    }

    private void WriteAcquisitions()
    {
        _metrics.Histogram("time_to_address", "From a path that carries frames to an address that can be used.", "seconds");
        EachCounted((labels, counted) =>
        {
            JsonElement acquisitions = counted.GetProperty("acquisitions");
            foreach (JsonElement bucket in SnapshotText.Elements(acquisitions, "buckets"))
                _metrics.Add("_bucket", Number(bucket, "count"), [.. labels, ("le", Bound(Number(bucket, "upToSeconds")))]);
            _metrics.Add("_bucket", Number(acquisitions, "count"), [.. labels, ("le", "+Inf")]);
            _metrics.Add("_count", Number(acquisitions, "count"), labels);
            _metrics.Add("_sum", Number(acquisitions, "totalSeconds"), labels);
        });
        _metrics.Gauge("last_acquisition_phase", "How long each part took the last time.", "seconds");
        EachCounted((labels, counted) =>
        {
            foreach (JsonProperty part in counted.GetProperty("acquisitions").GetProperty("last").EnumerateObject())
                if (part.Value.ValueKind == JsonValueKind.Number)
                    _metrics.Add(part.Value.GetDouble(), [.. labels, ("phase", part.Name.Replace("Seconds", "", StringComparison.Ordinal))]);
        });
    }

    private void WriteCount(string name, string field, string help)
    {
        _metrics.Counter(name, help);
        EachCounted((labels, counted) => _metrics.AddTotal(Number(counted, field), labels));
    }

    private void WriteByKey(string name, string field, string label, string help)
    {
        _metrics.Counter(name, help);
        EachCounted((labels, counted) =>
        {
            foreach (JsonProperty one in counted.GetProperty(field).EnumerateObject()) _metrics.AddTotal(one.Value.GetDouble(), [.. labels, (label, one.Name)]);
        });
    }

    private void EachClient(Action<(string, string)[], JsonElement, string[]> then)
    {
        foreach (JsonElement one in _interfaces)
            foreach ((string name, string label, string[] states) in s_families)
                if (Object(one, name) is { } client) then([Of(one), ("family", label)], client, states);
    }

    private void EachCounted(Action<(string, string)[], JsonElement> then)
    {
        foreach (JsonElement one in _interfaces)
            foreach ((string name, string label, _) in s_families)
                if (Object(one, "counters") is { } counters && Object(counters, name) is { } counted) then([Of(one), ("family", label)], counted);
    }

    private static IEnumerable<string> AddressesOf(JsonElement client)
    {
        if (SnapshotText.Text(client, "address") is { } address) yield return address;
        foreach (JsonElement leased in SnapshotText.Elements(client, "addresses")) yield return Word(leased, "address");
        foreach (JsonElement leased in SnapshotText.Elements(client, "prefixes")) yield return Word(leased, "prefix");
    }

    // OpenMetrics writes bounds as floating-point numbers: 1.0.
    private static string Bound(double seconds) => MetricWriter.TextOf(seconds) is var text && text.Contains('.', StringComparison.Ordinal) ? text : text + ".0";
}
