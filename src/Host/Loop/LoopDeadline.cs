using BondDhcp.Net;

namespace BondDhcp.Host.Loop;

/// <summary>One deadline of the loop's: its owner moves it, the loop calls when it has come.</summary>
public sealed class LoopDeadline : IDisposable
{
    private readonly EventLoop _loop;
    private readonly Action _reached;

    internal LoopDeadline(EventLoop loop, Action reached)
    {
        _loop = loop;
        _reached = reached;
    }

    /// <summary>
    /// When to call; <see cref="Instant.Never"/> for not at all, which it is again before each call. An instant that has
    /// passed is called for in the next turn.
    /// </summary>
    public Instant At { get; set; } = Instant.Never;

    /// <summary>No call comes after this.</summary>
    public void Dispose()
    {
        At = Instant.Never;
        _loop.Remove(this);
    }

    internal void Fire()
    {
        At = Instant.Never;
        _reached();
    }
}
