using System.Runtime.InteropServices;
using BondDhcp.Net.Linux.Interop;
using Tmds.Linux;

namespace BondDhcp.Net.Linux;

/// <summary>timerfd_create(2).</summary>
public sealed unsafe class TimerDescriptor : IDisposable
{
    // A timer for clock jumps must be armed to be told of them (timerfd_create(2)): in the year 2242 it expires.
    private const long FarFutureSeconds = 1L << 33;

    private readonly FileDescriptor _timer;

    private TimerDescriptor(int clock) => _timer = FileDescriptor.Own(
        Libc.TimerfdCreate(clock, KernelNumbers.TFD_CLOEXEC | KernelNumbers.TFD_NONBLOCK), "timerfd_create");

    /// <summary>For epoll.</summary>
    public int Descriptor => _timer.Number;

    /// <summary>A timer on CLOCK_BOOTTIME, not armed.</summary>
    public static TimerDescriptor OnBoottime() => new(KernelNumbers.CLOCK_BOOTTIME);

    /// <summary>Becomes readable when CLOCK_REALTIME is set, which the kernel does at every resume too.</summary>
    public static TimerDescriptor OnClockChange()
    {
        var timer = new TimerDescriptor(KernelNumbers.CLOCK_REALTIME);
        timer.Set(
            new Timespec { Seconds = FarFutureSeconds },
            KernelNumbers.TFD_TIMER_ABSTIME | KernelNumbers.TFD_TIMER_CANCEL_ON_SET);
        return timer;
    }

    /// <summary>Readable from <paramref name="at"/> on, at once when that has passed; <see cref="Instant.Never"/> disarms.</summary>
    public void Arm(Instant at)
    {
        // All zero disarms: an instant at boot itself is given one nanosecond.
        Timespec value = at.IsNever ? default : new Timespec
        {
            Seconds = at.Ticks / TimeSpan.TicksPerSecond,
            Nanoseconds = Math.Max(1, at.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick),
        };
        Set(value, KernelNumbers.TFD_TIMER_ABSTIME);
    }

    /// <summary>Takes the expiry, or the clock change, so that the descriptor is no longer readable.</summary>
    public void Acknowledge()
    {
        ulong expiries;
        if (LibC.read(_timer.Number, &expiries, sizeof(ulong)) == sizeof(ulong)) return;
        int error = Marshal.GetLastPInvokeError();
        // EAGAIN: armed anew since it was reported. ECANCELED: the clock change itself.
        if (error is not (KernelNumbers.EAGAIN or KernelNumbers.ECANCELED or KernelNumbers.EINTR))
            throw new LinuxException("read(timerfd)", error);
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void Set(Timespec value, int flags)
    {
        var setting = new Itimerspec { Value = value };
        if (Libc.TimerfdSetTime(_timer.Number, flags, &setting, null) != 0) throw LinuxException.Last("timerfd_settime");
    }
}
