namespace BondDhcp.Tests.Beds;

/// <summary>ISC dhcpd, IPv4.</summary>
public sealed class IscServer(ServerConfiguration configuration, NetworkNamespace where, ServerPlan plan) : DhcpServer(configuration, where, plan)
{
    protected override BedProcess Launch()
    {
        if (!File.Exists(LeaseFile)) File.WriteAllText(LeaseFile, "");
        string special = Configuration switch
        {
            ServerConfiguration.IscIgnoreClientUids => "ignore-client-uids true;",
            ServerConfiguration.IscHost => $"host a {{ hardware ethernet {NetworkBed.MacA}; fixed-address {ServerPlan.ReservedAddress}; }}",
            _ => "",
        };
        string file = WriteConfiguration($$"""
            {{(Plan.Authoritative ? "authoritative;" : "not authoritative;")}}
            ping-check false;
            default-lease-time {{Plan.LeaseSeconds}};
            max-lease-time {{Plan.LeaseSeconds}};
            min-lease-time {{Plan.LeaseSeconds}};
            server-identifier {{Plan.Address}};
            {{special}}
            {{Plan.Extra}}
            subnet 192.0.2.0 netmask 255.255.255.0 {
              range {{Plan.PoolFirst}} {{Plan.PoolLast}};
              {{(Plan.Retired is null ? "" : $"pool {{ deny all clients; range {Plan.Retired}; }}")}}
              option routers {{Plan.Router}};
              option domain-name-servers {{Plan.Router}};
            }

            """);
        return BedProcess.Start("dhcpd", Where.Program("dhcpd", "-4", "-f", "-d", "--no-pid", "-cf", file, "-lf", LeaseFile, NetworkBed.ServerInterface));
    }
}
