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

    // The least that a page has, and of a table's lines the longest.
    private const int PageLength = 4096, LongestLine = 512;

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

    /// <summary>
    /// As <see cref="Read"/>, for a table of /proc whose lines are shorter than 512 octets. The kernel goes on giving lines while one
    /// more fits into a page, so a read that leaves room for one was the last: to be told so costs another walk through the
    /// whole table, which with that of the UDP sockets has as many as 65536 chains.
    /// </summary>
    public static int ReadTable(string path, ref byte[] buffer)
    {
        int file = FileOctets.Open(path);
        if (file < 0) return -1;
        int length = FileOctets.Read(file, ref buffer, MaxLength, out _, enough: PageLength - LongestLine);
        _ = LibC.close(file);
        return length;
    }

    /// <summary>A file's number on its file system; null where there is no such file.</summary>
    public static ulong? Inode(string path) => TryState(path, out stat status) ? (ulong)status.st_ino : null;

    /// <summary>True when both paths lead to one file: the same number on the same device. False where there is none.</summary>
    public static bool IsSame(string path, string other) =>
        TryState(path, out stat one) && TryState(other, out stat two)
        && (ulong)one.st_ino == (ulong)two.st_ino && (ulong)one.st_dev == (ulong)two.st_dev;

    private static bool TryState(string path, out stat status)
    {
        status = default;
        int file = FileOctets.Open(path);
        if (file < 0) return false;
        stat read;
        bool known = LibC.fstat(file, &read) == 0;
        _ = LibC.close(file);
        status = read;
        return known;
    }
}
