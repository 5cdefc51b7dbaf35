using System.Diagnostics;
using BondDhcp.Bench.Interop;
using BondDhcp.Tests.Beds;

namespace BondDhcp.Bench;

/// <summary>A client in the race: how it is started without anything remembered from earlier.</summary>
/// <param name="Name">As the table shows it.</param>
/// <param name="Command">Program and arguments, given an empty directory.</param>
internal sealed record Contender(string Name, Func<string, string[]> Command)
{
    private const string UdhcpcScript = "#!/bin/sh\n[ \"$1\" != bound ] || ip address add $ip/$mask dev $interface\n";

    public static Contender Dhclient { get; } = new("dhclient", directory =>
        ["dhclient", "-4", "-d", "-1", "-lf", $"{directory}/leases", "-pf", $"{directory}/pid", NetworkBed.ClientInterface]);

    public static Contender Dhcpcd { get; } = new("dhcpcd --noarp", directory =>
        ["dhcpcd", "-4", "-B", "--noarp", NetworkBed.ClientInterface]);

    public static Contender DhcpcdNoDelay { get; } = new("dhcpcd --noarp --nodelay", directory =>
        ["dhcpcd", "-4", "-B", "--noarp", "--nodelay", NetworkBed.ClientInterface]);

    public static Contender Udhcpc { get; } = new("udhcpc", directory =>
    {
        string script = $"{directory}/script";
        File.WriteAllText(script, UdhcpcScript);
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return ["busybox", "udhcpc", "-f", "-n", "-i", NetworkBed.ClientInterface, "-s", script];
    });

    /// <summary>Ours, with a kind of conflict detection.</summary>
    public static Contender BondDhcp(string conflictDetection) => new($"**bonddhcp**, {conflictDetection}", directory =>
    {
        string configuration = $"{directory}/bonddhcp.toml";
        File.WriteAllText(configuration, $"[interface.{NetworkBed.ClientInterface}]\ndhcp4 = true\ndns = false\nconflict-detection = \"{conflictDetection}\"\n");
        return [BondDhcpProcess.Binary, "--config", configuration, "--state-dir", $"{directory}/state", "--runtime-dir", RuntimeDirectory(directory), "run"];
    });

    /// <summary>Ours, with these families; for DHCPv4 without conflict detection.</summary>
    public static Contender BondDhcpOf(string name, string settings) => new($"**bonddhcp**, {name}", directory =>
    {
        string configuration = $"{directory}/bonddhcp.toml";
        File.WriteAllText(configuration, $"[interface.{NetworkBed.ClientInterface}]\n{settings}\ndns = false\n");
        return [BondDhcpProcess.Binary, "--config", configuration, "--state-dir", $"{directory}/state", "--runtime-dir", RuntimeDirectory(directory), "run"];
    });

    /// <summary>The same for DHCPv6, each without a delay where it can do without one.</summary>
    public static Contender[] OfDhcp6 { get; } =
    [
        BondDhcpOf("solicit-delay = false", "dhcp6 = true\nsolicit-delay = false"),
        new("dhclient -6", directory =>
            ["dhclient", "-6", "-d", "-1", "-lf", $"{directory}/leases", "-pf", $"{directory}/pid", NetworkBed.ClientInterface]),
        new("dhcpcd -6 --nodelay", directory =>
        {
            File.WriteAllText($"{directory}/dhcpcd.conf", $"noipv6rs\ninterface {NetworkBed.ClientInterface}\nia_na 1\n");
            return ["dhcpcd", "-6", "-B", "--nodelay", "-f", $"{directory}/dhcpcd.conf", NetworkBed.ClientInterface];
        }),
        new("dhcpcd -6", directory =>
        {
            File.WriteAllText($"{directory}/dhcpcd.conf", $"noipv6rs\ninterface {NetworkBed.ClientInterface}\nia_na 1\n");
            return ["dhcpcd", "-6", "-B", "-f", $"{directory}/dhcpcd.conf", NetworkBed.ClientInterface];
        }),
        new("dhcp6c", directory =>
        {
            File.WriteAllText($"{directory}/dhcp6c.conf", $"interface {NetworkBed.ClientInterface} {{ send ia-na 1; }};\nid-assoc na 1 {{ }};\n");
            return ["dhcp6c", "-f", "-c", $"{directory}/dhcp6c.conf", "-p", $"{directory}/pid", NetworkBed.ClientInterface];
        }),
        .. Networkd is { } networkd ? (Contender[])[new Contender("systemd-networkd", _ => [networkd])] : [],
    ];

    /// <summary>In /run, where it is by default and where the peers have theirs: a file system in memory, the namespace's own.</summary>
    private static string RuntimeDirectory(string directory) => $"/run/{Path.GetFileName(directory)}";

    /// <summary>systemd-networkd's program; null where it is not installed. What it needs beside is <see cref="PrepareNetworkd"/>'s.</summary>
    private static string? Networkd => new[] { "/lib/systemd/systemd-networkd", "/usr/lib/systemd/systemd-networkd" }.FirstOrDefault(File.Exists);

    /// <summary>
    /// Gives systemd-networkd a directory and a configuration: SOLICIT without a router's word. It waits for udev to know an
    /// interface unless /sys is read-only, as in a container.
    /// </summary>
    public static void PrepareNetworkd(NetworkBed bed) => bed.Client.Run("/bin/sh", "-c", $"""
        set -e
        [ -n "{Networkd}" ] || exit 0
        mkdir -p /run/systemd/network /run/systemd/netif
        printf '%s\n' '[Match]' 'Name={NetworkBed.ClientInterface}' '[Network]' 'DHCP=ipv6' 'IPv6AcceptRA=no' 'LinkLocalAddressing=ipv6' '[DHCPv6]' 'WithoutRA=solicit' > /run/systemd/network/10.network
        mount -o remount,bind,ro /sys
        """);

    /// <summary>Milliseconds from the start of the process until the kernel has the address; NaN when it does not come.</summary>
    public Task<double> RaceAsync(NetworkBed bed, TimeSpan patience) => RaceAsync(bed, patience, e => e.IsAddress(NetworkBed.ClientInterface));

    /// <summary>As above, where the end is another event, or the last of several.</summary>
    public Task<double> RaceAsync(NetworkBed bed, TimeSpan patience, params Func<KernelEvent, bool>[] isEnd) => RaceFromAsync(bed, patience, null, isEnd);

    /// <summary>As above, from an event on that comes after the start of the process; null for the start itself.</summary>
    public async Task<double> RaceFromAsync(NetworkBed bed, TimeSpan patience, Func<KernelEvent, bool>? isStart, params Func<KernelEvent, bool>[] isEnd)
    {
        string directory = Directory.CreateTempSubdirectory("bonddhcp-bench-").FullName;
        string[] command = Command(directory);
        HashSet<int> before = Inhabitants(bed.Client);
        int mark = bed.Events.All.Count;
        ProcessStartInfo start = new(command[0], command[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        (Process process, DateTime startedAt) = NamespaceThread.Run(bed.Client, () =>
        {
            DateTime now = DateTime.UtcNow;
            return (Process.Start(start) ?? throw new BedException($"{Name} did not start"), now);
        });
        using (process)
        {
            process.StandardInput.Close();
            double result = double.NaN;
            DateTime deadline = startedAt + patience;
            while (DateTime.UtcNow < deadline && double.IsNaN(result))
            {
                await Task.Delay(5);
                KernelEvent[] events = [.. bed.Events.All.Skip(mark).Where(e => !e.Deleted)];
                DateTime? from = isStart is null ? startedAt : events.FirstOrDefault(isStart)?.At;
                DateTime?[] ends = [.. isEnd.Select(one => events.FirstOrDefault(one)?.At)];
                if (from is { } began && ends.All(end => end is not null)) result = (ends.Max()!.Value - began).TotalMilliseconds;
            }
            if (double.IsNaN(result)) Console.Error.WriteLine($"{Name}: no address within {patience.TotalSeconds} s");
            await ClearAsync(bed, before);
            // Its first thread may be gone from the namespace before the others have closed the files.
            await process.WaitForExitAsync();
            if (double.IsNaN(result)) Console.Error.WriteLine(await process.StandardError.ReadToEndAsync());
            Directory.Delete(directory, recursive: true);
            return result;
        }
    }

    /// <summary>Ends what the contender started and makes the interface as it was.</summary>
    private static async Task ClearAsync(NetworkBed bed, HashSet<int> before)
    {
        // Again and again: some start others while they are being ended.
        await Wait.UntilAsync(() => !EndAll(Inhabitants(bed.Client).Except(before)), TimeSpan.FromSeconds(10), "the contender's end");
        bed.Client.Ip($"address flush dev {NetworkBed.ClientInterface} scope global");
        bed.Client.Ip($"link set {NetworkBed.ClientInterface} up");
        bed.Client.Run("/bin/sh", "-c", "rm -rf /var/lib/dhcpcd/* /run/dhcpcd /var/lib/dhcp/* /run/systemd/netif/*");
    }

    private static bool EndAll(IEnumerable<int> processes)
    {
        string ids = string.Join(' ', processes);
        if (ids != "") Programs.Run("/bin/sh", "-c", $"kill -9 {ids} 2>/dev/null; true");
        return ids != "";
    }

    private static HashSet<int> Inhabitants(NetworkNamespace where)
    {
        string wanted = File.ResolveLinkTarget($"/proc/{where.HolderId}/ns/net", false)!.Name;
        HashSet<int> found = [];
        foreach (string directory in Directory.GetDirectories("/proc"))
            if (int.TryParse(Path.GetFileName(directory), out int id) && NamespaceOf(id) == wanted) found.Add(id);
        return found;
    }

    private static string? NamespaceOf(int id)
    {
        try
        {
            return File.ResolveLinkTarget($"/proc/{id}/ns/net", false)?.Name;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It ended since the directory was read, or is none of ours.
            return null;
        }
    }
}
