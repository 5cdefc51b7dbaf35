namespace BondDhcp.Tests.Beds;

/// <summary>
/// A client and a server in two private namespaces, joined by a veth pair: <c>c0</c> with <see cref="MacA"/> in the client's,
/// <c>s0</c> in the server's. The client's namespace also has the "slaves" <c>w0</c> with MAC A and <c>w1</c> with MAC B, down, so
/// that a change of c0's MAC by <see cref="FailOver"/> looks as on a bond with fail_over_mac=active. A third, <c>w2</c>, has MAC C.
/// The router is the server's host under an address of its own.
/// </summary>
public sealed class NetworkBed : IAsyncDisposable
{
    public const string MacA = "02:00:00:00:0a:0a";
    public const string MacB = "02:00:00:00:0b:0b";
    public const string MacC = "02:00:00:00:0c:0c";
    public const string ServerMac = "02:00:00:00:01:01";
    public const string SquatterMac = "02:00:00:00:05:05";
    public const string ClientInterface = "c0";
    public const string ServerInterface = "s0";

    private readonly Action<string>? _report;
    private readonly List<IAsyncDisposable> _parts = [];
    private bool _filtering;

    private NetworkBed(Action<string>? report, bool segment)
    {
        _report = report;
        Client = new("client");
        Server = new("server");
        if (segment) Other = new("other");
    }

    public NetworkNamespace Client { get; }

    public NetworkNamespace Server { get; }

    /// <summary>A third host, <c>o0</c> on the same segment; only with <c>segment</c>.</summary>
    public NetworkNamespace? Other { get; }

    /// <summary>What passes at the server's interface.</summary>
    public PacketTrace Trace { get; private set; } = null!;

    /// <summary>What the kernel says in the client's namespace.</summary>
    public KernelEvents Events { get; private set; } = null!;

    /// <summary>The present MAC of c0.</summary>
    public string ClientMac { get; private set; } = MacA;

    /// <summary>Makes the bed.</summary>
    /// <param name="report">Where everything seen is written when the bed goes; null for nowhere.</param>
    /// <param name="segment">A bridge with a third host instead of a direct cable.</param>
    /// <param name="observed">Trace and kernel events; without them the bed disturbs measurements less.</param>
    public static async Task<NetworkBed> CreateAsync(Action<string>? report, bool segment = false, bool observed = true)
    {
        NetworkBed bed = new(report, segment);
        try
        {
            bed.Wire();
            // Servers refuse an interface whose carrier the kernel has not reported yet.
            await Wait.UntilAsync(() => bed.Server.IsUp(ServerInterface) && bed.Client.IsUp(ClientInterface), TimeSpan.FromSeconds(5), "carrier");
            if (!observed) return bed;
            bed.Trace = bed.Add(await PacketTrace.StartAsync(bed.Server, ServerInterface));
            bed.Events = bed.Add(await KernelEvents.StartAsync(bed.Client));
            return bed;
        }
        catch
        {
            await bed.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a server of one of the configurations, and returns when it listens.</summary>
    public async Task<DhcpServer> StartServerAsync(ServerConfiguration configuration, ServerPlan? plan = null)
    {
        DhcpServer server = Add(DhcpServer.Create(configuration, Server, plan ?? new ServerPlan()));
        await server.StartAsync();
        return server;
    }

    /// <summary>Starts <c>bonddhcp run</c> on c0.</summary>
    /// <param name="interfaceSettings">Lines for [interface.c0] beside <c>dhcp4 = true</c>.</param>
    /// <param name="globalSettings">Lines before it.</param>
    public BondDhcpProcess StartClient(string interfaceSettings = "", string globalSettings = "")
    {
        BondDhcpProcess client = Add(new BondDhcpProcess(Client));
        client.Configure(interfaceSettings, globalSettings);
        client.Start();
        return client;
    }

    /// <summary>Takes ownership of a part: it goes before the namespaces do.</summary>
    public T Add<T>(T part) where T : IAsyncDisposable
    {
        _parts.Add(part);
        return part;
    }

    /// <summary>Gives c0 another MAC while it is up: what a failover of a bond with fail_over_mac=active looks like from above.</summary>
    public void FailOver(string? mac = null)
    {
        ClientMac = mac ?? (ClientMac == MacA ? MacB : MacA);
        if (_filtering) FilterForeignUnicast();
        Client.Ip($"link set {ClientInterface} address {ClientMac}");
    }

    /// <summary>From now on c0 gets only frames a real NIC would take: to its present MAC, or to a group.</summary>
    public void FilterForeignUnicast()
    {
        if (_filtering) Client.Nft("delete table netdev nic");
        _filtering = true;
        Client.Nft($$"""
            table netdev nic {
              chain in {
                type filter hook ingress device "{{ClientInterface}}" priority 0;
                ether daddr & 01:00:00:00:00:00 == 00:00:00:00:00:00 ether daddr != {{ClientMac}} drop
              }
            }

            """);
    }

    /// <summary>The network loses every message of one type that the server sends (option 53 stands first in what all four servers send), until <see cref="LoseNothing"/>.</summary>
    /// <param name="messageType">2 DHCPOFFER, 5 DHCPACK, 6 DHCPNAK; 0 for all of them.</param>
    public void LoseFromServer(byte messageType)
    {
        LoseNothing();
        string match = messageType == 0 ? "" : $" @th,2000,8 {messageType}";
        Server.Nft($$"""
            table netdev loss {
              chain out {
                type filter hook egress device "{{ServerInterface}}" priority 0;
                udp sport 67{{match}} drop
              }
            }

            """);
    }

    /// <summary>Ends <see cref="LoseFromServer"/>.</summary>
    public void LoseNothing() => Server.Nft("add table netdev loss\ndelete table netdev loss\n");

    /// <summary>The addresses on c0 as the kernel has them, "192.0.2.50/24".</summary>
    public IReadOnlyList<string> ClientAddresses() =>
        [.. Client.Ip($"-4 -o address show dev {ClientInterface}").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(" inet ", 2)[1].Split(' ', 2)[0])];

    public async ValueTask DisposeAsync()
    {
        Report();
        for (int i = _parts.Count - 1; i >= 0; i--) await _parts[i].DisposeAsync();
        Client.Dispose();
        Server.Dispose();
        Other?.Dispose();
    }

    private void Wire()
    {
        // Both ends are made where they belong: no name of ours is ever seen outside.
        string end = Other is null ? ServerInterface : "p0";
        Client.IpBatch($"""
            link add {ClientInterface} address {MacA} type veth peer name {end} netns {Server.HolderId}
            link add w0 address {MacA} type veth peer name w1 address {MacB}
            link add w2 address {MacC} type veth peer name w3
            link set {ClientInterface} up

            """);
        if (Other is null) Server.Ip($"link set {ServerInterface} address {ServerMac}");
        else
        {
            Other.IpBatch($"""
                link add o0 address {SquatterMac} type veth peer name q0 netns {Server.HolderId}
                link set o0 up

                """);
            Server.IpBatch($"""
                link add {ServerInterface} address {ServerMac} type bridge forward_delay 0
                link set p0 master {ServerInterface} up
                link set q0 master {ServerInterface} up

                """);
        }
        Server.IpBatch($"""
            address add {ServerPlan.DefaultRouter}/32 dev lo
            address add {ServerPlan.DefaultAddress}/24 broadcast + dev {ServerInterface}
            link set {ServerInterface} up

            """);
    }

    private void Report()
    {
        if (_report is null) return;
        if (Trace is not null) _report($"--- packets at the server\n{Trace}");
        if (Events is not null) _report($"--- kernel events at the client\n{Events}");
        foreach (IAsyncDisposable part in _parts)
            if (part is DhcpServer or BondDhcpProcess) _report($"--- {part}");
    }
}
