using System.ComponentModel;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Text;
using Tmds.Linux;

namespace BondDhcp.Tests.Kit;

/// <summary>
/// Runs a piece of a test with a file system mounted over a directory that no other thread or process sees: the
/// thread has a mount namespace of its own (unshare(2)), which ends with it.
/// </summary>
internal static class PrivateMounts
{
    private const ulong MS_REC = 0x4000;
    private const ulong MS_PRIVATE = 0x40000;
    private const ulong MS_RDONLY = 1;
    private const ulong MS_REMOUNT = 32;
    private const ulong MS_BIND = 4096;

    /// <summary>Runs <paramref name="body"/> with a tmpfs of <paramref name="octets"/> on <paramref name="directory"/>.</summary>
    public static void WithTmpfs(string directory, int octets, Action body) => OnThread(() =>
    {
        Mount("tmpfs", directory, "tmpfs", 0, FormattableString.Invariant($"size={octets},mode=755"));
        body();
    });

    /// <summary>Runs <paramref name="body"/> with a file mounted over another, as containers have their resolv.conf.</summary>
    public static void WithFile(string source, string target, Action body) => OnThread(() =>
    {
        Mount(source, target, null, MS_BIND, null);
        body();
    });

    /// <summary>In <see cref="WithTmpfs"/>: nothing can be written there from now on.</summary>
    public static void MakeReadOnly(string directory) => Mount("tmpfs", directory, "tmpfs", MS_REMOUNT | MS_RDONLY, null);

    /// <summary>
    /// Runs programs that take over a machine's name resolution, which must reach nothing of this machine's: <c>/etc</c> is a
    /// copy, <c>/run</c> and <c>/tmp</c> are empty, and everything else cannot be written at all. Whatever path such a program
    /// or its configuration names, it is one of these. That this is so is looked at before <paramref name="body"/> runs.
    /// </summary>
    public static void WithPrivateSystem(Action body) => OnThread(() =>
    {
        const int octets = 64 << 20;
        Mount("tmpfs", "/run", "tmpfs", 0, FormattableString.Invariant($"size={octets},mode=755"));
        const string source = "/run/source";
        Directory.CreateDirectory(source);
        MountReadOnly(SourceTree.Root, source);
        Mount("tmpfs", "/tmp", "tmpfs", 0, FormattableString.Invariant($"size={octets},mode=1777"));
        // The packages that were unpacked are below it.
        if (!Directory.Exists(SourceTree.Root))
        {
            Directory.CreateDirectory(SourceTree.Root);
            MountReadOnly(source, SourceTree.Root);
        }
        Linux.PrivateNetwork.Command("cp", "-a /etc /run/etc");
        Mount("/run/etc", "/etc", null, MS_BIND, null);
        Mount("none", "/", null, MS_REMOUNT | MS_BIND | MS_RDONLY, null);
        // What docker and others mount there by itself would have stayed this machine's.
        foreach (string mount in File.ReadAllLines("/proc/thread-self/mounts").Select(line => line.Split(' ')[1]))
            if (mount.StartsWith("/etc/", StringComparison.Ordinal)) throw new InvalidOperationException($"{mount} is not private");
        string marker = $"/etc/private-{Guid.NewGuid():N}";
        File.WriteAllText(marker, "");
        if (!File.Exists("/run" + marker)) throw new InvalidOperationException("/etc is not private");
        foreach (string directory in (string[])["/usr", "/var", "/root"])
        {
            try
            {
                File.WriteAllText($"{directory}/private-check", "");
            }
            catch (IOException)
            {
                continue;
            }
            File.Delete($"{directory}/private-check");
            throw new InvalidOperationException($"{directory} can be written");
        }
        body();
    });

    private static void MountReadOnly(string directory, string target)
    {
        Mount(directory, target, null, MS_BIND, null);
        Mount("none", target, null, MS_REMOUNT | MS_BIND | MS_RDONLY, null);
    }

    private static void OnThread(Action body)
    {
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                if (LibC.unshare(LibC.CLONE_NEWNS) < 0) throw Failed("unshare(CLONE_NEWNS), which needs root");
                Mount("none", "/", null, MS_REC | MS_PRIVATE, null);
                body();
            }
            catch (Exception error)
            {
                failure = ExceptionDispatchInfo.Capture(error);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
    }

    private static unsafe void Mount(string source, string target, string? type, ulong flags, string? data)
    {
        fixed (byte* s = Encoding.UTF8.GetBytes(source + '\0'))
        fixed (byte* t = Encoding.UTF8.GetBytes(target + '\0'))
        fixed (byte* f = type is null ? null : Encoding.UTF8.GetBytes(type + '\0'))
        fixed (byte* d = data is null ? null : Encoding.UTF8.GetBytes(data + '\0'))
        {
            if (LibC.mount(s, t, f, (ulong_t)flags, d) < 0) throw Failed($"mount on {target}");
        }
    }

    private static Win32Exception Failed(string what) =>
        new(Marshal.GetLastPInvokeError(), $"{what}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
}
