using BondDhcp.Net.Linux.Interop;

namespace BondDhcp.Net.Linux;

/// <summary>
/// CLOCK_BOOTTIME, the clock that leases run on: it counts time spent suspended and nobody can set it. The clocks of
/// the runtime (Stopwatch, Environment.TickCount64) stop during suspend.
/// </summary>
public static class BoottimeClock
{
    // Two clocks cannot be read at one moment; a reading interrupted for longer than this is taken again.
    private const long SteadyReadingTicks = TimeSpan.TicksPerMillisecond;
    private const int MaxReadings = 5;

    /// <summary>Now.</summary>
    public static Instant Now => new(Read(KernelNumbers.CLOCK_BOOTTIME));

    /// <summary>Time spent suspended since boot: CLOCK_BOOTTIME minus CLOCK_MONOTONIC, right to about a millisecond.</summary>
    public static TimeSpan Suspended
    {
        get
        {
            long best = long.MaxValue;
            long suspended = 0;
            for (int reading = 0; reading < MaxReadings && best > SteadyReadingTicks; reading++)
            {
                long before = Read(KernelNumbers.CLOCK_MONOTONIC);
                long boottime = Read(KernelNumbers.CLOCK_BOOTTIME);
                long uncertainty = Read(KernelNumbers.CLOCK_MONOTONIC) - before;
                if (uncertainty >= best) continue;
                best = uncertainty;
                suspended = boottime - before;
            }
            return new TimeSpan(suspended);
        }
    }

    private static unsafe long Read(int clock)
    {
        Timespec time;
        if (Libc.ClockGetTime(clock, &time) != 0) throw LinuxException.Last("clock_gettime");
        return time.Seconds * TimeSpan.TicksPerSecond + time.Nanoseconds / TimeSpan.NanosecondsPerTick;
    }
}
