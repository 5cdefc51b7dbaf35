using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using BondDhcp.Tests.Beds.Scenarios;
using BondDhcp.Tests.Kit;

namespace BondDhcp.Tests.Beds.Qemu;

/// <summary>
/// A machine of its own with Debian's kernel and systemd: simulated radios with hostapd and wpa_supplicant, network cards
/// that filter by MAC and are plugged in and pulled out. Nothing that happens in it outlives it.
/// </summary>
public static class QemuMachine
{
    /// <summary>For all scenarios together where they run side by side. After it the machine powers itself off.</summary>
    private const int ScenarioSeconds = 330;

    /// <summary>Of a boot, which takes about 15 s on an idle machine; one that has not come so far hangs, as an emulated one now and then does.</summary>
    private static readonly TimeSpan BootPatience = TimeSpan.FromSeconds(75);

    /// <summary>How often a machine that hangs while it boots is started again.</summary>
    private const int Boots = 3;

    /// <summary>Beside the scenarios' time, once it has booted; after it the machine is killed.</summary>
    private const int Reserve = 30;

    /// <summary>Runs scenarios in one boot and returns what each of them saw.</summary>
    /// <exception cref="BedException">It did not run to its end; the message has what it said.</exception>
    /// <param name="scenarios">What will run.</param>
    /// <param name="seconds">For all of them together.</param>
    public static async Task<IReadOnlyDictionary<string, BedEvidence>> RunAsync(IReadOnlyCollection<BedScenario> scenarios, int seconds = ScenarioSeconds)
    {
        QemuImage image = await QemuImage.GetAsync();
        using BedDirectory directory = new("Qemu", scenarios) { Slack = TimeSpan.FromSeconds(2.5) };
        return directory.Read(await BootAsync(image, directory.FullName, seconds));
    }

    private static async Task<string> BootAsync(QemuImage image, string directory, int seconds)
    {
        ProcessStartInfo start = await PrepareAsync(image, directory, seconds);
        for (int boot = 1; ; boot++)
        {
            await using BedProcess machine = BedProcess.Start("QEMU", start);
            try
            {
                await machine.WaitForLineAsync(line => line.Contains("init: ready", StringComparison.Ordinal), BootPatience);
            }
            catch (BedException) when (boot < Boots && !machine.HasExited)
            {
                continue;
            }
            int exitCode = await machine.WaitForExitAsync(TimeSpan.FromSeconds(seconds + Reserve));
            return BedDirectory.WasUsed(machine.Output) ? machine.Output : throw new BedException($"QEMU ended with {exitCode}:\n{machine.Output}");
        }
    }

    private static async Task<ProcessStartInfo> PrepareAsync(QemuImage image, string directory, int seconds)
    {
        await File.WriteAllTextAsync(Path.Combine(directory, "machine"), string.Create(CultureInfo.InvariantCulture,
            $"LIMIT={seconds}\nBINARY=/program/{Path.GetFileName(BondDhcpProcess.Binary)}\nSHARES=\"program dotnet\"\n"));
        string units = Directory.CreateDirectory(Path.Combine(directory, "units")).FullName;
        foreach (string unit in Directory.GetFiles(Path.Combine(SourceTree.Root, "packaging", "systemd")))
            File.Copy(unit, Path.Combine(units, Path.GetFileName(unit)));
        return new("qemu-system-x86_64",
        [
            .. await QemuProcessor.ArgumentsAsync(image), "-no-reboot",
            // Interfaces keep the kernel's names, and nobody but the scenarios configures them.
            "-append", $"{QemuProcessor.KernelArguments} panic=-1 net.ifnames=0 systemd.mask=networking.service systemd.mask=ifupdown-pre.service",
            .. QemuProcessor.Share("bed", directory), .. QemuProcessor.Share("program", Path.GetDirectoryName(BondDhcpProcess.Binary)!, ",readonly=on"),
            .. QemuProcessor.Share("dotnet", Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..")), ",readonly=on"),
            // The monitor, and a serial port of the machine that talks to it: a scenario plugs in cards by itself.
            "-chardev", $"socket,id=monitor,path={directory}/monitor,server=on,wait=off", "-mon", "chardev=monitor,mode=control",
            "-device", "virtio-serial", "-chardev", $"socket,id=port,path={directory}/monitor", "-device", "virtserialport,chardev=port,name=monitor",
        ]);
    }
}
