using System.Diagnostics;

namespace BondDhcp.Tests.Beds;

/// <summary>What goes wrong with a bed or in a scenario, with the evidence.</summary>
public sealed class BedException(string message) : Exception(message);

/// <summary>Waiting for something with a deadline.</summary>
public static class Wait
{
    /// <summary>How often a condition is looked at.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(5);

    /// <summary>Waits until a condition holds; at the deadline fails with what was waited for and the evidence.</summary>
    public static async Task UntilAsync(Func<bool> condition, TimeSpan patience, string what, Func<string>? evidence = null)
    {
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(start) > patience)
            {
                // On a machine that stood still, what came in time may be read after this.
                await Task.Delay(TimeSpan.FromSeconds(1));
                if (condition()) return;
                throw Missed(patience, what, evidence);
            }
            await Task.Delay(Interval);
        }
    }

    /// <summary>The same for a condition that takes a question to find out.</summary>
    public static async Task UntilAsync(Func<Task<bool>> condition, TimeSpan patience, string what, Func<string>? evidence = null)
    {
        long start = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(start) > patience) throw Missed(patience, what, evidence);
            await Task.Delay(Interval);
        }
    }

    /// <summary>The same for a task.</summary>
    public static async Task ForAsync(Task task, TimeSpan patience, string what, Func<string>? evidence = null)
    {
        if (await Task.WhenAny(task, Task.Delay(patience)) != task) throw Missed(patience, what, evidence);
        await task;
    }

    private static BedException Missed(TimeSpan patience, string what, Func<string>? evidence) =>
        new($"waited {patience.TotalSeconds} s in vain for {what}\n{evidence?.Invoke()}");
}
