using System.Globalization;
using System.Text;
using BondDhcp.Tests.Beds;

namespace BondDhcp.Bench;

/// <summary>Makes <c>pcaps/dhcpv4</c> anew: real servers, the program itself as the client, seen at the server's interface.</summary>
internal static class Captures
{
    private const string C0 = NetworkBed.ClientInterface;
    private const string Squatted = "192.0.2.50";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>After the last message there may be announcements, 2 s apart.</summary>
    private static readonly TimeSpan Aftermath = TimeSpan.FromSeconds(2.5);

    private static readonly (string Name, ServerConfiguration Configuration)[] Servers =
    [
        ("dnsmasq", ServerConfiguration.DnsmasqDefault),
        ("kea", ServerConfiguration.KeaDefault),
        ("isc", ServerConfiguration.IscDefault),
        ("udhcpd", ServerConfiguration.UdhcpdDefault),
    ];

    /// <summary>Writes every capture and their README below a directory.</summary>
    public static async Task MakeAsync(string directory)
    {
        string folder = Path.Combine(directory, "dhcpv4");
        Directory.CreateDirectory(folder);
        StringBuilder readme = new("""
            # Captures

            Made by `scripts/capture` (`make captures`) from real servers in private network namespaces, with `bonddhcp` as the client, seen at the
            server's interface: every DHCP, ARP and ICMP frame in both directions. MAC A is 02:00:00:00:0a:0a, B 02:00:00:00:0b:0b, the server's
            02:00:00:00:01:01. Servers: dnsmasq 2.90, Kea 2.2.0, ISC dhcpd 4.4.3, busybox udhcpd 1.35.

            | file | how it was made | what it proves |
            |---|---|---|

            """);
        foreach (Recipe recipe in Recipes())
        {
            Console.Error.WriteLine(recipe.Name);
            await using NetworkBed bed = await NetworkBed.CreateAsync(null, recipe.Segment);
            DhcpServer server = await bed.StartServerAsync(recipe.Configuration, recipe.Plan);
            BondDhcpProcess client = bed.Add(new BondDhcpProcess(bed.Client));
            client.Configure(recipe.Settings);
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
            bed.Trace.Save(file);
            readme.AppendLine(CultureInfo.InvariantCulture, $"| `dhcpv4/{recipe.Name}.pcap` | {recipe.How} | {recipe.Shows} |");
        }
        foreach (string line in await OddCaptures.MakeAsync(folder)) readme.AppendLine(line);
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
            yield return new($"{name}-nak", configuration, "bound, kill -9, the server forgets its leases and gets another pool, `run`", "INIT-REBOOT is refused with DHCPNAK, a new lease at once", NakAsync)
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
        yield return new("isc-long-options", ServerConfiguration.IscDefault, "more than 30 classless routes in option 121", "an option of more than 255 octets in two instances (RFC 3396)", LeaseAsync)
        {
            Plan = new() { Extra = $"option classless-routes code 121 = string; option classless-routes {LongRoutes(255, ":")};" },
        };
        yield return new("kea-long-options", ServerConfiguration.KeaDefault, "more than 30 classless routes in option 121", "the same from Kea, which puts 253 octets into the first", LeaseAsync)
        {
            Plan = new()
            {
                Extra = $$"""
                    , "option-def": [ { "name": "classless-routes", "code": 121, "type": "binary" } ],
                      "option-data": [ { "name": "classless-routes", "csv-format": false, "data": "{{LongRoutes(253, "")}}" } ]
                    """,
            },
        };
        const string failover = "bound, the MAC changes from A to B";
        yield return new("dnsmasq-failover", ServerConfiguration.DnsmasqDefault, failover, "form N (chaddr B) is acknowledged: announcements, INIT-REBOOT, same address", FailoverAsync);
        yield return new("isc-failover", ServerConfiguration.IscDefault, failover, "the same from ISC dhcpd", FailoverAsync);
        yield return new("kea-failover", ServerConfiguration.KeaDefault, failover, "the same from Kea", FailoverAsync);
        yield return new("dnsmasq-host-failover", ServerConfiguration.DnsmasqHost, $"`dhcp-host=A,address`; {failover}", "form N draws a DHCPNAK, form S (chaddr A, sent by B) is acknowledged: same address", FailoverAsync);
        yield return new("udhcpd-failover", ServerConfiguration.UdhcpdDefault, failover, "the same from udhcpd, which knows no client-id", FailoverAsync);
        yield return new("kea-by-chaddr-failover", ServerConfiguration.KeaMatchClientIdFalse, $"`match-client-id` false; {failover}", "form N meets silence, twice; form S is acknowledged: same address", FailoverAsync);
    }

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

    private static async Task NakAsync(NetworkBed bed, DhcpServer server, BondDhcpProcess client)
    {
        await LeaseAsync(bed, server, client);
        await client.Daemon.KillAsync();
        await server.MovePoolAsync("192.0.2.200", "192.0.2.220");
        int mark = bed.Trace.Mark;
        client.Start();
        await bed.Trace.WaitForDhcpAsync("NAK", Patience, mark);
        await bed.Trace.WaitForDhcpAsync("ACK", Patience, mark);
        await client.WaitForStateAsync("bound", Patience);
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
        await Task.Delay(Aftermath);
        int mark = bed.Trace.Mark;
        bed.FailOver();
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
}
