using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace BondDhcp.Tests.Beds;

/// <summary>The servers of DHCPv6 there are.</summary>
public enum Dhcp6ServerKind
{
    /// <summary>dnsmasq, which advertises itself as a router too.</summary>
    Dnsmasq,
    /// <summary>Kea, with radvd beside it; delegates prefixes.</summary>
    Kea,
    /// <summary>ISC dhcpd, with radvd beside it; delegates prefixes.</summary>
    Isc,
    /// <summary>As <see cref="Kea"/>, with lifetimes of 4 and 8 seconds.</summary>
    Short,
    /// <summary>As <see cref="Kea"/>, with T1 and T2 of 13 and 16 seconds, and lifetimes of a minute and two.</summary>
    EarlyT1,
}

/// <summary>A bed with IPv6, a DHCPv6 server and a router on it, and the program.</summary>
public sealed partial class Dhcp6Scene : IAsyncDisposable
{
    public const string Interface = NetworkBed.ClientInterface;

    /// <summary>Longer than anything in a scenario takes on a loaded machine.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(25);

    private readonly Action<string> _report;
    private readonly List<BedProcess> _servers = [];
    private BedProcess _trace = null!;
    private string _subnet = "2001:db8:55";
    private bool _nameServers = true;
    private Action _serve = null!;

    private Dhcp6Scene(NetworkBed bed, Action<string> report)
    {
        Bed = bed;
        _report = report;
        Client = bed.Add(new BondDhcpProcess(bed.Client));
    }

    public NetworkBed Bed { get; }

    public BondDhcpProcess Client { get; }

    /// <summary>A server that listens, a router that advertises, and a client that is configured and not started.</summary>
    /// <param name="report">Is told everything seen, at the end.</param>
    /// <param name="kind">The server.</param>
    /// <param name="settings">Of the client's interface; <c>dhcp6 = true</c> when empty.</param>
    /// <param name="flags">Flags of the router advertisements, radvd's words; of no account with dnsmasq.</param>
    /// <param name="pool">The last group of the pool's first and last address.</param>
    /// <param name="extra">Lines added to dnsmasq's configuration; members of Kea's, each after a comma.</param>
    public static async Task<Dhcp6Scene> SetAsync(
        Action<string> report, Dhcp6ServerKind kind, string settings = "dhcp6 = true", string flags = "AdvManagedFlag on;", string pool = "100 1ff", string extra = "")
    {
        Dhcp6Scene scene = new(await NetworkBed.CreateAsync(report: null), report);
        try
        {
            await scene.GiveIpv6Async();
            scene._trace = scene.Bed.Add(BedProcess.Start(
                "tcpdump", scene.Bed.Server.Program("tcpdump", "-i", NetworkBed.ServerInterface, "-e", "-l", "-n", "-v", "--immediate-mode", "-Z", "root", "udp port 547 or icmp6 or udp port 67")));
            await scene._trace.WaitForLineAsync(line => line.Contains("listening on", StringComparison.Ordinal), Patience);
            scene._serve = () => scene.Serve(kind, flags, pool.Split(' '), extra);
            scene._serve();
            await Wait.UntilAsync(scene.IsServed, Patience, $"{kind} to listen", scene.ToString);
            scene.Configure(settings);
            return scene;
        }
        catch
        {
            await scene.DisposeAsync();
            throw;
        }
    }

    /// <summary>Writes the client's configuration.</summary>
    /// <param name="settings">Of its interface.</param>
    /// <param name="globalSettings">Before it.</param>
    public void Configure(string settings, string globalSettings = "")
    {
        string dns = settings.Contains("dns =", StringComparison.Ordinal) ? "" : "dns = false";
        File.WriteAllText(Client.ConfigurationFile, $"{globalSettings}\n[interface.{Interface}]\n{dns}\n{settings}\n");
    }

    /// <summary>Starts the client and waits for its lease.</summary>
    public async Task<JsonElement> BindAsync()
    {
        Client.Start();
        await Client.MustAsync("wait-online", Interface, "-6", "--timeout", "20");
        return await WaitForStateAsync("bound");
    }

    /// <summary>Waits until dhcp6 of the client's interface is in a state as <c>lease --json</c> names it, and returns the object.</summary>
    public async Task<JsonElement> WaitForStateAsync(string state)
    {
        JsonElement? found = null;
        string last = "";
        DateTime deadline = DateTime.UtcNow + Patience;
        while (DateTime.UtcNow < deadline)
        {
            if (await LeaseAsync() is { } lease)
            {
                last = lease.GetProperty("state").GetString()!;
                if (last == state) found = lease;
            }
            if (found is { } there) return there;
            if (Client.Daemon.HasExited) break;
            await Task.Delay(20);
        }
        throw new BedException($"waited in vain for {state}, which is {last}\n{this}");
    }

    /// <summary>The dhcp6 object of <c>lease --json</c>; null while there is none.</summary>
    public async Task<JsonElement?> LeaseAsync()
    {
        ProgramResult result = await Client.CommandAsync("lease", Interface, "--json");
        if (result.ExitCode != 0) return null;
        using JsonDocument document = JsonDocument.Parse(result.Output);
        foreach (JsonElement one in document.RootElement.GetProperty("interfaces").EnumerateArray())
            if (one.GetProperty("dhcp6").ValueKind == JsonValueKind.Object) return one.GetProperty("dhcp6").Clone();
        return null;
    }

    /// <summary>Events of dhcp6 in <c>timeline --json</c>, oldest first.</summary>
    public async Task<IReadOnlyList<JsonElement>> TimelineAsync()
    {
        List<JsonElement> found = [];
        foreach (string line in (await Client.MustAsync("timeline", "--json")).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using JsonDocument document = JsonDocument.Parse(line);
            if (document.RootElement.GetProperty("source").GetString() == "dhcp6") found.Add(document.RootElement.Clone());
        }
        return found;
    }

    /// <summary>Less than the ten seconds of silence that end a CONFIRM as an answer does (RFC 9915 section 18.2.3).</summary>
    public static readonly TimeSpan BeforeSilence = TimeSpan.FromSeconds(9.5);

    /// <summary>How long the last CONFIRM, or REBIND in its place, was under way until the client was bound.</summary>
    /// <param name="state">confirming, or rebinding.</param>
    public async Task<TimeSpan> VerifiedInAsync(string state = "confirming")
    {
        JsonElement[] states = [.. (await TimelineAsync()).Where(one => one.GetProperty("event").GetString() == "state")];
        int began = Array.FindLastIndex(states, one => one.GetProperty("to").GetString() == state);
        if (began < 0 || began == states.Length - 1 || states[began + 1].GetProperty("to").GetString() != "bound")
            throw new BedException($"{state} did not end in bound\n{this}");
        return states[began + 1].GetProperty("at").GetDateTimeOffset() - states[began].GetProperty("at").GetDateTimeOffset();
    }

    /// <summary>The addresses of DHCPv6 on the client's interface, as ip(8) shows them.</summary>
    public IReadOnlyList<string> Addresses() =>
        [.. AddressPattern().Matches(Bed.Client.Ip($"-6 -o address show dev {Interface} scope global")).Select(match => match.Groups[1].Value).Where(address => address.EndsWith("/128", StringComparison.Ordinal))];

    /// <summary>What tcpdump said of each packet from a mark on: one line a packet, options of neighbour discovery on lines of their own.</summary>
    public IReadOnlyList<string> Packets(int from = 0) => [.. _trace.Lines.Skip(from)];

    /// <summary>How many lines there are: a mark for "from here on".</summary>
    public int Mark => _trace.Lines.Count;

    /// <summary>Waits for a packet from a mark on, and returns its line.</summary>
    public async Task<string> WaitForPacketAsync(string pattern, int from = 0)
    {
        string? found = null;
        await Wait.UntilAsync(
            () => (found = Packets(from).FirstOrDefault(line => Regex.IsMatch(line, pattern))) is not null, Patience, pattern, ToString);
        return found!;
    }

    /// <summary>The server goes, and answers nobody any more.</summary>
    public void StopServer() => _servers[0].Signal("KILL");

    /// <summary>Server and router go, and come again with the leases that were given.</summary>
    /// <param name="nameServers">Whether it still has name servers for its clients (option 23).</param>
    public async Task RestartServerAsync(bool nameServers = true)
    {
        await EndServersAsync();
        _nameServers = nameServers;
        await ServeAgainAsync();
    }

    /// <summary>Server and router go, and come again in another /64 of which they know nothing before: what another network looks like.</summary>
    public async Task MoveServerAsync(string subnet)
    {
        await EndServersAsync();
        Bed.Server.Ip($"address flush dev {NetworkBed.ServerInterface} scope global");
        Bed.Server.Run("/bin/sh", "-c", $"rm -f {Bed.Server.Scratch}/leases6*");
        _subnet = subnet;
        Bed.Server.Ip($"address add {_subnet}::1/64 dev {NetworkBed.ServerInterface} nodad");
        await ServeAgainAsync();
    }

    /// <summary>Kea goes, and comes again with the leases that were given, but under another DUID: what a replacement with the old one's disk looks like.</summary>
    public async Task ReplaceServerAsync()
    {
        await EndServersAsync();
        File.WriteAllText(Path.Combine(Bed.Server.Scratch, "kea-dhcp6-serverid"), "00:03:00:01:02:00:00:00:00:99\n");
        await ServeAgainAsync();
    }

    private async Task EndServersAsync()
    {
        foreach (BedProcess server in _servers) await server.KillAsync();
        _servers.Clear();
    }

    private async Task ServeAgainAsync()
    {
        _serve();
        await Wait.UntilAsync(IsServed, Patience, "the server to listen", ToString);
    }

    public override string ToString() => string.Join('\n', [.. Packets(), .. _servers.Select(server => $"--- {server.Name}\n{server.Output}"), $"--- {Client}"]);

    public async ValueTask DisposeAsync()
    {
        _report(ToString());
        await Bed.DisposeAsync();
    }

    private async Task GiveIpv6Async()
    {
        Bed.Client.Run("/bin/sh", "-c", $"cd /proc/sys/net/ipv6; echo 0 > conf/{Interface}/router_solicitation_delay; echo 200 > neigh/{Interface}/retrans_time_ms; echo 0 > conf/{Interface}/disable_ipv6");
        Bed.Server.Run("/bin/sh", "-c", $"cd /proc/sys/net/ipv6/conf/{NetworkBed.ServerInterface}; echo 0 > accept_dad; echo 1 > forwarding; echo 0 > disable_ipv6");
        Bed.Server.Ip($"address add 2001:db8:55::1/64 dev {NetworkBed.ServerInterface} nodad");
        await Wait.UntilAsync(
            () => Bed.Server.Ip($"-6 address show dev {NetworkBed.ServerInterface} scope link -tentative").Contains("fe80::", StringComparison.Ordinal), Patience, "a link-local address of the server");
    }

    private bool IsServed()
    {
        if (_servers.FirstOrDefault(server => server.HasExited) is { } ended) throw new BedException($"{ended.Name} ended:\n{ended.Output}");
        return File.ReadLines($"/proc/{Bed.Server.HolderId}/net/udp6").Any(line => line.Contains(":0223 ", StringComparison.Ordinal));
    }

    private void Serve(Dhcp6ServerKind kind, string flags, string[] pool, string extra)
    {
        string first = $"{_subnet}::{pool[0]}", last = $"{_subnet}::{pool[1]}";
        string leases = Path.Combine(Bed.Server.Scratch, "leases6");
        switch (kind)
        {
            case Dhcp6ServerKind.Dnsmasq:
                Launch("dnsmasq", "--keep-in-foreground", "--conf-file=" + Write("dnsmasq6.conf", string.Create(CultureInfo.InvariantCulture, $"""
                    port=0
                    user=root
                    log-dhcp
                    log-facility=-
                    pid-file=
                    bind-interfaces
                    interface={NetworkBed.ServerInterface}
                    dhcp-leasefile={leases}
                    enable-ra
                    ra-param={NetworkBed.ServerInterface},4
                    dhcp-range={first},{last},64,600
                    {(_nameServers ? $"dhcp-option=option6:dns-server,[{_subnet}::1]" : "")}
                    dhcp-option=option6:domain-search,example.org
                    {extra}

                    """)));
                return;
            case Dhcp6ServerKind.Kea or Dhcp6ServerKind.Short or Dhcp6ServerKind.EarlyT1:
                string lifetimes = kind == Dhcp6ServerKind.Short
                    ? "\"preferred-lifetime\": 4, \"valid-lifetime\": 8, \"renew-timer\": 3, \"rebind-timer\": 6"
                    : kind == Dhcp6ServerKind.EarlyT1
                    ? "\"preferred-lifetime\": 60, \"valid-lifetime\": 120, \"renew-timer\": 13, \"rebind-timer\": 16"
                    : "\"preferred-lifetime\": 400, \"valid-lifetime\": 600, \"renew-timer\": 200, \"rebind-timer\": 300";
                Launch("kea-dhcp6", "-c", Write("kea6.conf", $$"""
                    { "Dhcp6": {
                        "interfaces-config": { "interfaces": [ "{{NetworkBed.ServerInterface}}" ] },
                        "data-directory": "{{Bed.Server.Scratch}}",
                        "lease-database": { "type": "memfile", "persist": true, "name": "{{leases}}", "lfc-interval": 0 },
                        {{lifetimes}},
                        "loggers": [ { "name": "kea-dhcp6", "severity": "INFO", "output_options": [ { "output": "stdout" } ] } ],
                        "subnet6": [ {
                            "id": 1, "subnet": "{{_subnet}}::/64", "interface": "{{NetworkBed.ServerInterface}}",
                            "pools": [ { "pool": "{{first}} - {{last}}" } ],
                            "pd-pools": [ { "prefix": "2001:db8:aa00::", "prefix-len": 48, "delegated-len": 56 } ],
                            "option-data": [ {{(_nameServers ? $$"""{ "name": "dns-servers", "data": "{{_subnet}}::1" }, """ : "")}}{ "name": "domain-search", "data": "example.org" } ]
                        } ]{{extra}}
                    } }

                    """));
                break;
            default:
                File.WriteAllText(leases, "");
                Launch("dhcpd", "-6", "-f", "-d", "-cf", Write("dhcpd6.conf", $$"""
                    default-lease-time 600;
                    preferred-lifetime 400;
                    option dhcp6.name-servers {{_subnet}}::1;
                    option dhcp6.domain-search "example.org";
                    subnet6 {{_subnet}}::/64 {
                        range6 {{first}} {{last}};
                        prefix6 2001:db8:aa00:: 2001:db8:aa00:ff00:: /56;
                    }

                    """), "-lf", leases, "-pf", Path.Combine(Bed.Server.Scratch, "dhcpd6.pid"), NetworkBed.ServerInterface);
                break;
        }
        Launch("radvd", "-n", "-m", "stderr", "-p", Path.Combine(Bed.Server.Scratch, "radvd.pid"), "-C", Write("radvd.conf", $$"""
            interface {{NetworkBed.ServerInterface}} {
                AdvSendAdvert on; MinRtrAdvInterval 3; MaxRtrAdvInterval 4; AdvDefaultLifetime 600; {{flags}}
                prefix {{_subnet}}::/64 { AdvAutonomous off; };
            };

            """));
    }

    private void Launch(string program, params string[] arguments)
    {
        ProcessStartInfo start = Bed.Server.Program(program, arguments);
        if (program == "kea-dhcp6") KeaServer.KeepFilesIn(start, Bed.Server.Scratch);
        BedProcess server = BedProcess.Start(program, start);
        Bed.Add(server);
        _servers.Add(server);
    }

    private string Write(string name, string text)
    {
        string path = Path.Combine(Bed.Server.Scratch, name);
        File.WriteAllText(path, text);
        return path;
    }

    [GeneratedRegex(" inet6 ([0-9a-f:]+/[0-9]+) ")]
    private static partial Regex AddressPattern();
}
