using BondDhcp.Host.Commands;
using BondDhcp.Host.Components;
using BondDhcp.Host.Configuration;
using BondDhcp.Net;

namespace BondDhcp.Host.Daemon;

/// <summary>
/// One reload, from its beginning to its answer. A service manager waits for the end of what it was told the beginning of, and
/// SIGHUP is no reason to end: so whatever goes wrong is a problem that is told, once, and the daemon goes on.
/// </summary>
/// <param name="read">Reads the configuration.</param>
/// <param name="apply">Why what was read is refused; otherwise the completion is told what could not be taken away of the configuration before.</param>
/// <param name="record">Takes down what came of it.</param>
/// <param name="answer">It is over; with the exit code of who asked for it, and what was wrong or null.</param>
internal sealed class ReloadTurn(
    Func<ConfigurationResult> read, Func<DaemonConfiguration, IReadOnlyList<ConfigurationProblem>, Completion, string?> apply,
    Action<Report> record, Action<int, string?> answer)
{
    private bool _isOver;

    /// <summary>Carries it out. It may be over later, when what it takes away is gone.</summary>
    public void Run()
    {
        bool isApplied = false;
        try
        {
            ConfigurationResult result = read();
            string? problem;
            int exitCode = ExitCode.Usage;
            if (result.Configuration is { } configuration)
            {
                isApplied = true;
                exitCode = ExitCode.Failed;
                problem = apply(configuration, result.Warnings, Applied);
            }
            else problem = result.Problems.Count == 1 ? result.Problems[0].ToString() : $"{result.Problems[0]} (and {result.Problems.Count - 1} more)";
            if (problem is not null) End(Warning($"the configuration stays as it was: {problem}"), exitCode, problem);
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            record(Report.Of("fault", ("message", fault.Message), ("detail", fault.ToString())));
            string problem = $"internal fault: {fault.Message}";
            End(Warning(isApplied ? $"the new configuration may be in force in part: {problem}" : $"the configuration stays as it was: {problem}"), ExitCode.Failed, problem);
        }
    }

    // Nothing is wrong with the configuration then.
    private void Applied(string? leftOver) => End(
        Report.Of("command", ("command", "reload")), leftOver is null ? ExitCode.Done : ExitCode.Failed,
        leftOver is null ? null : $"the new configuration is in force, but {leftOver}");

    private void End(Report report, int exitCode, string? problem)
    {
        if (_isOver) return;
        _isOver = true;
        record(report);
        answer(exitCode, problem);
    }

    private static Report Warning(string message) => Report.Of("warning", ("message", message));
}
