using System.Collections.Immutable;
using BondDhcp.Dhcp.Store;
using BondDhcp.Host.Loop;
using BondDhcp.Host.Runner;
using BondDhcp.Host.Status;
using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Daemon;

/// <summary>
/// Puts into the state directory what outlives the daemon. A disk takes longer than a server: while one family writes what it
/// got, the other would wait with its own exchange. So nothing is written before <see cref="Begin"/>, and everything at once from
/// then on. What a disk does not take harms no lease; it is tried again every minute, and named until it is there.
/// </summary>
internal sealed class StateKeeper : IDisposable
{
    private readonly Dictionary<string, Unsaved> _unsaved = [];
    private readonly Action<string, Report> _journal;
    private readonly LoopDeadline _again;
    private bool _begun;

    /// <summary>One that writes nothing yet.</summary>
    /// <param name="loop">The loop it lives in.</param>
    /// <param name="journal">Is told of everything, with the interface concerned; "" for none.</param>
    public StateKeeper(EventLoop loop, Action<string, Report> journal)
    {
        _journal = journal;
        _again = loop.AddDeadline(SaveAll);
    }

    /// <summary>After this time what was refused is tried again.</summary>
    public TimeSpan Again { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>What the disk did not take, in the order in which it was first tried.</summary>
    public ImmutableArray<UnsavedState> Refused =>
        [.. _unsaved.Where(static one => one.Value.Why is not null).Select(static one => new UnsavedState(one.Key, one.Value.Why!))];

    /// <summary>Writes what has come together, and each from now on at once.</summary>
    public void Begin()
    {
        _begun = true;
        SaveAll();
    }

    /// <summary>Keeps something in place of what is under the same name.</summary>
    /// <param name="interfaceName">Whose it is; "" for the whole host's.</param>
    /// <param name="what">What it is, for people.</param>
    /// <param name="save">Writes it; gives why it could not. May be called again.</param>
    public void Keep(string interfaceName, string what, Func<string?> save) => Keep(interfaceName, what, null, save);

    /// <summary>The leases of one family on one interface, as the client is given them.</summary>
    /// <param name="name">The interface.</param>
    /// <param name="component"><c>dhcp4@eth0</c>.</param>
    /// <param name="leases">Where they are kept.</param>
    /// <param name="clock">Now, whenever it is asked.</param>
    public LeaseMemory<T> MemoryOf<T>(string name, string component, LeaseStore<T> leases, Func<StoreClock> clock) where T : class
    {
        string what = $"the state of {component}";
        return new LeaseMemory<T>(
            () =>
            {
                // Newer than the file, which could not be written.
                if (_unsaved.TryGetValue(what, out Unsaved? unsaved) && !Save(what, unsaved)) return (T)unsaved.Memory!;
                StoredMemory<T> stored = leases.Load(name, clock());
                foreach (string warning in stored.Warnings) Warn(name, warning);
                return stored.Memory;
            },
            memory => Keep(name, what, memory, () => leases.Save(name, memory, clock())),
            why =>
            {
                _unsaved.Remove(what);
                if (leases.SetAside(name, why) is { } told) Warn(name, told);
            });
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Begin();
        _again.Dispose();
    }

    private void Keep(string interfaceName, string what, object? memory, Func<string?> save)
    {
        Unsaved unsaved = new(interfaceName, memory, save) { Why = _unsaved.GetValueOrDefault(what)?.Why };
        _unsaved[what] = unsaved;
        if (_begun) Save(what, unsaved);
    }

    private bool Save(string what, Unsaved unsaved)
    {
        string? before = unsaved.Why;
        unsaved.Why = unsaved.Save();
        if (unsaved.Why is { } why)
        {
            if (why != before) Warn(unsaved.Interface, $"{why}; {what} is not stored, and a restart would not know it; it is tried again every minute");
            _again.At = BoottimeClock.Now + Again;
            return false;
        }
        _unsaved.Remove(what);
        if (before is not null) _journal(unsaved.Interface, Report.Of("stored", ("what", what)));
        return true;
    }

    private void SaveAll()
    {
        KeyValuePair<string, Unsaved>[] all = [.. _unsaved];
        foreach ((string what, Unsaved unsaved) in all) Save(what, unsaved);
    }

    private void Warn(string interfaceName, string message) => _journal(interfaceName, Report.Of("warning", ("message", message)));

    private sealed record Unsaved(string Interface, object? Memory, Func<string?> Save)
    {
        public string? Why { get; set; }
    }
}
