using BondDhcp.Tests.Beds;

namespace BondDhcp.Bench;

/// <summary>The race for an address by DHCPv6.</summary>
internal static class Start6Race
{
    private const int Rounds = 15;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static async Task<Table> RunAsync()
    {
        await using NetworkBed bed = await NetworkBed.CreateAsync(null);
        await ServeAsync(bed);
        Contender[] racing = Contender.OfDhcp6;
        Dictionary<Contender, Sample> samples = racing.ToDictionary(c => c, _ => new Sample());
        foreach (Contender contender in racing) await contender.RaceAsync(bed, Patience, IsLeased); // fills the page cache
        for (int round = 0; round < Rounds; round++)
            for (int i = 0; i < racing.Length; i++)
            {
                Contender contender = racing[(i + round) % racing.Length];
                samples[contender].Add(await contender.RaceAsync(bed, Patience, IsLeased));
            }
        double fastest = racing.Skip(1).Min(p => double.IsNaN(samples[p].Median) ? double.MaxValue : samples[p].Median);
        Table table = new("DHCPv6: process start to configured address", "client", "median ms", "min", "max", "rounds", "ratio to the fastest peer");
        table.Note($"veth, ISC dhcpd -6 with preference 255, nothing remembered, a link-local address that is not tentative. All take turns, {Rounds} rounds; the end is the kernel's RTM_NEWADDR, before duplicate address detection. A client that gives its address up or has none within {Patience.TotalSeconds} s has no number.");
        foreach ((Contender contender, Sample sample) in samples)
            table.Row(contender.Name, Sample.Text(sample.Median), Sample.Text(sample.Min), Sample.Text(sample.Max), $"{sample.Count}", Sample.Text(sample.Median / fastest, "0.00"));
        return table;
    }

    private static bool IsLeased(KernelEvent e) =>
        e.Text.Contains($": {NetworkBed.ClientInterface} ", StringComparison.Ordinal) && e.Text.Contains(" inet6 2001:db8:55::", StringComparison.Ordinal);

    private static async Task ServeAsync(NetworkBed bed)
    {
        // dhcp6c wants its control socket on ::1.
        bed.Client.Run("/bin/sh", "-c", $"cd /proc/sys/net/ipv6/conf; echo 0 > {NetworkBed.ClientInterface}/disable_ipv6; echo 0 > lo/disable_ipv6");
        bed.Client.Ip("link set lo up");
        bed.Server.Run("/bin/sh", "-c", $"cd /proc/sys/net/ipv6/conf/{NetworkBed.ServerInterface}; echo 0 > accept_dad; echo 0 > disable_ipv6");
        bed.Server.Ip($"address add 2001:db8:55::1/64 dev {NetworkBed.ServerInterface} nodad");
        foreach ((NetworkNamespace where, string link) in new[] { (bed.Server, NetworkBed.ServerInterface), (bed.Client, NetworkBed.ClientInterface) })
            await Wait.UntilAsync(
                () => where.Ip($"-6 address show dev {link} scope link -tentative").Contains("fe80::", StringComparison.Ordinal), Patience, "a link-local address");
        string configuration = Path.Combine(bed.Server.Scratch, "dhcpd6.conf"), leases = Path.Combine(bed.Server.Scratch, "leases6");
        File.WriteAllText(leases, "");
        File.WriteAllText(configuration, """
            default-lease-time 600;
            option dhcp6.preference 255;
            subnet6 2001:db8:55::/64 { range6 2001:db8:55::100 2001:db8:55::fff; }

            """);
        bed.Add(BedProcess.Start("dhcpd", bed.Server.Program(
            "dhcpd", "-6", "-f", "-d", "-cf", configuration, "-lf", leases, "-pf", Path.Combine(bed.Server.Scratch, "dhcpd6.pid"), NetworkBed.ServerInterface)));
        await Wait.UntilAsync(
            () => File.ReadLines($"/proc/{bed.Server.HolderId}/net/udp6").Any(line => line.Contains(":0223 ", StringComparison.Ordinal)), Patience, "dhcpd to listen");
    }
}
