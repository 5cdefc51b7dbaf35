using BondDhcp.Dhcp.Arp;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using BondDhcp.Tests.Beds;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Replay;

/// <summary>
/// One capture through the machine. The servers' frames are fed in at their times; the client's own are not, but must be
/// what the machine decides. What no frame shows is concluded from what the client sent:
/// <list type="bullet">
/// <item>another Ethernet source: its hardware address changed;</item>
/// <item>a renewal, rebinding or release before its time: a user's command;</item>
/// <item>an INIT-REBOOT, or the question to the gateway before it, out of nowhere: it was killed and started, with its
/// address still there when the BROADCAST flag is set.</item>
/// </list>
/// </summary>
internal sealed class CaptureReplay
{
    /// <summary>The devices of the client's host in every capture.</summary>
    private static readonly MacAddress[] HostMacs =
        [MacAddress.Parse(NetworkBed.MacA), MacAddress.Parse(NetworkBed.MacB), MacAddress.Parse(NetworkBed.MacC)];

    /// <summary>Every capture goes on for longer after its last frame; a release is complete by then.</summary>
    private static readonly TimeSpan Aftermath = TimeSpan.FromMilliseconds(200);

    private readonly List<ReplayFrame> _frames;
    private readonly ReplayedClient _client;

    private CaptureReplay(List<ReplayFrame> frames)
    {
        _frames = frames;
        ReplayFrame first = frames[0];
        Assert.Equal(Dhcp4MessageType.Discover, first.Dhcp?.Type);
        bool probed = frames.Exists(frame => IsOwn(frame) && frame.Arp is { IsProbe: true });
        _client = new ReplayedClient(first.Dhcp!, first.Source, HostMacs, probed ? ConflictDetection.Fast : ConflictDetection.Off);
    }

    /// <summary>Replays a file to its end and returns what happened.</summary>
    public static Transcript Run(string file) => Run(ReplayFrame.ReadAll(file));

    /// <summary>Replays frames to their end and returns what happened.</summary>
    public static Transcript Run(List<ReplayFrame> frames)
    {
        var replay = new CaptureReplay(frames);
        replay._client.Start(addressPresent: false);
        foreach (ReplayFrame frame in replay._frames) replay.Pass(frame);
        replay._client.RunTo(frames[^1].At + Aftermath);
        replay._client.ExpectNothingMore();
        return replay._client.Transcript;
    }

    private static bool IsOwn(ReplayFrame frame) => HostMacs.Contains(frame.Source);

    private void Pass(ReplayFrame frame)
    {
        _client.RunTo(frame.At);
        if (!IsOwn(frame))
        {
            if (frame.Dhcp is not null) _client.Receive(frame);
            else _client.Hear(frame);
            return;
        }
        if (frame.Source != _client.Mac) _client.FailOver(frame.Source);
        if (frame.Dhcp is { } message)
        {
            _client.RunAhead(frame.At, () => _client.HasSentMessage);
            if (!_client.HasSentMessage) Conclude(frame, message);
            _client.Expect(frame);
        }
        else if (IsOfTheProgram(frame.Arp!.Value))
        {
            _client.RunAhead(frame.At, () => _client.HasSentArp);
            if (!_client.HasSentArp && !frame.Arp.Value.IsProbe) Restart(frame);
            _client.ExpectArp(frame);
        }
    }

    /// <summary>Not the kernel's own: it asks for the server, which no capture has as the gateway too, and answers others.</summary>
    private bool IsOfTheProgram(in ArpPacket packet)
    {
        if (packet.Operation != ArpPacket.Request) return false;
        if (packet.IsProbe || packet.SenderAddress == packet.TargetAddress) return true;
        return _client.Stored.Leases is [var newest, ..] && packet.TargetAddress == newest.Gateway;
    }

    private void Conclude(ReplayFrame frame, ReplayMessage message)
    {
        switch (message.Type, message.RequestKind)
        {
            case (_, Dhcp4RequestKind.Renewing): _client.Step(new Dhcp4Input.Command(DhcpCommand.Renew)); break;
            case (_, Dhcp4RequestKind.Rebinding): _client.Step(new Dhcp4Input.Command(DhcpCommand.Rebind)); break;
            case (_, Dhcp4RequestKind.InitReboot): Restart(frame); break;
            case (Dhcp4MessageType.Release, _): _client.Step(new Dhcp4Input.Command(DhcpCommand.Release)); break;
        }
    }

    private void Restart(ReplayFrame at)
    {
        ReplayMessage? next = _frames.Find(frame => frame.Number >= at.Number && IsOwn(frame) && frame.Dhcp is not null)?.Dhcp;
        if (next is { RequestKind: Dhcp4RequestKind.InitReboot }) _client.Start(addressPresent: next.Broadcast);
    }
}
