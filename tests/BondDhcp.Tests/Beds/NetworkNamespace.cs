using System.Diagnostics;

namespace BondDhcp.Tests.Beds;

/// <summary>
/// A network namespace together with a mount namespace that has its own <c>/etc/resolv.conf</c>, <c>/run</c>, <c>/sys</c>
/// and client directories, so that nothing run here reads or writes the machine's. Both live as long as a holder process,
/// which ends with this object or with the test process, and takes along whatever still runs inside.
/// </summary>
public sealed class NetworkNamespace : IDisposable
{
    private const string HolderScript = """
        mount --make-rprivate / && mount -t sysfs sysfs /sys && mount -t tmpfs tmpfs /run || exit 1
        echo "# private" > "$1/resolv.conf" && mount --bind "$1/resolv.conf" /etc/resolv.conf || exit 1
        for directory in /var/lib/dhcp /var/lib/dhcpcd /var/lib/dhcpv6 /var/lib/misc; do [ ! -d $directory ] || mount -t tmpfs tmpfs $directory; done
        echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6
        ip link set lo up && echo ready || exit 1
        read -r line
        mine=$(readlink /proc/self/ns/net | tr -dc 0-9)
        here=$(find /proc/[0-9]*/ns/net -maxdepth 0 -lname "*$mine*" 2>/dev/null | tr -dc '0-9\n')
        for pid in $here; do [ "$pid" = $$ ] || kill -9 "$pid" 2>/dev/null; done
        rm -rf "$1"
        """;

    private readonly Process _holder;

    public NetworkNamespace(string name)
    {
        Name = name;
        Scratch = Directory.CreateTempSubdirectory("bonddhcp-bed-").FullName;
        ProcessStartInfo start = new("unshare", ["-nm", "bash", "-c", HolderScript, "holder", Scratch])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        _holder = Process.Start(start) ?? throw new BedException("unshare did not start");
        if (_holder.StandardOutput.ReadLine() != "ready") throw new BedException("no namespace: this needs root, unshare and ip");
    }

    public string Name { get; }

    /// <summary>A directory of this namespace's own, removed with it.</summary>
    public string Scratch { get; }

    /// <summary>The process that holds the namespace; its <c>/proc</c> entry shows the namespace from outside.</summary>
    public int HolderId => _holder.Id;

    /// <summary>How to start a program in here; it has the process id of what is started, no wrapper stays.</summary>
    public ProcessStartInfo Program(string program, params string[] arguments) =>
        new("nsenter", [$"--net=/proc/{HolderId}/ns/net", $"--mount=/proc/{HolderId}/ns/mnt", "--", program, .. arguments]);

    /// <summary>Runs a program in here; another exit code than 0 is an error.</summary>
    public string Run(string program, params string[] arguments) => Programs.RunWithInput(Program(program, arguments), "");

    /// <summary>Runs <c>ip</c> with words separated by blanks.</summary>
    public string Ip(string arguments) => Run("ip", arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Several <c>ip</c> commands in one process, one a line.</summary>
    public void IpBatch(string commands) => Programs.RunWithInput(Program("ip", "-batch", "-"), commands);

    /// <summary>Loads an nftables ruleset beside what is there.</summary>
    public void Nft(string ruleset) => Programs.RunWithInput(Program("nft", "-f", "-"), ruleset);

    /// <summary>Whether an interface here has a carrier and is operational.</summary>
    public bool IsUp(string interfaceName) => File.ReadAllText($"/proc/{HolderId}/root/sys/class/net/{interfaceName}/operstate").Trim() == "up";

    /// <summary>Whether a UDP socket is bound to a port here.</summary>
    public bool HasUdpPort(int port)
    {
        string suffix = $":{port:X4}";
        foreach (string line in File.ReadLines($"/proc/{HolderId}/net/udp").Skip(1))
            if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1].EndsWith(suffix, StringComparison.Ordinal)) return true;
        return false;
    }

    public void Dispose()
    {
        _holder.StandardInput.Close();
        if (!_holder.WaitForExit(TimeSpan.FromSeconds(10))) _holder.Kill();
        _holder.Dispose();
    }
}
