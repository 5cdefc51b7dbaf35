using System.Runtime.InteropServices;

namespace BondDhcp.Net.Linux.Interop;

/// <summary>posix_spawn(3) and what belongs to it. These give an error number and leave errno alone.</summary>
internal static unsafe partial class LibcSpawn
{
    private const string Library = "libc";

    /// <summary>posix_spawn(3); starts a program.</summary>
    [LibraryImport(Library, EntryPoint = "posix_spawn")]
    public static partial int PosixSpawn(
        int* pid, byte* path, SpawnFileActions* actions, SpawnAttributes* attributes, byte** arguments, byte** environment);

    /// <summary>posix_spawnattr_init(3).</summary>
    [LibraryImport(Library, EntryPoint = "posix_spawnattr_init")]
    public static partial int SpawnAttributesInit(SpawnAttributes* attributes);

    /// <summary>posix_spawnattr_destroy(3).</summary>
    [LibraryImport(Library, EntryPoint = "posix_spawnattr_destroy")]
    public static partial int SpawnAttributesDestroy(SpawnAttributes* attributes);

    /// <summary>posix_spawnattr_setflags(3).</summary>
    [LibraryImport(Library, EntryPoint = "posix_spawnattr_setflags")]
    public static partial int SpawnAttributesSetFlags(SpawnAttributes* attributes, short flags);

    /// <summary>posix_spawnattr_setsigdefault(3).</summary>
    [LibraryImport(Library, EntryPoint = "posix_spawnattr_setsigdefault")]
    public static partial int SpawnAttributesSetSigDefault(SpawnAttributes* attributes, SignalSet* signals);

    /// <summary>posix_spawnattr_setsigmask(3).</summary>
    [LibraryImport(Library, EntryPoint = "posix_spawnattr_setsigmask")]
    public static partial int SpawnAttributesSetSigMask(SpawnAttributes* attributes, SignalSet* signals);

    /// <summary>posix_spawn_file_actions_init(3).</summary>
    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_init")]
    public static partial int SpawnFileActionsInit(SpawnFileActions* actions);

    /// <summary>posix_spawn_file_actions_destroy(3).</summary>
    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_destroy")]
    public static partial int SpawnFileActionsDestroy(SpawnFileActions* actions);

    /// <summary>posix_spawn_file_actions_addopen(3).</summary>
    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_addopen")]
    public static partial int SpawnFileActionsAddOpen(SpawnFileActions* actions, int descriptor, byte* path, int flags, uint mode);

    /// <summary>posix_spawn_file_actions_adddup2(3).</summary>
    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_adddup2")]
    public static partial int SpawnFileActionsAddDup2(SpawnFileActions* actions, int from, int to);

    /// <summary>posix_spawn_file_actions_addclosefrom_np(3), of glibc 2.34, which the published program needs anyway.</summary>
    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_addclosefrom_np")]
    public static partial int SpawnFileActionsAddCloseFrom(SpawnFileActions* actions, int from);
}
