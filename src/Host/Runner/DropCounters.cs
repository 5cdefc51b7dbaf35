using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Host.Runner;

/// <summary>Counts packets that were not used, by reason, and says which of them the journal is told of.</summary>
internal sealed class DropCounters
{
    /// <summary>The journal is told of a reason once in this time: a flood of packets is no flood of entries.</summary>
    public static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(10);

    private static readonly Dhcp4DropReason[] s_reasons = Enum.GetValues<Dhcp4DropReason>();

    private readonly long[] _counts = new long[s_reasons.Length];
    private readonly Instant[] _reportedAt = new Instant[s_reasons.Length];

    /// <summary>How many packets were dropped for a reason.</summary>
    public long this[Dhcp4DropReason reason] => _counts[(int)reason];

    /// <summary>The reasons that occurred, by name in camelCase, with how often.</summary>
    public IEnumerable<KeyValuePair<string, long>> Seen
    {
        get
        {
            foreach (Dhcp4DropReason reason in s_reasons)
                if (_counts[(int)reason] > 0) yield return new KeyValuePair<string, long>(NameOf(reason), _counts[(int)reason]);
        }
    }

    /// <summary>Counts one; true when the journal should be told.</summary>
    public bool Count(Dhcp4DropReason reason, Instant now)
    {
        ref Instant reportedAt = ref _reportedAt[(int)reason];
        bool first = _counts[(int)reason]++ == 0;
        if (!first && now - reportedAt < ReportInterval) return false;
        reportedAt = now;
        return true;
    }

    /// <summary>The name in camelCase.</summary>
    public static string NameOf(Dhcp4DropReason reason)
    {
        string name = reason.ToString();
        return char.ToLowerInvariant(name[0]) + name[1..];
    }
}
