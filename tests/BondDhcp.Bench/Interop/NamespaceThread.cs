using System.Runtime.InteropServices;
using BondDhcp.Tests.Beds;

namespace BondDhcp.Bench.Interop;

/// <summary>
/// Runs code on a thread that has entered a namespace. A program started there is in the namespace from its first
/// instruction, so no wrapper's start-up is measured along.
/// </summary>
internal static partial class NamespaceThread
{
    private const int CLONE_FS = 0x200;
    private const int CLONE_NEWNS = 0x20000;
    private const int CLONE_NEWNET = 0x40000000;

    /// <summary>Runs a function inside, on a thread of its own that ends with it.</summary>
    public static T Run<T>(NetworkNamespace where, Func<T> inside)
    {
        T? result = default;
        Exception? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                Check(Enter($"/proc/{where.HolderId}/ns/net", CLONE_NEWNET), "network namespace");
                EnterMounts($"/proc/{where.HolderId}/ns/mnt");
                result = inside();
            }
            catch (Exception e) when (e is BedException or IOException or System.ComponentModel.Win32Exception)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        return failure is null ? result! : throw new BedException(failure.ToString());
    }

    /// <summary>
    /// A thread that shares its root directory with others may not enter a mount namespace; and a thread that the runtime
    /// starts from this one in between shares it again.
    /// </summary>
    private static void EnterMounts(string path)
    {
        const int attempts = 5;
        for (int attempt = 1; ; attempt++)
        {
            Check(unshare(CLONE_FS), "unshare");
            int result = Enter(path, CLONE_NEWNS);
            if (result == 0) return;
            if (attempt == attempts) Check(result, "mount namespace");
        }
    }

    private static int Enter(string path, int kind)
    {
        using Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle(path);
        return setns((int)file.DangerousGetHandle(), kind);
    }

    private static void Check(int result, string what)
    {
        if (result != 0) throw new BedException($"{what}: errno {Marshal.GetLastPInvokeError()}");
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unshare(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setns(int fd, int kind);
}
