using System.Diagnostics;
using System.Text.Json;
using BondDhcp.Host.Control;

namespace BondDhcp.Host.Commands;

/// <summary>
/// <c>wait-online</c>: waits for the daemon, too, and through a restart of it. With a time-out of 0 it answers what is the case now.
/// </summary>
internal static class WaitOnlineCommand
{
    private static readonly TimeSpan s_defaultTimeout = TimeSpan.FromSeconds(120);

    /// <summary>Between two looks whether the daemon is there.</summary>
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);

    /// <inheritdoc cref="CommandSpec.Run"/>
    public static int Run(Invocation invocation)
    {
        TimeSpan timeout = invocation.Timeout ?? s_defaultTimeout;
        ControlRequest request = new("wait-online", invocation.Arguments) { Ipv4 = invocation.Ipv4, Ipv6 = invocation.Ipv6 };
        if (timeout == TimeSpan.Zero)
        {
            using ControlClient? asked = ControlClient.Send(invocation.RuntimeDirectory, request with { Now = true });
            JsonDocument? answer = null;
            CallOutcome now = asked?.Receive(DaemonCall.AnswerTimeout, out answer) ?? CallOutcome.NoDaemon;
            using (answer)
                if (now == CallOutcome.Answered) return DaemonCall.Finish(answer!.RootElement, null);
            return now == CallOutcome.TimedOut ? DaemonCall.TimedOut(invocation, request) : NoDaemon();
        }
        long start = Stopwatch.GetTimestamp();
        bool daemonSeen = false;
        while (true)
        {
            using ControlClient? client = ControlClient.Send(invocation.RuntimeDirectory, request);
            daemonSeen |= client is not null;
            TimeSpan left = timeout - Stopwatch.GetElapsedTime(start);
            if (client is not null && left > TimeSpan.Zero)
            {
                CallOutcome outcome = client.Receive(left, out JsonDocument? frame);
                using (frame)
                    if (outcome == CallOutcome.Answered) return DaemonCall.Finish(frame!.RootElement, null);
            }
            left = timeout - Stopwatch.GetElapsedTime(start);
            if (left <= TimeSpan.Zero)
            {
                if (daemonSeen) return DaemonCall.TimedOut(invocation, request);
                return NoDaemon();
            }
            Thread.Sleep(left < s_pause ? left : s_pause);
        }
    }

    private static int NoDaemon()
    {
        Console.Error.WriteLine("bonddhcp: timed out: no daemon answers");
        return ExitCode.TimedOut;
    }
}
