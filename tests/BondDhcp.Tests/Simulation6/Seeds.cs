using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Simulation6;

/// <summary>Runs a scenario under many seeds, and the lowest one that fails once more with a log of what led to it.</summary>
internal static class Seeds
{
    public static void ForAll(int from, int count, Action<int, Transcript6?> scenario)
    {
        int failing = int.MaxValue;
        Parallel.For(from, from + count, (seed, loop) =>
        {
            if (Record.Exception(() => scenario(seed, null)) is null) return;
            for (int seen = failing; seed < seen; seen = failing)
                if (Interlocked.CompareExchange(ref failing, seed, seen) == seen) break;
            loop.Break();
        });
        if (failing == int.MaxValue) return;
        var log = new Transcript6();
        Exception? error = Record.Exception(() => scenario(failing, log));
        Assert.Fail($"seed {failing}: {error}\n{log}");
    }
}
