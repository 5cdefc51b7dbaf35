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

    private readonly List<Reading> _read = [];

    /// <summary>The reply in force.</summary>
    public T Of(T reply)
    {
        if (overrides.LeaveReplies) return reply;
        if (_read.Find(one => ReferenceEquals(one.Server, reply)) is { } known) return known.InForce;
        if (_read.Count == MaxRead) _read.RemoveAt(0);
        Reading made = new(reply, read(reply, overrides));
        _read.Add(made);
        return made.InForce;
    }

    /// <summary>This one, or a new one where the configuration says something else of replies.</summary>
    public OptionReading<T> Under(OptionOverrides others) => others.Equals(overrides) ? this : new OptionReading<T>(others, read);

    private sealed class Reading(T server, T inForce)
    {
        public T Server => server;

        public T InForce => inForce;
    }
}
