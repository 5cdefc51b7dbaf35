using System.Buffers;
using System.Text.Json;

namespace BondDhcp.Host.Control;

/// <summary>One request and the way to answer it, once, now or later.</summary>
internal sealed class ControlCall(ControlConnection connection, ControlRequest request, bool mayChange)
{
    /// <summary>What is asked.</summary>
    public ControlRequest Request { get; } = request;

    /// <summary>Who asks.</summary>
    public Linux.PeerCredentials Peer => connection.Peer;

    /// <summary>The caller may change things.</summary>
    public bool MayChange { get; } = mayChange;

    /// <summary>The caller is gone: what is left to do for it alone need not be done.</summary>
    public bool Abandoned => connection.IsClosed;

    /// <summary>Called once when the connection ends, whoever ended it.</summary>
    public event Action? Ended
    {
        add => connection.Ended += value;
        remove => connection.Ended -= value;
    }

    /// <summary>Done.</summary>
    public void Succeed(Action<Utf8JsonWriter>? result = null) => connection.Answer(0, null, result);

    /// <summary>Not done; the client exits with <paramref name="exitCode"/> and prints <paramref name="error"/>.</summary>
    public void Fail(int exitCode, string error) => connection.Answer(exitCode, error, null);

    /// <summary>
    /// Answers with a stream. <paramref name="source"/> appends the next frames, some kilobytes at a time, and gives
    /// false when there will be none any more; it is asked again whenever there is room and after <see cref="Pump"/>.
    /// </summary>
    public void Stream(Func<ArrayBufferWriter<byte>, bool> source) => connection.Stream(source);

    /// <summary>There is something new for the stream.</summary>
    public void Pump() => connection.Pump();
}
