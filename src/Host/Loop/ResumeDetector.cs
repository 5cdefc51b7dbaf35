namespace BondDhcp.Host.Loop;

/// <summary>
/// Tells of a suspend that is over: CLOCK_BOOTTIME goes on during it and CLOCK_MONOTONIC does not, so their difference
/// grows, once for each suspend.
/// </summary>
/// <param name="suspended">The difference at the start.</param>
internal struct ResumeDetector(TimeSpan suspended)
{
    /// <summary>The reading is right to a millisecond; nothing ages in less than this.</summary>
    public static readonly TimeSpan Threshold = TimeSpan.FromMilliseconds(100);

    private TimeSpan _known = suspended;

    /// <summary>True exactly once for each growth.</summary>
    public bool Observe(TimeSpan suspended)
    {
        if (suspended - _known < Threshold) return false;
        _known = suspended;
        return true;
    }
}
