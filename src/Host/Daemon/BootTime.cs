using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Daemon;

/// <summary>
/// When boot was by the wall clock. Two clocks cannot be read at one moment, so that every reading is a little
/// different; the same instant is to be shown as the same time until somebody sets the clock.
/// </summary>
internal sealed class BootTime
{
    /// <summary>More than two readings differ by, less than anybody sets a clock by.</summary>
    private static readonly TimeSpan s_tolerance = TimeSpan.FromMilliseconds(100);

    private DateTimeOffset _known = Read();

    /// <summary>Boot by the wall clock.</summary>
    public DateTimeOffset Value
    {
        get
        {
            DateTimeOffset read = Read();
            if ((read - _known).Duration() > s_tolerance) _known = read;
            return _known;
        }
    }

    private static DateTimeOffset Read() => TimeProvider.System.GetUtcNow() - (BoottimeClock.Now - Instant.Zero);
}
