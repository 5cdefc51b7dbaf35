using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using BondDhcp.Host.Commands;
using BondDhcp.Host.Control.Linux;
using BondDhcp.Host.Loop;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Control;

/// <summary>
/// One client of the control socket: one request, one answer. Whatever it sends and however slowly it reads, the loop
/// only ever does the next small piece of work.
/// </summary>
internal sealed class ControlConnection : IDisposable
{
    /// <summary>For the whole request to arrive, and for an answer to be taken: a client of ours needs microseconds.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly FileDescriptor _socket;
    private readonly LoopWatch _watch;
    private readonly LoopDeadline _deadline;
    private readonly Action<ControlConnection, ControlRequest> _requested;
    private ArrayBufferWriter<byte>? _output;
    private byte[] _input = new byte[512];
    private int _inputLength;
    private int _sent;
    private bool _answered;
    private Func<ArrayBufferWriter<byte>, bool>? _source;

    /// <summary>Takes over an accepted connection.</summary>
    public ControlConnection(EventLoop loop, FileDescriptor socket, Action<ControlConnection, ControlRequest> requested)
    {
        _socket = socket;
        _requested = requested;
        Peer = UnixSocket.Peer(socket);
        _watch = loop.Register(socket.Number, Readiness.Read, OnReady);
        _deadline = loop.AddDeadline(Dispose);
        _deadline.At = BoottimeClock.Now + Patience;
    }

    /// <summary>Who it is.</summary>
    public PeerCredentials Peer { get; }

    /// <summary>Its request has come, or what it sent instead.</summary>
    public bool HasAsked { get; private set; }

    /// <summary>Nothing can be sent any more.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>The connection is over.</summary>
    public event Action? Ended;

    /// <summary>Sends the one answer and closes once it is taken.</summary>
    public void Answer(int exitCode, string? error, Action<Utf8JsonWriter>? result)
    {
        if (IsClosed || _answered) return;
        _answered = true;
        ControlFrame.Append(Output, json =>
        {
            json.WriteStartObject();
            json.WriteNumber("exit", exitCode);
            if (error is not null) json.WriteString("error", error);
            if (result is not null)
            {
                json.WritePropertyName("result");
                result(json);
            }
            json.WriteEndObject();
        });
        _deadline.At = BoottimeClock.Now + Patience;
        Flush();
    }

    /// <summary>Answers with a stream of frames.</summary>
    public void Stream(Func<ArrayBufferWriter<byte>, bool> source)
    {
        _source = source;
        Pump();
    }

    /// <summary>Takes what the stream has; nothing while the client has not read what was sent before.</summary>
    public void Pump()
    {
        while (!IsClosed && _source is { } source && _sent == Output.WrittenCount)
        {
            Output.ResetWrittenCount();
            _sent = 0;
            if (!source(Output))
            {
                _source = null;
                _answered = true;
                _deadline.At = BoottimeClock.Now + Patience;
            }
            else if (Output.WrittenCount == 0) return;
            Flush();
        }
    }

    /// <summary>Closes it.</summary>
    public void Dispose()
    {
        if (IsClosed) return;
        IsClosed = true;
        _watch.Dispose();
        _deadline.Dispose();
        _socket.Dispose();
        Ended?.Invoke();
    }

    private ArrayBufferWriter<byte> Output => _output ??= new ArrayBufferWriter<byte>(1024);

    private void OnReady(Readiness ready)
    {
        if ((ready & Readiness.Write) != 0)
        {
            Flush();
            Pump();
        }
        if (!IsClosed && (ready & (Readiness.Read | Readiness.HangUp | Readiness.Error)) != 0) Read();
    }

    private void Read()
    {
        if (_inputLength == _input.Length) Array.Resize(ref _input, Math.Min(_input.Length * 2, ControlFrame.HeaderLength + ControlFrame.MaxRequestLength));
        int count = UnixSocket.Receive(_socket, _input.AsSpan(_inputLength));
        if (count == UnixSocket.WouldBlock) return;
        // After its request a client has nothing to say but that it goes.
        if (count == UnixSocket.Closed || HasAsked)
        {
            Dispose();
            return;
        }
        _inputLength += count;
        if (_inputLength < ControlFrame.HeaderLength) return;
        uint length = BinaryPrimitives.ReadUInt32BigEndian(_input);
        if (length > ControlFrame.MaxRequestLength) Refuse("the request is longer than 64 KiB, or is none");
        else if (_inputLength > ControlFrame.HeaderLength + length) Refuse("one request for each connection");
        else if (_inputLength == ControlFrame.HeaderLength + length) HandOver(_input.AsMemory(ControlFrame.HeaderLength, (int)length));
    }

    private void HandOver(ReadOnlyMemory<byte> json)
    {
        HasAsked = true;
        _deadline.At = BondDhcp.Net.Instant.Never;
        if (ControlRequest.TryRead(json) is { } request) _requested(this, request);
        else Refuse("this is not a request");
        _input = new byte[16]; // all that may still come is the end
        _inputLength = 0;
    }

    private void Refuse(string why)
    {
        HasAsked = true;
        Answer(ExitCode.Usage, why, null);
    }

    private void Flush()
    {
        while (_sent < Output.WrittenCount)
        {
            int count = UnixSocket.Send(_socket, Output.WrittenSpan[_sent..]);
            if (count == UnixSocket.WouldBlock)
            {
                _watch.Change(Readiness.Read | Readiness.Write);
                return;
            }
            if (count == UnixSocket.Closed)
            {
                Dispose();
                return;
            }
            _sent += count;
        }
        if (_answered && _source is null) Dispose();
        else _watch.Change(Readiness.Read);
    }
}
