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
    private BedProcess? _authenticator;

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

    /// <summary>802.1X at a port: hostapd asks who is there, and knows the user "bed" with the password "secret". Nothing is held back.</summary>
    public async Task AuthenticateAsync(string port)
    {
        string users = Path.Combine(Namespace.Scratch, "eap_users"), file = Path.Combine(Namespace.Scratch, "hostapd.conf");
        await File.WriteAllTextAsync(users, "\"bed\" MD5 \"secret\"\n");
        await File.WriteAllTextAsync(file, $"interface={port}\ndriver=wired\nieee8021x=1\neap_server=1\neap_user_file={users}\nuse_pae_group_addr=1\n");
        _authenticator = BedProcess.Start("hostapd", Namespace.Program("hostapd", "-t", file));
        await _authenticator.WaitForLineAsync(line => line.Contains("AP-ENABLED", StringComparison.Ordinal), Patience);
    }

    public override string ToString() => $"--- server\n{ServerLog}\n--- authenticator\n{_authenticator?.Output}\n--- frames\n{Trace}";

    public async ValueTask DisposeAsync()
    {
        if (_authenticator is not null) await _authenticator.DisposeAsync();
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
