using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using BondDhcp.Net.Linux;
using BondDhcp.Net.Linux.Interop;
using Tmds.Linux;

namespace BondDhcp.Host.Daemon.Linux;

/// <summary>A file that one process at a time holds with flock(2), with the holder's process id in it.</summary>
internal sealed unsafe partial class FileLock : IDisposable
{
    private const int LOCK_EX = 2, LOCK_NB = 4;
    private const int Mode = 0x1a4; // 0644

    /// <summary>A process id and its line end.</summary>
    private const int MaxContentLength = 32;

    private readonly FileDescriptor _file;

    private FileLock(FileDescriptor file) => _file = file;

    /// <summary>Takes the lock; null when another process has it, whose id is <paramref name="holder"/> (0 when it is not written yet).</summary>
    /// <exception cref="LinuxException">The file cannot be made there.</exception>
    public static FileLock? TryTake(string path, out int holder)
    {
        holder = 0;
        FileDescriptor file;
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
            file = FileDescriptor.Own(LibC.open(name, LibC.O_RDWR | LibC.O_CREAT | LibC.O_CLOEXEC | LibC.O_NOFOLLOW, Mode), $"open({path})");
        if (Flock(file.Number, LOCK_EX | LOCK_NB) == 0)
        {
            FileLock taken = new(file);
            taken.WriteProcessId();
            return taken;
        }
        int error = Marshal.GetLastPInvokeError();
        if (error == KernelNumbers.EAGAIN) holder = ReadProcessId(file);
        file.Dispose();
        return error == KernelNumbers.EAGAIN ? null : throw new LinuxException($"flock({path})", error);
    }

    /// <summary>Lets go. The file stays: removing it would let two processes lock two files of one name.</summary>
    public void Dispose() => _file.Dispose();

    private void WriteProcessId()
    {
        ReadOnlySpan<byte> text = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}\n"));
        if (LibC.ftruncate(_file.Number, 0) < 0) throw LinuxException.Last("ftruncate");
        fixed (byte* start = text)
            if ((long)LibC.pwrite(_file.Number, start, text.Length, 0) != text.Length) throw LinuxException.Last("pwrite");
    }

    private static int ReadProcessId(FileDescriptor file)
    {
        byte* content = stackalloc byte[MaxContentLength];
        int length = (int)(long)LibC.read(file.Number, content, MaxContentLength);
        if (length <= 0) return 0;
        string text = Encoding.ASCII.GetString(content, length).TrimEnd('\n');
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? id : 0;
    }

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int Flock(int descriptor, int operation);
}
