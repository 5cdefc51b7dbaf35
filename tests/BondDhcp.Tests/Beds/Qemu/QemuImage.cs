using System.Diagnostics;
using BondDhcp.Tests.Kit;

namespace BondDhcp.Tests.Beds.Qemu;

/// <summary>The kernel, initrd and root file system that <c>scripts/bed-image</c> makes, or made earlier.</summary>
public sealed record QemuImage(string Directory)
{
    /// <summary>About a minute on an idle machine with its package registry near.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    public string Kernel => Path.Combine(Directory, "vmlinuz");

    public string InitialRamDisk => Path.Combine(Directory, "initrd");

    public string Root => Path.Combine(Directory, "root.img");

    /// <summary>Finds it, or makes it.</summary>
    /// <exception cref="BedException">It could not be made, in the words of the program that could not.</exception>
    public static async Task<QemuImage> GetAsync()
    {
        ProgramResult made = await Programs.TryRunAsync(new ProcessStartInfo(Path.Combine(SourceTree.Root, "scripts", "bed-image")), patience: Patience);
        return made.ExitCode == 0 ? new(made.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1]) : throw new BedException($"scripts/bed-image: {made}");
    }
}
