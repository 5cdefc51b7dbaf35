using System.Diagnostics;

namespace BondDhcp.Tests.Beds;

/// <summary>Kea's DHCPv4 server.</summary>
public sealed class KeaServer(ServerConfiguration configuration, NetworkNamespace where, ServerPlan plan) : DhcpServer(configuration, where, plan)
{
    protected override BedProcess Launch()
    {
        string reservations = Configuration == ServerConfiguration.KeaReservation
            ? $$"""{ "hw-address": "{{NetworkBed.MacA}}", "ip-address": "{{ServerPlan.ReservedAddress}}" }"""
            : "";
        bool authoritative = Plan.Authoritative || Configuration == ServerConfiguration.KeaAuthoritative;
        string file = WriteConfiguration($$"""
            { "Dhcp4": {
                "interfaces-config": { "interfaces": [ "{{NetworkBed.ServerInterface}}" ] },
                "lease-database": { "type": "memfile", "persist": true, "name": "{{LeaseFile}}", "lfc-interval": 0 },
                "valid-lifetime": {{Plan.LeaseSeconds}},
                "match-client-id": {{Json(Configuration != ServerConfiguration.KeaMatchClientIdFalse)}},
                "authoritative": {{Json(authoritative)}},
                "loggers": [ { "name": "kea-dhcp4", "severity": "INFO", "output_options": [ { "output": "stdout" } ] } ],
                "subnet4": [ {
                    "id": 1, "subnet": "192.0.2.0/24",
                    "pools": [ { "pool": "{{Plan.PoolFirst}} - {{Plan.PoolLast}}" } ],
                    "option-data": [ { "name": "routers", "data": "{{Plan.Router}}" }, { "name": "domain-name-servers", "data": "{{Plan.Router}}" } ],
                    "reservations": [ {{reservations}} ]
                } ]
                {{Plan.Extra}}
            } }

            """);
        ProcessStartInfo start = Where.Program("kea-dhcp4", "-c", file);
        KeepFilesIn(start, Where.Scratch);
        return BedProcess.Start("kea-dhcp4", start);
    }

    /// <summary>Gives a server of Kea a directory for its files beside others': in its own environment, because scenes run beside each other.</summary>
    public static void KeepFilesIn(ProcessStartInfo start, string directory)
    {
        start.Environment["KEA_PIDFILE_DIR"] = directory;
        start.Environment["KEA_LOCKFILE_DIR"] = directory;
    }

    /// <summary>Its raw socket is opened after the UDP socket that keeps the port.</summary>
    protected override bool IsListening(string output) => output.Contains("DHCP4_STARTED", StringComparison.Ordinal);

    protected override void ForgetLeases()
    {
        foreach (string file in Directory.GetFiles(Where.Scratch, $"{nameof(KeaServer)}.leases*")) File.Delete(file);
    }

    private static string Json(bool value) => value ? "true" : "false";
}
