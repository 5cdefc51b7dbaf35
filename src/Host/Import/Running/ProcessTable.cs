using System.Text;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Import.Running;

/// <summary>The processes of our network namespace; one of another namespace is another host's, as it were.</summary>
internal static class ProcessTable
{
    /// <summary>Those of a name, each with its command line, program included.</summary>
    public static IEnumerable<(ProcessIdentity Identity, string[] Command)> Named(string name)
    {
        string? ours = LinkTarget("/proc/thread-self/ns/net");
        foreach (string directory in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(directory), out int pid) || ReadText($"{directory}/comm")?.TrimEnd('\n') != name) continue;
            if (LinkTarget($"{directory}/ns/net") != ours || ProcessIdentity.Of(pid) is not { } identity) continue;
            yield return (identity, (ReadText($"{directory}/cmdline") ?? "").Split('\0', StringSplitOptions.RemoveEmptyEntries));
        }
    }

    /// <summary>A file of /proc, each character one octet; null where it is not there any more.</summary>
    public static string? ReadText(string path)
    {
        try
        {
            return Encoding.Latin1.GetString(File.ReadAllBytes(path));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It ended, or is none of ours.
            return null;
        }
    }

    private static string? LinkTarget(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // As above.
            return null;
        }
    }
}
