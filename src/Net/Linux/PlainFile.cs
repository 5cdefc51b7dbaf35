using System.Runtime.InteropServices;
using Tmds.Linux;

namespace BondDhcp.Net.Linux;

/// <summary>Reads files of other programs: whole, up to a limit, and nothing that is no file.</summary>
public static class PlainFile
{
    /// <summary>
    /// The content; null, with the reason, for what is no regular file, is longer than <paramref name="limit"/> octets or
    /// cannot be read. A symbolic link at the end of the path is not followed, and a FIFO lets nobody wait.
    /// </summary>
    public static unsafe byte[]? Read(string path, int limit, out string? why)
    {
        int opened = FileOctets.Open(path, LibC.O_NOFOLLOW);
        if (opened < 0)
        {
            why = Marshal.GetPInvokeErrorMessage(LibC.errno);
            return null;
        }
        using var file = FileDescriptor.Own(opened, path);
        stat status;
        why = LibC.fstat(file.Number, &status) < 0 ? Marshal.GetPInvokeErrorMessage(LibC.errno)
            : (status.st_mode & LibC.S_IFMT) != LibC.S_IFREG ? "it is no regular file"
            : null;
        if (why is not null) return null;
        byte[] content = [];
        // One octet more tells a file that is too long.
        int length = FileOctets.Read(file.Number, ref content, limit + 1, out int error);
        if (error != 0) why = Marshal.GetPInvokeErrorMessage(error);
        else if (length > limit) why = FormattableString.Invariant($"it is larger than {limit} octets");
        return why is null ? content[..length] : null;
    }
}
