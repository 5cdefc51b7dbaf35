using System.Text;
using Tmds.Linux;

namespace BondDhcp.Net.Linux;

/// <summary>
/// Short files that a kernel or a program keeps up to date, such as those of /proc. Read by the plainest of calls: some of
/// them are read before the first packet. Nothing here throws: what cannot be read is not there.
/// </summary>
public static unsafe class KernelFile
{
    // Thousands of sockets of a table of /proc/net; the tables of a host with more are read so far.
    private const int MaxLength = 1024 * 1024;

    private const int InitialLength = 4096;

    /// <summary>Reads a file into a buffer that grows; the octets read, or -1 where there is no such file or no permission.</summary>
    public static int Read(string path, ref byte[] buffer)
    {
        int file = Open(path);
        if (file < 0) return -1;
        if (buffer.Length == 0) buffer = new byte[InitialLength];
        int length = 0;
        while (true)
        {
            nint count;
            fixed (byte* start = buffer) count = (nint)LibC.read(file, start + length, buffer.Length - length);
            if (count < 0 && LibC.errno == LibC.EINTR) continue;
            if (count <= 0) break;
            length += (int)count;
            if (length < buffer.Length) continue;
            if (length >= MaxLength) break;
            Array.Resize(ref buffer, length * 2);
        }
        _ = LibC.close(file);
        return length;
    }

    /// <summary>A file's number on its file system; null where there is no such file.</summary>
    public static ulong? Inode(string path)
    {
        int file = Open(path);
        if (file < 0) return null;
        stat status;
        bool known = LibC.fstat(file, &status) == 0;
        _ = LibC.close(file);
        return known ? (ulong)status.st_ino : null;
    }

    private static int Open(string path)
    {
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
        {
            // O_NONBLOCK: opening a FIFO must not wait for a writer.
            return LibC.open(name, LibC.O_RDONLY | LibC.O_NONBLOCK | LibC.O_CLOEXEC, default);
        }
    }
}
