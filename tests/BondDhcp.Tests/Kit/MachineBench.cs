using BondDhcp.Dhcp.Arp;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using Xunit;

namespace BondDhcp.Tests.Kit;

/// <summary>A DHCP message that left, and the chaddr that was on it.</summary>
public sealed record SentMessage(Instant At, Dhcp4Transmission Message, MacAddress Chaddr)
{
    public double Seconds => At.Seconds;

    public uint Xid => Message.Xid;
}

/// <summary>An ARP packet that left.</summary>
public sealed record SentArp(Instant At, ArpPacket Packet, MacAddress Destination)
{
    public double Seconds => At.Seconds;
}

/// <summary>
/// A client on a bench: a clock that stands still until it is moved, a hardware address that a test changes at will, and
/// a record of everything that came out. Deadlines are delivered to the tick.
/// </summary>
public sealed class MachineBench
{
    private readonly List<Dhcp4Effect> _effects = [];

    public MachineBench(Func<Dhcp4Settings, Dhcp4Settings>? configure = null, EntropySource? entropy = null)
    {
        var settings = new Dhcp4Settings { ClientIdentifier = Fixture.ClientIdentifier, ConflictDetection = ConflictDetection.Off };
        Client = Dhcp4Client.Create(configure is null ? settings : configure(settings));
        Entropy = entropy ?? ScriptedEntropy.Middle();
        Surroundings = new Dhcp4Surroundings { Mac = Fixture.A, HostMacs = [Fixture.A, Fixture.B], PathIndex = 2 };
    }

    public Dhcp4Client Client { get; private set; }

    public EntropySource Entropy { get; set; }

    public Instant Now { get; private set; } = Instant.Zero;

    public Dhcp4Surroundings Surroundings { get; set; }

    public MacAddress Mac
    {
        get => Surroundings.Mac;
        set => Surroundings = Surroundings with { Mac = value };
    }

    public string State => Client.StateName;

    public double Seconds => Now.Seconds;

    public List<SentMessage> Sent { get; } = [];

    public List<SentArp> SentArp { get; } = [];

    public List<Dhcp4Effect> Effects { get; } = [];

    public Transcript Transcript { get; } = new();

    /// <summary>The address that the effects so far have left on the interface.</summary>
    public Ipv4Address? Configured { get; private set; }

    /// <summary>The last DHCP message.</summary>
    public SentMessage Last => Sent[^1];

    /// <summary>What the client would find in the store after a restart.</summary>
    public Dhcp4Memory Stored { get; private set; } = Dhcp4Memory.Empty;

    public IEnumerable<Report> Told(string name) =>
        Effects.OfType<Dhcp4Effect.Tell>().Select(tell => tell.Report).Where(report => report.Event == name);

    public MachineBench Start(Dhcp4Memory? memory = null, bool present = false, bool usable = true)
    {
        if (present) Configured = memory!.Leases[0].Address;
        return Step(new Dhcp4Input.Start(memory ?? Dhcp4Memory.Empty, present, usable));
    }

    public MachineBench Step(Dhcp4Input input)
    {
        _effects.Clear();
        Client = Client.Step(input, Surroundings, Now, Entropy, _effects);
        Record(Transcript.Describe(input));
        return this;
    }

    /// <summary>The hardware address becomes another one, and the event tells of it.</summary>
    public MachineBench FailOver(MacAddress mac, PathClass network = PathClass.Unknown, int? path = null)
    {
        Surroundings = Surroundings with { Mac = mac, PathIndex = path ?? (mac == Fixture.A ? 2 : 3) };
        return Step(new Dhcp4Input.PathChanged(network, "hardwareAddress"));
    }

    public Dhcp4DropReason Receive(ReplyMessage message, byte packetType = 0)
    {
        Assert.Equal(Dhcp4DropReason.None, Dhcp4MessageView.TryParse(message.ToOctets(), out Dhcp4MessageView view));
        // What the reader itself refuses is described by its transaction alone.
        string what = Dhcp4ReplyReader.TryRead(view, out Dhcp4Reply? reply) == Dhcp4DropReason.None
            ? Transcript.Describe(reply!)
            : FormattableString.Invariant($"a message with xid #{Transcript.NumberOf(message.Xid)}");
        _effects.Clear();
        var reception = new Dhcp4Reception(packetType, Fixture.GatewayMac, false, 0);
        Client = Client.Receive(view, reception, Surroundings, Now, Entropy, _effects, out Dhcp4DropReason dropped);
        string verdict = dropped == Dhcp4DropReason.None ? "" : $", dropped: {dropped}";
        Record($"receive {what}{verdict}");
        return dropped;
    }

    /// <summary>As <see cref="Receive"/>, for a message that must be used.</summary>
    public MachineBench Take(ReplyMessage message)
    {
        Assert.Equal(Dhcp4DropReason.None, Receive(message));
        return this;
    }

    /// <summary>As <see cref="Take(ReplyMessage)"/>, as the answer to one of the messages sent.</summary>
    public MachineBench Take(ReplyMessage message, int which)
    {
        message.Xid = Sent[which].Xid;
        return Take(message);
    }

    public MachineBench Hear(ArpPacket packet) => Step(new Dhcp4Input.ArpReceived(packet));

    /// <summary>The gateway answers the last ARP request to it.</summary>
    public MachineBench GatewayAnswers(MacAddress? mac = null) =>
        Hear(new ArpPacket(ArpPacket.Reply, mac ?? Fixture.GatewayMac, Fixture.Server, Mac, Fixture.L));

    /// <summary>Lets time pass, delivering every deadline on the way and at the end.</summary>
    public MachineBench Run(double until)
    {
        Instant end = Instant.FromSeconds(until);
        while (Client.NextDeadline <= end)
        {
            Now = Instant.Max(Now, Client.NextDeadline);
            Step(Dhcp4Input.DeadlineReached.Instance);
        }
        Now = end;
        return this;
    }

    /// <summary>Lets this many seconds pass.</summary>
    public MachineBench After(double seconds) => Run(Seconds + seconds);

    /// <summary>Lets time pass in which the machine sleeps: no deadline is delivered.</summary>
    public MachineBench Sleep(double seconds)
    {
        Now += TimeSpan.FromSeconds(seconds);
        return this;
    }

    /// <summary>From nothing to bound: DISCOVER, OFFER, REQUEST, ACK, and the gateway learnt.</summary>
    public MachineBench Bind(uint lease = 3600, Ipv4Address? server = null)
    {
        Start();
        Take(Fixture.Offer(Last.Xid, Mac, server));
        Take(Fixture.Ack(Last.Xid, Mac, server, lease: lease));
        for (int i = 0; State == "probing" && i < 100; i++) After(0.1);
        Assert.Equal("bound", State);
        GatewayAnswers();
        Assert.Equal(Fixture.GatewayMac, Client.Lease!.GatewayMac);
        After(3); // The announcements.
        Forget();
        return this;
    }

    /// <summary>Empties the record, so that a test looks at what comes next.</summary>
    public MachineBench Forget()
    {
        Sent.Clear();
        SentArp.Clear();
        Effects.Clear();
        return this;
    }

    /// <summary>When DHCP messages left, in seconds.</summary>
    public double[] Times => [.. Sent.Select(message => message.Seconds)];

    private void Record(string input)
    {
        foreach (Dhcp4Effect effect in _effects)
        {
            switch (effect)
            {
                case Dhcp4Effect.Transmit transmit: Sent.Add(new SentMessage(Now, transmit.Message, transmit.Message.Chaddr ?? Mac)); break;
                case Dhcp4Effect.TransmitArp arp: SentArp.Add(new SentArp(Now, arp.Packet, arp.Destination)); break;
                case Dhcp4Effect.Configure configure: Configured = configure.Lease.Address; break;
                case Dhcp4Effect.Deconfigure: Configured = null; break;
                case Dhcp4Effect.Persist persist: Stored = persist.Memory; break;
            }
        }
        Effects.AddRange(_effects);
        Transcript.Add(Now, input, Client, _effects);
    }
}
