using System.Runtime.InteropServices;
using System.Text;
using BondDhcp.Net.Linux.Interop;
using Tmds.Linux;

namespace BondDhcp.Net.Linux;

/// <summary>
/// A file without a name (memfd_create(2)) of a length that nobody can change, for the service manager to keep while this
/// program is not running. It is written by pwrite(2): nothing of it is mapped, and what was written is there after
/// kill -9, too.
/// </summary>
public sealed unsafe class FixedMemoryFile : IDisposable
{
    private const int Seals = KernelNumbers.F_SEAL_SHRINK | KernelNumbers.F_SEAL_GROW | KernelNumbers.F_SEAL_SEAL;

    private FixedMemoryFile(FileDescriptor descriptor, int length)
    {
        Descriptor = descriptor;
        Length = length;
    }

    /// <summary>The descriptor, which stays this object's.</summary>
    public FileDescriptor Descriptor { get; }

    /// <summary>Octets, all of them zero at first. What was never written takes no memory.</summary>
    public int Length { get; }

    /// <summary>A new one; the name is for those who look into /proc.</summary>
    /// <exception cref="LinuxException">No memory, or no descriptor is left.</exception>
    public static FixedMemoryFile Create(string name, int length)
    {
        FileDescriptor file;
        fixed (byte* start = Encoding.UTF8.GetBytes(name + '\0'))
            file = FileDescriptor.Own(Libc.MemfdCreate(start, KernelNumbers.MFD_ALLOW_SEALING | KernelNumbers.MFD_CLOEXEC), "memfd_create");
        if (LibC.ftruncate(file.Number, length) == 0 && LibC.fcntl(file.Number, KernelNumbers.F_ADD_SEALS, Seals) == 0) return new(file, length);
        int error = Marshal.GetLastPInvokeError();
        file.Dispose();
        throw new LinuxException("ftruncate(memfd)", error);
    }

    /// <summary>
    /// Takes a descriptor that came from elsewhere, if it is such a file of this length and nothing else; null otherwise,
    /// and <paramref name="why"/> says what it is, in a sentence's second half. The descriptor is this method's in either
    /// case.
    /// </summary>
    public static FixedMemoryFile? TryAdopt(FileDescriptor descriptor, int length, out string why)
    {
        why = WhyNot(descriptor.Number, length);
        if (why.Length == 0) return new FixedMemoryFile(descriptor, length);
        descriptor.Dispose();
        return null;
    }

    /// <summary>Everything.</summary>
    /// <exception cref="LinuxException">The kernel does not give it.</exception>
    public byte[] Read()
    {
        byte[] content = new byte[Length];
        fixed (byte* start = content)
        {
            for (int read = 0; read < content.Length;)
            {
                nint count = (nint)LibC.pread(Descriptor.Number, start + read, content.Length - read, read);
                if (count < 0 && LibC.errno == LibC.EINTR) continue;
                if (count <= 0) throw LinuxException.Last("pread(memfd)");
                read += (int)count;
            }
        }
        return content;
    }

    /// <summary>Writes at a place; false when not all of it could be, as where no memory is left.</summary>
    public bool TryWrite(int at, ReadOnlySpan<byte> octets)
    {
        if (at < 0 || at > Length - octets.Length) return false;
        fixed (byte* start = octets)
        {
            for (int written = 0; written < octets.Length;)
            {
                nint count = (nint)LibC.pwrite(Descriptor.Number, start + written, octets.Length - written, at + written);
                if (count < 0 && LibC.errno == LibC.EINTR) continue;
                if (count <= 0) return false;
                written += (int)count;
            }
        }
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => Descriptor.Dispose();

    private static string WhyNot(int descriptor, int length)
    {
        stat status;
        if (LibC.fstat(descriptor, &status) < 0) return Marshal.GetPInvokeErrorMessage(LibC.errno);
        if ((status.st_mode & LibC.S_IFMT) != LibC.S_IFREG) return "it is no file";
        int seals = LibC.fcntl(descriptor, KernelNumbers.F_GET_SEALS);
        if (seals < 0) return "it is no file in memory";
        if ((seals & Seals) != Seals || (seals & KernelNumbers.F_SEAL_WRITE) != 0) return "it is not sealed as it was";
        return status.st_size == length ? "" : FormattableString.Invariant($"it has {(long)status.st_size} octets, not {length}");
    }
}
