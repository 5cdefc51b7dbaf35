using System.Buffers.Binary;
using System.Text;
using BondDhcp.Dhcp.Client6;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Replay;

/// <summary>
/// The DHCPv6 client's machine with what one capture says of its configuration, a clock that stands still until it is
/// moved, and what it decided to send and was not yet seen to.
/// </summary>
internal sealed class Replayed6Client
{
    private const int XidOffset = 1;

    /// <summary>
    /// The RFC has the client wait for a random time up to a second before several of its messages, and the replay draws
    /// another one than the program did; RT is random too, and a loaded machine adds to it.
    /// </summary>
    private static readonly TimeSpan Lead = TimeSpan.FromSeconds(1.3), MaxDelay = TimeSpan.FromSeconds(2);

    private readonly List<Dhcp6Effect> _effects = [];
    private readonly Queue<(Instant At, Dhcp6Transmission Message)> _sent = new();
    private readonly Dictionary<uint, uint> _xids = [];
    private readonly Dhcp6Settings _settings;
    private readonly Dhcp6Identification _identification;
    private readonly ScriptedEntropy _entropy = ScriptedEntropy.Middle();
    private readonly Dhcp6Surroundings _surroundings = new() { PathIndex = 2 };
    private readonly Ipv6Address _linkLocal;
    private Dhcp6Client _client;
    private Instant _now = Instant.Zero;

    /// <param name="first">The first message: it carries what the client was configured with.</param>
    public Replayed6Client(Replay6Frame first)
    {
        Assert.True(Duid.TryCreate(first.Option(1), out Duid? duid));
        byte[]? prefixes = first.Option(25);
        byte[]? addresses = first.Option(3);
        _settings = new Dhcp6Settings
        {
            ClientIdentifier = duid,
            // In stateless mode there is none to be seen, and none is sent.
            Iaid = new Iaid((addresses ?? prefixes) is { } ia ? BinaryPrimitives.ReadUInt32BigEndian(ia) : 0),
            Mode = first.Type == Dhcp6MessageType.InformationRequest ? Dhcp6Mode.Stateless : Dhcp6Mode.Stateful,
            // The hint is an IAPREFIX behind IAID, T1 and T2: code, length, two lifetimes, then its length.
            PrefixLengthHint = prefixes is { Length: > 24 } hint ? hint[24] : null,
            RapidCommit = first.Option(14) is not null,
            DelayFirstSolicit = false,
            SendsName = first.Option(39) is not null,
        };
        _identification = new Dhcp6Identification
        {
            ClientIdentifier = duid,
            // Flags, and one label (RFC 4704 section 4.2).
            FullyQualifiedName = first.Option(39) is [_, var length, .. var name] ? Encoding.ASCII.GetString(name.AsSpan(0, length)) : null,
        };
        _linkLocal = first.Source;
        Mac = first.SourceMac;
        _client = Dhcp6Client.Create(_settings);
    }

    public Transcript6 Transcript { get; } = new();

    public MacAddress Mac { get; private set; }

    public bool HasSent => _sent.Count > 0;

    public Dhcp6Memory Stored { get; private set; } = Dhcp6Memory.Empty;

    /// <summary>Lets time pass, delivering every deadline on the way and at the end.</summary>
    public void RunTo(Instant at)
    {
        while (_client.NextDeadline <= at) ReachDeadline();
        _now = Instant.Max(_now, at);
    }

    /// <summary>Delivers what the program of the capture had as a deadline by now, although here it is later.</summary>
    public void RunAhead(Instant at)
    {
        while (!HasSent && _client.NextDeadline <= at + Lead) ReachDeadline();
    }

    /// <summary>The program starts, with what it stored before.</summary>
    public void Start(bool present)
    {
        _client = Dhcp6Client.Create(_settings);
        Step(new Dhcp6Input.Start(Stored, present, Usable: true, _linkLocal));
    }

    public void FailOver(MacAddress mac)
    {
        Mac = mac;
        Step(new Dhcp6Input.PathChanged(PathClass.Unknown, "hardwareAddress"));
    }

    public void Step(Dhcp6Input input)
    {
        _effects.Clear();
        _client = _client.Step(input, _surroundings, _now, _entropy, _effects);
        Record(Transcript6.Describe(input));
    }

    /// <summary>A server's message, under the machine's own transaction identifier.</summary>
    public void Receive(Replay6Frame frame)
    {
        byte[] octets = [.. frame.Octets];
        if (_xids.TryGetValue(frame.Xid, out uint xid))
            (octets[XidOffset], octets[XidOffset + 1], octets[XidOffset + 2]) = ((byte)(xid >> 16), (byte)(xid >> 8), (byte)xid);
        Assert.Equal(Dhcp6DropReason.None, Dhcp6MessageView.TryParse(octets, out Dhcp6MessageView view));
        _effects.Clear();
        _client = _client.Receive(view, new Dhcp6Reception(frame.Source, frame.Destination), _surroundings, _now, _entropy, _effects, out Dhcp6DropReason dropped);
        // No capture has an answer that was not asked for.
        Assert.Equal((frame.Number, Dhcp6DropReason.None), (frame.Number, dropped));
        Record($"receive {Dhcp6MessageName.Of(frame.Type)} xid #{Transcript.NumberOf(view.Xid)}");
    }

    /// <summary>The client of the capture sent this: so must have the machine, option for option.</summary>
    public void Expect(Replay6Frame frame)
    {
        string where = $"frame {frame.Number}: ";
        Assert.True(HasSent, $"{where}the machine sends no {frame.Type} in state {_client.StateName}\n{Transcript}");
        (Instant at, Dhcp6Transmission message) = _sent.Dequeue();
        byte[] octets = new byte[Dhcp6MessageWriter.MaxLength];
        Array.Resize(ref octets, Dhcp6MessageWriter.Write(message, _identification, octets));
        var ours = frame with { Octets = octets };
        Assert.Equal(where + frame.Comparable(), where + ours.Comparable());
        Assert.Equal(_linkLocal, frame.Source);
        Assert.InRange(frame.At - at, -Lead, MaxDelay);
        Assert.InRange(frame.Elapsed - ours.Elapsed, -MaxDelay.TotalSeconds * 100, MaxDelay.TotalSeconds * 100);
        if (_xids.TryAdd(frame.Xid, ours.Xid)) Assert.Equal(_xids.Count, _xids.Values.Distinct().Count());
        else Assert.Equal((where, _xids[frame.Xid]), (where, ours.Xid));
    }

    /// <summary>Nothing was decided that the capture does not show.</summary>
    public void ExpectNothingMore() => Assert.Empty(_sent);

    private void ReachDeadline()
    {
        _now = Instant.Max(_now, _client.NextDeadline);
        Step(Dhcp6Input.DeadlineReached.Instance);
    }

    private void Record(string input)
    {
        foreach (Dhcp6Effect effect in _effects)
        {
            switch (effect)
            {
                case Dhcp6Effect.Transmit transmit: _sent.Enqueue((_now, transmit.Message)); break;
                case Dhcp6Effect.Persist persist: Stored = persist.Memory; break;
            }
        }
        Transcript.Add(_now, input, _client, _effects);
        // No other host is in any capture: what is configured is found free at once.
        foreach (Ipv6Address tentative in _client.Tentative) Step(new Dhcp6Input.AddressReady(tentative));
    }
}
