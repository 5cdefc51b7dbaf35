namespace BondDhcp.Tests.Beds.Debian;

/// <summary>
/// The network around the machine, in a namespace of this host: a bridge with a port for each card, and dnsmasq for both families
/// with router advertisements. It outlives the machine's reboots, and sees what is sent at a shutdown.
/// </summary>
public sealed class DebianNetwork : IAsyncDisposable
{
    public const string RouterAddress = "192.0.2.1", RouterAddress6 = "2001:db8:55::1";
    private const string Bridge = "br0";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private BedProcess _server = null!;

    private DebianNetwork()
    {
    }

    public NetworkNamespace Namespace { get; } = new("network");

    /// <summary>What passes at the bridge's own port: all that is for everybody, and what is to and from the server.</summary>
    public PacketTrace Trace { get; private set; } = null!;

    /// <summary>What the server said.</summary>
    public string ServerLog => _server.Output;

    /// <summary>Makes it, with these ports.</summary>
    public static async Task<DebianNetwork> CreateAsync(params string[] ports)
    {
        DebianNetwork network = new();
        try
        {
            network.Wire(ports);
            network.Trace = await PacketTrace.StartAsync(network.Namespace, Bridge, "arp or udp port 67 or udp port 68 or udp port 546 or udp port 547 or icmp6");
            network._server = network.StartServer();
            await network._server.WaitForLineAsync(line => line.Contains("started", StringComparison.Ordinal), Patience);
            return network;
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }
    }

    /// <summary>Messages by which a client gives something back or refuses it, of both families.</summary>
    public IEnumerable<string> Farewells => Trace.Frames
        .Where(frame => frame.Dhcp?.Message is "RELEASE" or "DECLINE" || frame.Dhcp6?.Message is "RELEASE" or "DECLINE").Select(frame => frame.ToString());

    public override string ToString() => $"--- server\n{ServerLog}\n--- frames\n{Trace}";

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
        if (Trace is not null) await Trace.DisposeAsync();
        Namespace.Dispose();
    }

    private void Wire(string[] ports)
    {
        Namespace.Run("sh", "-c", "echo 0 > /proc/sys/net/ipv6/conf/all/disable_ipv6; echo 0 > /proc/sys/net/ipv6/conf/default/disable_ipv6");
        Namespace.IpBatch($"""
            link add {Bridge} address 02:00:00:00:01:01 type bridge forward_delay 0 mcast_snooping 0
            link set {Bridge} up
            address add {RouterAddress}/24 broadcast + dev {Bridge}
            address add {RouterAddress6}/64 dev {Bridge} nodad

            """);
        foreach (string port in ports)
        {
            Namespace.IpBatch($"tuntap add {port} mode tap\nlink set {port} master {Bridge} up\n");
            Namespace.Run("sh", "-c", $"echo 1 > /proc/sys/net/ipv6/conf/{port}/disable_ipv6");
        }
    }

    private BedProcess StartServer()
    {
        string file = Path.Combine(Namespace.Scratch, "dnsmasq.conf");
        File.WriteAllText(file, $"""
            port=0
            user=root
            no-ping
            log-dhcp
            log-facility=-
            pid-file=
            bind-interfaces
            interface={Bridge}
            dhcp-leasefile={Namespace.Scratch}/leases
            dhcp-authoritative
            dhcp-range=192.0.2.50,192.0.2.199,255.255.255.0,1h
            dhcp-option=option:router,{RouterAddress}
            dhcp-option=option:dns-server,{RouterAddress}
            dhcp-range=2001:db8:55::100,2001:db8:55::1ff,64,1h
            dhcp-option=option6:dns-server,[{RouterAddress6}]
            enable-ra

            """);
        return BedProcess.Start("dnsmasq", Namespace.Program("dnsmasq", "--keep-in-foreground", $"--conf-file={file}"));
    }
}
