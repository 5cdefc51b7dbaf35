using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Client6;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Tests.Kit;

namespace BondDhcp.Tests.Replay;

/// <summary>
/// As <see cref="CaptureReplay"/>, of DHCPv6: the servers' messages are fed in at their times; the client's own are not, but
/// must be what the machine decides. What no message shows is concluded from what the client sent:
/// <list type="bullet">
/// <item>another Ethernet source: its hardware address changed;</item>
/// <item>a RENEW, REBIND or RELEASE before its time: a user's command;</item>
/// <item>a CONFIRM, or a REBIND that asks whether prefixes are still ours, from the same hardware address: it was killed and
/// started.</item>
/// </list>
/// </summary>
internal sealed class Capture6Replay
{
    /// <summary>Every capture goes on for longer after its last message.</summary>
    private static readonly TimeSpan Aftermath = TimeSpan.FromSeconds(1.5);

    private readonly Replayed6Client _client;

    private Capture6Replay(List<Replay6Frame> frames) => _client = new Replayed6Client(frames[0]);

    /// <summary>Replays a file to its end and returns what happened.</summary>
    public static Transcript6 Run(string file) => Run(Replay6Frame.ReadAll(file));

    /// <summary>Replays messages to their end and returns what happened.</summary>
    public static Transcript6 Run(List<Replay6Frame> frames)
    {
        var replay = new Capture6Replay(frames);
        replay._client.Start(present: false);
        foreach (Replay6Frame frame in frames) replay.Pass(frame);
        replay._client.RunTo(frames[^1].At + Aftermath);
        replay._client.ExpectNothingMore();
        return replay._client.Transcript;
    }

    private void Pass(Replay6Frame frame)
    {
        _client.RunTo(frame.At);
        if (!frame.IsOwn)
        {
            _client.Receive(frame);
            return;
        }
        if (frame.SourceMac != _client.Mac) _client.FailOver(frame.SourceMac);
        _client.RunAhead(frame.At);
        if (!_client.HasSent) Conclude(frame);
        _client.RunAhead(frame.At);
        _client.Expect(frame);
    }

    private void Conclude(Replay6Frame frame)
    {
        switch (frame.Type)
        {
            case Dhcp6MessageType.Renew: _client.Step(new Dhcp6Input.Command(DhcpCommand.Renew)); break;
            case Dhcp6MessageType.Rebind: _client.Step(new Dhcp6Input.Command(DhcpCommand.Rebind)); break;
            case Dhcp6MessageType.Release: _client.Step(new Dhcp6Input.Command(DhcpCommand.Release)); break;
            case Dhcp6MessageType.Confirm: _client.Start(present: true); break;
        }
    }
}
