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

    /// <summary>Reads a file into a buffer that grows; the octets read, or -1 where there is no such file or no permission.</summary>
    public static int Read(string path, ref byte[] buffer)
    {
        int file = FileOctets.Open(path);
        if (file < 0) return -1;
        // What was read before an error counts: a process may end in the middle of it.
        int length = FileOctets.Read(file, ref buffer, MaxLength, out _);
        _ = LibC.close(file);
        return length;
    }

    /// <summary>A file's number on its file system; null where there is no such file.</summary>
    public static ulong? Inode(string path)
    {
        int file = FileOctets.Open(path);
        if (file < 0) return null;
        stat status;
        bool known = LibC.fstat(file, &status) == 0;
        _ = LibC.close(file);
        return known ? (ulong)status.st_ino : null;
    }
}
