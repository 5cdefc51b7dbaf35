using System.Text.Json;
using BondDhcp.Host.Control;
using BondDhcp.Host.Text;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Commands;

/// <summary>A command that asks the daemon: what went wrong becomes a line on stderr and an exit code.</summary>
internal static class DaemonCall
{
    /// <summary>For answers that come at once: a daemon that is alive needs milliseconds.</summary>
    public static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);

    /// <summary>For the reason of a time-out, which comes at once or not at all: who set the time-out waits no longer than that.</summary>
    private static readonly TimeSpan s_reasonTimeout = TimeSpan.FromSeconds(1);

    /// <summary>What a daemon still does once it has answered that it ends: some tens of milliseconds.</summary>
    private static readonly TimeSpan s_endTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Asks once and waits for the answer; null timeout for ever.</summary>
    /// <param name="invocation">What was called.</param>
    /// <param name="request">What is asked.</param>
    /// <param name="timeout">For the answer.</param>
    /// <param name="print">Takes an answer's result.</param>
    /// <param name="ends">The daemon ends by it, and is waited for: whoever starts another one finds its place free.</param>
    public static int Ask(Invocation invocation, ControlRequest request, TimeSpan? timeout, Action<JsonElement>? print = null, bool ends = false)
    {
        using ControlClient? client = ControlClient.Send(invocation.RuntimeDirectory, request);
        if (client is null) return NoDaemon(invocation);
        using ProcessDescriptor? daemon = ends ? client.OpenDaemon() : null;
        CallOutcome outcome = client.Receive(timeout, out JsonDocument? frame);
        using (frame)
        {
            if (outcome == CallOutcome.TimedOut) return TimedOut(invocation, request);
            if (outcome != CallOutcome.Answered) return Explain(invocation, outcome);
            int exit = Finish(frame!.RootElement, print);
            if (exit == ExitCode.Done) daemon?.WaitForEnd(s_endTimeout);
            return exit;
        }
    }

    /// <summary>Says that a request was not answered in time, and what keeps it where the daemon says that at once.</summary>
    public static int TimedOut(Invocation invocation, ControlRequest request)
    {
        using ControlClient? client = ControlClient.Send(
            invocation.RuntimeDirectory, request with { Command = Daemon.ControlCommands.Unfinished, Arguments = request.Arguments.Insert(0, request.Command) });
        JsonDocument? frame = null;
        CallOutcome outcome = client?.Receive(s_reasonTimeout, out frame) ?? CallOutcome.NoDaemon;
        // One of an earlier version, after an upgrade, does not know the question.
        using (frame)
            if (outcome == CallOutcome.Answered && frame!.RootElement.GetProperty("exit").GetInt32() == ExitCode.TimedOut) return Finish(frame.RootElement, null);
        return Explain(invocation, CallOutcome.TimedOut);
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
