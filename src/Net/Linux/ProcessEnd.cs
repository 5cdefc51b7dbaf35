using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using BondDhcp.Net.Linux.Interop;
using Tmds.Linux;

namespace BondDhcp.Net.Linux;

/// <summary>An end of this process that nothing in it can hold up.</summary>
public static class ProcessEnd
{
    /// <summary>
    /// From now on the process has so long; then SIGALRM, whose default effect is left as it is, ends it, whatever its threads
    /// wait for. Time spent suspended does not count.
    /// </summary>
    /// <param name="longest">Whole seconds, at least one.</param>
    public static void Within(TimeSpan longest) => _ = Libc.Alarm((uint)longest.TotalSeconds);

    /// <summary>
    /// Ends the process by _exit(2): no thread is waited for, nothing registered with atexit(3) runs, no finalizer, and what is
    /// buffered in this process is lost.
    /// </summary>
    [DoesNotReturn]
    public static void Now(int exitCode)
    {
        LibC._exit(exitCode);
        throw new UnreachableException();
    }
}
