using System.Runtime.InteropServices;
using System.Text;
using BondDhcp.Net.Linux.Interop;

namespace BondDhcp.Net.Linux;

/// <summary>One change in a directory that is watched.</summary>
/// <param name="Name">What came, went or was written; empty when it is the directory itself that went.</param>
/// <param name="Watch">Which directory, by the number that <see cref="DirectoryWatch.TryAdd"/> gave.</param>
public readonly record struct DirectoryChange(int Watch, string Name);

/// <summary>
/// Tells of names that come and go in directories, and of files that are replaced or written there (inotify(7)). Reading
/// a file there tells nothing.
/// </summary>
public sealed unsafe class DirectoryWatch : IDisposable
{
    private const uint Mask = KernelNumbers.IN_CREATE | KernelNumbers.IN_DELETE | KernelNumbers.IN_MOVED_TO | KernelNumbers.IN_MOVED_FROM
        | KernelNumbers.IN_CLOSE_WRITE | KernelNumbers.IN_DELETE_SELF | KernelNumbers.IN_MOVE_SELF | KernelNumbers.IN_ONLYDIR;

    private const int BufferLength = 16 * 1024;

    private readonly FileDescriptor _inotify =
        FileDescriptor.Own(Libc.InotifyInit(KernelNumbers.IN_NONBLOCK | KernelNumbers.IN_CLOEXEC), "inotify_init1");

    /// <summary>For the event loop; readable when something changed.</summary>
    public int Descriptor => _inotify.Number;

    /// <summary>Watches a directory, also where the path leads through links; false when there is none, or no watch is left.</summary>
    public bool TryAdd(string directory, out int watch)
    {
        fixed (byte* name = Encoding.UTF8.GetBytes(directory + '\0'))
        {
            watch = Libc.InotifyAddWatch(_inotify.Number, name, Mask);
            return watch >= 0;
        }
    }

    /// <summary>Ends a watch; nothing when its directory is gone, which ended it.</summary>
    public void Remove(int watch) => _ = Libc.InotifyRemoveWatch(_inotify.Number, watch);

    /// <summary>Takes what happened; true when some of it was lost, so that everything may have changed.</summary>
    public bool Drain(List<DirectoryChange> changes)
    {
        bool lost = false;
        byte[] buffer = new byte[BufferLength];
        while (true)
        {
            nint length;
            fixed (byte* start = buffer) length = (nint)Tmds.Linux.LibC.read(_inotify.Number, start, BufferLength);
            if (length < 0 && Marshal.GetLastPInvokeError() == KernelNumbers.EINTR) continue;
            if (length <= 0) return lost;
            for (ReadOnlySpan<byte> rest = buffer.AsSpan(0, (int)length); rest.Length >= sizeof(InotifyEvent);)
            {
                InotifyEvent one = MemoryMarshal.Read<InotifyEvent>(rest);
                rest = rest[sizeof(InotifyEvent)..];
                string name = Encoding.UTF8.GetString(rest[..(int)one.NameLength].TrimEnd((byte)0));
                rest = rest[(int)one.NameLength..];
                lost |= (one.Mask & KernelNumbers.IN_Q_OVERFLOW) != 0;
                if ((one.Mask & KernelNumbers.IN_IGNORED) == 0) changes.Add(new DirectoryChange(one.Watch, name));
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _inotify.Dispose();
}
