namespace BondDhcp.Tests.Beds;

/// <summary>busybox udhcpd. Its answers do not depend on whether the client is authoritative's friend: it refuses only addresses it knows to be another's.</summary>
public sealed class UdhcpdServer(ServerConfiguration configuration, NetworkNamespace where, ServerPlan plan) : DhcpServer(configuration, where, plan)
{
    protected override BedProcess Launch()
    {
        if (!File.Exists(LeaseFile)) File.WriteAllText(LeaseFile, "");
        string special = Configuration == ServerConfiguration.UdhcpdStaticLease ? $"static_lease {NetworkBed.MacA} {ServerPlan.ReservedAddress}" : "";
        string file = WriteConfiguration($"""
            start {Plan.PoolFirst}
            end {Plan.PoolLast}
            interface {NetworkBed.ServerInterface}
            lease_file {LeaseFile}
            pidfile {Where.Scratch}/udhcpd.pid
            min_lease 1
            opt lease {Plan.LeaseSeconds}
            opt subnet 255.255.255.0
            opt router {Plan.Router}
            opt dns {Plan.Router}
            {special}
            {Plan.Extra}

            """);
        // -a 0: it would ask by ARP for two seconds before each offer.
        return BedProcess.Start("udhcpd", Where.Program("busybox", "udhcpd", "-f", "-a", "0", "-I", Plan.Address, file));
    }
}
