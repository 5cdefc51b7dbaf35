using System.Runtime.InteropServices;
using System.Text;
using Tmds.Linux;

namespace BondDhcp.Net.Linux;

/// <summary>
/// Files of the state directory. They are read as untrusted, because what is in them decides what goes out on the
/// network and into the kernel, and written so that a crash at any point leaves the old content or the new one.
/// Nothing here throws for what a file system does: the client works without its store, and says so.
/// </summary>
public static class StateFile
{
    /// <summary>The most that is read; what is written is far smaller.</summary>
    public const int MaxLength = 64 * 1024;

    // rw-r--r--: anyone may look at a lease.
    private const ushort FileMode = 0x1a4;
    // rw-------
    private const ushort PrivateMode = 0x180;
    private const ushort GroupOrOtherWritable = 0x12;
    private const string TemporarySuffix = ".tmp";

    // Enough to look at what went wrong; more would let a broken disk fill itself.
    private const int MaxDamaged = 9;

    /// <summary>Reads a file without following a link at its end, if its owner and mode let nobody but root write it.</summary>
    public static unsafe StateFileContent Read(string path)
    {
        int file = FileOctets.Open(path, LibC.O_NOFOLLOW);
        if (file < 0)
        {
            int error = LibC.errno;
            if (error == LibC.ENOENT) return StateFileContent.Missing;
            return error == LibC.ELOOP ? StateFileContent.Refused("is a symbolic link") : StateFileContent.Unreadable(Words(error));
        }
        try
        {
            stat status;
            if (LibC.fstat(file, &status) < 0) return StateFileContent.Unreadable(Words(LibC.errno));
            if (WhyUntrusted(status) is { } why) return StateFileContent.Refused(why);
            return status.st_size > MaxLength ? StateFileContent.Refused(FormattableString.Invariant($"is larger than {MaxLength} octets")) : ReadAll(file);
        }
        finally
        {
            _ = LibC.close(file);
        }
    }

    /// <summary>
    /// Why a file that somebody else made is not to be used, to follow its name: a link at its end, or an owner or a mode that lets
    /// anybody but root and ourselves write it. Null for one that is sound.
    /// </summary>
    public static unsafe string? WhyUntrusted(string path)
    {
        int file = FileOctets.Open(path, LibC.O_NOFOLLOW);
        if (file < 0) return LibC.errno == LibC.ELOOP ? "is a symbolic link" : "cannot be read: " + Words(LibC.errno);
        stat status;
        string? why = LibC.fstat(file, &status) < 0 ? "cannot be read: " + Words(LibC.errno) : WhyUntrusted(status);
        _ = LibC.close(file);
        return why;
    }

    /// <summary>Removes a file; that there is none is no error. Null when done, else the kernel's words.</summary>
    public static string? Remove(string path)
    {
        try
        {
            File.Delete(path);
            return null;
        }
        catch (DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return IoFailure.Of(error, path);
        }
    }

    /// <summary>
    /// Replaces the content: a new file beside it, written and synchronised, renamed over it, and the directory
    /// synchronised, so that after a power cut the name is one or the other. Null when done, else the kernel's words;
    /// the old content is then still there, unless only the directory could not be synchronised.
    /// </summary>
    public static string? Write(string path, ReadOnlySpan<byte> content) => Write(path, content, synchronise: true);

    /// <summary>
    /// As <see cref="Write(string, ReadOnlySpan{byte})"/>, for what means nothing after the next boot: it outlives the process,
    /// and nobody waits for a disk.
    /// </summary>
    public static string? WriteForThisBoot(string path, ReadOnlySpan<byte> content) => Write(path, content, synchronise: false);

    /// <summary>
    /// Makes a file that holds secrets, for its owner alone to read (0600), in the manner of <see cref="Write(string, ReadOnlySpan{byte})"/>. What
    /// is there under its name is never replaced, whoever made it meanwhile. Null when done, else the kernel's words.
    /// </summary>
    public static string? CreatePrivate(string path, ReadOnlySpan<byte> content)
    {
        string directory = Path.GetDirectoryName(Path.GetFullPath(path))!;
        return CreateDirectory(directory) ?? Replace(path, path + TemporarySuffix, content, synchronise: true, PrivateMode, overwrite: false);
    }

    /// <summary>Takes a file from all but its owner (0600); a link at its end is not followed. Null when done, else the kernel's words.</summary>
    public static string? MakePrivate(string path)
    {
        int file = FileOctets.Open(path, LibC.O_NOFOLLOW);
        if (file < 0) return Words(LibC.errno);
        string? problem = LibC.fchmod(file, PrivateMode) < 0 ? Words(LibC.errno) : null;
        _ = LibC.close(file);
        return problem;
    }

    private static string? Write(string path, ReadOnlySpan<byte> content, bool synchronise)
    {
        string directory = Path.GetDirectoryName(Path.GetFullPath(path))!;
        return CreateDirectory(directory) ?? Replace(path, path + TemporarySuffix, content, synchronise);
    }

    /// <summary>
    /// As <see cref="Write(string, ReadOnlySpan{byte})"/> in a directory that must be there, by way of a file of the given name in it. A symbolic
    /// link at <paramref name="path"/> is replaced, never followed.
    /// </summary>
    public static string? Replace(string path, string temporary, ReadOnlySpan<byte> content) => Replace(path, temporary, content, synchronise: true);

    private static unsafe string? Replace(
        string path, string temporary, ReadOnlySpan<byte> content, bool synchronise, ushort mode = FileMode, bool overwrite = true)
    {
        string directory = Path.GetDirectoryName(Path.GetFullPath(path))!;
        fixed (byte* name = NullTerminated(temporary))
        {
            // Left by a crash; anything else in our way is found by O_EXCL.
            _ = LibC.unlink(name);
            int file = LibC.open(name, LibC.O_WRONLY | LibC.O_CREAT | LibC.O_EXCL | LibC.O_NOFOLLOW | LibC.O_CLOEXEC, mode);
            if (file < 0) return Words(LibC.errno);
            string? problem = WriteAll(file, content, mode);
            if (problem is null && synchronise && LibC.fsync(file) < 0) problem = Words(LibC.errno);
            if (LibC.close(file) < 0) problem ??= Words(LibC.errno);
            problem ??= Rename(temporary, path, overwrite);
            if (problem is not null)
            {
                _ = LibC.unlink(name);
                return problem;
            }
        }
        return synchronise ? SyncDirectory(directory) : null;
    }

    /// <summary>
    /// Renames a file that must not be used to <c>NAME.damaged-1</c> and so on (the last number is reused), to be
    /// looked at. Returns a sentence for the log in either case.
    /// </summary>
    public static string SetAside(string path, string why)
    {
        int number = 1;
        while (number < MaxDamaged && Path.Exists(DamagedName(path, number))) number++;
        return MoveTo(path, DamagedName(path, number), why);
    }

    /// <summary>As <see cref="SetAside"/> under <c>NAME.version-2</c>: a newer release can take it back.</summary>
    public static string SetAsideVersion(string path, int version) =>
        MoveTo(path, FormattableString.Invariant($"{path}.version-{version}"), FormattableString.Invariant($"is of the newer format {version}"));

    private static string MoveTo(string path, string target, string why)
    {
        return Rename(path, target) is { } problem
            ? $"{path} {why}; not used, and not set aside either: {problem}"
            : $"{path} {why}; set aside as {Path.GetFileName(target)}";
    }

    private static string DamagedName(string path, int number) => FormattableString.Invariant($"{path}.damaged-{number}");

    private static string? WhyUntrusted(in stat status)
    {
        if ((status.st_mode & LibC.S_IFMT) != LibC.S_IFREG) return "is not a regular file";
        if ((status.st_mode & GroupOrOtherWritable) != 0) return "can be written by its group or by others";
        return status.st_uid != 0 && status.st_uid != LibC.geteuid() ? "belongs to another user" : null;
    }

    private static StateFileContent ReadAll(int file)
    {
        byte[] content = [];
        // One octet more, to see a file that grew after fstat(2).
        int length = FileOctets.Read(file, ref content, MaxLength + 1, out int error);
        if (error != 0) return StateFileContent.Unreadable(Words(error));
        return length <= MaxLength ? StateFileContent.Of(content[..length]) : StateFileContent.Refused("grows while it is read");
    }

    private static unsafe string? WriteAll(int file, ReadOnlySpan<byte> content, ushort mode)
    {
        fixed (byte* start = content)
        {
            for (int written = 0; written < content.Length;)
            {
                nint count = (nint)LibC.write(file, start + written, content.Length - written);
                if (count < 0 && LibC.errno == LibC.EINTR) continue;
                if (count < 0) return Words(LibC.errno);
                written += (int)count;
            }
        }
        // open(2) takes the umask off the mode.
        return LibC.fchmod(file, mode) < 0 ? Words(LibC.errno) : null;
    }

    private static string? Rename(string from, string to, bool overwrite = true)
    {
        try
        {
            File.Move(from, to, overwrite);
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return IoFailure.Of(error, from);
        }
    }

    private static string? CreateDirectory(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return IoFailure.Of(error, path);
        }
    }

    private static unsafe string? SyncDirectory(string directory)
    {
        int file;
        fixed (byte* name = NullTerminated(directory))
        {
            file = LibC.open(name, LibC.O_RDONLY | LibC.O_DIRECTORY | LibC.O_CLOEXEC, default);
        }
        if (file < 0) return Words(LibC.errno);
        string? problem = LibC.fsync(file) < 0 ? Words(LibC.errno) : null;
        _ = LibC.close(file);
        return problem;
    }

    private static string Words(int errno) => Marshal.GetPInvokeErrorMessage(errno);

    private static byte[] NullTerminated(string path) => Encoding.UTF8.GetBytes(path + '\0');
}
