using BondDhcp.Tests.Beds;

namespace BondDhcp.Bench;

/// <summary>From the start of the process to a configured address, peers and ours taking turns in one run.</summary>
internal static class StartRace
{
    private const int Rounds = 15;

    /// <summary>"before" takes 4 to 7 s by RFC 5227; a few rounds show that.</summary>
    private const int SlowRounds = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static async Task<Table> RunAsync()
    {
        await using NetworkBed bed = await NetworkBed.CreateAsync(null);
        await bed.StartServerAsync(ServerConfiguration.DnsmasqDefault);
        Contender ours = Contender.BondDhcp("off"), before = Contender.BondDhcp("before");
        Contender[] peers = [Contender.Dhclient, Contender.Udhcpc, Contender.Dhcpcd];
        Contender[] racing = [ours, .. peers, Contender.DhcpcdNoDelay, Contender.BondDhcp("fast"), Contender.BondDhcp("concurrent")];
        Dictionary<Contender, Sample> samples = racing.Append(before).ToDictionary(c => c, _ => new Sample());

        // One round nobody counts: it fills the page cache.
        foreach (Contender contender in racing) await contender.RaceAsync(bed, Patience);
        for (int round = 0; round < Rounds; round++)
            for (int i = 0; i < racing.Length; i++)
            {
                Contender contender = racing[(i + round) % racing.Length];
                samples[contender].Add(await contender.RaceAsync(bed, Patience));
            }
        for (int round = 0; round < SlowRounds; round++) samples[before].Add(await before.RaceAsync(bed, Patience));

        double fastest = peers.Min(p => double.IsNaN(samples[p].Median) ? double.MaxValue : samples[p].Median);
        Table table = new("Process start to configured address", "client", "median ms", "min", "max", "rounds", "ratio to the fastest peer");
        table.Note($"veth, dnsmasq, nothing remembered, interface up. Conflict detection is off for the peers and for the first line. All take turns, {Rounds} rounds; the end is the kernel's RTM_NEWADDR. The ratio is to the fastest of dhclient, udhcpc and dhcpcd as they come; dhcpcd told not to wait is shown beside.");
        foreach ((Contender contender, Sample sample) in samples)
            table.Row(contender.Name, Sample.Text(sample.Median), Sample.Text(sample.Min), Sample.Text(sample.Max), $"{sample.Count}", Sample.Text(sample.Median / fastest, "0.00"));
        return table;
    }
}
