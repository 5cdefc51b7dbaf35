using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;
using System.Text.Json;
using BondDhcp.Host.Control.Linux;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Control;

/// <summary>How a call ended.</summary>
internal enum CallOutcome
{
    /// <summary>An answer came.</summary>
    Answered,
    /// <summary>Nobody listens, or the daemon went away.</summary>
    NoDaemon,
    /// <summary>No answer in time.</summary>
    TimedOut,
}

/// <summary>A client's side of the control socket; it blocks.</summary>
internal sealed class ControlClient : IDisposable
{
    private readonly FileDescriptor _socket;

    private ControlClient(FileDescriptor socket) => _socket = socket;

    /// <summary>Connects and sends the request; null when no daemon answers.</summary>
    public static ControlClient? Send(string runtimeDirectory, ControlRequest request)
    {
        FileDescriptor? socket = UnixSocket.Connect(Path.Combine(runtimeDirectory, ControlServer.SocketName), out _);
        if (socket is null) return null;
        ArrayBufferWriter<byte> frame = new();
        ControlFrame.Append(frame, request.Write);
        ReadOnlySpan<byte> rest = frame.WrittenSpan;
        while (!rest.IsEmpty)
        {
            int count = UnixSocket.Send(socket, rest);
            if (count <= 0) break; // it closed early; what it had to say is still there to be read
            rest = rest[count..];
        }
        return new ControlClient(socket);
    }

    /// <summary>The daemon's process; null where it cannot be told, as that of another PID namespace, or has ended.</summary>
    public ProcessDescriptor? OpenDaemon() => ProcessDescriptor.OpenToWait(UnixSocket.Peer(_socket).ProcessId);

    /// <summary>Waits for the next frame; null timeout for ever.</summary>
    public CallOutcome Receive(TimeSpan? timeout, out JsonDocument? frame)
    {
        frame = null;
        long? deadline = timeout is { } span ? Stopwatch.GetTimestamp() + (long)(span.TotalSeconds * Stopwatch.Frequency) : null;
        byte[] header = new byte[ControlFrame.HeaderLength];
        CallOutcome outcome = Fill(header, deadline);
        if (outcome != CallOutcome.Answered) return outcome;
        uint length = BinaryPrimitives.ReadUInt32BigEndian(header);
        if (length > ControlFrame.MaxAnswerLength) throw new IOException("the daemon's answer is too long");
        byte[] json = new byte[length];
        outcome = Fill(json, deadline);
        if (outcome == CallOutcome.Answered) frame = JsonDocument.Parse(json);
        return outcome;
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private CallOutcome Fill(Span<byte> buffer, long? deadline)
    {
        while (!buffer.IsEmpty)
        {
            if (deadline is { } at)
            {
                TimeSpan left = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), at);
                if (left <= TimeSpan.Zero) return CallOutcome.TimedOut;
                UnixSocket.SetReceiveTimeout(_socket, left);
            }
            int count = UnixSocket.Receive(_socket, buffer);
            if (count == UnixSocket.Closed) return CallOutcome.NoDaemon;
            if (count > 0) buffer = buffer[count..];
        }
        return CallOutcome.Answered;
    }
}
