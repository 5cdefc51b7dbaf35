using System.Runtime.InteropServices;
using BondDhcp.Net.Linux.Interop;
using Tmds.Linux;

namespace BondDhcp.Net.Linux;

/// <summary>
/// A file without a name (memfd_create(2)), for the standard streams of a program that is started: unlike a pipe it
/// makes nobody wait, and unlike a pipe it does not break when a program leaves another one running behind.
/// </summary>
public static unsafe class MemoryFile
{
    /// <summary>With this content, to be read from its start.</summary>
    /// <exception cref="LinuxException">No memory, or no descriptor is left.</exception>
    public static FileDescriptor Of(ReadOnlySpan<byte> content) => Filled(content, 0);

    /// <summary>With this content, which nobody can change any more: for a reader that must be able to rely on that.</summary>
    /// <exception cref="LinuxException">No memory, or no descriptor is left.</exception>
    public static FileDescriptor Sealed(ReadOnlySpan<byte> content)
    {
        const int Seals = KernelNumbers.F_SEAL_SHRINK | KernelNumbers.F_SEAL_GROW | KernelNumbers.F_SEAL_WRITE | KernelNumbers.F_SEAL_SEAL;
        FileDescriptor file = Filled(content, KernelNumbers.MFD_ALLOW_SEALING);
        if (LibC.fcntl(file.Number, KernelNumbers.F_ADD_SEALS, Seals) == 0) return file;
        int error = Marshal.GetLastPInvokeError();
        file.Dispose();
        throw new LinuxException("fcntl(F_ADD_SEALS)", error);
    }

    private static FileDescriptor Filled(ReadOnlySpan<byte> content, uint flags)
    {
        FileDescriptor file = Create(flags);
        try
        {
            fixed (byte* start = content)
            {
                for (int written = 0; written < content.Length;)
                {
                    nint count = (nint)LibC.write(file.Number, start + written, content.Length - written);
                    if (count < 0 && LibC.errno != LibC.EINTR) throw LinuxException.Last("write(memfd)");
                    written += (int)Math.Max(0, count);
                }
            }
            if (LibC.lseek(file.Number, 0, LibC.SEEK_SET) < 0) throw LinuxException.Last("lseek(memfd)");
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Empty, for writing; it takes no more than <paramref name="limit"/> octets, and writing more fails with EPERM.</summary>
    /// <exception cref="LinuxException">No memory, or no descriptor is left.</exception>
    public static FileDescriptor WithLimit(int limit)
    {
        FileDescriptor file = Create(KernelNumbers.MFD_ALLOW_SEALING);
        if (LibC.ftruncate(file.Number, limit) == 0
            && LibC.fcntl(file.Number, KernelNumbers.F_ADD_SEALS, KernelNumbers.F_SEAL_GROW | KernelNumbers.F_SEAL_SEAL) == 0) return file;
        int error = Marshal.GetLastPInvokeError();
        file.Dispose();
        throw new LinuxException("ftruncate(memfd)", error);
    }

    /// <summary>What has been written to it by now, whoever wrote it; it is written on behind that.</summary>
    public static byte[] ReadWritten(FileDescriptor file)
    {
        // Whoever has the descriptor shares its place.
        long length = (long)LibC.lseek(file.Number, 0, LibC.SEEK_CUR);
        if (length <= 0) return [];
        byte[] content = new byte[length];
        fixed (byte* start = content)
        {
            nint count = (nint)LibC.pread(file.Number, start, content.Length, 0);
            return count < 0 ? [] : content[..(int)count];
        }
    }

    private static FileDescriptor Create(uint flags)
    {
        fixed (byte* name = "bonddhcp"u8)
            return FileDescriptor.Own(Libc.MemfdCreate(name, flags | KernelNumbers.MFD_CLOEXEC), "memfd_create");
    }
}
