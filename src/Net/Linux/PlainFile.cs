using System.Runtime.InteropServices;
using System.Text;
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
        FileDescriptor file;
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
        {
            int opened = LibC.open(name, LibC.O_RDONLY | LibC.O_NOFOLLOW | LibC.O_NONBLOCK | LibC.O_CLOEXEC, default);
            if (opened < 0)
            {
                why = Marshal.GetPInvokeErrorMessage(LibC.errno);
                return null;
            }
            file = FileDescriptor.Own(opened, path);
        }
        using (file)
        {
            stat status;
            why = LibC.fstat(file.Number, &status) < 0 ? Marshal.GetPInvokeErrorMessage(LibC.errno)
                : (status.st_mode & LibC.S_IFMT) != LibC.S_IFREG ? "it is no regular file"
                : null;
            return why is null ? ReadAll(file.Number, limit, out why) : null;
        }
    }

    private static unsafe byte[]? ReadAll(int file, int limit, out string? why)
    {
        why = null;
        using MemoryStream content = new();
        byte[] buffer = new byte[16 * 1024];
        fixed (byte* start = buffer)
        {
            while (true)
            {
                nint count = (nint)LibC.read(file, start, buffer.Length);
                if (count == 0) return content.ToArray();
                if (count < 0 && LibC.errno == LibC.EINTR) continue;
                if (count < 0) why = Marshal.GetPInvokeErrorMessage(LibC.errno);
                else if (content.Length + count > limit) why = FormattableString.Invariant($"it is larger than {limit} octets");
                if (why is not null) return null;
                content.Write(buffer, 0, (int)count);
            }
        }
    }
}
