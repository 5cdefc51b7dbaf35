using System.Buffers.Binary;
using System.Text;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Replay;

/// <summary>
/// The client's machine with what one capture says of its configuration and of the interface, a clock that stands still
/// until it is moved, and what it decided to send and was not yet seen to.
/// </summary>
internal sealed class ReplayedClient
{
    private const int Mtu = 1500;
    private const byte ToThisHost = 0;
    private const byte ToOtherHost = 3;
    private const int XidOffset = 4;
    private const int SecsOffset = 8;
    private const int SecsEnd = 10;

    /// <summary>Whole seconds of two clocks that differ by <see cref="Lead"/>.</summary>
    private const int SecsTolerance = 1;

    /// <summary>The jitter of RFC 2131 section 4.1, and what a loaded machine adds.</summary>
    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(1.5);

    /// <summary>
    /// How long before its first frame the program may have learnt of what the replay only concludes from that frame: what
    /// follows from it after a time comes that much earlier in the capture.
    /// </summary>
    private static readonly TimeSpan Lead = TimeSpan.FromMilliseconds(10);

    private readonly List<Dhcp4Effect> _effects = [];
    private readonly Queue<(Instant At, Dhcp4Transmission Message, MacAddress Mac)> _sent = new();
    private readonly Queue<Dhcp4Effect.TransmitArp> _sentArp = new();
    private readonly Dictionary<uint, uint> _xids = [];
    private readonly Dhcp4Settings _settings;
    private readonly Dhcp4Identification _identification;
    private readonly ScriptedEntropy _entropy = ScriptedEntropy.Middle();
    private Dhcp4Surroundings _surroundings;
    private Dhcp4Client _client;
    private Instant _now = Instant.Zero;

    /// <param name="discover">The first message: it carries what the client was configured with.</param>
    /// <param name="mac">The interface's hardware address.</param>
    /// <param name="hostMacs">The hardware addresses of the client's host.</param>
    /// <param name="detection">How the client was told to check addresses.</param>
    public ReplayedClient(ReplayMessage discover, MacAddress mac, IEnumerable<MacAddress> hostMacs, ConflictDetection detection)
    {
        _settings = new Dhcp4Settings
        {
            ClientIdentifier = [.. discover.Option(61)!],
            ConflictDetection = detection,
            RapidCommit = discover.Option(80) is not null,
        };
        _identification = new Dhcp4Identification
        {
            ClientIdentifier = _settings.ClientIdentifier,
            ParameterRequestList = [.. discover.Option(55)!],
            HostName = discover.Option(12) is { } name ? Encoding.ASCII.GetString(name) : null,
        };
        _surroundings = new Dhcp4Surroundings { Mac = mac, HostMacs = [.. hostMacs], PathIndex = 2 };
        _client = Dhcp4Client.Create(_settings);
    }

    public Transcript Transcript { get; } = new();

    public MacAddress Mac => _surroundings.Mac;

    public bool HasSentMessage => _sent.Count > 0;

    public bool HasSentArp => _sentArp.Count > 0;

    /// <summary>What the store holds.</summary>
    public Dhcp4Memory Stored { get; private set; } = Dhcp4Memory.Empty;

    /// <summary>Lets time pass, delivering every deadline on the way and at the end.</summary>
    public void RunTo(Instant at)
    {
        while (_client.NextDeadline <= at) ReachDeadline();
        _now = Instant.Max(_now, at);
    }

    /// <summary>Delivers what the program of the capture had as a deadline by now, although here it is a moment later.</summary>
    /// <param name="at">Now.</param>
    /// <param name="sent">It has come.</param>
    public void RunAhead(Instant at, Func<bool> sent)
    {
        while (!sent() && _client.NextDeadline <= at + Lead) ReachDeadline();
    }

    private void ReachDeadline()
    {
        _now = Instant.Max(_now, _client.NextDeadline);
        Step(Dhcp4Input.DeadlineReached.Instance);
    }

    /// <summary>The program starts, with what it stored before.</summary>
    /// <param name="addressPresent">The stored lease's address is on the interface.</param>
    public void Start(bool addressPresent)
    {
        _client = Dhcp4Client.Create(_settings);
        Step(new Dhcp4Input.Start(Stored, addressPresent, Usable: true));
    }

    public void FailOver(MacAddress mac)
    {
        _surroundings = _surroundings with { Mac = mac };
        Step(new Dhcp4Input.PathChanged(PathClass.Unknown, "hardwareAddress"));
    }

    public void Step(Dhcp4Input input)
    {
        _effects.Clear();
        _client = _client.Step(input, _surroundings, _now, _entropy, _effects);
        Record(Transcript.Describe(input));
    }

    /// <summary>A server's message, under the machine's own transaction identifier.</summary>
    public void Receive(ReplayFrame frame)
    {
        byte[] octets = [.. frame.Dhcp!.Octets];
        if (_xids.TryGetValue(frame.Dhcp.Xid, out uint xid)) BinaryPrimitives.WriteUInt32BigEndian(octets.AsSpan(XidOffset), xid);
        Assert.Equal(Dhcp4DropReason.None, Dhcp4MessageView.TryParse(octets, out Dhcp4MessageView view));
        Assert.Equal(Dhcp4DropReason.None, Dhcp4ReplyReader.TryRead(view, out Dhcp4Reply? reply));
        _effects.Clear();
        var reception = new Dhcp4Reception(IsForUs(frame) ? ToThisHost : ToOtherHost, frame.Source, ChecksumTrusted: true, VlanId: 0);
        _client = _client.Receive(view, reception, _surroundings, _now, _entropy, _effects, out Dhcp4DropReason dropped);
        Record($"receive {Transcript.Describe(reply!)}{(dropped == Dhcp4DropReason.None ? "" : $", dropped: {dropped}")}");
    }

    /// <summary>An ARP packet of another host, where the socket would have passed it on.</summary>
    public void Hear(ReplayFrame frame)
    {
        if (IsForUs(frame) && _client.ArpWatch.Wants(frame.Arp!.Value)) Step(new Dhcp4Input.ArpReceived(frame.Arp.Value));
    }

    /// <summary>The client of the capture sent this: so must have the machine, octet for octet but for xid and secs.</summary>
    public void Expect(ReplayFrame frame)
    {
        ReplayMessage theirs = frame.Dhcp!;
        Assert.True(HasSentMessage, $"frame {frame.Number}: the machine sends no {theirs.Type} in state {_client.StateName}\n{Transcript}");
        (Instant at, Dhcp4Transmission message, MacAddress mac) = _sent.Dequeue();
        byte[] octets = new byte[Dhcp4MessageWriter.MaxLength];
        Array.Resize(ref octets, Dhcp4MessageWriter.Write(message, _identification, mac, Mtu, octets));
        var ours = new ReplayMessage(message.Source, message.Destination, octets);

        string where = $"frame {frame.Number}: ";
        Assert.Equal(where + Comparable(theirs), where + Comparable(ours));
        Assert.Equal((where, frame.Source), (where, mac));
        Assert.InRange(Secs(theirs) - Secs(ours), -SecsTolerance, SecsTolerance);
        Assert.InRange(frame.At - at, -Lead, MaxDelay);
        if (_xids.TryAdd(theirs.Xid, ours.Xid)) Assert.Equal(_xids.Count, _xids.Values.Distinct().Count());
        else Assert.Equal((where, _xids[theirs.Xid]), (where, ours.Xid));
    }

    /// <summary>As <see cref="Expect"/>, of an ARP packet.</summary>
    public void ExpectArp(ReplayFrame frame)
    {
        Assert.True(HasSentArp, $"frame {frame.Number}: the machine sends no ARP packet in state {_client.StateName}\n{Transcript}");
        Assert.Equal(new Dhcp4Effect.TransmitArp(frame.Arp!.Value, frame.Destination), _sentArp.Dequeue());
    }

    /// <summary>Nothing was decided that the capture does not show.</summary>
    public void ExpectNothingMore()
    {
        Assert.Empty(_sent);
        Assert.Empty(_sentArp);
    }

    private bool IsForUs(ReplayFrame frame) => frame.Destination == Mac || frame.Destination == MacAddress.Broadcast;

    private static int Secs(ReplayMessage message) => BinaryPrimitives.ReadUInt16BigEndian(message.Octets.AsSpan(SecsOffset));

    private static string Comparable(ReplayMessage message) =>
        $"{message.Type} {message.RequestKind} from {message.Source} to {message.Destination} "
        + Convert.ToHexStringLower(message.Octets.AsSpan(0, XidOffset)) + Convert.ToHexStringLower(message.Octets.AsSpan(SecsEnd));

    private void Record(string input)
    {
        foreach (Dhcp4Effect effect in _effects)
        {
            switch (effect)
            {
                case Dhcp4Effect.Transmit transmit: _sent.Enqueue((_now, transmit.Message, Mac)); break;
                case Dhcp4Effect.TransmitArp arp: _sentArp.Enqueue(arp); break;
                case Dhcp4Effect.Persist persist: Stored = persist.Memory; break;
            }
        }
        Transcript.Add(_now, input, _client, _effects);
    }
}
