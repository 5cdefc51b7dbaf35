using BondDhcp.Net;

namespace BondDhcp.Dhcp.Store;

/// <summary>
/// The clocks at one moment. An instant on CLOCK_BOOTTIME means something only within one boot; across boots there is
/// only the wall clock, which anybody may have set.
/// </summary>
/// <param name="Now">CLOCK_BOOTTIME.</param>
/// <param name="WallClock">CLOCK_REALTIME.</param>
/// <param name="BootId">Which boot it is, as <see cref="ReadBootId"/> gives it.</param>
public sealed record StoreClock(Instant Now, DateTimeOffset WallClock, string BootId)
{
    private const string BootIdPath = "/proc/sys/kernel/random/boot_id";

    /// <summary>The kernel's random name for this boot; empty where there is no /proc: every start then counts as a boot.</summary>
    public static string ReadBootId()
    {
        try
        {
            return File.ReadAllText(BootIdPath).Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Only the more cautious of the two readings of a stored lease is lost.
            return "";
        }
    }

    /// <summary>True when <paramref name="earlier"/> was read in the same boot.</summary>
    internal bool IsSameBoot(StoreClock earlier) => BootId.Length > 0 && BootId == earlier.BootId && earlier.Now <= Now;
}
