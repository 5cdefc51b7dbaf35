using System.Collections.Immutable;
using System.Text;
using BondDhcp.Net;

namespace BondDhcp.Bond.Wpa;

/// <summary>One step of a <see cref="WpaClient"/>.</summary>
internal sealed partial class WpaTurn(WpaClient client, Instant now)
{
    private const string Ping = "PING";
    private const string Attach = "ATTACH";
    private const string Status = "STATUS";
    private const string Mib = "MIB";
    private const string GetNetwork = "GET_NETWORK ";

    private readonly ImmutableArray<WpaEffect>.Builder _effects = ImmutableArray.CreateBuilder<WpaEffect>();
    private WpaClient _client = client;

    /// <summary>State and effects after the input.</summary>
    public (WpaClient Next, ImmutableArray<WpaEffect> Effects) Result()
    {
        WpaView view = _client.View with { Why = WpaReason.Of(_client) };
        return (_client with { View = view }, _effects.ToImmutable());
    }

    /// <summary>Takes the input.</summary>
    public void Take(WpaInput input)
    {
        switch (input)
        {
            case WpaInput.Expect: Expect(); break;
            case WpaInput.Halt: Halt(); break;
            case WpaInput.Connected: Begin(); break;
            case WpaInput.ConnectFailed failed: TryLater(failed.Why); break;
            case WpaInput.Refused: Lose(); break;
            case WpaInput.Reply reply: TakeReply(reply.Octets.Span); break;
            case WpaInput.Unsolicited datagram: TakeUnsolicited(datagram.Octets.Span); break;
            case WpaInput.Carrier carrier: TakeCarrier(carrier.IsThere); break;
            case WpaInput.Command command: TakeCommand(command.Request); break;
            case WpaInput.Deadline: TakeDeadline(); break;
        }
        SendNext();
    }

    private void Expect()
    {
        if (_client.IsConnected) return;
        _client = _client with { RetryDelay = WpaClient.ExpectedRetryDelay, RetryAt = Instant.Never };
        _effects.Add(new WpaEffect.Connect());
    }

    private void Halt()
    {
        Disconnect();
        _client = _client with
        {
            RetryAt = Instant.Never,
            Trouble = WpaTrouble.None,
            View = _client.View with { Presence = WpaPresence.Absent, IsAuthorised = false, Ssid = null, SsidOctets = null, Bssid = null },
        };
    }

    // The control socket must be known to answer before what it says is trusted.
    private void Begin()
    {
        _client = _client with
        {
            IsConnected = true,
            RetryAt = Instant.Never,
            ConnectProblem = null,
            SilentAt = now + WpaClient.SilenceDelay,
            View = _client.View with { Presence = _client.View.Presence == WpaPresence.Attached ? WpaPresence.Attached : WpaPresence.Attaching },
            Queue = [new(Ping), new(Attach), new(Status), .. _client.Queue],
        };
    }

    private void TryLater(string? why)
    {
        TimeSpan delay = _client.RetryDelay;
        TimeSpan next = delay * 2 > WpaClient.MaxRetryDelay ? WpaClient.MaxRetryDelay : delay * 2;
        WpaPresence presence = _client.View.Presence == WpaPresence.Absent ? WpaPresence.Absent : WpaPresence.Gone;
        _client = _client with
        {
            RetryAt = now + delay,
            RetryDelay = next,
            ConnectProblem = why,
            View = _client.View with { Presence = presence },
        };
    }

    // The supplicant ended. A wire keeps what is known: the port at the other end does not notice.
    private void Lose()
    {
        if (!_client.IsConnected) return;
        Disconnect();
        WpaView view = _client.View with { Presence = WpaPresence.Gone };
        if (!view.IsWired) view = view with { IsAuthorised = false, Ssid = null, SsidOctets = null, Bssid = null };
        _client = _client with { View = view, Trouble = WpaTrouble.None, RetryDelay = WpaClient.FirstRetryDelay };
        TryLater(null);
    }

    private void Disconnect()
    {
        if (_client.IsConnected) _effects.Add(new WpaEffect.Close());
        if (_client is { OutstandingIsCommand: true, Outstanding: { } request }) _effects.Add(new WpaEffect.Answered(request, null));
        foreach (WpaRequest waiting in _client.Queue)
            if (waiting.IsCommand) _effects.Add(new WpaEffect.Answered(waiting.Text, null));
        _client = _client with
        {
            IsConnected = false,
            Outstanding = null,
            OutstandingIsCommand = false,
            OutstandingIsStale = false,
            Queue = [],
            ReplyDueAt = Instant.Never,
            SilentAt = Instant.Never,
        };
    }

    private void TakeCarrier(bool isThere)
    {
        if (isThere == _client.HasCarrier) return;
        _client = _client with { HasCarrier = isThere };
        // What was heard on the old wire says nothing of the next one.
        if (!isThere) _client = _client with { View = _client.View with { SawEapol = false } };
        if (_client.IsConnected) Ask(_client.View.IsWired ? Mib : Status);
    }

    private void TakeCommand(string request)
    {
        if (_client.IsConnected && _client.Queue.Length < WpaClient.MaxQueued)
            _client = _client with { Queue = _client.Queue.Add(new WpaRequest(request, IsCommand: true)) };
        else _effects.Add(new WpaEffect.Answered(request, null));
    }

    private void TakeDeadline()
    {
        if (_client.ReplyDueAt <= now) TimeOut();
        else if (_client.RetryAt <= now)
        {
            _client = _client with { RetryAt = Instant.Never };
            _effects.Add(new WpaEffect.Connect());
        }
        else if (_client.SilentAt <= now)
        {
            _client = _client with { SilentAt = now + WpaClient.SilenceDelay };
            Ask(Ping);
            // It detaches a listener to whom it could not send: an event may be missing.
            Ask(Status);
        }
    }

    private void TimeOut()
    {
        int unanswered = _client.Unanswered + 1;
        Disconnect();
        if (unanswered >= WpaClient.MaxUnanswered)
        {
            _client = _client with
            {
                Unanswered = 0,
                RetryDelay = WpaClient.FirstRetryDelay,
                View = _client.View with { Presence = WpaPresence.Gone, IsAuthorised = _client.View.IsWired && _client.View.IsAuthorised },
            };
            _effects.Add(new WpaEffect.Hung());
            TryLater("it does not answer");
            return;
        }
        _client = _client with { Unanswered = unanswered };
        _effects.Add(new WpaEffect.Connect());
    }

    private void Ask(string request)
    {
        if (_client.Queue.Any(waiting => waiting.Text == request)) return;
        if (_client.Queue.Length < WpaClient.MaxQueued) _client = _client with { Queue = _client.Queue.Add(new WpaRequest(request)) };
    }

    private void SendNext()
    {
        if (!_client.IsConnected || _client.Outstanding is not null || _client.Queue.IsEmpty) return;
        (string request, bool isCommand) = _client.Queue[0];
        _client = _client with
        {
            Outstanding = request,
            OutstandingIsCommand = isCommand,
            Queue = _client.Queue.RemoveAt(0),
            ReplyDueAt = now + WpaClient.ReplyDelay,
        };
        _effects.Add(new WpaEffect.Send(request, request == Attach));
    }

    private void Heard() => _client = _client with { SilentAt = now + WpaClient.SilenceDelay };

    private void Ignore() => _client = _client with { Ignored = _client.Ignored + 1 };

    private void TakeReply(ReadOnlySpan<byte> reply)
    {
        if (_client.Outstanding is not { } request || request == Attach)
        {
            Ignore();
            return;
        }
        Answer(request, reply);
    }

    private void Answer(string request, ReadOnlySpan<byte> reply)
    {
        bool isCommand = _client.OutstandingIsCommand;
        bool isStale = _client.OutstandingIsStale;
        _client = _client with
        {
            Outstanding = null,
            OutstandingIsCommand = false,
            OutstandingIsStale = false,
            ReplyDueAt = Instant.Never,
            Unanswered = 0,
        };
        Heard();
        if (isCommand)
        {
            _effects.Add(new WpaEffect.Answered(request, EscapedText.Of(reply.TrimEnd("\n"u8))));
            Ask(Status);
        }
        else if (request == Status)
        {
            // It came on another socket than the event, and may be from before it; the next one has been asked for.
            if (!isStale) TakeStatus(reply);
        }
        else if (request == Mib) TakeMib(reply);
        else if (request.StartsWith(GetNetwork, StringComparison.Ordinal)) TakeIdentity(reply);
        else if (!reply.StartsWith(request == Ping ? "PONG"u8 : "OK"u8)) Refuse(reply);
    }

    // Something listens there that is not a supplicant, or one that does not let us listen.
    private void Refuse(ReadOnlySpan<byte> reply)
    {
        Ignore();
        string words = EscapedText.Of(reply.TrimEnd("\n"u8));
        Disconnect();
        TryLater($"its control socket answered '{words}'");
    }

    private void TakeIdentity(ReadOnlySpan<byte> reply)
    {
        string text = Encoding.Latin1.GetString(reply.TrimEnd("\n"u8));
        string? identity = text.Length > 2 && text[0] == '"' && text[^1] == '"' ? EscapedText.Of(Encoding.Latin1.GetBytes(text[1..^1])) : null;
        _client = _client with { View = _client.View with { EapIdentity = identity } };
    }
}
