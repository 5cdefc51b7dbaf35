using System.Text;
using Tmds.Linux;

namespace BondDhcp.Net.Linux;

/// <summary>Whether a program, or a directory of them, may be run: nobody but root, or whoever we are, could have put it there.</summary>
public static unsafe class ProgramFile
{
    private const ushort GroupOrOtherWritable = 0x12;
    private const ushort ExecutableByAnybody = 0x49;

    /// <summary>Why a program may not be run, to follow its name; null where it may. A link is followed.</summary>
    public static string? WhyNot(string path) => WhyNot(path, LibC.S_IFREG, "is not a regular file");

    /// <summary>Why nothing in a directory may be run, to follow its name; null where it may.</summary>
    public static string? WhyNotDirectory(string path) => WhyNot(path, LibC.S_IFDIR, "is not a directory");

    /// <summary>It is a file that somebody may execute; others are no programs.</summary>
    public static bool IsExecutable(string path) => TryLook(path, out stat status, out _)
        && (status.st_mode & LibC.S_IFMT) == LibC.S_IFREG && (status.st_mode & ExecutableByAnybody) != 0;

    private static string? WhyNot(string path, mode_t kind, string otherwise)
    {
        if (!TryLook(path, out stat status, out int error)) return System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage(error);
        if ((status.st_mode & LibC.S_IFMT) != kind) return otherwise;
        if ((status.st_mode & GroupOrOtherWritable) != 0) return "can be written by its group or by others";
        return status.st_uid != 0 && status.st_uid != LibC.geteuid() ? "belongs to another user" : null;
    }

    private static bool TryLook(string path, out stat status, out int error)
    {
        stat found;
        int result;
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0')) result = LibC.stat(name, &found);
        error = result < 0 ? LibC.errno : 0;
        status = found;
        return result == 0;
    }
}
