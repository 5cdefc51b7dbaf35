using System.Runtime.InteropServices;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Commands.Linux;

/// <summary>Runs a bash script that is part of this program, in place of it. Nothing is written to a disk.</summary>
internal static unsafe partial class EmbeddedScript
{
    /// <summary>Does not return unless it fails.</summary>
    /// <param name="name">For lists of processes.</param>
    /// <param name="script">The script.</param>
    /// <param name="variable">A variable set for it beside the present environment.</param>
    /// <param name="value">The variable's value.</param>
    /// <exception cref="LinuxException">There is no bash, or no memory.</exception>
    public static void Become(string name, ReadOnlySpan<byte> script, string variable, string value)
    {
        // Without MFD_CLOEXEC: the script is read by bash, and by what it starts of itself.
        int file = MemfdCreate(name, 0);
        if (file < 0) throw LinuxException.Last("memfd_create");
        while (!script.IsEmpty)
        {
            nint written;
            fixed (byte* start = script) written = Write(file, start, (nuint)script.Length);
            if (written <= 0) throw LinuxException.Last("write");
            script = script[(int)written..];
        }
        if (SetEnv(variable, value, 1) < 0) throw LinuxException.Last("setenv");
        nint bash = Marshal.StringToCoTaskMemUTF8("bash");
        nint path = Marshal.StringToCoTaskMemUTF8(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"/proc/self/fd/{file}"));
        nint* arguments = stackalloc nint[] { bash, path, 0 };
        Execvp(bash, arguments);
        throw LinuxException.Last("execvp(bash)");
    }

    [LibraryImport("libc", EntryPoint = "memfd_create", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MemfdCreate(string name, uint flags);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(int descriptor, byte* data, nuint length);

    [LibraryImport("libc", EntryPoint = "setenv", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnv(string name, string value, int overwrite);

    [LibraryImport("libc", EntryPoint = "execvp", SetLastError = true)]
    private static partial int Execvp(nint file, nint* arguments);
}
