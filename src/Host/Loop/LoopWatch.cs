using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Loop;

/// <summary>A descriptor in the loop. Dispose it before the descriptor is closed.</summary>
public sealed class LoopWatch : IDisposable
{
    private readonly EventLoop _loop;

    internal LoopWatch(EventLoop loop, int descriptor, uint generation, Action<Readiness> ready)
    {
        _loop = loop;
        Descriptor = descriptor;
        Generation = generation;
        Ready = ready;
    }

    /// <summary>The descriptor; -1 once disposed.</summary>
    public int Descriptor { get; private set; }

    internal Action<Readiness> Ready { get; }

    // Tells this watch from an earlier one of a descriptor with the same number.
    internal uint Generation { get; }

    internal ulong Token => (ulong)Generation << 32 | (uint)Descriptor;

    /// <summary>Changes what is waited for.</summary>
    public void Change(Readiness events) => _loop.Change(this, events);

    /// <summary>No call comes after this, not even for what was ready already. The descriptor stays open.</summary>
    public void Dispose()
    {
        if (Descriptor < 0) return;
        _loop.Remove(this);
        Descriptor = -1;
    }
}
