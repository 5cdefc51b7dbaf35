using System.Globalization;

namespace BondDhcp.Net.Linux;

/// <summary>One process for all time of this boot: process numbers are used again, a number with its start time is not.</summary>
/// <param name="Pid">The process number, in our pid namespace.</param>
/// <param name="StartTicks">When it started, in clock ticks since boot (field 22 of /proc/PID/stat).</param>
public readonly record struct ProcessIdentity(int Pid, ulong StartTicks)
{
    // The fields after the name in parentheses begin with the third of proc(5).
    private const int FirstField = 3;
    private const int StartTimeField = 22;

    /// <summary>The process that has this number now; null when none has it, or it has ended and only waits to be reaped.</summary>
    public static ProcessIdentity? Of(int pid) =>
        ReadStat(pid) is { } line && Parse(pid, line, out bool ended) is { } identity && !ended ? identity : null;

    /// <summary>True while the process runs.</summary>
    public bool IsAlive => Of(Pid) == this;

    /// <summary>The same of a child not reaped yet, which has its number in any case.</summary>
    internal static ProcessIdentity OfChild(int pid) =>
        ReadStat(pid) is { } line && Parse(pid, line, out _) is { } identity ? identity : new ProcessIdentity(pid, 0);

    /// <summary>Reads the line of /proc/PID/stat; null when it is not one.</summary>
    internal static ProcessIdentity? Parse(int pid, string line, out bool ended)
    {
        // The name may hold blanks and parentheses: what follows it begins after the last of them.
        string[] fields = line[(line.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        ended = fields is ["Z" or "X", ..];
        if (fields.Length <= StartTimeField - FirstField) return null;
        return ulong.TryParse(fields[StartTimeField - FirstField], NumberStyles.None, CultureInfo.InvariantCulture, out ulong start)
            ? new ProcessIdentity(pid, start)
            : null;
    }

    private static string? ReadStat(int pid)
    {
        try
        {
            return File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // No such process, or it ended while it was read.
            return null;
        }
    }
}
