using BondDhcp.Dhcp.Client;
using BondDhcp.Host.Runner;
using BondDhcp.Tests.Kit;
using Xunit;
using Xunit.Abstractions;

namespace BondDhcp.Tests.Runner;

/// <summary>What is left of runners that are gone.</summary>
[Collection(Alone.Name)]
public sealed class RunnerLeakTests(ITestOutputHelper output)
{
    private const int Cycles = 1000;

    /// <summary>Until everything that is made once has been made.</summary>
    private const int WarmUp = 50;

    /// <summary>A release lingers, so that not every cycle can have one.</summary>
    private const int CyclesPerRelease = 20;

    private const long MaxGrowth = 1024 * 1024;

    /// <summary>The runtime's pool and the test runner come and go by a few; a leak would be a thousand.</summary>
    private const int MaxThreads = 5;

    [Fact(DisplayName = "AT-10 1000 times started, bound and stopped: no descriptor, no thread and no memory more than before")]
    public void Runners_StartedAndStopped_LeaveNothing() => RunnerBed.Run(bed =>
    {
        bed.Serve("s0");
        Turn(WarmUp);
        (int Descriptors, int Threads, long Octets) before = Measure();
        Turn(Cycles / 2);
        (int Descriptors, int Threads, long Octets) halfway = Measure();
        Turn(Cycles / 2);
        (int Descriptors, int Threads, long Octets) after = Measure();
        output.WriteLine($"{before} {halfway} {after}");
        Assert.Equal(before.Descriptors, after.Descriptors);
        Assert.InRange(after.Threads, 0, before.Threads + MaxThreads);
        // The memory is that of the test runner too, which writes down what other tests said. A leak would be in both halves.
        Assert.InRange(Math.Min(halfway.Octets - before.Octets, after.Octets - halfway.Octets), long.MinValue, MaxGrowth / 2);

        void Turn(int cycles)
        {
            for (int i = 0; i < cycles; i++)
            {
                // What a device sent counts on for the next runner: the cap would be reached in no time.
                bed.Network.Senders.Of("c0", "dhcp4").Note(0, new TransmitBudget());
                InterfaceRunner runner = bed.Add("c0");
                runner.Start();
                bed.Until(() => runner.Client.StateName == "bound");
                bool stopped = false;
                runner.Stop(release: i % CyclesPerRelease == 0, () => stopped = true);
                bed.Until(() => stopped);
                bed.Drop(runner);
            }
        }
    });

    private static (int Descriptors, int Threads, long Octets) Measure()
    {
        long octets = GC.GetTotalMemory(forceFullCollection: true);
        return (Directory.GetFileSystemEntries("/proc/self/fd").Length, Directory.GetDirectories("/proc/self/task").Length, octets);
    }
}
