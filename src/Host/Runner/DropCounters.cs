using System.Runtime.CompilerServices;
using BondDhcp.Net;

namespace BondDhcp.Host.Runner;

/// <summary>Counts packets that were not used, by reason, and says which of them the journal is told of.</summary>
/// <typeparam name="TReason">The reasons, an enumeration that counts from 0.</typeparam>
internal sealed class DropCounters<TReason> where TReason : struct, Enum
{
    /// <summary>The journal is told of a reason once in this time: a flood of packets is no flood of entries.</summary>
    public static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(10);

    private readonly List<(long Count, Instant ReportedAt)> _seen = [];

    /// <summary>How many packets were dropped for a reason.</summary>
    public long this[TReason reason] => IndexOf(reason) < _seen.Count ? _seen[IndexOf(reason)].Count : 0;

    /// <summary>The reasons that occurred, by name in camelCase, with how often.</summary>
    public IEnumerable<KeyValuePair<string, long>> Seen
    {
        get
        {
            for (int i = 0; i < _seen.Count; i++)
                if (_seen[i].Count > 0) yield return new KeyValuePair<string, long>(NameOf(Unsafe.BitCast<int, TReason>(i)), _seen[i].Count);
        }
    }

    /// <summary>Counts one; true when the journal should be told.</summary>
    public bool Count(TReason reason, Instant now)
    {
        int index = IndexOf(reason);
        while (_seen.Count <= index) _seen.Add(default);
        (long count, Instant reportedAt) = _seen[index];
        bool report = count == 0 || now - reportedAt >= ReportInterval;
        _seen[index] = (count + 1, report ? now : reportedAt);
        return report;
    }

    /// <summary>The name in camelCase.</summary>
    public static string NameOf(TReason reason)
    {
        string name = reason.ToString();
        return char.ToLowerInvariant(name[0]) + name[1..];
    }

    // Without a list of the reasons: the runtime makes one by reflection, which takes a tenth of a millisecond of every start.
    private static int IndexOf(TReason reason) => Unsafe.BitCast<TReason, int>(reason);
}
