using System.Globalization;
using BondDhcp.Net.Linux;
using BondDhcp.Net.Linux.Interop;
using Tmds.Linux;

namespace BondDhcp.Host.Systemd.Linux;

/// <summary>A descriptor that the service manager handed over.</summary>
/// <param name="Name">What it calls it; <c>unknown</c> where it does not say.</param>
/// <param name="Descriptor">The receiver's from here on.</param>
internal readonly record struct InheritedDescriptor(string Name, FileDescriptor Descriptor);

/// <summary>What the service manager kept for this program, or opened for it (sd_listen_fds_with_names(3)).</summary>
internal static class InheritedDescriptors
{
    /// <summary>SD_LISTEN_FDS_START.</summary>
    private const int First = 3;

    /// <summary>Many times what a unit of ours can have; more is no number of descriptors.</summary>
    private const int Most = 64;

    /// <summary>
    /// Takes them by LISTEN_PID, LISTEN_FDS and LISTEN_FDNAMES, which <paramref name="environment"/> gives; to be called
    /// once. None is passed on to a program that is started.
    /// </summary>
    public static IReadOnlyList<InheritedDescriptor> Take(Func<string, string?> environment)
    {
        if (environment("LISTEN_PID") != Environment.ProcessId.ToString(CultureInfo.InvariantCulture)) return [];
        if (!int.TryParse(environment("LISTEN_FDS"), NumberStyles.None, CultureInfo.InvariantCulture, out int count) || count > Most) return [];
        string[] names = environment("LISTEN_FDNAMES") is { Length: > 0 } list ? list.Split(':') : [];
        List<InheritedDescriptor> taken = [];
        for (int i = 0; i < count; i++)
        {
            // One that is not there cannot be closed, either: its number may be somebody's soon.
            if (LibC.fcntl(First + i, LibC.F_SETFD, KernelNumbers.FD_CLOEXEC) < 0) continue;
            taken.Add(new InheritedDescriptor(i < names.Length ? names[i] : "unknown", FileDescriptor.Own(First + i, "LISTEN_FDS")));
        }
        return taken;
    }
}
