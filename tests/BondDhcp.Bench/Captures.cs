using System.Globalization;
using System.Text;
using BondDhcp.Tests.Beds;

namespace BondDhcp.Bench;

/// <summary>Makes <c>pcaps/dhcpv4</c> anew: real servers, the program itself as the client, seen at the client's interface.</summary>
internal static class Captures
{
    private const string C0 = NetworkBed.ClientInterface;
    private const string Squatted = "192.0.2.50";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>After the last message there may be announcements, 2 s apart.</summary>
    private static readonly TimeSpan Aftermath = TimeSpan.FromSeconds(2.5);

    /// <summary>What the client's part in it can be told from, and no more: the captures are replayed through the machine.</summary>
    private const string Filter = "udp port 67 or udp port 68 or arp";

    private static readonly (string Name, ServerConfiguration Configuration)[] Servers =
    [
        ("dnsmasq", ServerConfiguration.DnsmasqDefault),
        ("kea", ServerConfiguration.KeaDefault),
        ("isc", ServerConfiguration.IscDefault),
        ("udhcpd", ServerConfiguration.UdhcpdDefault),
    ];

    /// <summary>Writes the captures and their README below a directory.</summary>
    /// <param name="directory">Where; made if need be.</param>
    /// <param name="only">A part of the names of those that are made; empty for all.</param>
    public static async Task MakeAsync(string directory, string only)
    {
        string folder = Path.Combine(directory, "dhcpv4");
        Directory.CreateDirectory(folder);
        StringBuilder readme = new("""
            # Captures

            `dhcpv4/*.pcap` are made by `scripts/capture` (`make captures`) from real servers in private network namespaces, with `bonddhcp` as
            the client. They show every DHCP and ARP frame at the client's interface, in both directions. MAC A is 02:00:00:00:0a:0a,
            B 02:00:00:00:0b:0b, C 02:00:00:00:0c:0c, the server's 02:00:00:00:01:01, another host's 02:00:00:00:05:05. Conflict detection is off
            unless said otherwise. Servers: dnsmasq 2.90, Kea 2.2.0, ISC dhcpd 4.4.3, busybox udhcpd 1.35.

            Two tests read them. One compares what `bonddhcp decode --json` says of every frame with what tshark says. The other replays each
            through the client's machine: it must send the same messages in the same order, octet for octet but for `xid` and `secs`, and what it
            decided in between is kept beside the test. New captures mean new transcripts: the test writes them, and they are accepted by renaming
            `*.received.txt` to `*.verified.txt`.

            | file | how it was made | what it proves |
            |---|---|---|

            """);
        foreach (Recipe recipe in Recipes())
        {
            readme.AppendLine(CultureInfo.InvariantCulture, $"| `dhcpv4/{recipe.Name}.pcap` | {recipe.How} | {recipe.Shows} |");
            if (!recipe.Name.Contains(only, StringComparison.Ordinal)) continue;
            Console.Error.WriteLine(recipe.Name);
            await using NetworkBed bed = await NetworkBed.CreateAsync(null, recipe.Segment);
            DhcpServer server = await bed.StartServerAsync(recipe.Configuration, recipe.Plan);
            BondDhcpProcess client = bed.Add(new BondDhcpProcess(bed.Client));
            client.Configure(recipe.Settings, "hostname = \"client\"");
            PacketTrace capture = bed.Add(await PacketTrace.StartAsync(bed.Client, C0, Filter));
            try
            {
                await recipe.Play(bed, server, client);
            }
            catch (BedException e)
            {
                throw new BedException($"{recipe.Name}: {e.Message}\n{bed.Trace}\n{server}\n{client}");
            }
            await Task.Delay(Aftermath);
            string file = Path.Combine(folder, recipe.Name + ".pcap");
            capture.Save(file);
        }
        readme.Append("""

            `dhcpv4/others/` holds captures of another client, udhcpc, for the decoder: formats and options that `bonddhcp` has no part in.

            | file | how it was made | what it proves |
            |---|---|---|

            """);
        foreach (string line in OddCaptures.Lines) readme.AppendLine(line);
        readme.AppendLine().AppendLine("`dhcpv6/` has a README of its own.");
        if (only.Length == 0) await OddCaptures.MakeAsync(Path.Combine(folder, "others"));
        await File.WriteAllTextAsync(Path.Combine(directory, "README.md"), readme.ToString());
    }

    private sealed record Recipe(string Name, ServerConfiguration Configuration, string How, string Shows, Func<NetworkBed, DhcpServer, BondDhcpProcess, Task> Play)
    {
        public ServerPlan Plan { get; init; } = new();

        public string Settings { get; init; } = "";

        public bool Segment { get; init; }
    }

    private static IEnumerable<Recipe> Recipes()
    {
        foreach ((string name, ServerConfiguration configuration) in Servers)
        {
            yield return new($"{name}-lease", configuration, "`run`, conflict detection `fast`, from nothing", "DHCPDISCOVER to DHCPACK, probes overlapping the exchange, two announcements", LeaseAsync)
            {
                Settings = "conflict-detection = \"fast\"",
            };
            yield return new($"{name}-renewal", configuration, "bound, `renew`, `rebind`, `release`", "unicast renewal, broadcast rebinding, release", RenewalAsync);
            yield return new($"{name}-reboot", configuration, "bound, kill -9, the address flushed, `run`", "INIT-REBOOT from the stored lease is acknowledged", RebootAsync);
            yield return new($"{name}-nak", configuration, "bound, kill -9, the address flushed, the server forgets its leases and gets another pool, `run`", "INIT-REBOOT from the stored lease is refused with DHCPNAK; a new lease at once", NakAsync)
            {
                Plan = new() { Authoritative = true },
            };
            yield return new($"{name}-decline", configuration, "the only address of the pool is another host's", "an ARP reply to the probe, DHCPDECLINE", DeclineAsync)
            {
                Settings = "conflict-detection = \"fast\"",
                Segment = true,
                Plan = new() { PoolFirst = Squatted, PoolLast = Squatted },
            };
        }
        yield return new("dnsmasq-rapid-commit", ServerConfiguration.DnsmasqDefault, "`dhcp-rapid-commit` and `rapid-commit = true`", "two messages instead of four (RFC 4039)", LeaseAsync)
        {
            Settings = "rapid-commit = true",
            Plan = new() { RapidCommit = true },
        };
        yield return new("dnsmasq-long-options", ServerConfiguration.DnsmasqDefault, "31 classless routes in option 121 and 12 domains in option 119", "an option of nearly 255 octets, and a compressed search list", LeaseAsync)
        {
            Plan = new() { Extra = $"dhcp-option=option:classless-static-route,{LongRouteList(31)}\ndhcp-option=option:domain-search,{SearchList(", ")}" },
        };
        yield return new("isc-long-options", ServerConfiguration.IscDefault, "more than 30 classless routes in option 121, 12 domains in option 119", "an option of more than 255 octets in two instances (RFC 3396)", LeaseAsync)
        {
            Plan = new()
            {
                Extra = $"""
                    option classless-routes code 121 = string;
                    option classless-routes {LongRoutes(255, ":")};
                    option domain-search "{SearchList("\", \"")}";
                    """,
            },
        };
        yield return new("kea-long-options", ServerConfiguration.KeaDefault, "more than 30 classless routes in option 121, 12 domains in option 119", "the same from Kea, which puts 253 octets into the first and divides option 119 in the middle of a name", LeaseAsync)
        {
            Plan = new()
            {
                Extra = $$"""
                    , "option-def": [ { "name": "classless-routes", "code": 121, "type": "binary" } ],
                      "option-data": [ { "name": "classless-routes", "csv-format": false, "data": "{{LongRoutes(253, "")}}" },
                                       { "name": "domain-search", "data": "{{SearchList(", ")}}" } ]
                    """,
            },
        };
        foreach ((string name, ServerConfiguration configuration, string how, string shows) in Failovers)
            yield return new(name, configuration, $"{how}bound, the MAC changes from A to B", shows, FailoverAsync);
        yield return new("dnsmasq-host-failover-twice", ServerConfiguration.DnsmasqHost, "`dhcp-host=A,address`; bound, the MAC changes from A to B, then to C", "as dnsmasq-host-failover; the second time form S alone, having learnt", FailoverTwiceAsync);
        yield return new("dnsmasq-restart", ServerConfiguration.DnsmasqDefault, "bound, kill -9, `run`", "the address that stayed is verified", RestartAsync);
    }

    private const string AcknowledgesN = "form N (chaddr B) is acknowledged: same address";
    private const string RefusesN = "form N draws a DHCPNAK, form S (chaddr A, sent by B) is acknowledged: same address";
    private const string SilentToN = "form N meets silence, twice; form S (chaddr A, sent by B) is acknowledged: same address";

    /// <summary>All twelve configurations on which a lease must outlive a MAC change.</summary>
    private static readonly (string Name, ServerConfiguration Configuration, string How, string Shows)[] Failovers =
    [
        ("dnsmasq-failover", ServerConfiguration.DnsmasqDefault, "", AcknowledgesN),
        ("dnsmasq-ignore-clid-failover", ServerConfiguration.DnsmasqIgnoreClientId, "`dhcp-ignore-clid`; ", SilentToN),
        ("dnsmasq-host-failover", ServerConfiguration.DnsmasqHost, "`dhcp-host=A,address`; ", RefusesN),
        ("isc-failover", ServerConfiguration.IscDefault, "", AcknowledgesN),
        ("isc-ignore-client-uids-failover", ServerConfiguration.IscIgnoreClientUids, "`ignore-client-uids`; ", RefusesN),
        ("isc-host-failover", ServerConfiguration.IscHost, "`host` with A and a fixed address; ", SilentToN),
        ("kea-failover", ServerConfiguration.KeaDefault, "", AcknowledgesN),
        ("kea-authoritative-failover", ServerConfiguration.KeaAuthoritative, "`authoritative`; ", AcknowledgesN),
        ("kea-by-chaddr-failover", ServerConfiguration.KeaMatchClientIdFalse, "`match-client-id` false; ", SilentToN),
        ("kea-reservation-failover", ServerConfiguration.KeaReservation, "a reservation for A; ", RefusesN),
        ("udhcpd-failover", ServerConfiguration.UdhcpdDefault, "", RefusesN),
        ("udhcpd-static-lease-failover", ServerConfiguration.UdhcpdStaticLease, "`static_lease A address`; ", RefusesN),
    ];

    private static async Task LeaseAsync(NetworkBed bed, DhcpServer server, BondDhcpProcess client)
    {
        client.Start();
        await client.WaitForStateAsync("bound", Patience);
    }

    private static async Task RenewalAsync(NetworkBed bed, DhcpServer server, BondDhcpProcess client)
    {
        await LeaseAsync(bed, server, client);
        await client.MustAsync("renew", C0);
        await client.MustAsync("rebind", C0);
        await client.MustAsync("release", C0);
    }

    private static async Task RebootAsync(NetworkBed bed, DhcpServer server, BondDhcpProcess client)
    {
        await KillAsync(bed, server, client, flush: true);
        int mark = bed.Trace.Mark;
        client.Start();
        await bed.Trace.WaitForDhcpAsync("ACK", Patience, mark);
        await client.WaitForStateAsync("bound", Patience);
    }

    private static async Task NakAsync(NetworkBed bed, DhcpServer server, BondDhcpProcess client)
    {
        await KillAsync(bed, server, client, flush: true);
        await server.MovePoolAsync("192.0.2.200", "192.0.2.220");
        int mark = bed.Trace.Mark;
        client.Start();
        await bed.Trace.WaitForDhcpAsync("NAK", Patience, mark);
        await bed.Trace.WaitForDhcpAsync("ACK", Patience, mark);
        await client.WaitForStateAsync("bound", Patience);
    }

    private static async Task RestartAsync(NetworkBed bed, DhcpServer server, BondDhcpProcess client)
    {
        await KillAsync(bed, server, client, flush: false);
        int mark = bed.Trace.Mark;
        client.Start();
        await bed.Trace.WaitForDhcpAsync("ACK", Patience, mark);
        await client.WaitForStateAsync("bound", Patience);
    }

    /// <summary>A lease with everything learnt and stored, and a daemon that is gone.</summary>
    private static async Task KillAsync(NetworkBed bed, DhcpServer server, BondDhcpProcess client, bool flush)
    {
        await LeaseAsync(bed, server, client);
        await Task.Delay(Aftermath);
        await client.Daemon.KillAsync();
        if (flush) bed.Client.Ip($"address flush dev {C0}");
    }

    private static async Task DeclineAsync(NetworkBed bed, DhcpServer server, BondDhcpProcess client)
    {
        bed.Other!.Ip($"address add {Squatted}/24 dev o0");
        client.Start();
        await bed.Trace.WaitForDhcpAsync("DECLINE", Patience);
        await client.WaitForStateAsync("declineWait", Patience);
    }

    private static async Task FailoverAsync(NetworkBed bed, DhcpServer server, BondDhcpProcess client)
    {
        await LeaseAsync(bed, server, client);
        await ChangeMacAsync(bed, client, NetworkBed.MacB);
    }

    private static async Task FailoverTwiceAsync(NetworkBed bed, DhcpServer server, BondDhcpProcess client)
    {
        await FailoverAsync(bed, server, client);
        await ChangeMacAsync(bed, client, NetworkBed.MacC);
    }

    private static async Task ChangeMacAsync(NetworkBed bed, BondDhcpProcess client, string mac)
    {
        await Task.Delay(Aftermath);
        int mark = bed.Trace.Mark;
        bed.FailOver(mac);
        await bed.Trace.WaitForDhcpAsync("ACK", Patience, mark);
        await client.WaitForStateAsync("bound", Patience);
    }

    /// <summary>
    /// Routes for option 121, 317 or 319 octets: /32 (9 octets each) and /24 (8), so many of each that a server that fills the first
    /// instance to <paramref name="firstInstance"/> octets splits between two routes. tshark reads every instance by itself (RFC
    /// 3396 wants them joined), so elsewhere it could not be compared with.
    /// </summary>
    private static string LongRoutes(int firstInstance, string separator)
    {
        const int hostRoute = 9, networkRoute = 8, more = 8;
        int hosts = firstInstance % networkRoute, networks = (firstInstance - hosts * hostRoute) / networkRoute;
        List<byte> octets = [];
        for (int i = 0; i < hosts; i++) octets.AddRange([32, 10, 78, 0, (byte)i, 192, 0, 2, 254]);
        for (int i = 0; i < networks + more; i++) octets.AddRange([24, 10, 77, (byte)i, 192, 0, 2, 254]);
        return string.Join(separator, octets.Select(b => b.ToString("x2", CultureInfo.InvariantCulture)));
    }

    /// <summary>Such routes as dnsmasq wants them.</summary>
    private static string LongRouteList(int count) =>
        string.Join(',', Enumerable.Range(0, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"10.77.{i}.0/24,{ServerPlan.DefaultRouter}")));

    private static string SearchList(string separator) =>
        string.Join(separator, Enumerable.Range(1, 12).Select(i => string.Create(CultureInfo.InvariantCulture, $"floor-{i}.building.example.org")));
}
