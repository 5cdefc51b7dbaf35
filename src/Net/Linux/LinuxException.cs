using System.Runtime.InteropServices;

namespace BondDhcp.Net.Linux;

/// <summary>A system call failed in a way that nobody expects. Expected failures are values, not exceptions.</summary>
public sealed class LinuxException : Exception
{
    /// <summary>A failure of <paramref name="call"/> with <paramref name="errno"/>.</summary>
    public LinuxException(string call, int errno)
        : base(FormattableString.Invariant($"{call}: {Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})"))
    {
        Call = call;
        Errno = errno;
    }

    /// <summary>The call's name, as in its manual page.</summary>
    public string Call { get; }

    /// <summary>errno(3).</summary>
    public int Errno { get; }

    /// <summary>The exception for the errno of the call just made on this thread.</summary>
    public static LinuxException Last(string call) => new(call, Marshal.GetLastPInvokeError());
}
