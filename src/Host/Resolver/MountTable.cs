using System.Globalization;

namespace BondDhcp.Host.Resolver;

/// <summary>What is behind a path, as /proc/PID/mountinfo tells it: the same place seen by two processes is the same text.</summary>
internal static class MountTable
{
    // proc_pid_mountinfo(5): id, parent, device, root within it, mount point.
    private const int DeviceField = 2, RootField = 3, MountPointField = 4;

    /// <summary>Device and place in it of a directory; null where the file cannot be read.</summary>
    /// <param name="mountInfo">The file.</param>
    /// <param name="directory">Absolute, without a symbolic link.</param>
    public static string? Find(string mountInfo, string directory)
    {
        try
        {
            return Find(File.ReadLines(mountInfo), directory);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The same of its lines.</summary>
    public static string? Find(IEnumerable<string> lines, string directory)
    {
        string? found = null;
        int longest = 0;
        foreach (string line in lines)
        {
            string[] fields = line.Split(' ');
            if (fields.Length <= MountPointField) continue;
            string point = fields[MountPointField].TrimEnd('/');
            // What is mounted last on one point is what is seen.
            if (point.Length < longest || !(directory == point || directory.StartsWith(point + '/', StringComparison.Ordinal))) continue;
            longest = point.Length;
            found = string.Create(CultureInfo.InvariantCulture, $"{fields[DeviceField]} {fields[RootField].TrimEnd('/')}{directory[point.Length..]}");
        }
        return found;
    }

    /// <summary>True where something is mounted on this very path; false where the file cannot be read.</summary>
    /// <param name="mountInfo">The file.</param>
    /// <param name="path">Absolute, without a symbolic link.</param>
    public static bool IsMountPoint(string mountInfo, string path)
    {
        try
        {
            return File.ReadLines(mountInfo).Any(line => line.Split(' ') is { Length: > MountPointField } fields && fields[MountPointField] == path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
