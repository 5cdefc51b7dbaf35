using BondDhcp.Tests.Beds;

namespace BondDhcp.Bench;

/// <summary>
/// Captures that show the reader of captures something, not the client: other file formats, other link headers, more options than the
/// client asks for. Their client is udhcpc.
/// </summary>
internal static class OddCaptures
{
    /// <summary>Forced, because udhcpc does not ask for most of them.</summary>
    private const string ManyOptions = """
        dhcp-option-force=2,3600
        dhcp-option-force=15,example.org
        dhcp-option-force=19,0
        dhcp-option-force=26,1400
        dhcp-option-force=33,10.0.0.0,192.0.2.9
        dhcp-option-force=42,192.0.2.1,192.0.2.2
        dhcp-option-force=43,01:02:aa:bb
        dhcp-option-force=44,192.0.2.8
        dhcp-option-force=46,8
        dhcp-option-force=69,192.0.2.25
        dhcp-option-force=100,CET-1CEST
        dhcp-option-force=101,Europe/Berlin
        dhcp-option-force=108,00:00:07:08
        dhcp-option-force=114,http://portal.example.org/
        dhcp-option-force=119,example.org,eng.example.org
        dhcp-option-force=121,10.1.0.0/16,192.0.2.7,0.0.0.0/0,192.0.2.8
        dhcp-option-force=224,ca:fe
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Their lines for the README.</summary>
    public static readonly string[] Lines =
    [
        "| `dhcpv4/others/dnsmasq-many-options.pcap` | dnsmasq told to send an option of nearly every kind | `decode` reads each as tshark does |",
        "| `dhcpv4/others/isc-cooked.pcap` | `tcpdump -i any` | Linux cooked link headers instead of Ethernet's |",
        "| `dhcpv4/others/isc-nanoseconds.pcapng` | `tcpdump --time-stamp-precision=nano`, `editcap -F pcapng` | the pcapng format, times in nanoseconds |",
    ];

    /// <summary>Makes them in a folder.</summary>
    public static async Task MakeAsync(string folder)
    {
        Directory.CreateDirectory(folder);
        await CaptureAsync($"{folder}/dnsmasq-many-options.pcap", ServerConfiguration.DnsmasqDefault, new() { Extra = ManyOptions }, "-i", NetworkBed.ServerInterface);
        await CaptureAsync($"{folder}/isc-cooked.pcap", ServerConfiguration.IscDefault, new(), "-i", "any", "-y", "LINUX_SLL2");
        string nanoseconds = $"{folder}/nanoseconds.pcap";
        await CaptureAsync(nanoseconds, ServerConfiguration.IscDefault, new(), "-i", NetworkBed.ServerInterface, "--time-stamp-precision=nano");
        Programs.Run("editcap", "-F", "pcapng", nanoseconds, $"{folder}/isc-nanoseconds.pcapng");
        File.Delete(nanoseconds);
    }

    private static async Task CaptureAsync(string file, ServerConfiguration configuration, ServerPlan plan, params string[] tcpdumpOptions)
    {
        Console.Error.WriteLine(Path.GetFileNameWithoutExtension(file));
        await using NetworkBed bed = await NetworkBed.CreateAsync(null, observed: false);
        await bed.StartServerAsync(configuration, plan);
        await using BedProcess tcpdump = BedProcess.Start(
            "tcpdump", bed.Server.Program("tcpdump", ["-U", "--immediate-mode", "-Z", "root", "-w", Path.GetFullPath(file), .. tcpdumpOptions, "udp port 67 or udp port 68"]));
        await tcpdump.WaitForLineAsync(line => line.Contains("listening on", StringComparison.Ordinal), Patience);
        bed.Client.Run("busybox", "udhcpc", "-f", "-q", "-n", "-i", NetworkBed.ClientInterface, "-s", "/bin/true");
        tcpdump.Signal("INT");
        await tcpdump.WaitForExitAsync(Patience);
    }
}
