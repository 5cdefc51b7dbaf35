using BondDhcp.Dhcp.Options;

namespace BondDhcp.Host.Runner;

/// <summary>
/// Replies as the configuration has them read. One reply is read once, so that what is in force is the same object as long as
/// nothing changed.
/// </summary>
/// <typeparam name="T">The reply of a family.</typeparam>
/// <param name="overrides">What the configuration says.</param>
/// <param name="read">Makes of a reply and the overrides what is in force.</param>
internal sealed class OptionReading<T>(OptionOverrides overrides, Func<T, OptionOverrides, T> read) where T : class
{
    // The one in force, the one before it, and those of stored leases looked at in between.
    private const int MaxRead = 16;

    private readonly Queue<(T Server, T InForce)> _read = new();

    /// <summary>The reply in force.</summary>
    public T Of(T reply)
    {
        if (overrides.LeaveReplies) return reply;
        foreach ((T server, T known) in _read)
            if (ReferenceEquals(server, reply)) return known;
        T inForce = read(reply, overrides);
        if (_read.Count == MaxRead) _read.Dequeue();
        _read.Enqueue((reply, inForce));
        return inForce;
    }

    /// <summary>This one, or a new one where the configuration says something else of replies.</summary>
    public OptionReading<T> Under(OptionOverrides others) => others.Equals(overrides) ? this : new OptionReading<T>(others, read);
}
