using System.Collections.Immutable;
using BondDhcp.Dhcp.Store;
using BondDhcp.Host.Loop;
using BondDhcp.Host.Runner;
using BondDhcp.Host.Status;
using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Daemon;

/// <summary>
/// Puts into the state directory what outlives the daemon. A disk takes longer than a server, and nobody waits for it: nothing is
/// written before <see cref="Begin"/>, and everything from then on, beside the loop; of several states of one thing the last. What a
/// disk does not take harms no lease; it is tried again every minute, and named until it is there.
/// </summary>
internal sealed class StateKeeper : IDisposable
{
    // Who gives a lease back, or is to end, waits for a disk, but not for one that stands still.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, Pending> _unsaved = [];
    private readonly HashSet<string> _setAside = [];
    private readonly Action<string, Report> _journal;
    private readonly StateWriter _writer;
    private readonly LoopDeadline _again;
    private bool _begun;

    /// <summary>One that writes nothing yet.</summary>
    /// <param name="loop">The loop it lives in.</param>
    /// <param name="journal">Is told of everything, with the interface concerned; "" for none.</param>
    public StateKeeper(EventLoop loop, Action<string, Report> journal)
    {
        _journal = journal;
        _writer = new StateWriter(loop);
        _again = loop.AddDeadline(SaveAll);
    }

    /// <summary>After this time what was refused is tried again.</summary>
    public TimeSpan Again { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>What is not on the disk, which refused it or is at it, in the order in which it was first tried.</summary>
    public ImmutableArray<UnsavedState> Unsaved
    {
        get
        {
            ImmutableArray<UnsavedState>.Builder unsaved = ImmutableArray.CreateBuilder<UnsavedState>();
            Instant now = BoottimeClock.Now;
            foreach ((string what, Pending pending) in _unsaved)
            {
                if (pending.Why is { } why) unsaved.Add(new UnsavedState(what, why, null));
                else if (pending.WritingSince is { } since) unsaved.Add(new UnsavedState(what, null, now - since));
            }
            return unsaved.DrainToImmutable();
        }
    }

    /// <summary>Writes what has come together, and each from now on at once.</summary>
    public void Begin()
    {
        _begun = true;
        SaveAll();
    }

    /// <summary>Keeps something in place of what is under the same name.</summary>
    /// <param name="interfaceName">Whose it is; "" for the whole host's.</param>
    /// <param name="what">What it is, for people.</param>
    /// <param name="save">Writes it; gives why it could not. May be called again, and not by the loop's thread.</param>
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
                // Newer than the file, which is not written yet, or could not be.
                if (_unsaved.TryGetValue(what, out Pending? pending))
                {
                    if (_begun) Save(what, pending);
                    return (T)pending.Memory!;
                }
                if (_setAside.Contains(what)) return leases.Empty;
                StoredMemory<T> stored = leases.Load(name, clock());
                foreach (string warning in stored.Warnings) Warn(name, warning);
                return stored.Memory;
            },
            memory => Keep(name, what, memory, () => leases.Save(name, memory, clock())),
            memory =>
            {
                Keep(name, what, memory, () => leases.Save(name, memory, clock()));
                _writer.Finish(s_patience);
            },
            why =>
            {
                _unsaved.Remove(what);
                _setAside.Add(what);
                string? told = null;
                // After what is being written, which must not come in its place.
                _writer.Add(
                    () =>
                    {
                        told = leases.SetAside(name, why);
                        return null;
                    },
                    fault =>
                    {
                        _setAside.Remove(what);
                        if ((told ?? fault) is { } words) Warn(name, words);
                    });
            });
    }

    /// <summary>Waits until the disk has what it was given, but not for a disk that stands still.</summary>
    public void Settle() => _writer.Finish(s_patience);

    /// <inheritdoc/>
    public void Dispose()
    {
        Begin();
        _writer.Finish();
        _again.Dispose();
    }

    private void Keep(string interfaceName, string what, object? memory, Func<string?> save)
    {
        Pending? before = _unsaved.GetValueOrDefault(what);
        Pending pending = new(interfaceName, memory, save) { Why = before?.Why, WritingSince = before?.WritingSince };
        _unsaved[what] = pending;
        if (_begun) Save(what, pending);
    }

    // What comes while the same is being written is written after it: see Saved.
    private void Save(string what, Pending pending)
    {
        if (pending.WritingSince is not null) return;
        pending.WritingSince = BoottimeClock.Now;
        _writer.Add(pending.Save, why => Saved(what, pending, why));
    }

    private void Saved(string what, Pending written, string? why)
    {
        // Set aside meanwhile.
        if (!_unsaved.TryGetValue(what, out Pending? pending)) return;
        string? before = pending.Why;
        pending.WritingSince = null;
        pending.Why = why;
        if (pending != written) Save(what, pending);
        else if (why is null) _unsaved.Remove(what);
        if (why is not null)
        {
            if (why != before) Warn(pending.Interface, $"{why}; {what} is not stored, and a restart would not know it; it is tried again every minute");
            _again.At = BoottimeClock.Now + Again;
        }
        else if (before is not null)
        {
            _journal(pending.Interface, Report.Of("stored", ("what", what)));
        }
    }

    private void SaveAll()
    {
        KeyValuePair<string, Pending>[] all = [.. _unsaved];
        foreach ((string what, Pending pending) in all) Save(what, pending);
    }

    private void Warn(string interfaceName, string message) => _journal(interfaceName, Report.Of("warning", ("message", message)));

    private sealed class Pending(string interfaceName, object? memory, Func<string?> save)
    {
        public string Interface => interfaceName;

        public object? Memory => memory;

        public Func<string?> Save => save;

        /// <summary>What the disk said last; null where it said nothing, or has taken an earlier state.</summary>
        public string? Why { get; set; }

        /// <summary>Since when the disk has been at this, or at the state before it.</summary>
        public Instant? WritingSince { get; set; }
    }
}
