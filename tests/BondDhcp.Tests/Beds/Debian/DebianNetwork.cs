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
    private readonly List<BedProcess> _servers = [];
    private readonly List<string> _earlierOutput = [];
    private BedProcess? _authenticator;

    private DebianNetwork()
    {
    }

    public NetworkNamespace Namespace { get; } = new("network");

    /// <summary>What passes at the bridge's own port: all that is for everybody, and what is to and from the server.</summary>
    public PacketTrace Trace { get; private set; } = null!;

    /// <summary>What the servers said.</summary>
    public string ServerLog => string.Join('\n', [.. _earlierOutput, .. _servers.Select(server => server.Output)]);

    /// <summary>Makes it, with these ports.</summary>
    public static async Task<DebianNetwork> CreateAsync(params string[] ports)
    {
        DebianNetwork network = new();
        try
        {
            network.Wire(ports);
            network.Trace = await PacketTrace.StartAsync(network.Namespace, Bridge, "arp or udp port 67 or udp port 68 or udp port 546 or udp port 547 or icmp6");
            await network.ServeAsync();
            return network;
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }
    }

    /// <summary>The server from here on is dnsmasq, with leases of an hour and none of an earlier server's.</summary>
    public async Task ServeAsync()
    {
        await StopServersAsync();
        BedProcess server = StartServer();
        _servers.Add(server);
        await server.WaitForLineAsync(line => line.Contains("started", StringComparison.Ordinal), Patience);
    }

    /// <summary>The servers from here on are ISC dhcpd's, for leases shorter than dnsmasq's shortest, without those of an earlier server.</summary>
    /// <param name="leaseSeconds">Of both families.</param>
    public async Task ServeAsync(int leaseSeconds)
    {
        await StopServersAsync();
        _servers.Add(StartServer("-4", $$"""
            authoritative;
            ping-check false;
            default-lease-time {{leaseSeconds}};
            max-lease-time {{leaseSeconds}};
            min-lease-time {{leaseSeconds}};
            subnet 192.0.2.0 netmask 255.255.255.0 {
              range 192.0.2.50 192.0.2.199;
              option routers {{RouterAddress}};
            }

            """));
        _servers.Add(StartServer("-6", $$"""
            default-lease-time {{leaseSeconds}};
            preferred-lifetime {{leaseSeconds}};
            subnet6 2001:db8:55::/64 {
              range6 2001:db8:55::100 2001:db8:55::1ff;
            }

            """));
        foreach (BedProcess server in _servers)
            await server.WaitForLineAsync(line => line.Contains("Server starting service", StringComparison.Ordinal), Patience);
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
        await StopServersAsync();
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
            dhcp-leasefile={EmptyFile("leases")}
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

    private BedProcess StartServer(string family, string configuration)
    {
        string file = Path.Combine(Namespace.Scratch, $"dhcpd{family}.conf");
        File.WriteAllText(file, configuration);
        return BedProcess.Start($"dhcpd {family}", Namespace.Program("dhcpd", family, "-f", "-d", "--no-pid", "-cf", file, "-lf", EmptyFile($"dhcpd{family}.leases"), Bridge));
    }

    private string EmptyFile(string name)
    {
        string file = Path.Combine(Namespace.Scratch, name);
        File.WriteAllText(file, "");
        return file;
    }

    private async Task StopServersAsync()
    {
        foreach (BedProcess server in _servers)
        {
            await server.DisposeAsync();
            _earlierOutput.Add(server.Output);
        }
        _servers.Clear();
    }
}
