using System.Runtime.InteropServices;
using System.Text;
using BondDhcp.Net.Linux.Interop;
using Tmds.Linux;

namespace BondDhcp.Net.Linux;

/// <summary>Where a child's standard streams lead; null is /dev/null. The descriptors stay the caller's.</summary>
/// <param name="Input">Read by the child.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Error">Its standard error; may be the same as <paramref name="Output"/>.</param>
public readonly record struct ChildStreams(FileDescriptor? Input = null, FileDescriptor? Output = null, FileDescriptor? Error = null);

/// <summary>How a process ended.</summary>
/// <param name="ExitCode">What it gave to exit(3); -1 when a signal ended it.</param>
/// <param name="Signal">The signal that ended it; 0 when none did.</param>
public readonly record struct ExitStatus(int ExitCode, int Signal)
{
    /// <summary>The conventional sign of success.</summary>
    public bool IsSuccess => ExitCode == 0;

    /// <inheritdoc/>
    public override string ToString() => Signal == 0
        ? FormattableString.Invariant($"exit code {ExitCode}")
        : FormattableString.Invariant($"signal {Signal}");
}

/// <summary>
/// A program started by posix_spawn(3): without a shell, in a session of its own so that no signal to ours reaches it,
/// with the default disposition of every signal, an empty signal mask and no descriptor but the three standard streams.
/// It is not ended with this object, nor with this process.
/// </summary>
public sealed unsafe class ChildProcess : IDisposable
{
    /// <summary>Where programs are looked for; the PATH of whoever started the daemon decides nothing.</summary>
    private static readonly string[] s_directories =
        ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

    private const int FirstOfOthers = 3;

    private readonly ProcessDescriptor _process;
    private ExitStatus? _status;

    private ChildProcess(ProcessDescriptor process) => _process = process;

    /// <summary>Number and start time.</summary>
    public ProcessIdentity Identity => _process.Identity;

    /// <summary>Its pidfd, which stays this object's.</summary>
    public ProcessDescriptor Process => _process;

    /// <summary>The process number; of no use once it has been reaped.</summary>
    public int Pid => _process.Identity.Pid;

    /// <summary>A pidfd for the event loop: readable when the process has ended and <see cref="TryReap"/> will tell how.</summary>
    public int Descriptor => _process.Descriptor;

    /// <summary>
    /// Starts a program. Null when it could not be started, which <paramref name="problem"/> explains in a sentence's
    /// second half, such as "wpa_supplicant: no such program".
    /// </summary>
    /// <param name="program">A path, or a name that is looked for in the system's directories.</param>
    /// <param name="arguments">Those after the program's own name.</param>
    /// <param name="streams">Its standard streams.</param>
    /// <param name="problem">Why it did not start.</param>
    /// <param name="environment">NAME=VALUE, beside PATH and LC_ALL=C, which is all a child gets of an environment.</param>
    public static ChildProcess? Start(
        string program, IReadOnlyList<string> arguments, ChildStreams streams, out string? problem, IReadOnlyList<string>? environment = null)
    {
        if (Find(program) is not { } path)
        {
            problem = $"{program}: no such program";
            return null;
        }
        string[] given = ["PATH=" + string.Join(':', s_directories), "LC_ALL=C", .. environment ?? []];
        int error = Spawn(path, [program, .. arguments], given, streams, out int pid);
        if (error != 0)
        {
            problem = $"{path}: {Marshal.GetPInvokeErrorMessage(error)}";
            return null;
        }
        problem = null;
        return new ChildProcess(ProcessDescriptor.OfChild(pid));
    }

    /// <summary>True once the process has ended, with how; asks without waiting.</summary>
    public bool TryReap(out ExitStatus status)
    {
        if (_status is null)
        {
            int raw;
            int result = Libc.WaitPid(Pid, &raw, KernelNumbers.WNOHANG);
            if (result > 0) _status = Decode(raw);
            else if (result < 0 && Marshal.GetLastPInvokeError() is var error && error != KernelNumbers.EINTR)
            {
                // Somebody in this process ignores SIGCHLD or reaps everything: it has ended, and how is lost.
                if (error != KernelNumbers.ECHILD) throw new LinuxException("waitpid", error);
                _status = new ExitStatus(-1, 0);
            }
        }
        status = _status ?? default;
        return _status is not null;
    }

    /// <summary>SIGTERM; false when it has ended already.</summary>
    public bool Terminate() => _status is null && _process.Terminate();

    /// <summary>SIGKILL; false when it has ended already.</summary>
    public bool Kill() => _status is null && _process.Kill();

    /// <summary>SIGTERM to it and to everything it started that did not leave its process group.</summary>
    public void TerminateGroup() => SignalGroup(KernelNumbers.SIGTERM);

    /// <summary>SIGKILL to the same.</summary>
    public void KillGroup() => SignalGroup(KernelNumbers.SIGKILL);

    /// <inheritdoc/>
    public void Dispose() => _process.Dispose();

    /// <summary>The file of a program; null when it is nowhere.</summary>
    public static string? Find(string program)
    {
        if (program.Contains('/', StringComparison.Ordinal)) return File.Exists(program) ? program : null;
        foreach (string directory in s_directories)
        {
            string path = Path.Combine(directory, program);
            if (File.Exists(path)) return path;
        }
        return null;
    }

    // It leads a session, and so a group of its own number, which nobody else can get before it is reaped.
    private void SignalGroup(int signal)
    {
        if (_status is null) _ = Libc.Kill(-Pid, signal);
    }

    private static int Spawn(string path, string[] arguments, string[] environment, ChildStreams streams, out int pid)
    {
        SpawnAttributes attributes;
        SpawnFileActions actions;
        Check(LibcSpawn.SpawnAttributesInit(&attributes));
        Check(LibcSpawn.SpawnFileActionsInit(&actions));
        nint[] argv = ToPointers(arguments);
        nint[] envp = ToPointers(environment);
        try
        {
            Prepare(&attributes);
            Direct(&actions, streams);
            int child;
            fixed (byte* file = Encoding.UTF8.GetBytes(path + '\0'))
            fixed (nint* argument = argv)
            fixed (nint* variable = envp)
            {
                int error = LibcSpawn.PosixSpawn(&child, file, &actions, &attributes, (byte**)argument, (byte**)variable);
                pid = error == 0 ? child : 0;
                return error;
            }
        }
        finally
        {
            foreach (nint text in argv) Marshal.FreeCoTaskMem(text);
            foreach (nint text in envp) Marshal.FreeCoTaskMem(text);
            _ = LibcSpawn.SpawnFileActionsDestroy(&actions);
            _ = LibcSpawn.SpawnAttributesDestroy(&attributes);
        }
    }

    // Ours has SIGPIPE ignored, and what is ignored stays so across execve(2).
    private static void Prepare(SpawnAttributes* attributes)
    {
        SignalSet all = SignalSet.Full;
        SignalSet none = default;
        Check(LibcSpawn.SpawnAttributesSetSigDefault(attributes, &all));
        Check(LibcSpawn.SpawnAttributesSetSigMask(attributes, &none));
        Check(LibcSpawn.SpawnAttributesSetFlags(
            attributes,
            KernelNumbers.POSIX_SPAWN_SETSIGDEF | KernelNumbers.POSIX_SPAWN_SETSIGMASK | KernelNumbers.POSIX_SPAWN_SETSID));
    }

    private static void Direct(SpawnFileActions* actions, ChildStreams streams)
    {
        ReadOnlySpan<FileDescriptor?> given = [streams.Input, streams.Output, streams.Error];
        for (int target = 0; target < FirstOfOthers; target++)
        {
            if (given[target] is { } source) Check(LibcSpawn.SpawnFileActionsAddDup2(actions, source.Number, target));
            else
            {
                fixed (byte* nothing = "/dev/null\0"u8)
                    Check(LibcSpawn.SpawnFileActionsAddOpen(actions, target, nothing, LibC.O_RDWR, 0));
            }
        }
        Check(LibcSpawn.SpawnFileActionsAddCloseFrom(actions, FirstOfOthers));
    }

    // Only memory can be lacking, and then nothing can be done about it.
    private static void Check(int error)
    {
        if (error != 0) throw new LinuxException("posix_spawn", error);
    }

    // With the null pointer at the end that execve(2) wants.
    private static nint[] ToPointers(string[] texts)
    {
        nint[] pointers = new nint[texts.Length + 1];
        for (int i = 0; i < texts.Length; i++) pointers[i] = Marshal.StringToCoTaskMemUTF8(texts[i]);
        return pointers;
    }

    // WIFEXITED and its relatives (wait(2)): the low seven bits are the signal, the next octet the exit code.
    private static ExitStatus Decode(int raw)
    {
        int signal = raw & 0x7f;
        return signal == 0 ? new ExitStatus(raw >> 8 & 0xff, 0) : new ExitStatus(-1, signal);
    }
}
