using System.Text;
using Tmds.Linux;

namespace BondDhcp.Net.Linux;

/// <summary>A file that a program writes its messages into, kept short by whoever started it.</summary>
public static unsafe class OutputFile
{
    // rw-r--r--, as all that is in the runtime directory.
    private const ushort ReadableByAll = 0x1a4;

    /// <summary>
    /// An empty file for appending: what the program writes after the file was cut follows what is left.
    /// </summary>
    /// <exception cref="LinuxException">It cannot be made there.</exception>
    public static FileDescriptor Create(string path)
    {
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
        {
            int flags = LibC.O_WRONLY | LibC.O_CREAT | LibC.O_TRUNC | LibC.O_APPEND | LibC.O_NOFOLLOW | LibC.O_CLOEXEC;
            return FileDescriptor.Own(LibC.open(name, flags, ReadableByAll), $"open({path})");
        }
    }

    /// <summary>Cuts the file to nothing, if it is there.</summary>
    public static void Empty(string path)
    {
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
        {
            // Where it has gone meanwhile there is nothing to cut.
            _ = LibC.truncate(name, 0);
        }
    }

    /// <summary>The last <paramref name="limit"/> octets; nothing when there is no such file.</summary>
    public static byte[] ReadEnd(string path, int limit)
    {
        try
        {
            using FileStream file = new(path, System.IO.FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            file.Seek(-Math.Min(limit, file.Length), SeekOrigin.End);
            byte[] end = new byte[limit];
            return end[..file.ReadAtLeast(end, limit, throwOnEndOfStream: false)];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
