using System.Text.Json;
using BondDhcp.Host.Control;
using BondDhcp.Host.Text;

namespace BondDhcp.Host.Commands;

/// <summary>A command that asks the daemon: what went wrong becomes a line on stderr and an exit code.</summary>
internal static class DaemonCall
{
    /// <summary>For answers that come at once: a daemon that is alive needs milliseconds.</summary>
    public static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Asks once and waits for the answer; null timeout for ever.</summary>
    public static int Ask(Invocation invocation, ControlRequest request, TimeSpan? timeout, Action<JsonElement>? print = null)
    {
        using ControlClient? client = ControlClient.Send(invocation.RuntimeDirectory, request);
        if (client is null) return NoDaemon(invocation);
        CallOutcome outcome = client.Receive(timeout, out JsonDocument? frame);
        using (frame) return outcome == CallOutcome.Answered ? Finish(frame!.RootElement, print) : Explain(invocation, outcome);
    }

    /// <summary>Prints an answer, or the reason why there is none.</summary>
    public static int Finish(JsonElement answer, Action<JsonElement>? print)
    {
        int exit = answer.GetProperty("exit").GetInt32();
        if (answer.TryGetProperty("error", out JsonElement error)) Console.Error.WriteLine($"bonddhcp: {TerminalText.Of(error.GetString() ?? "")}");
        else if (print is not null && answer.TryGetProperty("result", out JsonElement result)) print(result);
        return exit;
    }

    /// <summary>Says why there was no answer.</summary>
    public static int Explain(Invocation invocation, CallOutcome outcome)
    {
        if (outcome == CallOutcome.NoDaemon) return NoDaemon(invocation);
        Console.Error.WriteLine("bonddhcp: timed out");
        return ExitCode.TimedOut;
    }

    private static int NoDaemon(Invocation invocation)
    {
        Console.Error.WriteLine($"bonddhcp: no daemon answers in {invocation.RuntimeDirectory}");
        return ExitCode.NoDaemon;
    }
}
