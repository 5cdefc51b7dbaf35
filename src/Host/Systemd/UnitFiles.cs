namespace BondDhcp.Host.Systemd;

/// <summary>What systemd has of us on this machine.</summary>
internal static class UnitFiles
{
    /// <summary>The daemon's own unit.</summary>
    public const string Daemon = "bonddhcp.service";

    // Where systemd looks for units (systemd.unit(5)); what comes first counts.
    private static readonly string[] s_directories =
    [
        "/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system",
    ];

    /// <summary>The file that counts for a unit or template; null where there is none, or no systemd.</summary>
    public static string? Find(string unit)
    {
        if (!Directory.Exists("/run/systemd/system")) return null;
        return s_directories.Select(directory => Path.Combine(directory, unit)).FirstOrDefault(Path.Exists);
    }

    /// <summary>The process belongs to the unit, by its control group.</summary>
    /// <param name="process">Its number, or <c>self</c>.</param>
    /// <param name="unit">The unit's name.</param>
    public static bool IsOf(string process, string unit)
    {
        try
        {
            // "0::/system.slice/NAME", or one line for each hierarchy.
            return File.ReadLines($"/proc/{process}/cgroup").Any(line => line.EndsWith('/' + unit, StringComparison.Ordinal));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false; // it is gone
        }
    }
}
