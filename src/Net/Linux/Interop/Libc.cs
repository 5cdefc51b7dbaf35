using System.Runtime.InteropServices;

namespace BondDhcp.Net.Linux.Interop;

/// <summary>The C library's functions that Tmds.LibC does not declare. Results and errno as in their manual pages.</summary>
public static unsafe partial class Libc
{
    private const string Library = "libc";

    /// <summary>clock_gettime(2).</summary>
    [LibraryImport(Library, EntryPoint = "clock_gettime", SetLastError = true)]
    public static partial int ClockGetTime(int clock, Timespec* time);

    /// <summary>getrandom(2).</summary>
    [LibraryImport(Library, EntryPoint = "getrandom", SetLastError = true)]
    public static partial nint GetRandom(void* buffer, nuint length, uint flags);

    /// <summary>timerfd_create(2).</summary>
    [LibraryImport(Library, EntryPoint = "timerfd_create", SetLastError = true)]
    public static partial int TimerfdCreate(int clock, int flags);

    /// <summary>timerfd_settime(2).</summary>
    [LibraryImport(Library, EntryPoint = "timerfd_settime", SetLastError = true)]
    public static partial int TimerfdSetTime(int descriptor, int flags, Itimerspec* value, Itimerspec* old);

    /// <summary>signal(2), for SIG_IGN and SIG_DFL alone: managed code cannot be a signal handler.</summary>
    [LibraryImport(Library, EntryPoint = "signal", SetLastError = true)]
    public static partial nint Signal(int number, nint disposition);

    /// <summary>alarm(2); 0 takes it back.</summary>
    [LibraryImport(Library, EntryPoint = "alarm", SetLastError = true)]
    public static partial uint Alarm(uint seconds);

    /// <summary>pidfd_open(2), by number: glibc has no wrapper before 2.36.</summary>
    public static int PidfdOpen(int pid, uint flags) => (int)Syscall(KernelNumbers.SYS_pidfd_open, pid, (nint)flags);

    /// <summary>pidfd_send_signal(2), by number: glibc has no wrapper before 2.36.</summary>
    public static int PidfdSendSignal(int pidfd, int signal) =>
        (int)Syscall(KernelNumbers.SYS_pidfd_send_signal, pidfd, signal, 0, 0);

    /// <summary>madvise(2).</summary>
    [LibraryImport(Library, EntryPoint = "madvise", SetLastError = true)]
    public static partial int Madvise(void* address, nuint length, int advice);

    /// <summary>waitpid(2).</summary>
    [LibraryImport(Library, EntryPoint = "waitpid", SetLastError = true)]
    public static partial int WaitPid(int pid, int* status, int options);

    /// <summary>kill(2); a negative number is a process group.</summary>
    [LibraryImport(Library, EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int pid, int signal);

    /// <summary>memfd_create(2).</summary>
    [LibraryImport(Library, EntryPoint = "memfd_create", SetLastError = true)]
    public static partial int MemfdCreate(byte* name, uint flags);

    /// <summary>inotify_init1(2).</summary>
    [LibraryImport(Library, EntryPoint = "inotify_init1", SetLastError = true)]
    public static partial int InotifyInit(int flags);

    /// <summary>inotify_add_watch(2).</summary>
    [LibraryImport(Library, EntryPoint = "inotify_add_watch", SetLastError = true)]
    public static partial int InotifyAddWatch(int inotify, byte* path, uint mask);

    /// <summary>inotify_rm_watch(2).</summary>
    [LibraryImport(Library, EntryPoint = "inotify_rm_watch", SetLastError = true)]
    public static partial int InotifyRemoveWatch(int inotify, int watch);

    // A variadic function in C; on the 64-bit ABIs of Linux its integer arguments travel as those of any other function.
    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    private static partial nint Syscall(nint number, nint first, nint second);

    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    private static partial nint Syscall(nint number, nint first, nint second, nint third, nint fourth);
}
