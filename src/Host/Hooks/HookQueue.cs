namespace BondDhcp.Host.Hooks;

/// <summary>
/// What one interface's hooks have still to be told of, in order. Extensions that follow each other while a hook takes its
/// time are told as one: scripts want to know how things are, not how often they were the same. Pure.
/// </summary>
internal sealed class HookQueue
{
    /// <summary>Events that wait. Beyond that the oldest extension is lost, or else the oldest.</summary>
    public const int Capacity = 32;

    private readonly List<HookEvent> _events = [];

    /// <summary>How many wait.</summary>
    public int Count => _events.Count;

    /// <summary>Adds an event; true when another one was lost for it.</summary>
    public bool Add(HookEvent happened)
    {
        if (happened.IsExtension && _events.FindLastIndex(one => one.Family == happened.Family && one.Subject == happened.Subject) is >= 0 and var last
            && _events[last].IsBinding)
        {
            HookEvent before = _events[last];
            // From what was before both of them, to what is after both.
            _events[last] = happened with
            {
                Reason = before.IsExtension && before.Reason is not HookReason.Reboot ? happened.Reason : before.Reason,
                Old = before.Old,
                OldJson = before.OldJson,
            };
            return false;
        }
        _events.Add(happened);
        if (_events.Count <= Capacity) return false;
        int least = _events.FindIndex(static one => one.IsExtension);
        _events.RemoveAt(Math.Max(least, 0));
        return true;
    }

    /// <summary>Takes the oldest; null when none waits.</summary>
    public HookEvent? Take()
    {
        if (_events.Count == 0) return null;
        HookEvent oldest = _events[0];
        _events.RemoveAt(0);
        return oldest;
    }
}
