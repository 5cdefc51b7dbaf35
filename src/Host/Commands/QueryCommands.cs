using System.Text;
using System.Text.Json;
using BondDhcp.Host.Commands.Linux;
using BondDhcp.Host.Control;
using BondDhcp.Host.Journal;
using BondDhcp.Host.Metrics;
using BondDhcp.Host.Status;

namespace BondDhcp.Host.Commands;

/// <summary><c>status</c>, <c>lease</c>, <c>watch</c> and <c>timeline</c>: anybody may ask.</summary>
internal static class QueryCommands
{
    /// <summary><c>status</c>.</summary>
    public static int Status(Invocation invocation) => Ask(invocation, SnapshotText.WriteStatus);

    /// <summary><c>lease</c>.</summary>
    public static int Lease(Invocation invocation)
    {
        ControlRequest request = new("lease", invocation.Arguments);
        using ControlClient? client = ControlClient.Send(invocation.RuntimeDirectory, request);
        if (client is null) return StoredLeases.Print(invocation, result => Print(invocation, result, SnapshotText.WriteLeases));
        CallOutcome outcome = client.Receive(DaemonCall.AnswerTimeout, out JsonDocument? frame);
        using (frame)
        {
            return outcome == CallOutcome.Answered
                ? DaemonCall.Finish(frame!.RootElement, result => Print(invocation, result, SnapshotText.WriteLeases))
                : DaemonCall.Explain(invocation, outcome);
        }
    }

    /// <summary><c>watch</c>.</summary>
    public static int Watch(Invocation invocation) => Stream(invocation, new ControlRequest("watch", invocation.Arguments), null);

    /// <summary><c>timeline</c>.</summary>
    public static int Timeline(Invocation invocation) =>
        Stream(invocation, new ControlRequest("timeline", invocation.Arguments) { Since = invocation.Since }, DaemonCall.AnswerTimeout);

    private static int Ask(Invocation invocation, Action<TextWriter, JsonElement, DateTimeOffset> text) =>
        DaemonCall.Ask(
            invocation, new ControlRequest(invocation.Command.Name, invocation.Arguments), DaemonCall.AnswerTimeout,
            result => Print(invocation, result, text));

    private static void Print(Invocation invocation, JsonElement result, Action<TextWriter, JsonElement, DateTimeOffset> text)
    {
        using StreamWriter output = Output();
        if (invocation.OpenMetrics) StatusMetrics.Write(output, result);
        else if (invocation.Json) output.WriteLine(result.GetRawText());
        else text(output, result, TimeProvider.System.GetUtcNow());
    }

    // Frames until the daemon has no more: an event each, and at the end an answer.
    private static int Stream(Invocation invocation, ControlRequest request, TimeSpan? timeout)
    {
        using ControlClient? client = ControlClient.Send(invocation.RuntimeDirectory, request);
        if (client is null) return DaemonCall.Explain(invocation, CallOutcome.NoDaemon);
        using StreamWriter output = Output();
        JournalLine line = new();
        while (true)
        {
            CallOutcome outcome = client.Receive(timeout, out JsonDocument? frame);
            if (outcome != CallOutcome.Answered) return DaemonCall.Explain(invocation, outcome);
            using (frame)
            {
                JsonElement root = frame!.RootElement;
                if (root.TryGetProperty("exit", out _)) return DaemonCall.Finish(root, null);
                output.WriteLine(invocation.Json ? root.GetRawText() : line.Format(root));
            }
            // Whoever reads on a pipe sees each event when it happens.
            if (timeout is null) output.Flush();
        }
    }

    /// <summary>stdout, written in large pieces.</summary>
    public static StreamWriter Output() => new(new StandardStream(StandardStream.Output), new UTF8Encoding(false), 4096) { NewLine = "\n" };
}
