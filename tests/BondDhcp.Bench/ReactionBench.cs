using BondDhcp.Tests.Beds;

namespace BondDhcp.Bench;

/// <summary>How soon the program acts on what the kernel or the server says.</summary>
internal static class ReactionBench
{
    private const int Rounds = 9;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static async Task<Table> RunAsync()
    {
        Sample carrier = new(), usable = new();
        for (int round = 0; round < Rounds; round++) await StartWithoutCarrierAsync(carrier, usable);
        Sample firstFrame = new(), confirmation = new(), roundTrip = new(), without = new();
        for (int round = 0; round < Rounds; round++) await FailOverAsync(firstFrame, confirmation, roundTrip, without);

        Table table = new("Reactions", "from → to", "median ms", "min", "max", "target");
        table.Note($"{Rounds} rounds each; veth, dnsmasq, conflict detection off. Packets by their capture's timestamps, kernel events by `ip -ts monitor`'s, which reads them after they happened: a little below 0 is sooner than that.");
        Row(table, "carrier → DHCPDISCOVER", carrier, "≤ 10");
        Row(table, "DHCPACK → usable address (RTM_NEWADDR)", usable, "≤ 3");
        Row(table, "MAC change (RTM_NEWLINK) → first frame from the new MAC", firstFrame, "≤ 20");
        Row(table, "verification's DHCPREQUEST → DHCPACK (one round trip)", roundTrip, "");
        Row(table, "MAC change → server's confirmation", confirmation, "≤ 20 + a round trip");
        Row(table, "time without the address during it", without, "0");
        return table;
    }

    private static void Row(Table table, string what, Sample sample, string target) =>
        table.Row(what, Sample.Text(sample.Median, "0.00"), Sample.Text(sample.Min, "0.00"), Sample.Text(sample.Max, "0.00"), target);

    private static async Task StartWithoutCarrierAsync(Sample carrier, Sample usable)
    {
        await using NetworkBed bed = await NetworkBed.CreateAsync(null);
        await bed.StartServerAsync(ServerConfiguration.DnsmasqDefault);
        bed.Server.Ip($"link set {NetworkBed.ServerInterface} down");
        BondDhcpProcess client = bed.StartClient();
        await client.WaitForStateAsync("waiting", Patience);

        int mark = bed.Events.All.Count;
        bed.Server.Ip($"link set {NetworkBed.ServerInterface} up");
        KernelEvent address = await bed.Events.WaitForAsync(e => !e.Deleted && e.IsAddress(NetworkBed.ClientInterface), Patience, "address", mark);
        KernelEvent up = bed.Events.All.Skip(mark).First(e => e.Text.Contains($": {NetworkBed.ClientInterface}@", StringComparison.Ordinal) && e.Text.Contains("LOWER_UP", StringComparison.Ordinal));
        carrier.Add((bed.Trace.Dhcp("DISCOVER")[0].At - up.At).TotalMilliseconds);
        usable.Add((address.At - bed.Trace.Dhcp("ACK")[0].At).TotalMilliseconds);
    }

    private static async Task FailOverAsync(Sample firstFrame, Sample confirmation, Sample roundTrip, Sample without)
    {
        await using NetworkBed bed = await NetworkBed.CreateAsync(null);
        await bed.StartServerAsync(ServerConfiguration.DnsmasqDefault);
        BondDhcpProcess client = bed.StartClient();
        await client.WaitForStateAsync("bound", Patience);

        int packets = bed.Trace.Mark, events = bed.Events.All.Count;
        bed.FailOver();
        KernelEvent changed = await bed.Events.WaitForAsync(e => e.Text.Contains(NetworkBed.MacB, StringComparison.Ordinal), Patience, "MAC change", events);
        TracedFrame ack = await bed.Trace.WaitForDhcpAsync("ACK", Patience, packets);
        TracedFrame request = bed.Trace.Dhcp("REQUEST", packets).Last(f => f.Dhcp!.Xid == ack.Dhcp!.Xid && f.At <= ack.At);
        TracedFrame first = bed.Trace.Frames.Skip(packets).First(f => f.SourceMac == NetworkBed.MacB);
        await client.WaitForStateAsync("bound", Patience);
        firstFrame.Add((first.At - changed.At).TotalMilliseconds);
        confirmation.Add((ack.At - changed.At).TotalMilliseconds);
        roundTrip.Add((ack.At - request.At).TotalMilliseconds);
        without.Add(WithoutAddress(bed.Events.Addresses(NetworkBed.ClientInterface)));
    }

    /// <summary>Sum of the times between the deletion of an address and the next one.</summary>
    private static double WithoutAddress(IReadOnlyList<KernelEvent> events)
    {
        double sum = 0;
        DateTime? goneAt = null;
        foreach (KernelEvent e in events)
        {
            if (e.Deleted) goneAt ??= e.At;
            else if (goneAt is { } gone)
            {
                sum += (e.At - gone).TotalMilliseconds;
                goneAt = null;
            }
        }
        return goneAt is null ? sum : double.PositiveInfinity;
    }
}
