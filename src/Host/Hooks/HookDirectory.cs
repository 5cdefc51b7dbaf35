using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Hooks;

/// <summary>The programs of a hook directory, as run-parts(8) chooses them.</summary>
internal static class HookDirectory
{
    /// <summary>More is a mistake, and would take its time at every event.</summary>
    public const int MaxHooks = 64;

    /// <summary>
    /// Paths in the order of their names, octet by octet. A name is made of letters, digits, <c>_</c> and <c>-</c> alone, so
    /// that backups and what packages leave behind (<c>hook~</c>, <c>hook.dpkg-old</c>) are passed over without a word, as is
    /// what is not executable.
    /// </summary>
    /// <param name="directory">The directory.</param>
    /// <param name="problems">What is refused because somebody else could have written it, and why.</param>
    public static IReadOnlyList<string> List(string directory, out IReadOnlyList<string> problems)
    {
        List<string> found = [];
        List<string> refused = [];
        problems = refused;
        if (ProgramFile.WhyNotDirectory(directory) is { } closed)
        {
            refused.Add($"{directory}: {closed}: no hook is run");
            return found;
        }
        try
        {
            foreach (string name in Directory.EnumerateFileSystemEntries(directory).Select(static path => Path.GetFileName(path)).Where(IsHookName).Order(StringComparer.Ordinal))
            {
                string path = Path.Combine(directory, name);
                if (!ProgramFile.IsExecutable(path)) continue;
                if (ProgramFile.WhyNot(path) is { } why) refused.Add($"{path} {why}: it is not run");
                else if (found.Count == MaxHooks) refused.Add($"{directory}: only the first {MaxHooks} hooks are run");
                else found.Add(path);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            refused.Add($"{directory}: {IoFailure.Of(error, directory)}: no hook is run");
        }
        return found;
    }

    /// <summary>Letters, digits, <c>_</c> and <c>-</c>, one at least.</summary>
    internal static bool IsHookName(string name) =>
        name.Length > 0 && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');
}
