using System.Diagnostics;

namespace BondDhcp.Tests.Beds.Qemu;

/// <summary>What a machine computes with, as arguments of QEMU, and the little that all machines here have in common.</summary>
public static class QemuProcessor
{
    /// <summary>A machine that starts no kernel within it is emulated instead.</summary>
    private static readonly TimeSpan AccelerationPatience = TimeSpan.FromSeconds(10);

    private static readonly string[] Virtual = ["-accel", "kvm", "-cpu", "host"];

    /// <summary>One without wide registers, which are slow where they are emulated, but with what .NET needs.</summary>
    private static readonly string[] Emulated = ["-accel", "tcg,thread=multi", "-cpu", "Nehalem"];

    /// <summary>
    /// What the kernel is told on both: no self-tests of ciphers, no hardening, because each costs an emulated processor seconds.
    /// </summary>
    public const string KernelArguments = "console=ttyS0 quiet systemd.show_status=0 audit=0 mitigations=off nokaslr cryptomgr.notests tsc=reliable no_timer_check";

    /// <summary>Processors, memory, a console at standard output, kernel and initrd.</summary>
    public static async Task<string[]> ArgumentsAsync(QemuImage image) =>
    [
        .. await CanVirtualizeAsync(image) ? Virtual : Emulated,
        "-smp", "2", "-m", "1024", "-nodefaults", "-display", "none", "-serial", "stdio", "-device", "virtio-rng-pci",
        "-kernel", image.Kernel, "-initrd", image.InitialRamDisk, "-drive", $"file={image.Root},format=raw,if=virtio,snapshot=on",
    ];

    /// <summary>A directory of this host's in the machine.</summary>
    public static string[] Share(string name, string directory, string options = "") => ["-virtfs", $"local,path={directory},mount_tag={name},security_model=none{options}"];

    // /dev/kvm may be there and not work: then a kernel that only has to find out that it has no root does not get that far.
    private static async Task<bool> CanVirtualizeAsync(QemuImage image)
    {
        if (!File.Exists("/dev/kvm")) return false;
        ProcessStartInfo trial = new("qemu-system-x86_64",
            [.. Virtual, "-m", "256", "-nodefaults", "-no-reboot", "-display", "none", "-kernel", image.Kernel, "-append", "panic=-1"]);
        try
        {
            return (await Programs.TryRunAsync(trial, patience: AccelerationPatience)).ExitCode == 0;
        }
        catch (BedException)
        {
            return false;
        }
    }
}
