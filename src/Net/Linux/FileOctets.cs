using System.Text;
using Tmds.Linux;

namespace BondDhcp.Net.Linux;

/// <summary>What every reader of files does alike, by the plainest of calls: open without waiting for anybody, and read on to the end.</summary>
internal static unsafe class FileOctets
{
    private const int InitialLength = 4096;

    /// <summary>Opens a file for reading: its descriptor, or -1 with the reason in errno. O_NONBLOCK, because opening a FIFO must not wait for a writer.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="flags">O_NOFOLLOW where a symbolic link at its end is not to be followed.</param>
    public static int Open(string path, int flags = 0)
    {
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
        {
            return LibC.open(name, LibC.O_RDONLY | LibC.O_NONBLOCK | LibC.O_CLOEXEC | flags, default);
        }
    }

    /// <summary>Reads to the end, or to <paramref name="most"/> octets, into a buffer that grows.</summary>
    /// <param name="file">The descriptor.</param>
    /// <param name="buffer">Made larger where it is too small; empty for a new one.</param>
    /// <param name="most">No more than these are read.</param>
    /// <param name="error">errno where reading broke off; 0 for none.</param>
    /// <param name="enough">A read that gives less than this, and was not asked for less, was the last; 0 for one that gives nothing.</param>
    public static int Read(int file, ref byte[] buffer, int most, out int error, int enough = 0)
    {
        error = 0;
        int length = 0;
        while (length < most)
        {
            if (length == buffer.Length) Array.Resize(ref buffer, Math.Max(InitialLength, length * 2));
            nint count;
            int asked = Math.Min(buffer.Length, most) - length;
            fixed (byte* start = buffer) count = (nint)LibC.read(file, start + length, asked);
            if (count < 0 && LibC.errno == LibC.EINTR) continue;
            if (count < 0) error = LibC.errno;
            if (count <= 0) break;
            length += (int)count;
            if (count < enough && asked >= enough) break;
        }
        return length;
    }
}
