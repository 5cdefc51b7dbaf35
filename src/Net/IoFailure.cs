using System.Runtime.InteropServices;

namespace BondDhcp.Net;

/// <summary>Why System.IO failed, in the kernel's words: the program carries only the keys of the framework's own texts.</summary>
public static class IoFailure
{
    /// <summary>What <see cref="Of"/> says of a file that does not exist.</summary>
    public const string NotThere = "there is no such file";

    private const int EISDIR = 21;

    /// <summary>The highest errno(3) of Linux; what is beyond it in <see cref="Exception.HResult"/> is none.</summary>
    private const int MaxErrno = 4095;

    /// <summary>The reason, without the path; the exception's own text where it was not the kernel that refused.</summary>
    /// <param name="error">What was thrown.</param>
    /// <param name="path">The file or directory that was meant.</param>
    public static string Of(Exception error, string path)
    {
        if (error is FileNotFoundException or DirectoryNotFoundException) return NotThere;
        // Opening a directory is reported as if permission were missing.
        if (error is UnauthorizedAccessException && Directory.Exists(path)) return Marshal.GetPInvokeErrorMessage(EISDIR);
        int errno = (error is UnauthorizedAccessException { InnerException: { } inner } ? inner : error).HResult;
        return errno is > 0 and <= MaxErrno ? Marshal.GetPInvokeErrorMessage(errno) : error.Message;
    }
}
