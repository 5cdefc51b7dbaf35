using BondDhcp.Tests.Beds;

namespace BondDhcp.Bench;

/// <summary>The race for an address by DHCPv6.</summary>
internal static class Start6Race
{
    private const int Rounds = 15;

    /// <summary>Where each takes seconds.</summary>
    private const int SlowRounds = 7;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>From the start of the process, and the link-local address usable before.</summary>
    public static async Task<Table> RunAsync()
    {
        await using NetworkBed bed = await NetworkBed.CreateAsync(null);
        await ServeAsync(bed, preference: 255);
        Contender[] racing = [.. Contender.OfDhcp6.Where(one => one.Name != "dhcpcd -6")];
        Table table = new("DHCPv6: process start to configured address", Columns);
        table.Note($"veth, ISC dhcpd -6 with preference 255, nothing remembered, a link-local address that is not tentative. All take turns, {Rounds} rounds; the end is the kernel's RTM_NEWADDR, before duplicate address detection. A client that gives its address up or has none within {Patience.TotalSeconds} s has no number.");
        await RaceAsync(table, racing, contender => contender.RaceAsync(bed, Patience, IsLeased), Rounds);
        return table;
    }

    /// <summary>From the moment at which the link-local address can be used: the start of a process is in nobody's time.</summary>
    public static async Task<Table> RunFromLinkLocalAsync()
    {
        await using NetworkBed bed = await NetworkBed.CreateAsync(null);
        await ServeAsync(bed, preference: 255);
        Contender[] racing = [.. Contender.OfDhcp6.Where(one => one.Name is not ("dhcpcd -6" or "dhclient -6"))];
        Table table = new("DHCPv6: link-local address usable to configured address", Columns);
        table.Note($"As above, but the interface was set down and up before each start, so that every client waits for the link-local address. From the kernel's word that it is not tentative any more to the leased one's RTM_NEWADDR; {SlowRounds} rounds. dhclient -6 does not take part: it ends where there is no usable link-local address.");
        await RaceAsync(table, racing, contender =>
        {
            // dhcpcd leaves a mode in which the kernel makes no address.
            bed.Client.Run("/bin/sh", "-c", $"echo 0 > /proc/sys/net/ipv6/conf/{NetworkBed.ClientInterface}/addr_gen_mode; ip link set {NetworkBed.ClientInterface} down; ip link set {NetworkBed.ClientInterface} up");
            return contender.RaceFromAsync(bed, Patience, e => IsOn(e, "fe80:") && !e.Text.Contains("tentative", StringComparison.Ordinal), IsLeased);
        }, SlowRounds);
        return table;
    }

    /// <summary>The time in which servers are collected and duplicate address detection; the random delay before that only of those that insist.</summary>
    public static async Task<Table> RunWholeAsync()
    {
        await using NetworkBed bed = await NetworkBed.CreateAsync(null);
        await ServeAsync(bed, preference: 0);
        Contender[] racing =
        [
            Contender.BondDhcpOf("solicit-delay = false", "dhcp6 = true\nsolicit-delay = false"), .. Contender.OfDhcp6.Where(one => !one.Name.Contains("delay", StringComparison.Ordinal)),
        ];
        Contender whole = Contender.BondDhcpOf("as it comes", "dhcp6 = true");
        racing = [.. racing, whole];
        Table table = new("DHCPv6: process start to usable address, with collection and duplicate address detection", Columns);
        table.Note($"Each client as it comes, and bonddhcp also without the random delay of 0 to 1 s before the first SOLICIT (RFC 9915 section 18.2.1), which dhcpcd and systemd-networkd do without. ISC dhcpd -6 without a preference: ADVERTISEs are collected for a second, and the kernel's duplicate address detection takes 1 to 2 s. The end is the kernel's word that the leased address is not tentative any more; {Rounds} rounds.");
        await RaceAsync(table, racing, contender => contender.RaceAsync(bed, Patience, e => IsLeased(e) && !e.Text.Contains("tentative", StringComparison.Ordinal)), Rounds);
        return table;
    }

    /// <summary>Both families of one interface: no later than the slower of them alone.</summary>
    public static async Task<Table> RunBothAsync()
    {
        await using NetworkBed bed = await NetworkBed.CreateAsync(null);
        await ServeAsync(bed, preference: 255);
        await bed.StartServerAsync(ServerConfiguration.DnsmasqDefault);
        const string six = "dhcp6 = true\nsolicit-delay = false";
        bool IsLeased4(KernelEvent e) => e.IsAddress(NetworkBed.ClientInterface);
        Table table = new("Both families: process start to configured addresses", "client", "median ms", "min", "max", "rounds", "ratio to the slower family alone");
        table.Note($"veth, dnsmasq for DHCPv4 and ISC dhcpd -6 with preference 255, nothing remembered, random delay off; conflict detection as it comes (fast), then off. All take turns, {2 * Rounds} rounds; the end is the kernel's RTM_NEWADDR, of the later address where there are two.");
        foreach (string detection in (string[])["fast", "off"])
        {
            string four = $"dhcp4 = true\nconflict-detection = \"{detection}\"";
            (Contender Contender, Func<KernelEvent, bool>[] Ends)[] racing =
            [
                (Contender.BondDhcpOf($"DHCPv4 alone, {detection}", four), [IsLeased4]),
                (Contender.BondDhcpOf("DHCPv6 alone", six), [IsLeased]),
                (Contender.BondDhcpOf($"both, {detection}, the later address", $"{four}\n{six}"), [IsLeased4, IsLeased]),
            ];
            Sample[] samples = [.. racing.Select(_ => new Sample())];
            foreach ((Contender contender, Func<KernelEvent, bool>[] ends) in racing) await contender.RaceAsync(bed, Patience, ends);
            for (int round = 0; round < 2 * Rounds; round++)
                for (int i = 0; i < racing.Length; i++)
                {
                    int turn = (i + round) % racing.Length;
                    samples[turn].Add(await racing[turn].Contender.RaceAsync(bed, Patience, racing[turn].Ends));
                }
            double slower = Math.Max(samples[0].Median, samples[1].Median);
            for (int i = 0; i < racing.Length; i++)
                table.Row(racing[i].Contender.Name, Sample.Text(samples[i].Median), Sample.Text(samples[i].Min), Sample.Text(samples[i].Max), $"{samples[i].Count}", Sample.Text(samples[i].Median / slower, "0.00"));
        }
        return table;
    }

    private static readonly string[] Columns = ["client", "median ms", "min", "max", "rounds", "ratio to the fastest peer"];

    private static async Task RaceAsync(Table table, Contender[] racing, Func<Contender, Task<double>> race, int rounds)
    {
        Dictionary<Contender, Sample> samples = racing.ToDictionary(c => c, _ => new Sample());
        foreach (Contender contender in racing) await race(contender); // fills the page cache
        for (int round = 0; round < rounds; round++)
            for (int i = 0; i < racing.Length; i++)
            {
                Contender contender = racing[(i + round) % racing.Length];
                samples[contender].Add(await race(contender));
            }
        double fastest = racing.Where(p => !p.Name.StartsWith("**", StringComparison.Ordinal)).Min(p => double.IsNaN(samples[p].Median) ? double.MaxValue : samples[p].Median);
        foreach ((Contender contender, Sample sample) in samples)
            table.Row(contender.Name, Sample.Text(sample.Median), Sample.Text(sample.Min), Sample.Text(sample.Max), $"{sample.Count}", Sample.Text(sample.Median / fastest, "0.00"));
    }

    private static bool IsLeased(KernelEvent e) => IsOn(e, "2001:db8:55::");

    private static bool IsOn(KernelEvent e, string address) =>
        e.Text.Contains($": {NetworkBed.ClientInterface} ", StringComparison.Ordinal) && e.Text.Contains(" inet6 " + address, StringComparison.Ordinal);

    private static async Task ServeAsync(NetworkBed bed, int preference)
    {
        Contender.PrepareNetworkd(bed);
        // dhcp6c wants its control socket at ::1.
        bed.Client.Run("/bin/sh", "-c", "echo 0 > /proc/sys/net/ipv6/conf/lo/disable_ipv6; ip link set lo up; ip -6 address replace ::1/128 dev lo");
        bed.Client.Run("/bin/sh", "-c", $"echo 0 > /proc/sys/net/ipv6/conf/{NetworkBed.ClientInterface}/disable_ipv6");
        bed.Server.Run("/bin/sh", "-c", $"cd /proc/sys/net/ipv6/conf/{NetworkBed.ServerInterface}; echo 0 > accept_dad; echo 0 > disable_ipv6");
        bed.Server.Ip($"address add 2001:db8:55::1/64 dev {NetworkBed.ServerInterface} nodad");
        foreach ((NetworkNamespace where, string link) in new[] { (bed.Server, NetworkBed.ServerInterface), (bed.Client, NetworkBed.ClientInterface) })
            await Wait.UntilAsync(
                () => where.Ip($"-6 address show dev {link} scope link -tentative").Contains("fe80::", StringComparison.Ordinal), Patience, "a link-local address");
        string configuration = Path.Combine(bed.Server.Scratch, "dhcpd6.conf"), leases = Path.Combine(bed.Server.Scratch, "leases6");
        File.WriteAllText(leases, "");
        File.WriteAllText(configuration, $$"""
            default-lease-time 600;
            option dhcp6.preference {{preference}};
            subnet6 2001:db8:55::/64 { range6 2001:db8:55::100 2001:db8:55::fff; }

            """);
        bed.Add(BedProcess.Start("dhcpd", bed.Server.Program(
            "dhcpd", "-6", "-f", "-d", "-cf", configuration, "-lf", leases, "-pf", Path.Combine(bed.Server.Scratch, "dhcpd6.pid"), NetworkBed.ServerInterface)));
        await Wait.UntilAsync(
            () => File.ReadLines($"/proc/{bed.Server.HolderId}/net/udp6").Any(line => line.Contains(":0223 ", StringComparison.Ordinal)), Patience, "dhcpd to listen");
    }
}
