namespace BondDhcp.Tests.Beds;

/// <summary>dnsmasq, DHCP only.</summary>
public sealed class DnsmasqServer(ServerConfiguration configuration, NetworkNamespace where, ServerPlan plan) : DhcpServer(configuration, where, plan)
{
    protected override BedProcess Launch()
    {
        string special = Configuration switch
        {
            ServerConfiguration.DnsmasqIgnoreClientId => "dhcp-ignore-clid",
            ServerConfiguration.DnsmasqHost => $"dhcp-host={NetworkBed.MacA},{ServerPlan.ReservedAddress}",
            _ => "",
        };
        string file = WriteConfiguration($"""
            port=0
            user=root
            no-ping
            log-dhcp
            log-facility=-
            pid-file=
            bind-interfaces
            interface={NetworkBed.ServerInterface}
            dhcp-leasefile={LeaseFile}
            dhcp-range={Plan.PoolFirst},{Plan.PoolLast},255.255.255.0,{(Plan.LeaseSeconds < 0 ? "infinite" : $"{Plan.LeaseSeconds}")}
            dhcp-option=option:router,{Plan.Router}
            dhcp-option=option:dns-server,{Plan.Router}
            {(Plan.Authoritative ? "dhcp-authoritative" : "")}
            {(Plan.RapidCommit ? "dhcp-rapid-commit" : "")}
            {special}
            {Plan.Extra}

            """);
        return BedProcess.Start("dnsmasq", Where.Program("dnsmasq", "--keep-in-foreground", $"--conf-file={file}"));
    }
}
