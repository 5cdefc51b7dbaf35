using System.Diagnostics;
using BenchmarkDotNet.Attributes;

namespace BondDhcp.Bench;

/// <summary>The same measurements under BenchmarkDotNet: <c>make bench ONLY=micro</c>.</summary>
[MemoryDiagnoser]
public class StepBenchmarks
{
    private readonly StepScene _scene = new();

    [Benchmark]
    public bool ReadPacket() => _scene.Read();

    [Benchmark]
    public bool ReadAndStep() => _scene.ReadAndStep();
}

/// <summary>Nanoseconds and allocated octets for a packet, by stopwatch; seconds instead of BenchmarkDotNet's minutes.</summary>
internal static class StepBench
{
    private const int WarmUp = 50_000;
    private const int Repetitions = 500_000;

    public static Table Run()
    {
        StepScene scene = new();
        Table table = new("One packet", "what", "ns", "octets allocated", "target");
        Measure(table, "read a DHCPACK (checks and view)", scene.Read, "0 octets");
        Measure(table, "read it and step the client", scene.ReadAndStep, "< 2000 ns");
        return table;
    }

    private static void Measure(Table table, string what, Func<bool> once, string target)
    {
        for (int i = 0; i < WarmUp; i++) once();
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < Repetitions; i++) once();
        double nanoseconds = Stopwatch.GetElapsedTime(start).TotalNanoseconds / Repetitions;
        double octets = (GC.GetAllocatedBytesForCurrentThread() - allocated) / (double)Repetitions;
        table.Row(what, Sample.Text(nanoseconds, "0"), Sample.Text(octets, "0"), target);
    }
}
