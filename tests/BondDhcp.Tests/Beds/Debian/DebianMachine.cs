using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using BondDhcp.Tests.Beds.Qemu;

namespace BondDhcp.Tests.Beds.Debian;

/// <summary>
/// A Debian system that boots as it would on hardware, reboots, and keeps its disk until the test ends. Two network cards, which
/// filter by hardware address and can be pulled out, are plugged into <see cref="Network"/>.
/// </summary>
public sealed class DebianMachine : IAsyncDisposable
{
    /// <summary>The cards' names, by udev from where they are plugged in, and their hardware addresses.</summary>
    public static readonly (string Name, string Mac)[] Cards = [("ens16", "02:00:00:00:0a:0a"), ("ens17", "02:00:00:00:0b:0b")];

    /// <summary>Of a boot, which takes 15 to 40 s; one that has not come so far hangs, as an emulated one now and then does.</summary>
    private static readonly TimeSpan BootPatience = TimeSpan.FromSeconds(120);

    /// <summary>How often a machine that hangs is reset.</summary>
    private const int Boots = 3;

    /// <summary>For anything asked of the machine.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    // The share has a driver that does not bring it back. CLOCK_MONOTONIC stands still in a sleep, CLOCK_BOOTTIME does not.
    private const string SleepScript = """
        clocks() { sed -n 's/^now at \([0-9]*\) nsecs$/\1/p' /proc/timer_list; cut -d ' ' -f 1 /proc/uptime; date +%s.%N; }
        umount /bed
        modprobe -r 9pnet_virtio
        echo deep > /sys/power/mem_sleep
        clocks
        echo mem > /sys/power/state
        clocks
        modprobe 9pnet_virtio
        mount -t 9p -o trans=virtio,version=9p2000.L,msize=262144 bed /bed
        """;

    private readonly Action<string> _report;
    private readonly string _directory = Directory.CreateTempSubdirectory("bonddhcp-debian-").FullName;
    private readonly StringBuilder _log = new();
    private BedProcess _qemu = null!;
    private QemuMonitor _monitor = null!;
    private DebianAgent _agent = null!;

    private DebianMachine(Action<string> report) => _report = report;

    public DebianNetwork Network { get; private set; } = null!;

    /// <summary>Starts it.</summary>
    /// <param name="report">Where everything seen is written at the end.</param>
    /// <param name="prepare">A script that makes the system what the test wants, before the network is configured for the first time.</param>
    /// <param name="files">Files of this host that are in <c>/bed/files</c>.</param>
    public static async Task<DebianMachine> StartAsync(Action<string> report, string prepare, params string[] files)
    {
        DebianMachine machine = new(report);
        try
        {
            await machine.BootAsync(prepare, files);
            return machine;
        }
        catch
        {
            await machine.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a script, which must come to its end without a failure, and returns what it said.</summary>
    public async Task<string> RunAsync(string script)
    {
        (int exitCode, string output) = await _agent.RunAsync(script, Patience);
        Log(script, $"{output}exit {exitCode}");
        return exitCode == 0 ? output : throw new BedException($"{script}\nended with {exitCode}:\n{output}\n{await DescribeAsync()}");
    }

    /// <summary>Waits for a condition, a command of the shell.</summary>
    public async Task UntilAsync(string condition)
    {
        string script = $"for ((i = 0; i < {Patience.TotalSeconds / 2}; i++)); do if {condition}; then exit 0; fi; sleep 1; done; exit 1";
        (int exitCode, string output) = await _agent.RunAsync(script, Patience);
        Log($"until {condition}", $"{output}exit {exitCode}");
        if (exitCode != 0) throw new BedException($"waited in vain until {condition}\n{output}\n{await DescribeAsync()}");
    }

    /// <summary>The system restarts itself; returns when it is up again.</summary>
    public async Task RebootAsync()
    {
        Log("systemctl reboot", "");
        await _agent.BeginAsync("systemctl reboot");
        await WaitForBootAsync();
    }

    /// <summary>The system sleeps (ACPI S3: only its memory has power), and is woken.</summary>
    /// <param name="asleep">What happens meanwhile.</param>
    public async Task<DebianSleep> SleepAsync(Func<Task> asleep)
    {
        Log("asleep", "");
        Task<string> nap = RunAsync(SleepScript);
        Task asleepNow = _monitor.WaitForEventAsync("SUSPEND");
        // Where it cannot sleep, the script says why.
        if (await Task.WhenAny(nap, asleepNow) == nap) throw new BedException($"it did not sleep: {await nap}");
        await asleepNow;
        await asleep();
        Log("woken", "");
        await _monitor.DoAsync("system_wakeup");
        return DebianSleep.Read(await nap);
    }

    /// <summary>The cable of a card.</summary>
    public async Task SetCableAsync(int card, bool plugged)
    {
        Log($"cable of {Cards[card].Name}: {plugged}", "");
        await _monitor.DoAsync("set_link", new() { ["name"] = $"card{card}", ["up"] = plugged });
    }

    /// <summary>A card is pulled out of the machine.</summary>
    public async Task UnplugAsync(int card)
    {
        Log($"{Cards[card].Name} is pulled out", "");
        await _monitor.DoAsync("device_del", new() { ["id"] = $"card{card}" });
        await _monitor.WaitForEventAsync("DEVICE_DELETED", $"card{card}");
    }

    /// <summary>The card is back where it was.</summary>
    public async Task PlugAsync(int card)
    {
        Log($"{Cards[card].Name} is plugged in", "");
        await _monitor.DoAsync("device_add", new()
        {
            ["driver"] = "e1000",
            ["id"] = $"card{card}",
            ["netdev"] = $"net{card}",
            ["mac"] = Cards[card].Mac,
            ["addr"] = Slot(card),
        });
    }

    /// <summary>Addresses that went from an interface since the test began, as the kernel told; those of a shutdown included.</summary>
    public IReadOnlyList<string> Removed(string interfaceName, string address) =>
    [
        .. File.ReadAllLines(EventsFile)
            .Where(line => line.Contains("Deleted", StringComparison.Ordinal) && line.Contains($": {interfaceName} ", StringComparison.Ordinal) && line.Contains($" {address}/", StringComparison.Ordinal)),
    ];

    public override string ToString()
    {
        StringBuilder seen = new(_log.ToString());
        foreach (string file in (string[])[EventsFile, Path.Combine(_directory, "prepare.log")])
            if (File.Exists(file)) seen.Append(CultureInfo.InvariantCulture, $"--- {Path.GetFileName(file)}\n{File.ReadAllText(file)}\n");
        return seen.Append(CultureInfo.InvariantCulture, $"--- console\n{_qemu?.Output}\n{Network}").ToString();
    }

    public async ValueTask DisposeAsync()
    {
        _report(ToString());
        _agent?.Dispose();
        _monitor?.Dispose();
        if (_qemu is not null) await _qemu.DisposeAsync();
        if (Network is not null) await Network.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    // What the kernel told of links, addresses and routes, over all boots.
    private string EventsFile => Path.Combine(_directory, "events");

    private static string Slot(int card) => $"0x{16 + card:x}";

    private async Task BootAsync(string prepare, string[] files)
    {
        QemuImage image = await QemuImage.GetAsync();
        Network = await DebianNetwork.CreateAsync([.. Cards.Select((_, card) => $"port{card}")]);
        File.Copy(Path.Combine(Path.GetDirectoryName(SourceFile())!, "agent.sh"), Path.Combine(_directory, "agent.sh"));
        await File.WriteAllTextAsync(Path.Combine(_directory, "prepare.sh"), prepare + "\n");
        string shared = Directory.CreateDirectory(Path.Combine(_directory, "files")).FullName;
        foreach (string file in files) File.Copy(file, Path.Combine(shared, Path.GetFileName(file)));
        string monitor = Path.Combine(_directory, "monitor-socket"), agent = Path.Combine(_directory, "agent-socket");
        string[] arguments =
        [
            .. await QemuProcessor.ArgumentsAsync(image),
            "-append", $"{QemuProcessor.KernelArguments} systemd.unit=multi-user.target systemd.wants=bed-agent.service", .. QemuProcessor.Share("bed", _directory),
            "-chardev", $"socket,id=monitor,path={monitor},server=on,wait=off", "-mon", "chardev=monitor,mode=control",
            "-device", "virtio-serial", "-chardev", $"socket,id=agent,path={agent},server=on,wait=off", "-device", "virtserialport,chardev=agent,name=agent",
            "-chardev", $"file,id=events,path={EventsFile}", "-device", "virtserialport,chardev=events,name=events",
            .. Cards.SelectMany((card, index) => (string[])
            [
                "-netdev", $"tap,id=net{index},ifname=port{index},script=no,downscript=no",
                "-device", $"e1000,id=card{index},netdev=net{index},mac={card.Mac},addr={Slot(index)}",
            ]),
        ];
        _qemu = BedProcess.Start("QEMU", Network.Namespace.Program("qemu-system-x86_64", arguments));
        _monitor = await QemuMonitor.ConnectAsync(monitor);
        _agent = await DebianAgent.ConnectAsync(agent, _directory);
        await WaitForBootAsync();
    }

    private async Task WaitForBootAsync()
    {
        for (int boot = 1; ; boot++)
        {
            if (await _agent.WaitForBootAsync(BootPatience))
            {
                Log("booted", "");
                return;
            }
            if (_qemu.HasExited || boot == Boots) throw new BedException($"the machine did not boot:\n{_qemu.Output}");
            await _monitor.DoAsync("system_reset");
        }
    }

    private async Task<string> DescribeAsync()
    {
        const string questions = "ip address; cat /proc/net/bonding/*; systemctl --no-pager --failed; bonddhcp status; bonddhcp timeline; journalctl --no-pager -o short-precise -b -n 200; journalctl --no-pager -o short-precise -b -1 -n 100; true";
        (_, string answers) = await _agent.RunAsync($"set +e; {questions}", Patience);
        return answers;
    }

    private void Log(string what, string outcome) => _log.Append(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:HH:mm:ss.fff} # {what}\n{outcome}\n");

    // The script is read where it is written, beside this file.
    private static string SourceFile([CallerFilePath] string path = "") => path;
}
