using BondDhcp.Net;

namespace BondDhcp.Host.Runner;

/// <summary>Counts packets that were not used, by reason, and says which of them the journal is told of.</summary>
/// <typeparam name="TReason">The reasons, an enumeration that counts from 0.</typeparam>
internal sealed class DropCounters<TReason> where TReason : struct, Enum
{
    /// <summary>The journal is told of a reason once in this time: a flood of packets is no flood of entries.</summary>
    public static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(10);

    private static readonly TReason[] s_reasons = Enum.GetValues<TReason>();

    private readonly long[] _counts = new long[s_reasons.Length];
    private readonly Instant[] _reportedAt = new Instant[s_reasons.Length];

    /// <summary>How many packets were dropped for a reason.</summary>
    public long this[TReason reason] => _counts[IndexOf(reason)];

    /// <summary>The reasons that occurred, by name in camelCase, with how often.</summary>
    public IEnumerable<KeyValuePair<string, long>> Seen
    {
        get
        {
            foreach (TReason reason in s_reasons)
                if (this[reason] > 0) yield return new KeyValuePair<string, long>(NameOf(reason), this[reason]);
        }
    }

    /// <summary>Counts one; true when the journal should be told.</summary>
    public bool Count(TReason reason, Instant now)
    {
        int index = IndexOf(reason);
        bool first = _counts[index]++ == 0;
        if (!first && now - _reportedAt[index] < ReportInterval) return false;
        _reportedAt[index] = now;
        return true;
    }

    /// <summary>The name in camelCase.</summary>
    public static string NameOf(TReason reason)
    {
        string name = s_reasons[IndexOf(reason)].ToString();
        return char.ToLowerInvariant(name[0]) + name[1..];
    }

    private static int IndexOf(TReason reason) => Array.IndexOf(s_reasons, reason);
}
