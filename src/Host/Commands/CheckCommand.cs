using BondDhcp.Host.Configuration;

namespace BondDhcp.Host.Commands;

/// <summary><c>check</c>: every problem on its own line of stdout; touches nothing.</summary>
internal static class CheckCommand
{
    /// <inheritdoc cref="CommandSpec.Run"/>
    public static int Run(Invocation invocation)
    {
        ConfigurationResult result = ConfigurationReader.ReadFile(invocation.ConfigurationFile);
        foreach (ConfigurationProblem problem in result.Problems) Console.Out.WriteLine(problem.ToString());
        return result.Problems.Count > 0 ? ExitCode.Usage : ExitCode.Done;
    }
}
