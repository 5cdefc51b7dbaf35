using BondDhcp.Host.Configuration;

namespace BondDhcp.Host.Commands;

/// <summary>
/// <c>check</c>: every problem on its own line of stdout; what is sound and worth a word, such as a setting without effect, on
/// stderr. Touches nothing.
/// </summary>
internal static class CheckCommand
{
    /// <inheritdoc cref="CommandSpec.Run"/>
    public static int Run(Invocation invocation)
    {
        ConfigurationResult result = ConfigurationReader.ReadFile(invocation.ConfigurationFile);
        foreach (ConfigurationProblem problem in result.Problems) Console.Out.WriteLine(problem.ToString());
        // Beside what must be mended it may be a consequence of that.
        if (result.Problems.Count == 0)
            foreach (ConfigurationProblem note in result.Warnings) Console.Error.WriteLine(note.ToString());
        return result.Problems.Count > 0 ? ExitCode.Usage : ExitCode.Done;
    }
}
