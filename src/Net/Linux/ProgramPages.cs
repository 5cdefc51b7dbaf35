using System.Globalization;
using BondDhcp.Net.Linux.Interop;

namespace BondDhcp.Net.Linux;

/// <summary>
/// The pages of this program's file that are mapped. A start runs through most of it once, and the kernel maps what is around
/// besides; a daemon that waits needs little of that again.
/// </summary>
public static class ProgramPages
{
    /// <summary>
    /// Unmaps what the file has as it is here: code and constants, never what was written to. What is needed again is found in the
    /// page cache. Nothing where /proc is not there.
    /// </summary>
    public static unsafe void GiveBack()
    {
        foreach ((nuint start, nuint end) in Untouched()) Libc.Madvise((void*)start, end - start, KernelNumbers.MADV_DONTNEED);
    }

    /// <summary>Mappings of the program's own file that cannot be written to and were not, as a relocated one was before it was protected.</summary>
    private static List<(nuint Start, nuint End)> Untouched()
    {
        List<(nuint, nuint)> found = [];
        try
        {
            if (Environment.ProcessPath is not { } program) return found;
            (nuint Start, nuint End)? candidate = null;
            foreach (string line in File.ReadLines("/proc/self/smaps"))
            {
                if (TryReadRange(line, out (nuint Start, nuint End) range))
                    candidate = line.EndsWith(program, StringComparison.Ordinal) && line.Split(' ')[1] is "r-xp" or "r--p" ? range : null;
                else if (candidate is { } clean && line.StartsWith("Anonymous:", StringComparison.Ordinal))
                {
                    if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1] == "0") found.Add(clean);
                    candidate = null;
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Without /proc everything stays mapped.
        }
        return found;
    }

    // 561070fac000-561071396000 r-xp 00010000 fe:00 5309642    /usr/sbin/bonddhcp
    private static bool TryReadRange(string line, out (nuint Start, nuint End) range)
    {
        range = default;
        int dash = line.IndexOf('-', StringComparison.Ordinal), space = line.IndexOf(' ', StringComparison.Ordinal);
        return dash > 0 && space > dash
            && nuint.TryParse(line.AsSpan(0, dash), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out range.Start)
            && nuint.TryParse(line.AsSpan(dash + 1, space - dash - 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out range.End);
    }
}
