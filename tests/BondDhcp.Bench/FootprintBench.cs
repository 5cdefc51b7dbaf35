using System.Globalization;
using BondDhcp.Tests.Beds;

namespace BondDhcp.Bench;

/// <summary>What the program costs while it is bound and nothing happens.</summary>
internal static class FootprintBench
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(5);

    public static async Task<Table> RunAsync()
    {
        await using NetworkBed bed = await NetworkBed.CreateAsync(null);
        await bed.StartServerAsync(ServerConfiguration.DnsmasqDefault, new ServerPlan { LeaseSeconds = 3600 });
        BondDhcpProcess client = bed.StartClient();
        await client.WaitForStateAsync("bound", TimeSpan.FromSeconds(10));
        int id = client.Daemon.Id;
        // The announcements of the start (0 and 2 s) are no part of "nothing to do".
        await Task.Delay(Settling);

        (long switches, long ticks) = (Switches(id), CpuTicks(id));
        await Task.Delay(Quiet);
        long wakeUps = Switches(id) - switches, cpu = CpuTicks(id) - ticks;

        Table table = new("While bound", "what", "measured", "target");
        table.Row("PSS", Kilobytes(id, "Pss:"), "≤ 10 MB, aim 8");
        table.Row("RSS", Kilobytes(id, "Rss:"), "");
        foreach (string other in Environment.GetEnvironmentVariable("BONDDHCP_EMPTY_HOST") is { Length: > 0 } empty ? new[] { empty } : [])
        {
            await using BedProcess host = BedProcess.Start("empty host", bed.Client.Program(other));
            await Task.Delay(Settling);
            table.Row("PSS of an empty host with the same libraries", Kilobytes(host.Id, "Pss:"), "");
        }
        table.Row("threads", Directory.GetDirectories($"/proc/{id}/task").Length.ToString(CultureInfo.InvariantCulture), "");
        table.Row($"wake-ups in {Quiet.TotalSeconds} s, all threads", wakeUps.ToString(CultureInfo.InvariantCulture), "≤ 5");
        table.Row($"CPU time in {Quiet.TotalSeconds} s", $"{cpu * 10} ms", "0 (in steps of 10)");
        table.Row("the file", string.Create(CultureInfo.InvariantCulture, $"{new FileInfo(BondDhcpProcess.Binary).Length / 1e6:0.00} MB"), "≤ 10 MB");
        return table;
    }

    /// <summary>
    /// The same with everything this program can have to do: a bridge of its own with two ports, static configuration, and
    /// a supplicant that is watched. (This machine's kernel has no bonding driver; with one, each slave is asked every 30 s.)
    /// </summary>
    public static async Task<Table> RunSupervisedAsync()
    {
        await using NetworkBed bed = await NetworkBed.CreateAsync(null, observed: false);
        await bed.StartServerAsync(ServerConfiguration.DnsmasqDefault, new ServerPlan { LeaseSeconds = 3600 });
        await using BondDhcpProcess client = new(bed.Client);
        string supplicant = Path.Combine(bed.Client.Scratch, "wpa.conf");
        File.WriteAllText(supplicant, $"ctrl_interface={bed.Client.Scratch}/wpa\nap_scan=0\nnetwork={{\n key_mgmt=IEEE8021X\n eap=MD5\n identity=\"user\"\n password=\"secret\"\n}}\n");
        File.WriteAllText(client.ConfigurationFile, $"""
            [interface.br0]
            slaves = ["{NetworkBed.ClientInterface}", "w2"]
            addresses = ["10.9.9.2/24"]
            dhcp4 = true
            dns = false
            [interface.w2]
            supplicant = "{supplicant}"
            supplicant-driver = "wired"

            """);
        client.Start();
        await client.MustAsync("wait-online", "br0", "-4", "--timeout", "30");
        int id = client.Daemon.Id;
        await Task.Delay(Settling + Settling);
        (long switches, long ticks) = (Switches(id), CpuTicks(id));
        await Task.Delay(Quiet);
        long wakeUps = Switches(id) - switches, cpu = CpuTicks(id) - ticks;

        Table table = new("With everything it can have to do", "what", "measured", "target");
        table.Note("A bridge with two ports that the daemon made, a lease and a static address on it, and a wpa_supplicant -Dwired on one port that the daemon started and watches. The supplicant is asked once a minute whether it still lives.");
        table.Row("PSS", Kilobytes(id, "Pss:"), "≤ 10 MB, aim 8");
        table.Row("RSS", Kilobytes(id, "Rss:"), "");
        table.Row($"wake-ups in {Quiet.TotalSeconds} s, all threads", wakeUps.ToString(CultureInfo.InvariantCulture), "0 besides the probes");
        table.Row($"CPU time in {Quiet.TotalSeconds} s", $"{cpu * 10} ms", "0 (in steps of 10)");
        await client.MustAsync("stop");
        return table;
    }

    private static string Kilobytes(int id, string field)
    {
        string line = File.ReadLines($"/proc/{id}/smaps_rollup").First(l => l.StartsWith(field, StringComparison.Ordinal));
        double kilobytes = double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture, $"{kilobytes / 1024:0.0} MB");
    }

    private static long Switches(int id)
    {
        long sum = 0;
        foreach (string task in Directory.GetDirectories($"/proc/{id}/task"))
            foreach (string line in File.ReadLines($"{task}/status"))
                if (line.Contains("ctxt_switches", StringComparison.Ordinal)) sum += long.Parse(line.Split(':')[1], CultureInfo.InvariantCulture);
        return sum;
    }

    /// <summary>utime + stime of proc(5), in clock ticks of 10 ms.</summary>
    private static long CpuTicks(int id)
    {
        string[] fields = File.ReadAllText($"/proc/{id}/stat").Split(") ")[1].Split(' ');
        return long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
    }
}
